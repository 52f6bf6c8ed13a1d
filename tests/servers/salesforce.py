"""A loopback Salesforce: what the unmodified simple-salesforce client, and our source, need of the real one.

    with Salesforce().serving() as server:
        server.org.load(people()); server.org.load(deals(100))

Logins (JWT bearer, client credentials, OAuth password, SOAP), query with locators, describe, limits, Bulk 2.0 queries and
composite writes. Sessions end when `expire()` is called; fields and objects are hidden with `org.hide`; every answer tells the
API usage. `python -m tests.servers.salesforce --records N` serves alone, and prints its address and the consumer secret.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, unescape

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.servers.base import Call, Reply, Server, json_reply
from tests.servers.salesforce_objects import deals, people
from tests.servers.salesforce_org import Org
from tests.servers.salesforce_wire import csv_of, envelope, oauth_error, record_of, refused, refused_write
from tests.servers.soql import Query, SoqlError

HOST = "acme.my.salesforce.com"
USERNAME = "steplint@acme.example"
#: Every secret has this in it: no byte that is written may.
CANARY = "canary4711"
CONSUMER_KEY = f"3MVG9.{CANARY}.key"
CONSUMER_SECRET = f"{CANARY}+secret/=&"
PASSWORD = f"{CANARY}<pass>&word"
SECURITY_TOKEN = f"{CANARY}token"


@cache
def key_pair() -> tuple[str, str]:
    """A private and a public RSA key, as PEM texts."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    return private.decode(), public.decode()


