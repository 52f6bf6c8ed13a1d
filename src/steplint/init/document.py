"""A proposal as a configuration: what is certain as a value, what is a question as a comment.

Texts of the file reach it through `quoted` and `remark` alone, so that none of them is ever more than text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from steplint.config import Settings
from steplint.init.forecast import table, totals
from steplint.init.phrases import FILLER
from steplint.init.proposal import Proposal
from steplint.init.quote import quoted, remark
from steplint.init.stages import Stage
from steplint.init.tally import Counted
from steplint.reporters.words import count

__all__ = ["questions", "render"]

#: What a configuration takes for a name, and what YAML takes for a key on one line.
_LONGEST_NAME = 200
_LONGEST_KEY = 1_000
_MOST_STAGES = 100
_MOST_QUESTIONS = 20
_MOST_HEADERS = 40
_SHORT = 60
_DEFAULT_LIMIT = 255

Lines = Iterator[str]


def render(proposal: Proposal, settings: Settings, paths: Sequence[str], encoding: str | None = None) -> str:
    """The text of steplint.yaml. `settings` holds what the command line said of the file, which is kept."""
    sections = (
        _head(proposal, paths, encoding),
        _forecast(proposal),
        _source(proposal, settings),
        _date_order(proposal, settings),
        _stages(proposal),
        _scope(proposal),
        _text_limit(proposal),
        _phrases(proposal),
        _calendar(settings),
    )
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section))) + "\n"


def questions(proposal: Proposal) -> list[str]:
    """What the file leaves open, for a person to decide."""
    found = []
    if proposal.ambiguous:
        found.append("the order of day and month")
    if unknown := sum(stage.role is None for stage in proposal.stages):
        found.append(f"the role of {count(unknown, 'stage')}")
    if proposal.unknown:
        found.append(f"what {count(len(proposal.unknown), 'repeated text')} should count as")
    return found


def _head(proposal: Proposal, paths: Sequence[str], encoding: str | None) -> Lines:
    names = ", ".join("standard input" if path == "-" else Path(path).name for path in paths)
    judged = count(proposal.judged, proposal.noun)
    yield from remark(
        f"steplint configuration, proposed from {names}: {judged} of {count(proposal.records, 'record')}."
    )
    yield from remark(
        "Values are what the file shows; comments are questions and choices, to be uncommented or deleted."
    )
    yield from remark("`steplint config` shows what holds here, `steplint schema config` describes every key.")
    if encoding:
        yield from remark(f"The encoding is no part of it: `steplint check` needs --encoding {encoding} each time.")


def _forecast(proposal: Proposal) -> Lines:
    judged = count(proposal.judged, proposal.noun)
    yield from remark(f"Findings as of {proposal.as_of}: {totals(proposal.by_rule)} on {judged}.")
    yield "#"
    for line in table(proposal.by_rule, proposal.rule_names):
        yield from remark(line, wrap=False)
    if proposal.skipped:
        rules = ", ".join(f"{code} ({' and '.join(names)})" for code, names in sorted(proposal.skipped.items()))
        yield "#"
        yield from remark(f"Not judged, because the file lacks the column: {rules}.")
    yield "profile: recommended"


def _source(proposal: Proposal, settings: Settings) -> Lines:
    for path, mapping in proposal.mappings:
        of = f" of {Path(path).name}" if len(proposal.mappings) > 1 else ""
        by = f", by the headers of {mapping.preset}" if mapping.preset else ""
        read = [f"{name} {quoted(mapping.headers[place])}" for name, place in mapping.fields.items()]
        yield from remark(f"Columns{of}{by}: {', '.join(read)}.")
        if unused := [header for header in mapping.unused if header.strip()]:
            yield from remark(f"Not read: {_listed([quoted(header) for header in unused], _MOST_HEADERS)}.")
    if settings.preset:
        yield f"preset: {quoted(settings.preset)}"
    if settings.source_name:
        yield f"source_name: {quoted(settings.source_name[:_LONGEST_NAME])}"
    if settings.map:
        yield "map:"
        fields = proposal.mappings[0][1].fields
        for column, header in settings.map.items():
            place = f"#{fields[column] + 1}"
            yield f"  {column}: {quoted(header if len(header) <= _LONGEST_NAME else place)}"
    else:
        own = proposal.mappings[0][1]
        yield from ("# map:", f"#   next_step: {quoted(own.headers[own.fields['next_step']][:_LONGEST_NAME])}")


def _date_order(proposal: Proposal, settings: Settings) -> Lines:
    said = settings.date_order if settings.date_order != "auto" else None
    order = said or proposal.date_order
    votes = ", ".join(f"{order} {count(texts, 'time')}" for order, texts in sorted(proposal.weekdays.items()))
    fits = f" Weekdays in texts fit {votes}." if votes else ""
    if said:
        yield from remark(f"How 3/4 is read.{fits}")
    elif order:
        yield from remark(f"How 3/4 is read: the file's own dates show it.{fits}")
    else:
        columns = ", ".join(map(quoted, proposal.ambiguous))
        until = f"until then {columns} cannot be read" if columns else "until then month first is taken in texts"
        shown = "too little" if votes else "nothing"
        yield from remark(f"How 3/4 is read: {shown} shows it.{fits} Say mdy (March 4) or dmy (3 April); {until}.")
    yield f"date_order: {order}" if order else "# date_order: mdy"


def _stages(proposal: Proposal) -> Lines:
    known = [stage for stage in proposal.stages if stage.role and _can_be_key(stage.name)][:_MOST_STAGES]
    unknown = [stage for stage in proposal.stages if not stage.role]
    if not proposal.stages:
        yield from remark("No stage was found: rules that ask for the stage say nothing.")
        return
    yield from remark("Stages in order, each with its role: qualify, prove, propose, commit, won or lost.")
    yield "stages:" if known else "# stages:"
    yield from (f"  {quoted(stage.name)}: {stage.role} # {count(stage.records, 'record')}" for stage in known)
    if left := [stage for stage in proposal.stages if stage.role and stage not in known]:
        yield from _indented(f"Known without being listed: {_named(left)}.")
    if unknown:
        yield from _indented(
            f"Which role has {'this' if len(unknown) == 1 else 'each'}? Stage rules skip it until then."
        )
        for stage in unknown[:_MOST_QUESTIONS]:
            yield f"  # {_short(stage.name)}: … # {count(stage.records, 'record')}"
        if more := unknown[_MOST_QUESTIONS:]:
            yield from _indented(f"… and {count(len(more), 'more stage')}.")


def _can_be_key(name: str) -> bool:
    """A star would stand for anything."""
    return "*" not in name and len(name) <= _LONGEST_NAME and len(quoted(name)) <= _LONGEST_KEY


def _named(stages: Sequence[Stage]) -> str:
    return _listed([f"{_short(stage.name)} ({stage.role})" for stage in stages], _MOST_QUESTIONS)


def _short(name: str) -> str:
    return quoted(name if len(name) <= _SHORT else f"{name[:_SHORT]}…")


def _scope(proposal: Proposal) -> Lines:
    if proposal.closed is None:
        said = "No column says which records are closed: all are judged"
    else:
        said = f"Closed records are left out: {proposal.closed:,} here"
    yield from remark(f"{said}. Uncomment what else is not to be judged.")
    yield "# scope:"
    for key, values in proposal.scope.items():
        if fit := [(value, records) for value, records in values if len(value) <= _LONGEST_NAME]:
            yield f"#   {key}:" + (" # no people, by their names; WHO102 reports them" if key == "owners" else "")
            yield from (f"#     - {quoted(value)} # {count(records, proposal.noun)}" for value, records in fit)
    yield "#   grace_days: 3 # leave out what was made less than three days ago"


def _text_limit(proposal: Proposal) -> Lines:
    if proposal.text_limit is None:
        yield from remark(
            "How many characters the CRM's text field holds: WHAT209 finds texts that end there in mid-word."
        )
        yield f"# text_limit: {_DEFAULT_LIMIT}"
        return
    limit, texts = proposal.text_limit
    yield from remark(
        f"What the CRM's text field holds: {count(texts, 'text')} of exactly {limit} characters, none longer."
    )
    yield f"text_limit: {limit}"


def _phrases(proposal: Proposal) -> Lines:
    for what, phrases in (("Fillers", proposal.placeholders), ("Vague phrases", proposal.vague)):
        if phrases:
            yield from remark(f"{what} that are known, with their records: {_counts(phrases)}.")
    if proposal.unknown:
        yield from remark(
            "Repeated texts with no act, no day and no known phrase. Uncomment those that say nothing: they are then fillers, "
            "here and inside longer texts."
        )
    else:
        yield from remark("Your own words, by word class.")
    yield from ("# lexicon:", f"#   {FILLER}:")
    for text, records in proposal.unknown:
        yield f"#     - {quoted(text)} # {count(records, proposal.noun)}"
    if not proposal.unknown:
        yield '#     - "nothing new"'


def _calendar(settings: Settings) -> Lines:
    yield from remark("Holidays, the first month of the fiscal year, and the time zone that days begin in.")
    zone = settings.timezone
    yield "calendar:" if zone else "# calendar:"
    yield f"  timezone: {quoted(zone)}" if zone else "#   timezone: Europe/Berlin"
    yield from ("#   holidays: [DE, US]", "#   fiscal_start: 1")


def _indented(text: str) -> Lines:
    return (f"  {line}" for line in remark(text))


def _counts(phrases: Iterable[Counted]) -> str:
    return ", ".join(f"{quoted(text)} {records:,}" for text, records in phrases)


def _listed(items: Sequence[str], most: int) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most:,} more" if len(items) > most else "")
