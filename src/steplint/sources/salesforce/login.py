"""Logging in, by the flows of simple-salesforce; what goes wrong becomes one line that shows no secret."""

from __future__ import annotations

import re
import warnings
from typing import Any

from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import SalesforceLogin

from steplint.errors import SourceError
from steplint.sources.remote.http import Session
from steplint.sources.remote.interface import Context
from steplint.sources.remote.secrets import SecretRef
from steplint.sources.salesforce.settings import SalesforceSettings

__all__ = ["PASSWORD_ENDS", "log_in"]

PASSWORD_ENDS = "auth: password stops working when Salesforce retires that login in Summer '27; move to auth: jwt"  # noqa: S105

#: What a login's refusal has in it, in lower case → the next step to take. The first that fits.
_HINTS = (
    ("approved", "in the app's policies choose “Admin approved users are pre-authorized” and add the user's profile"),
    ("audience", "set sandbox: true for a sandbox, and leave it out otherwise"),
    ("expired", "check the clock of this machine"),
    ("invalid_client_id", "check consumer_key; a new app takes ten minutes to be known"),
    ("invalid client credentials", "check consumer_key and consumer_secret"),
    ("no client credentials user", "in the app's policies enable the client credentials flow and choose “Run As” user"),
    ("not supported on this domain", "write My Domain as domain:, such as acme.my"),
    ("invalid assertion", "the certificate of the app and private_key must be of one pair"),
    ("grant type", "enable this flow in the settings of the app"),
    ("inactive", "the user is switched off; activate it"),
    ("locked", "check username, password and security_token; after several attempts the user is locked"),
    ("authentication failure", "check username, password and security_token"),
    ("soap", "set api_version below 65, or move to auth: jwt; SOAP login is being retired"),
)
#: What may stand in a header.
_TOKEN = re.compile(r"[\x21-\x7e]+")
#: Hosts that a token may be sent to.
_HOST = re.compile(r"[a-z0-9.-]{1,200}\.(?:salesforce\.com|force\.com|salesforce\.mil)", re.IGNORECASE)


def log_in(name: str, settings: SalesforceSettings, context: Context, session: Session) -> tuple[str, str]:
    """A session's token, and the host it is for. SourceError."""
    if settings.auth == "session":
        token = _secret(settings, context, name, "session_id")
        if not _TOKEN.fullmatch(token):
            hint = f"check {settings.session_id}"
            raise SourceError(f"sources.{name}.session_id: no session of Salesforce looks like that", hint=hint)
        return token, f"{settings.domain}.salesforce.com"
    given = _arguments(name, settings, context)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of them shows the consumer key
            token, host = SalesforceLogin(session=session, sf_version=f"{settings.api_version}.0", **given)
    except SourceError:
        raise
    except SalesforceAuthenticationFailed as error:
        raise _refused(name, settings, context, f"{error.code or ''} {error.auth_message}") from None
    except Exception as error:
        # A key that is none, or an answer of another shape. The texts of these errors may quote what they were given.
        key = settings.auth == "jwt" and type(error).__name__ in ("InvalidKeyError", "ValueError", "TypeError")
        hint = "private_key must be an RSA key in PEM form" if key else "check domain; a proxy may stand between"
        raise SourceError(f"{name}: the login failed: {type(error).__name__}", hint=hint) from None
    if not (isinstance(token, str) and _TOKEN.fullmatch(token) and isinstance(host, str) and _HOST.fullmatch(host)):
        raise SourceError(f"{name}: the login gave no session", hint="check domain; a proxy may stand between")
    return context.secrets.learn(token), host


def _arguments(name: str, settings: SalesforceSettings, context: Context) -> dict[str, Any]:
    """What the client's login takes; it tells the flows apart by what is there."""
    given: dict[str, Any] = {
        "username": settings.username,
        "domain": settings.domain,
        **{
            key: _secret(settings, context, name, key)
            for key in ("consumer_key", "consumer_secret", "password", "security_token")
            if getattr(settings, key) is not None
        },
    }
    if settings.auth == "jwt":
        # The token is asked for at My Domain, on behalf of login or test, which the assertion names as its audience.
        audience = "test" if settings.sandbox else "login"
        key = _secret(settings, context, name, "private_key")
        return given | {"domain": audience, "instance_url": settings.domain, "privatekey": key}
    return given


def _secret(settings: SalesforceSettings, context: Context, name: str, key: str) -> str:
    reference: SecretRef = getattr(settings, key)
    return context.secrets.get(reference, f"sources.{name}.{key}")


def _refused(name: str, settings: SalesforceSettings, context: Context, said: str) -> SourceError:
    text = context.secrets.scrub(" ".join(said.split()))[:300]
    if "<html" in text.lower() or "<!doctype" in text.lower():
        text, hint = "a web page came instead of an answer", "check domain; a proxy may stand between"
    else:
        lower = text.lower()
        hint = next(
            (hint for sign, hint in _HINTS if sign in lower), f"check the keys that auth: {settings.auth} takes"
        )
    return SourceError(f"{name}: Salesforce refuses the login: {text}", hint=hint)
