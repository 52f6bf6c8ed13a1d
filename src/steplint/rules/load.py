"""Rule files and folders → rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from steplint.errors import RuleError, nearest
from steplint.rules.rule import Rule, from_dict

__all__ = ["check_references", "distinct", "load_path", "load_text", "read_rule"]

MAX_FILES = 2_000
PROFILES = "profiles"


def load_path(path: str | Path) -> list[Rule]:
    """Rules of one file, or of all `.yaml` and `.yml` files below a folder, in the order of their paths.

    Raises RuleError for the first file that does not load, naming file and line.
    """
    root = Path(path)
    if not root.exists():
        raise RuleError("no such rule file or folder", path=str(path), hint="check the path")
    files = rule_files(root) if root.is_dir() else [root]
    if not files:
        raise RuleError("no rule files (*.yaml) below this folder", path=str(path))
    return distinct(from_dict(read_rule(file)) for file in files)


def rule_files(root: Path) -> list[Path]:
    """Rule files below a folder; profiles and hidden folders are none."""
    found = []
    home = root.resolve()
    for file in sorted((*root.rglob("*.yaml"), *root.rglob("*.yml"))):
        parts = file.relative_to(root).parts
        if parts[0] != PROFILES and not any(part.startswith(".") for part in parts):
            if not file.resolve().is_relative_to(home):
                raise RuleError("links out of its folder", path=str(file), hint="copy the file")
            found.append(file)
    if len(found) > MAX_FILES:
        raise RuleError(f"more than {MAX_FILES:,} rule files", path=str(root))
    return found


def read_rule(file: Path, *, shown: str | None = None) -> dict[str, Any]:
    """The plain dict of one rule file; errors and the rule name it as `shown` (default: the path as given)."""
    from steplint.rules.model import rule_dict
    from steplint.yaml_safe import read

    made = rule_dict(read(file, shown=shown))
    _compiles(made)
    return made


def load_text(text: str, *, path: str = "<text>") -> Rule:
    """One rule from YAML text; `path` is what errors and the rule call it."""
    from steplint.rules.model import rule_dict
    from steplint.yaml_safe import load

    made = rule_dict(load(text, path=path))
    _compiles(made)
    return from_dict(made)


def _compiles(rule: dict[str, Any]) -> None:
    """Let the engine that will run a pattern refuse it now. At build time, without polars, the tests have done so."""
    if "pattern" not in rule["check"]:
        return
    try:
        import polars as pl
    except ImportError:
        return
    from steplint.rules.pattern import check

    try:
        pl.Series([""]).str.contains(check(rule["check"]["pattern"]["regex"]))
    except pl.exceptions.ComputeError as caught:
        detail = str(caught).splitlines()[0][:120]
        raise RuleError(f"the pattern does not compile: {detail}", path=rule["path"], line=rule["line"]) from None


def distinct(rules: Iterable[Rule]) -> list[Rule]:
    """The rules, once it is sure that no two share a code, a name or an alias. Raises RuleError naming both files."""
    taken: dict[str, Rule] = {}
    found = list(rules)
    for rule in found:
        for word in (rule.code, rule.name, *rule.aliases):
            other = taken.setdefault(word, rule)
            if other is not rule:
                raise RuleError(
                    f"{word} is already used in {other.place()}",
                    path=rule.path,
                    line=rule.line,
                    hint="codes, names and aliases are used once",
                )
    return found


def check_references(rules: Sequence[Rule]) -> None:
    """Raises RuleError where `implied_by` or `replaced_by` names a code that none of the rules has."""
    codes = {rule.code for rule in rules}
    for rule in rules:
        for key in ("implied_by", "replaced_by"):
            value = getattr(rule, key) or ()
            for code in (value,) if isinstance(value, str) else value:
                if code not in codes:
                    close = nearest(code, codes)
                    hint = f"did you mean {close}?" if close else None
                    raise RuleError(f"{key} names {code}, which is no rule", path=rule.path, line=rule.line, hint=hint)
