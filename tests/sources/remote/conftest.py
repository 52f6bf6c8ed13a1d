"""The example source on a loopback server, in a world without a clock."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.servers.acme import TOKEN, Acme, deals

from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.secrets import Secrets

EXAMPLE = Path(__file__).parents[3] / "examples" / "source-plugin" / "steplint_example_source.py"
NOW = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def example() -> ModuleType:
    """The module of the example plugin."""
    spec = importlib.util.spec_from_file_location("steplint_example_source", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def crm() -> Iterator[Acme]:
    """48 deals in five pages."""
    with Acme(deals(48)).serving() as server:
        yield server


class World:
    """A context whose sleeps take no time and whose log is kept."""

    def __init__(self) -> None:
        self.lines = BytesIO()
        self.slept: list[float] = []
        self.seconds = 0.0
        self.secrets = Secrets({"ACME_TOKEN": TOKEN}, Path("."))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def context(self, **more: Any) -> Context:
        log = RunLog(self.lines.write, "run-1", lambda: NOW, self.secrets, "debug")
        given = {"as_of": date(2026, 1, 12), "now": lambda: NOW, "clock": lambda: self.seconds, "sleep": self.sleep}
        return Context(secrets=self.secrets, log=log, **{**given, **more})

    @property
    def log(self) -> str:
        return self.lines.getvalue().decode()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def source(example: ModuleType, crm: Acme, world: World) -> Callable[..., Any]:
    """Makes the example source, connected to the server."""

    def make(**network: Any) -> Any:
        settings = {"address": crm.url, "token": {"env": "ACME_TOKEN"}, "network": {"read_timeout": 0.3, **network}}
        return example.Acme("deals", example.AcmeSettings.model_validate(settings), world.context())

    return make
