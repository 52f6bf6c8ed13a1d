"""User patterns: a portable subset that runs in linear time and bounded size, and how phrases become one.

Allowed: literals, `.`, classes, groups (with `i`, `s`, `m` flags), `|`, `* + ?` (lazy too), `{m,n}`, `^ $`, and of the
escapes b, B, d, w, s, D, W, S, A, n, r, t, xHH and uHHHH. `$` without the `m` flag is the very end of the text, also
after a last line end. Word ends look at ASCII first, which is thirty times faster; other texts are checked again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["MAX_COUNT", "MAX_LENGTH", "MAX_SIZE", "PatternError", "ascii_words", "check", "phrases"]

MAX_LENGTH = 4_000
MAX_COUNT = 1_000
MAX_SIZE = 10_000
MAX_DEPTH = 50

_GROUPS = (
    ("(?=", "look-ahead", "write what must follow into a second rule, or use `unless`"),
    ("(?!", "negative look-ahead", "use `unless` to except records"),
    ("(?<=", "look-behind", "match the text before too, or use \\b"),
    ("(?<!", "negative look-behind", "use `unless` to except records"),
    ("(?>", "an atomic group", "write (?: … )"),
    ("(?P=", "a backreference", "write the alternatives out"),
    ("(?(", "a conditional group", "write the alternatives out"),
    ("(?#", "a comment", "use YAML comments: # …"),
    ("(?P<", "a named group", "write (?: … )"),
    ("(?<", "a named group", "write (?: … )"),
)
_FLAGS = re.compile(r"\(\?[ism]*(?::|\))")
_ESCAPES = frozenset("dDwWsSbBAnrt")
_COUNTED = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
_CODES = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")


class PatternError(ValueError):
    """What is wrong at `index` of the pattern, and what to write instead."""

    def __init__(self, message: str, index: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.index, self.hint = message, index, hint


def check(pattern: str) -> str:
    """The pattern as it is compiled. Raises PatternError for whatever is not portable, linear and small."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"pattern of {len(pattern):,} characters, the limit is {MAX_LENGTH:,}", 0, "split the rule")
    if not pattern:
        raise PatternError("the pattern is empty", 0)
    scan = _Scan(pattern)
    size = scan.alternatives(0)
    if scan.at < len(pattern):
        raise PatternError("a ) that closes nothing", scan.at, "escape it: \\)")
    if size > MAX_SIZE:
        raise PatternError("repeats that multiply to a huge pattern", 0, f"stay under {MAX_SIZE:,} repeated parts")
    try:
        re.compile(pattern)
    except re.error as error:  # what the scan need not know itself, such as a range that runs backwards
        raise PatternError(error.msg, error.pos or 0) from error
    return ascii_words(pattern)


def ascii_words(pattern: str) -> str:
    """`\\b` as a look at ASCII letters: a Unicode one drops the engine from its fast path."""
    return re.sub(
        r"\\(.)", lambda found: rf"(?-u:\{found[1]})" if found[1] == "b" else found[0], pattern, flags=re.DOTALL
    )


def phrases(words: Sequence[str], *, unicode: bool = False) -> str:
    """One pattern for a list of phrases: any case, whole words, blanks of any length. No meta characters in phrases."""
    edge = r"\b" if unicode or not all(word.isascii() for word in words) else r"(?-u:\b)"
    made = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        body = r"\s+".join(re.escape(part) for part in word.split())
        before = edge if word[0].isalnum() or word[0] == "_" else ""
        after = edge if word[-1].isalnum() or word[-1] == "_" else ""
        made.append(f"{before}{body}{after}")
    return f"(?i)(?:{'|'.join(made)})"


