"""Headers of a source -> canonical columns, by one alias table a CRM. Trouble is said, never settled silently."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from steplint.errors import InputError, UsageError, nearest
from steplint.records.schema import DERIVED, PROVENANCE, SCHEMA

__all__ = [
    "KINDS_OF_PRESETS",
    "HeaderMap",
    "NoNextStep",
    "column_of",
    "fold_header",
    "known_headers",
    "map_headers",
    "presets",
]

_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PREFIX = re.compile(r"(?:deal\s*[-–]\s+|opportunity:\s*|properties[_.]|property[_.])")
_CUSTOM = re.compile(r"(?:__c|_c|__value)$")  # Salesforce and its loaders; Singer, of nested values
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
#: Never read from a file: as-of is one day a run, and provenance is what steplint itself sees.
_NOT_MAPPED = DERIVED | PROVENANCE | {"as_of"}


#: Names of Salesforce's own API that other systems do not write so.
_SALESFORCE_API = frozenset(
    "StageName CloseDate NextStep ForecastCategoryName SystemModstamp LastModifiedDate LastActivityDate OwnerId AccountId"
    " IsClosed IsWon Owner.Name Account.Name".split()
)
#: Presets of tables whose rows are no opportunities.
KINDS_OF_PRESETS = {"tasks": "task", "plan": "plan_row"}


class NoNextStep(InputError):
    """A sound table in which nothing is a next step."""


class NotThisTable(NoNextStep, UsageError):
    """A table without the header that `next_step` is mapped to: another table than was meant, or a wrong header."""


@dataclass(frozen=True)
class HeaderMap:
    """`fields`: canonical column -> place of its header (from 0); `headers` as found; `unused` fit no column."""

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    preset: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """The canonical columns that the source has."""
        return frozenset(self.fields)

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers that no column is read from."""
        used = set(self.fields.values())
        return tuple(header for place, header in enumerate(self.headers) if place not in used)

    def render(self) -> list[str]:
        """One line a column, in the order of the schema, for `--show-mapping`."""
        lines = [f"{name} = {self.headers[self.fields[name]]}" for name in SCHEMA if name in self.fields]
        return lines + [f"(not read) {header or '(blank)'}" for header in self.unused]


@cache
def _aliases() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("aliases.json").read_text("utf-8"))
    return table


def presets() -> tuple[str, ...]:
    """Names of the CRMs with an alias table."""
    return tuple(name for name in _aliases() if name != "generic")


def _visible(header: str) -> str:
    """The header as an eye sees it: no case, no invisible characters, one normal form, single spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", header)).casefold().split())


def fold_header(header: str) -> str:
    """Letters and digits of a header, without case, accents of form, CRM prefixes, `__c`, and trailing marks."""
    text = _visible(header).rstrip(" *↑↓")
    text = _CUSTOM.sub("", _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text)
    return "".join(char for char in text if char.isalnum())


@cache
def _ranks(preset: str | None) -> dict[str, list[tuple[int, str]]]:
    """Folded alias -> [(rank, column)]; the preset's own aliases come before the generic ones and the rest."""
    others = [name for name in presets() if name not in KINDS_OF_PRESETS]  # "Action" is a next step in plans alone
    order = [name for name in (preset, "generic", *others) if name]
    found: dict[str, dict[str, int]] = {}
    for place, crm in enumerate(dict.fromkeys(order)):
        for column, names in _aliases()[crm].items():
            for rank, name in enumerate(names):
                ranks = found.setdefault(fold_header(name), {})
                ranks.setdefault(column, place * 100 + rank)
    return {alias: sorted((rank, column) for column, rank in ranks.items()) for alias, ranks in found.items()}


def _fits(header: str, preset: str | None) -> list[tuple[int, str]]:
    ranks = _ranks(preset)
    exact = ranks.get(fold_header(header))
    if exact is not None:
        return exact
    # HubSpot and Pipedrive put units behind a label: "Amount (USD)", "Deal - Stage (pipeline)".
    bare = _BRACKETS.sub("", header.strip())
    return [(rank + 50, column) for rank, column in ranks.get(fold_header(bare), [])] if bare != header else []


def column_of(header: str) -> str | None:
    """The canonical column that a header, of whatever CRM, fits best; None where it fits none."""
    return next((column for _, column in _fits(header, None)), None)


def known_headers(headers: Sequence[str]) -> int:
    """How many of `headers` some alias table knows."""
    return max(sum(bool(_fits(header, preset)) for header in headers) for preset in (None, *KINDS_OF_PRESETS))


def _detect(headers: Sequence[str]) -> str | None:
    """The CRM whose own labels these are: the one that most headers fit, if it is alone in that."""
    folded = {fold_header(header) for header in headers}
    deals = [crm for crm in ("generic", *presets()) if crm not in KINDS_OF_PRESETS]
    has_step = any(not folded.isdisjoint(map(fold_header, _aliases()[crm]["next_step"])) for crm in deals)
    own: dict[str, set[str]] = {
        crm: {fold_header(name) for names in _aliases()[crm].values() for name in names}
        for crm in presets()
        if not (crm in KINDS_OF_PRESETS and has_step)
    }
    generic = {fold_header(name) for names in _aliases()["generic"].values() for name in names}
    marks = {
        "pipedrive": sum(_visible(header).startswith("deal - ") for header in headers),
        "salesforce": sum(header.endswith("__c") or header in _SALESFORCE_API for header in headers),
    }
    scores = {
        crm: (len(folded & (names - generic)) + marks.get(crm, 0), len(folded & names)) for crm, names in own.items()
    }
    ranked = sorted(scores.items(), key=lambda item: item[1], reverse=True)
    best, second = ranked[0], ranked[1]
    if best[0] in KINDS_OF_PRESETS and folded.isdisjoint(map(fold_header, _aliases()[best[0]]["next_step"])):
        return None
    return best[0] if best[1][0] > 0 and best[1] > second[1] else None


