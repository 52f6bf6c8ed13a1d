"""What the records of a file have in common, counted while their batches go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from steplint.init.tally import Tally
from steplint.records import Batch, dayorder
from steplint.records.prepare import frame_order

__all__ = ["Survey"]

#: Limits that text fields of CRMs have. Two texts that end there are enough; at any other length it takes more.
_USUAL_LIMITS = frozenset({80, 100, 120, 128, 150, 200, 240, 250, 254, 255, 256, 300, 500, 512, 1000, 1024, 2000})
_FEW, _MORE = 2, 4
_SHORTEST_LIMIT, _LONGEST_LIMIT = 50, 1_000_000
#: A limit shows as a heap at the longest length: more than twice what any of so many shorter lengths has.
_NEAR = 5


class Survey:
    """Counts over all records: `records`, those `closed`, `kinds`, `stages`, and weekdays in texts (`evidence`)."""

    def __init__(self, as_of: date) -> None:
        self.records = 0
        self.closed = 0
        self.kinds: set[str] = set()
        self.stages = Tally()
        self.evidence = dayorder.Evidence()
        self._as_of = as_of
        self._lengths: Counter[int] = Counter()
        self._longest: set[str] = set()

    def watched(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The same batches, each counted before it is handed on."""
        for batch in batches:
            self.add(batch)
            yield batch

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        records = batch.records
        self.records += records.height
        self.closed += int((records["scope"] == "closed").sum())
        self.kinds.update(records["kind"].unique().drop_nulls())
        self.stages.add(records["stage"])
        frame_order(records.select("next_step"), self._as_of, self.evidence)
        texts = records["next_step"].drop_nulls()
        if texts.is_empty():
            return
        lengths = texts.str.len_chars()
        before = max(self._lengths, default=0)
        self._lengths.update(dict(lengths.value_counts().rows()))
        longest = max(self._lengths)
        if longest > before:
            self._longest.clear()
        self._longest.update(texts.filter(lengths == longest).unique().head(_MORE))

    def text_limit(self) -> tuple[int, int] | None:
        """(length at which texts stop, how many do), or None where the longest texts look like any others."""
        longest = max(self._lengths, default=0)
        heap = self._lengths[longest]
        near = max(self._lengths[longest - step] for step in range(1, _NEAR + 1))
        enough = _FEW if longest in _USUAL_LIMITS else _MORE
        if not _SHORTEST_LIMIT <= longest <= _LONGEST_LIMIT or len(self._longest) < enough or heap <= 2 * near:
            return None
        return longest, heap
