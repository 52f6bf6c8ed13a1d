"""Tables of a playbook: plans, weak and strong examples side by side, agendas, answers to objections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from steplint.errors import InputError
from steplint.records.mapping import fold_header, map_headers
from steplint.sources.playbook.markup import bare
from steplint.sources.playbook.rows import Row
from steplint.sources.playbook.text import Text, cut, joined, trimmed
from steplint.sources.playbook.words import example_side, plain, role_of

__all__ = ["table_rows", "unquoted"]

#: Columns beside the action, one of which makes a table a plan.
_OF_A_PLAN = ("owner", "due_date")
_ITEMS = frozenset(
    ("nextstep", "nextsteps", "actionitem", "actionitems", "nextaction", "nextactions", "todo", "nächsterschritt")
)
_AGENDA = ("topic", "item", "agendaitem", "agenda", "subject", "thema", "activity", "what", "session", "block")
_TIMES = ("time", "when", "minutes", "min", "duration", "start", "slot", "timing", "mins", "zeit", "uhrzeit", "dauer")
_ANSWERS = ("response", "answer", "reply", "yousay", "say", "whattosay", "talktrack", "counter")
_SAID = re.compile(
    r"\b(?:next steps?|say|saying|phrases?|wording|asks?|lines?|endings?|close|questions?|e-?mails?|examples?|steps?|openings?)\b"
)
_QUOTE = re.compile(r"""\A["“„«](.+)["”“»][.,]?\Z""", re.DOTALL)
_SENTENCE = re.compile(r"\w.*\s.*[.?!]\Z", re.DOTALL)
_WITHIN = 40


def table_rows(
    rows: Sequence[list[Text]], doc: str, section: str | None, role: str | None, weak: bool
) -> Iterator[Row]:
    """The records of one table, its header first; none where it is of no kind that is known.

    `role` is that of the section around it; `weak`: all of it stands under bad examples.
    """
    headers = [bare(joined(cell)) for cell in rows[0]]
    body = [row for row in rows[1:] if any(joined(cell) for cell in row)]
    sides = {place: side for place, header in enumerate(headers) if (side := example_side(header))}
    if {"weak", "strong"} <= set(sides.values()):
        if _of_words(headers, sides, body, section or doc.partition("\0")[0]):
            yield from _examples(body, sides, doc, section)
        return
    fields = _plan(headers)
    if role == "agenda" or _is_agenda(headers):
        yield from _agenda(headers, body, doc, section)
    elif fields:
        yield from _steps(headers, fields, body, doc, section, weak=weak)
    else:
        place = next((n for n, header in enumerate(headers) if n and fold_header(header) in _ANSWERS), None)
        for row in body if place is not None else ():
            cell = _at(row, place)
            if cell and _QUOTE.match(joined(cell)):
                yield Row(unquoted(cell), "utterance", doc, section, "weak" if weak else "response")


def _plan(headers: list[str]) -> dict[str, int]:
    """Column -> place, where the table is a plan; else nothing."""
    if not 2 <= len(headers) <= _WITHIN:
        return {}
    try:
        fields = map_headers(headers, preset="plan").fields
    except InputError:
        return {}
    return dict(fields) if any(name in fields for name in _OF_A_PLAN) else {}


def _steps(
    headers: list[str], fields: dict[str, int], body: list[list[Text]], doc: str, section: str | None, *, weak: bool
) -> Iterator[Row]:
    item = fold_header(headers[fields["next_step"]]) in _ITEMS
    phase = section
    for row in body:
        values = {name: bare(joined(_at(row, place))) for name, place in fields.items()}
        filled = [joined(cell) for cell in row if joined(cell)]
        text = _at(row, fields["next_step"])
        if len(filled) == 1 and (not values["next_step"] or filled[0].startswith(("**", "__"))):
            phase = filled[0].strip("*_ ")  # a row with nothing else names those below it
            continue
        phase = values.get("section") or phase  # written once for all the rows that it covers
        yield Row(
            text or _empty(row, fields["next_step"]),
            "task" if item and not weak else "plan_row",
            doc,
            phase,
            "weak" if weak else "step",
            owner=values.get("owner") or None,
            due=values.get("due_date") or None,
            status=values.get("status") or None,
            cells={name: _at(row, place) or row[place][:1] for name, place in fields.items() if place < len(row)},
        )


def _empty(row: list[Text], place: int) -> Text:
    """An action that is missing, where it would stand."""
    return (row[min(place, len(row) - 1)][0]._replace(text=""),)


def _of_words(headers: list[str], sides: dict[int, str], body: list[list[Text]], around: str) -> bool:
    """Whether the examples are things said or written, and no signs to look out for."""
    if any(_SAID.search(plain(headers[place])) for place in sides):
        return True
    cells = [joined(_at(row, place)) for row in body for place in sides]
    said = sum(bool(_QUOTE.match(cell) or _SENTENCE.match(cell)) for cell in cells)
    return said * 2 > len(cells) or (role_of(around) in ("step", "ending", "opening") and bool(cells))


def _examples(body: list[list[Text]], sides: dict[int, str], doc: str, section: str | None) -> Iterator[Row]:
    """Weak and strong of a row share their position."""
    for row in body:
        first = True
        for side in ("weak", "strong"):
            for place, name in sides.items():
                cell = _at(row, place)
                if name == side and joined(cell):
                    yield Row(unquoted(cell), "utterance", doc, section, side, pair=not first)
                    first = False


def _is_agenda(headers: list[str]) -> bool:
    folded = [fold_header(header) for header in headers]
    timed = any(name in _TIMES for name in folded)
    return timed and any(name in _AGENDA[:5] for name in folded)


def _agenda(headers: list[str], body: list[list[Text]], doc: str, section: str | None) -> Iterator[Row]:
    folded = [fold_header(header) for header in headers]
    topic = next((n for name in _AGENDA for n, header in enumerate(folded) if header == name), len(folded) - 1)
    time = next((n for n, header in enumerate(folded) if header in _TIMES and n != topic), None)
    for row in body:
        cell = _at(row, topic)
        if joined(cell):
            due = None if time is None else joined(_at(row, time)) or None
            yield Row(cell, "utterance", doc, section, "agenda", due=due)


def _at(row: list[Text], place: int | None) -> Text:
    return trimmed(row[place]) if place is not None and place < len(row) else ()


def unquoted(text: Text) -> Text:
    """The text without the quotation marks around all of it."""
    whole = joined(text)
    found = _QUOTE.match(whole)
    return cut(text, *found.span(1)) if found and not re.search(r"""["“”„]""", found[1]) else text
