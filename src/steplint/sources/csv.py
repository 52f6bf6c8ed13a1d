"""CSV, TSV and semicolon files: structure proven in columns, fields split by Polars, the rest by the exact splitter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import polars as pl

from steplint.errors import InputError
from steplint.records.mapping import HeaderMap, fold_header, known_headers, map_headers
from steplint.sources.encoding import Utf8Reader
from steplint.sources.footer import MAX_FOOTER, footer_length, is_footer_line
from steplint.sources.split import BARE_CR, OPEN_QUOTE, Record, split_records
from steplint.sources.structure import prove
from steplint.sources.tables import Dropped, Rejections, Table, TextBlock

__all__ = ["SEPARATORS", "read_csv"]

SEPARATORS = (",", "\t", ";", "|")
_SEPARATOR_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_SEP_LINE = re.compile(rb'"?sep=(.)"?\r?\n')
#: After so many good records in a row the exact splitter hands back to the columns; twice as many each time that this
#: was too early, so that a file full of oddities costs one exact pass and no more.
_CLEAN_RUN = 500


def read_csv(
    reader: Utf8Reader,
    path: str,
    *,
    preset: str | None = None,
    overrides: Mapping[str, str] | None = None,
    separator: str | None = None,
) -> Table:
    """Read the header and settle the mapping; the rows come with `Table.blocks`.

    InputError: no header, no next-step column, headers that look alike, a broken structure (also in later blocks).
    """
    reader.may_be_cp1252 = is_salesforce
    blocks = reader.blocks()
    buffer = next(blocks, b"")
    found = _SEP_LINE.match(buffer)
    line = 1
    if found:
        separator, buffer, line = found[1].decode("latin-1"), buffer[found.end() :], 2
    while buffer.startswith((b"\n", b"\r\n")):
        buffer, line = buffer[buffer.index(b"\n") + 1 :], line + 1
    separator, header, buffer = _header(buffer, blocks, separator, path, line)
    names = [name or "" for name in header.fields]
    mapping = map_headers(names, preset=preset, overrides=overrides, path=path, line=line)
    rows = _Rows(path, mapping, len(names), separator, line + header.lines, reader.notes)
    shape = f"table, fields separated by {_SEPARATOR_NAMES[separator]}, header in line {line}"
    read = rows.read(buffer[header.end :], blocks)
    return Table("csv", path, mapping, read, reader.notes, shape, rows.dropped, separator=separator)


def is_salesforce(block: bytes) -> bool:
    """The first line has the headers of a Salesforce export, which may be in cp1252."""
    line = block.lstrip(b"\r\n").split(b"\n", 1)[0].decode("ascii", "replace")
    folded = {fold_header(header) for header in re.split(r'[",;\t]+', line)}
    own = {"opportunityname", "opportunityid", "opportunityowner", "stagename", "nextstep", "closedate", "accountname"}
    return len(folded & own) >= 3


def _header(
    buffer: bytes, blocks: Iterator[bytes], separator: str | None, path: str, line: int
) -> tuple[str, Record, bytes]:
    """(separator, header record, buffer): the separator that most known headers, then most fields, speak for."""
    final = False
    marks = (separator,) if separator else SEPARATORS
    while True:
        tries: dict[str, Record] = {}
        for mark in marks:
            record = next(split_records(buffer, 0, mark.encode(), final=final), None)
            if record is not None:
                tries[mark] = record
        if len(tries) == len(marks) or final:  # with one of them a quote may be open that others do not see
            break
        block = next(blocks, None)
        final = block is None
        buffer += block or b""
    if not tries:
        raise InputError("the file is empty", path=path, hint="expected a header line and records")
    best = max(tries, key=lambda mark: (known_headers([f or "" for f in tries[mark].fields]), len(tries[mark].fields)))
    header = tries[best]
    if header.fault == BARE_CR and b"\n" not in buffer[: header.end - 1]:
        raise InputError(
            "lines end with a carriage return alone",
            path=path,
            line=line,
            hint="save the file with LF or CRLF line ends",
        )
    if header.fault:
        raise _broken(path, line, buffer, header)
    return best, header, buffer


def _place(buffer: bytes, record: Record) -> tuple[int, int]:
    """(line feeds of the record before its fault, column of the fault from 1)."""
    start = buffer.rfind(b"\n", record.start, record.fault_at) + 1 or record.start
    column = len(buffer[start : record.fault_at].decode("utf-8", "replace")) + 1
    return buffer.count(b"\n", record.start, record.fault_at), column


def _broken(path: str, line: int, buffer: bytes, record: Record) -> InputError:
    feeds, column = _place(buffer, record)
    text = buffer[record.fault_at : record.fault_at + 60].decode("utf-8", "replace")
    hint = (
        "close the quote, or double it if it is part of the text" if record.fault == OPEN_QUOTE else "mend the header"
    )
    return InputError(f"{record.fault}: {text!r}", path=path, line=line + feeds, column=column, hint=hint)


@dataclass
class _Held:
    """A row that cannot be read, held back until it is known not to be part of a footer."""

    line: int
    column: int | None
    reason: str
    text: str
    only: str | None  # the text of its one filled field
    after_blank: bool


class _Rows:
    """The rows behind a header. `line` is the physical line of the next record."""

    def __init__(self, path: str, mapping: HeaderMap, width: int, separator: str, line: int, notes: list[str]) -> None:
        self.path, self.width, self.separator, self.line, self.notes = path, width, separator, line, notes
        self.dropped: list[Dropped] = []
        self.fields = dict(mapping.fields)
        self.rejections = Rejections(path)
        self.tail: list[_Held] = []
        self.after_blank = False
        self.patience = _CLEAN_RUN

    def read(self, buffer: bytes, blocks: Iterator[bytes]) -> Iterator[TextBlock]:
        """Blocks in file order; every row is in `raw`, in `rejected`, or counted in a note as part of a footer."""
        ready = self._frame({name: [] for name in (*self.fields, "line")})
        for block in chain([b""], blocks):
            buffer, frames = self._consume(buffer + block if buffer else block, final=False)
            if frames:  # the last rows wait: they may be a footer
                yield from self._block(ready)
                ready = pl.concat(frames)
        _, frames = self._consume(buffer, final=True)
        self._settle_tail()
        yield from self._block(self._without_padded_footer(pl.concat([ready, *frames])))

    def _block(self, raw: pl.DataFrame) -> Iterator[TextBlock]:
        if raw.height or self.rejections.rows:
            yield TextBlock(raw, self.rejections.take())

    def _without_padded_footer(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Excel pads the lines of a footer to full rows when it saves a report.

        A next step is no footer, whatever it says; in the first column, where footers stand, it is one if it says so.
        """
        tail: list[tuple[str | None, bool]] = []
        for row in raw.tail(MAX_FOOTER).select(*self.fields).iter_rows(named=True):
            filled = [value for value in row.values() if value]
            text = "".join(filled) if len(filled) < 2 else None
            if row["next_step"] and not (self.fields["next_step"] == 0 and is_footer_line(row["next_step"])):
                text = None
            tail.append((text, bool(tail) and tail[-1][0] == ""))
        count = footer_length(tail)
        if count:
            lines = raw["line"].tail(count).to_list()
            self._note_footer(count, lines[0], str(tail[-count][0]))
            self.dropped += [
                Dropped(line, "footer", text) for line, (text, _) in zip(lines, tail[-count:], strict=True) if text
            ]
        return raw.head(raw.height - count)

    def _consume(self, buffer: bytes, *, final: bool) -> tuple[bytes, list[pl.DataFrame]]:
        frames: list[pl.DataFrame] = []
        at = 0
        while at < len(buffer):
            rest = buffer[at:] if at else buffer
            proof = prove(rest, self.width, self.separator, final=final)
            if proof.end:
                frames.append(self._split(rest[: proof.end], proof.at, proof.blank))
                self.line += proof.lines
                at += proof.end
            if not proof.stuck:
                break
            if 0 < at < len(buffer) and len(proof.at) < self.patience:
                self.patience *= 2
            at, rows, done = self._exact(buffer, at, final=final)
            if rows["line"]:
                frames.append(self._frame(rows))
            if done:
                break
        return buffer[at:], [frame for frame in frames if frame.height]

    def _split(self, body: bytes, at: pl.Series, blank: pl.Series) -> pl.DataFrame:
        """Proven records: Polars splits the fields."""
        lead = blank.arg_min() if not blank.all() else len(blank)  # Polars takes a blank first line for the schema
        assert isinstance(lead, int)
        places = list(self.fields.values())
        if lead == len(blank):
            self.after_blank = self.after_blank or lead > 0
            return self._frame({name: [] for name in (*self.fields, "line")})
        for _ in range(lead):
            body = body[body.index(b"\n") + 1 :]
        names = [str(place) for place in range(self.width)]
        frame = pl.read_csv(
            body if body.endswith(b"\n") else body + b"\n",
            has_header=False,
            separator=self.separator,
            schema=dict.fromkeys(names, pl.String()),
            columns=sorted(set(places)),
            infer_schema=False,
        )
        blank, at = blank.slice(lead), at.slice(lead)
        if frame.height != len(at):
            raise RuntimeError(f"{self.path}: {len(at)} records were proven, {frame.height} were read")
        frame = frame.select(pl.col(str(place)).alias(name) for name, place in self.fields.items())
        frame = frame.with_columns(path=pl.lit(self.path), line=at.cast(pl.Int64) + self.line)
        self._flush()
        self.after_blank = bool(blank[-1])
        return frame.filter(~blank) if blank.any() else frame

    def _exact(self, buffer: bytes, at: int, *, final: bool) -> tuple[int, dict[str, list[object]], bool]:
        """Records one by one: (next byte, rows, nothing more in this buffer). Ends after a run of good ones."""
        rows: dict[str, list[object]] = {name: [] for name in (*self.fields, "line")}
        clean = 0
        for record in split_records(buffer, at, self.separator.encode(), final=final):
            if record.fault == OPEN_QUOTE:
                raise _broken(self.path, self.line, buffer, record)
            line, at = self.line, record.end
            self.line += record.lines
            if record.blank:
                self.after_blank = True
            elif record.fault or len(record.fields) != self.width:
                self._hold(record, buffer, line)
                clean = 0
            else:
                self._flush()
                for name, place in self.fields.items():
                    rows[name].append(record.fields[place])
                rows["line"].append(line)
                self.after_blank = False
                clean += 1
                if clean == self.patience:
                    return at, rows, False
        return at, rows, True

    def _frame(self, rows: dict[str, list[object]]) -> pl.DataFrame:
        types = {name: pl.Int64() if name == "line" else pl.String() for name in rows}
        frame = pl.DataFrame(rows, schema=types)
        return frame.select(*self.fields, pl.lit(self.path).alias("path"), "line")

    def _hold(self, record: Record, buffer: bytes, line: int) -> None:
        text = buffer[record.start : record.end].decode("utf-8", "replace").rstrip("\r\n")
        filled = [field for field in record.fields if field]
        only = filled[0] if len(filled) == 1 else (text if is_footer_line(text) else None)
        if record.fault:
            feeds, column = _place(buffer, record)
            held = _Held(line + feeds, column, record.fault, text, None, self.after_blank)
        else:
            reason = f"{len(record.fields)} fields where the header has {self.width}"
            held = _Held(line, None, reason, text, only, self.after_blank)
        self.after_blank = False
        self.tail.append(held)
        if len(self.tail) > 2 * MAX_FOOTER:
            self._reject(self.tail.pop(0))

    def _flush(self) -> None:
        """A record follows: what was held back is no footer."""
        for held in self.tail:
            self._reject(held)
        self.tail.clear()

    def _reject(self, held: _Held) -> None:
        self.rejections.add(held.line, held.column, held.reason, held.text)

    def _settle_tail(self) -> None:
        count = footer_length([(held.only, held.after_blank) for held in self.tail])
        if count:
            footer = self.tail[-count:]
            self._note_footer(count, footer[0].line, str(footer[0].only))
            self.dropped += [Dropped(held.line, "footer", str(held.only)) for held in footer]
            del self.tail[-count:]
        self._flush()

    def _note_footer(self, count: int, line: int, text: str) -> None:
        lines = "1 footer line" if count == 1 else f"{count} footer lines"
        self.notes.append(f"{self.path}: {lines} dropped, from line {line} (“{text}”)")
