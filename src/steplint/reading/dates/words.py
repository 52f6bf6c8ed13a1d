"""The date words of a language: read from YAML, kept as JSON so that a start needs no YAML parser."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["LEXICON", "Words", "compile_words", "load_words"]

LEXICON = Path(__file__).parent.parent / "lexicon"
Words = dict[str, Any]

# Class of the YAML file -> its letter in the grammar.
LETTERS = {
    "weekday": "W",
    "month": "M",
    "day_word": "R",
    "end_of_day": "e",
    "unit": "U",
    "days": "d",
    "week": "u",
    "hour": "k",
    "number": "K",
    "direction": "D",
    "edge": "E",
    "period": "A",
    "week_of": "w",
    "fiscal_word": "f",
    "holiday": "H",
    "season": "S",
    "clock_word": "C",
    "oclock": "c",
    "zone": "Z",
    "day_part": "P",
    "vague": "V",
    "vague_prefix": "v",
    "in": "I",
    "in_the": "a",
    "shift": "X",
    "from": "F",
    "after": "B",
    "or": "O",
    "to": "J",
    "of": "G",
    "at": "T",
    "the": "N",
    "by": "b",
    "latest": "L",
    "ordinal": "j",
    "rare_weekday": "g",
    "rare_month": "h",
    "foreign_next": "l",
    "foreign_unit": "p",
    "foreign_edge": "z",
    "foreign_day": "α",
    "foreign_of": "β",
}


def compile_words(lexicon_dir: Path, language: str = "en") -> Words:
    """The YAML tables of one language as plain JSON data.

    `phrases`: {spelling: [letter, value]}; `context`: spellings that are dates only in company; `digest`: of the files. A build
    adds the patterns that are made of them (`fine`, `coarse`), so that a start need not.
    Raises ValueError when a class is unknown or a spelling stands in two classes.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    context: list[str] = []
    phrases: dict[str, list[Any]] = {}
    files = _sources(lexicon_dir, language)
    for file in files:
        where = f"{file.parent.name}/dates.yaml"
        table = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 - a safe loader, in C
        context += [str(word) for word in table.pop("needs_context", [])]
        for name, values in table.items():
            if name not in LETTERS:
                raise ValueError(f"{where}: unknown class {name!r}")
            for value, spellings in values.items():
                for spelling in spellings:
                    if str(spelling) in phrases:
                        raise ValueError(f"{where}: {spelling!r} is in two places ({name} and another)")
                    phrases[str(spelling)] = [LETTERS[name], value]
    return {"phrases": phrases, "context": context, "digest": _digest(files)}


def _sources(lexicon_dir: Path, language: str) -> list[Path]:
    """The language's own table, then the words of other languages that are mixed into it."""
    return [lexicon_dir / language / "dates.yaml", lexicon_dir / "foreign" / "dates.yaml"]


def _digest(files: list[Path]) -> str:
    """Of the tables and of the code that makes words and patterns of them."""
    code = (Path(__file__).with_name(name) for name in ("words.py", "grammar.py", "guards.py", "scan.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in (*files, *code))).hexdigest()


def load_words(language: str = "en", lexicon_dir: Path = LEXICON) -> Words:
    """The words of one language: the compiled JSON beside the YAML when it is up to date, else the YAML itself."""
    compiled = lexicon_dir / language / "dates.json"
    files = _sources(lexicon_dir, language)
    if compiled.exists():
        words: Words = json.loads(compiled.read_bytes())
        if not all(file.exists() for file in files) or words["digest"] == _digest(files):
            return words
    return compile_words(lexicon_dir, language)
