"""HubSpot's REST API as steplint uses it: reading calls only, paced, with every refusal as one clear line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase

from steplint.errors import SourceError, TryLater
from steplint.sources.remote.http import Session, server_time

if TYPE_CHECKING:
    from steplint.sources.hubspot.settings import HubSpotSettings
    from steplint.sources.remote.interface import Context

__all__ = ["Answer", "Api", "Forbidden", "Refused", "rows_of"]

Answer = dict[str, Any]

#: Where each kind of call goes: (with a dated version, with the numbered versions that came before).
_PATHS = {
    "objects": ("/crm/objects/{version}", "/crm/v3/objects"),
    "associations": ("/crm/associations/{version}", "/crm/v4/associations"),
    "owners": ("/crm/owners/{version}", "/crm/v3/owners"),
    "pipelines": ("/crm/pipelines/{version}", "/crm/v3/pipelines"),
    "properties": ("/crm/properties/{version}", "/crm/v3/properties"),
    "account": ("/account-info/{version}/details", "/account-info/v3/details"),
}
#: POST calls that only ask.
_ASKING = re.compile(r"/(?:search|batch/read)$")
#: Answers that a later attempt may better: locked, too many calls, moved to another data centre, out of order.
_PASSING = frozenset({423, 429, 477, 500, 502, 503, 504, 520, 521, 522, 523, 524})
#: Search allows five calls a second and account; others of the account may search as well.
_SEARCH_EVERY = 0.25
_LONGEST_REST = 10.0
#: What a batch says of ids that are deleted, or have no association: no error.
_ABSENT = re.compile(r"NOT_FOUND|NO_ASSOCIATIONS")
_SCOPE = re.compile(r"[a-z][a-z0-9_.-]{2,80}")
_CHECK = "check base_url and version of the source"


class Forbidden(SourceError):
    """The key may not do this; `scopes` are those that would allow it, where HubSpot says so."""

    def __init__(self, message: str, scopes: tuple[str, ...], hint: str) -> None:
        super().__init__(message, hint=hint)
        self.scopes = scopes


class Refused(SourceError):
    """HubSpot does not understand the call, or does not know (any more) what it asks for."""


class _Bearer(AuthBase):
    """The token as a header. As `auth`, because a header alone would give way to a host's entry in ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Api:
    """One account's API. `server_now` is HubSpot's own time, as of the first answer; `left_today` are calls, as of the last."""

    def __init__(self, name: str, settings: HubSpotSettings, context: Context) -> None:
        self._name = name
        self._settings = settings
        self._context = context
        token = context.secrets.get(settings.token, f"sources.{name}.token")
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise SourceError(
                f"sources.{name}.token: no token of HubSpot looks like that", hint=f"check {settings.token}"
            )
        self._session = Session(
            settings.network,
            context,
            repeatable=lambda method, url: method == "POST" and _ASKING.search(url) is not None,
            passing=self._is_passing,
        )
        self._session.auth = _Bearer(token)
        self._session.headers["Accept"] = "application/json"
        self._not_before = self._next_search = context.clock()
        self._value: Answer | None = None
        self.server_now: datetime | None = None
        self.left_today: str | None = None

    @property
    def calls(self) -> int:
        return self._session.calls

    @property
    def retries(self) -> int:
        return self._session.retries

    def close(self) -> None:
        self._session.close()

    def get(self, kind: str, *rest: str, **query: str | int) -> Answer:
        """What a GET answers. `rest` continues the path of its kind: `get("objects", "deals", limit=100)`.

        Forbidden, Refused, TryLater (a limit is used up), or another SourceError of one line.
        """
        return self._call("GET", self._url(kind, *rest), params=query)

    def post(self, kind: str, *rest: str, body: Mapping[str, Any]) -> Answer:
        """What a POST that only asks answers (search, batch read); as `get`."""
        return self._call("POST", self._url(kind, *rest), json=body)

    def _url(self, kind: str, *rest: str) -> str:
        dated, numbered = _PATHS[kind]
        version = self._settings.version
        path = numbered if version == "v3" else dated.format(version=version)
        return "/".join([self._settings.base_url + path, *rest])

    def _call(self, method: str, url: str, **given: Any) -> Answer:
        self._pace(url)
        retries = self._session.retries
        # No redirect is followed: whatever lies behind it is not the API, and must not see the token.
        response = self._session.request(method, url, allow_redirects=False, **given)
        if self._session.retries > retries:
            self._next_search = self._context.clock() + _SEARCH_EVERY
        if self.server_now is None:
            self.server_now = server_time(response.headers.get("Date", "")) or self._context.now()
        self.left_today = response.headers.get("X-HubSpot-RateLimit-Daily-Remaining", self.left_today)
        self._rest(response)
        if response.status_code in (200, 207) and self._value is not None:
            if torn := _torn(self._value):
                raise SourceError(
                    f"{self._name}: HubSpot answered a part of what was asked for: {self._said(torn)}",
                    hint="nothing was used; try again later",
                )
            return self._value
        raise self._error(response)

    def _pace(self, url: str) -> None:
        """Wait for one's turn."""
        now = self._context.clock()
        searching = url.endswith("/search")
        turn = max(self._not_before, self._next_search) if searching else self._not_before
        if turn > now:
            self._context.sleep(turn - now)
        if searching:
            self._next_search = max(turn, now) + _SEARCH_EVERY

    def _rest(self, response: requests.Response) -> None:
        """Where the answer says that no call is left in this interval, the next one waits until it is over."""
        if response.headers.get("X-HubSpot-RateLimit-Remaining", "").strip() == "0":
            told = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "").strip()
            seconds = int(told) / 1000 if told.isdecimal() and len(told) < 9 else _LONGEST_REST
            self._not_before = self._context.clock() + min(seconds, _LONGEST_REST)

    def _is_passing(self, response: requests.Response) -> bool:
        """Whether another attempt may help; reads the answer on the way."""
        self._value = _parsed(response)
        if response.status_code in (200, 207):
            return self._value is None or _torn(self._value) is not None
        return response.status_code in _PASSING and not self._is_daily(response)

    def _is_daily(self, response: requests.Response) -> bool:
        return response.status_code == 429 and str((self._value or {}).get("policyName")).upper() == "DAILY"

    def _error(self, response: requests.Response) -> SourceError:
        status, value = response.status_code, self._value or {}
        what = re.sub(r"^https?://[^/]+", "", str(response.url).partition("?")[0])
        said = self._said(value)
        if status in (200, 207):
            return SourceError(
                f"{self._name}: {what} answers with something else than JSON, {self._times()}",
                hint="a proxy's page or a broken answer; check base_url and the way to it",
            )
        if status == 401:
            return SourceError(
                f"{self._name}: HubSpot does not accept the token ({self._settings.token})",
                hint="it was rotated, deleted or cut; put the account's current key there",
            )
        if status == 403:
            scopes = _scopes(value)
            return Forbidden(
                f"{self._name}: the key may not read {what}{': ' + said if said and not scopes else ''}",
                scopes,
                f"give it the scope {' or '.join(scopes)}" if scopes else "check its scopes in HubSpot",
            )
        if self._is_daily(response):
            return TryLater(
                f"{self._name}: the account's daily limit of API calls is used up",
                hint="it starts again at midnight in the account's time zone; nothing was used",
            )
        if status == 429:
            return TryLater(
                f"{self._name}: HubSpot's rate limit stays used up, {self._times()}",
                hint="other integrations share it; try again later",
            )
        if 300 <= status < 400:
            return SourceError(f"{self._name}: {what} leads elsewhere ({status})", hint="check base_url")
        if status in _PASSING:
            return SourceError(f"{self._name}: HubSpot answers {status}, {self._times()}", hint="try again later")
        return Refused(
            f"{self._name}: HubSpot refuses {what} ({status}){': ' + said if said else ''}",
            hint="check version, pipelines and fields of the source",
        )

    def _times(self) -> str:
        attempts = self._settings.network.attempts
        return "once" if attempts == 1 else f"{attempts} times"

    def _said(self, value: Mapping[str, Any]) -> str:
        """The answer's own message: one line, short, without a secret that it may quote."""
        text = " ".join(str(value.get("message") or "").split())
        return self._context.secrets.scrub(text)[:200]


