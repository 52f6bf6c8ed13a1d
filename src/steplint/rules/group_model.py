"""The keys of a `group` check in a rule file, and the step from them to the plain body that `group` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictStr, Tag, model_validator

from steplint.rules.columns import COLUMNS

if TYPE_CHECKING:
    from steplint.rules.model import Maker
    from steplint.yaml_safe import Loc

__all__ = ["Group", "Phrases", "group_body"]

Text = Annotated[str, Field(strict=True, min_length=1, max_length=2_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Phrases(_Strict):
    """Any of a list of phrases stands in a text column: whole words, any case, blanks of any length."""

    column: StrictStr
    list: Annotated[list[Text], Field(min_length=1, max_length=2_000)]
    unless: StrictStr | None = None


def _form(value: Any) -> str:
    """Which form a test has: what is wrong with it is then said of that form alone."""
    return "words" if isinstance(value, dict | Phrases) else "several" if isinstance(value, list) else "one"


_One = Annotated[StrictStr, Tag("one")]
_Words = Annotated[Phrases, Tag("words")]
_Several = Annotated[list[Annotated[_One | _Words, Discriminator(_form)]], Field(min_length=1), Tag("several")]
#: A condition, a list of phrases in a column, or several of these, one of which must hold.
Test = Annotated[_One | _Words | _Several, Discriminator(_form)]


_TESTS = ("any", "none", "first", "last", "requires", "alike", "unordered", "no_better")


class Alike(_Strict):
    """One of the columns holds the same value in all rows, which are at least so many."""

    columns: Annotated[list[StrictStr], Field(min_length=1)]
    at_least: Annotated[int, Field(strict=True, ge=2, le=1_000_000)] = 2


class NoBetter(_Strict):
    """Rows whose number is not above that of the best of the other rows."""

    column: StrictStr
    rows: StrictStr
    than: StrictStr


class Group(_Strict):
    """The rows that share the columns in `by` are judged together: they are wrong where all that is given holds."""

    by: Annotated[list[StrictStr], Field(min_length=1)] = ["doc_id"]
    where: Annotated[StrictStr | None, Field(description="which rows count")] = None
    any: Annotated[Test | None, Field(description="holds for a row")] = None
    none: Annotated[Test | None, Field(description="holds for no row")] = None
    first: Annotated[Test | None, Field(description="holds for the first row")] = None
    last: Annotated[Test | None, Field(description="holds for the last row, which is the one that is found")] = None
    requires: Annotated[dict[Text, Test] | None, Field(min_length=1, description="one of these holds for no row")] = (
        None
    )
    given: Annotated[int | None, Field(strict=True, ge=1, le=100, description="so many of `requires` hold")] = None
    alike: Annotated[Alike | None, Field(description="the rows are all the same")] = None
    unordered: Annotated[StrictStr | None, Field(description="a column that does not ascend; finds the rows")] = None
    no_better: Annotated[NoBetter | None, Field(description="finds rows that are no better than others")] = None

    @model_validator(mode="after")
    def _some(self) -> Group:
        if all(getattr(self, name) is None for name in _TESTS):
            raise ValueError(f"a group needs a test; give one of {', '.join(_TESTS)}")
        if self.given is not None and self.requires is None:
            raise ValueError("given counts what is in requires; add requires")
        if self.unordered is not None and self.no_better is not None:
            raise ValueError("unordered and no_better each say which rows are found; make two rules")
        return self


def group_body(maker: Maker, group: Group) -> dict[str, Any]:
    """The plain body, its conditions parsed. Raises RuleError with file and line."""
    loc: Loc = ("check", "group")
    for index, column in enumerate(group.by):
        maker.column(column, (*loc, "by", index), COLUMNS)
    made: dict[str, Any] = {"by": list(group.by)}
    if group.where is not None:
        made["where"] = maker.condition(group.where, (*loc, "where"))
    for name in ("any", "none", "first", "last"):
        if (test := getattr(group, name)) is not None:
            made[name] = _checks(maker, test, (*loc, name))
    if group.requires is not None:
        made["requires"] = [
            [name, _checks(maker, test, (*loc, "requires", name))] for name, test in group.requires.items()
        ]
    if group.given is not None:
        made["given"] = group.given
    if group.alike is not None:
        for index, column in enumerate(group.alike.columns):
            maker.text_column(column, (*loc, "alike", "columns", index))
        made["alike"] = group.alike.model_dump()
    if group.unordered is not None:
        _of_type(
            maker,
            group.unordered,
            ("date", "datetime", "int", "float"),
            "a column of days or numbers",
            (*loc, "unordered"),
        )
        made["unordered"] = group.unordered
    if group.no_better is not None:
        at = (*loc, "no_better")
        _of_type(maker, group.no_better.column, ("int", "float"), "a column of numbers", (*at, "column"))
        parts = {name: maker.condition(getattr(group.no_better, name), (*at, name)) for name in ("rows", "than")}
        made["no_better"] = {"column": group.no_better.column, **parts}
    return made


def _checks(maker: Maker, test: Any, loc: Loc) -> list[dict[str, Any]]:
    """One test, or a list of which one must hold, as checks of their own."""
    if isinstance(test, list):
        return [_check(maker, item, (*loc, index)) for index, item in enumerate(test)]
    return [_check(maker, test, loc)]


def _check(maker: Maker, test: str | Phrases, loc: Loc) -> dict[str, Any]:
    if isinstance(test, str):
        return {"where": maker.condition(test, loc)}
    return {"phrases": maker.words(test, loc)}


def _of_type(maker: Maker, column: str, types: tuple[str, ...], what: str, loc: Loc) -> None:
    maker.column(column, loc, COLUMNS)
    if COLUMNS[column] not in types:
        raise maker.error(loc, f"{column} is not {what}", "name one such as due_date")
