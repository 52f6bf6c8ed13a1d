"""Which property of a deal each column of records is read from."""

from __future__ import annotations

__all__ = ["PROPERTIES"]

#: Column of records → the deal property that it is read from, where `fields:` names no other; None: HubSpot has none.
PROPERTIES: dict[str, str | None] = {
    "name": "dealname",
    "stage": "dealstage",
    "record_type": "dealtype",
    "pipeline": "pipeline",
    "forecast_category": "hs_manual_forecast_category",
    "owner": "hubspot_owner_id",
    "manager": None,
    "is_closed": "hs_is_closed",
    "is_won": "hs_is_closed_won",
    "next_step": "hs_next_step",
    "due_date": "notes_next_activity_date",
    "next_step_changed": "hs_next_step_updated_at",
    "modified": "hs_lastmodifieddate",
    "created": "createdate",
    "stage_changed": "hs_v2_date_entered_current_stage",
    "last_activity": "notes_last_updated",
    "close_date": "closedate",
    "amount": "amount",
    "currency": "deal_currency_code",
    "next_meeting": "hs_next_meeting_start_time",
    "recap_sent": None,
    "materials_sent": None,
    "last_reply": None,
}
