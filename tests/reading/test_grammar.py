"""The pattern compiler: class names to regular expressions over class strings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint.reading.grammar import FIRST_LETTER, Grammar
from steplint.reading.judge import Judge
from steplint.reading.lexicon import load_lexicon

CLASSES = ["we", "they", "will", "give", "noun", "day", "comma"]
MACROS = {"who": "we | they", "step": "who will? give", "either": "who | day"}


def grammar(**source: Any) -> Grammar:
    return Grammar(CLASSES, {"macros": MACROS, **source})


def written(one: Grammar, names: str) -> str:
    return "".join(one.letters[name] for name in names.split())


def test_a_class_is_one_letter_of_two_bytes() -> None:
    letters = Grammar([f"c{number}" for number in range(256)], {}).letters.values()
    assert [ord(letter) for letter in letters] == list(range(FIRST_LETTER, FIRST_LETTER + 256))
    assert {len(letter.encode()) for letter in letters} == {2}


@pytest.mark.parametrize(
    ("pattern", "clause", "found"),
    [
        ("we will give", "we will give", True),
        ("we will give", "we give", False),
        ("we will? give", "we give", True),
        ("(we | they) give", "they give", True),
        ("who give", "they give", True),
        ("step", "they will give", True),
        ("step noun+", "we give", False),
        ("step noun{2}", "we give noun noun", True),
        ("either comma", "day comma", True),
        ("^ give", "we give", False),
        ("give $", "we give", True),
        ("we any* day", "we give noun day", True),
        ("we !day", "we day", False),
        ("we !day", "we give", True),
        ("we !who", "we they", False),
        ("we !(who | day)", "we noun", True),
        ("we !(who | day)", "we day", False),
        ("we !day", "we", False),  # a negation takes one token
        ("we !day{2} day", "we noun noun day", True),
    ],
)
def test_pattern(pattern: str, clause: str, found: bool) -> None:
    one = grammar()
    assert bool(one.compile(pattern).search(written(one, clause))) is found


def test_named_groups_tell_places() -> None:
    one = grammar()
    found = one.compile("s(who) v(will give)").search(written(one, "comma they will give noun"))
    assert found is not None
    assert found.span("s") == (1, 2)
    assert found.span("v") == (2, 4)


def test_a_macro_of_classes_alone_is_one_character_set() -> None:
    one = grammar()
    assert one.expand("either") == one.expand("we | they | day")
    assert one.expand("either").count("[") == 1
    assert one.letters_of("either | noun") == frozenset(one.letters[name] for name in ("we", "they", "day", "noun"))


@pytest.mark.parametrize("pattern", ["wee", "we nobody? give", "!nobody", "!(we | nobody)", "x(nobody)"])
def test_an_unknown_name_is_an_error_that_names_it(pattern: str) -> None:
    with pytest.raises(KeyError, match=r"wee|nobody"):
        grammar().compile(pattern)


def test_letters_of_takes_sets_only() -> None:
    with pytest.raises(KeyError, match="step"):
        grammar().letters_of("step")
    assert grammar().set_of("we will") is None


def test_rewrite_settles_the_group_x() -> None:
    one = grammar(rewrites=[{"find": "will x(noun+)", "as": "give"}])
    assert one.spell(one.rewrite(written(one, "we will noun noun day noun"))) == "we will give give day noun"
    assert one.spell(one.rewrite(written(one, "noun day"))) == "noun day"


def test_rewrites_apply_in_order() -> None:
    one = grammar(rewrites=[{"find": "x(noun)", "as": "give"}, {"find": "we x(give)", "as": "day"}])
    assert one.spell(one.rewrite(written(one, "we noun noun"))) == "we day give"


def test_rewrite_to_an_unknown_class_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        grammar(rewrites=[{"find": "x(noun)", "as": "nobody"}])


LEXICON = load_lexicon("en")
ENGLISH = Grammar(LEXICON["classes"], LEXICON["grammar"])
JUDGE = Judge(ENGLISH, LEXICON["grammar"])
CLAUSES = st.lists(st.sampled_from(LEXICON["classes"]), min_size=1, max_size=20).map(
    lambda names: "".join(ENGLISH.letters[name] for name in names)
)
FEW = settings(max_examples=100, deadline=None, derandomize=True)


@FEW
@given(CLAUSES)
def test_shipped_rewrites_keep_the_length(clause: str) -> None:
    settled = ENGLISH.rewrite(clause)
    assert len(settled) == len(clause)
    assert set(settled) <= set(ENGLISH.letters.values())


@FEW
@given(CLAUSES)
def test_any_class_string_is_judged_and_always_the_same(clause: str) -> None:
    found, spans = JUDGE.judge(clause)
    assert JUDGE.judge(clause) == (found, spans)
    assert all(0 <= span.first <= span.last < len(clause) for span in spans)
    assert all(-1 <= at < len(clause) for at in (found.date_at, found.clock_at))


def test_every_rewrite_marks_what_it_settles() -> None:
    for rule in LEXICON["grammar"]["rewrites"]:
        assert set(rule) == {"find", "as"}
        assert "x" in ENGLISH.compile(rule["find"]).groupindex, rule


def test_classes_fit_one_byte() -> None:
    assert len(LEXICON["classes"]) <= 256
