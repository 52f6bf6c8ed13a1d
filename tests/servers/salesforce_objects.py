"""The objects and fields of the loopback Salesforce, and records for it with every trap that real ones set."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.soql import Field, case_safe, stamp

_STAMPS = "CreatedDate:datetime SystemModstamp:datetime LastModifiedDate:datetime"
#: `name:type`, and `nameId:Object|Object` for references to the parent `name`; text where no type is given.
_FIELDS = {
    "Opportunity": "Id:id Name NextStep StageName:picklist CloseDate:date Amount:currency CurrencyIsoCode:picklist"
    " IsClosed:boolean IsWon:boolean ForecastCategoryName:picklist OwnerId:User AccountId:Account RecordTypeId:RecordType"
    f" LastStageChangeDate:datetime LastActivityDate:date Next_Step_Date__c:date Plan__c:textarea Kickoff__c:datetime {_STAMPS}",
    "User": "Id:id Name Email:email IsActive:boolean ManagerId:User UserRoleId:UserRole",
    "UserRole": "Id:id Name",
    "Group": "Id:id Name Email:email",
    "Account": "Id:id Name",
    "RecordType": "Id:id Name DeveloperName",
    "Contact": "Id:id Name Email:email",
    "Lead": "Id:id Name Email:email",
    "OpportunityContactRole": f"Id:id OpportunityId:Opportunity ContactId:Contact Role:picklist IsPrimary:boolean {_STAMPS}",
    "Task": "Id:id Subject ActivityDate:date Status:picklist IsClosed:boolean OwnerId:User|Group WhatId:Opportunity|Account"
    f" WhoId:Contact|Lead AccountId:Account Description:textarea {_STAMPS}",
    "Event": "Id:id Subject StartDateTime:datetime EndDateTime:datetime ActivityDate:date IsAllDayEvent:boolean"
    f" IsChild:boolean WhatId:Opportunity|Account WhoId:Contact|Lead OwnerId:User {_STAMPS}",
    "EventRelation": "Id:id EventId:Event RelationId:Contact|Lead|User Status:picklist IsInvitee:boolean RespondedDate:datetime",
    "OpportunityFieldHistory": "Id:id OpportunityId:Opportunity Field:picklist OldValue:anyType NewValue:anyType"
    " CreatedDate:datetime",
    "Name": "Id:id Name Type Email:email IsActive:boolean",
}
_TYPES = frozenset("id string picklist date currency boolean datetime textarea email anyType".split())
_PREFIX = {
    "Opportunity": "006",
    "User": "005",
    "UserRole": "00E",
    "Group": "00G",
    "Account": "001",
    "RecordType": "012",
    "Contact": "003",
    "Lead": "00Q",
    "OpportunityContactRole": "00K",
    "Task": "00T",
    "Event": "00U",
    "EventRelation": "0RE",
    "OpportunityFieldHistory": "017",
}
#: Objects that a reference of several kinds can point to, and the columns they show as `Name`.
NAMED = ("User", "Group", "Account", "Opportunity", "Contact", "Lead")


def objects() -> dict[str, dict[str, Field]]:
    """A copy of the schema: object → field in lower case → field."""
    return {name: {f.name.lower(): f for f in map(_field, text.split())} for name, text in _FIELDS.items()}


def _field(text: str) -> Field:
    name, _, kind = text.partition(":")
    if kind in _TYPES:
        return Field(name, kind, length=32_768 if kind == "textarea" else 255)
    if kind:
        return Field(name, "reference", tuple(kind.split("|")), name.removesuffix("Id"), 18)
    return Field(name)


def made_id(kind: str, number: int) -> str:
    """Ids as Salesforce counts them: some differ by the case of one letter alone."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    text = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        text = digits[digit] + text
    return case_safe(_PREFIX[kind] + text)


