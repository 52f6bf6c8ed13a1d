"""A loopback HTTP server for tests: real sockets, recorded calls, and faults at the calls that a test names.

A server is a subclass of `Server` with an `answer(call)`; a test serves it and breaks it:

    with Crm().serving() as server:
        server.fault(drop(), on=r"GET /crm/deals", calls=[2])     # the second matching call, from 1
        ...
        assert [call.path for call in server.called(r"GET /crm/deals")] == [...]
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter


@dataclass(frozen=True)
class Call:
    """One request as it came: `target` is path and query undecoded, `query` the last value of each name; header names are in
    lower case."""

    method: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def line(self) -> str:
        """What faults are matched with: `GET /path?name=value`."""
        return f"{self.method} {self.target}"

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """One answer. `sent`: the share of the body after which the connection breaks; `wait`: seconds before the rest of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: float | None = None
    wait: float = 0.0


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(
        status, json.dumps(value).encode(), {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}
    )


def html_reply(status: int, text: str = "<html><body>Service Unavailable</body></html>") -> Reply:
    return Reply(status, text.encode(), {"Content-Type": "text/html;charset=utf-8"})


class Never(Exception):
    """The connection is closed without one byte of an answer."""


@dataclass
class Exchange:
    """What a fault sees: the call, the server, the true `answer()` (which takes effect when it is asked for), and the reply that
    the call before it, which the same fault watches, got."""

    server: Server
    call: Call
    answer: Callable[[], Reply]
    previous: Reply | None


Act = Callable[[Exchange], Reply]


def drop(share: float = 0.5) -> Act:
    """The true answer, with its right length, breaks off after `share` of its body."""
    return lambda exchange: replace(exchange.answer(), sent=share)


def hang_up() -> Act:
    """The call takes effect; its answer never comes."""

    def act(exchange: Exchange) -> Reply:
        exchange.answer()
        raise Never

    return act


def stall(seconds: float = 1.0, share: float = 0.0) -> Act:
    """The true answer stops for `seconds` after `share` of its body; 0: before its first byte."""
    return lambda exchange: replace(exchange.answer(), wait=seconds, sent=share)


def truncated(share: float = 0.5) -> Act:
    """Part of the body with the length of that part: only its content tells. The type and other headers are the true ones."""

    def act(exchange: Exchange) -> Reply:
        reply = exchange.answer()
        return replace(reply, body=reply.body[: int(len(reply.body) * share)])

    return act


def repeated() -> Act:
    """The answer of the matching call before comes again."""

    def act(exchange: Exchange) -> Reply:
        assert exchange.previous is not None, "nothing to repeat: the fault's first call is the first one"
        return exchange.previous

    return act


def answered(reply: Reply) -> Act:
    """Another answer; the call takes no effect."""
    return lambda _exchange: reply


def status(code: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Act:
    """A status with a JSON body."""
    return answered(json_reply(body, code, headers))


def changed(change: Callable[[Reply], Reply]) -> Act:
    """The true answer, changed."""
    return lambda exchange: change(exchange.answer())


def doing(effect: Callable[[], Any], then: Act | None = None) -> Act:
    """Something happens to the server before the call is answered: a session expires, a field is hidden."""

    def act(exchange: Exchange) -> Reply:
        effect()
        return then(exchange) if then else exchange.answer()

    return act


@dataclass
class _Fault:
    act: Act
    on: re.Pattern[str]
    calls: Container[int]
    seen: int = 0
    previous: Reply | None = None


class Server:
    """The base of loopback servers: `answer` makes a reply of a call; everything else is here.

    Every call is in `calls`, in order of arrival. `now` is the server's clock, which its Date header tells.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.calls: list[Call] = []
        self.url = ""
        self.lock = threading.RLock()
        self.broken: list[Exception] = []  # what went wrong in the server itself; `serving` raises it in the end
        self._faults: list[_Fault] = []
        self._over = threading.Event()

    def answer(self, call: Call) -> Reply:
        """The true reply. Called under `lock`: one call after another."""
        raise NotImplementedError

    def fault(self, act: Act, on: str = "", calls: Container[int] = frozenset({1})) -> Self:
        """From now on `act` answers those calls whose line (`GET /path?query`) `on` is found in, by their number among them."""
        self._faults.append(_Fault(act, re.compile(on), calls))
        return self

    def heal(self) -> None:
        """No more faults."""
        self._faults.clear()

    def called(self, on: str) -> list[Call]:
        """The calls whose line `on` is found in."""
        with self.lock:
            return [call for call in self.calls if re.search(on, call.line)]

    def reply(self, call: Call) -> Reply:
        with self.lock:
            self.calls.append(call)
            watching = [fault for fault in self._faults if fault.on.search(call.line)]
            act: Act = lambda exchange: exchange.answer()  # noqa: E731
            previous = None
            for fault in watching:
                fault.seen += 1
                if fault.seen in fault.calls:
                    act, previous = fault.act, fault.previous
            reply = act(Exchange(self, call, lambda: self.answer(call), previous))
            for fault in watching:
                fault.previous = reply
            return reply

    @contextmanager
    def serving(self, tls: ssl.SSLContext | None = None) -> Iterator[Self]:
        """Listen on a free loopback port (`url`) until the block ends."""
        listener = _Listener(self)
        if tls is not None:
            listener.socket = tls.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        port = listener.server_address[1]
        self.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            listener.shutdown()
            thread.join()
            listener.hang_up()
            listener.server_close()
        if self.broken:
            raise self.broken[0]

    def pause(self, seconds: float) -> None:
        """Wait, though not longer than the server runs."""
        self._over.wait(seconds)


class Reroute(HTTPAdapter):
    """For `session.mount("https://", …)`: every address goes to a loopback server; `hosts` are those that were meant."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.hosts: list[str] = []
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        self.hosts.append(str(parts.hostname))
        request.headers["X-Meant-For"] = parts.netloc
        request.url = self._url + str(request.url)[len(f"{parts.scheme}://{parts.netloc}") :]
        options["proxies"] = None
        return super().send(request, *args, **options)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, server: Server) -> None:
        self.crm = server
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that went away: half of all faults

    def hang_up(self) -> None:
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # head and body leave together: apart, the client's delayed acknowledgement costs 40 ms a call

    def log_message(self, *_: Any) -> None:
        pass

    def _any(self) -> None:
        crm = cast(_Listener, self.server).crm
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        try:
            reply = crm.reply(Call(self.command, self.path, query, headers, body))
        except Never:
            self.close_connection = True
            return
        except Exception as error:
            crm.broken.append(error)
            raise
        self._send(crm, reply, gzipped="gzip" in headers.get("accept-encoding", ""))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815 - http.server looks for these names

    def _send(self, crm: Server, reply: Reply, gzipped: bool) -> None:
        body, headers = reply.body, dict(reply.headers)
        if gzipped and headers.get("Content-Encoding") == "gzip":
            body = gzip.compress(body, 1)
        else:
            headers.pop("Content-Encoding", None)
        headers.setdefault("Date", format_datetime(crm.now().astimezone(UTC), usegmt=True))
        self.send_response_only(reply.status)
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            self.send_header(name, value)
        if self.command == "HEAD" or reply.status in (204, 304):
            body = b""
        cut = len(body) if reply.sent is None else int(len(body) * reply.sent)
        if reply.wait and not cut:
            crm.pause(reply.wait)
        self.end_headers()
        self.wfile.write(body[:cut])
        self.wfile.flush()
        if reply.wait:
            crm.pause(reply.wait if cut else 0)
            self.wfile.write(body[cut:])
        elif reply.sent is not None:
            self.close_connection = True
