"""One scan splits a text into pieces that together are the text: dates, words, punctuation.

The pattern is Rust-regex source without look-around; a date beats a word. Blanks after a date or word belong to its piece,
so that piece lengths add up to offsets.
"""

from __future__ import annotations

import re

__all__ = ["PUNCTUATION", "scan_pattern", "term_key"]

# Punctuation by class. What is not listed (emoji, currency signs, stray marks) is dropped as noise.
PUNCTUATION = {
    ",": "comma", "，": "comma", "、": "comma", "-": "dash", "–": "dash", "—": "dash", "‐": "dash", ":": "colon", "：": "colon",
    "/": "slash", "\\": "slash", "(": "open", "[": "open", "{": "open", ")": "close", "]": "close", "}": "close",
    ".": "stop", "!": "stop", ";": "stop", "…": "stop", "•": "stop", "·": "stop", "→": "arrow", "➡": "arrow", "➜": "arrow",
    "|": "stop", "\n": "stop", "▪": "stop", "●": "stop", "。": "stop", "？": "qmark", "?": "qmark", "&": "and", "+": "and",
    "@": "at", '"': "quote", "“": "quote", "”": "quote", "=": "colon", "❌": "cancelled", ">": "stop",
    "✔": "stop", "✅": "stop", "☑": "stop", "✓": "stop", "☎": "call_word",
    "📞": "call_word",
    "✉": "noun_or_give", "📧": "noun_or_give", "📨": "noun_or_give", "⏳": "wait", "⌛": "wait", "👉": "arrow",
}  # fmt: skip

_BLANKS = r"[ \t\x{a0}\x{200b}]*"
# Letters, digits, marks and invisible format characters by range. `[\p{L}\p{N}\p{M}\p{Cf}]` says the same with so many
# ranges that the regex engine's automaton outgrows its cache: measured a hundred times slower on long texts.
_LETTER = (
    r"[0-9A-Za-z_\x{aa}\x{ad}\x{b5}\x{ba}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{1fff}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}"
    r"\x{2c00}-\x{2dff}\x{3040}-\x{d7ff}\x{f900}-\x{fdff}\x{fe00}-\x{fe0f}\x{fe70}-\x{ffef}\x{10000}-\x{1efff}\x{20000}-\x{e01ef}]"
)
_WORD = rf"(?:(?i-u:re|pre|co|non|un)-)?{_LETTER}+(?:['’]{_LETTER}+)*"
_ABBREVIATED = (
    r"(?i-u:(?:n\.a|t\.b\.[acd]|k\.a|n\.s)(?-u:\b)\.?|cf\.)"
    r"|(?:[A-Z]|(?i-u:dr|mr|mrs|ms|prof|approx|incl|mtg|dept|attn|appt|resp|mgr|dir|vs))\."
)


def scan_pattern(dates: str) -> str:
    """The pattern for `str.extract_all`; its matches cover every character of a text.

    Multi-word terms are not in it but joined afterwards: thousands of alternatives outgrow the regex engine's cache and
    made the scan a hundred times slower.
    """
    marker = r"[0-9]{1,2}\)[ \t]+"  # of a numbered list
    wordlike = f"(?:{dates}|{_ABBREVIATED}|{_WORD})"
    slots = r"<[^<>\n]{1,40}>|\{\{[^{}\n]{1,40}\}\}"
    marks = rf"[ \t]*\n\s*|-{{2,}}{_BLANKS}|=?>+{_BLANKS}|->{_BLANKS}|\s+|.{_BLANKS}"
    return f"(?s)(?:{marker}|{wordlike}{_BLANKS}|(?:{slots}){_BLANKS}|{marks})"


def term_key(term: str) -> str:
    """A folded term as its tokens with single blanks between: "n/a" → "n / a"."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]", term))
