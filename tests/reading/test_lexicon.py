"""The word lists: sound data, inflected forms, the compiled form, and words added by a user."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from steplint import parse
from steplint.errors import ConfigError
from steplint.reading import Reader, lexicon
from steplint.reading.grammar import Grammar
from steplint.reading.lexicon import compile_lexicon, fold_term, inflect, load_lexicon

FOLDER = Path(str(files("steplint.reading").joinpath("lexicon", "en")))


def listed(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text("utf-8"), yaml.CSafeLoader)


CLASSES = list(listed("classes.yaml"))
WORDS = listed("words.yaml")
VERBS = listed("verbs.yaml")
GRAMMAR = listed("grammar.yaml")


@pytest.mark.parametrize("lists", [WORDS, VERBS], ids=["words", "verbs"])
def test_lists_name_classes_that_exist(lists: dict[str, list[str]]) -> None:
    assert set(lists) <= set(CLASSES)


def patterns() -> Iterator[str]:
    yield from GRAMMAR["macros"].values()
    yield from GRAMMAR["sets"].values()
    yield from GRAMMAR["patterns"].values()
    yield from (rule["find"] for rule in GRAMMAR["rewrites"])


def test_grammar_names_classes_that_exist() -> None:
    names = {name for text in patterns() for name in re.findall(r"[a-z]\w*(?!\w|\()", text)}
    assert names <= {*CLASSES, *GRAMMAR["macros"], "any"}
    assert {rule["as"] for rule in GRAMMAR["rewrites"]} <= set(CLASSES)
    one = Grammar(CLASSES, GRAMMAR)
    for text in patterns():
        one.compile(text)


def test_entries_are_words_of_text() -> None:
    entries = [entry for lists in (WORDS, VERBS) for group in lists.values() for entry in group]
    assert [entry for entry in entries if not isinstance(entry, str) or not entry.strip()] == []


# Listed in two classes of words.yaml: the first listing wins, the second says nothing. To be settled; none may join them.
TWICE = {
    "detailed", "did", "done", "finished", "in person", "in progress", "joint", "outstanding", "panel", "sandbox access",
    "walk through",
}  # fmt: skip


def test_no_word_is_listed_in_two_classes() -> None:
    places = defaultdict(set)
    for name, entries in WORDS.items():
        for entry in entries:
            places[fold_term(entry)].add(name)
    assert {word for word, names in places.items() if len(names) > 1} <= TWICE


def test_no_verb_is_listed_in_two_classes() -> None:
    places = defaultdict(set)
    for name, entries in VERBS.items():
        for entry in entries:
            places[fold_term(inflect(entry)[0])].add(name)
    assert {verb for verb, names in places.items() if len(names) > 1} == set()


def test_verbs_listed_by_form_have_five() -> None:
    assert [entry for group in VERBS.values() for entry in group if entry.count("|") not in (0, 4)] == []


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        ("review", "review reviews reviewed reviewed reviewing"),
        ("share", "share shares shared shared sharing"),
        ("discuss", "discuss discusses discussed discussed discussing"),
        ("fix", "fix fixes fixed fixed fixing"),
        ("attach", "attach attaches attached attached attaching"),
        ("push", "push pushes pushed pushed pushing"),
        ("try", "try tries tried tried trying"),
        ("deploy", "deploy deploys deployed deployed deploying"),
        ("plan", "plan plans planned planned planning"),
        ("submit", "submit submits submitted submitted submitting"),
        ("tie", "tie ties tied tied tying"),
        ("send|sends|sent|sent|sending", "send sends sent sent sending"),
    ],
)
def test_inflection(entry: str, forms: str) -> None:
    assert inflect(entry) == tuple(forms.split())


def test_of_several_words_the_first_is_inflected() -> None:
    assert inflect("sign off on") == ("sign off on", "signs off on", "signed off on", "signed off on", "signing off on")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Follow-Up", "follow up"), ("  re‑book\u2013it ", "re book it"), ("LET’S", "let's"), ("n/a", "n/a"), ("Straße", "strasse")],
)  # fmt: skip
def test_fold(text: str, folded: str) -> None:
    assert fold_term(text) == folded


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("send", "give"),
        ("sends", "v3s_give"),
        ("sent", "past_give"),
        ("sending", "give"),
        ("reviewing", "ing"),
        ("meets", "v3s_meet"),
        ("booked", "booked"),
    ],
)
def test_forms_get_their_classes(word: str, name: str) -> None:
    assert load_lexicon()["words"][word] == name


def test_every_compiled_word_has_a_class_and_is_folded() -> None:
    words = load_lexicon()["words"]
    assert set(words.values()) <= set(CLASSES)
    assert [word for word in words if fold_term(word) != word] == []


def test_first_names_are_no_words() -> None:
    compiled = load_lexicon()
    assert set(compiled["first_names"]).isdisjoint(compiled["words"])


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the English word lists that the loader takes for its own, without compiled files."""
    ignore = shutil.ignore_patterns("*.json")
    folder = Path(shutil.copytree(FOLDER.parent, tmp_path / "lexicon", ignore=ignore)) / "en"
    monkeypatch.setattr(lexicon, "_folder", lambda _: folder)
    return folder


