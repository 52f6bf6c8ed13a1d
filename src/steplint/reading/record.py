"""From the clauses of a text to what the record says: one readable function over the clauses' judgements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steplint.reading.clause import Clause
from steplint.reading.logs import newest

__all__ = ["Labels", "combine"]

_DATE_KINDS = ("none", "vague", "coarse", "specific", "specific")
# Of several kinds of step in a text, the first of these names it.
_STEP_TYPES = (
    "broader_meeting", "demo", "technical", "business_case", "trial", "contract", "proposal_review", "meeting",
)  # fmt: skip


class Labels(NamedTuple):
    """The scalar reading of a text, in the words of the contract, and which clauses it rests on."""

    placeholder: bool = False
    has_action: bool = False
    vague: bool = False
    customer_action: bool = False
    one_sided: bool = False
    mutual: bool = False
    meeting: bool = False
    named_owner: bool = False
    customer_person: bool = False
    past_only: bool = False
    waiting: bool = False
    hedged: bool = False
    date_kind: str = "none"
    commitment: int = 1
    brush_off: str | None = None
    actor: str = "nobody"
    action_count: int = 0
    step_type: str = "other"
    said_invite: str = "none"
    doer_unnamed: bool = False
    attendees: bool = False
    date_alternatives: bool = False
    internal: bool = False
    date_clause: int = -1  # the clause with the date
    first_clause: int = 0  # the first clause that counts: the one behind a "next step" label
    entry: int | None = None  # of a log, the entry that counts


class _Facts(NamedTuple):
    """What the clauses that count say together."""

    gives: int
    works: int
    customer: int
    infos: int
    contact: int
    meeting: bool
    housekeeping: bool
    process: bool
    worked_on: bool
    goal: bool
    vague: bool
    chase: bool
    planning: bool
    booked: bool
    proposed: bool
    hedged: bool
    invite: str

    @property
    def concrete(self) -> int:
        return self.gives + self.works + self.customer

    @property
    def acts(self) -> int:
        return self.concrete + self.meeting

    @property
    def anything(self) -> bool:
        return bool(self.acts or self.contact or self.process or self.goal or self.housekeeping or self.infos)

    @property
    def compliance(self) -> bool:
        """Only the seller gives: neither a meeting, nor a customer act, nor work to be checked, nor a person asked something."""
        return bool(self.gives or self.infos) and not (self.works or self.customer or self.meeting or self.contact == 3)


def combine(clauses: Sequence[Clause], entries: str = "") -> Labels:
    """The labels of a text from its clauses in order. An empty sequence is an empty text: a placeholder.

    Of a log `entries` has a digit a clause (see `logs`).
    """
    clauses, entry = newest(clauses, entries) if entries else (clauses, -1)
    person = any(clause.person for clause in clauses)
    if all(clause.filler for clause in clauses):
        return Labels(placeholder=True, vague=any(c.filler == "tbd" for c in clauses), customer_person=person)
    start = next((i for i, clause in enumerate(clauses) if clause.label == "next"), 0)
    future = _future(clauses, start)
    facts = _facts(future)
    brush_off = next((c.brush_off for c in future if c.brush_off), None)
    waiting = any(c.waiting for c in future) and not facts.acts
    date, date_clause = _date(clauses, future, facts)
    if date == 0 and facts.acts and any(c.tbd for c in future):
        date = 1  # "Demo TBC": the slot of the date is open
    past_only = (
        any(c.past for c in clauses)
        and not (facts.anything or facts.vague or brush_off)
        and not any(c.filler == "tbd" for c in future)
    )
    accepted_by = facts.meeting and facts.invite == "accepted" and any(c.person for c in future)
    attended = accepted_by or any(c.meeting and c.attended for c in future)
    agreed = (date >= 3 or facts.booked) and not facts.planning and not facts.proposed
    explicit = any(c.explicit for c in future) and not any(c.owner_theirs for c in future)
    soon = date == 1 and all(c.soon for c in future if c.date)
    doer = next((c.actor for c in future if c.actor), None)
    return Labels(
        has_action=bool(facts.acts or facts.housekeeping or facts.infos or facts.contact >= 2 or facts.worked_on),
        vague=facts.vague,
        customer_action=bool(facts.customer) or (facts.meeting and attended and agreed),
        one_sided=facts.compliance,
        mutual=(any(c.both for c in future) and facts.anything) or (explicit and bool(facts.customer)),
        meeting=facts.meeting,
        named_owner=any(c.named for c in future),
        customer_person=person,
        past_only=past_only,
        waiting=waiting,
        hedged=facts.hedged,
        date_kind=_DATE_KINDS[date],
        commitment=1 if past_only else _commitment(facts, 0 if soon else date),
        brush_off=brush_off or ("info" if facts.infos and not facts.acts else None),
        actor=doer or ("we" if facts.anything and not facts.customer else "nobody"),
        action_count=facts.concrete + facts.infos + bool(facts.contact) + (facts.meeting and not facts.works),
        step_type=_step_type(future, facts),
        said_invite=facts.invite or "none",
        doer_unnamed=any(c.unnamed for c in future) and facts.anything,
        attendees=attended or person,
        date_alternatives=any(c.alternatives for c in future),
        internal=any(c.internal for c in future) and not facts.customer,
        date_clause=date_clause,
        first_clause=start,
        entry=entry if entry >= 0 else None,
    )


def _future(clauses: Sequence[Clause], start: int) -> list[Clause]:
    """The clauses that speak of what comes: from a "next step" label on, else all that are not labelled as old."""
    return [
        clause for i, clause in enumerate(clauses) if clause.label != "old" and (i >= start or clause.customer_acts)
    ]


def _facts(future: Sequence[Clause]) -> _Facts:
    return _Facts(
        gives=sum(c.gives for c in future),
        works=sum(c.works for c in future),
        customer=sum(c.customer_acts for c in future),
        infos=sum(c.infos for c in future),
        contact=max((c.contact for c in future), default=0),
        meeting=any(c.meeting for c in future),
        housekeeping=any(c.housekeeping for c in future),
        process=any(c.process for c in future),
        worked_on=any(c.worked_on for c in future),
        goal=any(c.goal for c in future),
        vague=any(c.vague for c in future),
        chase=any(c.chase for c in future),
        planning=any(c.planning for c in future),
        booked=any(c.booked for c in future),
        proposed=any(c.proposed for c in future),
        hedged=any(c.hedged for c in future),
        invite=next((c.invite for c in reversed(future) if c.invite), ""),
    )


def _date(clauses: Sequence[Clause], future: Sequence[Clause], facts: _Facts) -> tuple[int, int]:
    """Grade of the step's date (0–4) and the clause that holds it: the most specific one; a clock alone comes last."""
    if not facts.anything:
        spoken = any(c.brush_off == "later" or c.chase or c.vague for c in future)
        if not spoken or any(c.expecting for c in future):
            return 0, -1
    counted = {id(clause) for clause in future}
    best, place = 0, -1
    for i, clause in enumerate(clauses):
        rank = clause.date * 2 - clause.clock_only
        if id(clause) in counted and rank > best:
            best, place = rank, i
    if place < 0:  # nothing to come, but perhaps a day that is over
        place = next((i for i, c in enumerate(clauses) if id(c) in counted and c.overdue), -1)
    return (best + 1) // 2, place


