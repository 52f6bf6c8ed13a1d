"""The Rust regular expression that finds date expressions, made from the grammar that reads them."""

from __future__ import annotations

import re

from steplint.reading.dates.grammar import DOTTED, SHAPES, WORD_END, expression
from steplint.reading.dates.guards import GUARDS, LATE_GUARDS
from steplint.reading.dates.words import Words

__all__ = ["run_source", "run_words", "scan_source"]

_BLANK = r"[ \t\u00a0]*"
_END = r"(?-u:\b)"
_OPERATORS = frozenset("()|?*+")
_PUNCTUATION = {",": ",", "-": "[-–—]", "/": "/", "·": r"\."}


def scan_source(words: Words) -> str:
    """One Rust regex, without captures or look-around, that matches one date expression or one look-alike.

    It is meant as an alternative before the word alternative of a scan that proceeds from word start to word start, and
    ends at a word end of its own accord. ASCII letters match in any case.
    """
    spellings: dict[str, list[str]] = {}
    for spelling, (letter, _) in words["phrases"].items():
        spellings.setdefault(letter, []).append(spelling)
    symbols = {letter: _alternation(letter, found) for letter, found in spellings.items()}
    for letter, shape in SHAPES.items():
        source = f"(?:{_ascii(shape)}){_END if letter in WORD_END else ''}"
        symbols[letter] = f"(?:{source}|{symbols[letter]})" if letter in symbols else source
    symbols["2"] = f"2[4-9]{_END}"
    symbols["4"] = f"(?:@|(?i-u:at){_END})"
    symbols["5"] = r"[0-9]{1,2}(?:[ \t]+|$)"
    symbols["3"] = f"[0-9]{{1,2}}{_END}"
    symbols["T"] = f"(?:{symbols['T']}|@)"
    dates = _expand(re.sub(r"\?P<\w+>", "?:", expression(finding=True)), symbols)
    early = "|".join(_ascii(guard) for guard in GUARDS.values())
    late = "|".join(_ascii(guard) for guard in LATE_GUARDS.values())
    possessive = r"(?:['’]s)?"
    # "Maré", "Sunčana": an ASCII word end lies before the accent, so take such a word whole, as no date.
    glued = _trie([s for letter in "WMRe" for s in spellings.get(letter, []) if s.isascii() and s.isalpha()])
    accented = r"[\u00c0-\u024f][A-Za-z\u00c0-\u024f]*"
    dotted = f"(?:{symbols['W']},?{_BLANK})?{DOTTED}"
    return f"(?:(?i-u:{glued}){accented}|{early}|{dotted}|{dates}{_END}(?:{possessive}{_END})|(?:{late}){_END})"


# Words beside the look-alikes that only the first pass must know, so that such a look-alike lies within one run.
_BESIDE = ("score", "numbered", "money", "duration", "terms", "topic")
# Look-alikes that hold words of any kind. The others are made of numbers and run words.
_OF_ANY_WORDS = ("url", "email", "address", "fraction", "brand", "domain")


def run_words(words: Words) -> set[str]:
    """The words that dates and their look-alikes are made of, in lower case."""
    spelled = {part for spelling in words["phrases"] for part in re.findall(r"[^\W\d_]+", spelling)}
    beside = re.findall(r"[a-z]{2,}", " ".join(GUARDS[name] for name in _BESIDE))
    return spelled | set(beside) | {"kw", "cw", "iso"}  # the last are words of number shapes


def run_source(words: Words) -> str:
    """One Rust regex that matches a run of tokens that dates and their look-alikes are made of, and blanks after it.

    Whatever `scan_source` matches lies within one such run. It is one trie of words and a few marks, so it stays fast
    where the grammar, with its words in dozens of places, outgrows the engine's cache: the grammar then reads each
    distinct run once.
    """
    spelled = run_words(words)
    plain, foreign = sorted(filter(str.isascii, spelled)), sorted(part for part in spelled if not part.isascii())
    # "Inés", "Démo": an ASCII word end lies before the accent, so such a word is taken whole.
    whole = rf"(?:[\u00c0-\u024f][A-Za-z\u00c0-\u024f]*|{_END})"
    word = rf"(?:(?i-u:{_trie(plain)}){whole}|(?i:{_trie(foreign)}))(?:['’][A-Za-z]+)?"
    number = r"(?:[@#$€£¥+(]+|[A-Za-z]{1,5}-?)?[0-9][^\s]*"
    guards = "|".join(_ascii(GUARDS[name]) for name in _OF_ANY_WORDS)
    token = f"(?:{guards}|{word}|{number})"
    between = r"[ \t\u00a0,./()@:&'’+–—-]+"
    return rf"(?:@[ \t]*)?{token}(?:{between}{token})*[.]?{_BLANK}"


def _alternation(letter: str, spellings: list[str]) -> str:
    """All spellings of a class, as one trie: longest first, and far smaller than a list."""
    short = [s for s in spellings if letter in "WM" and len(s) < 6 and s.isascii()]
    plain = [s for s in spellings if s.isascii() and s not in short]
    sources = []
    if plain:
        sources.append(f"(?i-u:{_trie(plain)}){_END}")
    if short:
        sources.append(f"(?i-u:{_trie(short)}){_END}\\.?")
    if foreign := [s for s in spellings if not s.isascii()]:
        sources.append(f"(?i:{_trie(foreign)})")
    return "(?:" + "|".join(sources) + ")"


def _trie(words: list[str]) -> str:
    heads: dict[str, list[str]] = {}
    for word in sorted(words):
        heads.setdefault(word[:1], []).append(word[1:])
    optional = heads.pop("", None) is not None
    branches = []
    for head, tails in heads.items():
        source = r"[ \t]{1,3}" if head == " " else re.escape(head)
        branches.append(source + (_trie(tails) if tails != [""] else ""))
    joined = branches[0] if len(branches) == 1 and not optional else "(?:" + "|".join(branches) + ")"
    return joined + ("?" if optional else "")


def _ascii(source: str) -> str:
    """Python source to Rust: ASCII word ends and ASCII case folding."""
    return source.replace(r"\b", _END).replace("(?i:", "(?i-u:" if source.isascii() else "(?i:")


def _expand(pattern: str, symbols: dict[str, str]) -> str:
    out = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("(?:", position):
            out.append("(?:")
            position += 3
            continue
        if char == "[":
            stop = pattern.index("]", position)
            members = pattern[position + 1 : stop].replace("-", "–—-")
            out.append(f"(?:[{members}]{_BLANK})")
            position = stop
        elif char == "\\":
            position += 1
            out.append(f"(?:{re.escape(pattern[position])}{_BLANK})")
        elif char in _OPERATORS:
            out.append(char)
        elif char in _PUNCTUATION:
            out.append(f"(?:{_PUNCTUATION[char]}{_BLANK})")
        else:
            out.append(f"(?:{symbols[char]}{_BLANK})")
        position += 1
    return "".join(out)
