"""One distinct date expression to its symbolic form: words and numbers, letters, the grammar's rule, a builder."""

from __future__ import annotations

import re
from functools import cache

from steplint.reading.dates.build import BUILDERS, finish
from steplint.reading.dates.clock import clock_of
from steplint.reading.dates.grammar import DOTTED, SHAPES, expression
from steplint.reading.dates.guards import GUARDS, LATE_GUARDS
from steplint.reading.dates.symbols import DateSymbol, Flag, Gran, Kind
from steplint.reading.dates.token import Token
from steplint.reading.dates.words import Words, load_words

__all__ = ["guard", "parse"]

_Phrases = dict[str, list[tuple[tuple[str, ...], str, object]]]


class Machine:
    """Compiled patterns of one word table; made on first use because compiling costs milliseconds."""

    def __init__(self, words: Words) -> None:
        shapes = "|".join(
            rf"(?P<{letter}>(?:{source}))(?![0-9A-Za-z])" for letter, source in SHAPES.items() if letter != "n"
        )
        self.token = re.compile(rf"{shapes}|(?P<n>[0-9]{{1,2}})(?!\d)|(?P<word>[^\W\d_]+)|(?P<other>[^\s.])")
        self.grammar = re.compile(expression())
        self.early = re.compile(_guards(GUARDS), re.ASCII)
        self.late = re.compile(_guards(LATE_GUARDS), re.ASCII)
        self.context = frozenset(words["context"])
        self.phrases: _Phrases = {}
        self.pieces = re.compile(r"[^\W\d_]+|[0-9]+(?:st|nd|rd|th)?|[^\s.]")
        for spelling, (letter, value) in words["phrases"].items():
            key = tuple(self.pieces.findall(spelling))
            self.phrases.setdefault(key[0], []).append((key, letter, value))
        for entries in self.phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def tokens(self, text: str) -> list[Token]:
        """Words and shapes of a piece, phrases merged longest first."""
        raw = [(found.lastgroup or "", found[0], found.end()) for found in self.token.finditer(text)]
        folded = [part.lower() for _, part, _ in raw]
        out: list[Token] = []
        at = 0
        while at < len(raw):
            kind, part, end = raw[at]
            for key, letter, value in self.phrases.get(folded[at], ()):
                if tuple(folded[at : at + len(key)]) == key:
                    at += len(key)
                    out.append(Token(letter, value, " ".join(key), raw[at - 1][2]))
                    break
            else:
                at += 1
                out.append(Token(_PUNCTUATION.get(part, "?") if kind in ("other", "word") else kind, part, part, end))
        while out and out[-1].letter in ",-/(?T":
            out.pop()
        return out

    def doubtful(self, tokens: list[Token]) -> bool:
        """Whether the tokens are one word that is a date only in company."""
        named = [token for token in tokens if token.letter != "N"]
        return len(named) == 1 and named[0].text in self.context


_PUNCTUATION = {",": ",", "-": "-", "–": "-", "—": "-", "/": "/", "(": "(", "@": "T"}


def _guards(table: dict[str, str]) -> str:
    return r"\s*(?:" + "|".join(f"(?P<{name}>(?:{source}))" for name, source in table.items()) + r")[^\w'’]*\Z"


@cache
def patterns() -> Machine:
    """The patterns of the English words."""
    return Machine(load_words())


def parse(piece: str) -> DateSymbol | None:
    """What a piece found by `scan_source` means, or None for a look-alike (then `guard` says which).

    Trailing separators are allowed and not counted in `end_chars`.
    """
    machine = patterns()
    if machine.early.match(piece):
        return None
    if dotted := re.fullmatch(rf"(?P<weekday>[^\W\d_]+)?[.,\s]*(?:{DOTTED})", piece):
        day, month = (int(digits) for digits in re.findall(r"[0-9]+", dotted[0]))
        weekday = int(str(machine.phrases[dotted["weekday"].lower()][0][2])) if dotted["weekday"] else None
        return DateSymbol(
            Kind.DATE,
            Gran.DAY,
            int(Flag.ABSOLUTE),
            weekday=weekday,
            month=month,
            day=day,
            end_chars=len(piece.rstrip()),
        )
    text = _POSSESSIVE.sub("", piece)
    tokens = machine.tokens(text)
    found = machine.grammar.fullmatch("".join(token.letter for token in tokens))
    if found is None:
        return None
    flags = 0
    if found["bound"]:
        flags = Flag.PAST | Flag.SINCE if tokens[0].text == "since" else Flag.OPEN_AFTER
    if found["latest"]:
        flags |= Flag.DEADLINE
    end = tokens[-1].end
    if found["clock"]:
        clock = clock_of(tokens[found.start("clock") : found.end("clock")], bare=True)
        if clock is None:
            return None
        lead = tokens[found.start("clock")]
        flags |= Flag.CLOCK_ONLY | (Flag.NEEDS_CONTEXT if machine.doubtful(tokens) else 0)
        if lead.letter == "T":
            flags |= Flag.NEEDS_CONTEXT | Flag.LAST_WORD
        return DateSymbol(Kind.DAY, Gran.TIME, int(flags), clock=clock[0], clock_end=clock[1], end_chars=end)
    name = next(key for key, value in found.groupdict().items() if value is not None and key in BUILDERS)
    first, last = found.span(name)
    symbol = BUILDERS[name](tokens[first:last])
    if symbol is None:
        return None
    before, after = tokens[bool(found["bound"]) : first], tokens[last:]
    return finish(symbol, before, after, flags, machine.doubtful(tokens[first:last]), end)


_POSSESSIVE = re.compile(r"['’]s[^\w'’]*\Z")


def guard(piece: str) -> str | None:
    """Which look-alike a piece is (number, id, phone, version, fraction, money…), or None when it is a date.

    "word" is anything the scan offered that is neither: to be read as the words it is made of.
    """
    machine = patterns()
    if found := machine.early.match(piece):
        return found.lastgroup
    if parse(piece) is not None:
        return None
    if found := machine.late.match(piece):
        return found.lastgroup
    return "word"
