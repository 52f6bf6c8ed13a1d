"""`--redact`: findings without the names, addresses and numbers of people and customers (promise 25).

What is masked:

- whole columns: `owner`, `account` and `record_name`; `amount` and `url` become null; a `record_id` that is made of names
  becomes a hash of itself;
- in `text`, `spans`, `message`, `help`, `ask` and `fix`: e-mail addresses, phone numbers, sums of money, and the words of the
  record's own names (owner, account, record name) and of the further `people` that the caller knows of: contacts, managers,
  the persons that the reading found in the text. The text of a finding about the file (a row that could not be read, say) is
  masked whole.

In texts every masked character becomes one `█`, so that positions stay true. What stays: `key` and `fingerprint`, which were
made from the full record, file names, days, stages, and record ids of the source. A person whom only the text names is
masked where `people` has the name (see engine.redaction); one in small letters whom no list knows may remain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from steplint.findings.keys import digest
from steplint.findings.schema import SCHEMA

__all__ = ["MASK", "redact"]

MASK = "█"
HIDDEN = MASK * 4  # in place of a whole column, whose length would tell something
OF_THE_SOURCE = "SRC"  # codes of findings about the file, whose text belongs to no record that is known here
TEXTS = ("message", "help", "text")
NESTED_TEXTS = ("text", "question", "choices", "replacement", "old")
SHORTEST = 3  # letters of a word of a company's name that is masked by itself

_LETTERS = r"\w[\w\u0300-\u036f]*"  # accents may stand behind their letters
_DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d[-–/](?:19|20)\d\d"
_EMAIL = r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)*"
_NUMBER = r"\d+(?:[.,'’\u00a0\u202f]\d+)*"
_TIMES = r"(?:(?i:[kmb]|mm|mn|bn|mio|mrd)(?!\w)|\s?(?i:thousand|million|billion|lakh|crore)s?(?!\w))"
_SIGN = r"[$€£¥₹₽₩₺]"
_CODE = r"(?:USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|NZD|INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|SGD|HKD|ZAR|AED|ILS|TRY|KRW)(?![A-Za-z])"
_WORDS = r"(?i:dollars?|euros?|pounds?|bucks)(?!\w)"
_AMOUNT = (
    rf"(?:{_SIGN}|{_CODE})\s?{_NUMBER}{_TIMES}?|{_NUMBER}{_TIMES}?\s?(?:{_SIGN}|{_CODE}|{_WORDS})"
    rf"|{_NUMBER}{_TIMES}|\d{{1,3}}(?:[.,'’]\d{{3}})+(?!\w)"
)
_PHONE = r"(?:\+|00)?\(?\d{1,5}\)?(?:(?:[ .\-\u00a0]|/(?=\d{4}))?\(?\d{1,9}\)?){1,6}(?!\w)"
PHONE_DIGITS = 7
_PARTS = re.compile(
    rf"(?<![\w.])(?P<day>{_DAY})(?!\w)|(?P<email>{_EMAIL})|(?<![\w.,])(?P<amount>{_AMOUNT})"
    rf"|(?<![\w/])(?P<phone>{_PHONE})|(?P<word>{_LETTERS})"
)
_WORD = re.compile(_LETTERS)

# Words of names that name nobody by themselves.
_COMMON = frozenset(
    "the and of for de la inc llc ltd gmbh corp company group holdings holding solutions systems services technologies "
    "technology international partners university hospital new renewal expansion upsell pilot phase".split()
)
# First names that are words as well: only with a capital.
_ALSO_WORDS = frozenset(
    "will may mark grant bill rich art drew sue pat rob hope joy june april august rose frank max chase dean jack faith grace "
    "jean dawn summer sky guy hunter cliff dale miles gene penny iris ivy ruby pearl glen heath lance wade reed".split()
)
# Doers that are nobody's name.
_NOBODY = frozenset(
    "we they he she you it our their us them team client customer prospect legal procurement finance security sales".split()
)


def redact(findings: pl.DataFrame, people: pl.Series | None = None) -> pl.DataFrame:
    """The same findings, masked. `people` (List(String), a row a finding) are further names to mask in texts."""
    if not findings.height:
        return findings
    named = findings.select("owner", "account", "record_name", "amount").rows()
    others: Sequence[Any] = [None] * findings.height if people is None else people.to_list()
    names = [_names(*row, tuple(more or ())) for row, more in zip(named, others, strict=True)]
    masked: dict[str, pl.Series] = {}
    for column in TEXTS:
        pairs = zip(findings[column].to_list(), names, strict=True)
        masked[column] = pl.Series(column, [_text(text, known) for text, known in pairs], dtype=pl.String)
    for column in ("spans", "ask", "fix"):
        pairs = zip(findings[column].to_list(), names, strict=True)
        masked[column] = pl.Series(
            column, [_nested(value, known) for value, known in pairs], dtype=SCHEMA[column].dtype
        )
    identities = zip(findings["record_id"].to_list(), names, strict=True)
    made_of_names = pl.Series([_names_anybody(identity, known) for identity, known in identities], dtype=pl.Boolean)
    whole = pl.col("code").str.starts_with(OF_THE_SOURCE)
    return findings.with_columns(
        *masked.values(),
        *(pl.when(pl.col(name) != "").then(pl.lit(HIDDEN)).alias(name) for name in ("owner", "account", "record_name")),
        amount=pl.lit(None, dtype=pl.Float64),
        url=pl.lit(None, dtype=pl.String),
        record_id=pl.when(made_of_names)
        .then("record-" + digest(pl.col("record_id")).str.head(8))
        .otherwise("record_id"),
    ).with_columns(text=pl.when(whole).then(pl.col("text").str.replace_all(r"\S", MASK)).otherwise("text"))


@dataclass(frozen=True)
class _Names:
    """Words that are masked: in any case, and only where they are not all in small letters; and names without cases."""

    words: frozenset[str]
    capitals: frozenset[str]
    initials: frozenset[str]
    uncased: tuple[str, ...]


@lru_cache(maxsize=1024)
def _names(
    owner: str | None, account: str | None, record: str | None, amount: float | None, people: tuple[str, ...]
) -> _Names:
    persons = _words((owner or "", *(name.partition("@")[0] for name in people)))
    company = _words((account or "",))
    telling = {word for word in company if len(word) >= SHORTEST and word not in _COMMON} or company
    title = {word for word in _words((record or "",)) if len(word) >= SHORTEST and word not in _COMMON}
    sums = {f"{amount:.0f}"} if amount is not None and abs(amount) >= 100 else set()
    persons -= _NOBODY
    uncased = {name.strip() for name in (owner, account, record, *people) if name and name.lower() == name.upper()}
    return _Names(
        frozenset({word for word in persons if len(word) > 1 and word not in _ALSO_WORDS} | telling | sums),
        frozenset((persons & _ALSO_WORDS) | title),
        frozenset(word for word in persons if len(word) == 1),
        tuple(sorted((name for name in uncased if len(name) > 1), key=lambda name: (-len(name), name))),
    )


def _words(names: Iterable[str]) -> set[str]:
    """The words of names in small letters, as they are written and with their accents composed and taken apart."""
    found: set[str] = set()
    for name in names:
        for form in ("NFC", "NFD"):
            found.update(word.casefold() for word in _WORD.findall(unicodedata.normalize(form, name)))
    return found


def _text(text: str | None, names: _Names) -> str | None:
    if not text:
        return text
    for name in names.uncased:
        text = text.replace(name, _hidden(name))
    return _PARTS.sub(lambda match: _part(match, names), text)


def _part(match: re.Match[str], names: _Names) -> str:
    text, kind = match.group(), match.lastgroup
    if kind == "day":
        return text
    if kind == "phone" and sum(sign.isdigit() for sign in text) < PHONE_DIGITS:
        return _WORD.sub(lambda word: _word(word.group(), "", names), text)
    if kind == "word":
        return _word(text, match.string[match.end() : match.end() + 1], names)
    return _hidden(text)


def _names_anybody(identity: str | None, names: _Names) -> bool:
    """Whether a record's id holds a word of a name; a number in it is no phone number."""
    words = _WORD.findall(identity or "")
    return any(_word(word, "", names) != word for word in words) or any(
        name in (identity or "") for name in names.uncased
    )


def _word(word: str, follows: str, names: _Names) -> str:
    folded = word.casefold()
    small = word == word.lower()
    hit = (
        folded in names.words
        or (folded in names.capitals and not small)
        or (follows == "." and folded in names.initials)
        # A message cuts what it repeats: the end of a name may be gone.
        or (follows == "…" and any(name.startswith(folded) for name in (*names.words, *names.capitals)))
    )
    return _hidden(word) if hit else word


def _hidden(text: str) -> str:
    return re.sub(r"\S", MASK, text)


def _nested(value: Any, names: _Names, name: str = "") -> Any:
    """Spans, a question or a fix with the texts in them masked; what is said of those (role, slot, field …) stays."""
    if isinstance(value, list):
        return [_nested(item, names, name) for item in value]
    if isinstance(value, dict):
        return {key: _nested(item, names, key) for key, item in value.items()}
    return _text(value, names) if name in NESTED_TEXTS else value
