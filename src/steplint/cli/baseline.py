"""`steplint baseline`: accept today's findings, so that `check --baseline` shows new ones only."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import config_options, named_options, rule_options, source_options
from steplint.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from steplint.config import Settings
    from steplint.rules import Rule
    from steplint.triage import Triage

SUFFIXES = (".json", ".json.gz", ".parquet")


@click.command("baseline", short_help="Accept today's findings.")
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@click.option(
    "-o", "--output", metavar="FILE", help="The baseline (default: the configuration's, else steplint-baseline.json)."
)
@click.option("--prune", is_flag=True, help="Only remove the entries that no longer occur.")
@click.option("-q", "--quiet", is_flag=True, help="No notes on standard error.")
@rule_options
@source_options
@named_options
@config_options
@click.pass_obj
def command(host: Host, /, paths: tuple[str, ...], output: str | None, prune: bool, quiet: bool, **options: Any) -> int:
    """Lint, and write what is found into a baseline: `steplint check --baseline FILE` then leaves it out.

    The file holds codes, ids of records and hashes, and no text. Its format goes by its name: .json, .json.gz or .parquet.
    With --prune nothing is added; entries whose fault was repaired are removed. What other files hold is not touched.
    """
    from steplint.cli.session import load_rules, load_settings, open_session, select_rules
    from steplint.cli.triaging import read_aside, shown, triaged
    from steplint.findings.summary import Summary
    from steplint.triage import BASELINE

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    file = host.cwd / (output or settings.baseline or BASELINE)
    if not file.name.endswith(SUFFIXES):
        raise UsageError("the name says no format", path=shown(host, file), hint=f"end it in {', '.join(SUFFIXES)}")
    aside = read_aside(host, settings, known, baseline=str(file) if prune else None, isolated=options["isolated"])
    session = open_session(host, paths, options)
    findings, triage = triaged(host, session, selection, aside, Summary())
    if prune:
        for _ in findings:
            pass
        told = _prune(host, file, triage)
    else:
        told = _accept(host, file, findings, _fixed(settings, known))
        if str(file) != settings.baseline:
            told += f" `steplint check --baseline {shlex.quote(shown(host, file))}` leaves them out."
    host.say(told)
    if not quiet:
        for note in session.stream.notes:
            host.note(note)
    return 0


def _fixed(settings: Settings, known: Sequence[Rule]) -> list[str]:
    """The codes that no baseline takes: mandatory ones, and what is found about suppressions."""
    from steplint.rules.selection import match
    from steplint.triage import EXPIRED, UNUSED

    mandatory = [rule.code for rule in known if any(match(selector, rule) for selector in settings.mandatory)]
    return [*mandatory, UNUSED, EXPIRED]


def _accept(host: Host, file: Path, findings: Generator[pl.DataFrame], fixed: Sequence[str]) -> str:
    """Write all findings but those of `fixed` codes; a sentence about it."""
    import polars as pl

    from steplint.cli.triaging import shown
    from steplint.findings.schema import empty
    from steplint.reporters.words import count
    from steplint.triage import entries_of

    parts = [entries_of(empty())]
    refused = 0
    for batch in findings:
        fits = batch.filter(~pl.col("code").is_in(fixed))
        parts.append(entries_of(fits))
        refused += batch.height - fits.height
    entries = pl.concat(parts)
    _write(file, entries)
    told = f"{shown(host, file)} accepts {count(entries.height, 'finding')}."
    if refused:
        told += f" Not accepted: {count(refused, 'finding')} of mandatory rules or about suppressions."
    return told


def _prune(host: Host, file: Path, triage: Triage) -> str:
    """Take the entries away that no longer occur; a sentence about it. The file is left alone where all occur."""
    import polars as pl

    from steplint.cli.triaging import shown
    from steplint.triage import read_entries

    total, gone = _entries(len(triage.gone)), int(triage.gone.sum())
    if not gone:
        return f"{shown(host, file)}: {total}, and all stay."
    _write(file, pl.concat(read_entries(file)).filter(~triage.gone))
    return f"{shown(host, file)}: {gone:,} of {total} no longer occur and are removed."


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


def _write(file: Path, entries: pl.DataFrame) -> None:
    from steplint.reporters.sink import atomic_file
    from steplint.triage import write_baseline

    with atomic_file(str(file), 0o644) as out:
        write_baseline(out, entries, file.name)
