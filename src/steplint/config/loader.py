"""Finds, reads and checks the configuration: the nearest file, whole; nothing is merged in silence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steplint.config.settings import DEFAULTS, Settings
from steplint.errors import ConfigError

__all__ = ["NAMES", "discover", "here", "inside", "load", "project_root"]

NAMES = ("steplint.yaml", "steplint.yml")
_PYPROJECT = "pyproject.toml"
_MOST_EXTENDS = 5


def load(explicit: str | Path | None = None, cwd: str | Path | None = None, isolated: bool = False) -> Settings:
    """The settings of `explicit`, else of the nearest configuration at or above `cwd`, else the defaults.

    `isolated` reads no file. Raises ConfigError with file and line, and the nearest right word for an unknown key.
    """
    if isolated:
        return DEFAULTS
    if explicit is not None:
        path = Path(explicit)
        if not path.is_file():
            raise ConfigError("no such configuration file", path=str(explicit), hint="check --config")
    else:
        found = discover(Path(cwd)) if cwd is not None else None
        if found is None:
            return DEFAULTS
        path = found
        if not path.resolve().is_relative_to(project_root(path)):
            raise ConfigError("links out of the project", path=str(path), hint="name it with --config if it is yours")
    return _settings(path, project_root(path), [], named=explicit is not None)


def discover(folder: Path) -> Path | None:
    """The nearest steplint.yaml, or pyproject.toml with [tool.steplint], up to the root of the project."""
    for place in _upwards(folder.resolve()):
        found = here(place)
        if len(found) > 1:
            names = " and ".join(file.name for file in found)
            raise ConfigError(f"{names} both configure steplint", path=str(place), hint="keep one of them")
        if found:
            return found[0]
    return None


def here(folder: Path) -> list[Path]:
    """Every configuration in this very folder."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    project = folder / _PYPROJECT
    if project.is_file() and _document(project, str(project)) is not None:
        found.append(project)
    return found


def _upwards(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        yield place
        if (place / ".git").exists():
            return


def project_root(config: Path) -> Path:
    """The folder that paths in a configuration must stay inside: the repository's, else that of the file."""
    home = config.parent.resolve()
    return next((place for place in (home, *home.parents) if (place / ".git").exists()), home)


def inside(path: str, home: Path, root: Path) -> Path | None:
    """The real path of what a configuration in `home` calls `path`, or None where it leaves `root`."""
    try:
        real = (home / path).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return real if real.is_relative_to(root) else None


def _document(path: Path, shown: str) -> Any:
    """The parsed file, or None for a pyproject.toml without [tool.steplint]."""
    from steplint import yaml_safe

    if path.suffix == ".toml":
        from steplint.config.toml import load as load_toml

        return load_toml(yaml_safe.read_text(path, shown=shown, error=ConfigError), shown)
    return yaml_safe.read(path, shown=shown, error=ConfigError)


def _shown(path: Path) -> str:
    """As short as it is unambiguous: below the working directory without it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _settings(path: Path, root: Path, chain: list[Path], *, named: bool) -> Settings:
    from steplint.config.exceptions import read_exceptions
    from steplint.config.model import ConfigFile, flat
    from steplint.rules.validation import validate

    shown = _shown(path)
    document = _document(path, shown)
    if document is None:
        raise ConfigError("no table [tool.steplint] in this file", path=shown)
    if document.data is None:
        return dataclasses.replace(DEFAULTS, path=path)

    def fail(loc: tuple[str | int, ...], message: str, hint: str | None = None) -> ConfigError:
        line, column = document.place(loc)
        return ConfigError(message, path=shown, line=line, column=column, hint=hint)

    file = validate(ConfigFile, document, ConfigError, "a configuration")
    values = flat(file)
    if file.sources and not named:
        hint = "keep them in a file of their own, which may extend this one, and name it with --config"
        raise fail(
            ("sources",), "sources name hosts, so they are not read from a configuration that was only found", hint
        )
    ground = DEFAULTS
    if file.extends is not None:
        other = inside(file.extends, path.parent, root)
        if other is None:
            raise fail(("extends",), "extends leaves the project", f"name a file below {root.name}/")
        if not other.is_file():
            raise fail(("extends",), "extends names no file", "check the path")
        if other in (path.resolve(), *chain) or len(chain) >= _MOST_EXTENDS:
            raise fail(("extends",), "extends runs in a circle, or through too many files")
        ground = _settings(other, root, [*chain, path.resolve()], named=False)
    paths = []
    for index, name in enumerate(file.rules):
        real = inside(name, path.parent, root)
        if real is None:
            raise fail(("rules", index), "a rule path leaves the project", f"name a file or folder below {root.name}/")
        if not real.exists():
            raise fail(("rules", index), f"no such rule file or folder: {name}", "check the path")
        paths.append(str(real))
    if paths:
        values["rules"] = tuple(paths)
    for key in ("suppressions", "baseline"):
        if (name := getattr(file, key)) is not None:
            if (place := inside(name, path.parent, root)) is None:
                raise fail((key,), f"{key} leaves the project", f"name a file below {root.name}/")
            values[key] = str(place)
    exceptions, places = read_exceptions(file, document, path.parent, shown, fail)
    values |= exceptions
    calendar = file.calendar.model_fields_set
    origins = {**ground.origins, **places}
    for source, keys in file.sources.items():
        for loc in (("sources", source), *(("sources", source, key) for key in keys)):
            origins[".".join(loc)] = f"{shown}:{document.place(loc)[0]}"
    for name in values:
        line, _ = document.place(("calendar", name) if name in calendar else (name,))
        origins[name] = f"{shown}:{line}"
    return dataclasses.replace(ground, **values, path=path, origins=origins)