def rows_of(value: Any, key: str = "results", optional: bool = False) -> list[dict[str, Any]]:
    """The list of objects below `key`. SourceError where the answer has another shape."""
    found = value.get(key) if isinstance(value, dict) else None
    if found is None and optional:
        return []
    if not (isinstance(found, list) and all(isinstance(row, dict) for row in found)):
        raise SourceError(f"HubSpot's answer has no list of {key}", hint=_CHECK)
    return found


def _parsed(response: requests.Response) -> Answer | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _torn(value: Answer) -> dict[str, Any] | None:
    """The first error inside a batch that otherwise went well."""
    for error in rows_of(value, "errors", optional=True):
        if not _ABSENT.search(f"{error.get('category')} {error.get('subCategory')}"):
            return error
    return None


def _scopes(value: Answer) -> tuple[str, ...]:
    """The scopes that a refusal names, wherever it does."""
    found: list[str] = []
    errors = value.get("errors")
    for error in errors if isinstance(errors, list) else ():
        context = error.get("context") if isinstance(error, dict) else None
        for key in ("requiredGranularScopes", "requiredScopes", "missingScopes"):
            named = context.get(key) if isinstance(context, dict) else None
            if isinstance(named, list):
                found += [scope for scope in named if isinstance(scope, str) and _SCOPE.fullmatch(scope)]
    return tuple(dict.fromkeys(found))[:5]
