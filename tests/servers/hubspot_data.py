"""What a HubSpot account holds, with everything in it that has gone wrong somewhere: the store behind `hubspot.HubSpot`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Values = dict[str, str | None]
#: (id, primary, label)
Link = tuple[int, bool, str | None]

START = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
STEPS = [
    "Call Dana Thu 15 Jan 10:00 to review redlines",
    "Circle back next quarter",
    None,
    "",
    'He said "maybe", then left',
    "Legal review\r\nthen signature\r\n",
    "Отправить договор 15 января — 契約書 👩🏽‍💻 é e\u0301 T\u200bBD",
    "<p>Send <b>deck</b> &amp; price</p>",
    '=HYPERLINK("http://x","y");\'--\t\\n \u2028 end',
    "-",
]
DATES = ["2026-01-15", "1768435200000", None, "2026-01-16T00:00:00Z", ""]
CLOSES = ["2026-02-28T17:30:00.123Z", "2026-03-31T00:00:00Z", "1775001600000", None]
CURRENCIES = ["USD", "EUR", None, "JPY", ""]
STAGES = ["appointmentscheduled", "contractsent", "1001", "closedwon", "1003", "closedlost", "999999"]


def text_of(moment: datetime) -> str:
    """A time as HubSpot writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


@dataclass
class Account:
    """Records by kind and id, and what links deals to them. `archived` and `merged` (id → the other one) deals are gone."""

    deals: dict[int, Values] = field(default_factory=dict)
    history: dict[int, list[dict[str, str | None]]] = field(default_factory=dict)
    companies: dict[int, Values] = field(default_factory=dict)
    contacts: dict[int, Values] = field(default_factory=dict)
    meetings: dict[int, Values] = field(default_factory=dict)
    links: dict[str, dict[int, list[Link]]] = field(
        default_factory=lambda: {"companies": {}, "contacts": {}, "meetings": {}}
    )
    owners: list[dict[str, Any]] = field(default_factory=list)
    archived: set[int] = field(default_factory=set)
    merged: dict[int, int] = field(default_factory=dict)
    changes: int = 0

    def set(self, id: int, now: datetime, **values: str | None) -> None:
        """Somebody edits a deal."""
        self.deals[id] = {**self.deals[id], **values, "hs_lastmodifieddate": text_of(now)}
        if values.get("dealstage"):
            over = values["dealstage"] in ("closedwon", "closedlost", "1003")
            self.deals[id]["hs_is_closed"] = "true" if over else "false"
        self.changes += 1

    def delete(self, id: int) -> None:
        self.archived.add(id)
        self.changes += 1

    def merge(self, id: int, into: int) -> None:
        self.merged[id] = into
        self.delete(id)


PIPELINES = [
    {
        "id": "default",
        "label": "Sales Pipeline",
        "displayOrder": 0,
        "stages": [
            {"id": id, "label": label, "metadata": {"isClosed": closed, "probability": probability}}
            for id, label, closed, probability in (
                ("appointmentscheduled", "Appointment Scheduled", "false", "0.2"),
                ("contractsent", "Contract Sent", "false", "0.9"),
                ("closedwon", "Closed Won", "true", "1.0"),
                ("closedlost", "Closed Lost", "true", "0.0"),
            )
        ],
    },
    {
        "id": "777",
        "label": "Renewals “EMEA”",
        "displayOrder": 1,
        "stages": [
            {"id": "1001", "label": "Negotiation", "metadata": {"isClosed": "false", "probability": "0.5"}},
            {"id": "1003", "label": "Won (renewed)", "metadata": {"probability": "1.0"}},
        ],
    },
]

#: Name, type, and more of its definition.
PROPERTIES: list[tuple[str, str, dict[str, Any]]] = [
    *((name, "string", {}) for name in ("dealname", "hs_next_step")),
    *((name, "number", {}) for name in ("amount", "hs_object_id", "num_associated_contacts")),
    *((name, "bool", {}) for name in ("hs_is_closed", "hs_is_closed_won")),
    *(
        (name, "datetime", {})
        for name in (
            "closedate createdate hs_createdate hs_lastmodifieddate hs_next_step_updated_at notes_next_activity_date "
            "hs_next_meeting_start_time notes_last_updated hs_v2_date_entered_current_stage"
        ).split()
    ),
    ("next_step_date", "date", {}),
    ("dealstage", "enumeration", {"options": []}),
    ("pipeline", "enumeration", {"options": []}),
    ("deal_currency_code", "enumeration", {"options": [{"value": "USD", "label": "US Dollar"}]}),
    ("dealtype", "enumeration", {"options": [{"value": "newbusiness", "label": "New Business"}]}),
    ("hs_manual_forecast_category", "enumeration", {"options": [{"value": "COMMIT", "label": "Commit"}]}),
    ("hubspot_owner_id", "enumeration", {"options": [], "externalOptions": True, "referencedObjectType": "OWNER"}),
    ("sales_manager", "enumeration", {"options": [], "externalOptions": True, "referencedObjectType": "OWNER"}),
    ("secret_step", "string", {"dataSensitivity": "sensitive"}),
]


