"""The zip archive of a workbook, proven harmless before anything else reads it.

A workbook is laid out in memory from its first row and column to its last, whatever is in between: one cell far out would
take all memory and end the process. So sizes are taken from the packed data itself, and places from the cells.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from steplint.errors import InputError
from steplint.sources.tables import LARGEST

__all__ = ["MAX_CELLS", "MAX_COLUMNS", "check_archive", "letters"]

#: From the first cell to the last. Room for 26 columns of every row that a sheet can have.
MAX_CELLS = 30_000_000
MAX_COLUMNS = 16_384
_MAX_ENTRIES = 10_000
_MAX_TOTAL = 2 * LARGEST
_MAX_RATIO = 200  # of a part's size to its packed size; text packs to about a tenth
_SMALL = 1 << 20  # parts below this may be as repetitive as they like
_CHUNK = 1 << 20
_LONGEST = 16 << 20
_WORKBOOK = "xl/workbook.xml"
_OTHERS = {"content.xml", "xl/workbook.bin"}  # OpenDocument and binary workbooks

#: A row or cell that does not say that it stands in columns A to Z and in the first 999,999 rows.
_FAR = re.compile(rb'<(?:c|row)\b(?! r="[A-Z]?\d{1,6}")|:(?:c|row)\b')
#: Room is made for so many texts or styles before they are read.
_COUNT = re.compile(rb"""ount\s*=\s*["']\s*\+?\d{9}""")
#: In a chunk without ODD tags every cell that holds something is a CELL.
_ODD = re.compile(rb'<(?:c|row)\b(?! r="[A-Z]*\d{1,7}")|:(?:c|row)\b')
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"(?!(?: [a-z]+="\w*")*/>)')
_TAG = re.compile(rb"""<(/?)(?:\w+:)?(row|c)\b((?:[^>"']|"[^"]*"|'[^']*')*+)>""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError)


def letters(place: int) -> str:
    """The letters of a workbook's column: 0 → A, 26 → AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def check_archive(data: bytes, path: str) -> None:
    """InputError: no sound XLSX archive, too many or too large parts, a document type, cells too far out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise InputError(f"{len(entries)} parts, more than {_MAX_ENTRIES}", path=path, hint="save it anew")
            names = {entry.filename for entry in entries}
            if _WORKBOOK not in names or names & _OTHERS:
                raise InputError("a zip archive, but no XLSX workbook", path=path, hint="save it as .xlsx or CSV")
            _check_total(sum(entry.file_size for entry in entries), path)
            total = 0
            for entry in entries:
                total += _check_part(archive, entry, path)
                _check_total(total, path)
    except _FAULTS as error:
        hint = "save it as .xlsx without a password"
        raise InputError(f"no sound workbook: {error or 'it is cut off'}", path=path, hint=hint) from None


def _check_total(total: int, path: str) -> None:
    if total > _MAX_TOTAL:
        hint = "export it as CSV or Parquet"
        raise InputError(f"{total >> 20} MiB when unpacked, more than {_MAX_TOTAL >> 20}", path=path, hint=hint)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> int:
    """The part's true size."""
    name, limit = entry.filename, max(_SMALL, entry.compress_size * _MAX_RATIO)
    claimed = entry.file_size
    size, far = 0, False
    if claimed <= limit:
        entry.file_size = limit + 4 * _CHUNK  # what the directory says may be a lie: it is unpacked to its end
        for chunk in _chunks(archive, entry):
            if not size and b"<!DOCTYPE" in chunk.replace(b"\0", b"").upper():  # UTF-16 has NULs
                raise InputError(f"part {name!r} has a document type", path=path, hint="save it anew")
            if _COUNT.search(chunk):
                raise InputError(f"part {name!r} counts more than it can hold", path=path, hint="save it anew")
            size += len(chunk)
            if size > limit:
                break
            far = far or _FAR.search(chunk) is not None
    if max(claimed, size) > limit:
        raise InputError(f"part {name!r} is packed too densely to be a sheet", path=path, hint="export it as CSV")
    if far:
        _check_extent(_chunks(archive, entry), name, path)
    return size


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked part, in pieces that end between tags. ValueError: a tag, or the text behind it, has no end."""
    carry = b""
    with archive.open(entry) as part:
        while read := part.read(_CHUNK):
            cut = read.rfind(b"<")
            if cut < 0 and len(carry) > _LONGEST:
                raise ValueError(f"part {entry.filename!r} is no XML")
            if cut < 0:
                carry += read
                continue
            yield carry + read[:cut]
            carry = read[cut:]
    yield carry


def _check_extent(chunks: Iterator[bytes], name: str, path: str) -> None:
    """Rows and cells without a place stand behind the one before them; cells without content take no room."""
    row = column = last_row = last_column = 0
    for chunk in chunks:
        if not _ODD.search(chunk):
            cells = _CELL.findall(chunk)
            last_row = row = max([last_row, row, *(int(number) - 1 for number in {number for _, number in cells})])
            last_column = column = max([last_column, column, *(_column(name) for name in {name for name, _ in cells})])
            continue
        for end, tag, attributes in _TAG.findall(chunk):
            if end:
                if tag == b"row":
                    row, column = row + 1, 0
                continue
            found = _PLACE.search(attributes)
            at = int(found[2][:10]) - 1 if found else row
            if tag == b"row":
                row = at
                continue
            if found and found[1]:
                column = _column(found[1])
            if not attributes.endswith(b"/"):
                last_row, last_column = max(last_row, at), max(last_column, column)
            column += 1
    if last_column >= MAX_COLUMNS or (last_row + 1) * (last_column + 1) > MAX_CELLS:
        raise InputError(
            f"part {name!r} has cells out to {letters(last_column)}{last_row + 1}, which is too many to lay out",
            path=path,
            hint="delete the cells that stand far out, or export it as CSV",
        )


def _column(name: bytes) -> int:
    place = 0
    for letter in name[:10].upper():
        place = place * 26 + letter - 64
    return place - 1