#: Texts that break readers, writers and joins which are not careful.
TRAPS = (
    'He said "yes", then "no"',
    "Line one\r\nLine two, with a comma\r\n",
    "Only LF\nbelow",
    "null",
    "NULL",
    "",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1 (555) 010-99",
    "@SUM(A1)",
    "Ünïcödé 漢字 🚀 e\u0301",
    "rtl \u202e and zero\u200bwidth",
    "line\u2028separator",
    "O'Brien \\ back\\slash",
    "tab\there, semi; colon",
    "   spaces   ",
    '"',
    "'; DROP TABLE Opportunity; --",
    "<b>bold</b> & {slot} %s",
    "TBD",
    "x" * 255,
    "Call Dana Thu 15 Jan 10:00 to review redlines",
    "N/A",
    "#N/A",
    "true",
    "0123",
)  # fmt: skip

_STAGES = (("Qualify", "Pipeline"), ("Proposal", "Best Case"), ("Commit", "Commit"), ("Closed Won", "Closed"))
_AMOUNTS = (0.0, 1234.5, 10_000_000.0, 0.1 + 0.2, 99_999_999_999.99, None, -5.25)
_DAY = datetime(2026, 1, 12, tzinfo=UTC)

_CHUNK = ("Opportunity", "OpportunityContactRole", "Event", "EventRelation", "OpportunityFieldHistory", "Task")

Rows = list[dict[str, Any]]


