"""`steplint init`: a configuration to start from, empty or proposed from an export."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import source_options
from steplint.errors import UsageError

if TYPE_CHECKING:
    from steplint.init import Proposal

NAME = "steplint.yaml"
STDOUT = "-"


@click.command("init", short_help="Write a configuration to start from.")
@click.option(
    "--from", "files", metavar="FILE", multiple=True, help="Propose it from this export (- for standard input)."
)
@click.option(
    "-o", "--output", metavar="FILE", default=NAME, help=f"Where to write it (default: {NAME}; - to print it)."
)
@click.option("--force", is_flag=True, help="Write it also where a configuration is already.")
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress on standard error.")
@source_options
@click.pass_context
def command(
    context: click.Context, /, files: tuple[str, ...], output: str, force: bool, quiet: bool, **options: Any
) -> int:
    """Write steplint.yaml. With --from it says what the export shows: stages with their roles, the order of day and month,
    the length of the text field; proposes what to leave out and which phrases count as fillers; and forecasts the
    findings of each profile, by rule.
    """
    host = context.find_object(Host)
    assert host is not None
    if not files and (given := _given(context)):
        raise UsageError(f"{given} says something of a file", hint="name the file with --from")
    others = [] if output == STDOUT else _others(host.cwd / output, output, force)
    if not files:
        from steplint.init import blank

        _write(host, output, blank())
    else:
        proposal, text = _propose(host, files, options, quiet)
        _write(host, output, text)
        if output != STDOUT:
            _tell(host, proposal)
    if output != STDOUT:
        more = ["--config", output] if output != NAME else []
        more += ["--encoding", options["encoding"]] if options["encoding"] else []
        host.say(f"{output} is written. Now try `steplint check {shlex.join([*more, *files]) or 'FILE'}`.")
    for other in others:
        host.note(f"{other} configures steplint too: keep one of them")
    return 0


def _given(context: click.Context) -> str | None:
    """An option on the command line that only makes sense with a file."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name not in ("output", "force", "quiet") and source is click.core.ParameterSource.COMMANDLINE:
            return parameter.opts[-1]
    return None


def _others(target: Path, shown: str, force: bool) -> list[str]:
    """Configurations beside the one to be written. Raises UsageError where one is there, unless `force`."""
    from steplint import config

    beside = config.here(target.parent) if target.name in config.NAMES else []
    there = [target] if target.is_file() else beside
    if there and not force:
        what = "this file is already there" if there[0] == target else f"{there[0].name} configures steplint already"
        raise UsageError(what, path=shown, hint="--force writes it all the same, --output - prints it")
    return [file.name for file in beside if file != target]


def _propose(host: Host, files: tuple[str, ...], options: dict[str, Any], quiet: bool) -> tuple[Proposal, str]:
    """What the files show, and the configuration that says so; no other configuration counts."""
    from steplint.cli.progress import Progress
    from steplint.cli.session import load_rules, open_session
    from steplint.init import propose, render

    session = open_session(host, files, {**options, "config": None, "isolated": True, "texts": None})
    rules = load_rules(session.settings, (), ())
    shows = host.stderr.isatty() and not quiet
    with Progress(host) as progress:
        proposal = propose(
            session.stream,
            rules,
            session.reader,
            session.org,
            as_of=session.as_of,
            progress=progress.update if shows else lambda *_: None,
        )
    if not quiet:
        for note in session.stream.notes:
            host.note(note)
    return proposal, render(proposal, session.settings, files, options["encoding"])


def _write(host: Host, output: str, text: str) -> None:
    from steplint.reporters.sink import atomic_file

    if output == STDOUT:
        host.stdout.write(text.encode())
        return
    with atomic_file(str(host.cwd / output), 0o644) as out:
        out.write(text.encode())


def _tell(host: Host, proposal: Proposal) -> None:
    """The forecast, and what is left to decide."""
    from steplint.init import questions, table
    from steplint.reporters.words import count

    host.say(f"Findings to expect on {count(proposal.judged, proposal.noun)}:")
    host.say()
    for line in table(proposal.by_rule, proposal.rule_names):
        host.say(line)
    host.say()
    if left := questions(proposal):
        host.say(f"Left to decide: {', '.join(left)}.")
