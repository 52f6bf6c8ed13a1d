"""What stands below the name of a HubSpot source in the configuration."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from steplint.errors import nearest
from steplint.sources.hubspot.properties import PROPERTIES
from steplint.sources.remote.http import Network
from steplint.sources.remote.interface import SourceSettings
from steplint.sources.remote.secrets import SecretRef

__all__ = ["HubSpotSettings"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_Property = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,100}$")]


class HubSpotSettings(SourceSettings):
    """The keys of a source of type hubspot."""

    token: SecretRef = Field(description="service key, or access token of a private app: where it is, never itself")
    version: str = Field(
        default="2026-09",
        pattern=r"^(v3|20[2-9]\d-(03|09))$",
        description="version of HubSpot's API: a dated one, or v3 for the numbered paths",
    )
    base_url: str = Field(default="https://api.hubapi.com", description="address of the API")
    pipelines: list[str] = Field(default=[], description="only deals of these pipelines, by label or id")
    fields: dict[str, _Property] = Field(
        default={}, description="column of records: internal name of the deal property that it is read from"
    )
    history: Literal["auto", "off"] = Field(
        default="auto", description="earlier next steps and the time of the last change; off saves a call for 50 deals"
    )
    closed: bool = Field(default=False, description="pull won and lost deals as well")
    page_size: int = Field(default=100, ge=1, le=100, description="deals in one answer of the list")
    network: Network = Field(default=Network(), description="timeouts, attempts and the deadline")

    @field_validator("base_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
            plain = bool(parts.hostname) and not (
                parts.username or parts.path.strip("/") or parts.query or parts.fragment
            )
            parts.port  # noqa: B018 - raises where it is no number
        except ValueError:
            safe = plain = False
        if not (safe and plain):
            raise ValueError("expected https:// and a host, such as https://api.hubapi.com")
        return value.rstrip("/")

    @field_validator("fields")
    @classmethod
    def _are_columns(cls, value: dict[str, str]) -> dict[str, str]:
        for column, name in value.items():
            if name == "id":
                raise ValueError("“id” is no property of deals; their id is always read")
            if column not in PROPERTIES:
                close = nearest(column, PROPERTIES)
                raise ValueError(
                    f"“{column}” is not read from a property; "
                    + (f"did you mean {close}?" if close else f"columns are {', '.join(PROPERTIES)}")
                )
        return value
