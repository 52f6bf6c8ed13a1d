"""What headings and labels of playbooks mean: the roles of what stands under them, by their usual words."""

from __future__ import annotations

import re

__all__ = [
    "CALL",
    "OURS",
    "SPOKEN",
    "THEIRS",
    "example_side",
    "is_list_of_steps",
    "is_section",
    "label_of",
    "owner_of",
    "plain",
    "role_of",
    "shown",
    "sorts_steps",
]

_ANCHOR = re.compile(r"\s*\{#[\w:.-]+\}\s*$")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r"(?:(?<=\s)|^):[a-z0-9_+-]+:(?=\s|$)")
_MARKS = re.compile(r"[*_`~#>\[\]{}()“”„\"]+")
_SIGNS = re.compile(r"^[^\w]+")  # emoji, bullets and check marks before the words
_ASIDE = re.compile(r"(?<=\S)\s*\([^()]{1,40}\)\s*:?$")  # “Agenda (45 min)”
_NUMBER = re.compile(r"^(?:(?:step|part)?\s*\d{1,2}\s*[.):–—-]\s*|[a-z]\)\s*)")
_LEAD = (
    r"(?:(?:the|our|your|their|agreed|shared|mutual|joint|business|customer|project|plan|overall|key|main|immediate|suggested"
    r"|proposed|concrete|open|known|top|any|unsere|vereinbarte|offene|gemeinsame) )*"
)
_END = r"(?=$| ?[:(–—-]| (?:for|from|after|with|agreed|on|and|of|in|at|to|we|before|by|you|für|mit|nach|und|bis)\b)"

#: Role -> how a heading or label that names it begins, in small letters and without marks. The first that fits counts.
_ROLES = {
    name: re.compile(f"^{_LEAD}(?:{words}){_END}")
    for name, words in (
        ("goal", r"goals?|objectives?|target outcomes?|(?:desired )?outcomes?|success criteria|definition of done|ziele?"),
        ("dependency", r"dependenc(?:y|ies)|prerequisites?|pre-requisites?|assumptions?|depends on|preconditions?"
                       r"|abhängigkeiten|voraussetzungen"),
        ("risk", r"risks?|blockers?|concerns?|issues|risiken"),
        ("next_meeting", r"next (?:meeting|call|session|check-in|appointment)|follow-up meeting|meeting scheduled"
                         r"|nächste[rs]? (?:termin|treffen|gespräch|telefonat)"),
        ("step", r"next steps?|next actions?|action items?|actions?|to-?dos?|to dos?|commitments|follow-?ups?|who does what"
                 r"|nächste[nr]? schritte?|massnahmen|aufgaben"),
        ("takeaway", r"take-?aways?|what (?:we|i) (?:heard|discussed|covered|captured|learned)|discussion|points|notes"
                     r"|was wir mitgenommen haben|das wichtigste|ergebnisse"),
        ("agenda", r"agenda|(?:meeting|call|session|kick-?off|demo|workshop|discovery) agenda|running order|tagesordnung"
                   r"|ablauf"),
        ("summarize", r"summari[sz]e|recap and summari[sz]e"),
        ("confirm", r"confirm|check"),
        ("propose", r"propose|suggest"),
        ("lock", r"lock(?: it)?(?: in)?"),
        ("subject", r"subject(?: line)?|betreff"),
        ("attendees", r"attendees?|participants?|who is there|present|people|teilnehmer"),
        ("attached", r"attached|attachments?|resources|links|anlagen|anhang"),
        ("opening", r"opening|opener|intro(?:duction)?|open(?:ing)? the call|start of (?:the )?call|call opening"
                    r"|up-?front contract|set the agenda|(?:gesprächs)?einstieg|gesprächseröffnung"),
        ("ending", r"(?:call )?endings?|closing|clos(?:e|ing) (?:the )?call|close|wrap-?up|end of (?:the )?call"
                   r"|end(?:ing)? (?:the )?call(?: strong)?|commitment close|sign-?off|goodbye"
                   r"|(?:gesprächs)?(?:ende|abschluss)|verabschiedung"),
    )
}  # fmt: skip
#: Headings that part a document rather than begin one of its own.
_PARTS = re.compile(
    rf"^(?:phase|stage|milestones?|timeline|workstream|{_LEAD}(?:action |close |success )?plan$|schedule|week \d|month \d"
    r"|background|context|summary|status|massnahmenplan$|meilensteine|zeitplan|hintergrund)"
)
_WEAK = re.compile(
    r"\b(?:weak(?:er|est)?|bad|don['’]?ts?|do not (?:say|write|send)|never (?:say|write|send)|avoid|instead of|wrong|poor"
    r"|not this|what not to|worse|worst|vague|anti-?patterns?|mistakes?|pitfalls?"
    r"|schwach|schlecht|statt|nicht so)\b|^before(?: version| example)?$"
)
_STRONG = re.compile(
    r"\b(?:strong(?:er|est)?|good|better|best|say (?:this|instead)|do say|try|write|instead|rather|right|specific|stark|gut"
    r"|besser|stattdessen)\b|^(?:after(?: version| example)?|do(?:s|['’]s)?)$"
)
_NOT_STRONG = re.compile(r"\b(?:don['’]?t|do not|instead of)\b")
#: Headings of scripts that tell a whole call.
CALL = re.compile(
    r"\b(?:scripts?|talk ?tracks?|call (?:flow|guide|outline|structure)|voice ?mail|dialogue|role ?play|cold call"
    r"|gesprächsleitfaden)\b"
)
#: Headings under which a block quote is something to say, and no testimonial or remark.
SPOKEN = re.compile(
    r"\b(?:say|saying|objections?|wording|phrases?|openers?|pitch"
    r"|(?:e-?mail|message|linkedin|text) templates?|(?:linkedin|text|chat|e-?mail) messages?|what to (?:ask|write))\b"
    r"|^(?:(?:response|answer|message|e-?mail|opener)s?|repl(?:y|ies)|questions(?: to ask)?|we (?:answer|reply))$"
)
OURS = re.compile(r"^(?:rep|ae|sdr|bdr|csm|se|seller|sales(?:person)?|you|me|us|we|host|agent|account executive)$")
THEIRS = re.compile(r"(?:prospect|customer|buyer|client|lead|champion|them|they|contact|cfo|cto|ceo|vp)\b")
#: One to three words that could name somebody who acts ...
_NAME = re.compile(
    r"@[\w.-]+|@?[^\W\d_a-z][\w.'’-]*(?: (?:(?:of|von|van|de|der|&|and|und) )?[^\W\d_a-z][\w.'’-]*){0,3}"
)
#: ... but for words by which lists of steps are sorted (when, how urgent, how far, about what) ...
_SORTED_BY = re.compile(
    r"\b(?:today|tomorrow|now|later|soon|asap|immediate(?:ly)?|week|month|quarter|day|short|mid|medium|long|term|before|after|until"
    r"|by|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[a-z]+(?:day|uary|ember|ober)|june|july|march|april|august|q[1-4]"
    r"|high|low|priority|urgent|important|optional|nice|must|open|done|closed|pending|blocked|progress|complete[d]?|overdue"
    r"|technical|commercial|general|other|misc|internal|external|phase|stage"
    r"|heute|morgen|woche|monat|offen|erledigt|intern|extern|sonstiges|wichtig)\b"
)
#: ... and for what is done.
_ACTS = re.compile(
    r"\b(?:next|steps?|actions?|items?|part|notes?|send|share|call|book|schedule|confirm|review|prepare|set|get|sign|follow|update|create|draft|check|ask|meet|present|finali[sz]e"
    r"|provide|introduce|discuss|decide|align|agree|run|build|write|invite|plan|kick|demo|pilot|trial|contract|proposal|pricing"
    r"|add|make|find|collect|define|deliver|test|train|start|close|move)\b"
)


