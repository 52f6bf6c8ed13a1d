"""Grammar over class strings: class names, `|`, `?`, `*`, `+` and groups compiled to ordinary regular expressions.

A class string holds one letter for each token of a clause, so a pattern reads like a sentence plan
(`c_np aux verb`) and stays short. Letters are generated from the order of the classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["FIRST_LETTER", "Grammar"]

# Letters stand in a block whose characters all take two bytes, so that a slice of bytes is a slice of tokens.
FIRST_LETTER = 0x100

_TOKEN = re.compile(
    r"(?P<named>[a-z]\w*)\(|(?P<negset>!\()|!(?P<neg>[a-z]\w*)|(?P<name>[a-z]\w*)|(?P<space>\s+)|(?P<other>\{[0-9,]+\}|.)"
)


class Grammar:
    """Compiles patterns in class names for one lexicon.

    `codes` maps a class to its number (from 0, at most 255), `letters` to its letter (`FIRST_LETTER` + number).
    """

    def __init__(self, classes: list[str], source: Mapping[str, Any]) -> None:
        self.codes = {name: number for number, name in enumerate(classes)}
        self.letters = {name: chr(FIRST_LETTER + number) for name, number in self.codes.items()}
        self.macros: dict[str, str] = dict(source.get("macros", {}))
        self._expanded: dict[str, str] = {}
        self._compiled: dict[str, re.Pattern[str]] = {}  # made when first needed: a few texts need few of them
        self.rewrites = [
            (rule["find"], self.members(rule["find"]), self.letters[rule["as"]]) for rule in source.get("rewrites", ())
        ]

    def set_of(self, text: str) -> frozenset[str] | None:
        """The letters of an alternation of single classes, or None when `text` is more than that."""
        letters: set[str] = set()
        for part in text.split("|"):
            name = part.strip()
            if name in self.letters:
                letters.add(self.letters[name])
            elif name in self.macros and (inner := self.set_of(self.macros[name])) is not None:
                letters |= inner
            else:
                return None
        return frozenset(letters)

    def letters_of(self, text: str) -> frozenset[str]:
        """The letters of an alternation of classes; `KeyError` when it is more than that."""
        letters = self.set_of(text)
        if letters is None:
            raise KeyError(f"grammar: {text!r} is not a set of classes")
        return letters

    def members(self, find: str) -> frozenset[str]:
        """The letters the group `x` of a rewrite may begin with (empty: any), a cheap test before the pattern runs."""
        inner = re.search(r"x\(([^()]*)\)", find)
        first = inner[1].split()[0] if inner and "|" not in inner[1] else (inner[1] if inner else "")
        return self.set_of(first) or frozenset()

    def compile(self, pattern: str) -> re.Pattern[str]:
        """A pattern in class names as a compiled regular expression; `name(` opens a named group."""
        found = self._compiled.get(pattern)
        if found is None:
            found = self._compiled[pattern] = re.compile(self.expand(pattern), re.DOTALL)
        return found

    def expand(self, pattern: str) -> str:
        """The regular-expression source of a pattern; a macro that is one set of classes becomes one character set."""
        if (letters := self.set_of(pattern)) is not None:
            return _charset(letters)
        out = []
        position = 0
        while position < len(pattern):
            found = _TOKEN.match(pattern, position)
            assert found is not None  # the last alternative takes any character
            position = found.end()
            if found["named"]:
                out.append(f"(?P<{found['named']}>")
            elif found["negset"]:
                stop = pattern.index(")", position)
                out.append(_charset(self.letters_of(pattern[position:stop]), negate=True))
                position = stop + 1
            elif found["neg"]:
                out.append(_charset(self.letters_of(found["neg"]), negate=True))
            elif found["name"]:
                out.append(self._name(found["name"]))
            elif found["other"]:
                out.append("(?:" if found["other"] == "(" else found["other"])
        return "".join(out)

    def _name(self, name: str) -> str:
        if name == "any":
            return "."
        if name in self.letters:
            return _charset(frozenset(self.letters[name]))
        if name not in self._expanded:
            if name not in self.macros:
                raise KeyError(f"grammar: {name!r} is neither a class nor a macro")
            source = self.expand(self.macros[name])
            self._expanded[name] = source if source.startswith("[") and source.count("[") == 1 else f"(?:{source})"
        return self._expanded[name]

    def rewrite(self, clause: str) -> str:
        """The clause with its ambiguous classes settled, same length."""
        for find, members, letter in self.rewrites:
            if members and members.isdisjoint(clause):
                continue
            clause = self.compile(find).sub(lambda found, letter=letter: _replace(found, letter), clause)  # type: ignore[misc]
        return clause

    def spell(self, clause: str) -> str:
        """The class names of a class string, for people."""
        names = {letter: name for name, letter in self.letters.items()}
        return " ".join(names[letter] for letter in clause)


def _replace(found: re.Match[str], letter: str) -> str:
    start, end = found.span("x")
    whole, offset = found[0], found.start()
    return whole[: start - offset] + letter * (end - start) + whole[end - offset :]


def _charset(letters: frozenset[str], *, negate: bool = False) -> str:
    body = "".join(f"\\u{ord(letter):04x}" for letter in sorted(letters))
    return f"[{'^' if negate else ''}{body}]"
