"""E-mail templates: subject, opening, takeaways, agreed steps, next meeting, ending."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from steplint.sources.playbook.blocks import Block
from steplint.sources.playbook.items import read_item, status_of
from steplint.sources.playbook.rows import Row
from steplint.sources.playbook.scripts import is_label
from steplint.sources.playbook.tables import table_rows
from steplint.sources.playbook.text import Text, cut, joined, trimmed
from steplint.sources.playbook.words import label_of, role_of, shown

__all__ = ["has_subject", "mail_rows", "subject_of"]

_SUBJECT = re.compile(r"[*_]{0,3}(?:(?:e-?mail )?subject(?: line)?|betreff)[*_]{0,3}\s?:[*_]{0,3}[ \t]*", re.IGNORECASE)
_HEADER = re.compile(
    r"[*_]{0,3}(?:to|from|cc|bcc|date|sent|when to send|send|an|von|datum)[*_]{0,3}\s?:", re.IGNORECASE
)
_SLOT = re.compile(r"\{\{[^{}\n]{1,60}\}\}|\[[^\[\]\n]{1,60}\]|<[^<>\n]{1,60}>")
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings|hallo|guten (?:tag|morgen|abend)"
    r"|sehr geehrte[rns]?|liebe[rs]?|moin|servus)\b[^.!?\n]{0,50}[,!:.]?",
    re.IGNORECASE,
)
#: With a name behind it or without; “Thanks again for today” and “Best time is Friday” say something.
_SIGN_OFF = re.compile(
    r"(?![^\n]*\bfor\b)(?:(?:all the )?best(?: regards| wishes)?|(?:many )?thanks(?: again| so much| a lot| in advance)?"
    r"|thank you(?: again| so much| very much| in advance)?|(?:(?:kind|warm|with best) )?regards|cheers|sincerely|warmly"
    r"|(?:sincerely |truly )?yours(?: sincerely| truly)?"
    r"|(?:mit )?(?:freundliche|beste|viele|liebe|herzliche)[nrs]? grü(?:ß|ss)en?)"
    r"(?:[,!. –—-]+(?-i:[^\W\d_a-z]|[\[{<])[^.?\n]{0,40})?[,!.]?",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"[*_\[<{]{0,3}(?:(?:our |the )?next (?:meeting|call|session|demo|review)|meeting\b|we(?:['’]re| are) (?:meeting|speaking)"
    r"|we(?:['’]ll| will) (?:meet|speak))",
    re.IGNORECASE,
)
_EACH_LINE = ("step", "takeaway", "next_meeting")


def _is_greeting(text: str) -> bool:
    """Whether a line only greets; the name may be a slot."""
    return bool(_GREETING.fullmatch(_SLOT.sub("X", text)))


def subject_of(text: Text) -> int | None:
    """Which line of a paragraph is `Subject: …`."""
    return next((place for place, line in enumerate(text) if _SUBJECT.match(line.text)), None)


def has_subject(blocks: Sequence[Block]) -> bool:
    """Whether a mail begins among these blocks."""
    return any(
        block.kind in ("paragraph", "item", "heading") and subject_of(block.text) is not None for block in blocks
    )


def mail_rows(blocks: Sequence[Block], doc: str) -> Iterator[Row]:
    """The lines of one mail from its subject on. Greeting, headers, signature and attachments are no records."""
    rows: list[Row] = []
    section: str | None = None
    open_, listed = True, False
    for block in blocks:
        if not open_ and block.kind == "paragraph":
            break
        if listed and block.kind not in ("item", "table"):
            section, listed = None, False  # a label reaches to the end of its list
        if subject_of(block.text) is None and (block.kind == "heading" or (block.bold and block.kind == "paragraph")):
            section = shown(block.said)
        elif block.kind in ("heading", "paragraph"):
            for text in _paragraphs(block.text):
                row, section, open_ = _read(text, doc, section, open_)
                rows += row
        elif block.kind == "item":
            rows += _item(block.text, block.mark, doc, section)
            listed = True
        elif block.kind == "table":
            table = table_rows(block.rows, doc, section, role_of(section or ""), weak=False)
            rows += [replace(row, kind="email") for row in table if row.role == "step"]
            listed = True
    yield from _with_ends(rows)


def _paragraphs(text: Text) -> Iterator[Text]:
    """A paragraph cut where a line is a header, a greeting, a label or a sign-off of its own."""
    held: list[int] = []
    for place, line in enumerate(text):
        header = _SUBJECT.match(line.text) or _HEADER.match(line.text)
        framing = _is_greeting(line.text) or _SIGN_OFF.fullmatch(line.text)
        if header or framing or is_label(line.text):
            if held:
                yield tuple(text[n] for n in held)
            held = []
            yield (line,)
        else:
            held.append(place)
    if held:
        yield tuple(text[n] for n in held)


def _read(text: Text, doc: str, section: str | None, open_: bool) -> tuple[list[Row], str | None, bool]:
    """The records of a paragraph, the section that goes on behind it, and whether the mail does."""
    whole = joined(text)
    if subject := _SUBJECT.match(whole):
        said = trimmed(cut(text, subject.end()))
        return ([Row(said, "email", doc, section, "subject")] if said else []), None, True
    if not open_ or _HEADER.match(whole) or _is_greeting(whole):
        return [], section, open_
    if _SIGN_OFF.fullmatch(whole):
        return [], None, False
    if is_label(whole):
        return [], shown(whole), True
    label = label_of(whole)
    if label and role_of(label[0]) in _EACH_LINE:
        return _item(trimmed(cut(text, label[1])), None, doc, label[0]), section, True
    role = role_of(section or "")
    if role in _EACH_LINE:
        return [row for line in text for row in _item((line,), None, doc, section)], section, True
    return [Row(text, "email", doc, section, "body")], None, True


def _item(text: Text, mark: str | None, doc: str, section: str | None) -> list[Row]:
    if not text:
        return []
    whole = joined(text)
    label = label_of(whole)
    own = role_of(label[0]) if label else None
    role = own if own in ("takeaway", "step", "next_meeting") else role_of(section or "")
    if role in ("attached", "attendees"):
        return []
    item = read_item(whole)
    if role in ("step", None) and (_MEETING.match(whole) or (role == "step" and item.contacts)):
        role = "next_meeting"
    if role not in _EACH_LINE:
        return [Row(text, "email", doc, section, "body")]
    if role == "takeaway":
        return [Row(text, "email", doc, section, role)]
    status = status_of(mark, whole) or item.status
    return [
        Row(text, "email", doc, section, role, owner=item.owner, due=item.due, status=status, contacts=item.contacts)
    ]


def _with_ends(rows: list[Row]) -> list[Row]:
    """The first plain paragraph opens the mail, the last one ends it where nothing else comes behind."""
    body = [at for at, row in enumerate(rows) if row.role == "body"]
    if body and not any(row.role in _EACH_LINE for row in rows[: body[0]]):
        rows[body[0]] = replace(rows[body[0]], role="opening")
        body = body[1:]
    if body and body[-1] == len(rows) - 1:
        rows[body[-1]] = replace(rows[body[-1]], role="ending")
    return rows
