"""Template slots in playbooks: `[Date]`, `{{owner}}`, `<name>` are filled when the template is used, so they read as what they
stand for. In opportunities a slot was left empty, and stays a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

__all__ = ["fill_slots", "in_playbook", "opened", "slot_class"]

#: Kinds of records that are templates or stand in one; so are tasks of a document.
_KINDS = ("plan_row", "utterance", "email")
# As many characters as before, so that every position stays: [Date] and {date} are cut as <Date> is.
_BRACKETS = r"\[([^\W\d_][^\[\]<>{}\n]{1,38})\]"
_BRACES = r"(^|[^{])\{([^\W\d_!][^\[\]<>{}\n]{1,38})\}"
_LINK = r"<([^<>\n]{1,40})>\("
# Marks of HTML inside a line are no slots: as many blanks stand for them.
_TAGS = ["<br>", "<br/>", "<br />"] + [
    f"<{end}{tag}>"
    for tag in ("b", "strong", "i", "em", "u", "s", "del", "mark", "code", "span", "p", "sub", "sup")
    for end in ("", "/")
]

# What stands in a slot -> the class of what it stands for; the first that fits counts.
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri)day"
_MEANT = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), name)
    for name, words in (
        ("d_time", rf"(?:date|day|tag)\b.*\b(?:time|hour|at)\b|{_WEEKDAY}.*\d"),
        ("d_day", rf"dates?\b|(?:week)?day\b|day ?\d|deadline|due\b|by when|when\b|dd\b|yyyy|mm/|{_WEEKDAY}|datum"),
        ("d_clock", r"time\b|clock|hour\b|uhrzeit"),
        ("d_coarse", r"week|month|quarter|timeline|time ?frame|season"),
        ("event", r"meeting|call\b|demo\b|session|workshop|review\b"),
        ("act", r"action|task|to-?do|(?:next )?step"),
        ("proper", r"(?:company|account|product|project|competitor|tool|vendor|file|document|team) ?(?:name)?$"),
        (
            "person",
            r"(?:first |last |full )?names?\b|owner|who\b|whom\b|rep\b|seller|[acs]e\b|csm|person|people|contact|champion"
            r"|customer|prospect|buyer|client|sponsor|stakeholder|decision|attendee|participant|assignee|responsible|lead\b"
            r"|manager|director|head of|vp\b|c[efiot]o\b|executive|legal|procurement|recipient|user",
        ),
    )
)


def in_playbook(records: pl.DataFrame) -> pl.Series | None:
    """True for the records in which a slot counts as filled; None where there is none of them."""
    if "kind" not in records.columns:
        return None
    filled = records["kind"].is_in(_KINDS)
    if "doc_id" in records.columns:
        filled |= (records["kind"] == "task") & records["doc_id"].is_not_null()
    return filled if filled.any() else None


def opened(text: pl.Expr, filled: pl.Series) -> pl.Expr:
    """The text as it is cut in playbooks: slots in brackets are written as slots, and a line that only goes on is no new one."""
    plain = (
        text.str.replace_many(_TAGS, [" " * len(tag) for tag in _TAGS], ascii_case_insensitive=True)
        .str.replace_all(_BRACKETS, "<$1>")
        .str.replace_all(_BRACES, "$1<$2>")
        .str.replace_all(_LINK, "[$1](")
        .str.replace_all(r"\n([^\n\s•*\-0-9])", " $1")
    )
    return pl.when(pl.lit(filled)).then(plain).otherwise(text)


def fill_slots(table: pl.DataFrame, words: pl.DataFrame, filled: pl.Series, codes: Mapping[str, int]) -> pl.DataFrame:
    """Slots of the rows that are `filled` get the class of what they stand for: a day, a person, an act, else a proper name.

    `table`: tokens with `row, word, code`; `words` with `word, code, piece` as the vocabulary makes them.
    """
    slots = words.filter(pl.col("code") == codes["slot"])
    if slots.is_empty():
        return table
    meant = [codes[slot_class(piece)] for piece in slots["piece"]]
    known = pl.DataFrame({"word": slots["word"], "meant": pl.Series(meant, dtype=pl.UInt8)})
    at = (table["code"] == codes["slot"]) & filled.gather(table["row"])
    found = table.select("word").with_row_index("at").filter(at.fill_null(value=False))
    found = found.join(known, on="word", how="inner", maintain_order="left")
    return table.with_columns(code=table["code"].scatter(found["at"], found["meant"]))


@lru_cache(maxsize=10_000)
def slot_class(piece: str) -> str:
    """The class of what a slot stands for, by its inner words: `<first name>` is a person, `{{due_date}}` a day."""
    inner = " ".join(re.findall(r"[^\W_]+(?:['’/-][^\W_]+)*", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", piece)))
    return next((name for pattern, name in _MEANT if pattern.search(inner)), "proper")
