"""Comments that excuse a finding where it stands: `<!-- steplint: ignore WHEN302 -- reason -->` in Markdown, and
`# steplint: ignore[WHEN302] reason` in YAML.

Both forms may be written in both kinds of comment. `ignore` excuses the next item (in YAML also the one on its own line),
`ignore-file` the whole file. A comment that is addressed to steplint and not understood is an error, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from steplint.errors import InputError, nearest
from steplint.rules.exceptions import problem
from steplint.rules.rule import Rule
from steplint.rules.selection import match

__all__ = ["Ignore", "parse_comment"]

_COMMENT = re.compile(r"\s*(?:<!--(?P<markup>.*?)-->|#+(?P<hash>.*))\s*", re.DOTALL)
_ADDRESSED = re.compile(r"\s*steplint\s*:(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
_ORDER = re.compile(r"\s*(?P<order>[\w-]*)(?P<rest>.*)", re.DOTALL)
_BRACKETS = re.compile(r"\s*\[(?P<rules>[^\]]*)\](?P<reason>.*)", re.DOTALL)
_BARE = re.compile(r"(?P<rules>.*?)(?:(?<!\S)(?:--|[–—])(?!\S)(?P<reason>.*))?", re.DOTALL)
_SCOPES = {"ignore": "next", "ignore-file": "file"}
_SHAPE = "write steplint: ignore[WHEN302] reason"


@dataclass(frozen=True)
class Ignore:
    """`rules` as they are written, the `codes` that they name, and whether the next item or the whole file is meant."""

    rules: tuple[str, ...]
    codes: tuple[str, ...]
    reason: str
    scope: str  # next or file


def parse_comment(
    text: str,
    rules: Sequence[Rule],
    *,
    mandatory: Sequence[str] = (),
    path: str | None = None,
    line: int | None = None,
    column: int | None = None,
) -> Ignore | None:
    """What one comment says, or None where it is not addressed to steplint.

    `text` is the comment, with its marks or without. Raises InputError (at `path`, `line`, `column`) where it names no rule,
    an unknown one or a mandatory one, or gives no reason.
    """

    def fail(message: str, hint: str | None = _SHAPE) -> InputError:
        return InputError(message, path=path, line=line, column=column, hint=hint)

    comment = _COMMENT.fullmatch(text)
    inner = text if comment is None else comment["markup"] if comment["markup"] is not None else comment["hash"]
    addressed = _ADDRESSED.fullmatch(inner)
    if addressed is None:
        return None
    said = _ORDER.fullmatch(addressed["rest"])
    assert said is not None
    order = said["order"].casefold()
    if order not in _SCOPES:
        close = nearest(order, _SCOPES)
        raise fail(f"steplint: {said['order']} is unknown", f"did you mean {close}?" if close else _SHAPE)
    parts = _BRACKETS.fullmatch(said["rest"]) or _BARE.fullmatch(said["rest"])
    assert parts is not None
    named = tuple(re.findall(r"[^\s,]+", parts["rules"]))
    if not named:
        raise fail("this comment names no rule")
    reason = " ".join((parts["reason"] or "").split()).lstrip(":-–— ")
    no_reason = fail("this comment gives no reason", f"{_SHAPE}, or ignore WHEN302 -- reason")
    for place, selector in enumerate(named):
        wrong = ("ALL is no rule", "name the rules") if selector == "ALL" else problem(selector, rules, mandatory)
        if wrong is not None:
            # Words behind the first rule may be a reason whose dashes are missing.
            raise no_reason if place and not reason else fail(*wrong)
    if not reason:
        raise no_reason
    codes = tuple(rule.code for rule in rules if any(match(selector, rule) for selector in named))
    return Ignore(named, codes, reason, _SCOPES[order])
