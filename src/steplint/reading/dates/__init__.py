"""Dates in texts: find them (`scan`), read each distinct one (`parse`), place them on the calendar (`resolve`).

One grammar (`grammar`) and one word table (`lexicon/<language>/dates.yaml`) serve both finding and reading.
"""

from __future__ import annotations

from steplint.reading.dates.parse import guard, parse
from steplint.reading.dates.place import day_place
from steplint.reading.dates.resolve import Conventions, resolve
from steplint.reading.dates.scan import run_source, run_words, scan_source
from steplint.reading.dates.symbols import Base, DateSymbol, Flag, Kind
from steplint.reading.dates.words import Words, compile_words, load_words

__all__ = [
    "Base",
    "Conventions",
    "DateSymbol",
    "Flag",
    "Kind",
    "Words",
    "compile_words",
    "day_place",
    "guard",
    "load_words",
    "parse",
    "resolve",
    "run_source",
    "run_words",
    "scan_source",
]
