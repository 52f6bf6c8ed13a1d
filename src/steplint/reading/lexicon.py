"""The word lists: YAML under `lexicon/<language>/` compiled to one plain dict (kept as JSON beside it in a build).

Shape of the compiled lexicon: `{"digest": str, "classes": [name, …], "words": {word: class name}, "terms": {…}` (see
`terms.compile_terms`)`, "first_names": [str, …], "grammar": {…}}`. A word is in lower case with single blanks; hyphens inside
a term match blanks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from steplint.reading.terms import compile_terms

__all__ = ["compile_lexicon", "inflect", "load_lexicon"]

_SOURCES = (
    "classes.yaml",
    "words.yaml",
    "verbs.yaml",
    "grammar.yaml",
    "first_names.txt",
    "../languages.yaml",
    "../foreign/words.yaml",
)
_DOUBLED = frozenset(
    "set get put plan map ship chat stop drop swap skip nag prep prod tag transfer refer submit cut run win begin".split()
)


# Classes of the third person, past, participle and -ing form of a verb class; an empty name keeps the verb's own.
_FORM_CLASSES = {
    "": ("v3s", "past", "past", "ing"),
    "give": ("v3s_give", "past_give", "past_give", ""),
    "prepare": ("v3s_give", "past_give", "past_give", ""),
    "noun_or_give": ("v3s_give", "past_give", "past_give", ""),
    "finish": ("v3s_give", "past", "past", ""),
    "contact_verb": ("v3s", "past", "past", ""),
    "process": ("v3s", "past", "past", ""),
    "present": ("v3s", "past", "past", ""),
    "stative": ("", "past", "past", "ing"),
    "text_verb": ("v3s", "past", "past", ""),
    "dial": ("v3s", "past", "past", ""),
    "meet": ("v3s_meet", "past", "past", ""),
    "schedule": ("", "booked", "booked", ""),
    "wait": ("", "past", "past", ""),
    "expect": ("", "", "", ""),
}


# Noun classes whose plural means the same.
_PLURALS = frozenset({"buyer_role", "seller_role", "committee", "event", "deliverable", "partner"})


def inflect(entry: str) -> tuple[str, str, str, str, str]:
    """Base, third person, past, participle and -ing form of a verb entry ("send|sends|sent|sent|sending" as written)."""
    if "|" in entry:
        base, third, past, participle, ing = entry.split("|")
        return base, third, past, participle, ing
    verb, _, rest = entry.partition(" ")
    tail = f" {rest}" if rest else ""
    if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
        third = verb + "es"
    elif re.search(r"[^aeiou]y$", verb):
        third = verb[:-1] + "ies"
    else:
        third = verb + "s"
    if verb.endswith("e"):
        past, ing = verb + "d", (verb[:-2] + "ying" if verb.endswith("ie") else verb[:-1] + "ing")
    elif re.search(r"[^aeiou]y$", verb):
        past, ing = verb[:-1] + "ied", verb + "ing"
    elif verb in _DOUBLED:
        past, ing = verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    else:
        past, ing = verb + "ed", verb + "ing"
    return entry, third + tail, past + tail, past + tail, ing + tail


def compile_lexicon(folder: Path) -> dict[str, Any]:
    """Read one language's YAML files into the plain form. The first listing of a word wins; words.yaml comes first."""
    from steplint import yaml_safe

    def read(name: str) -> Any:
        return yaml_safe.read(folder / name).data

    words: dict[str, str] = {}
    for name, entries in read("words.yaml").items():
        for entry in entries:
            words.setdefault(fold_term(entry), name)
            if name in _PLURALS and entry[-1] not in "s&" and entry[-2:] != "of":
                words.setdefault(fold_term(entry) + "s", name)
    for name, entries in read("verbs.yaml").items():
        for entry in entries:
            base, third, past, participle, ing = inflect(entry)
            forms = _FORM_CLASSES.get(name, _FORM_CLASSES[""])
            for form, other in zip((base, third, past, participle, ing), (name, *forms), strict=True):
                words.setdefault(fold_term(form), other or name)
    for name, entries in read("../foreign/words.yaml").items():
        for entry in entries:
            words.setdefault(fold_term(entry), name)
    names = (folder / "first_names.txt").read_text(encoding="utf-8").splitlines()
    first_names = " ".join(line for line in names if not line.startswith("#")).split()
    return {
        "digest": _digest(folder),
        "classes": list(read("classes.yaml")),
        "words": words,
        "terms": compile_terms(words),
        "first_names": [name for name in first_names if name not in words],
        "grammar": read("grammar.yaml"),
        "languages": read("../languages.yaml"),
    }


def fold_term(text: str) -> str:
    """A term as it is looked up: lower case, hyphens and runs of blanks as one blank, typographic quotes plain."""
    return re.sub(r"[\s\-‐-―]+", " ", text.casefold().replace("’", "'")).strip()


def _digest(folder: Path) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())  # the compiler belongs to what was compiled
    digest.update(Path(__file__).with_name("terms.py").read_bytes())
    for name in _SOURCES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _folder(language: str) -> Path:
    return Path(str(files("steplint.reading").joinpath("lexicon", language)))


@cache
def _shipped(language: str) -> dict[str, Any]:
    folder = _folder(language)
    built = folder.parent / f"{language}.json"
    if built.is_file():
        lexicon: dict[str, Any] = json.loads(built.read_text(encoding="utf-8"))
        if lexicon["digest"] == _digest(folder):
            return lexicon
    return compile_lexicon(folder)


def load_lexicon(language: str = "en", extra: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
    """The compiled lexicon of a language; `extra` (class → words, from config) wins over the shipped listing.

    Raises `ConfigError` for a class that does not exist.
    """
    lexicon = _shipped(language)
    if not extra:
        return lexicon
    from steplint.errors import ConfigError, nearest

    words = dict(lexicon["words"])
    for name, entries in extra.items():
        if name not in lexicon["classes"]:
            near = nearest(name, lexicon["classes"])
            raise ConfigError(f"lexicon: no word class {name!r}", hint=f"did you mean {near!r}?" if near else None)
        words.update({fold_term(entry): name for entry in entries})
    return {**lexicon, "words": words, "terms": compile_terms(words)}
