"""`steplint why`: one record, explained."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import Word, config_options, named_options, rule_options, source_options
from steplint.errors import InputError, UsageError, nearest

if TYPE_CHECKING:
    import polars as pl

    from steplint.cli.session import Session
    from steplint.rules import Rule, Selection


@click.command("why", short_help="Explain one record: its reading, every rule, which sub-condition held.")
@click.argument("paths", metavar="[PATH…|-]", nargs=-1)
@click.option("--id", "record_id", metavar="ID", help="The record with this id.")
@click.option("--line", type=click.IntRange(min=1), help="The record that stands on this line of the file.")
@click.option("--text", metavar="TEXT", help="This text, as a record of its own.")
@click.option("--rule", "code", metavar="CODE|NAME", help="Only this rule, with its conditions.")
@click.option("--format", "format_", type=Word(("text", "json"), "format"), default="text", help="text or json.")
@rule_options
@source_options
@named_options
@config_options
@click.pass_obj
def command(
    host: Host,
    /,
    paths: tuple[str, ...],
    record_id: str | None,
    line: int | None,
    text: str | None,
    code: str | None,
    format_: str,
    **options: Any,
) -> int:
    """Explain one record of a file, or a text: what was read, what each rule found, and which condition held."""
    from steplint.cli.session import load_rules, load_settings, open_session, rules_here, select_rules
    from steplint.engine.batch import Judge
    from steplint.engine.explain import explain
    from steplint.findings.data import suggestions
    from steplint.reporters.explanation import render

    if sum(given is not None for given in (record_id, line, text)) != 1:
        raise UsageError("one of --id, --line and --text says which record", hint="for example --line 42")
    if text is None and not paths:
        raise UsageError("no file given", hint="name the file the record is in, or - for standard input")
    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    wanted = _code(code, known) if code else None
    session = open_session(host, paths, {**options, "texts": [text] if text is not None else None})
    record, columns, counts, around = _find(session, selection, record_id, line)
    running = {rule.code for rule in selection.rules if not rule.of_source}
    others = [
        (rule, "it judges the source, not a record" if rule.of_source else selection.reasons[rule.code])
        for rule in known
        if rule.code not in running
    ]
    judge = Judge(rules_here(host, session, selection), session.reader, session.org, session.as_of, suggestions())
    explanation = explain(judge, record, columns, counts, others, around)
    if format_ == "json":
        value = {
            "reading": explanation.reading,
            "rules": [
                {
                    "code": state.rule.code,
                    "name": state.rule.name,
                    "state": state.state,
                    "detail": state.detail,
                    "finding": state.finding,
                    "conditions": [
                        {"depth": depth, "text": told, "value": value} for depth, told, value in state.lines
                    ],
                }
                for state in explanation.rules
                if wanted in (None, state.rule.code)
            ],
        }
        host.stdout.write((json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode())
        return 0
    for told in render(explanation, wanted):
        host.say(told)
    return 0


def _code(name: str, rules: list[Rule]) -> str:
    words = {word: rule.code for rule in rules for word in (rule.code, rule.name, *rule.aliases)}
    if name not in words:
        close = nearest(name, words)
        raise UsageError(
            f"no rule is called {name}", hint=f"did you mean {close}?" if close else "`steplint rules` lists them"
        )
    return words[name]


def _find(
    session: Session, selection: Selection, record_id: str | None, line: int | None
) -> tuple[pl.DataFrame, frozenset[str], pl.DataFrame | None, pl.DataFrame]:
    """The one record, the columns of its file, what rules counted over the run, and the records it was read with."""
    import polars as pl

    from steplint.engine.repeated import counted

    best: tuple[pl.DataFrame, frozenset[str], pl.DataFrame | None, pl.DataFrame] | None = None
    ids: list[str] = []
    for batch, counts in counted(session.stream.batches, selection.rules):
        records = batch.records
        if line is not None:
            # The line may be any of those that a record stands on: the last record that starts at or before it.
            hits = records.with_row_index("_place").filter(pl.col("line") <= line).tail(1)
        elif record_id is not None:
            hits = records.with_row_index("_place").filter(pl.col("id") == record_id).head(1)
            ids += records["id"].drop_nulls().head(1_000).to_list() if len(ids) < 10_000 else []
        else:
            hits = records.with_row_index("_place").head(1)
        if hits.height:
            place = hits["_place"][0]
            own = counts.slice(place, 1) if counts is not None else None
            best = hits.drop("_place"), batch.columns, own, records
            if line is None:
                break
    if best is not None:
        return best
    if record_id is not None:
        close = nearest(record_id, ids)
        raise InputError(
            f"no record has the id {record_id}", hint=f"did you mean {close}?" if close else "check the id"
        )
    raise InputError(f"no record stands on line {line}", hint="lines count from 1, the header is one of them")
