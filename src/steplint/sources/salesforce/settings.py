"""What stands below the name of a Salesforce source in the configuration."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from steplint.errors import nearest
from steplint.sources.remote.http import Network
from steplint.sources.remote.interface import SourceSettings
from steplint.sources.remote.secrets import SecretRef
from steplint.sources.salesforce.columns import OWN_FIELDS
from steplint.sources.salesforce.write_settings import SalesforceWriteBack

__all__ = ["Auth", "SalesforceSettings"]

Auth = Literal["jwt", "client_credentials", "session", "password"]

#: What each way of logging in takes: keys that it needs, and keys that it may have.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "jwt": (("username", "consumer_key", "private_key"), ()),
    "client_credentials": (("consumer_key", "consumer_secret"), ()),
    "session": (("session_id",), ()),
    "password": (("username", "password"), ("security_token", "consumer_key", "consumer_secret")),
}
_ALL_KEYS = tuple(dict.fromkeys(key for needed, allowed in _KEYS.values() for key in (*needed, *allowed)))

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,80}[a-z0-9])?(?:\.[a-z0-9-]{1,40}){0,3}")
_Path = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}(\.[A-Za-z][A-Za-z0-9_]{0,79}){0,4}$")]
_Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]


class SalesforceSettings(SourceSettings):
    """The keys of a source of type salesforce."""

    domain: str = Field(
        description="My Domain of the org: acme.my, or acme--uat.sandbox.my; a whole address is taken as well"
    )
    auth: Auth = Field(
        default="jwt", description="how to log in; jwt and client_credentials need no person, password ends in 2027"
    )
    sandbox: bool = Field(default=False, description="the org is a sandbox, which logs in at test.salesforce.com")
    username: str | None = Field(default=None, description="user that is logged in as (jwt, password)")
    consumer_key: SecretRef | None = Field(default=None, description="key of the connected or external client app")
    consumer_secret: SecretRef | None = Field(default=None, description="its secret (client_credentials)")
    private_key: SecretRef | None = Field(
        default=None, description="RSA key in PEM form, of the app's certificate (jwt)"
    )
    session_id: SecretRef | None = Field(default=None, description="access token of a session that exists (session)")
    password: SecretRef | None = Field(default=None, description="the user's password (password)")
    security_token: SecretRef | None = Field(default=None, description="the user's security token (password)")
    object: Literal["Opportunity", "Task"] = Field(default="Opportunity", description="what carries the next step")
    fields: dict[str, _Path] = Field(
        default={}, description="column of records: API name of the field it is read from, such as Next_Step_Date__c"
    )
    closed: bool = Field(default=False, description="pull closed opportunities or tasks as well")
    record_types: list[_Name] = Field(
        default=[], max_length=50, description="only records of these record types, by label"
    )
    history: Literal["auto", "off"] = Field(
        default="auto", description="earlier next steps and the time of the last change, where field history is tracked"
    )
    meetings: Literal["auto", "always", "off"] = Field(
        default="auto",
        description="next and last meeting and its invitation; auto: unless Salesforce holds no event at all, always: no "
        "event means no meeting, off: calendars are kept elsewhere (Einstein Activity Capture)",
    )
    past_days: int = Field(default=180, ge=0, le=3_650, description="how far back the last meeting is looked for")
    api: Literal["auto", "rest", "bulk"] = Field(
        default="auto", description="REST or Bulk API 2.0; auto: Bulk from bulk_from records on"
    )
    bulk_from: int = Field(default=100_000, ge=0, description="records from which on auto takes Bulk")
    api_share: float = Field(
        default=0.5, gt=0, le=1, description="stop once so much of the org's daily API calls is used, by anybody"
    )
    api_version: int = Field(default=64, ge=52, le=99, description="version of Salesforce's API")
    network: Network = Field(default=Network(), description="timeouts, attempts and the deadline")
    write_back: SalesforceWriteBack | None = Field(
        default=None, description="what steplint write-back writes, and for which findings"
    )

    @field_validator("domain")
    @classmethod
    def _is_a_domain(cls, value: str) -> str:
        # The client puts it between https:// and .salesforce.com: a whole address, which people paste, would break that.
        name = value.strip().lower().removeprefix("https://").rstrip("/").removesuffix(".salesforce.com")
        if not _HOST.fullmatch(name):
            raise ValueError("expected My Domain, such as acme.my or https://acme.my.salesforce.com")
        return name

    @field_validator("fields")
    @classmethod
    def _are_columns(cls, value: dict[str, str]) -> dict[str, str]:
        for column in value:
            if column not in OWN_FIELDS:
                close = nearest(column, OWN_FIELDS)
                hint = f"did you mean {close}?" if close else f"columns are {', '.join(OWN_FIELDS)}"
                raise ValueError(f"“{column}” is no column that a field is read into; {hint}")
        return value

    @model_validator(mode="after")
    def _has_what_its_login_takes(self) -> SalesforceSettings:
        needed, allowed = _KEYS[self.auth]
        missing = [key for key in needed if getattr(self, key) is None]
        if missing:
            raise ValueError(f"auth {self.auth} needs {', '.join(missing)}")
        for key in _ALL_KEYS:
            if getattr(self, key) is not None and key not in needed + allowed:
                raise ValueError(f"auth {self.auth} takes no {key}")
        if self.auth == "password":
            app = (self.consumer_key is not None, self.consumer_secret is not None)
            if app[0] != app[1]:
                raise ValueError("auth password takes consumer_key and consumer_secret together")
            if all(app) and self.security_token is not None:
                raise ValueError("auth password takes security_token, or consumer_key and consumer_secret")
        if self.auth in ("client_credentials", "session") and self.domain in ("login", "test"):
            raise ValueError(f"auth {self.auth} needs My Domain, such as acme.my, not {self.domain}")
        return self