def _commitment(facts: _Facts, date: int) -> int:
    """Commitment 1–5: the ladder of next-step commitment, read from the top."""
    if facts.housekeeping and not facts.acts:
        return 1
    if facts.meeting and date >= 3:
        if facts.invite == "accepted":
            return 5
        if not (facts.planning or facts.proposed or facts.hedged or facts.invite == "declined"):
            return 4
    if not facts.concrete and (facts.invite == "declined" or (facts.infos and not facts.meeting)):
        return 1
    if facts.acts and date >= 2 and (not facts.vague or date >= 3):
        return 3
    if facts.meeting and facts.booked and not facts.planning:
        return 3
    if facts.contact == 3 and date >= 2 and not facts.vague:
        return 3
    if facts.compliance and date < 2:
        return 1
    if facts.acts or facts.worked_on or facts.contact >= 2:
        return 2
    return 2 if date and (facts.contact or facts.goal or facts.vague or facts.chase) else 1


def _step_type(future: Sequence[Clause], facts: _Facts) -> str:
    if facts.infos and not facts.meeting:
        return "info"
    if any(c.internal for c in future) and not facts.meeting:
        return "internal"
    found = {c.step_type for c in future}
    if (name := next((name for name in _STEP_TYPES if name in found), None)) is not None:
        return name
    if facts.meeting:
        return "meeting"
    if facts.contact and not facts.works:
        return "contact"
    return "info" if facts.compliance else "other"
