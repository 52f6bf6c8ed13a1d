"""The rule file: a pydantic model of its keys, and the step from a valid file to the plain dict of a rule."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from steplint.errors import RuleError, nearest
from steplint.rules import fix as fixes
from steplint.rules import options as option_values
from steplint.rules import pattern as patterns
from steplint.rules import slots
from steplint.rules.columns import COLUMNS, RECORDS
from steplint.rules.condition import Tree, parse
from steplint.rules.group_model import Group, Phrases, group_body
from steplint.rules.rule import SPAN_ROLES
from steplint.rules.validation import validate
from steplint.yaml_safe import Document, Loc

__all__ = ["ProfileFile", "RuleFile", "profile_dict", "rule_dict"]

Code = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2,8}[0-9]{3}$")]
Name = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=2_000)]
Scalar = StrictStr | StrictInt | StrictFloat
Option = Scalar | list[Scalar] | dict[StrictStr, Scalar | list[Scalar]]
Value = StrictStr | StrictInt | StrictFloat | StrictBool | None
Row = dict[StrictStr, Value | list[StrictStr]]
Example = dict[StrictStr, Value | list[StrictStr] | list[StrictInt] | list[Row]]
Kind = Literal["opportunity", "task", "plan_row", "utterance", "email"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Pattern(_Strict):
    """A regular expression (portable, linear-time subset) is found in a text column."""

    column: StrictStr
    regex: StrictStr
    unless: StrictStr | None = None


class Required(_Strict):
    """One of the columns is null or empty."""

    columns: Annotated[list[StrictStr], Field(min_length=1)]


class Repeated(_Strict):
    """The same text stands on at least so many records that share the columns in `by`."""

    column: StrictStr
    by: list[StrictStr] = []
    at_least: Annotated[int, Field(strict=True, ge=2, le=1_000_000)]


class Check(_Strict):
    """Exactly one of these."""

    where: StrictStr | None = None
    phrases: Phrases | None = None
    pattern: Pattern | None = None
    required: Required | None = None
    repeated: Repeated | None = None
    group: Group | None = None
    source: Literal["hidden", "day_order", "language", "suppression_unused", "suppression_expired"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Check:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            found = ", ".join(given) if given else "none"
            raise ValueError(f"exactly one of where, phrases, pattern, required, repeated or group, found {found}")
        return self


class Fix(_Strict):
    """How the fault may be repaired; an unsafe repair is made only where that is asked for."""

    kind: Literal["due_date_from_text", "tidy_text", "dated_text", "known_status"]
    applicability: Literal["safe", "unsafe"]


class Examples(_Strict):
    """Records that must be found, and near misses that must not: the tests and the documentation of the rule.

    An example with `records` is a document: its rows in order, and beside them what holds for all of them. `found` gives
    the rows (from 1) that must be found, no more and no less. `hidden` names columns that the source does not show,
    `suppression` a rule that is suppressed on the record: “WHEN302”, “WHEN302 until 2026-01-09”. `fix` is what the rule's
    fix must write; null: that there is none.
    """

    bad: Annotated[list[Example], Field(min_length=1)]
    good: Annotated[list[Example], Field(min_length=1)]


class RuleFile(_Strict):
    """A rule: metadata, one check, examples."""

    schema_: Literal[1] = Field(alias="schema")
    code: Code
    name: Name
    severity: Literal["error", "warning", "info"]
    kinds: Annotated[list[Kind], Field(min_length=1)] = ["opportunity"]
    status: Literal["preview", "stable", "deprecated"] = "stable"
    replaced_by: Code | None = None
    aliases: list[Name] = []
    since: StrictStr | None = None
    check: Check
    needs: list[StrictStr] = []
    implied_by: list[Code] = []
    at: StrictStr | None = None
    fix: Fix | None = None
    message: Text
    help: Text | None = None
    why: Text
    options: dict[Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*$")], Option] = {}
    source: StrictStr | None = None
    examples: Examples


class ProfileFile(_Strict):
    """A named set of rules; `extends` takes in another profile's."""

    schema_: Literal[1] = Field(alias="schema")
    name: Name
    description: Text | None = None
    extends: Name | None = None
    select: list[StrictStr] = []


def profile_dict(document: Document) -> dict[str, Any]:
    """The plain dict of a profile: name, description, extends, select."""
    file = validate(ProfileFile, document, RuleError, "a profile")
    return {**file.model_dump(exclude={"schema_"}), "path": document.path}


def rule_dict(document: Document) -> dict[str, Any]:
    """The plain dict of a rule, its conditions parsed and its patterns checked. Raises RuleError with file and line."""
    return Maker(document, validate(RuleFile, document, RuleError, "a rule")).make()


