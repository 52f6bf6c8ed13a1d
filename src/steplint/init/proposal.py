"""One pass over a file: what a first configuration should say about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from steplint.engine.batch import ReaderLike
from steplint.engine.rejected import CODE as REJECTED
from steplint.engine.repeated import counted
from steplint.init.forecast import Forecast
from steplint.init.phrases import Phrases, fillers
from steplint.init.stages import Stage, in_order
from steplint.init.survey import Survey
from steplint.init.tally import Counted, Tally
from steplint.records import HeaderMap, Org, RecordStream
from steplint.rules import Rule

__all__ = ["Proposal", "propose"]

#: Key of `scope:` → the column whose values it names.
_SCOPED = {"record_types": "record_type", "pipelines": "pipeline", "forecast_categories": "forecast_category"}
_MOST_VALUES = 10


@dataclass(frozen=True)
class Proposal:
    """What was found. Texts are as the file has them; pairs are (text, records), the most frequent first."""

    as_of: date
    records: int = 0  # rows of the file that could be read
    closed: int | None = 0  # won or lost; None where no column says it
    judged: int = 0  # those in scope
    noun: str = "open record"
    mappings: tuple[tuple[str, HeaderMap], ...] = ()
    stages: tuple[Stage, ...] = ()
    scope: Mapping[str, Sequence[Counted]] = field(default_factory=dict)  # key of `scope:` → values it could leave out
    date_order: str | None = None  # where the file shows one
    weekdays: Mapping[str, int] = field(default_factory=dict)  # order → texts whose weekday shows it
    ambiguous: tuple[str, ...] = ()  # headers of date columns that are not read
    text_limit: tuple[int, int] | None = None  # length at which texts stop, how many do
    placeholders: Sequence[Counted] = ()
    vague: Sequence[Counted] = ()
    unknown: Sequence[Counted] = ()
    by_rule: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # profile → code → findings
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # code → columns that the file lacks
    rule_names: Mapping[str, str] = field(default_factory=dict)


def propose(
    stream: RecordStream,
    rules: Sequence[Rule],
    reader: ReaderLike,
    org: Org,
    *,
    as_of: date,
    progress: Callable[[int, int], None] = lambda _records, _findings: None,
) -> Proposal:
    """Read the stream to its end. The forecast is that of `check` with what is proposed, at the same `as_of`."""
    survey, phrases = Survey(as_of), Phrases()
    values = {key: Tally() for key in (*_SCOPED, "owners")}
    forecast: Forecast | None = None
    with closing(counted(survey.watched(stream.batches), rules, aside=True)) as batches:
        for batch, counts in batches:
            if forecast is None:
                # Set aside, all batches have been surveyed before the first is judged.
                limit = survey.text_limit()
                org = dataclasses.replace(org, text_limit=limit[0]) if limit else org
                forecast = Forecast(rules, reader, org, as_of, stream.ambiguous_dates)
            frame = forecast.add(batch.records, batch.columns, counts, batch.rejected.height)
            phrases.add(frame)
            for key, column in _SCOPED.items():
                values[key].add(frame[column])
            values["owners"].add(frame.filter(~pl.col("owner_is_person"))["owner"])
            progress(forecast.records, forecast.findings)
    forecast = forecast or Forecast(rules, reader, org, as_of)
    forecast.finish(stream)
    return Proposal(
        as_of=as_of,
        records=survey.records,
        closed=survey.closed or (0 if stream.columns & {"is_closed", "stage", "status"} else None),
        judged=forecast.records,
        noun=_noun(survey, org),
        mappings=stream.mappings or (("", stream.mapping),),
        stages=in_order(survey.stages.most()),
        scope={key: found for key, tally in values.items() if _tells(key, found := tally.most(_MOST_VALUES))},
        date_order=stream.text_date_order if stream.text_date_order_known and not stream.ambiguous_dates else None,
        weekdays=dict(survey.evidence.text_votes),
        ambiguous=_headers(stream),
        text_limit=survey.text_limit(),
        placeholders=phrases.placeholders,
        vague=phrases.vague,
        unknown=fillers(phrases.unknown, as_of),
        by_rule=forecast.by_rule,
        skipped=forecast.skipped,
        rule_names={REJECTED: "row-rejected", **{rule.code: rule.name for rule in rules}},
    )


def _noun(survey: Survey, org: Org) -> str:
    noun = "deal" if survey.kinds <= {"opportunity"} else "record"
    return noun if org.scope.include_closed else f"open {noun}"


def _tells(key: str, found: Sequence[Counted]) -> bool:
    """A lone record type or pipeline is that of everything: there is nothing to leave out."""
    return len(found) > (key != "owners")


def _headers(stream: RecordStream) -> tuple[str, ...]:
    """The headers that ambiguous date columns have, each once."""
    maps = [mapping for _, mapping in stream.mappings] or [stream.mapping]
    found = (
        mapping.headers[mapping.fields[name]]
        for name in stream.ambiguous_dates
        for mapping in maps
        if name in mapping.fields
    )
    return tuple(dict.fromkeys(found))
