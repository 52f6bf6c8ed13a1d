"""The configuration file as a pydantic model. No key names a module, a command, a host or an environment variable."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from steplint.config.settings import WEEKDAYS
from steplint.errors import nearest
from steplint.rules.columns import RECORDS
from steplint.rules.model import Option

__all__ = ["ConfigFile", "flat"]

Severity = Literal["error", "warning", "info"]
Word = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
Role = Literal["qualify", "prove", "propose", "commit", "won", "lost"]


def _zone(name: str) -> str:
    """A time zone by name. A name is never opened as a path."""
    parts = name.split("/")
    if not all(part and part.replace("_", "").replace("-", "").replace("+", "").isalnum() for part in parts):
        raise ValueError(f"{name} is not the name of a time zone; write it like Europe/Berlin")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        close = nearest(name, available_timezones())
        raise ValueError(f"no time zone is called {name}" + (f"; did you mean {close}?" if close else "")) from None
    return name


def _columns(mapping: dict[str, str]) -> dict[str, str]:
    for column in mapping:
        if column not in RECORDS:
            close = nearest(column, RECORDS)
            raise ValueError(f"{column} is no column of records" + (f"; did you mean {close}?" if close else ""))
    return mapping


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ScopeSettings(_Strict):
    """Which records are left out. Names in any case; `*` stands for anything."""

    include_closed: Annotated[StrictBool, Field(description="judge closed deals too")] = False
    record_types: Annotated[list[Word], Field(description="record types to leave out")] = []
    pipelines: Annotated[list[Word], Field(description="pipelines to leave out")] = []
    forecast_categories: Annotated[list[Word], Field(description="forecast categories to leave out")] = []
    owners: Annotated[list[Word], Field(description="owners whose records are left out")] = []
    min_amount: Annotated[
        StrictInt | StrictFloat | None, Field(description="records of a smaller known amount are left out")
    ] = None
    grace_days: Annotated[
        int, Field(strict=True, ge=0, le=3_650, description="records made less than so many days ago are left out")
    ] = 0


class CalendarSettings(_Strict):
    """Workdays, the fiscal year and the time zone."""

    holidays: Annotated[
        list[Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,4})?$")]],
        Field(description="countries and their parts whose public holidays are no workdays"),
    ] = []
    workweek: Annotated[
        list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None,
        Field(description="the days on which people work (default: mon to fri)"),
    ] = None
    fiscal_start: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=12)] | None,
        Field(description="the month in which Q1 begins (default: 1)"),
    ] = None
    timezone: Annotated[
        Annotated[StrictStr, AfterValidator(_zone)] | None,
        Field(description="time zone of the organisation, in which days begin and end"),
    ] = None


class RecordException(_Strict):
    """Rules that do not apply to the records of which a condition is true."""

    where: Annotated[str, Field(strict=True, min_length=1, max_length=10_000, description="a condition, as in rules")]
    ignore: Annotated[list[Word], Field(min_length=1, description="rules: codes, prefixes, names")]


class ConfigFile(_Strict):
    """steplint.yaml, or the table [tool.steplint] of pyproject.toml."""

    extends: Annotated[
        Word | None, Field(description="another configuration inside the project, whose keys this one replaces")
    ] = None
    profile: Annotated[
        Word | None,
        Field(description="the set of rules to run; name@0.1 pins it to a version (default: recommended)"),
    ] = None
    select: Annotated[list[Word], Field(description="run exactly these: codes, prefixes, names, ALL")] = []
    ignore: Annotated[list[Word], Field(description="do not run these")] = []
    extend_select: Annotated[list[Word], Field(description="run these too")] = []
    severity: Annotated[dict[Word, Severity], Field(description="level of rules, by code, prefix or name")] = {}
    rule_options: Annotated[dict[Word, dict[Word, Option]], Field(description="option values by rule")] = {}
    rules: Annotated[list[Word], Field(description="rule files and folders inside the project")] = []
    preview: Annotated[StrictBool, Field(description="run preview rules too")] = False
    exclude: Annotated[
        list[Word],
        Field(description="files that are left out, by pattern from the folder of this file: playbooks/old/"),
    ] = []
    per_path: Annotated[
        dict[Word, Annotated[list[Word], Field(min_length=1)]],
        Field(
            description="rules that do not apply to files, by pattern from the folder of this file: exports/old/*.csv"
        ),
    ] = {}
    per_record: Annotated[
        list[RecordException], Field(description="rules that do not apply to records of which a condition is true")
    ] = []
    suppressions: Annotated[
        Word | None,
        Field(description="the file of excused findings (default: steplint-suppressions.yaml beside this one)"),
    ] = None
    baseline: Annotated[Word | None, Field(description="the file of accepted findings, made by steplint baseline")] = (
        None
    )
    mandatory: Annotated[
        list[Word], Field(description="rules whose findings can be neither suppressed nor accepted in a baseline")
    ] = []
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"], Field(description="what makes the exit code 1")
    ] = "warning"
    scope: Annotated[ScopeSettings, Field(description="which records are left out")] = ScopeSettings()
    stages: Annotated[
        dict[Word, Role], Field(description="stage names in order, with a role each; * stands for anything")
    ] = {}
    calendar: Annotated[CalendarSettings, Field(description="workdays, fiscal year, time zone")] = CalendarSettings()
    date_order: Annotated[Literal["mdy", "dmy", "auto"], Field(description="how 3/4 is read")] = "auto"
    text_limit: Annotated[
        int, Field(strict=True, ge=20, le=1_000_000, description="length limit of the CRM's text field")
    ] = 255
    lexicon: Annotated[dict[Word, list[Word]], Field(description="words to add, by word class")] = {}
    map: Annotated[dict[Word, Word], AfterValidator(_columns), Field(description="header of a column, by column")] = {}
    preset: Annotated[Word | None, Field(description="which CRM's headers come first")] = None
    source_name: Annotated[Word | None, Field(description="names the source in keys of findings")] = None
    sources: Annotated[
        dict[Annotated[str, Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")], dict[Word, Any]],
        Field(
            description="CRMs and databases by name, each with its type and settings;"
            " only in a file that --config names, because they name hosts"
        ),
    ] = {}


def flat(file: ConfigFile) -> dict[str, Any]:
    """The keys that a file sets, as fields of Settings: the calendar's keys stand on their own."""
    made: dict[str, Any] = file.model_dump(exclude_unset=True, exclude={"extends", "calendar", "stages", "scope"})
    if "scope" in file.model_fields_set:
        scope = file.scope.model_dump(exclude_unset=True)
        made["scope"] = {name: tuple(value) if isinstance(value, list) else value for name, value in scope.items()}
    if "stages" in file.model_fields_set:
        made["stages"] = tuple(file.stages.items())
    calendar = file.calendar.model_dump(exclude_unset=True, exclude_none=True)
    if "workweek" in calendar:
        calendar["workweek"] = tuple(sorted({WEEKDAYS.index(day) for day in calendar["workweek"]}))
    made |= calendar
    return {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
