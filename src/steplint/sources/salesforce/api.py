"""Salesforce's API as steplint uses it: its calls, sessions that are renewed once, limits that are watched."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from simple_salesforce.api import Salesforce as Client

from steplint.errors import SourceError, TryLater
from steplint.sources.remote.http import Session, server_time
from steplint.sources.remote.interface import Context
from steplint.sources.salesforce.errors import NotWhole, refusal
from steplint.sources.salesforce.login import log_in
from steplint.sources.salesforce.settings import SalesforceSettings

__all__ = ["Api"]

_T = TypeVar("_T")
_ROWS = 2_000  # rows of a REST page: the most that Salesforce gives


class Api:
    """One org's API. `host` is known after the first call; `logins` counts; `server_now` is Salesforce's time at the last answer.

    simple-salesforce logs in; the calls are the session's own, because the client's either repeat nothing and time out never,
    or (its SFType) log in without end. `transport` replaces the network, in tests.
    """

    def __init__(
        self, name: str, settings: SalesforceSettings, context: Context, transport: BaseAdapter | None = None
    ) -> None:
        self.name = name
        self.data = f"/services/data/v{settings.api_version}.0"
        self.host = ""
        self.logins = 0
        self.server_now: datetime | None = None
        self.session = Session(settings.network, context, repeatable=_is_repeatable)
        self.session.auth = _as_it_is
        self.session.max_redirects = 0  # what lies behind one must not see a token or a password
        # On the session, because the client loses headers of a call when it logs in again.
        self.session.headers["Sforce-Query-Options"] = f"batchSize={_ROWS}"
        if transport is not None:
            self.session.mount("https://", transport)
        self._settings = settings
        self._context = context
        self._token = ""
        self._lock = Lock()
        self._used = self._allowed = 0

    def json(self, path: str, **options: Any) -> dict[str, Any]:
        """The object that is answered; as `read`."""
        return self.read(path, _json, **options)

    def read(self, path: str, parse: Callable[[requests.Response], _T], method: str = "GET", **options: Any) -> _T:
        """What `parse` makes of the answer. Where it raises NotWhole, the answer is asked for again, as a dropped one is.

        Refused, TryLater (a limit is used up), or another SourceError of one line.
        """
        found: list[_T] = []

        def check(response: requests.Response, **_: Any) -> None:
            if response.status_code == 200 and not _is_page(response):
                found.append(parse(response))

        response = self.call(method, path, hooks={"response": check}, **options)
        if not found:
            raise refusal(response, self.name, self._context.secrets.scrub)
        return found[-1]

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call, with one renewal of the session where it has ended."""
        self._spare()
        token = self._token or self._renew("")
        response = self._send(method, path, token, **options)
        if response.status_code == 401 or _is_page(response):
            response = self._send(method, path, self._renew(token), **options)
        if response.status_code == 401:
            raise SourceError(
                f"{self.name}: Salesforce does not take the session that it has just given",
                hint="check the session policies and IP ranges of the app and the user's profile",
            )
        if _is_page(response):
            raise SourceError(
                f"{self.name}: {urlsplit(response.url).hostname} answers with a web page instead of data",
                hint="check domain; a login page or a proxy stands between",
            )
        usage = Client.parse_api_usage(response.headers.get("Sforce-Limit-Info", "")).get("api-usage")
        self._used, self._allowed = (usage.used, usage.total) if usage else (self._used, self._allowed)
        if response.status_code == 403 and b"REQUEST_LIMIT_EXCEEDED" in response.content:
            raise TryLater(
                f"{self.name}: the org's API calls of today are used up", hint="what came is kept for six hours"
            )
        if response.status_code >= 300:
            raise refusal(response, self.name, self._context.secrets.scrub)
        return response

    def _send(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        response = self.session.request(method, f"https://{self.host}{path}", headers=headers, **options)
        self.server_now = server_time(response.headers.get("Date", "")) or self.server_now
        return response

    def _renew(self, ended: str) -> str:
        """Log in, unless somebody else has since the session `ended` was seen to have; the token."""
        with self._lock:
            if self._token == ended:
                if ended and self._settings.auth == "session":
                    raise SourceError(
                        f"{self.name}: the session has ended", hint="get another session_id, or use auth: jwt"
                    )
                self._token, self.host = log_in(self.name, self._settings, self._context, self.session)
                self.logins += 1
                self._context.log.write("login", auth=self._settings.auth, host=self.host, again=bool(ended))
            return self._token

    def _spare(self) -> None:
        """TryLater before the org's calls of the day, by whomever, are used up; what has come so far is kept."""
        if self._allowed and self._used > self._allowed * self._settings.api_share:
            raise TryLater(
                f"{self.name}: {self._used:,} of the org's {self._allowed:,} API calls of today are used, more than the "
                f"{self._settings.api_share:.0%} of api_share",
                hint="try again tomorrow, or raise api_share",
            )


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        found = json.loads(response.content)
    except ValueError:
        raise NotWhole("no JSON") from None
    if not isinstance(found, dict):
        raise NotWhole("no JSON object")
    return found


def _is_page(response: requests.Response) -> bool:
    """A page for people, where data should be."""
    return response.status_code < 300 and response.headers.get("Content-Type", "").lower().startswith("text/html")


def _is_repeatable(method: str, url: str) -> bool:
    """Asking for a token, and for a query job, changes nothing. A SOAP login is never repeated: it locks users.

    Nor do collections that are patched a second time: records are named by their id, or by a key of their own.
    """
    path = urlsplit(url).path
    asking = path.endswith("/oauth2/token") or "/jobs/query" in path
    return asking or (method == "PATCH" and "/composite/sobjects" in path)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """As a session's `auth`: an entry for the host in ~/.netrc would take the place of the header."""
    return request
