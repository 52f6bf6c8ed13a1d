"""One more entry at the end of a suppression file, whose other bytes stay as they are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from steplint import yaml_safe
from steplint.errors import ConfigError, UsageError
from steplint.rules.rule import Rule
from steplint.triage.suppressions import Suppression, parse_suppressions

__all__ = ["appended"]

HEAD = """\
# Findings that are excused. `steplint suppress` adds an entry; one whose fault is gone, or whose day is over, is reported.
"""
_QUOTED = ("record", "reason", "by")
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)


def appended(
    content: bytes,
    rules: Sequence[Rule],
    *,
    rule: str,
    records: Sequence[str],
    reason: str,
    until: date | None = None,
    by: str | None = None,
    field: str | None = None,
    mandatory: Sequence[str] = (),
    shown: str = "<text>",
) -> bytes:
    """The file's new content; `content` itself where the same is said there already. An empty file gets a comment on top.

    Raises UsageError where the file excuses the rule on a record in other words or until another day, and ConfigError for a
    file that does not load or cannot be added to.
    """
    text = _decoded(content, shown)
    for name, value in (("record", "".join(records)), ("reason", reason), ("by", by or "")):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise UsageError(f"--{name} is not text in UTF-8", hint="check the terminal's encoding")
    before = parse_suppressions(text, rules, mandatory=mandatory, shown=shown)
    keys = {"rule": rule, "record": _one_or_more(records), "reason": reason}
    more = {"until": until and until.isoformat(), "by": by, "field": field}
    keys |= {name: value for name, value in more.items() if value}
    wanted = _understood(_entry(keys, 0, "\n"), rules, mandatory)
    left = tuple(record for record in wanted.records if not _said(wanted, record, before, shown))
    if not left:
        return content
    keys["record"] = _one_or_more(left)
    line_end = "\r\n" if "\r\n" in text else "\n"
    added = _entry(keys, _indent(text, shown), line_end)
    if text and not text.endswith("\n"):
        added = line_end + added
    new = (text or HEAD) + added
    after = _reread(new, rules, mandatory, shown)
    if [*map(_terms, after)] != [*map(_terms, before), _terms(replace(wanted, records=left))]:
        raise ConfigError("an entry cannot be added to the end of this file", path=shown, hint="write it by hand")
    return (content or HEAD.encode()) + added.encode()


def _one_or_more(records: Sequence[str]) -> str | list[str]:
    return records[0] if len(records) == 1 else list(records)


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as caught:
        line = content.count(b"\n", 0, caught.start) + 1
        raise ConfigError("not UTF-8", path=shown, line=line, hint="save the file as UTF-8") from None


def _understood(text: str, rules: Sequence[Rule], mandatory: Sequence[str]) -> Suppression:
    """The entry as the file will hold it; what is wrong with it is a wrong option."""
    try:
        return parse_suppressions(text, rules, mandatory=mandatory)[0]
    except ConfigError as wrong:
        raise UsageError(f"--{wrong.message}", hint=wrong.hint) from None


def _reread(text: str, rules: Sequence[Rule], mandatory: Sequence[str], shown: str) -> tuple[Suppression, ...]:
    try:
        return parse_suppressions(text, rules, mandatory=mandatory, shown=shown)
    except ConfigError:
        return ()


def _terms(item: Suppression) -> tuple[object, ...]:
    return item.codes, item.records, item.reason.strip(), item.field, item.until, item.by


def _said(wanted: Suppression, record: str, before: Sequence[Suppression], shown: str) -> bool:
    """Whether the file has this already, in the same terms."""
    for item in before:
        if item.codes == wanted.codes and item.field == wanted.field and record in item.records:
            if (item.until, item.reason) == (wanted.until, wanted.reason):
                return True
            until = f" until {item.until}" if item.until else ""
            message = f"{wanted.rule} is excused on {record} already{until}, in other words"
            raise UsageError(message, path=shown, line=item.line, hint="change that entry")
    return False


def _indent(text: str, shown: str) -> int:
    """How far the file's entries are indented."""
    document = yaml_safe.load(text, path=shown, error=ConfigError, as_written=True)
    if not document.data:
        if document.data is not None:
            raise ConfigError("the list is empty brackets", path=shown, line=document.place(())[0], hint="remove them")
        return 0
    line, column = document.place(())
    if text.split("\n")[line - 1][column - 1 : column] != "-":
        raise ConfigError("the list is in brackets", path=shown, line=line, hint="begin each entry with “- rule:”")
    return column - 1


def _entry(keys: dict[str, str | list[str]], indent: int, line_end: str) -> str:
    """The lines of an entry; texts of people are quoted, so that nothing in them means anything to YAML."""
    lines: list[str] = []
    for name, value in keys.items():
        if isinstance(value, list):
            shown = f"[{', '.join(map(_quoted, value))}]"
        else:
            shown = value if name not in _QUOTED and _PLAIN.fullmatch(value) else _quoted(value)
        lines.append(f"{' ' * indent}{'  ' if lines else '- '}{name}: {shown}{line_end}")
    return "".join(lines)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
