"""One HTTP session for all sources that speak HTTP: timeouts, retries that wait as they are told, one deadline, counted calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import tenacity
from pydantic import BaseModel, ConfigDict, Field

from steplint.errors import SourceError
from steplint.sources.remote.interface import Context

__all__ = ["Network", "Session", "server_time"]

_PASSING = (429, 500, 502, 503, 504)
_FAULTS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_SHORTEST_WAIT = 0.25
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


class Network(BaseModel):
    """`network:` of a source. Times in seconds; `deadline` is that of a whole pull."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    connect_timeout: float = Field(default=10, gt=0, le=300)
    read_timeout: float = Field(default=60, gt=0, le=3_600)
    attempts: int = Field(default=6, ge=1, le=20)
    longest_wait: float = Field(default=60, ge=0, le=3_600)
    deadline: float = Field(default=3_600, gt=0, le=86_400)


class Session(requests.Session):
    """A `requests.Session` whose every request has a timeout and is repeated where that is safe and may help.

    Repeated: dropped connections and bodies, timeouts, and answers that are `passing` (default: 429 and 5xx), after
    `Retry-After` or a growing, jittered wait; of POST and PATCH only those for which `repeatable(method, url)` is true
    (default: none). What still fails after the last attempt is handed on: the last response, or a SourceError where there is
    none, or where the deadline is over. `calls` and `retries` count.
    """

    def __init__(
        self,
        network: Network,
        context: Context,
        repeatable: Callable[[str, str], bool] | None = None,
        passing: Callable[[requests.Response], bool] | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.calls = self.retries = 0
        self._context = context
        self._repeatable = repeatable
        self._passing = passing or _is_passing
        self._ends = context.clock() + network.deadline

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._ends - self._context.clock()

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """As `requests.Session.request`; the body is read whole."""
        verb, address = str(method).upper(), str(url)
        safe = verb in _IDEMPOTENT or (self._repeatable is not None and self._repeatable(verb, address))
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.network.attempts if safe else 1),
            retry=tenacity.retry_if_exception(_is_fault) | tenacity.retry_if_result(self._passing),
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=lambda state: self._tell(state, address),
            retry_error_callback=_last,
        )
        try:
            response: requests.Response = retrying(self._once, verb, address, *args, **options)
        except requests.RequestException as error:
            if _is_untrusted(error):
                raise SourceError(
                    f"the certificate of {urlsplit(address).hostname} is not trusted",
                    hint="where a proxy of the company puts in its own, name its CA file in REQUESTS_CA_BUNDLE",
                ) from None
            said = self._context.secrets.scrub(type(error).__name__)
            raise SourceError(
                f"no whole answer from {urlsplit(address).hostname}: {said}", hint="check the network and try again"
            ) from None
        return response

    def _once(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        left = self.left
        if left <= 0:
            raise SourceError(
                f"the pull takes longer than {self.network.deadline:g} s", hint="raise network.deadline of the source"
            )
        given = (min(self.network.connect_timeout, left), min(self.network.read_timeout, left))
        if options.get("timeout") is None:
            options["timeout"] = given
        self.calls += 1
        started = self._context.clock()
        response = super().request(method, url, *args, **options)
        self._context.log.write(
            "call",
            level="debug",
            method=method,
            address=urlsplit(url).path,
            status=response.status_code,
            bytes=len(response.content),
            seconds=round(self._context.clock() - started, 3),
        )
        return response

    def _wait(self, state: tenacity.RetryCallState) -> float:
        told = None
        if state.outcome is not None and not state.outcome.failed:
            told = self._told(state.outcome.result())
        longest = self.network.longest_wait
        growing = tenacity.wait_random_exponential(multiplier=1, max=longest, min=min(_SHORTEST_WAIT, longest))(state)
        # A server that asks for hours is answered by the deadline, not by waiting for them.
        return growing if told is None else min(told, max(0.0, self.left) + 1)

    def _told(self, response: requests.Response) -> float | None:
        """Seconds that the answer asks to wait: a number, or a date by the server's own clock."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isdecimal() and len(text) < 9:
            return float(text)
        until, there = server_time(text), server_time(response.headers.get("Date", ""))
        return max(0.0, (until - (there or self._context.now())).total_seconds()) if until else None

    def _sleep(self, seconds: float) -> None:
        self._context.sleep(min(seconds, max(0.0, self.left)))

    def _tell(self, state: tenacity.RetryCallState, address: str) -> None:
        self.retries += 1
        outcome = state.outcome
        failed = outcome is not None and outcome.failed
        why = (
            type(outcome.exception()).__name__ if failed and outcome else str(outcome and outcome.result().status_code)
        )
        self._context.log.write(
            "retry", level="warning", address=urlsplit(address).path, why=why, attempt=state.attempt_number,
            wait=round(state.upcoming_sleep, 2),
        )  # fmt: skip


def server_time(text: str) -> datetime | None:
    """A date of an HTTP header, with its zone; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_fault(error: BaseException) -> bool:
    return isinstance(error, _FAULTS) and not _is_untrusted(error)


def _is_untrusted(error: BaseException) -> bool:
    """A certificate that does not get better by asking again."""
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def _is_passing(response: requests.Response) -> bool:
    return response.status_code in _PASSING


def _last(state: tenacity.RetryCallState) -> Any:
    """The last answer as it is, or what went wrong instead of one."""
    assert state.outcome is not None
    return state.outcome.result()
