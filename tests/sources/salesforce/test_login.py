"""Every way of logging in, what is said when it fails, and that a session is renewed once."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError
from tests.servers.base import Reroute, answered, doing, drop, hang_up, html_reply, json_reply, status
from tests.servers.salesforce import CANARY, CONSUMER_KEY, USERNAME, Salesforce, key_pair
from tests.sources.remote.conftest import World
from tests.sources.salesforce.conftest import CREDENTIALS, ENV, JWT, Make, make_server, make_source, make_world, records

from steplint.errors import SourceError
from steplint.sources.remote.secrets import Secrets
from steplint.sources.salesforce import Salesforce as Source

SOAP: dict[str, Any] = {"auth": "password", "username": USERNAME, "password": {"env": "PASSWORD"}}
LOGINS: dict[str, dict[str, Any]] = {
    "jwt": JWT,
    "jwt at the address as it is pasted": {**JWT, "domain": "https://ACME.my.salesforce.com/"},
    "client credentials": CREDENTIALS,
    "password and token": {**SOAP, "security_token": {"env": "TOKEN"}},
    "password from a trusted network": SOAP,
    "password by OAuth": {**SOAP, "consumer_key": {"env": "KEY"}, "consumer_secret": {"env": "SECRET"}},
}
TOKEN = "POST /services/oauth2/token"  # noqa: S105


@pytest.mark.parametrize("login", LOGINS)
def test_every_login_pulls_with_one_login(login: str, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    made = source(**LOGINS[login])
    assert records(made, tmp_path).height == 48
    assert (crm.logins, made.api.logins, made.api.session.retries) == (1, 1, 0)
    assert any("Summer '27" in note for note in made.context.notes) == login.startswith("password")


def test_a_session_that_exists_is_used_and_not_renewed(
    source: Make, crm: Salesforce, world: World, tmp_path: Path
) -> None:
    crm.sessions.add(f"{CANARY}.mine")
    world.secrets = Secrets({"SID": f"{CANARY}.mine"}, Path("."))
    given: dict[str, Any] = {"auth": "session", "session_id": {"env": "SID"}}
    assert records(source(**given), tmp_path / "a").height == 48
    crm.expire()
    with pytest.raises(SourceError, match=r"crm: the session has ended; get another session_id"):
        records(source(**given), tmp_path / "b")
    assert crm.logins == 0


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "t\u00f6ken", "a\x00b"])
def test_a_session_of_another_shape_is_not_sent(token: str, source: Make, crm: Salesforce, world: World) -> None:
    world.secrets = Secrets({"SID": token}, Path("."))
    with pytest.raises(SourceError, match=r"sources\.crm\.session_id: no session .* looks like that; check env SID"):
        source(auth="session", session_id={"env": "SID"}).plan()
    assert crm.calls == []


@pytest.mark.parametrize(
    ("change", "env", "said"),
    [
        (JWT, {"PEM": "no key"}, "the login failed: .*; private_key must be an RSA key in PEM form"),
        (
            JWT,
            {"PEM": key_pair.__wrapped__()[0]},
            "invalid_grant invalid assertion; the certificate of the app and private_key",
        ),
        (JWT, {"KEY": "3MVG9.other"}, "invalid_client_id client identifier invalid; check consumer_key"),
        ({**JWT, "username": "other@acme.example"}, {}, "hasn't approved this consumer; in the app's policies choose"),
        ({**JWT, "sandbox": True}, {}, "audience is invalid; set sandbox: true for a sandbox"),
        (CREDENTIALS, {"SECRET": "other"}, "invalid client credentials; check consumer_key and consumer_secret"),
        (
            {**SOAP, "security_token": {"env": "TOKEN"}},
            {"TOKEN": "other"},
            "INVALID_LOGIN: .*; check username, password",
        ),
        (LOGINS["password by OAuth"], {"PASSWORD": "other"}, "authentication failure; check username"),
        (JWT, {"PEM": ""}, r"sources\.crm\.private_key: the environment has no PEM"),
    ],
)
def test_a_login_that_is_refused_says_what_to_do(
    change: dict[str, Any], env: dict[str, str], said: str, source: Make, crm: Salesforce, world: World, tmp_path: Path
) -> None:
    world.secrets = Secrets({**ENV, **env}, Path("."))
    with pytest.raises(SourceError, match=said) as caught:
        records(source(**change), tmp_path)
    assert "\n" not in caught.value.render()
    assert CANARY not in caught.value.render() + world.log
    assert len(crm.calls) <= 1  # a refused login is never tried again: it would lock the user


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (html_reply(200), "refuses the login: a web page came instead of an answer; check domain"),
        (html_reply(404), "refuses the login: a web page came instead of an answer; check domain"),
        (json_reply([]), "the login failed: AttributeError; check domain"),
        (json_reply({"access_token": "t"}), "the login failed: AttributeError; check domain"),
        (json_reply({"access_token": "t", "instance_url": "https://evil.example"}), "the login gave no session"),
        (
            json_reply({"access_token": "", "instance_url": "https://acme.my.salesforce.com"}),
            "the login gave no session",
        ),
        (json_reply({"error": f"x {CONSUMER_KEY}"}, 400), "refuses the login: x ‹secret›; check the keys"),
    ],
)
def test_answers_to_a_login_that_are_none(reply: Any, said: str, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(answered(reply), on=TOKEN, calls=range(100))
    with pytest.raises(SourceError, match=said):
        records(source(), tmp_path)
    assert len(crm.calls) == 1


@pytest.mark.parametrize("act", [drop(), hang_up(), status(503, {}), answered(html_reply(502))])
def test_asking_for_a_token_is_repeated(act: Any, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(act, on=TOKEN)
    made = source()
    assert records(made, tmp_path).height == 48
    assert (len(crm.called(TOKEN)), made.api.session.retries, made.api.logins) == (2, 1, 1)


def test_a_soap_login_is_not_repeated(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(status(503, {}), on="Soap", calls=range(100))
    with pytest.raises(SourceError, match="refuses the login"):
        records(source(**SOAP), tmp_path)
    assert len(crm.calls) == 1


def test_the_hosts_that_are_talked_to(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    records(source(domain="acme--uat.sandbox.my", **JWT), tmp_path)
    assert [call.headers["x-meant-for"] for call in crm.calls[:2]] == [
        "acme--uat.sandbox.my.salesforce.com",
        "acme.my.salesforce.com",  # the instance that the login names
    ]


def test_a_netrc_does_not_take_the_place_of_the_session(
    source: Make, crm: Salesforce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login x password y\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert records(source(**CREDENTIALS), tmp_path).height == 48


def test_each_end_of_a_session_costs_one_login(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(doing(crm.expire), on="GET", calls=range(10, 200, 10))
    made = source()
    assert records(made, tmp_path).height == 48
    assert crm.logins == made.api.logins == 1 + len(crm.called("GET")) // 10
    assert crm.logins > 2


def test_threads_that_see_the_same_end_log_in_once(source: Make, crm: Salesforce) -> None:
    api = source().api
    api.json("/services/data/v64.0/limits")
    crm.expire()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.json("/services/data/v64.0/limits"), range(8)))
    assert [next(iter(answer)) for answer in answers] == ["DailyApiRequests"] * 8
    assert crm.logins == api.logins == 2


@pytest.mark.parametrize(("code", "on"), [(307, TOKEN), (302, TOKEN), (302, "describe"), (301, r"q=SELECT\+Name")])
def test_no_redirect_is_followed_with_a_secret_in_hand(
    code: int, on: str, source: Make, crm: Salesforce, tmp_path: Path
) -> None:
    crm.fault(status(code, {}, {"Location": "https://evil.example/"}), on=on)
    with pytest.raises(SourceError, match=r"no whole answer from acme\.my\.salesforce\.com: TooManyRedirects"):
        records(source(), tmp_path)
    assert {call.headers["x-meant-for"] for call in crm.calls} == {"acme.my.salesforce.com"}


def test_tls_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    crm = make_server(5)
    crm.sessions.add("mine")
    world = make_world()
    world.secrets = Secrets({"SID": "mine"}, Path("."))
    given: dict[str, Any] = {"auth": "session", "session_id": {"env": "SID"}}
    with authority.cert_pem.tempfile() as good, other.cert_pem.tempfile() as bad, crm.serving(tls=context):
        monkeypatch.setattr(Source, "transport", Reroute(crm.url))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", good)
        assert records(make_source(world, **given), tmp_path / "a").height == 5
        calls = len(crm.calls)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bad)
        with pytest.raises(
            SourceError, match=r"certificate of acme\.my\.salesforce\.com is not trusted; .* REQUESTS_CA_BUNDLE"
        ):
            records(make_source(world, **given), tmp_path / "b")
    assert (len(crm.calls), world.slept) == (calls, [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"consumer_key": None}, "auth jwt needs consumer_key"),
        ({"auth": "client_credentials", "consumer_key": {"env": "A"}}, "auth client_credentials needs consumer_secret"),
        ({"consumer_secret": {"env": "A"}}, "auth jwt takes no consumer_secret"),
        ({**CREDENTIALS, "domain": "login"}, "auth client_credentials needs My Domain, such as acme.my, not login"),
        ({"private_key": "-----BEGIN"}, "a secret is not written here"),
        ({**SOAP, "consumer_key": {"env": "A"}}, "takes consumer_key and consumer_secret together"),
        (
            {**LOGINS["password by OAuth"], "security_token": {"env": "A"}},
            "takes security_token, or consumer_key and consumer_secret",
        ),
        ({"auth": "magic"}, "Input should be 'jwt', 'client_credentials', 'session' or 'password'"),
        *(({"domain": domain}, "expected My Domain, such as acme.my") for domain in (
            "", "acme.my/services", "http://acme.my.salesforce.com", "acme.my@evil.example", "evil.example/?", "a b",
            "acme.my:8443", "..", "-x", "ácme.my", "evil.com#",
        )),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_a_login(given: dict[str, Any], said: str, world: World) -> None:
    login = {name: value for name, value in JWT.items() if given.get("auth", "jwt") == "jwt"}
    with pytest.raises(ValidationError, match=said):
        Source.Settings.model_validate({"domain": "acme.my", **login, **given})
