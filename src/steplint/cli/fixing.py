"""`check --fix` and `check --diff`: fixes written into files, or shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from steplint.cli.fixjob import STDIN, Fixes, Job, stamp
from steplint.cli.host import Host
from steplint.errors import InputError, UsageError

if TYPE_CHECKING:
    from steplint.cli.triaging import Aside
    from steplint.config import Settings
    from steplint.rules import Rule, Selection
    from steplint.triage.fixes import Change

__all__ = ["check_options", "fix", "repairing", "show_diff", "write_patch"]

TOLD = 5  # fixes that are told of one by one where they were not made
COLORS = {"-": "31", "+": "32", "@": "36"}


def check_options(options: Mapping[str, Any], paths: Sequence[str]) -> None:
    """Raises UsageError for options that say two things, or nothing, about fixes."""
    writes, shows = options["fix"], options["diff"]
    if options["unsafe_fixes"] and not (writes or shows):
        raise UsageError("--unsafe-fixes does nothing by itself", hint="give --fix or --diff with it")
    if not (writes or shows):
        return
    name = "--fix" if writes else "--diff"
    if writes and shows:
        raise UsageError("--fix writes what --diff only shows", hint="give one of them")
    if options["redact"]:
        raise UsageError(f"{name} needs the texts that --redact masks", hint="leave --redact out")
    if options.get("source") is not None:
        raise UsageError(f"{name} is for files, not for --source", hint="leave one of them out")
    if writes and STDIN in paths:
        raise UsageError("--fix cannot write to standard input", hint="--diff shows what it would write")
    if shows and (options["output"] or options["format_"] or options["statistics"]):
        raise UsageError("--diff is no report", hint="leave --format, --output and --statistics out")


def repairing(settings: Settings, known: Sequence[Rule], options: Mapping[str, Any]) -> Selection:
    """The rules whose fixes are made: those of the check, and those that no profile need report to be put right.

    A field that can be filled is no reason to bother anybody with a finding. `--select` chooses rules one by one, and
    `--ignore` takes them away, here as well.
    """
    from steplint.cli.session import select_rules, split_words
    from steplint.rules.selection import match

    more: list[str] = []
    if not (options["select"] or settings.select):
        ignored = (*settings.ignore, *split_words(options["ignore"]))
        more = [
            rule.code
            for rule in known
            if rule.fix
            and (rule.fix["applicability"] == "safe" or options["unsafe_fixes"])
            and not any(match(selector, rule) for selector in ignored)
        ]
    return select_rules(settings, known, {**options, "extend_select": (*options["extend_select"], *more)})


def fix(host: Host, paths: Sequence[str], options: Mapping[str, Any], selection: Selection, aside: Aside) -> list[str]:
    """Write the fixes into the files, or into patch files beside those that cannot be patched; notes on what was done.

    Nothing is written before all files have been read to their ends, and then all are written at once. Raises InputError
    where a file is read-only or has changed meanwhile.
    """
    made = Job(host, paths, options, selection, aside).run()
    changed = [each for each in made.repaired if each.after != each.before]
    for each in changed:
        _check_writable(host, each.path)
    with ExitStack() as stack:
        for each in changed:
            _stage(stack, host, each.path, each.after)
        for path, found in made.patches.items():
            write_patch(stack, host, patch_name(path), found)
        for each in changed:
            if stamp(host, each.path) != made.stamps[each.path]:
                raise InputError("changed while it was read: nothing is written", path=each.path, hint="run it again")
    return [*_notes(made), *_left_behind(host, made)]


def show_diff(host: Host, paths: Sequence[str], options: Mapping[str, Any], selection: Selection, aside: Aside) -> int:
    """Print what `fix` would write as unified diffs; 1 if there is anything, else 0."""
    from steplint.reporters.diff import unified_diff
    from steplint.sources.patch.content import Content
    from steplint.triage.fixes import patch_lines

    made = Job(host, paths, options, selection, aside).run()
    color = host.color(options["color"])
    lines = 0
    for each in made.repaired:
        kind = made.kinds[each.path]
        before, after = (Content.of(data, each.path, options["encoding"], kind) for data in (each.before, each.after))
        lines += _show(host, unified_diff(each.path, before.text.decode(), after.text.decode()), color=color)
    for path, found in made.patches.items():
        lines += _show(host, unified_diff(patch_name(path), "", patch_lines(found).decode()), color=color)
    host.stdout.flush()
    if not options["quiet"]:
        for note in _refused(made):
            host.note(note)
    return 1 if lines and not options["exit_zero"] else 0


def patch_name(path: str) -> str:
    """The patch file of a file."""
    from steplint.sources.paths import PATCH_SUFFIX

    return f"{path}{PATCH_SUFFIX}"


def write_patch(stack: ExitStack, host: Host, path: str, found: Sequence[Change]) -> None:
    """Write changes into a patch file, which takes its name when `stack` closes."""
    from steplint.triage.fixes import patch_lines

    _stage(stack, host, path, patch_lines(found))


def _stage(stack: ExitStack, host: Host, path: str, data: bytes) -> None:
    """Write all of a file, down to the disk; it takes its name when `stack` closes without an error."""
    from steplint.reporters.sink import atomic_file

    out = stack.enter_context(atomic_file(str(host.cwd / path)))
    out.write(data)
    out.flush()
    os.fsync(out.fileno())


def _check_writable(host: Host, path: str) -> None:
    file = host.cwd / path
    # The superuser may write everything; that a file is marked read-only is meant all the same.
    if not file.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(file, os.W_OK):
        raise InputError("is read-only: nothing is written", path=path, hint="--diff shows what would be")


def _notes(made: Fixes) -> Iterator[str]:
    from steplint.reporters.words import count

    done = [each for each in made.repaired if each.done]
    if done:
        yield f"Fixed {count(sum(len(each.done) for each in done), 'finding')} in {count(len(done), 'file')}."
    for path, found in made.patches.items():
        cells = patch_name(path)
        yield f"{cells} has {_fixes(len(found))} for {path}, which cannot be written in place."
    if not done and not made.patches:
        yield "Nothing to fix."
    yield from _refused(made)


def _left_behind(host: Host, made: Fixes) -> Iterator[str]:
    """Patch files of an earlier run for which there is nothing to fix any more."""
    for path in made.stamps:
        if path not in made.patches and (host.cwd / patch_name(path)).exists():
            yield f"{patch_name(path)} is of an earlier run: nothing is left to fix in {path}."


def _fixes(number: int) -> str:
    return f"{number:,} {'fix' if number == 1 else 'fixes'}"


def _refused(made: Fixes) -> Iterator[str]:
    """Which fixes were not made, and why: the first few one by one."""
    refused = [(change, reason) for each in made.repaired for change, reason in each.refused]
    for change, reason in refused[:TOLD]:
        at = f"{change.path}:{change.line}" if change.line is not None else change.path
        yield f"{at}: {change.header or change.field} is not fixed: {reason}"
    if len(refused) > TOLD:
        yield f"{_fixes(len(refused) - TOLD)} more were not made."


def _show(host: Host, lines: Iterator[str], *, color: bool) -> int:
    """Print the lines of a diff; how many there were."""
    from steplint.reporters.safe import safe_text

    number = 0
    for line in lines:
        number += 1
        safe = safe_text(line, keep="\t")
        code = COLORS.get(line[:1]) if color else None
        host.stdout.write(f"\x1b[{code}m{safe}\x1b[0m\n".encode() if code else f"{safe}\n".encode())
    return number
