"""Date and time columns: text in the forms that CRMs and spreadsheets write -> wall-clock moments."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

__all__ = ["FIRST_YEAR", "LAST_YEAR", "parse_moment", "to_dates", "to_moments"]

FIRST_YEAR, LAST_YEAR = 1900, 2200

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_CLOCK = r"(?:[T,]?\s*(?P<h>\d{1,2})(?::(?P<min>\d{2}))(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<ap>[AaPp]\.?[Mm]\.?)?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?"
_DAY_NAME = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"

#: How a day may be written; every form has its groups y, m (or mon) and d, or a and b where the order is local.
_FORMS = tuple(
    re.compile(rf"{form}{_CLOCK}{_ZONE}")
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        rf"{_DAY_NAME}(?P<a>\d{{1,2}})(?P<sep>[/-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d{{2}})",
        rf"{_DAY_NAME}(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}}|\d{{2}})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        rf"{_DAY_NAME}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-\s]+(?P<mon>[A-Za-z]{{3,9}})\.?,?[-\s]+(?P<y>\d{{4}}|\d{{2}})",
        rf"{_DAY_NAME}(?P<mon>[A-Za-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
    )
)
_EPOCH_MS = re.compile(r"\d{13}")
#: Days since 1899-12-30, as spreadsheets keep them: 1968 to 2119.
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d{1,17})?")
_DAY_ZERO = datetime(1899, 12, 30)

#: The shapes worth a pass of their own: nearly every value of a column has the same one.
_SLASH = re.compile(r"\d{1,2}/\d{1,2}/\d{4}(?P<clock> \d{1,2}:\d{2}(?P<s>:\d{2})?(?P<ap> [AP]M)?)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?P<clock>[T ]\d{2}:\d{2}:\d{2}.*)?")


def parse_moment(text: str, order: str, zone: tzinfo | None = None, *, day: bool = False) -> datetime | None:
    """One value -> a moment without zone, or None where it is no date or its order is not known.

    `order` is mdy, dmy or unknown. A value with a zone is moved to `zone` (UTC where None); with `day`, midnight UTC
    stays the day it names, because that is how CRMs export plain dates.
    """
    text = text.strip()
    if _EPOCH_MS.fullmatch(text):
        return _local(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text)), zone, day)
    if _SERIAL.fullmatch(text):
        return _DAY_ZERO + timedelta(seconds=round(float(text) * 86_400))
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _moment(found.groupdict(), order, zone, day)
    return None


def _moment(part: dict[str, str | None], order: str, zone: tzinfo | None, day: bool) -> datetime | None:
    number = {name: int(value) for name, value in part.items() if value and value.isdigit()}
    if part.get("mon"):
        month = _MONTHS.get(str(part["mon"])[:3].casefold(), 0)
        days = number["d"]
    elif "a" in number:
        if order not in ("mdy", "dmy"):
            return None
        month, days = (number["a"], number["b"]) if order == "mdy" else (number["b"], number["a"])
    else:
        month, days = number["m"], number["d"]
    year = number["y"] + (2000 if len(str(part["y"])) == 2 else 0)
    hour = number.get("h", 0)
    if part.get("ap"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if str(part["ap"])[0] in "Pp" else 0)
    try:
        moment = datetime(year, month, days, hour, number.get("min", 0), number.get("s", 0))
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if part.get("zone"):
        return _local((moment - timedelta(minutes=_offset(str(part["zone"])))).replace(tzinfo=UTC), zone, day)
    return moment


def _offset(text: str) -> int:
    """Minutes east of UTC."""
    digits = text[1:].replace(":", "")
    if not digits.isdigit():
        return 0
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if text[0] == "-" else minutes


def _local(moment: datetime, zone: tzinfo | None, day: bool) -> datetime:
    plain = moment.replace(tzinfo=None, microsecond=0)
    if zone is None or (day and (plain.hour, plain.minute, plain.second) == (0, 0, 0)):
        return plain
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def to_moments(values: pl.Series, order: str, timezone: str, *, day: bool = False) -> pl.Series:
    """A text column -> Datetime("us") without zone; null where a value is empty or no date."""
    first = _first_filled(values)
    if first is None:
        return pl.DataFrame(schema={values.name: pl.Datetime("us")}).clear(len(values)).to_series()
    quick = _quick_pass(first, order)
    if quick is None:
        return _distinct(values, order, timezone, day)
    found = _sane(quick(values, timezone, day))
    if found.null_count() > values.null_count():
        left = found.is_null() & (values != "").fill_null(False)
        if left.any():
            found = found.zip_with(~left, _distinct(values.set(~left, None), order, timezone, day))
    return found.alias(values.name)


def _first_filled(values: pl.Series) -> str | None:
    for part in (values.head(20), values.drop_nulls()):
        for value in part:
            if value:
                return str(value)
    return None


def _distinct(values: pl.Series, order: str, timezone: str, day: bool) -> pl.Series:
    """Every distinct value read by `parse_moment`: the grammar itself, for what the quick passes leave."""
    zone = _zone(timezone)
    table = {text: parse_moment(text, order, zone, day=day) for text in values.drop_nulls().unique()}
    return values.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.Datetime("us"))


def to_dates(values: pl.Series, order: str, timezone: str) -> pl.Series:
    """A text column -> Date; null where a value is empty or no date."""
    return to_moments(values, order, timezone, day=True).cast(pl.Date)


@cache
def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)


def _quick_pass(first: str, order: str) -> Callable[[pl.Series, str, bool], pl.Series] | None:
    slash = _SLASH.fullmatch(first)
    if slash:
        if order not in ("mdy", "dmy"):
            return None
        pattern = "%m/%d/%Y" if order == "mdy" else "%d/%m/%Y"
        if slash["clock"]:
            hours, seconds = ("%I", ":%S") if slash["ap"] else ("%H", ":%S")
            pattern += f" {hours}:%M{seconds if slash['s'] else ''}{' %p' if slash['ap'] else ''}"
            return lambda values, _zone, _day: values.str.to_datetime(pattern, time_unit="us", strict=False)
        return lambda values, _zone, _day: values.str.to_date(pattern, strict=False).cast(pl.Datetime("us"))
    iso = _ISO.fullmatch(first)
    if iso is None:
        return None
    if not iso["clock"]:
        return lambda values, _zone, _day: values.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    return _iso_moments


def _sane(moments: pl.Series) -> pl.Series:
    """Years outside the range become null: "3/4/25" reads as the year 25, and is left to the grammar."""
    first, last = moments.min(), moments.max()
    if not (isinstance(first, datetime) and isinstance(last, datetime)):
        return moments
    if first.year >= FIRST_YEAR and last.year <= LAST_YEAR:
        return moments
    return moments.set(~moments.dt.year().is_between(FIRST_YEAR, LAST_YEAR), None)


def _iso_moments(values: pl.Series, timezone: str, day: bool) -> pl.Series:
    """`2026-01-15T14:00:00` or with a space, any fraction, and Z, an offset or no zone."""
    head = values.str.slice(0, 19).str.replace("T", " ", literal=True)
    moments = head.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    tails = values.str.slice(19)
    table = {tail: _tail_offset(tail) for tail in tails.drop_nulls().unique()}
    if len(table) == 1 and timezone == "UTC" and next(iter(table.values())) in (0, None):
        return moments
    if all(offset is None for offset in table.values()):
        return moments
    kinds = tails.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.Int64)
    utc = pl.select(pl.lit(moments) - pl.duration(minutes=pl.lit(kinds.fill_null(0)))).to_series()
    local = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    keep = kinds.is_null()
    if day:
        keep = keep | (utc.dt.time() == datetime(1, 1, 1).time())
    return moments.zip_with(keep.fill_null(True), local)


def _tail_offset(tail: str) -> int | None:
    """Minutes east of UTC that the text behind the seconds says; None where it names no zone."""
    found = re.fullmatch(rf"(?:[.,]\d{{1,9}})?{_ZONE}", tail)
    return _offset(found["zone"]) if found and found["zone"] else None