class Salesforce(Server):
    """`page` and `bulk_page`: the most rows of an answer. `polls`: how often a job is asked for before it is done.

    `failing`: the errorMessage with which jobs fail. `used` of `allowed` API calls are told. `logins` counts those that worked.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(now)
        self.org = Org(now)
        self.page = 2_000
        self.bulk_page = 1_000_000
        self.polls = 1
        self.failing: str | None = None
        self.used, self.allowed = 17, 15_000
        self.logins = 0
        self.audience = "https://login.salesforce.com"
        self.sessions: set[str] = set()
        self.cursors: dict[str, tuple[Query, list[tuple[Any, ...]]]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.results: dict[str, tuple[Query, list[tuple[Any, ...]]]] = {}

    def expire(self) -> None:
        """Every session that there is ends."""
        self.sessions.clear()

    def lose_cursors(self) -> None:
        """Locators and jobs are forgotten, as they are after days."""
        self.cursors.clear()
        self.jobs.clear()

    # -- routing

    def answer(self, call: Call) -> Reply:
        if call.path == "/services/oauth2/token" and call.method == "POST":
            return self._token(call)
        if call.path.startswith("/services/Soap/u/") and call.method == "POST":
            return self._soap(call.body.decode())
        if call.headers.get("authorization", "").removeprefix("Bearer ") not in self.sessions:
            return refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self.used += 1
        reply = self._data(call)
        usage = f"api-usage={self.used}/{self.allowed}"
        return Reply(reply.status, reply.body, {**reply.headers, "Sforce-Limit-Info": usage}, reply.sent, reply.wait)

    def _data(self, call: Call) -> Reply:
        found = re.fullmatch(r"/services/data/v\d+\.0/(.*)", call.path)
        for pattern, handler in _ROUTES.items():
            route = re.fullmatch(pattern, f"{call.method} {found[1].rstrip('/')}") if found else None
            if route:
                try:
                    return handler(self, call, *route.groups())
                except SoqlError as error:
                    return refused(400, error.code, error.message)
        return refused(404, "NOT_FOUND", "The requested resource does not exist")

    # -- logins

    def _token(self, call: Call) -> Reply:
        form = call.form()
        grant = form.get("grant_type")
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            try:
                claims = jwt.decode(form["assertion"], key_pair()[1], algorithms=["RS256"], audience=self.audience)
            except jwt.InvalidAudienceError:
                return oauth_error("invalid_grant", "audience is invalid")
            except jwt.PyJWTError:
                return oauth_error("invalid_grant", "invalid assertion")
            if claims["iss"] != CONSUMER_KEY:
                return oauth_error("invalid_client_id", "client identifier invalid")
            if claims["sub"] != USERNAME:
                return oauth_error("invalid_grant", "user hasn't approved this consumer")
        elif grant == "client_credentials":
            given = base64.b64decode(call.headers.get("authorization", "").removeprefix("Basic ")).decode()
            if given != f"{CONSUMER_KEY}:{CONSUMER_SECRET}":
                return oauth_error("invalid_client", "invalid client credentials")
        elif grant == "password":
            if (form.get("client_id"), form.get("client_secret")) != (CONSUMER_KEY, CONSUMER_SECRET):
                return oauth_error("invalid_client", "invalid client credentials")
            if (form.get("username"), form.get("password")) != (USERNAME, PASSWORD):
                return oauth_error("invalid_grant", "authentication failure")
        else:
            return oauth_error("unsupported_grant_type", "grant type not supported")
        token = self._session()
        return json_reply(
            {
                "access_token": token, "instance_url": f"https://{HOST}", "token_type": "Bearer",
                "id": "https://login.salesforce.com/id/00D0/0050", "issued_at": "1", "signature": "s",
            }
        )  # fmt: skip

    def _soap(self, body: str) -> Reply:
        given = [re.search(rf"<\w+:{name}>(.*?)</", body, re.DOTALL) for name in ("username", "password")]
        username, password = (unescape(found[1], {"&quot;": '"', "&#x27;": "'"}) if found else "" for found in given)
        if (username, password) not in ((USERNAME, PASSWORD + SECURITY_TOKEN), (USERNAME, PASSWORD)):
            said = "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
            fault = (
                f"<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode><sf:exceptionMessage>{said}</sf:exceptionMessage>"
            )
            return Reply(
                500, envelope(f'<soapenv:Fault xmlns:sf="urn:fault.partner.soap.sforce.com">{fault}</soapenv:Fault>')
            )
        inner = f"<serverUrl>https://{HOST}/services/Soap/u/64.0/00D0</serverUrl><sessionId>{escape(self._session())}</sessionId>"
        return Reply(200, envelope(f"<loginResponse><result>{inner}</result></loginResponse>"))

    def _session(self) -> str:
        self.logins += 1
        token = f"00D0!{CANARY}.session{self.logins}"
        self.sessions.add(token)
        return token

    # -- REST

    def _query(self, call: Call, _all: str) -> Reply:
        query, rows = self.org.select(call.query.get("q", ""))
        if query.count:
            return json_reply({"totalSize": rows[0][0], "done": True, "records": []})
        name = f"01g{query.object}{len(self.cursors):04}"
        self.cursors[name] = (query, rows)
        wanted = re.fullmatch(r"batchSize=(\d+)", call.headers.get("sforce-query-options", ""))
        return self._page(name, 0, min(self.page, int(wanted[1])) if wanted else self.page)

    def _more(self, _call: Call, name: str, start: str) -> Reply:
        return self._page(name, int(start), self.page)

    def _page(self, name: str, start: int, size: int) -> Reply:
        if name not in self.cursors:
            return refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        query, rows = self.cursors[name]
        body: dict[str, Any] = {"totalSize": len(rows), "done": start + size >= len(rows)}
        if not body["done"]:
            body["nextRecordsUrl"] = f"/services/data/v64.0/query/{name}-{start + size}"
        return json_reply(
            {**body, "records": [record_of(query, row) for row in rows[start : start + size]]},
            headers={"Content-Encoding": "gzip"},
        )

    def _describe(self, _call: Call, kind: str) -> Reply:
        found = self.org.describe(kind)
        return json_reply(found) if found else refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _sobjects(self, _call: Call) -> Reply:
        seen = [name for name in self.org.objects if self.org.describe(name)]
        return json_reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [{"name": name} for name in seen]})

    def _limits(self, _call: Call) -> Reply:
        left = {"Max": self.allowed, "Remaining": self.allowed - self.used}
        return json_reply({"DailyApiRequests": left, "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000}})

    # -- Bulk 2.0 queries

    def _create_job(self, call: Call) -> Reply:
        asked = call.json()
        query, rows = self.org.select(asked["query"])
        if query.count:
            return refused(400, "API_ERROR", "Aggregate Relationships not supported in Bulk Query")
        name = f"750{query.object}{len(self.jobs):04}"
        self.jobs[name] = {
            "id": name, "operation": asked["operation"], "object": query.object, "state": "UploadComplete", "contentType": "CSV",
            "apiVersion": 64.0, "lineEnding": "LF", "columnDelimiter": "COMMA", "polled": 0,
        }  # fmt: skip
        self.results[name] = (query, rows)
        return json_reply(self.jobs[name])

    def _job(self, call: Call, name: str) -> Reply:
        job = self.jobs.get(name)
        if job is None:
            return refused(404, "NOT_FOUND", "The requested resource does not exist")
        if call.method == "DELETE":
            del self.jobs[name], self.results[name]
            return Reply(204)
        if call.method == "PATCH":
            job["state"] = call.json()["state"]
        elif job["state"] in ("UploadComplete", "InProgress"):
            job["polled"] += 1
            job["state"] = "InProgress"
            if job["polled"] > self.polls:
                job["state"] = "Failed" if self.failing else "JobComplete"
                done = (
                    {"errorMessage": self.failing}
                    if self.failing
                    else {"numberRecordsProcessed": len(self.results[name][1])}
                )
                job.update(done)
        return json_reply(job)

    def _results(self, call: Call, name: str) -> Reply:
        if name not in self.jobs or self.jobs[name]["state"] != "JobComplete":
            return refused(404, "NOT_FOUND", "The requested resource does not exist")
        query, rows = self.results[name]
        try:
            start = int(base64.b64decode(call.query.get("locator", "")).decode() or 0)
        except ValueError:
            return refused(400, "INVALID_LOCATOR", "the locator is not valid")
        size = min(self.bulk_page, int(call.query.get("maxRecords", 1_000_000)))
        part = rows[start : start + size]
        more = base64.b64encode(str(start + size).encode()).decode() if start + size < len(rows) else "null"
        headers = {"Sforce-Locator": more, "Sforce-NumberOfRecords": str(len(part)), "Content-Encoding": "gzip"}
        return Reply(200, csv_of(query, part), {"Content-Type": "text/csv; charset=UTF-8", **headers})

    # -- writes

    def _create(self, call: Call, kind: str) -> Reply:
        result = self.org.create(kind, call.json())
        return json_reply(result, 201) if result["success"] else refused_write(result)

    def _update(self, call: Call, kind: str, key: str) -> Reply:
        result = self.org.update(kind, key, call.json())
        return Reply(204) if result["success"] else refused_write(result)

    def _upsert_one(self, call: Call, kind: str, field: str, value: str) -> Reply:
        result = self.org.upsert(kind, field, {**call.json(), field: value})
        return json_reply(result, 201 if result["created"] else 200) if result["success"] else refused_write(result)

    def _composite(self, call: Call, kind: str | None = None, field: str | None = None) -> Reply:
        asked = call.json()
        records = asked["records"]
        if len(records) > 200:
            return refused(
                400, "EXCEEDED_MAX_SIZE_REQUEST", "record limit reached. cannot submit more than 200 records"
            )
        results = []
        self.org.db.execute("SAVEPOINT composite")
        for record in records:
            of = kind or record["attributes"]["type"]
            if field:
                results.append(self.org.upsert(of, field, record))
            elif call.method == "POST":
                results.append(self.org.create(of, record))
            else:
                values = {n: v for n, v in record.items() if n.lower() != "id"}
                results.append(self.org.update(of, next(record[n] for n in record if n.lower() == "id"), values))
        if asked.get("allOrNone") and not all(result["success"] for result in results):
            self.org.db.execute("ROLLBACK TO composite")
            rolled = {"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": "Record rolled back", "fields": []}
            results = [{"success": False, "errors": [rolled]} if result["success"] else result for result in results]
        self.org.db.execute("RELEASE composite")
        return json_reply(
            [result if field else {n: v for n, v in result.items() if n != "created"} for result in results]
        )


_ROUTES: dict[str, Callable[..., Reply]] = {
    r"GET (query|queryAll)": Salesforce._query,
    r"GET query/(\w+)-(\d+)": Salesforce._more,
    r"GET sobjects": Salesforce._sobjects,
    r"GET sobjects/(\w+)/describe": Salesforce._describe,
    r"GET limits": Salesforce._limits,
    r"POST jobs/query": Salesforce._create_job,
    r"(?:GET|PATCH|DELETE) jobs/query/(\w+)": Salesforce._job,
    r"GET jobs/query/(\w+)/results": Salesforce._results,
    r"POST sobjects/(\w+)": Salesforce._create,
    r"PATCH sobjects/(\w+)/(\w+)": Salesforce._update,
    r"PATCH sobjects/(\w+)/(\w+)/([^/]+)": Salesforce._upsert_one,
    r"(?:POST|PATCH) composite/sobjects": Salesforce._composite,
    r"PATCH composite/sobjects/(\w+)/(\w+)": Salesforce._composite,
}


def main() -> None:
    """Serve N opportunities until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000)
    server = Salesforce()
    server.allowed = 1_000_000
    server.org.load(people())
    server.org.load(deals(parser.parse_args().records))
    with server.serving():
        print(server.url, CONSUMER_SECRET, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
