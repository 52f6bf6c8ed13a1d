"""The page about the Python API: every public name with its signature and its docstring."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from docs.site.text import anchor, inert

import steplint
from steplint.records import Org

__all__ = ["page"]

WIDEST = 88

START = """\
# Python API

What `import steplint` offers. A name that is not here may change in any release.

```python
from datetime import date

import steplint

findings = steplint.lint("pipeline.csv", as_of=date(2026, 1, 12), profile="strict")
print(findings.select("code", "record_name", "message"))
```

Tables are [Polars](https://pola.rs) frames. [Findings](findings.md) lists the columns that `lint` returns,
[how texts are read](reading.md) what `read` and `parse` say. A `Source` is the path of a file, a frame, or a list of dicts, with
[columns](columns.md) of records or headers of a CRM.
"""


def page() -> str:
    """The page."""
    parts = [START]
    for name in sorted(steplint.__all__, key=lambda name: (_weight(getattr(steplint, name)), name)):
        parts += [
            f"## {name.replace('_', chr(92) + '_')} {{ #{anchor(name)} }}",
            "",
            *_entry(name, getattr(steplint, name)),
            "",
        ]
    parts += ["## Org { #org }", "", "The organisation that `lint` takes; `from steplint.records import Org`.", ""]
    parts += _entry("Org", Org)
    return "\n".join(parts) + "\n"


def _weight(value: Any) -> int:
    """Functions first, then classes, then the rest."""
    return 0 if inspect.isfunction(value) else 1 if inspect.isclass(value) else 2


def _entry(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield f"The version of the package: `{inert(value)}`."
        return
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        yield from ("```python", f"class {name}:")
        yield from (f"    {member.name} = {str(member.value)!r}" for member in value)
        yield "```"
    else:
        yield from ("```python", _signature(name, value), "```")
    yield from ("", inspect.cleandoc(value.__doc__ or ""))


def _signature(name: str, value: Callable[..., Any]) -> str:
    """The signature, with a parameter a line where it does not fit on one."""
    signature = inspect.signature(value)
    parts, keyword = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword:
            keyword = True
            parts.append("*")
        parts.append(_parameter(parameter))
    returns = signature.return_annotation
    told = "" if returns in (signature.empty, "None", None) else f" -> {returns}"
    line = f"{name}({', '.join(parts)}){told}"
    return line if len(line) <= WIDEST else f"{name}(\n    " + ",\n    ".join(parts) + f",\n){told}"


def _parameter(parameter: inspect.Parameter) -> str:
    """As it stands in the source. (What inspect makes of it has its annotation in quotes.)"""
    stars = (
        "**" if parameter.kind is parameter.VAR_KEYWORD else "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    )
    annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{stars}{parameter.name}{annotation}{default.replace('<factory>', '…')}"
