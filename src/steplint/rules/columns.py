"""The columns that a rule may name, with the type of each: one table, readable without polars.

A test holds this table equal to what the records and the reading really provide. Types are classes of value, not polars
types: str, bool, int, float, date, datetime, time and list (of text).
"""

from __future__ import annotations

__all__ = [
    "ASIDES",
    "COLUMNS",
    "DERIVED",
    "DOCUMENT_KINDS",
    "READING",
    "RECORDS",
    "STAGE_ROLES",
    "VALUES",
    "comparable",
]

STAGE_ROLES = ("qualify", "prove", "propose", "commit", "won", "lost")

#: Kinds of records that stand in a document: a plan, a call script, a mail.
DOCUMENT_KINDS = ("plan_row", "utterance", "email")

#: Roles of a document's rows that are no steps. Only rules that look at `role` judge them.
ASIDES = (
    "goal", "dependency", "risk", "weak", "agenda", "opening", "summarize", "confirm", "response", "subject", "takeaway",
    "body", "attendees", "attached",
)  # fmt: skip


def _table(**types: str) -> dict[str, str]:
    """Names by type, turned round: `{name: type}`."""
    return {name: kind for kind, names in types.items() for name in names.split()}


RECORDS: dict[str, str] = _table(
    str="id kind name account stage record_type pipeline forecast_category owner owner_email manager team next_step "
    "currency invite due_text status doc_id section role source path sheet cell url",
    bool="owner_active is_closed is_won",
    int="position line column",
    float="amount",
    date="due_date close_date as_of",
    datetime="next_step_changed modified created stage_changed last_activity next_meeting last_meeting recap_sent "
    "materials_sent last_reply",
    list="previous_steps contacts",
)

READING: dict[str, str] = _table(
    str="date_kind date_basis brush_off actor step_type said_invite language date_flaw",
    bool="placeholder has_action vague customer_action one_sided mutual meeting named_owner customer_person past_only "
    "waiting hedged doer_unnamed attendees date_ambiguous date_alternatives empty internal",
    int="commitment action_count",
    date="date date_end",
    time="time",
)

DERIVED: dict[str, str] = _table(
    str="stage_role basis owner_side status_role",
    int="deal_commitment step_grade",
    bool="date_is_workday due_date_is_workday due_given owner_given owner_is_person recurring text_truncated text_untidy",
    date="ref_date",
)

COLUMNS: dict[str, str] = RECORDS | READING | DERIVED

# The closed vocabularies: a misspelt value in a condition would make a rule that never fires.
VALUES: dict[str, tuple[str, ...]] = {
    "kind": ("opportunity", "task", "plan_row", "utterance", "email"),
    "invite": ("accepted", "sent", "tentative", "declined", "none"),
    "said_invite": ("accepted", "sent", "tentative", "declined", "none"),
    "date_kind": ("specific", "coarse", "vague", "none"),
    "date_basis": ("absolute", "changed", "modified", "as_of"),
    "basis": ("changed", "modified", "as_of"),
    "brush_off": ("think", "info", "team", "later", "not_ready"),
    "actor": ("named", "we", "they", "nobody"),
    "step_type": (
        "meeting",
        "demo",
        "broader_meeting",
        "technical",
        "business_case",
        "trial",
        "proposal_review",
        "contract",
        "info",
        "contact",
        "internal",
        "other",
    ),
    "date_flaw": ("weekday", "impossible"),
    "stage_role": STAGE_ROLES,
    "owner_side": ("customer", "seller", "both"),
    "status_role": ("open", "started", "blocked", "done"),
}

_FAMILY = {"int": "number", "float": "number", "date": "day", "datetime": "day"}


def comparable(left: str, right: str) -> bool:
    """Whether values of two types can be compared: numbers with numbers, days with moments, else like with like."""
    return _FAMILY.get(left, left) == _FAMILY.get(right, right)