def shown(heading: str) -> str:
    """A heading or label as a person reads it: without emphasis, escapes, anchor, link targets and a colon behind it."""
    text = _LINK.sub(r"\1", _ANCHOR.sub("", _SHORTCODE.sub("", heading)))
    return " ".join(_ESCAPE.sub("", text).split()).strip(" *_#:")


def plain(text: str) -> str:
    """A heading or label as it is compared: small letters, without marks, emoji, numbering and a colon behind it."""
    bare = " ".join(_MARKS.sub(" ", _ASIDE.sub("", shown(text)).casefold()).split()).rstrip(" :.")
    return _NUMBER.sub("", _SIGNS.sub("", bare))


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


def is_list_of_steps(heading: str) -> bool:
    """Whether a heading names next steps and nothing else (“Next steps in a long deal” may be a chapter)."""
    return role_of(heading) == "step" and len(plain(heading).split()) <= 3


def owner_of(label: str) -> str | None:
    """Who does what stands under a label among steps (`**Dana:**`, `### Our side`, `@lee`); None where it names nobody."""
    name = _SIGNS.sub("", shown(label)) if not label.startswith("@") else shown(label)
    bare = plain(name)
    if (
        OURS.match(bare)
        or (THEIRS.match(bare) and len(bare.split()) <= 3)
        or bare in ("both", "our side", "their side")
    ):
        return name
    if (
        not _NAME.fullmatch(name)
        or _SORTED_BY.search(bare)
        or _ACTS.search(bare)
        or role_of(name)
        or example_side(name)
    ):
        return None
    return name.lstrip("@")


def sorts_steps(heading: str) -> bool:
    """Whether a heading below next steps only sorts them, by who does them or by when."""
    bare = plain(heading)
    return owner_of(heading) is not None or (len(bare.split()) <= 5 and bool(_SORTED_BY.search(bare)))


def label_of(text: str) -> tuple[str, int] | None:
    """`**Goal:** live by May` -> ("Goal", where the rest begins); None where a text does not open with a short label."""
    found = re.match(
        r"(?:\d{1,2}[.)] )?(?:[^\w\s*_`\[(<{\"'“„#@\\-]\ufe0f?[ \t]+)?"
        r"[*_`]{0,3}([^\W\d_][^:：\n*_`?!.,]{0,40})[*_`]{0,3}[:：][*_`]{0,3}(?=\s|$)[ \t]*",
        text,
    )
    return (found[1].strip(), found.end()) if found else None
