"""`--redact` in a run: whom a record knows is taken down as its batch passes, and its findings are masked with that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from steplint.reading import Reader
    from steplint.records import Batch, RecordStream

__all__ = ["Redaction", "masked_note"]

TEXTS = pl.List(pl.String)
#: Columns of records that hold a person of our own beside the owner.
COLLEAGUES = ("owner_email", "manager")
# A person's name begins with a capital and goes on in small letters; “CFO” and “we” name nobody.
NAME = r"\p{Lu}\p{Ll}[\p{L}\p{M}'’-]*"
# Words after which a capital begins a name that the reading may not know, and words that are none there.
PROMPTS = (
    "with w/ call calls ask email mail ping text meet meeting to from by cc via and & mr mrs ms dr herr frau".split()
)
NO_NAMES = (
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb mar apr may jun jul aug sep "
    "sept oct nov dec january february march april june july august september october november december next legal "
    "finance procurement security the their our customer client team demo review pricing contract proposal".split()
)
PROMPTED = rf"(?i:(?:^|\W)(?:{'|'.join(PROMPTS)}))[.:]?\s+{NAME}\.?(?:\s+{NAME}\.?)*"


class Redaction:
    """Stands on both sides of a run: it sees the batches of `stream` before they are judged, and masks what is found.

    Findings come in the order of the records, so that what is known of earlier batches is forgotten on the way.
    """

    def __init__(self, stream: RecordStream, reader: Reader, as_of: date) -> None:
        self._reader = reader
        self._as_of = as_of
        self._known: list[pl.DataFrame] = []  # a batch each: record, names
        stream.batches = self._passing(stream.batches)

    def _passing(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            colleagues = pl.concat_list(COLLEAGUES).list.drop_nulls()
            names = pl.concat_list(colleagues, pl.col("contacts").fill_null([]))
            known = batch.records.select(record=_record("line", "id"), names=names).filter(
                pl.col("names").list.len() > 0
            )
            self._known.append(known.unique("record", keep="first"))
            yield batch

    def mask(self, findings: pl.DataFrame) -> pl.DataFrame:
        """These findings, redacted."""
        from steplint.findings.redact import redact

        if not findings.height:
            return findings
        known = self._names(findings.select(record=_record("record_line", "record_id")))
        people = pl.select(people=pl.concat_list(known, self._persons(findings, known))).to_series()
        return redact(findings, people)

    def _names(self, records: pl.DataFrame) -> pl.Series:
        """The people that the records of some findings name, a list a finding."""
        numbered = (batch.with_columns(batch=pl.lit(number)) for number, batch in enumerate(self._known))
        nothing = pl.DataFrame(schema={"record": pl.UInt64, "names": TEXTS, "batch": pl.Int32})
        known = pl.concat([nothing, *numbered]).unique("record", keep="first")
        found = records.join(known, on="record", how="left", maintain_order="left")
        first = found["batch"].min()
        if isinstance(first, int):
            del self._known[:first]
        return found["names"].fill_null([])

    def _persons(self, findings: pl.DataFrame, known: pl.Series) -> pl.Series:
        """The persons in each text, a list a finding: doers and customers that the reading finds, and names after “with”,
        “call” and the like."""
        from steplint.records import prepare

        raw = findings.select(pl.col("text").alias("next_step"), "owner", "account", contacts=known)
        records = prepare(raw, as_of=self._as_of, date_order="mdy")
        spans = self._reader.read(records).spans.filter(pl.col("role").is_in(["who", "whom"]))
        said = records["next_step"].gather(spans["row"]).str.slice(spans["start"], spans["end"] - spans["start"])
        prompted = records.select("row", said=pl.col("next_step").str.extract_all(PROMPTED)).explode("said")
        texts = pl.concat([spans.select(pl.col("row").cast(pl.Int64), said=said), prompted.drop_nulls()])
        names = texts.select("row", names=pl.col("said").str.extract_all(NAME)).explode("names", empty_as_null=False)
        names = names.filter(~pl.col("names").str.to_lowercase().is_in([*PROMPTS, *NO_NAMES]))
        lists = names.group_by("row").agg("names")
        rows = records.select("row").join(lists, on="row", how="left", maintain_order="left")
        return rows["names"].fill_null([])


def _record(line: str, identity: str) -> pl.Expr:
    """One number for a record of the run, from its file, line and id."""
    return pl.struct("path", pl.col(line).alias("line"), pl.col(identity).alias("id")).hash()


def masked_note(note: str) -> str:
    """A note on the reading of a file without what it quotes."""
    return re.sub("“[^”]*”", "“████”", note)
