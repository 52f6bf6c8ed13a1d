"""Why a text is read as it is: its clauses, the class of each word, what was judged, and which field rests on which clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from steplint.reading.clause import Clause

if TYPE_CHECKING:
    from steplint.reading import Reading

__all__ = ["FIELDS", "explained"]

# Field of the reading -> what of a clause's judgement can set it.
FIELDS: dict[str, tuple[str, ...]] = {
    "placeholder": ("filler",),
    "has_action": ("gives", "works", "customer_acts", "meeting", "infos", "contact", "housekeeping", "worked_on"),
    "vague": ("vague",),
    "customer_action": ("customer_acts", "attended"),
    "one_sided": ("gives", "infos"),
    "mutual": ("both", "explicit", "customer_acts"),
    "meeting": ("meeting",),
    "named_owner": ("named",),
    "customer_person": ("person",),
    "past_only": ("past",),
    "date_kind": ("date", "tbd"),
    "waiting": ("waiting",),
    "hedged": ("hedged",),
    "brush_off": ("brush_off",),
    "said_invite": ("invite",),
    "step_type": ("step_type",),
}
_NONE = Clause()


def explained(reading: Reading, texts: pl.Series) -> list[dict[str, Any]]:
    """Of each record, in order: `clauses` and `fields`.

    A clause has its `text`, `words` (each with its class in the lexicon, and `read_as` where the grammar settled on
    another) and `judged`, what it says. `fields` names for each field the clauses, counted from 0, that it rests on.
    """
    grammar = reading._reader.grammar
    names = {number: name for name, number in grammar.codes.items()}
    strings = list(reading._reader._strings)
    kept = reading._kept.select("start", "end", "code")
    clauses: list[list[dict[str, Any]]] = [[] for _ in range(len(texts))]
    for row, first, size, string, number in reading._clauses.select(
        "row", "first", "size", "string", "number"
    ).iter_rows():
        tokens = kept[first : first + size].rows()
        text = texts[row] or ""
        settled = grammar.spell(grammar.rewrite(strings[string])).split(" ")
        clauses[row].append(
            {
                "text": text[tokens[0][0] : tokens[-1][1]] if tokens else "",
                "words": [
                    _word(text[start:end], names[code], read)
                    for (start, end, code), read in zip(tokens, settled, strict=True)
                ],
                "judged": _said(reading._reader._by_number[number]),
            }
        )
    values = reading.frame.select(*FIELDS).to_dicts()
    return [{"clauses": found, "fields": _fields(found, value)} for found, value in zip(clauses, values, strict=True)]


def _word(text: str, name: str, read: str) -> dict[str, str]:
    word = {"text": text, "class": name}
    return word if read == name else {**word, "read_as": read}


def _said(clause: Clause) -> dict[str, Any]:
    """What a judgement says, without what it leaves at its default."""
    said = clause._asdict()
    return {name: value for name, value in said.items() if value != getattr(_NONE, name)}


def _fields(clauses: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, list[int]]:
    """For each field that says something, the clauses that can have set it."""
    found = {
        name: [at for at, clause in enumerate(clauses) if any(part in clause["judged"] for part in parts)]
        for name, parts in FIELDS.items()
        if values[name] not in (None, False, "none", "other")
    }
    return {name: places for name, places in found.items() if places}