class Maker:
    """One rule file on its way to plain data: what is wrong with a part is said at its place."""

    def __init__(self, document: Document, file: RuleFile) -> None:
        self.document = document
        self.file = file

    def error(self, loc: Loc, message: str, hint: str | None = None) -> RuleError:
        line, column = self.document.place(loc)
        return RuleError(message, path=self.document.path, line=line, column=column, hint=hint)

    def make(self) -> dict[str, Any]:
        file = self.file
        for name, value in file.options.items():
            if (wrong := option_values.problem(name, value)) is not None:
                raise self.error(("options", name), *wrong.split("; ", 1))
        for key, template in (("message", file.message), ("help", file.help)):
            if template and (wrong := slots.problem(template, file.options)):
                raise self.error((key,), *wrong.split("; ", 1))
        for key in ("bad", "good"):
            for index, example in enumerate(getattr(file.examples, key)):
                self.example(example, ("examples", key, index))
        for index, column in enumerate(file.needs):
            self.column(column, ("needs", index), COLUMNS)
        if file.replaced_by and file.status != "deprecated":
            raise self.error(("replaced_by",), "replaced_by is for deprecated rules", "set status: deprecated")
        if file.fix and (bad := fixes.problem(file.fix.model_dump(), file.needs)):
            raise self.error(("fix", bad[0]), *bad[1:])
        check = self.check()
        made = file.model_dump(exclude={"schema_", "check", "at"}, exclude_none=True)
        made["check"] = check
        made["at"] = self.at(check)
        made["path"], made["line"] = self.document.path, self.document.place(("code",))[0]
        return made

    def example(self, example: dict[str, Any], loc: Loc) -> None:
        """The keys of an example are columns of records; a document and a source have some of their own."""
        rows = example.get("records")
        for name, value in example.items():
            here = (*loc, name)
            items = value if isinstance(value, list) else []
            if name == "records":
                if not items or not all(isinstance(row, dict) for row in items):
                    raise self.error(
                        here, "records are the rows of a document", "write one row with its columns a line"
                    )
                for place, row in enumerate(items):
                    for column in row:
                        self.column(column, (*here, place, column), RECORDS, "a column of records")
            elif name == "found":
                if not items or not all(isinstance(row, int) and 1 <= row <= len(rows or ()) for row in items):
                    raise self.error(here, "found names rows of records", "count them from 1: found: [2]")
            elif name == "suppression":
                if not (self.file.check.source or "").startswith(name) or not isinstance(value, str):
                    raise self.error(here, "suppression names a rule, in examples of SRC003 and SRC004", "remove it")
            elif name == "fix":
                if self.file.fix is None or rows is not None or not isinstance(value, str | None):
                    raise self.error(here, "fix is what the rule's fix writes into this record", "remove it")
            elif name == "hidden":
                for place, column in enumerate(items):
                    self.column(str(column), (*here, place), RECORDS, "a column of records")
            else:
                self.column(name, here, RECORDS, "a column of records")
                if not all(isinstance(item, str) for item in items):
                    raise self.error(here, f"{name} is a list of text here", "rows of a document stand in records")

    def column(self, name: str, loc: Loc, known: dict[str, str], what: str = "a column") -> None:
        if name not in known:
            close = nearest(name, known)
            raise self.error(loc, f"{name} is not {what}", f"did you mean {close}?" if close else None)

    def text_column(self, name: str, loc: Loc) -> None:
        self.column(name, loc, COLUMNS)
        if COLUMNS[name] != "str":
            raise self.error(loc, f"{name} holds no text", "name a text column, such as next_step")

    def condition(self, text: str, loc: Loc) -> Tree:
        try:
            tree: Tree = parse(text, options=self.file.options, path=self.document.path)
            return tree
        except RuleError as caught:
            line, column = self.document.inside(loc, caught.line or 1, caught.column or 1)
            raise RuleError(caught.message, path=caught.path, line=line, column=column, hint=caught.hint) from None

    def check(self) -> dict[str, Any]:
        check = self.file.check
        if check.where is not None:
            return {"where": self.condition(check.where, ("check", "where"))}
        if check.required is not None:
            for index, column in enumerate(check.required.columns):
                self.column(column, ("check", "required", "columns", index), COLUMNS)
            return {"required": {"columns": check.required.columns}}
        if check.repeated is not None:
            self.text_column(check.repeated.column, ("check", "repeated", "column"))
            for index, column in enumerate(check.repeated.by):
                self.column(column, ("check", "repeated", "by", index), COLUMNS)
            return {"repeated": check.repeated.model_dump()}
        if check.group is not None:
            return {"group": group_body(self, check.group)}
        if check.source is not None:
            return {"source": check.source}
        if check.phrases is not None:
            return {"phrases": self.words(check.phrases, ("check", "phrases"))}
        return {"pattern": self.regex(check.pattern or Pattern(column="", regex=""))}

    def words(self, body: Phrases, loc: Loc) -> dict[str, Any]:
        self.text_column(body.column, (*loc, "column"))
        for index, phrase in enumerate(body.list):
            if not phrase.strip():
                raise self.error((*loc, "list", index), "an empty phrase is found everywhere", "remove it")
        made: dict[str, Any] = {"column": body.column, "list": body.list}
        if body.unless is not None:
            made["unless"] = self.condition(body.unless, (*loc, "unless"))
        return made

    def regex(self, body: Pattern) -> dict[str, Any]:
        loc = ("check", "pattern")
        self.text_column(body.column, (*loc, "column"))
        try:
            patterns.check(body.regex)
        except patterns.PatternError as wrong:
            before = body.regex[: wrong.index]
            line, column = before.count("\n") + 1, wrong.index - before.rfind("\n")
            line, column = self.document.inside((*loc, "regex"), line, column)
            raise RuleError(wrong.message, path=self.document.path, line=line, column=column, hint=wrong.hint) from None
        made: dict[str, Any] = {"column": body.column, "regex": body.regex}
        if body.unless is not None:
            made["unless"] = self.condition(body.unless, (*loc, "unless"))
        return made

    def at(self, check: dict[str, Any]) -> str:
        """What is underlined; by default the phrase that was found, else the column that was looked at."""
        kind, body = next(iter(check.items()))
        if self.file.at is None:
            if kind in ("phrases", "pattern"):
                return "phrase"
            if kind in ("where", "group", "source"):
                return "next_step"
            return str(body["columns"][0] if kind == "required" else body["column"])
        if self.file.at == "phrase" and kind not in ("phrases", "pattern"):
            raise self.error(("at",), "phrase is found by phrases and pattern only", "name a column or a span role")
        known = {**COLUMNS, **dict.fromkeys(SPAN_ROLES, "str")}
        self.column(self.file.at, ("at",), known, "a column or a span role")
        return self.file.at
