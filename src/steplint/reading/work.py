"""The working state of one clause while it is judged, and the grammar it is judged by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from steplint.reading.clause import Clause, Span
from steplint.reading.grammar import Grammar

__all__ = ["Judgements", "Work"]


class Judgements:
    """The compiled sets (letters) and patterns (regular expressions) of grammar.yaml, by name."""

    def __init__(self, grammar: Grammar, source: Mapping[str, Any]) -> None:
        self.grammar = grammar
        self.letter = grammar.letters
        self.sets = {name: grammar.letters_of(text) for name, text in source["sets"].items()}
        self.patterns = Patterns(grammar, source["patterns"])


class Patterns:
    """The patterns by name, each compiled when it is first asked for."""

    def __init__(self, grammar: Grammar, source: Mapping[str, str]) -> None:
        self._grammar = grammar
        self._source = source

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self._grammar.compile(self._source[name])


class Work:
    """One clause in hand: its class string, which tokens are history, and what was found so far (`found`, `spans`)."""

    def __init__(self, judgements: Judgements, clause: str) -> None:
        self.sets = judgements.sets
        self.letter = judgements.letter
        self.patterns = judgements.patterns
        self.s = clause
        self.dead = [False] * len(clause)
        self.asks = False
        self.taken = [False] * len(clause)
        self.theirs = [False] * len(clause)  # the tokens of the customer's acts
        self.found: dict[str, Any] = Clause()._asdict()
        self.spans: list[Span] = []

    def has(self, *names: str) -> bool:
        """Whether the clause has a token of one of these classes."""
        return any(self.letter[name] in self.s for name in names)

    def any(self, name: str) -> bool:
        """Whether the clause has a token of the set `name`."""
        return not self.sets[name].isdisjoint(self.s)

    def alive(self, letters: frozenset[str] | str) -> list[int]:
        """Tokens of these letters that are not history."""
        return [at for at, letter in enumerate(self.s) if letter in letters and not self.dead[at]]

    def search(self, name: str) -> re.Match[str] | None:
        return self.patterns[name].search(self.s)

    def finditer(self, name: str) -> Iterator[re.Match[str]]:
        return self.patterns[name].finditer(self.s)

    def mark(self, role: str, first: int, last: int | None = None) -> None:
        self.spans.append(Span(role, first, first if last is None else last))

    def acts(self) -> bool:
        """Whether somebody is to do something that can be told."""
        found = self.found
        return bool(found["gives"] or found["works"] or found["customer_acts"] or found["meeting"])

    def phrase_end(self, at: int) -> int:
        """The last token of the phrase that begins at `at`: up to a joint, a date or the next verb."""
        joint, date, verb, joins = self.sets["joint"], self.sets["date"], self.sets["verb"], self.letter["and"]
        end = at
        for i in range(at + 1, len(self.s)):
            x = self.s[i]
            if x in joint or x in date or (x == joins and i + 1 < len(self.s) and self.s[i + 1] in verb):
                break
            end = i
        return end
