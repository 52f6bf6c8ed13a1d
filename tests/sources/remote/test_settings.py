"""Named sources in the configuration: what is checked, what is said, and that a secret in the wrong place is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.sources.remote.conftest import World

from steplint.errors import ConfigError, SourceError, SteplintError, UsageError
from steplint.sources.remote import registry
from steplint.sources.remote.registry import make_source, source_types
from steplint.sources.remote.secrets import HIDDEN, SecretRef, Secrets

GOOD: dict[str, Any] = {"type": "acme", "address": "https://crm.example", "token": {"env": "ACME_TOKEN"}}


@pytest.fixture(autouse=True)
def _installed(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("acme", f"{example.__name__}:Acme", "steplint.sources")
    monkeypatch.setattr(registry, "points", lambda _group, _path: iter([point]))


def made(settings: Mapping[str, Any], world: World) -> Any:
    origins = {"sources.crm": "x.yaml:2", "sources.crm.token": "x.yaml:5"}
    return make_source("crm", {"crm": settings}, origins, world.context())


def test_a_plugin_stands_beside_the_shipped_types(world: World, example: ModuleType) -> None:
    assert source_types() == ("salesforce", "hubspot", "sql", "acme")
    assert isinstance(made(GOOD, world), example.Acme)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "salesfroce"}, "x.yaml:2: sources.crm: type 'salesfroce' is not known; did you mean salesforce?"),
        ({"type": None}, "x.yaml:2: sources.crm: type None is not known; types are salesforce, hubspot, sql, acme"),
        ({"adress": "x"}, "x.yaml:2: sources.crm.adress: unknown key; did you mean address?"),
        ({"token": "hunter2-secret"}, "x.yaml:5: sources.crm.token: a secret is not written here; write {env: NAME}"),
        ({"token": {}}, "x.yaml:5: sources.crm.token: write one of {env: NAME}"),
        ({"token": {"env": "A", "file": "b"}}, "x.yaml:5: sources.crm.token: write one of {env: NAME}"),
        ({"token": {"env": ["hunter2-secret"]}}, "x.yaml:5: sources.crm.token.env: Input should be a valid string"),
        ({"address": 7}, "x.yaml:2: sources.crm.address: Input should be a valid string"),
        ({"network": {"attempts": 0}}, "sources.crm.network.attempts: Input should be greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_one_line_without_the_value(change: dict[str, Any], said: str, world: World) -> None:
    with pytest.raises(ConfigError) as caught:
        made({**GOOD, **change}, world)
    assert caught.value.render().startswith(said) or said in caught.value.render()
    assert "hunter2" not in f"{caught.value.render()}{caught.value.__context__!r}"


def test_the_nearest_name_of_a_source(world: World) -> None:
    with pytest.raises(UsageError, match="there is no source “dels”; did you mean deals"):
        make_source("dels", {"deals": GOOD}, {}, world.context())
    with pytest.raises(
        UsageError, match="no source is configured; write it below sources: and name the file with --config"
    ):
        make_source("deals", {}, {}, world.context())


@pytest.mark.parametrize("kind", ["salesforce", "hubspot", "sql"])
def test_a_missing_package_names_its_extra(kind: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named 'some_driver' for {name}", name="some_driver")

    monkeypatch.setattr(registry, "import_module", missing)
    said = rf"sources of type {kind} need the package some_driver; pip install 'steplint\[{kind}\]'"
    with pytest.raises(SourceError, match=said):
        made({"type": kind}, world)


def test_a_plugin_of_another_interface_is_refused(
    example: ModuleType, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "STEPLINT_API", 2)
    with pytest.raises(SourceError, match="plugin acme is written for source interface 2; this steplint has 1"):
        made(GOOD, world)
    monkeypatch.setattr(example, "Acme", dict)
    monkeypatch.setattr(example, "STEPLINT_API", 1)
    with pytest.raises(SourceError, match="plugin acme"):
        made(GOOD, world)


# Secrets.


def test_secrets_come_from_environment_and_files(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN-----\nline-one\nline-two\n-----END-----\n")
    secrets = Secrets({"A": "in the environment"}, tmp_path)
    assert secrets.get(SecretRef(env="A"), "token") == "in the environment"
    assert secrets.get(SecretRef(file="key.pem"), "key").endswith("-----END-----")
    assert secrets.scrub("x in the environment y, line-two") == f"x {HIDDEN} y, {HIDDEN}"
    assert secrets.scrub("?t=in%20the%20environment&u=in+the+environment") == f"?t={HIDDEN}&u={HIDDEN}"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"env": "B"}, "token of x: the environment has no B; set it for this run"),
        ({"file": "none"}, "none: token of x: cannot be read from its file; check path and rights"),
        ({"file": "empty"}, "empty: token of x: its file is empty"),
        ({"file": "binary"}, "binary: token of x: cannot be read from its file"),
    ],
)
def test_a_secret_that_is_not_there(reference: dict[str, str], said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SteplintError) as caught:
        Secrets({}, tmp_path).get(SecretRef.model_validate(reference), "token of x")
    assert caught.value.render().startswith(said)


def test_the_log_hides_secrets_in_every_shape(world: World) -> None:
    secret = 'pa"ss\\wörd\n'  # noqa: S105
    log = world.context().log
    world.secrets.learn(secret)
    log.write("event", text=f"x{secret}", many=[secret, {"deep": secret}], kind=ValueError(secret))
    assert "rd" not in world.log.split("event", 2)[2]
    assert world.log.count("\\u2039secret\\u203a") == 4