class _Scan:
    """Walks a pattern once and returns how large it is when counted repeats are written out."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def ahead(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def alternatives(self, depth: int) -> int:
        if depth > MAX_DEPTH:
            raise PatternError(f"nested deeper than {MAX_DEPTH} groups", self.at)
        size = 0
        while self.at < len(self.pattern) and not self.ahead(")"):
            if self.ahead("|"):
                self.at += 1
                continue
            start = self.at
            atom = self.atom(depth)
            size += self.repeated(atom, start)
        return size

    def atom(self, depth: int) -> int:
        sign = self.pattern[self.at]
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return self.bracket()
        if sign == "\\":
            return self.escape()
        if sign in "*+?":
            raise PatternError(f"{sign} repeats nothing", self.at, f"escape it: \\{sign}")
        if sign in "{}":
            raise PatternError(f"{sign} that belongs to no repeat", self.at, f"escape it: \\{sign}")
        self.at += 1
        return 1

    def group(self, depth: int) -> int:
        start = self.at
        for opening, name, hint in _GROUPS:
            if self.ahead(opening):
                raise PatternError(f"{name} is not supported", start, hint)
        if self.ahead("(?"):
            flags = _FLAGS.match(self.pattern, start)
            if not flags:
                raise PatternError("this kind of group is not supported", start, "write (?: … )")
            self.at = flags.end()
            if flags[0].endswith(")"):
                if start:
                    raise PatternError("flags stand at the very beginning", start, "write (?i: … ) for a part")
                return 0
        else:
            self.at += 1
        size = self.alternatives(depth + 1)
        if not self.ahead(")"):
            raise PatternError("a ( that is not closed", start, "escape it: \\(")
        self.at += 1
        return max(size, 1)

    def bracket(self) -> int:
        start = self.at
        self.at += 2 if self.ahead("[^") else 1
        if self.ahead("]"):
            raise PatternError("] comes first in its class", self.at, "escape it: \\]")
        while self.at < len(self.pattern) and not self.ahead("]"):
            if self.ahead("["):
                raise PatternError(
                    "[ inside a class", self.at, "escape it: \\[ (classes like [:alpha:] are not supported)"
                )
            if self.ahead("&&") or self.ahead("--") or self.ahead("~~"):
                raise PatternError("set operations in a class are not supported", self.at, "escape the signs")
            if self.ahead("\\"):
                if self.pattern[self.at + 1 : self.at + 2] in ("b", "B", "A"):
                    raise PatternError("this escape has no meaning in a class", self.at)
                self.escape()
            else:
                self.at += 1
        if self.at >= len(self.pattern):
            raise PatternError("a [ that is not closed", start, "escape it: \\[")
        self.at += 1
        return 1

    def escape(self) -> int:
        start = self.at
        sign = self.pattern[start + 1 : start + 2]
        if code := _CODES.match(self.pattern, start):
            self.at = code.end()
            return 1
        if sign.isdigit() or sign == "k":
            raise PatternError("backreferences are not supported", start, "write the alternatives out")
        if sign in ("p", "P"):
            raise PatternError("\\p classes are not portable", start, "use \\w, or list the characters")
        if sign in ("Z", "z"):
            raise PatternError(
                f"\\{sign} is not portable", start, "use $: without the m flag it is the end of the text"
            )
        if sign in ("<", ">"):  # a word's start or end to Rust, the sign itself to Python
            raise PatternError(f"\\{sign} is not portable", start, f"write {sign} for the sign, \\b for a word's end")
        if not sign or (sign.isalnum() and sign not in _ESCAPES):
            raise PatternError(f"unknown escape \\{sign}", start, "escape signs only, not letters")
        self.at += 2
        return 1

    def repeated(self, size: int, start: int) -> int:
        if self.at >= len(self.pattern):
            return size
        times = 1
        place = self.at
        if self.pattern[place] in "*+?":
            self.at += 1
        elif counted := _COUNTED.match(self.pattern, place):
            low, high = int(counted[1][:9]), int((counted[3] or counted[1])[:9])
            if high < low:
                raise PatternError("a repeat whose end is before its start", place)
            times = max(low, high, 1)
            if times > MAX_COUNT:
                raise PatternError(f"a repeat of more than {MAX_COUNT:,}", place, "use + or *")
            self.at = counted.end()
        elif self.ahead("{"):
            raise PatternError("{ that belongs to no repeat", place, "write {2,5} or escape it: \\{")
        else:
            return size
        if self.pattern[start] in "^$" or self.pattern[start : start + 2] in ("\\b", "\\B", "\\A"):
            raise PatternError("a place cannot be repeated", place, "repeat what stands beside it")
        if self.ahead("+"):
            raise PatternError(
                "possessive repeats are not supported", place, "drop the second +: matching is linear anyway"
            )
        if self.ahead("?"):
            self.at += 1
        if self.at < len(self.pattern) and self.pattern[self.at] in "*+?{":
            raise PatternError("a repeat of a repeat", self.at, "put the first one in a group: (?:a{10}){10}")
        if size * times > MAX_SIZE:
            raise PatternError(
                "repeats that multiply to a huge pattern", start, f"stay under {MAX_SIZE:,} repeated parts"
            )
        return size * times