def map_headers(
    headers: Sequence[str],
    *,
    preset: str | None = None,
    overrides: Mapping[str, str] | None = None,
    path: str | None = None,
    line: int | None = None,
) -> HeaderMap:
    """Find the canonical columns among `headers`.

    `overrides` maps a column to a header, or to `#7` for the seventh; an empty header unmaps the column.
    UsageError: unknown preset, column or header. InputError: two headers that look alike fit one column.
    NoNextStep: there is no next-step column.
    """
    if preset is not None and preset not in presets():
        raise UsageError(
            f"there is no preset “{preset}”", hint=_did_you_mean(preset, presets()) or f"known: {', '.join(presets())}"
        )
    preset = preset or _detect(headers)
    fields, decided = _apply_overrides(headers, overrides or {}, path)
    used = set(fields.values())
    notes: list[str] = []
    claims = sorted(
        (rank, place, column)
        for place, header in enumerate(headers)
        for rank, column in _fits(header, preset)
        if place not in used and column not in decided
    )
    for _, place, column in claims:
        if column not in fields and place not in used:
            fields[column] = place
            used.add(place)
    for column, place in fields.items():
        if column not in decided:
            _refuse_twins(headers, column, place, path, line)
    for _, place, column in claims:
        if place not in used:
            notes.append(
                f"{column} is read from “{_shown(headers[fields[column]])}”; “{_shown(headers[place])}” fits too"
                " and is not read"
            )
            used.add(place)
    notes += [f"column {place + 1} has no header and is not read" for place in _blank(headers, used)]
    if "next_step" not in fields:
        raise _no_next_step(headers, path, line)
    ordered = {name: fields[name] for name in SCHEMA if name in fields}
    return HeaderMap(tuple(headers), ordered, preset, tuple(notes))


def _blank(headers: Sequence[str], used: set[int]) -> list[int]:
    return [place for place, header in enumerate(headers) if not _visible(header) and place not in used]


def _apply_overrides(
    headers: Sequence[str], overrides: Mapping[str, str], path: str | None
) -> tuple[dict[str, int], set[str]]:
    choices = [name for name in SCHEMA if name not in _NOT_MAPPED]
    for column in overrides:
        if column not in choices:
            raise UsageError(f"--map: there is no column “{column}”", hint=_did_you_mean(column, choices))
    # The next step first: a table that lacks it is another one, whatever else it lacks.
    order = sorted(overrides, key=lambda column: column != "next_step")
    missing = {"next_step": NotThisTable}
    wanted = {column: overrides[column] for column in order if overrides[column]}
    fields = {column: _find(headers, wanted[column], path, missing.get(column, UsageError)) for column in wanted}
    return fields, set(overrides)


def _find(headers: Sequence[str], wanted: str, path: str | None, missing: type[UsageError]) -> int:
    for same in (lambda header: header == wanted, lambda header: _visible(header) == _visible(wanted)):
        places = [place for place, header in enumerate(headers) if same(header)]
        if len(places) == 1:
            return places[0]
        if places:
            numbers = " or ".join(f"#{place + 1}" for place in places)
            raise UsageError(f"--map: {len(places)} headers look like “{wanted}”", hint=f"name one by place: {numbers}")
    if re.fullmatch(r"#[1-9]\d{0,5}", wanted) and int(wanted[1:]) <= len(headers):
        return int(wanted[1:]) - 1
    hint = _did_you_mean(wanted, headers) or f"headers: {_list(headers)}"
    raise missing(f"--map: there is no header “{wanted}”", path=path, hint=hint)


def _refuse_twins(headers: Sequence[str], column: str, place: int, path: str | None, line: int | None) -> None:
    twins = [n for n, header in enumerate(headers) if _visible(header) == _visible(headers[place])]
    if len(twins) > 1:
        places = ", ".join(f"{headers[n]!r} (#{n + 1})" for n in twins)
        raise InputError(
            f"{len(twins)} headers look alike and fit {column}: {places}",
            path=path,
            line=line,
            hint=f"rename one, or choose: --map {column}=#{twins[0] + 1}",
        )


def _no_next_step(headers: Sequence[str], path: str | None, line: int | None) -> NoNextStep:
    close = nearest("next step", headers) or nearest("next steps", headers)
    close = close or next((header for header in headers if "step" in _visible(header)), None)
    hint = f"is it “{_shown(close)}”? then --map next_step={close!r}" if close else "name it: --map next_step='Header'"
    return NoNextStep(f"no next-step column; headers found: {_list(headers)}", path=path, line=line, hint=hint)


def _did_you_mean(word: str, choices: Sequence[str]) -> str | None:
    close = nearest(word, choices)
    return f"did you mean “{_shown(close)}”?" if close else None


def _list(headers: Sequence[str]) -> str:
    shown = ", ".join(map(_shown, headers[:40])) or "none"
    return shown + (f" and {len(headers) - 40} more" if len(headers) > 40 else "")


def _shown(header: str) -> str:
    """The header on one line, cut to what a person can use; `(blank)` where there is nothing to see."""
    text = " ".join(header.split())
    return (text[:60] + "…" if len(text) > 60 else text) or "(blank)"
