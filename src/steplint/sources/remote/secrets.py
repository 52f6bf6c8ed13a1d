"""Secrets come from the environment, a file or a keyring, never from the configuration itself, and are never written anywhere."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, ConfigDict, Field, model_validator

from steplint.errors import SourceError

__all__ = ["HIDDEN", "SecretRef", "Secrets"]

HIDDEN = "‹secret›"
_LARGEST = 1 << 20
_SHORTEST = 4  # what is shorter would hide half of every line
_Name = Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class SecretRef(BaseModel):
    """Where a secret is: `{env: NAME}`, `{file: PATH}` or `{keyring: service/user}`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: _Name | None = None
    file: _Name | None = None
    keyring: Annotated[str, Field(strict=True, pattern=r"^[^/]+/.+$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, value: Any) -> Any:
        if not isinstance(value, Mapping | SecretRef):
            raise ValueError("a secret is not written here; write {env: NAME}, {file: PATH} or {keyring: service/user}")
        return value

    @model_validator(mode="after")
    def _is_one(self) -> SecretRef:
        if sum(place is not None for place in (self.env, self.file, self.keyring)) != 1:
            raise ValueError("write one of {env: NAME}, {file: PATH}, {keyring: service/user}")
        return self

    def __str__(self) -> str:
        return f"env {self.env}" if self.env else f"file {self.file}" if self.file else f"keyring {self.keyring}"


class Secrets:
    """Looks secrets up, and knows every one that was, so that `scrub` can take them out of whatever is written.

    `env` is the environment; relative files start at `home`, the folder of the configuration.
    """

    def __init__(self, env: Mapping[str, str], home: Path) -> None:
        self._env = env
        self._home = home
        self._known: set[str] = set()

    def get(self, reference: SecretRef, what: str) -> str:
        """The secret, without a line end behind it. SourceError, which never shows a value: it is not there."""
        if reference.env is not None:
            value = self._env.get(reference.env)
            if not value:
                raise SourceError(f"{what}: the environment has no {reference.env}", hint="set it for this run")
        elif reference.file is not None:
            value = self._read(reference.file, what)
        else:
            value = self._keyring(str(reference.keyring), what)
        return self.learn(value.rstrip("\r\n"))

    def _read(self, name: str, what: str) -> str:
        path = self._home / name
        try:
            with path.open("rb") as stream:
                value = stream.read(_LARGEST).decode()
        except (OSError, ValueError):
            raise SourceError(
                f"{what}: cannot be read from its file", path=name, hint="check path and rights"
            ) from None
        if not value.strip():
            raise SourceError(f"{what}: its file is empty", path=name)
        return value

    def _keyring(self, name: str, what: str) -> str:
        try:
            keyring = importlib.import_module("keyring")
        except ImportError:
            raise SourceError(
                f"{what}: reading a keyring needs an extra", hint="pip install 'steplint[keyring]'"
            ) from None
        service, _, user = name.partition("/")
        try:
            value = keyring.get_password(service, user)
        except Exception:
            value = None
        if not value:
            raise SourceError(f"{what}: the keyring has no {name}", hint=f"keyring set {service} {user}")
        return str(value)

    def learn(self, value: str) -> str:
        """Remember a secret that came otherwise, a session's token say; the same value."""
        for text in (value, *value.splitlines()):
            if len(text.strip()) >= _SHORTEST:
                self._known |= {text.strip(), quote(text.strip(), safe=""), quote_plus(text.strip())}
        return value

    def scrub(self, text: str) -> str:
        """The text with every known secret in it hidden, also where it stands as part of an address."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text
