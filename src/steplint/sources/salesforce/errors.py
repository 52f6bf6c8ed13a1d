"""What Salesforce refuses, as one line that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests

from steplint.errors import SourceError

__all__ = ["NotWhole", "Refused", "refusal"]

_LONGEST = 300

#: errorCode → the next step to take.
_HINTS = {
    "INVALID_FIELD": "give the user read access to that field, or take it out of fields:",
    "INVALID_TYPE": "give the user read access to that object",
    "MALFORMED_QUERY": "check fields: and record_types: of the source",
    "QUERY_TIMEOUT": "set api: bulk, or ask for less with record_types:",
    "API_DISABLED_FOR_ORG": "give the user the permission API Enabled; some editions have no API",
    "API_CURRENTLY_DISABLED": "ask the administrator; the API of the org is switched off",
    "INSUFFICIENT_ACCESS": "give the user read access",
    "UNSUPPORTED_API_VERSION": "set api_version to one that the org has",
    "NOT_FOUND": "check domain and api_version",
    "SERVER_UNAVAILABLE": "try again later; status.salesforce.com tells of outages",
}


class NotWhole(requests.exceptions.ContentDecodingError):
    """An answer that came as long as it says, and is not what it should be: it is asked for again."""


class Refused(SourceError):
    """Salesforce says no: `status` is that of HTTP, `code` Salesforce's own."""

    def __init__(self, message: str, status: int, code: str, hint: str | None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code


def refusal(response: requests.Response, name: str, scrub: Callable[[str], str]) -> Refused:
    """What a response says, as an error. The body may be anything: a list, an object, HTML, nothing."""
    code, said = (scrub(text) for text in _read(response.content))
    status = response.status_code
    if not code and status >= 500:
        code = "SERVER_UNAVAILABLE"
    message = f"{name}: Salesforce answers {status}{f' {code}' if code else ''}{f': {said}' if said else ''}"
    return Refused(message, status, code, _HINTS.get(code))


def _read(body: bytes) -> tuple[str, str]:
    """errorCode and message."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return "", ""
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return "", ""
    # A message ends in the line that matters; those before it quote the query.
    lines = [line.strip() for line in str(first.get("message") or "").splitlines() if line.strip()]
    at = next((place for place, line in enumerate(lines) if line.startswith("ERROR at Row")), -1)
    return str(first.get("errorCode") or ""), " ".join(lines[at + 1 :])[:_LONGEST]
