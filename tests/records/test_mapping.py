"""Headers of the CRMs find their columns; trouble is an error or a note."""

from __future__ import annotations

import pytest

from steplint.errors import InputError, UsageError
from steplint.records import SCHEMA, map_headers
from steplint.records.mapping import _aliases, fold_header

# The labels that exports really have, by CRM: (header, column).
EXPORTS = {
    "salesforce": [
        ("Opportunity ID", "id"), ("Opportunity Name", "name"), ("Next Step", "next_step"),
        ("Next Step Date", "due_date"), ("Stage", "stage"), ("Close Date", "close_date"),
        ("Opportunity Owner: Full Name", "owner"), ("Account Name: Account Name", None),
        ("Amount (converted)", "amount"), ("Last Activity ↑", "last_activity"), ("Last Modified Date", "modified"),
    ],
    "hubspot": [
        ("Record ID", "id"), ("Deal Name", "name"), ("Next step", "next_step"), ("Next Activity Date", "due_date"),
        ("Next Meeting Start Time", "next_meeting"), ("Deal Stage", "stage"), ("Close Date", "close_date"),
        ("Deal owner", "owner"), ("Associated Company", "account"), ("Amount", "amount"),
        ("Last Activity Date", "last_activity"), ("Last Modified Date", "modified"),
    ],
    "pipedrive": [
        ("Deal - ID", "id"), ("Deal - Title", "name"), ("Deal - Next activity subject", "next_step"),
        ("Deal - Next activity date", "due_date"), ("Deal - Stage", "stage"), ("Deal - Owner", "owner"),
        ("Deal - Expected close date", "close_date"), ("Deal - Organization", "account"), ("Deal - Value", "amount"),
        ("Deal - Last activity date", "last_activity"), ("Deal - Update time", "modified"),
    ],
    "zoho": [
        ("Record Id", "id"), ("Potential Name", "name"), ("Next Step", "next_step"), ("Stage", "stage"),
        ("Closing Date", "close_date"), ("Deal Owner", "owner"), ("Account Name", "account"), ("Amount", "amount"),
        ("Last Activity Time", "last_activity"), ("Modified Time", "modified"),
    ],
    "suitecrm": [
        ("ID", "id"), ("Opportunity Name", "name"), ("Next Step", "next_step"), ("Next Step Date", "due_date"),
        ("Sales Stage", "stage"), ("Expected Close Date", "close_date"), ("Assigned to", "owner"),
        ("Account Name", "account"), ("Opportunity Amount", "amount"), ("Date Modified", "modified"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("crm", EXPORTS)
def test_labels_of_each_crm(crm: str) -> None:
    pairs = EXPORTS[crm]
    found = map_headers([header for header, _ in pairs])
    assert found.preset == crm
    assert dict(found.fields) == {column: place for place, (_, column) in enumerate(pairs) if column}


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("NextStep", "nextstep"),
        ("next_step__c", "nextstep"),
        ("Next_Step_Date__c", "nextstepdate"),
        ("next_step_date_c", "nextstepdate"),
        ("properties_hs_next_step", "hsnextstep"),
        ("property_hs_next_step", "hsnextstep"),
        ("properties.hs_next_step", "hsnextstep"),
        ("Opportunity: Next Step *", "nextstep"),
        ("Deal - Title", "title"),
        ("\ufeffNext\u00a0Step\u200b ↑", "nextstep"),
        ("ＮＥＸＴ ＳＴＥＰ", "nextstep"),
        ("Dealer", "dealer"),
    ],
)
def test_folding(header: str, folded: str) -> None:
    assert fold_header(header) == folded


def test_alias_tables_name_known_columns() -> None:
    for crm, columns in _aliases().items():
        assert columns.keys() <= SCHEMA.keys(), crm


def test_a_unit_behind_a_label_does_not_hide_it() -> None:
    found = map_headers(["Next step", "Amount (USD)", "Deal - Stage (pipeline)"])
    assert dict(found.fields) == {"next_step": 0, "amount": 1, "stage": 2}


@pytest.mark.parametrize("twin", ["Next Step", "next step", "Next\u00a0Step", "Next  Step ", "Ｎext Step"])
def test_headers_that_look_alike_are_refused(twin: str) -> None:
    with pytest.raises(InputError, match="2 headers look alike and fit next_step") as caught:
        map_headers(["Id", "Next Step", twin])
    assert caught.value.hint == "rename one, or choose: --map next_step=#2"
    assert map_headers(["Id", "Next Step", twin], overrides={"next_step": "#3"}).fields["next_step"] == 2


def test_two_headers_for_one_column_are_said() -> None:
    found = map_headers(["Next Step", "SystemModstamp", "Last Modified Date", ""])
    assert found.fields["modified"] == 2
    assert found.notes == (
        "modified is read from “Last Modified Date”; “SystemModstamp” fits too and is not read",
        "column 4 has no header and is not read",
    )


def test_overrides() -> None:
    found = map_headers(["Id", "Notes", "Next Step"], overrides={"next_step": "Notes", "id": ""})
    assert dict(found.fields) == {"next_step": 1}
    assert found.unused == ("Id", "Next Step")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"overrides": {"next_stp": "Notes"}}, "no column “next_stp”; did you mean “next_step”"),
        ({"overrides": {"next_step": "Nots"}}, "no header “Nots”; did you mean “Notes”"),
        ({"overrides": {"next_step": "#9"}}, "no header “#9”"),
        ({"overrides": {"path": "Notes"}}, "no column “path”"),
        ({"preset": "salesfroce"}, "no preset “salesfroce”; did you mean “salesforce”"),
    ],
)
def test_wrong_options(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        map_headers(["Id", "Notes", "Next Step"], **options)  # type: ignore[arg-type]


def test_without_a_next_step_the_headers_are_listed() -> None:
    with pytest.raises(InputError, match="headers found: Id, Next Stp; is it “Next Stp”") as caught:
        map_headers(["Id", "Next Stp"], path="a.csv", line=1)
    assert str(caught.value).startswith("a.csv:1: ")
