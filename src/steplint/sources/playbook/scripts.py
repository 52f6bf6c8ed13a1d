"""Call scripts: what is to be said, out of quotes, speaker lines and the labels between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from steplint.sources.playbook.rows import Row
from steplint.sources.playbook.text import Line, Text, cut, joined, trimmed
from steplint.sources.playbook.words import CALL, OURS, THEIRS, example_side, plain, role_of, shown

__all__ = [
    "is_callout", "is_label", "is_ours", "is_quote", "is_script", "script_rows", "spoken", "spoken_role", "with_ends",
]  # fmt: skip

_SPOKEN = frozenset(("opening", "ending", "summarize", "confirm", "propose", "lock"))
_SPEAKER = re.compile(
    r"[*_]{0,3}([A-Za-z][A-Za-z ]{0,24}?)[*_]{0,3}\s?(?:\([^()\n]{0,40}\))?[*_]{0,3}:[*_]{0,3}\s+(?=\S)"
)
_STARTS = re.compile(
    r"[ \t]*(?:[-*•]\s+|\d{1,2}[.)]\s+)?(?:[*_]{0,3}[A-Za-z][A-Za-z ]{0,24}[*_]{0,3}:[*_]{0,3}\s+)?([\"“„«])(?=[^\W_]|[\[{<…])"
)
_ENDS = re.compile(r"[\"”“»][.,]?[ \t]*(?=\n|\Z|\[|\()")
_LABEL = re.compile(
    r"[ \t]*(?:#{1,6}\s+)?[*_]{0,3}(?:[A-Za-z\d][^\n:“”\"]{0,60}[*_]{0,3}:[*_]{0,3}|[A-Z][A-Z &/→-]{3,60})[ \t]*"
)
_CALLOUT = re.compile(
    r"\[!|[💡ℹ⚠📌📝🚨❗👉🛑]|[^\w\s\"“„«]{0,3}\s*(?:(?:pro )?tip|note|info|warning|important|caution|source|example"
    r"|hint|why|remember|reminder|fyi|heads.up|hinweis|tipp|achtung|beispiel)\b",
    re.IGNORECASE,
)
_LONGEST = 4_000
_GAP = 20  # blank lines inside a quote


def is_label(text: str) -> bool:
    """Whether a line only names what follows: it ends with a colon, or is in capitals or bold altogether."""
    line = text.strip()
    if "\n" in line or not line or len(line) > 90:
        return False
    return bool(_LABEL.fullmatch(line)) or bool(re.fullmatch(r"\*\*[^*\n]{2,80}\*\*:?|__[^_\n]{2,80}__:?", line))


def spoken_role(*labels: str | None) -> str | None:
    """The role of what is said under labels, the nearest first: weak, strong, opening, ending, summarize … or None."""
    for label in labels:
        if not label:
            continue
        side = example_side(label)
        role = role_of(label)
        ends = role == "ending" or bool(re.search(r"\bendings?\b|\bclos(?:e|es|ing|ings)\b", plain(label)))
        if side == "strong" and ends:
            return "ending"
        if side:
            return side
        if role in _SPOKEN:
            return role
        if ends and len(plain(label).split()) <= 5:
            return "ending"
    return None


def is_script(lines: Sequence[Line]) -> bool:
    """Whether some line opens with a quotation mark or with one of our speakers."""
    return any(_STARTS.match(line.text) or _speaker(line.text) in ("ours", "theirs") for line in lines)


def is_quote(text: str) -> bool:
    """Whether a text opens with a quotation mark, if not with a speaker before it."""
    return bool(_STARTS.match(text))


def is_ours(text: str) -> bool:
    """Whether one of us speaks (`Rep: …`)."""
    return _speaker(text) == "ours"


def script_rows(lines: Sequence[Line], doc: str, section: str | None, *labels: str | None) -> Iterator[Row]:
    """Every quote and every line of ours in a run of raw lines; labels among them name sections and roles."""
    label: str | None = None
    at = 0
    while at < len(lines):
        text = lines[at].text
        if quote := _STARTS.match(text):
            said, at = _quote(lines, at, quote.start(1))
            if said and _speaker(text) != "theirs":
                yield Row(said, "utterance", doc, label or section, spoken_role(label, section, *labels))
            continue
        speaker = _SPEAKER.match(text.lstrip())
        whose = _speaker(text)
        if whose == "ours" and speaker:
            start = len(text) - len(text.lstrip()) + speaker.end()
            said = trimmed(cut((lines[at],), start))
            if said:
                yield Row(said, "utterance", doc, label or section, spoken_role(label, section, *labels))
        elif whose is None and is_label(text):
            label = shown(text)
        at += 1


def spoken(text: Text) -> Text | None:
    """What a paragraph or an item says, where all of it is one quote or a line of ours; else None."""
    whole = joined(text)
    if _CALLOUT.match(whole):
        return None
    speaker = _SPEAKER.match(whole)
    if speaker and _speaker(whole) == "ours":
        rest = trimmed(cut(text, speaker.end()))
        return spoken(rest) or rest
    if whole[:1] in '"“„«' and len(whole) > 2:
        end = _ENDS.search(whole, 1)
        if end and not whole[end.end() :].strip(" .—–-"):
            return trimmed(cut(text, 1, end.start()))
    return None


def is_callout(text: str) -> bool:
    """Whether a block quote is a note to the reader."""
    return bool(_CALLOUT.match(text))


def with_ends(rows: list[Row], heading: str) -> list[Row]:
    """In what is a whole call script, the first line that has no role is the opening, the last one the ending."""
    said = [at for at, row in enumerate(rows) if row.kind == "utterance"]
    if len(said) < 3 or not CALL.search(plain(heading)):
        return rows
    for at, role in ((said[0], "opening"), (said[-1], "ending")):
        if rows[at].role is None:
            rows[at] = replace(rows[at], role=role)
    return rows


def _speaker(text: str) -> str | None:
    """`Rep: …` is ours, `Buyer: …` theirs; None where nobody speaks."""
    found = _SPEAKER.match(re.sub(r"\A\s*(?:[-*•]\s+|\d{1,2}[.)]\s+)?", "", text))
    if not found:
        return None
    name = plain(found[1])
    if OURS.match(name):
        return "ours"
    return "theirs" if THEIRS.match(name) else None


def _quote(lines: Sequence[Line], first: int, start: int) -> tuple[Text, int]:
    """The quote that opens at `start` of line `first`, without its marks, and the first line behind it."""
    taken: list[Line] = []
    size = 0
    for place in range(first, len(lines)):
        line = lines[place]
        if taken and not line.text.strip() and _blank_ends(lines, first + len(taken)):
            break
        end = _ENDS.search(line.text, 0 if taken else start + 1)
        taken.append(line)
        if end or size > _LONGEST:
            stop = size + (end.start() if end else len(line.text))
            return trimmed(cut(taken, start + 1, stop)), first + len(taken)
        size += len(line.text) + 1
    return trimmed(cut((lines[first],), start + 1)), first + 1


def _blank_ends(lines: Sequence[Line], at: int) -> bool:
    """Whether a quote that is still open ends at this blank line, because the next line opens one of its own."""
    following = next((line.text for line in lines[at : at + _GAP] if line.text.strip()), "")
    return not following or bool(_STARTS.match(following)) or is_label(following)