def account(count: int, open_only: bool = False) -> Account:
    """`count` deals: open and closed, with and without owner, companies, contacts, meetings, and texts of every kind."""
    found = Account()
    _people(found)
    for number in range(count):
        _deal(found, 100 + number * 3, number, open_only)
    return found


def _people(found: Account) -> None:
    teams = [{"id": "1", "name": "North", "primary": False}, {"id": "2", "name": "South", "primary": True}]
    for number in range(7):
        found.owners.append(
            {
                "id": str(50 + number),
                "email": f"rep{number}@acme.example",
                "firstName": ["Ann", " ", "José", None, "Kim", "Al", "Zoë"][number],
                "lastName": ["Lee", "", "Ñuñez", None, "O'Neil", "B", "Ä"][number],
                "archived": number >= 5,
                "teams": [[], teams, teams[:1], None, [], teams, []][number] or [],
            }
        )
    for number in range(40):
        found.companies[9_000 + number] = {"name": None if number % 13 == 5 else f" Company {number}, Inc. "}
    for number in range(60):
        found.contacts[20_000 + number] = {
            "firstname": "Dana" if number % 4 else None,
            "lastname": f"Wu {number}" if number % 5 else "",
            "email": f"c{number}@customer.example" if number % 3 else None,
        }
    outcomes = ["SCHEDULED", "CANCELED", None, "COMPLETED", "NO_SHOW", "RESCHEDULED"]
    for number in range(90):
        start = START + timedelta(hours=7 * (number - 45))
        found.meetings[70_000 + number] = {
            "hs_meeting_start_time": text_of(start) if number % 10 else str(int(start.timestamp() * 1000)),
            "hs_meeting_outcome": outcomes[(number + 4) % len(outcomes)],
        }


def _deal(found: Account, id: int, number: int, open_only: bool) -> None:
    stage = STAGES[number % (3 if open_only else len(STAGES))]
    changed = START - timedelta(minutes=17 * (number % 4_000) + 60)
    step = STEPS[number % len(STEPS)]
    found.deals[id] = {
        "hs_object_id": str(id),
        "dealname": f"Deal {number} “{'ß' * (number % 3)}”",
        "dealstage": stage,
        "pipeline": "777" if stage.startswith("10") else "default",
        "dealtype": ["newbusiness", "existingbusiness", None][number % 3],
        "hs_manual_forecast_category": ["COMMIT", None][number % 2],
        "hs_is_closed": "true" if stage in ("closedwon", "closedlost", "1003") else "false",
        "hs_is_closed_won": "true" if stage in ("closedwon", "1003") else "false",
        "hubspot_owner_id": [str(50 + number % 7), None, "", "4040"][0 if number % 9 else 1 + number // 9 % 3],
        "hs_next_step": step,
        "notes_next_activity_date": DATES[number % len(DATES)],
        "next_step_date": DATES[(number + 2) % len(DATES)],
        "hs_next_step_updated_at": text_of(changed - timedelta(days=3)),
        "hs_lastmodifieddate": text_of(changed),
        "createdate": text_of(changed - timedelta(days=90)),
        "hs_createdate": text_of(changed - timedelta(days=90)),
        "hs_v2_date_entered_current_stage": text_of(changed - timedelta(days=9)),
        "notes_last_updated": text_of(changed - timedelta(days=1)) if number % 5 else None,
        "closedate": CLOSES[number % len(CLOSES)],
        "amount": ["1234.5", "0", None, "98765432109.99", ""][number % 5],
        "deal_currency_code": CURRENCIES[number % len(CURRENCIES)],
        "hs_next_meeting_start_time": text_of(START + timedelta(days=2)) if number % 4 == 0 else None,
        "sales_manager": str(50 + number % 3),
        "secret_step": "classified",
    }
    _history(found, id, number, step, changed)
    links = found.links
    links["companies"][id] = [
        (9_000 + (number + place * 7) % 40, place == number % 3 and number % 4 > 0, None) for place in range(number % 4)
    ]
    links["contacts"][id] = [(20_000 + (number * 5 + place) % 62, False, "Champion") for place in range(number % 3)]
    links["meetings"][id] = [(70_000 + (number * 11 + place * 5) % 90, False, None) for place in range(number % 5)]


def _history(found: Account, id: int, number: int, step: str | None, changed: datetime) -> None:
    """Versions newest first, as HubSpot usually has them; of some deals shuffled, repeated, late, or with two at one moment."""
    if number % 6 == 0:
        return
    texts = [step, "Second try", "Second try", "", "First “call”"][: 1 + number % 5]
    versions: list[dict[str, str | None]] = [
        {"value": text, "timestamp": text_of(changed - timedelta(days=3 + 2 * age)), "sourceType": "CRM_UI"}
        for age, text in enumerate(texts)
    ]
    if number % 4 == 1:
        versions.reverse()
    elif number % 4 == 2 and len(versions) > 1:
        versions[1]["timestamp"] = versions[0]["timestamp"]
    elif number % 8 == 3 and len(versions) > 1:
        del versions[0]
    found.history[id] = versions