def load_again() -> dict[str, Any]:
    found: dict[str, Any] = lexicon._shipped.__wrapped__("en")
    return found


def test_compiled_file_says_what_a_fresh_compile_says(copied: Path) -> None:
    fresh = compile_lexicon(copied)
    (copied.parent / "en.json").write_text(json.dumps(fresh, ensure_ascii=False), "utf-8")
    assert load_again() == fresh == compile_lexicon(FOLDER)


def test_compiled_file_of_this_checkout_is_right_or_stale() -> None:
    built = FOLDER.parent / "en.json"
    if not built.is_file():
        pytest.skip("nothing compiled here")
    fresh, found = compile_lexicon(FOLDER), json.loads(built.read_text("utf-8"))
    assert found == fresh or found["digest"] != fresh["digest"]


def test_a_stale_compiled_file_is_not_used(copied: Path) -> None:
    stale = {**compile_lexicon(copied), "words": {"stale": "noise"}}
    (copied.parent / "en.json").write_text(json.dumps(stale), "utf-8")
    assert "stale" in load_again()["words"]
    (copied / "words.yaml").write_text((copied / "words.yaml").read_text("utf-8") + "\n# changed\n", "utf-8")
    assert "send" in load_again()["words"]


def test_a_fresh_compiled_file_is_loaded_without_yaml(copied: Path) -> None:
    (copied.parent / "en.json").write_text(json.dumps(compile_lexicon(copied)), "utf-8")
    script = (
        "import sys; from pathlib import Path; from steplint.reading import lexicon\n"
        "lexicon._folder = lambda _: Path(sys.argv[1])\n"
        "assert lexicon.load_lexicon()['words']['send'] == 'give'\n"
        "print(sorted({'yaml', 'pydantic', 'sqlglot'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(copied)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def read(text: str, extra: dict[str, list[str]] | None = None) -> dict[str, Any]:
    record = {
        "row": [0],
        "next_step": [text],
        "ref_date": [date(2025, 11, 20)],
        "basis": ["changed"],
        "owner": ["Ana Ortiz"],
        "account": ["Nexio"],
        "contacts": [["Dana Reyes"]],
    }
    return Reader(lexicon=extra).read(pl.DataFrame(record)).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("text", "name", "word", "field", "before", "after"),
    [
        ("Fit-gap with Dana Friday", "event", "Fit Gap", "meeting", False, True),
        ("Frobnicate with Dana", "contact_verb", "frobnicate", "vague", False, True),
        ("zilch", "filler", "zilch", "placeholder", False, True),
        ("Workshop with grid desk Friday 2pm", "department", "grid-desk", "customer_action", False, True),
        ("Blue binder", "pointer", "BLUE BINDER", "placeholder", False, True),
        ("Send the quote", "act", "send", "one_sided", True, False),  # wins over the shipped listing
    ],
)
def test_a_users_words_change_a_reading(text: str, name: str, word: str, field: str, before: Any, after: Any) -> None:
    assert read(text)[field] == before
    assert read(text, {name: [word]})[field] == after


def test_a_users_words_stay_with_their_reader() -> None:
    assert read("zilch", {"filler": ["zilch"]})["placeholder"]
    assert not read("zilch")["placeholder"]
    assert "zilch" not in load_lexicon()["words"]


def test_unknown_class_tells_the_nearest() -> None:
    with pytest.raises(ConfigError, match="'evnt'") as caught:
        Reader(lexicon={"evnt": ["fit gap"]})
    assert "'event'" in caught.value.render()


def test_unknown_class_without_a_near_one_has_no_hint() -> None:
    with pytest.raises(ConfigError) as caught:
        load_lexicon(extra={"qqqqqqqqqq": ["fit gap"]})
    assert "did you mean" not in caught.value.render()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Review Thu 15 Jan 4pm w/ Prav, cal accept'd", "said_invite", "accepted"),
        ("Demo Thu 15 Jan 2pm w/ Ola, accpt'd", "said_invite", "accepted"),
        ("DM'd the ops lead, left on read", "past_only", True),
        ("We will call again on Thursday at 11:00", "brush_off", None),
        ("Asked us to call again", "brush_off", "later"),
    ],
)
def test_what_a_short_past_or_a_second_call_says(text: str, field: str, value: object) -> None:
    assert parse(text, date(2026, 1, 12))[field] == value
