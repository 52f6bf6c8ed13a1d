"""`steplint check`: lint files, write reports, and say by the exit code whether anything is wrong."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import COLOR, Word, config_options, rule_options, source_options
from steplint.errors import UsageError, nearest
from steplint.reporters.formats import FORMATS

if TYPE_CHECKING:
    import polars as pl

    from steplint.cli.session import Session
    from steplint.findings.summary import Summary
    from steplint.reporters import Reporter, View
    from steplint.rules import Selection

FAIL_ON = ("error", "warning", "info", "never")


@click.command("check", short_help="Lint a pipeline export.")
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@click.option("--format", "format_", type=Word(tuple(FORMATS), "format"), help="Format of the report (default: text).")
@click.option(
    "--output", metavar="[F:]FILE", multiple=True, help="Write the report to a file; with F: one more, in format F."
)
@click.option("--header", is_flag=True, help="jsonl: say the version and as-of in a first line.")
@click.option("--fail-on", type=Word(FAIL_ON, "level"), help="Exit 1 from this level on (default: warning).")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also where something was found.")
@click.option("--statistics", is_flag=True, help="Counts by rule in place of the findings (text, concise).")
@click.option("--show-mapping", is_flag=True, help="Show which header each column is read from, and stop.")
@click.option("--color", type=COLOR, default="auto", help="Colour on standard output.")
@click.option("--timings", is_flag=True, help="Say on standard error how long each stage took.")
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress on standard error.")
@rule_options
@source_options
@config_options
@click.pass_obj
def command(host: Host, /, paths: tuple[str, ...], **options: Any) -> int:
    """Lint pipeline exports (CSV or JSONL files, or - for standard input).

    Exit status: 0 nothing to say, 1 findings, 2 a wrong option or input, 70 a bug in steplint, 130 interrupted.
    """
    from steplint.cli.session import load_rules, load_settings, open_session, select_rules

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    outputs = _outputs(options["output"], options["format_"])
    session = open_session(host, paths, options)
    if options["show_mapping"]:
        with contextlib.closing(session.stream):
            _show_mapping(host, session)
        return 0
    summary, worst = _run(host, session, selection, outputs, options)
    if not options["quiet"]:
        for note in session.stream.notes:
            host.note(note)
    if options["timings"]:
        for stage, seconds in summary.timings.items():
            host.note(f"{stage}: {seconds:.3f} s")
    threshold = options["fail_on"] or settings.fail_on
    failed = threshold != "never" and worst <= FAIL_ON.index(threshold)
    return 1 if failed and not options["exit_zero"] else 0


def _outputs(given: Sequence[str], format_: str | None) -> list[tuple[str, str | None]]:
    """(format, file or None for standard output) of every report that is written."""
    made: list[tuple[str, str | None]] = []
    plain: list[str] = []
    for value in given:
        prefix, sign, path = value.partition(":")
        if sign and prefix in FORMATS:
            if not path:
                raise UsageError(f"--output {value} names no file", hint=f"write {prefix}:FILE")
            made.append((prefix, path))
        elif sign and len(prefix) > 1 and (close := nearest(prefix, FORMATS)):
            raise UsageError(f"--output {value}: there is no format {prefix!r}", hint=f"did you mean {close}?")
        else:
            plain.append(value)
    made += [(format_ or _by_suffix(path), path) for path in plain]
    # A bare FILE takes the place of standard output; F:FILE comes beside it.
    if not plain:
        made.append((format_ or "text", None))
    files = [path for _, path in made if path is not None]
    if len(files) != len(set(files)):
        raise UsageError("--output names a file twice", hint="give each report its own file")
    return made


def _by_suffix(path: str) -> str:
    suffix = path.rpartition(".")[2].casefold()
    return suffix if suffix in FORMATS else "text"


def _run(
    host: Host,
    session: Session,
    selection: Selection,
    outputs: Sequence[tuple[str, str | None]],
    options: dict[str, Any],
) -> tuple[Summary, int]:
    """Lint, writing reports as findings come; the summary, and the index in FAIL_ON of the worst finding."""
    from steplint.engine import lint
    from steplint.findings.summary import Summary

    summary = Summary()
    findings = lint(
        session.stream,
        selection.rules,
        session.reader,
        session.org,
        as_of=session.as_of,
        summary=summary,
    )
    with ExitStack() as stack:
        stack.enter_context(contextlib.closing(findings))
        reports = [_report(host, stack, format_, path, session, selection, options) for format_, path in outputs]
        # Reports end also where the input breaks off, and say so; files are then not written at all.
        try:
            for batch in _with_progress(host, findings, summary, options):
                started = time.perf_counter()
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
    worst = next((index for index, level in enumerate(FAIL_ON[:3]) if getattr(summary, level)), len(FAIL_ON))
    return summary, worst


def _report(
    host: Host,
    stack: ExitStack,
    format_: str,
    path: str | None,
    session: Session,
    selection: Selection,
    options: dict[str, Any],
) -> Reporter:
    from steplint.reporters import reporter
    from steplint.reporters.sink import atomic_file

    if path is None:
        return reporter(format_)(host.stdout, _view(host, session, selection, options, terminal=True))
    out = stack.enter_context(atomic_file(str(host.cwd / path)))
    return reporter(format_)(out, _view(host, session, selection, options, terminal=False))


def _view(host: Host, session: Session, selection: Selection, options: dict[str, Any], *, terminal: bool) -> View:
    from steplint import __version__
    from steplint.reading.lexicon import load_lexicon
    from steplint.reporters import View

    is_terminal = terminal and host.stdout.isatty()
    return View(
        as_of=session.as_of,
        tool={"version": __version__, "rules_hash": selection.hash, "reading_version": load_lexicon()["digest"][:16]},
        color=terminal and host.color(options["color"]),
        width=shutil.get_terminal_size().columns if is_terminal else None,
        header=options["header"],
        statistics=options["statistics"],
    )


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
