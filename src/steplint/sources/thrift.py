"""Parquet's own tables (Thrift's compact protocol), read to prove a file's sizes before a native library believes them."""

from __future__ import annotations

from typing import Any

__all__ = ["Broken", "Thrift"]

_MAX_DEPTH = 32


class Broken(ValueError):
    """Bytes that are no such table."""


class Thrift:
    """Reads from `data` at `at`. A struct is a dict by field number; values are bool, int, bytes, list and dict."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The struct at `at`, which then stands behind it. Broken: cut off, nested too deep, no such kind of value."""
        if depth > _MAX_DEPTH:
            raise Broken("nested too deep")
        try:
            found: dict[int, Any] = {}
            number = 0
            while head := self._byte():
                number = number + (head >> 4) if head >> 4 else self._signed()
                found[number] = self._value(head & 15, depth)
            return found
        except IndexError:
            raise Broken("cut off") from None

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _number(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise Broken("a number without an end")

    def _signed(self) -> int:
        value = self._number()
        return value >> 1 ^ -(value & 1)

    def _value(self, kind: int, depth: int) -> Any:
        """1, 2 true and false; 3 byte; 4 to 6 integers; 7 double; 8 bytes; 9, 10 list and set; 11 map; 12 struct."""
        if kind in (1, 2):
            return kind == 1
        if kind in (4, 5, 6):
            return self._signed()
        if kind in (3, 7, 8):
            return self._bytes({3: 1, 7: 8}.get(kind) or self._number())
        if kind in (9, 10):
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._number()
            return [self._item(head & 15, depth) for _ in range(self._room(size))]
        if kind == 12:
            return self.struct(depth + 1)
        raise Broken(f"a value of kind {kind}")

    def _item(self, kind: int, depth: int) -> Any:
        return self._byte() == 1 if kind in (1, 2) else self._value(kind, depth + 1)

    def _bytes(self, size: int) -> bytes:
        self.at += self._room(size)
        return self.data[self.at - size : self.at]

    def _room(self, size: int) -> int:
        """`size`, if so many bytes are left; an item of a list has one at least."""
        if size > len(self.data) - self.at:
            raise Broken("cut off")
        return size
