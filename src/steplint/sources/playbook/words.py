"""What headings and labels of playbooks mean: the roles of what stands under them, by their usual words."""

from __future__ import annotations

import re

__all__ = ["CALL", "OURS", "example_side", "is_section", "label_of", "plain", "role_of"]

_MARKS = re.compile(r"[*_`~#>\[\]{}()“”\"✅❌✔✖⚠️🚫👍👎]+")
_NUMBER = re.compile(r"^(?:(?:step|part)?\s*\d{1,2}\s*[.):–—-]\s*|[a-z]\)\s*)")
_LEAD = (
    r"(?:(?:the|our|your|their|agreed|shared|mutual|joint|business|customer|project|plan|overall|key|main|immediate|suggested"
    r"|proposed|concrete|open|known|top|any) )*"
)
_END = r"(?=$| ?[:(–—-]| (?:for|from|after|with|agreed|on|and|of|in|at|to|we|before|by|you)\b)"

#: Role -> how a heading or label that names it begins, in small letters and without marks. The first that fits counts.
_ROLES = {
    name: re.compile(f"^{_LEAD}(?:{words}){_END}")
    for name, words in (
        ("goal", r"goals?|objectives?|target outcomes?|(?:desired )?outcomes?|success criteria|definition of done"),
        ("dependency", r"dependenc(?:y|ies)|prerequisites?|pre-requisites?|assumptions?|depends on|preconditions?"),
        ("risk", r"risks?|blockers?|concerns?|issues"),
        ("next_meeting", r"next (?:meeting|call|session|check-in|appointment)|follow-up meeting|meeting scheduled"),
        ("step", r"next steps?|next actions?|action items?|actions?|to-?dos?|to dos?|commitments|follow-?ups?|who does what"),
        ("takeaway", r"take-?aways?|what (?:we|i) (?:heard|discussed|covered|captured|learned)|discussion|points|notes"),
        ("agenda", r"agenda|(?:meeting|call|session|kick-?off|demo|workshop|discovery) agenda|running order"),
        ("summarize", r"summari[sz]e|recap and summari[sz]e"),
        ("confirm", r"confirm|check"),
        ("propose", r"propose|suggest"),
        ("lock", r"lock(?: it)?(?: in)?"),
        ("subject", r"subject(?: line)?"),
        ("attendees", r"attendees?|participants?|who is there|present|people"),
        ("attached", r"attached|attachments?|resources|links"),
        ("opening", r"opening|opener|intro(?:duction)?|open(?:ing)? the call|start of (?:the )?call|call opening"
                    r"|up-?front contract|set the agenda"),
        ("ending", r"(?:call )?endings?|closing|close|wrap-?up|end of (?:the )?call|ending (?:the )?call(?: strong)?"
                   r"|closing (?:the )?call|commitment close|sign-?off|goodbye"),
    )
}  # fmt: skip
#: Headings that part a document rather than begin one of its own.
_PARTS = re.compile(
    r"^(?:phase|stage|milestones?|timeline|workstream|plan$|action plan$|schedule|week \d|month \d|background|context|summary"
    r"|status)"
)
_WEAK = re.compile(
    r"\b(?:weak(?:er|est)?|bad|don['’]?ts?|do not (?:say|write|send)|never (?:say|write|send)|avoid|instead of|wrong|poor"
    r"|not this|what not to|worse|worst|vague|before)\b"
)
_STRONG = re.compile(
    r"\b(?:strong(?:er|est)?|good|better|best|say (?:this|instead)|do say|try|write|instead|rather|right|specific|after|do)\b"
)
_NOT_STRONG = re.compile(r"\b(?:don['’]?t|do not|instead of)\b")
#: Headings of scripts that tell a whole call.
CALL = re.compile(
    r"\b(?:scripts?|talk ?tracks?|call (?:flow|guide|outline|structure)|voice ?mail|dialogue|role ?play|cold call)\b"
)
OURS = re.compile(r"^(?:rep|ae|sdr|bdr|csm|se|seller|sales(?:person)?|you|me|us|we|host|agent|account executive)$")


def plain(text: str) -> str:
    """A heading or label as it is compared: small letters, without marks, numbering and a colon behind it."""
    bare = " ".join(_MARKS.sub(" ", text).casefold().split()).rstrip(" :.")
    return _NUMBER.sub("", bare)


def role_of(label: str) -> str | None:
    """The role of what stands under a heading or behind a label, or None."""
    bare = plain(label)
    if len(bare) > 80:
        return None
    return next((name for name, pattern in _ROLES.items() if pattern.match(bare)), None)


def example_side(label: str) -> str | None:
    """Whether a heading, label or column holds weak or strong examples; None where it says neither or both."""
    bare = plain(label)
    if bare == "say":
        return "strong"
    weak = bool(_WEAK.search(bare))
    strong = bool(_STRONG.search(_NOT_STRONG.sub(" ", bare)))
    return None if weak == strong else "weak" if weak else "strong"


def is_section(heading: str) -> bool:
    """Whether a heading names a section of the document part above it."""
    return role_of(heading) is not None or bool(_PARTS.match(plain(heading)))


def label_of(text: str) -> tuple[str, int] | None:
    """`**Goal:** live by May` -> ("Goal", where the rest begins); None where a text does not open with a short label."""
    found = re.match(
        r"(?:\d{1,2}[.)] )?[*_`]{0,3}([^\W\d_][^:：\n*_`?!.,]{0,40})[*_`]{0,3}[:：][*_`]{0,3}(?=\s|$)[ \t]*", text
    )
    return (found[1].strip(), found.end()) if found else None
