"""The reports of a run: which ones are asked for, what they are told, and where they go."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from steplint.cli.host import Host
from steplint.errors import SteplintError, UsageError, nearest
from steplint.reporters.formats import FORMATS, SUFFIXES

if TYPE_CHECKING:
    from steplint.cli.session import Session
    from steplint.reporters import Reporter, RuleText, View
    from steplint.rules import Rule, Selection

__all__ = ["FORMATS_HELP", "Output", "open_reports", "outputs"]

Output = tuple[str, str | None]  # format, and file or None for standard output
#: Where CI services say that the repository is.
ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY", "WORKSPACE")
LARGEST = 64 << 20  # bytes of a file whose lines are looked up
JOB_SUMMARY = "GITHUB_STEP_SUMMARY"
#: The end of `steplint check --help`; click leaves the lines after \b as they are.
FORMATS_HELP = "\b\nFormats:\n" + "\n".join(f"  {name:<9} {told}" for name, (_, _, told) in FORMATS.items())


def outputs(given: Sequence[str], format_: str | None) -> list[Output]:
    """Every report that `--output` (`given`) and `--format` ask for."""
    made: list[Output] = []
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
    suffix = SUFFIXES.get(suffix, suffix)
    return suffix if suffix in FORMATS else "text"


def open_reports(
    host: Host,
    stack: ExitStack,
    wanted: Sequence[Output],
    session: Session,
    selection: Selection,
    options: dict[str, Any],
    notes: list[str],
) -> list[Reporter]:
    """A reporter for each of `wanted`, and for the job summary of GitHub Actions; files are in place when `stack` closes."""
    from steplint.reporters import reporter
    from steplint.reporters.sink import atomic_file

    reports = []
    for format_, path in wanted:
        out = host.stdout if path is None else stack.enter_context(atomic_file(str(host.cwd / path)))
        view = _view(host, session, selection, options, notes, terminal=path is None)
        reports.append(reporter(format_)(out, view))
    job_summary = host.env.get(JOB_SUMMARY)
    if job_summary and any(format_ == "github" for format_, _ in wanted):
        out = stack.enter_context(_appended(job_summary))
        reports.append(reporter("markdown")(out, _view(host, session, selection, options, notes, terminal=False)))
    return reports


@contextmanager
def _appended(path: str) -> Iterator[BinaryIO]:
    """What is written comes after what other commands of the step have written there, all of it or nothing."""
    from steplint.reporters.sink import guarded

    buffer = io.BytesIO()
    yield buffer
    with guarded(path), Path(path).open("ab") as out:
        out.write(buffer.getbuffer())


def _view(
    host: Host, session: Session, selection: Selection, options: dict[str, Any], notes: list[str], *, terminal: bool
) -> View:
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
        rules=tuple(_rule_text(rule) for rule in selection.rules),
        fail_on=options["fail_on"] or session.settings.fail_on,
        cwd=host.cwd.as_posix(),
        root=_root(host),
        note=notes.append,
        source_line=_SourceLines(host).line,
    )


class _SourceLines:
    """Lines of the text files that findings are in; the file that was asked for last is kept."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._path: str | None = None
        self._lines: list[str] = []

    def line(self, path: str, number: int) -> str | None:
        """A line without its end; None where the file has no such line, or is no UTF-8 text of a known kind."""
        if path != self._path:
            self._path, self._lines = path, self._read(path)
        return self._lines[number - 1].removesuffix("\r") if number <= len(self._lines) else None

    def _read(self, path: str) -> list[str]:
        from steplint.sources.patch import PATCHED_KINDS, kind_of

        file = self._host.cwd / path
        try:
            if file.stat().st_size > LARGEST or kind_of(str(file)) not in PATCHED_KINDS:
                return []
            return file.read_bytes().decode("utf-8-sig").split("\n")
        except (OSError, ValueError, SteplintError):
            return []  # standard input, or what else has no lines


def _rule_text(rule: Rule) -> RuleText:
    from steplint.reporters import RuleText

    return RuleText(rule.code, rule.name, rule.severity, rule.message, rule.why, rule.help, rule.url)


def _root(host: Host) -> str:
    """The top of the repository, where a CI service says it and the run takes place in it; else the working directory."""
    named = (Path(host.env[name]) for name in ROOTS if host.env.get(name))
    return next((path for path in named if host.cwd.is_relative_to(path)), host.cwd).as_posix()
