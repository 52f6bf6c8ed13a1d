"""States of an invite, waiting, brush-offs, and the wording a sales manager would object to."""

from __future__ import annotations

from steplint.reading.work import Work

__all__ = ["read_states", "read_step_type", "read_wording"]

# Which word makes which kind of step; the first that is there decides.
_STEP_TYPES = (
    ("business_case", "case"),
    ("trial", "trial"),
    ("technical", "tech"),
    ("contract", "contract"),
    ("proposal_review", "proposal"),
    ("broader_meeting", "committee"),
    ("demo", "demo"),
    ("meeting", "event"),
    ("meeting", "meetnoun"),
)


def read_states(work: Work) -> None:
    """What the clause says of the invite, of waiting and of reserve."""
    found, letter = work.found, work.letter
    found["tbd"] = work.has("tbd")
    found["waiting"] = work.has("wait", "let_know") or (work.has("status") and len(work.s) > 1)
    found["hedged"] = found["hedged"] or work.has("hedge", "proposed")
    found["proposed"] = work.has("proposed")
    for name, invite in (
        ("proposed", "tentative"),
        ("accepted", "accepted"),
        ("cancelled", "declined"),
        ("out", "sent"),
    ):
        if work.has(name):
            found["invite"] = invite
            break
    found["booked"] = work.has("booked", "accepted", "out")
    found["planning"] = found["planning"] and found["invite"] != "accepted"  # "she wants a demo Mon, invite accepted"
    for kind in ("think", "team", "later", "not_ready"):
        if letter[f"b_{kind}"] in work.s:
            found["brush_off"] = kind
    found["chase"] = work.has("in_touch", "let_know")
    found["unnamed"] = found["unnamed"] or work.has("somebody")


def read_wording(work: Work) -> None:
    """Mark what is vague: hedges, TBD, contact without a topic, process words and goals without an act, "info"."""
    found, letter = work.found, work.letter
    before = len(work.spans)
    for at in work.alive(work.sets["wording"]):
        x = work.s[at]
        if x in work.sets["patience"] and work.has("wait"):
            continue  # waiting is a finding of its own
        if x == letter["tbd"] and found["date"] >= 3:
            continue  # somebody or something else is open, the step has its day
        work.mark("vague", at)
    other = found["works"] or found["customer_acts"] or found["meeting"]
    if found["contact"] and not other:
        at = work.alive(work.sets["contacting"])[0]
        dated = found["date"] >= 3
        checkable = found["contact"] == 3 or (dated and found["contact"] == 2 and work.s[at] == letter["dial"])
        if not checkable:
            work.mark("vague", at, work.phrase_end(at))
    for kind in ("process", "goal"):
        checkable = found["worked_on"] and found["date"] >= 3 and work.any("buyer")  # "qualify budget with the CFO Fri"
        if found[kind] and not other and not found["gives"] and not (kind == "process" and checkable):
            at = next(iter(work.alive(letter[kind])), 0)
            work.mark("vague", at, work.phrase_end(at))
    if found["infos"]:
        at = next(iter(work.alive({letter["info"], letter["something"], letter["stuff"]})), 0)  # type: ignore[arg-type]
        work.mark("vague", at)
    found["vague"] = found["vague"] or len(work.spans) > before


def read_step_type(work: Work) -> None:
    """The kind of step by its weightiest word."""
    found = work.found
    found["step_type"] = next((kind for kind, word in _STEP_TYPES if work.alive(work.letter[word])), "")
