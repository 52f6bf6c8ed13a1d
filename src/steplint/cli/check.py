"""`steplint check`: lint files, write reports, and say by the exit code whether anything is wrong."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import COLOR, Word, config_options, named_options, rule_options, source_options
from steplint.cli.reports import FORMATS_HELP, Output, open_reports, outputs
from steplint.reporters.formats import FORMATS

if TYPE_CHECKING:
    import polars as pl

    from steplint.cli.session import Session
    from steplint.cli.triaging import Aside
    from steplint.findings.summary import Summary
    from steplint.rules import Selection

FAIL_ON = ("error", "warning", "info", "never")


@click.command("check", short_help="Lint exports and playbooks.", epilog=FORMATS_HELP)
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@click.option("--format", "format_", type=Word(tuple(FORMATS), "format"), help="Format of the report (default: text).")
@click.option(
    "--output", metavar="[F:]FILE", multiple=True, help="Write the report to a file; with F: one more, in format F."
)
@click.option("--header", is_flag=True, help="jsonl: say the version and as-of in a first line.")
@click.option("--fail-on", type=Word(FAIL_ON, "level"), help="Exit 1 from this level on (default: warning).")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this baseline accepts.")
@click.option("--fix", is_flag=True, help="Write the safe fixes into the files, then report what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe fixes too.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also where something was found.")
@click.option("--statistics", is_flag=True, help="Counts by rule in place of the findings (text, concise).")
@click.option("--show-mapping", is_flag=True, help="Show which header each column is read from, and stop.")
@click.option("--redact", is_flag=True, help="Mask names, e-mail addresses, phone numbers and amounts in every report.")
@click.option("--color", type=COLOR, default="auto", help="Colour on standard output.")
@click.option(
    "--force-exclude", is_flag=True, help="Treat files that are named like those found in a folder, as hooks do."
)
@click.option("--timings", is_flag=True, help="Say on standard error how long each stage took.")
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress on standard error.")
@rule_options
@source_options
@named_options
@config_options
@click.pass_obj
def command(host: Host, /, paths: tuple[str, ...], **options: Any) -> int:
    """Lint pipeline exports and playbooks: files, folders or patterns, or - for standard input.

    Exit status: 0 nothing to say, 1 findings, 2 a wrong option or input, 70 a bug in steplint, 130 interrupted.
    """
    from steplint.cli.session import load_rules, load_settings, open_session, select_rules
    from steplint.cli.triaging import read_aside

    fixes = options["fix"] or options["diff"] or options["unsafe_fixes"]
    if fixes:
        from steplint.cli.fixing import check_options, fix, repairing, show_diff

        check_options(options, paths)
    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    wanted = outputs(options["output"], options["format_"])
    baseline = options["baseline"] or settings.baseline
    aside = read_aside(host, settings, known, baseline=baseline, isolated=options["isolated"])
    if fixes and not options["show_mapping"]:
        repaired = repairing(settings, known, options)
        if options["diff"]:
            return show_diff(host, paths, options, repaired, aside)
        # Said at once: whatever becomes of the report, these files have changed.
        for note in fix(host, paths, options, repaired, aside):
            if not options["quiet"]:
                host.note(note)
        # What is set aside is counted anew, by what is left.
        aside = read_aside(host, settings, known, baseline=baseline, isolated=options["isolated"])
    session = open_session(host, paths, options)
    if options["show_mapping"]:
        with contextlib.closing(session.stream):
            _show_mapping(host, session)
        return 0
    notes: list[str] = []
    summary, worst = _run(host, session, selection, aside, wanted, options, notes)
    host.stdout.flush()  # where both outputs are one stream, findings come before notes
    if not options["quiet"]:
        told = [*session.stream.notes, *notes]
        if options["redact"]:
            from steplint.engine.redaction import masked_note

            told = [masked_note(note) for note in told]
        for note in told:
            host.note(note)
    if options["timings"]:
        for stage, seconds in summary.timings.items():
            host.note(f"{stage}: {seconds:.3f} s")
    threshold = options["fail_on"] or settings.fail_on
    failed = threshold != "never" and worst <= FAIL_ON.index(threshold)
    code = 1 if failed and not options["exit_zero"] else 0
    if session.log:
        session.log.write("finished", records=summary.records, findings=summary.findings, exit=code)
    return code


def _run(
    host: Host,
    session: Session,
    selection: Selection,
    aside: Aside,
    wanted: Sequence[Output],
    options: dict[str, Any],
    notes: list[str],
) -> tuple[Summary, int]:
    """Lint, writing reports as findings come; the summary, and the index in FAIL_ON of the worst finding.

    `notes` takes what the reports leave out.
    """
    from steplint.cli.triaging import triaged
    from steplint.engine.redaction import Redaction
    from steplint.findings.summary import Summary

    summary = Summary()
    # Before anything else looks at the batches: it must see all of them.
    redaction = Redaction(session.stream, session.reader, session.as_of) if options["redact"] else None
    findings, triage = triaged(host, session, selection, aside, summary)
    with ExitStack() as stack:
        stack.enter_context(contextlib.closing(findings))
        reports = open_reports(host, stack, wanted, session, selection, options, notes)
        # Reports end also where the input breaks off, and say so; files are then not written at all.
        try:
            for batch in _with_progress(host, findings, summary, options):
                started = time.perf_counter()
                if redaction:
                    batch = redaction.mask(batch)
                for report in reports:
                    report.write(batch)
                summary.count_time("report", time.perf_counter() - started)
        except BaseException:
            with contextlib.suppress(Exception):
                for report in reports:
                    report.end(summary)
            raise
        for report in reports:
            report.end(summary)
    notes += triage.notes()
    worst = next((index for index, level in enumerate(FAIL_ON[:3]) if getattr(summary, level)), len(FAIL_ON))
    return summary, worst


def _with_progress(
    host: Host, findings: Iterator[pl.DataFrame], summary: Summary, options: dict[str, Any]
) -> Iterator[pl.DataFrame]:
    """The batches as they come, with a count on standard error where somebody waits for more than a second."""
    if options["quiet"] or host.stdout.isatty() or not host.stderr.isatty():
        yield from findings
        return
    from steplint.cli.progress import Progress

    with Progress(host) as progress:
        for batch in findings:
            progress.update(summary.records, summary.findings)
            yield batch


def _show_mapping(host: Host, session: Session) -> None:
    stream = session.stream
    shapes = stream.shapes or ("",)
    for (path, mapping), shape in zip(stream.mappings or (("", stream.mapping),), shapes, strict=True):
        host.say(f"{path}: {shape}" if shape else path)
        for line in mapping.render():
            host.say(f"  {line}")
