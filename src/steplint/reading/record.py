"""From the clauses of a text to what the record says: one small readable function over the clauses' judgements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from steplint.reading.clause import Clause

__all__ = ["Labels", "combine"]

DATE_KINDS = ("none", "vague", "coarse", "specific", "specific")


class Labels(NamedTuple):
    """The scalar reading of a text, in the words of the contract; `date_clause` points at the clause that holds the date."""

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
    date_clause: int = -1


def combine(clauses: Sequence[Clause]) -> Labels:
    """The labels of a text from its clauses in order. An empty sequence is an empty text: a placeholder."""
    placeholder = bool(clauses) and _placeholder(clauses) or not clauses
    future = _future(clauses)
    person = any(c.person for c in clauses)
    if placeholder:
        return Labels(
            placeholder=True,
            vague=any(c.filler == "tbd" for c in clauses),
            customer_person=person,
        )
    gives = sum(c.gives for c in future)
    works = sum(c.works for c in future)
    customer = sum(c.customer_acts for c in future)
    contact = max((c.contact for c in future), default=0)
    meeting = any(c.meeting for c in future)
    housekeeping = any(c.housekeeping for c in future)
    infos = sum(c.infos for c in future)
    processes = any(c.process for c in future)
    goal = any(c.goal for c in future)
    acts = gives + works + customer + meeting
    has_action = bool(acts or housekeeping or infos or contact >= 2 or any(c.worked_on for c in future))
    vague = any(c.vague for c in future)
    anything = bool(acts or contact or processes or goal or housekeeping or infos)
    chase = any(c.chase for c in future)
    brush = next((c.brush_off for c in future if c.brush_off), None)
    invite = next((c.invite for c in reversed(future) if c.invite), "")
    past = any(c.past for c in clauses)
    waiting = any(c.waiting for c in future) and not acts
    expecting = any(c.expecting for c in future)

    date, date_clause = _date(clauses, future, bool(anything))
    tbd = any(c.tbd for c in future) and bool(acts)
    if tbd and date == 0:
        date = 1
    kind = DATE_KINDS[date]
    accepted_by = meeting and invite == "accepted" and any(c.person for c in future)
    attended = accepted_by or any(c.meeting and c.attended for c in future)
    planning = any(c.planning for c in future)
    booked = any(c.booked for c in future)
    proposed = any(c.proposed for c in future)
    customer_action = bool(customer) or (meeting and attended and (date >= 3 or booked) and not planning and not proposed)
    compliance = (gives > 0 or infos > 0) and not (works or customer or meeting)
    only_past = past and not anything and not waiting and not expecting and not vague
    only_past = only_past and not brush
    if past and not anything and not vague and not brush and not any(c.filler == "tbd" for c in future):
        only_past = True
    explicit = any(c.explicit for c in future)
    both = any(c.both for c in future)
    housekeeping_only = housekeeping and not acts
    level = _level(
        date=0 if date == 1 and all(c.soon for c in future if c.date) else date, meeting=meeting, invite=invite, planning=planning, booked=booked,
        proposed=proposed, hedged=any(c.hedged for c in future), has_action=has_action, vague=vague, compliance=compliance,
        info=bool(infos), contact=contact, goal=goal or processes, housekeeping=housekeeping_only, chase=chase, concrete=bool(gives + works + customer), worked_on=any(c.worked_on for c in future),
    )  # fmt: skip
    return Labels(
        has_action=has_action,
        vague=vague,
        customer_action=customer_action,
        one_sided=compliance,
        mutual=both and anything or (explicit and bool(customer)),
        meeting=meeting,
        named_owner=any(c.named for c in future),
        customer_person=person,
        past_only=only_past,
        waiting=waiting,
        hedged=any(c.hedged for c in future),
        date_kind=kind,
        commitment=1 if only_past else level,
        brush_off=brush or ("info" if infos and not acts else None),
        actor=next((c.actor for c in future if c.actor), "we" if gives + works + contact + infos else "nobody"),
        action_count=gives + works + customer + infos + int(contact > 0) + int(meeting and not (works or customer)),
        step_type=_step_type(future, compliance, infos, contact, meeting, works),
        said_invite=invite or "none",
        doer_unnamed=any(c.unnamed for c in future) and bool(anything),
        attendees=attended or person,
        date_alternatives=any(c.alternatives for c in future),
        internal=any(c.internal for c in future) and not customer,
        date_clause=date_clause,
    )


def _placeholder(clauses: Sequence[Clause]) -> bool:
    """Every clause is filler, and at least one says so in words or the text is a lone name, date or mark."""
    return all(c.filler for c in clauses)


def _future(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses that speak of what comes: after a "next step" label those, else all that are not history."""
    start = next((i for i, c in enumerate(clauses) if c.label == "next"), None)
    chosen = []
    for i, clause in enumerate(clauses):
        if clause.label == "old":
            continue
        if start is not None and i < start and not clause.customer_acts:
            continue
        chosen.append(clause)
    return chosen


def _date(clauses: Sequence[Clause], future: list[Clause], anything: bool) -> tuple[int, int]:
    """Rank of the step's date and the clause that holds it: the most specific of the clauses that act, else of all."""
    best, place = 0, -1
    if not anything and (any(c.expecting for c in future) or not any(c.brush_off or c.chase or c.vague for c in future)):
        return 0, -1
    ids = {id(c) for c in future}
    for i, clause in enumerate(clauses):
        if id(clause) in ids and (rank := clause.date * 2 - clause.clock_only) > best:
            best, place = rank, i
    if place < 0:
        place = next((i for i, clause in enumerate(clauses) if id(clause) in ids and clause.overdue), -1)
    return (best + 1) // 2, place


def _level(
    *, date: int, meeting: bool, invite: str, planning: bool, booked: bool, proposed: bool, hedged: bool, has_action: bool, vague: bool,
    compliance: bool, info: bool, contact: int, goal: bool, housekeeping: bool, chase: bool, concrete: bool, worked_on: bool,
) -> int:  # fmt: skip
    """Commitment 1–5, the ladder of the labelling guide read from top to bottom."""
    if housekeeping:
        return 1
    bounded = date >= 2
    if meeting and date >= 3 and invite == "accepted":
        return 5
    if meeting and date >= 3 and not planning and not proposed and not hedged and invite != "declined":
        return 4
    if invite == "declined" and not concrete:
        return 1
    if info and not concrete and not meeting:
        return 1
    if (concrete or meeting) and bounded and (not vague or date >= 3):
        return 3
    if meeting and booked and not planning:
        return 3
    if contact == 3 and date >= 2 and not vague:
        return 3
    if compliance and not bounded:
        return 1
    if concrete or meeting or worked_on:
        return 2
    if contact >= 2 or (contact and date):
        return 2
    if (goal or vague) and date:
        return 2
    if chase and date:
        return 2
    return 1


def _step_type(future: list[Clause], compliance: bool, infos: int, contact: int, meeting: bool, works: int) -> str:
    if infos and not meeting:
        return "info"
    if any(c.internal for c in future) and not meeting:
        return "internal"
    found = [c.step_type for c in future if c.step_type]
    for name in (
        "broader_meeting",
        "demo",
        "technical",
        "business_case",
        "trial",
        "contract",
        "proposal_review",
        "meeting",
    ):
        if name in found:
            return name
    if meeting:
        return "meeting"
    if contact and not works:
        return "contact"
    return "info" if compliance else "other"
