from __future__ import annotations

import pytest

from steplint.errors import RuleError
from steplint.rules.condition import columns_of, options_of, parse, unparse

OPTIONS = {
    "grace": 1,
    "most": 2.5,
    "names": ["Ann"],
    "word": "x",
    "days": {"prove": 3, "default": 5},
    "fit": {"prove": ["demo"]},
}

GOOD = [
    "waiting",
    "TRUE",
    "date_kind IN ('coarse', 'vague') AND due_date IS NULL",
    "date + :grace workdays < as_of OR has(contacts, 'x') AND step_type NOT IN ('demo')",
    "as_of - 3 days > next_step_changed AND NOT NOT waiting",
    "as_of + 1 workday = date",
    "commitment NOT BETWEEN 1 AND :most",
    "next_step NOT LIKE 'a%' AND name ILIKE '_b''s'",
    "next_step IS NOT NULL AND waiting IS NOT TRUE AND hedged IS FALSE",
    "CASE WHEN waiting THEN 1 WHEN hedged THEN 2 ELSE 3 END = 2",
    "close_date < '2026-01-15' AND time >= '14:00'",
    "'2026-01-15' <= close_date",
    "COALESCE(due_date, date, as_of) > as_of",
    "LENGTH(LOWER(next_step)) - -5 > 2.5",
    "days_between(as_of, close_date) > :days AND workdays_between(as_of, close_date) < 9",
    "step_type IN :fit AND owner NOT IN :names AND owner = :word",
    "count(contacts) = 0 OR (waiting OR hedged) AND NOT (vague AND empty)",
    "next_step_changed = as_of",
    "stage_role = 'commit' OR kind <> 'task'",
]


@pytest.mark.parametrize("text", GOOD)
def test_text_that_is_read_back_the_same(text: str) -> None:
    tree = parse(text, options=OPTIONS)
    assert parse(unparse(tree), options=OPTIONS) == tree


BAD = [
    # what the language does not have
    ("(SELECT 1) = 1", 1, 2, "sub-queries"),
    ("waiting AND EXISTS (SELECT 1)", 1, 13, "sub-queries"),
    ("owner IN (SELECT owner)", 1, 11, "sub-queries"),
    ("read_csv('/etc/passwd')", 1, 1, "unknown function read_csv"),
    ("read_text('http://127.0.0.1/') = 'x'", 1, 1, "unknown function"),
    ("count(*) > 1", 1, 7, "stars"),
    ("row_number() OVER () = 1", 1, 1, "unknown function"),
    ("count(contacts) OVER () = 1", 1, 17, "window"),
    ("owner::int = 1", 1, 6, "casts"),
    ("CAST(owner AS int) = 1", 1, 1, "casts"),
    ("as_of + INTERVAL 3 DAYS < date", 1, 9, "intervals"),
    ("now() > as_of", 1, 1, "clock"),
    ("close_date < CURRENT_DATE", 1, 14, "clock"),
    ("waiting -- and more", 1, 1, "comments"),
    ("/* x */ waiting", 1, 9, "comments"),
    ('owner = "x"', 1, 9, "quoted name"),
    ("owner = `x`", 1, 9, "quoted name"),
    ("owner || 'x' = 'y'", 1, 7, "not part"),
    ("a.b = 'x'", 1, 1, "unknown column"),
    ("owner.name = 'x'", 1, 6, "not part"),
    ("owner = $1", 1, 9, "not part"),
    ("owner LIKE 'a' ESCAPE 'b'", 1, 16, "operator is missing"),
    ("waiting; vague", 1, 8, "one condition"),
    ("commitment == 1", 1, 12, "write ="),
    ("commitment > 1e5", 1, 14, "plain number"),
    ("commitment % 2 = 1", 1, 12, "not part"),
    ("CASE commitment WHEN 1 THEN waiting END", 1, 6, "CASE WHEN"),
    # aliases by a forgotten operator
    ("next_step = 'x' owner = 'y'", 1, 17, "operator is missing before owner"),
    ("waiting\n  hedged", 2, 3, "operator is missing before hedged"),
    ("waiting AS w", 1, 9, "aliases"),
    ("waiting 'w'", 1, 9, "operator is missing"),
    ("waiting (hedged)", 1, 1, "unknown function waiting"),
    # names
    ("next_stp = 'x'", 1, 1, "did you mean next_step?"),
    ("leng(next_step) > 1", 1, 1, "did you mean length?"),
    ("commitment > :grce", 1, 14, "did you mean :grace?"),
    ("date_kind = 'vage'", 1, 13, "did you mean 'vague'?"),
    ("stage_role IN ('commit', 'closed')", 1, 26, "never 'closed'"),
    # types
    ("owner", 1, 1, "text, not true or false"),
    ("owner = 3", 1, 9, "owner is text, compared with a number"),
    ("amount = '3'", 1, 10, "without quotes"),
    ("close_date < 'soon'", 1, 14, "'2026-01-31'"),
    ("owner = NULL", 1, 1, "IS NULL"),
    ("contacts = 'x'", 1, 12, "has(list, 'x')"),
    ("waiting < hedged", 1, 1, "no order"),
    ("close_date - as_of > 3", 1, 1, "days_between"),
    ("close_date + 3 > as_of", 1, 1, "date + 3 days"),
    ("3 days > 1", 1, 10, "number of days"),
    ("as_of + 2.5 days < date", 1, 9, "whole number"),
    ("has(owner, 'x')", 1, 5, "a list"),
    ("length(amount) > 1", 1, 8, "text"),
    ("length(owner, name) > 1", 1, 1, "takes 1 value"),
    ("COALESCE(owner, 3) = 'x'", 1, 17, "mixed"),
    ("owner IN (name)", 1, 11, "fixed values"),
    ("owner IN ()", 1, 1, "at least one"),
    ("owner LIKE name", 1, 12, "fixed text"),
    ("commitment IN :names", 1, 15, "other values"),
    # broken off
    ("", 1, 1, "empty"),
    ("waiting AND", 1, 9, "breaks off"),
    ("waiting AND\n  OR vague", 2, 3, "breaks off"),
    ("owner = 'x", 1, 9, "quote is not closed"),
    # size
    ("waiting" + " AND TRUE" * 8_000, 1, 1, "20,000"),
    ("waiting" + " AND TRUE" * 900, 1, 1, "500 parts"),
    ("NOT " * 60 + "waiting", 1, 201, "deeper than 50"),
    ("(" * 60 + "waiting" + ")" * 60, 1, 51, "deeper than 50"),
    ("commitment = " + "-" * 1 + " -" * 60 + "1", 1, 114, "deeper than 50"),
    ("commitment = " + "1" + " + 1" * 60, 1, 14, "deeper than 50"),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), BAD, ids=[text[:30] for text, *_ in BAD])
def test_errors_name_place_and_remedy(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, options=OPTIONS, path="r.yaml")
    error = caught.value
    assert words in error.render()
    assert (error.path, error.line, error.column) == ("r.yaml", line, column)
    assert "\n" not in error.render()


def test_a_long_chain_is_not_deep() -> None:
    tree = parse("waiting" + " AND TRUE" * 400)
    assert tree[0] == "and"
    assert len(tree) == 402


def test_what_a_condition_reads() -> None:
    tree = parse("date + :grace workdays < as_of AND owner IN :names AND owner != 'col'", options=OPTIONS)
    assert columns_of(tree) == {"date", "as_of", "owner"}
    assert options_of(tree) == {"grace", "names"}