def people(count: int = 40) -> Iterator[tuple[str, Rows]]:
    """Users with managers and roles, some inactive; a queue; accounts, contacts, leads and record types."""
    yield (
        "UserRole",
        [{"Id": made_id("UserRole", 1), "Name": "EMEA, North"}, {"Id": made_id("UserRole", 2), "Name": "AMER"}],
    )
    yield "User", [
        {
            "Id": made_id("User", n), "Name": f"Rep {n} O'Neil" if n % 5 else f"Zoë “Z” {n}", "Email": f"rep{n}@acme.example",
            "IsActive": n % 7 != 3, "ManagerId": made_id("User", n // 10) if n >= 10 else None,
            "UserRoleId": made_id("UserRole", 1 + n % 2) if n % 3 else None,
        }
        for n in range(count)
    ]  # fmt: skip
    yield "Group", [{"Id": made_id("Group", 1), "Name": "Inbound Queue"}]
    yield "Account", [{"Id": made_id("Account", n), "Name": f'Account, {n} "GmbH"'} for n in range(count)]
    names = ["John Smith" if n % 10 in (5, 6) else f"Dana; Wu {n}" if n % 4 else f"李 {n}" for n in range(count)]
    yield "Contact", [{"Id": made_id("Contact", n), "Name": name} for n, name in enumerate(names)]
    yield "Lead", [{"Id": made_id("Lead", n), "Name": f"Lead {n}"} for n in range(5)]
    yield (
        "RecordType",
        [
            {"Id": made_id("RecordType", 1), "Name": "New Business", "DeveloperName": "New"},
            {"Id": made_id("RecordType", 2), "Name": "Partner's", "DeveloperName": "Partners"},
        ],
    )


def deals(count: int, seed: int = 1, users: int = 40) -> Iterator[tuple[str, Rows]]:
    """Opportunities, and what hangs on them, in chunks of (object, rows). The day is 2026-01-12."""
    chance = random.Random(seed)  # noqa: S311
    for start in range(0, count, 10_000):
        rows: dict[str, Rows] = {name: [] for name in _CHUNK}
        for number in range(start, min(count, start + 10_000)):
            _deal(number, chance, rows, users)
        yield from rows.items()


def _deal(n: int, chance: random.Random, rows: dict[str, Rows], users: int) -> None:
    deal, closed = made_id("Opportunity", n), n % 9 == 8
    stage, forecast = _STAGES[3 if closed else n % 3]
    changed = _DAY - timedelta(hours=chance.randrange(1, 5_000), seconds=chance.randrange(3_600))
    text = TRAPS[n % len(TRAPS)] or None
    rows["Opportunity"].append(
        {
            "Id": deal, "Name": f"{TRAPS[(n + 3) % len(TRAPS)][:100] or 'Deal'} {n}", "NextStep": text, "StageName": stage,
            "CloseDate": str(date(2026, 1, 1) + timedelta(days=n % 90)), "Amount": _AMOUNTS[n % len(_AMOUNTS)],
            "CurrencyIsoCode": ("USD", "EUR", "JPY")[n % 3], "IsClosed": closed, "IsWon": closed and n % 2 == 0,
            "ForecastCategoryName": forecast, "OwnerId": made_id("User", n % users),
            "AccountId": made_id("Account", n % users) if n % 11 else None, "RecordTypeId": made_id("RecordType", 1 + n % 2),
            "LastStageChangeDate": stamp(changed) if n % 5 else None,
            "LastActivityDate": str(changed.date()) if n % 4 else None,
            "Next_Step_Date__c": str(date(2026, 1, 10) + timedelta(days=n % 30)) if n % 2 else None,
            "Plan__c": (TRAPS[(n + 7) % len(TRAPS)] * 20) or None, "Kickoff__c": stamp(changed + timedelta(days=30)),
            **_stamps(changed), "CreatedDate": stamp(changed - timedelta(days=30)),
        }
    )  # fmt: skip
    for role in range(n % 4):
        row: dict[str, Any] = {
            "Id": made_id("OpportunityContactRole", n * 4 + role),
            "OpportunityId": deal,
            "Role": "Buyer",
        }
        # The third role is the first person's again.
        person = made_id("Contact", (n + role % 2) % users)
        rows["OpportunityContactRole"].append({**row, "ContactId": person, "IsPrimary": role == 1})
    for kind in range(n % 4):
        _event(n * 4 + kind, deal, chance, rows, users)
    for change in range(n % 3):
        row = {"Id": made_id("OpportunityFieldHistory", n * 3 + change), "OpportunityId": deal, "Field": "NextStep"}
        old = TRAPS[(n + change) % len(TRAPS)] or None
        moment = stamp(changed - timedelta(days=change))
        rows["OpportunityFieldHistory"].append({**row, "OldValue": old, "NewValue": text, "CreatedDate": moment})
    rows["OpportunityFieldHistory"].append(
        {"Id": made_id("OpportunityFieldHistory", 10**9 + n), "OpportunityId": deal, "Field": "Amount", "OldValue": "1",
         "NewValue": "2", "CreatedDate": stamp(_DAY)}
    )  # fmt: skip
    task = {
        "Id": made_id("Task", n),
        "Subject": text or "Call",
        "ActivityDate": str(date(2026, 1, 12) + timedelta(days=n % 9)),
    }
    rows["Task"].append(
        {
            **task, "Status": "Completed" if n % 4 == 1 else "In Progress", "IsClosed": n % 4 == 1,
            "OwnerId": made_id("Group", 1) if n % 6 == 5 else made_id("User", n % users),
            "WhatId": (deal, made_id("Account", n % users), None)[n % 3],
            "WhoId": made_id("Contact", n % users) if n % 2 else None,
            "AccountId": made_id("Account", n % users) if n % 11 else None,
            **_stamps(changed),
        }
    )  # fmt: skip


def _stamps(changed: datetime) -> dict[str, str]:
    return dict.fromkeys(("CreatedDate", "SystemModstamp", "LastModifiedDate"), stamp(changed))


def _event(n: int, deal: str, chance: random.Random, rows: dict[str, Rows], users: int) -> None:
    start = _DAY + timedelta(hours=chance.randrange(-2_000, 2_000), minutes=30 * chance.randrange(2))
    whole_day = n % 5 == 0
    if whole_day:
        start = start.replace(hour=0, minute=0)
    rows["Event"].append(
        {
            "Id": made_id("Event", n), "Subject": "Review", "StartDateTime": stamp(start),
            "EndDateTime": stamp(start + timedelta(hours=1)),
            "ActivityDate": str(start.date()), "IsAllDayEvent": whole_day, "IsChild": n % 13 == 0,
            "WhatId": deal if n % 17 else made_id("Account", n % users), "OwnerId": made_id("User", n % users),
            **_stamps(start),
        }
    )  # fmt: skip
    for guest in range(n % 4):
        relation = (made_id("Contact", n % users), made_id("User", n % users), made_id("Lead", n % 5))[(n + guest) % 3]
        rows["EventRelation"].append(
            {"Id": made_id("EventRelation", n * 4 + guest), "EventId": made_id("Event", n), "RelationId": relation,
             "Status": ("New", "Accepted", "Declined", "Maybe")[(n // 3 + guest) % 4], "IsInvitee": n % 7 != 0}
        )  # fmt: skip
