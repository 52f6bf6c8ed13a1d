"""Which fields of Salesforce become which columns of records."""

from __future__ import annotations

from steplint.records.schema import DERIVED, PROVENANCE, SCHEMA

__all__ = ["COLUMNS", "OWN_FIELDS"]

_STAMPS = {"created": "CreatedDate", "modified": "SystemModstamp"}

#: Object → column → where it is read from, unless the configuration names another field.
COLUMNS: dict[str, dict[str, str]] = {
    "Opportunity": {
        "name": "Name",
        "account": "Account.Name",
        "stage": "StageName",
        "record_type": "RecordType.Name",
        "forecast_category": "ForecastCategoryName",
        "owner": "Owner.Name",
        "owner_email": "Owner.Email",
        "manager": "Owner.Manager.Name",
        "team": "Owner.UserRole.Name",
        "owner_active": "Owner.IsActive",
        "is_closed": "IsClosed",
        "is_won": "IsWon",
        "next_step": "NextStep",
        **_STAMPS,
        "stage_changed": "LastStageChangeDate",
        "last_activity": "LastActivityDate",
        "close_date": "CloseDate",
        "amount": "Amount",
        "currency": "CurrencyIsoCode",
    },
    "Task": {
        "name": "What.Name",
        "account": "Account.Name",
        "record_type": "RecordType.Name",
        "owner": "Owner.Name",
        "owner_email": "Owner.Email",
        "owner_active": "Owner.IsActive",
        "is_closed": "IsClosed",
        "next_step": "Subject",
        "due_date": "ActivityDate",
        **_STAMPS,
        "contacts": "Who.Name",
        "status": "Status",
    },
}
#: Columns that a configuration may read from a field of its own choice.
OWN_FIELDS = tuple(name for name in SCHEMA if name not in DERIVED | PROVENANCE | {"id", "kind", "url", "as_of"})
