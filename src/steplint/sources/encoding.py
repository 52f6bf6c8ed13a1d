"""Bytes of a file -> UTF-8 bytes, block by block, with the first bad line named."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn

from steplint.errors import InputError, UsageError, nearest

__all__ = ["BLOCK", "Utf8Reader", "check_encoding"]

BLOCK = 4 << 20
_NEAR = 20  # bytes that are shown before a bad one
_KNOWN = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "iso-8859-15", "mac-roman")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def check_encoding(name: str | None) -> str | None:
    """The codec's own name; UsageError for one that Python does not know or that gives no text."""
    if name is None or name.casefold() == "auto":
        return None
    try:
        found = codecs.lookup(name)
        if not found._is_text_encoding:  # hex, zip and the like
            raise LookupError
    except (LookupError, ValueError):
        close = nearest(name, _KNOWN)
        hint = f"did you mean “{close}”?" if close else f"for example {', '.join(_KNOWN[:6])}"
        raise UsageError(f"--encoding: there is no encoding “{name}”", hint=hint) from None
    return found.name


@dataclass
class Utf8Reader:
    """Reads `stream` as valid UTF-8, `size` bytes at a time.

    Where `may_be_cp1252` says so of the file's first block, and the first byte that is not ASCII is no UTF-8, the file
    is read as cp1252. `notes` says what was decided. InputError names the line of the first byte that is not text.
    """

    stream: BinaryIO
    path: str
    encoding: str | None = None
    notes: list[str] = field(default_factory=list)
    may_be_cp1252: Callable[[bytes], bool] | None = None
    size: int = BLOCK

    def __post_init__(self) -> None:
        self._lines = 0  # line feeds before the block at hand
        self._line = 0  # characters of its first line before it, and the last bytes of these
        self._near = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._fallback = False

    def blocks(self) -> Iterator[bytes]:
        """Non-empty blocks of UTF-8 that end between characters; no BOM; no NUL."""
        carry = self._open()
        first = True
        while True:
            read = self.stream.read(self.size)
            block = carry + read if carry else read
            if first and self.may_be_cp1252 is not None:
                self._fallback = self.may_be_cp1252(block)
            first = False
            carry = b""
            if self._decoder is not None:
                block = self._decode(self._decoder, block, final=not read)
            else:
                cut = _whole(block) if read else len(block)
                if cut < len(block):
                    block, carry = block[:cut], block[cut:]
                block = self._checked(block)
            if b"\0" in block:
                self._refuse(
                    "NUL character", block, block.index(b"\0"), "save it as UTF-8 text, or name its --encoding"
                )
            self._pass(block)
            if block:
                yield block
            if not read:
                return

    def _open(self) -> bytes:
        """Settle the decoder; the first bytes of the text, without its byte order mark."""
        head = self.stream.read(4)
        for mark, name in _BOMS:
            if not head.startswith(mark):
                continue
            if name == "utf-32":
                raise InputError("the file is UTF-32, which is not read", path=self.path, hint="save it as UTF-8")
            if self.encoding not in (None, "utf-8", "utf-8-sig", "utf-16", name):
                self.notes.append(f"{self.path}: read as {name} after its byte order mark, not as {self.encoding}")
            self.encoding, head = name, head[len(mark) :]
            break
        self.encoding = self.encoding or "utf-8"
        if self.encoding not in ("utf-8", "utf-8-sig"):
            self._decoder = codecs.getincrementaldecoder(self.encoding)()
        return head

    def _checked(self, block: bytes) -> bytes:
        """The block if it is UTF-8; else as cp1252 where that is allowed."""
        if block.isascii():
            return block
        place = _first_bad(block)
        if place is None:
            self._fallback = False
            return block
        if not (self._fallback and block[:place].isascii()):
            what = f"byte 0x{block[place]:02x} is not UTF-8"
            self._refuse(what, block, place, "name the encoding, for example --encoding cp1252")
        self.notes.append(f"{self.path}: not UTF-8; read as cp1252 (Windows), as this CRM exports it")
        self.encoding = "cp1252"
        self._decoder = codecs.getincrementaldecoder("cp1252")()
        return self._decode(self._decoder, block, final=False)

    def _decode(self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bytes:
        try:
            return decoder.decode(block, final).encode()
        except UnicodeDecodeError as error:
            sound = error.object[: error.start].decode(self.encoding or "utf-8", "replace").encode()
            rest = error.object[error.start : error.start + 12]
            self._refuse(f"bytes are no {self.encoding}", sound + rest, len(sound), "check --encoding")
        except UnicodeError:
            self._refuse(f"bytes are no {self.encoding}", block[:12], 0, "check --encoding")

    def _pass(self, block: bytes) -> None:
        """Keep where the block ends."""
        feeds = block.count(b"\n")
        tail = block[block.rfind(b"\n") + 1 :] if feeds else block
        self._lines += feeds
        self._line = len(tail.decode("utf-8", "replace")) + (0 if feeds else self._line)
        self._near = tail[-_NEAR:] if feeds else (self._near + tail)[-_NEAR:]

    def _refuse(self, what: str, block: bytes, place: int, hint: str) -> NoReturn:
        line = self._lines + block.count(b"\n", 0, place) + 1
        start = block.rfind(b"\n", 0, place) + 1
        column = len(block[start:place].decode("utf-8", "replace")) + (1 if start else 1 + self._line)
        before = (b"" if start else self._near) + block[start:place]
        near = (before[-_NEAR:] + block[place : place + 12]).decode("ascii", "backslashreplace")
        raise InputError(f"{what}, in {near!r}", path=self.path, line=line, column=column, hint=hint)


def _first_bad(block: bytes) -> int | None:
    import polars as pl

    # The check of Polars is several times as fast as Python's decoder, which then only names the place.
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        try:
            block.decode()
        except UnicodeDecodeError as error:
            return error.start
    return None


def _whole(block: bytes) -> int:
    """Length of `block` without a character that its end cuts in two."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(block) - back if need > back else len(block)
    return len(block)
