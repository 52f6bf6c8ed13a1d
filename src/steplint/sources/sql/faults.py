"""What a database says when something goes wrong, as one line with what to do: no secret, no statement, no address."""

from __future__ import annotations

import re

from sqlalchemy.engine import URL

from steplint.errors import SourceError, TryLater
from steplint.sources.remote.secrets import Secrets

__all__ = ["error_of"]

_SHOWN = 240
_AGAIN = "nothing was used; try again"
_ADDRESS = "check the address"
_QUERY = "check query: and map:"

#: SQLSTATE, or the beginning of one -> (what it means; None: as the database says it, hint, waiting helps).
_STATES: dict[str, tuple[str | None, str, bool]] = {
    "08": ("the connection to the database was lost", _AGAIN, False),
    "22": (None, _QUERY, False),
    "25006": ("the statement writes, and the database lets nothing be written here", "take that out of query:", False),
    "28": (None, "check user and password", False),
    "3D000": (None, _ADDRESS, False),
    "40001": ("the database cancelled the reading for the sake of its replication", "try again later", True),
    "42": (None, _QUERY, False),
    "42501": (None, "GRANT SELECT on it, and USAGE on its schema, to this user (docs/sql.md)", False),
    "42P01": (None, "check table: and query:", False),
    "53": (None, "try again later", True),
    "57P": ("the database closed the connection", _AGAIN, False),
    "57P03": (None, "try again later", True),
}
#: What is said without a SQLSTATE: MySQL's numbers, and the words of SQLite and of drivers that get no connection.
_NUMBERS = {
    1040: "53", 1044: "42501", 1045: "28", 1049: "3D000", 1054: "42703", 1064: "42601", 1142: "42501", 1143: "42501",
    1146: "42P01", 1203: "53", 1317: "57P", 1792: "25006", 1969: "57014", 2006: "08", 2013: "08", 3024: "57014",
}  # fmt: skip
_WORDS = {
    r"password authentication failed|no password supplied": "28",
    r"database \S+ does not exist": "3D000",
    r"too many c|remaining connection slots|database is locked": "53",
    r"is starting up|is shutting down": "57P03",
    r"no such table|Table with name .* does not exist": "42P01",
    r"no such column|syntax error|Binder Error": "42",
    r"readonly database": "25006",
    r"server closed the connection|connection (?:is|was|has been) (?:closed|lost)|broken pipe": "08",
}


def error_of(error: BaseException, url: URL, secrets: Secrets, limit: float, *, late: bool = False) -> SourceError:
    """The error of a driver or of SQLAlchemy as one of ours. `late`: the statement was interrupted at the time `limit`."""
    origin = getattr(error, "orig", None) or error
    said = _one_line(origin, secrets)
    state = "57014" if late else _state(origin, said)
    if state == "57014":
        hint = "raise time_limit of the source, or ask for less"
        return SourceError(f"a statement was stopped after {limit:g} s, its time limit", hint=hint)
    known = next((_STATES[state[:length]] for length in (5, 3, 2) if state[:length] in _STATES), None)
    if known is None:
        return SourceError(f"{url.host or url.database or url.get_backend_name()}: {said}", hint=_ADDRESS)
    meaning, hint, waiting = known
    return (TryLater if waiting else SourceError)(meaning or said, hint=hint)


def _state(error: BaseException, said: str) -> str:
    """The SQLSTATE, or the beginning of one; empty where nothing is known."""
    number = error.args[0] if error.args else None
    if isinstance(number, int) and number in _NUMBERS:  # they say more than the states that MySQL gives besides
        return _NUMBERS[number]
    given = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if given:
        return str(given)
    return next((state for words, state in _WORDS.items() if re.search(words, said, re.IGNORECASE)), "")


def _one_line(error: BaseException, secrets: Secrets) -> str:
    """The message, without what SQLAlchemy and drivers put around it."""
    numbered = len(error.args) == 2 and isinstance(error.args[0], int)
    # Where a driver has it, the message without the statement and the values that it came from.
    bare = getattr(getattr(error, "diag", None), "message_primary", None)
    text = str(bare or (error.args[1] if numbered else error))
    text = re.split(r"\nLINE \d+:|\n\[SQL:|\n\(Background", text)[0]
    text = secrets.scrub(" ".join(text.split())) or type(error).__name__
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
