"""The judgement of one clause, as the record level sees it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Clause", "Span"]


class Span(NamedTuple):
    """A marked stretch of a clause: tokens `first` to `last`, both included; `role` is who, what, when, whom or vague."""

    role: str
    first: int
    last: int


class Clause(NamedTuple):
    """What a clause says. Equal judgements are one object for the record level, so nothing here tells texts apart."""

    label: str = ""  # "next" after a next-step label, "old" after a log label
    filler: str = ""  # "filler", "tbd" or "bare" when the clause carries no content
    past: bool = False
    gives: int = 0  # acts of the seller that only hand over or prepare
    works: int = 0  # other acts of the seller that can be checked
    infos: int = 0  # "send info": hands over nothing in particular
    explicit: bool = False  # a seller act is stated as such, by an imperative or with its doer
    internal: bool = False
    housekeeping: bool = False
    contact: int = 0  # generic contact: 1 bare, 2 with a topic, 3 with topic and person
    process: bool = False
    worked_on: bool = False  # a process word with an object: an act, if a vague one
    goal: bool = False
    customer_acts: int = 0
    named: bool = False  # the doer of a future act is named
    actor: str = ""
    owner_theirs: bool = False  # "Owner: customer": what the text asks for is theirs to do
    both: bool = False  # doers of both sides are named
    unnamed: bool = False
    meeting: bool = False
    planning: bool = False  # the meeting is still to be put on the calendar
    attended: bool = False  # a buyer-side person, title or team takes part
    person: bool = False
    date: int = 0  # 0 none, 1 vague, 2 coarse, 3 day, 4 day and time
    date_at: int = -1  # token of the date
    clock_at: int = -1  # token of a clock time that stands apart from its day
    clock_only: bool = False
    overdue: bool = False  # its only day is over
    soon: bool = False  # its only date is a word without bounds
    alternatives: bool = False
    tbd: bool = False
    hedged: bool = False
    waiting: bool = False
    expecting: bool = False
    invite: str = ""
    booked: bool = False
    proposed: bool = False
    brush_off: str = ""
    chase: bool = False
    vague: bool = False
    step_type: str = ""
