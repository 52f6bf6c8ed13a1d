"""The slots that messages and helps of rules may hold, such as `{when}`: a closed list, each filled once."""

from __future__ import annotations

import re
from collections.abc import Collection

from steplint.errors import nearest

__all__ = ["SLOTS", "problem"]

# slot: where its value comes from. Options of the rule are slots too, by their name.
SLOTS: dict[str, str] = {
    "who": "the span of the doer",
    "what": "the span of the act",
    "when": "the span of the day",
    "whom": "the span of the customer person",
    "vague": "the vague wording",
    "phrase": "what a `phrases` or `pattern` check found",
    "next_step": "the text, shortened",
    "suggestion": "a step made from the record, with ‹slots› for what is not known",
    "owner": "the owner on the record",
    "contact": "a customer person on the record",
    "contacts": "the customer people on the record",
    "stage": "the stage as the record names it",
    "account": "the account",
    "name": "the record's name",
    "amount": "the amount, with its currency",
    "status": "the status of a task or plan row",
    "date": "the day of the step, as the text gives it",
    "due_date": "the step's date field",
    "close_date": "the close date",
    "next_meeting": "the next event with the customer",
    "last_meeting": "the latest event with the customer",
    "last_activity": "the latest activity",
    "next_step_changed": "when the text was last changed",
    "as_of": "the day of the check",
    "day": "the weekday of the step's day",
    "days": "days between the step's day, or the last change, and the day of the check",
    "count": "how many the rule counted",
    "missing": "what a `group` check requires and no row has",
    "column": "a column as the source's header names it (rules of sources)",
    "language": "a language by its English name (rules of sources)",
    "action_count": "future acts in the text",
    "commitment": "the commitment level, 1 to 5",
    "deal_commitment": "the commitment level with what the calendar knows",
    "step_type": "what sort of step it is",
    "invite": "the answer to the invitation",
}

_SLOT = re.compile(r"\{([a-z_]*)\}")


def problem(template: str, options: Collection[str]) -> str | None:
    """What is wrong with the slots of a message or help, or None."""
    known = {*SLOTS, *options}
    for slot in _SLOT.findall(template):
        if slot not in known:
            close = nearest(slot, known)
            return f"unknown slot {{{slot}}}" + (f"; did you mean {{{close}}}?" if close else "")
    if re.search(r"[{}]", _SLOT.sub("", template)):
        return "a brace that belongs to no slot; slots look like {when}"
    return None
