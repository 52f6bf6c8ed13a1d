"""Rule files of strangers: each gives one line with file and line, opens nothing but the file itself, and no socket."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steplint.errors import RuleError
from steplint.rules.load import load_path, load_text

WATCHED = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "ctypes.", "exec")
_seen: list[tuple[str, str]] | None = None


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(WATCHED):
        _seen.append((event, str(args[0]) if args else ""))


sys.addaudithook(_watch)  # for good: it only notes what happens while _seen is a list


@pytest.fixture
def watched(rule_text: Callable[[str], str]) -> Iterator[list[tuple[str, str]]]:
    global _seen
    load_text(rule_text("pattern: {column: next_step, regex: x, unless: waiting}"))  # all imports are done now
    with pytest.raises(RuleError):
        load_text("x: [")
    _seen = []
    yield _seen
    _seen = None


WHERE = [
    ("owner IN (SELECT owner FROM read_csv('/etc/passwd'))", "sub-queries"),
    ("read_csv('/etc/passwd')", "unknown function read_csv"),
    ("owner = 'x' FROM '/etc/passwd'", "sub-queries"),
    ("read_parquet('http://127.0.0.1:9/x.parquet')", "unknown function"),
    ("'http://127.0.0.1:9/x' = owner OR 'http://127.0.0.1:9/x.csv'", "text, not true or false"),
    ("waiting" + " AND TRUE" * 8_000, "characters, the limit is"),
    ("waiting hedged", "an operator is missing before hedged"),
    ("waiting AS hedged", "aliases"),
    ("count(contacts) OVER (PARTITION BY owner) > 1", "window functions"),
    ("next_stp IS NULL", "unknown column next_stp"),
    ("NOT " * 1_000 + "waiting", "deeper than"),
    ("(" * 9_000 + "waiting" + ")" * 9_000, "words and signs"),
    ("CASE WHEN " * 300 + "waiting", "deeper than"),
    ("COPY waiting TO '/tmp/x'", "unknown column COPY"),
    ("__import__('os').system('id')", "unknown function"),
    ("owner = :path", "unknown option"),
]


@pytest.mark.parametrize(("condition", "words"), WHERE, ids=[condition[:30] for condition, _ in WHERE])
def test_conditions(
    condition: str, words: str, rule_text: Callable[[str], str], tmp_path: Path, watched: list[tuple[str, str]]
) -> None:
    file = tmp_path / "evil.yaml"
    quoted = condition.replace("'", "''")
    file.write_text(rule_text(f"where: '{quoted}'"))
    assert_refused(file, words, watched, line=6)


PATTERNS = [
    ("(?=x)y", "look-ahead"),
    ("(?<!x)y", "negative look-behind"),
    (r"(x)\1", "backreferences"),
    ("x++", "possessive"),
    ("(?>x)", "atomic"),
    ("a{1000}{1000}", "a repeat of a repeat"),
    ("(?:a{1000}){1000}", "multiply to a huge pattern"),
    ("(?:(?:(?:a{99}){99}){99}){99}", "multiply to a huge pattern"),
    ("a{99999999999999999999}", "more than 1,000"),
    ("(" * 200 + "a" + ")" * 200, "nested deeper"),
    ("[a", "not closed"),
    ("(a", "not closed"),
    ("a)", "closes nothing"),
    (r"\p{L}", "portable"),
    ("[a&&b]", "set operations"),
    ("x" * 5_000, "the limit is 4,000"),
    (r"(?:\w{50}){90}", "the pattern does not compile: regex error: Compiled regex exceeds size limit"),
]


@pytest.mark.parametrize(("regex", "words"), PATTERNS, ids=[regex[:30] for regex, _ in PATTERNS])
def test_patterns(
    regex: str, words: str, rule_text: Callable[[str], str], tmp_path: Path, watched: list[tuple[str, str]]
) -> None:
    file = tmp_path / "evil.yaml"
    file.write_text(rule_text(f"pattern:\n  column: next_step\n  regex: '{regex}'"))
    assert_refused(file, words, watched, line=2 if "compile" in words else 8)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES = [
    ("alias bomb", BOMB, "too many values", None),
    ("merge key", "a: &a {x: 1}\nb:\n  <<: *a\n", "merge keys", 3),
    ("itself", "a: &a [*a]\n", "stands for nothing, or for itself", 1),
    ("deep", "a: " + "[" * 80 + "]" * 80, "nested deeper than 64", 1),
    ("very deep", "a: " + "[" * 500_000, "nested deeper than 64", 1),
    ("large", "a: " + "x" * (1 << 20), "larger than 1 MiB", None),
    ("python tag", "a: !!python/object/apply:os.system ['id']\n", "unknown tag", 1),
    ("own tag", "schema: !include /etc/passwd\n", "unknown tag", 1),
    ("twice", "schema: 1\ncode: X\nschema: 1\n", "schema is given twice", 3),
    ("second document", "a: 1\n---\nb: 2\n", "second document", 2),
    ("norway", "schema: 1\nname: no\n", "no is a true or false to YAML; quote it", 2),
    ("octal", "schema: 1\ncode: 012\n", "012 is an octal number", 2),
    ("no mapping", "- a\n", "keys with values", 1),
    ("not YAML", "a: [b\n", "not valid YAML", 2),
    ("control character", "a: \x07\n", "not valid YAML", 1),
]


@pytest.mark.parametrize(("text", "words", "line"), [item[1:] for item in FILES], ids=[item[0] for item in FILES])
def test_files(text: str, words: str, line: int | None, tmp_path: Path, watched: list[tuple[str, str]]) -> None:
    file = tmp_path / "evil.yaml"
    file.write_text(text)
    assert_refused(file, words, watched, line)


def test_no_examples(rule_text: Callable[[str], str], tmp_path: Path, watched: list[tuple[str, str]]) -> None:
    text = rule_text("where: waiting")
    file = tmp_path / "evil.yaml"
    file.write_text(text[: text.index("examples:")])
    assert_refused(file, "examples is missing", watched, line=1)
    file.write_text(text.replace('[{next_step: "even"}]', "[]"))
    assert_refused(file, "examples.good", watched, line=11)


def test_duplicate_code_names_both_files(rule_text: Callable[[str], str], tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(rule_text("where: waiting"))
    with pytest.raises(RuleError) as caught:
        load_path(tmp_path)
    line = caught.value.render()
    assert line.startswith(f"{tmp_path / 'two.yaml'}:2: ACME101 is already used in {tmp_path / 'one.yaml'}:2")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(RuleError, match="not a regular file"):
        load_path(tmp_path / "pipe.yaml")


def test_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("token: abc123\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "link.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(RuleError, match="links out of its folder"):
        load_path(tmp_path / "rules")


def test_not_utf8_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"schema: 1\nname: caf\xe9\n")
    with pytest.raises(RuleError, match=r"latin.yaml:2: not UTF-8"):
        load_path(tmp_path / "latin.yaml")


def assert_refused(file: Path, words: str, watched: list[tuple[str, str]], line: int | None) -> None:
    watched.clear()
    with pytest.raises(RuleError) as caught:
        load_path(file)
    seen = list(watched)
    text = caught.value.render()
    assert words in text
    assert "\n" not in text
    assert len(text) < 500
    assert text.startswith(f"{file}:" if line is None else f"{file}:{line}:")
    assert seen == [("open", str(file))]
