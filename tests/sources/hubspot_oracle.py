"""The records that an account must give, worked out record by record, without a frame: what pulls are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tests.servers.hubspot_data import PIPELINES, Account, Values

STAGES = {stage["id"]: stage for pipeline in PIPELINES for stage in pipeline["stages"]}
LABELS = {"newbusiness": "New Business", "COMMIT": "Commit"}


def is_closed(deal: Values) -> bool:
    stage = STAGES.get(str(deal["dealstage"]))
    if stage is None:
        return deal["hs_is_closed"] == "true"
    told = stage["metadata"]
    return told["isClosed"] == "true" if "isClosed" in told else told["probability"] in ("0.0", "1.0")


def expected(account: Account, as_of: date, zone: str, closed: bool = False) -> list[dict[str, Any]]:
    """Records in the order of their ids."""
    ids = sorted(account.deals.keys() - account.archived)
    deals = {id: account.deals[id] for id in ids}
    return [record(account, id, as_of, ZoneInfo(zone), closed) for id in ids if closed or not is_closed(deals[id])]


def record(account: Account, id: int, as_of: date, zone: ZoneInfo, closed: bool) -> dict[str, Any]:
    deal = account.deals[id]
    over = is_closed(deal)
    judged = closed or not over
    owner = {row["id"]: row for row in account.owners}.get(str(deal["hubspot_owner_id"] or ""))
    stage = STAGES.get(str(deal["dealstage"]))
    changed, previous = steps(account, id, deal) if judged else (moment(deal["hs_next_step_updated_at"]), None)
    ahead, behind = meetings(account, id, as_of, zone) if judged else (None, None)
    return {
        "id": str(id),
        "name": deal["dealname"],
        "account": company(account, id) if judged else None,
        "stage": stage["label"] if stage else deal["dealstage"],
        "record_type": LABELS.get(str(deal["dealtype"]), deal["dealtype"]),
        "pipeline": {"default": "Sales Pipeline", "777": "Renewals “EMEA”"}[str(deal["pipeline"])],
        "forecast_category": LABELS.get(str(deal["hs_manual_forecast_category"])),
        "owner": owner_name(owner) if owner else deal["hubspot_owner_id"] or None,
        "owner_email": owner["email"] if owner else None,
        "owner_active": not owner["archived"] if owner else None,
        "team": team(owner["teams"]) if owner else None,
        "is_closed": over,
        "is_won": stage["metadata"]["probability"] == "1.0" if stage else deal["hs_is_closed_won"] == "true",
        "next_step": deal["hs_next_step"],
        "previous_steps": previous,
        "due_date": day(deal["notes_next_activity_date"], zone),
        "next_step_changed": local(changed, zone),
        "modified": local(moment(deal["hs_lastmodifieddate"]), zone),
        "created": local(moment(deal["createdate"]), zone),
        "stage_changed": local(moment(deal["hs_v2_date_entered_current_stage"]), zone),
        "last_activity": local(moment(deal["notes_last_updated"]), zone),
        "close_date": day(deal["closedate"], zone),
        "amount": float(deal["amount"]) if deal["amount"] else None,
        "currency": deal["deal_currency_code"] or "CHF",
        "contacts": people(account, id) if judged else None,
        "next_meeting": local(ahead, zone),
        "last_meeting": local(behind, zone),
        "url": f"https://app-eu1.hubspot.com/contacts/4242/record/0-3/{id}",
    }


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z")


def local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None) if at else None


def day(text: str | None, zone: ZoneInfo) -> date | None:
    """Midnight UTC is how HubSpot writes a plain day."""
    at = moment(text)
    return None if at is None else at.date() if at.time() == time() else at.astimezone(zone).date()


def owner_name(owner: dict[str, Any]) -> str | None:
    names = [str(owner[key] or "").strip() for key in ("firstName", "lastName")]
    return " ".join(name for name in names if name) or owner["email"]


def team(teams: list[dict[str, Any]]) -> str | None:
    return next((row["name"] for row in teams if row["primary"]), teams[0]["name"] if len(teams) == 1 else None)


def company(account: Account, id: int) -> str | None:
    links = sorted(account.links["companies"].get(id, []), key=lambda link: (not link[1], link[0]))
    names = [str((account.companies.get(other) or {}).get("name") or "").strip() for other, *_ in links]
    return next((name for name in names if name), None)


def people(account: Account, id: int) -> list[str]:
    found: list[str] = []
    for other in sorted(link[0] for link in account.links["contacts"].get(id, [])):
        person = account.contacts.get(other) or {}
        names = [(person.get("firstname") or "").strip(), (person.get("lastname") or "").strip()]
        name = " ".join(part for part in names if part) or person.get("email")
        if name and name not in found:
            found.append(name)
    return found


def meetings(account: Account, id: int, as_of: date, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    today = datetime.combine(as_of, time(), zone)
    ahead, behind = [], []
    for other, *_ in account.links["meetings"].get(id, []):
        meeting = account.meetings[other]
        start = moment(meeting["hs_meeting_start_time"])
        if start is None or meeting["hs_meeting_outcome"] in ("CANCELED", "RESCHEDULED", "NO_SHOW"):
            continue
        over = start < today or (
            meeting["hs_meeting_outcome"] == "COMPLETED" and start.astimezone(zone).date() == as_of
        )
        (behind if over else ahead).append(start)
    return min(ahead, default=None), max(behind, default=None)


def steps(account: Account, id: int, deal: Values) -> tuple[datetime | None, list[str] | None]:
    """Since when the text stands, and the ones before it."""
    versions = account.history.get(id)
    if not versions:
        return moment(deal["hs_next_step_updated_at"]), None
    # Oldest first; of two at one moment the one that HubSpot names last is the older one.
    ordered = sorted(enumerate(versions), key=lambda pair: (pair[1]["timestamp"], -pair[0]))
    runs: list[tuple[str, datetime | None]] = []
    for _, version in ordered:
        text = version["value"] or ""
        if not runs or runs[-1][0] != text:
            runs.append((text, moment(version["timestamp"])))
    texts = [text for text, _ in reversed(runs)]
    if texts[0] != (deal["hs_next_step"] or ""):  # the history lags behind
        return moment(deal["hs_next_step_updated_at"]), [text for text in texts if text]
    return runs[-1][1], [text for text in texts[1:] if text]
