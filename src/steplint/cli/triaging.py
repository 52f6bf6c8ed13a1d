"""What `check`, `baseline` and `suppress` share: where the files of triage are, and findings that have been through it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from steplint.cli.host import Host
from steplint.errors import ConfigError, SteplintError

if TYPE_CHECKING:
    import polars as pl

    from steplint.cli.session import Session
    from steplint.config import Settings
    from steplint.findings.summary import Summary
    from steplint.rules import Rule, Selection
    from steplint.triage import Baseline, Suppression, Triage

__all__ = ["Aside", "read_aside", "shown", "suppression_file", "triaged"]


@dataclass(frozen=True)
class Aside:
    """What is set aside: suppressions, the name of the file that they are in, and the baseline; `known` are all rules."""

    known: Sequence[Rule]
    suppressions: tuple[Suppression, ...] = ()
    shown: str = ""
    baseline: Baseline | None = None


def read_aside(host: Host, settings: Settings, known: Sequence[Rule], *, baseline: str | None, isolated: bool) -> Aside:
    """The suppressions of a configuration and a baseline, read before anything else is opened. `known` are all rules.

    Raises ConfigError where a file is missing or does not load, with its line.
    """
    from steplint.rules.selection import match
    from steplint.triage import read_baseline, read_suppressions

    file = suppression_file(host, settings)
    name = shown(host, file)
    entries: tuple[Suppression, ...] = ()
    if not isolated and _there(file, settings):
        entries = read_suppressions(file, known, mandatory=settings.mandatory, shown=name)
    if baseline is None:
        return Aside(known, entries, name)
    fixed = [rule.code for rule in known if any(match(selector, rule) for selector in settings.mandatory)]
    path = host.cwd / baseline
    return Aside(known, entries, name, read_baseline(path, mandatory=fixed, shown=shown(host, path)))


def triaged(
    host: Host, session: Session, selection: Selection, aside: Aside, summary: Summary
) -> tuple[Generator[pl.DataFrame], Triage]:
    """The findings of a session that are not set aside, and the triage that tells of the others.

    `summary` is filled as batches are taken. Raises InputError for a comment in a document that is meant for steplint and not
    understood.
    """
    from steplint.cli.session import rules_here
    from steplint.engine import lint
    from steplint.triage import Triage
    from steplint.triage.inline import Inline

    rules = rules_here(host, session, selection)
    triage = Triage(rules, session.as_of, suppressions=aside.suppressions, baseline=aside.baseline, shown=aside.shown)
    stream = triage.watch(session.stream)
    findings = lint(stream, rules, session.reader, session.org, as_of=session.as_of, summary=summary)
    if comments := session.stream.comments:
        try:
            inline = Inline(comments, aside.known, rules, mandatory=session.settings.mandatory)
        except SteplintError:
            session.stream.close()
            raise
        findings = inline.settle(findings, summary)
    return triage.settle(findings, summary), triage


def suppression_file(host: Host, settings: Settings) -> Path:
    """Where suppressions are: the configuration says it, else beside it, else in the working directory.

    Raises ConfigError where the file beside a configuration links out of the project.
    """
    from steplint.config.loader import inside, project_root
    from steplint.triage import SUPPRESSIONS

    if settings.suppressions is not None:
        return Path(settings.suppressions)
    if settings.path is None:
        return host.cwd / SUPPRESSIONS
    # Also a file that was named with --config may have one beside it.
    beside = settings.path.parent / SUPPRESSIONS
    if inside(SUPPRESSIONS, settings.path.parent, project_root(settings.path)) is None:
        raise ConfigError("links out of the project", path=shown(host, beside), hint="name it in the configuration")
    return beside


def _there(file: Path, settings: Settings) -> bool:
    """Whether there are suppressions to read; a file that the configuration names must be there."""
    if file.exists():
        return True
    if settings.suppressions is not None:
        where = settings.origins.get("suppressions")
        raise ConfigError(f"suppressions: no such file: {file.name}", path=where, hint="steplint suppress makes it")
    return False


def shown(host: Host, path: Path) -> str:
    """A path as short as it is unambiguous: below the working directory without it."""
    for folder in (host.cwd, host.cwd.resolve()):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return str(path)
