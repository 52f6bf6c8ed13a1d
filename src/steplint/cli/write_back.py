"""`steplint write-back`: findings as tasks or fields of a CRM; a dry run, unless it is told to write."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host, interruptible
from steplint.cli.options import DAY, config_options, pull_options, rule_options
from steplint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from steplint.cli.triaging import Aside
    from steplint.config import Settings
    from steplint.rules import Rule, Selection
    from steplint.sources.remote.journal import Journal
    from steplint.sources.remote.writing import Changes, Found, Outcome, Proposal, WriteBack, Writer

FAILED = 4
#: Lines of a list that are shown; a name takes so many columns of them.
SHOWN, WIDEST = 200, 48
#: Action → what was done.
DONE = {"create": "created", "close": "closed", "release": "released", "set": "set", "clear": "cleared"}


@click.command("write-back", short_help="Write findings back to a CRM, as tasks or fields.")
@click.argument("name", metavar="NAME")
@click.option("--apply", "apply_", is_flag=True, help="Write. Without it, what would be written is only shown.")
@click.option("--journal", metavar="FILE", help="Where each write is noted, before and after (default: in --state).")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this baseline accepts.")
@click.option("--as-of", type=DAY, help="The day that overdue is relative to (default: today in --timezone).")
@click.option("--timezone", metavar="ZONE", help="Time zone of the organisation, such as Europe/Berlin.")
@click.option("--allow-empty", is_flag=True, help="A source without records is fine.")
@click.option("-q", "--quiet", is_flag=True, help="No notes on standard error.")
@rule_options
@pull_options
@config_options
@click.pass_obj
def command(host: Host, /, name: str, apply_: bool, journal: str | None, quiet: bool, **options: Any) -> int:
    """Pull a source of the configuration, lint it, and write what its `write_back` asks for: a task for the owner of each
    record with a finding, or level and codes into fields of the record. Next step, stage and close date are never written.

    What is written already is not written again, so that the command may be repeated, also after it broke off.

    Exit status: 0 done or nothing to do, 2 a wrong option or more to write than `most`, 3 the source failed, 4 a part was
    refused, 75 the source is locked or its limit is used up.
    """
    from steplint.cli.remote import named_source, state_folder
    from steplint.cli.session import load_rules, load_settings, select_rules, today
    from steplint.cli.triaging import read_aside
    from steplint.config import to_org

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    baseline = options["baseline"] or settings.baseline
    aside = read_aside(host, settings, known, baseline=baseline, isolated=options["isolated"])
    as_of = options["as_of"] or today(host, settings.timezone)
    source = named_source(host, name, settings, to_org(settings), as_of, options)
    from steplint.sources.remote.journal import Journal
    from steplint.sources.remote.open import told
    from steplint.sources.remote.writing import writer_of

    log = source.context.log
    with closing(source):
        with told(source), _placed(settings.origins, name):
            writer = writer_of(source, settings.sources[name]["type"])
            codes = _codes(writer.settings, known, name)
            writer.check()
        found, notes = _found(host, writer, codes, settings, selection, aside, as_of, options)
        with told(source):
            proposal = writer.propose(found)
        counts = {changes.action: changes.rows.height for changes in proposal.changes}
        log.write("proposed", writes=counts, left=proposal.left.height)
        for line in _lines(proposal):
            host.say(line)
        for note in [] if quiet else [*notes, *_idle(codes, selection)]:
            host.note(note)
        if apply_:
            place = host.cwd / journal if journal else state_folder(host, options["state"]) / f"{name}-write-back.jsonl"
            code = _apply(host, writer, proposal, settings, Journal(place, log.run, name, host.now))
        else:
            code = _dry(host, writer, proposal)
    log.write("finished", applied=apply_, exit=code)
    return code


@contextmanager
def _placed(origins: Mapping[str, str], name: str) -> Iterator[None]:
    """What is wrong with the configuration, with its place there."""
    try:
        yield
    except ConfigError as error:
        error.path = error.path or origins.get(f"sources.{name}.write_back", origins.get(f"sources.{name}"))
        raise


def _codes(back: WriteBack, known: Sequence[Rule], name: str) -> set[str] | None:
    """The codes that `rules:` of the write-back names; None: it goes by severity."""
    from steplint.rules.exceptions import problem
    from steplint.rules.selection import match

    for selector in back.rules:
        if (wrong := problem(selector, known)) is not None:
            raise ConfigError(f"sources.{name}.write_back.rules: {wrong[0]}", hint=wrong[1])
    chosen = {rule.code for rule in known if any(match(selector, rule) for selector in back.rules)}
    return chosen if back.rules else None


def _idle(codes: set[str] | None, selection: Selection) -> Iterator[str]:
    running = {rule.code for rule in selection.rules}
    if codes is not None and codes.isdisjoint(running):
        yield "none of the rules of write_back runs; select them, or choose another profile"


def _found(
    host: Host,
    writer: Writer,
    codes: set[str] | None,
    settings: Settings,
    selection: Selection,
    aside: Aside,
    as_of: date,
    options: dict[str, Any],
) -> tuple[Found, list[str]]:
    """Pull and lint; what there is to tell the CRM, and notes for people."""
    from steplint.cli.remote import open_remote
    from steplint.cli.session import session_of
    from steplint.cli.triaging import triaged
    from steplint.config import to_org
    from steplint.engine.calendar import Workdays
    from steplint.findings.summary import Summary
    from steplint.triage.write_back import Gathered

    interruptible()
    org, back, summary = to_org(settings), writer.settings, Summary()
    gathered = Gathered(codes, back.severity or ("info" if back.rules else "error"))
    stream = gathered.watch(open_remote(host, writer.source, settings, org, options))
    session = session_of(settings, org, as_of, stream, writer.source.context.log)
    findings, triage = triaged(host, session, selection, aside, summary)
    with closing(findings):
        for batch in findings:
            gathered.add(batch)
    ran = [rule for rule in selection.rules if rule.code not in summary.skipped_rules]
    found = gathered.found(ran, frozenset(summary.skipped_rules), partial(Workdays.of(org, as_of).ahead, as_of))
    hidden = [f"{column} is hidden from the user of this connection" for column in stream.hidden]
    return found, [*stream.notes, *hidden, *triage.notes()]


def _lines(proposal: Proposal) -> Iterator[str]:
    """The proposal: a line a write, and one for each record that is left out."""
    rows = [
        (changes.action, *row)
        for changes in proposal.changes
        for row in changes.rows.head(SHOWN).select("record_id", "record_name", "told").rows()
    ]
    left = [("(left)", *row) for row in proposal.left.head(SHOWN).rows()]
    for shown, count in ((rows[:SHOWN], proposal.count), (left, proposal.left.height)):
        yield from _columns(shown)
        if count > len(shown):
            yield f"… and {count - len(shown):,} more"


def _columns(rows: Sequence[Sequence[str | None]]) -> Iterator[str]:
    from steplint.reporters.safe import safe_text
    from steplint.reporters.width import cells
    from steplint.reporters.words import excerpt

    safe = [
        [safe_text(excerpt(cell or "", 0, WIDEST) if place == 2 else cell or "") for place, cell in enumerate(row)]
        for row in rows
    ]
    widths = [max(cells(row[place]) for row in safe) for place in range(3)] if safe else []
    for row in safe:
        padded = [cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*(cell for cell, width in zip(padded, widths, strict=True) if width), row[-1]])


def _there(proposal: Proposal) -> list[str]:
    return [f"{count:,} {what}" for what, count in proposal.there.items() if count]


def _counted(number: int, changes: Changes) -> str:
    from steplint.reporters.words import count

    return count(number, "task" if changes.object == "Task" else "record")


def _dry(host: Host, writer: Writer, proposal: Proposal) -> int:
    """Say what --apply would do."""
    would = ", ".join(
        f"{_counted(changes.rows.height, changes)} would be {DONE[changes.action]}" for changes in proposal.changes
    )
    host.say(f"{'; '.join([would or 'Nothing to write', *_there(proposal)])}.")
    most = writer.settings.most
    if proposal.count > most:
        host.say(f"That is more than most: {most:,}; --apply would write nothing.")
    elif proposal.count:
        host.say("This was a dry run; --apply writes.")
    return 0


def _apply(host: Host, writer: Writer, proposal: Proposal, settings: Settings, journal: Journal) -> int:
    """Write; what became of it is said also where an error ends it. The exit code."""
    from steplint.sources.remote.open import told
    from steplint.sources.remote.writing import write

    source, most = writer.source, writer.settings.most
    if not proposal.count:
        return _dry(host, writer, proposal)
    if proposal.count > most:
        raise ConfigError(
            f"sources.{source.name}.write_back: {proposal.count:,} writes are more than most: {most:,}; nothing was written",
            path=settings.origins.get(f"sources.{source.name}.write_back"),
            hint="look at them without --apply; where they are right, raise most",
        )
    outcomes: list[Outcome] = []
    try:
        with told(source):
            write(writer, proposal, journal, outcomes)
    finally:
        for line in _became(outcomes, proposal):
            host.say(line)
    return FAILED if any(outcome.result == "failed" for outcome in outcomes) else 0


def _became(outcomes: Sequence[Outcome], proposal: Proposal) -> Iterator[str]:
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    told = [("failed", one.record_id, one.record_name, f"{one.code}: {one.message}") for one in failed]
    yield from _columns(told[:SHOWN])
    done = Counter(outcome.action for outcome in outcomes if outcome.result == "written")
    written = [(changes, done[changes.action]) for changes in proposal.changes if done[changes.action]]
    parts = [f"{_counted(count, changes)} {DONE[changes.action]}" for changes, count in written]
    parts = parts or ["nothing was written"]
    unknown = sum(outcome.result == "unknown" for outcome in outcomes)
    unsent = proposal.count - len(outcomes)
    parts += [f"{len(failed):,} failed"] if failed else []
    parts += [f"{unknown:,} unknown, because no answer came"] if unknown else []
    parts += [f"{unsent:,} not sent"] if unsent else []
    line = "; ".join([", ".join(parts), *_there(proposal)])
    again = " Run it again: what is there is not written twice." if unknown or unsent else ""
    yield f"{line[0].upper()}{line[1:]}.{again}"
