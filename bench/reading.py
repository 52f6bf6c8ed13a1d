"""Score the reading of next-step texts against labelled samples.

    python bench/reading.py                      # each labelled file in tests/reading, a table per label
    python bench/reading.py --misses             # and every text that was read wrong, with its reading
    python bench/reading.py --misses --label vague --label meeting
    python bench/reading.py --json FILE…         # the same figures for a machine

A sample holds one JSON object a line: `id`, `text`, `record` (ref_date, owner, account, contacts) and `labels`.
Labels describe the text alone; the record only resolves “Friday” and tells which side a person is on. `ref_date` is
taken as the day on which the text was written (`basis` is `changed`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parent.parent

# Name of the label in a sample -> name of the field in the reading.
FLAGS = {
    "placeholder": "placeholder",
    "has_action": "has_action",
    "has_specific_date": "has_specific_date",
    "vague": "vague",
    "customer_action": "customer_action",
    "compliance_only": "one_sided",
    "mutual": "mutual",
    "meeting": "meeting",
    "named_owner_in_text": "named_owner",
    "names_customer_person": "customer_person",
    "past_log": "past_only",
}
DATE_KINDS = ("specific", "coarse", "vague", "none")


@dataclass
class Tally:
    """Counts of one yes/no label; the three scores are None where nothing could be counted."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def add(self, want: bool, got: bool) -> None:
        if want and got:
            self.tp += 1
        elif got:
            self.fp += 1
        elif want:
            self.fn += 1
        else:
            self.tn += 1

    @property
    def precision(self) -> float | None:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else None

    @property
    def accuracy(self) -> float | None:
        total = self.tp + self.fp + self.fn + self.tn
        return (self.tp + self.tn) / total if total else None

    def as_dict(self) -> dict[str, Any]:
        scores = {name: getattr(self, name) for name in ("precision", "recall", "f1", "accuracy")}
        return {
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
            **{k: None if v is None else round(v, 4) for k, v in scores.items()},
        }


def load(path: Path) -> list[dict[str, Any]]:
    """The labelled samples of a file; empty for one of another kind."""
    with path.open(encoding="utf-8") as file:
        samples = [json.loads(line) for line in file if line.strip()]
    return samples if all("labels" in sample and "record" in sample for sample in samples) else []


def record_frame(samples: list[dict[str, Any]]) -> pl.DataFrame:
    """The columns the reader needs, one row a sample."""
    records = [sample["record"] for sample in samples]
    return pl.DataFrame(
        {
            "row": range(len(samples)),
            "next_step": [sample["text"] for sample in samples],
            "ref_date": [date.fromisoformat(record["ref_date"]) for record in records],
            "basis": ["changed"] * len(samples),
            "owner": [record.get("owner") for record in records],
            "account": [record.get("account") for record in records],
            "contacts": [record.get("contacts") or [] for record in records],
        },
        schema={
            "row": pl.Int64,
            "next_step": pl.String,
            "ref_date": pl.Date,
            "basis": pl.String,
            "owner": pl.String,
            "account": pl.String,
            "contacts": pl.List(pl.String),
        },
    )


def readings(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the reader says of each sample: the scalar fields, and `vague_spans` as (start, end) pairs."""
    from steplint.reading import Reader

    reading = Reader().read(record_frame(samples))
    rows = reading.frame.sort("row").to_dicts()
    for row in rows:
        row["vague_spans"] = []
        row["has_specific_date"] = row["date_kind"] == "specific"
    vague = reading.spans.filter(pl.col("role").cast(pl.String) == "vague")
    for row_number, start, end in vague.select("row", "start", "end").iter_rows():
        rows[row_number]["vague_spans"].append((start, end))
    return rows


def occurrences(text: str, part: str) -> Iterator[tuple[int, int]]:
    """Every place of a labelled substring."""
    at = text.find(part)
    while part and at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def score(samples: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All figures of one run, as plain JSON values."""
    flags = {label: Tally() for label in FLAGS}
    kinds: Counter[tuple[str, str]] = Counter()
    distances: Counter[int] = Counter()
    spans = Counter(wanted=0, found=0, said=0, right=0)
    for sample, row in zip(samples, rows, strict=True):
        labels = sample["labels"]
        for label, field in FLAGS.items():
            if label in labels:
                flags[label].add(labels[label], bool(row[field]))
        kinds[labels["date_kind"], str(row["date_kind"])] += 1
        distances[abs(labels["commitment_level"] - row["commitment"])] += 1
        wanted = [list(occurrences(sample["text"], part)) for part in labels.get("vague_spans", ())]
        said = row["vague_spans"]
        spans["wanted"] += len(wanted)
        spans["found"] += sum(any(overlap(place, got) for place in places for got in said) for places in wanted)
        spans["said"] += len(said)
        spans["right"] += sum(any(overlap(place, got) for places in wanted for place in places) for got in said)
    total = len(samples)
    return {
        "texts": total,
        "flags": {label: tally.as_dict() for label, tally in flags.items()},
        "date_kind": {
            "accuracy": round(sum(kinds[kind, kind] for kind in DATE_KINDS) / total, 4),
            "confusion": {want: {got: kinds[want, got] for got in DATE_KINDS} for want in DATE_KINDS},
        },
        "commitment": {
            "exact": round(distances[0] / total, 4),
            "within_one": round((distances[0] + distances[1]) / total, 4),
        },
        "vague_spans": {
            "precision": round(spans["right"] / spans["said"], 4) if spans["said"] else None,
            "recall": round(spans["found"] / spans["wanted"], 4) if spans["wanted"] else None,
            **spans,
        },
    }


def number(value: float | None) -> str:
    return "  –" if value is None else f"{value:.2f}"


def table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['texts']} labelled texts",
        "",
        f"{'label':<24}{'P':>6}{'R':>6}{'F1':>6}{'acc':>6}  {'tp':>4}{'fp':>4}{'fn':>4}",
    ]
    for label, one in figures["flags"].items():
        scores = "".join(f"{number(one[key]):>6}" for key in ("precision", "recall", "f1", "accuracy"))
        lines.append(f"{label:<24}{scores}  {one['tp']:>4}{one['fp']:>4}{one['fn']:>4}")
    kinds, levels, spans = figures["date_kind"], figures["commitment"], figures["vague_spans"]
    lines += ["", f"date_kind: {kinds['accuracy']:.2f} right; rows are labels, columns are readings"]
    lines.append(" " * 12 + "".join(f"{kind:>10}" for kind in DATE_KINDS))
    for want, row in kinds["confusion"].items():
        lines.append(f"  {want:<10}" + "".join(f"{row[got]:>10}" for got in DATE_KINDS))
    lines += [
        "",
        f"commitment: {levels['exact']:.2f} exact, {levels['within_one']:.2f} within one level",
        f"vague spans that overlap: P {number(spans['precision'])} ({spans['right']} of {spans['said']}),"
        f" R {number(spans['recall'])} ({spans['found']} of {spans['wanted']})",
    ]
    return "\n".join(lines)


def misses(samples: list[dict[str, Any]], rows: list[dict[str, Any]], only: set[str]) -> Iterator[str]:
    """One block for each text of which a label (of `only`, if given) was read wrong."""
    fields = {**FLAGS, "date_kind": "date_kind", "commitment_level": "commitment"}
    for sample, row in zip(samples, rows, strict=True):
        labels, text = sample["labels"], sample["text"]
        wrong = [
            f"{field} should be {labels[label]}, is {row[field]}"
            for label, field in fields.items()
            if label in labels
            and labels[label] != row[field]
            and field != "has_specific_date"  # said by date_kind
            and (not only or {label, field} & only)
        ]
        if not wrong:
            continue
        true = [name for name, value in row.items() if value is True and name != "has_specific_date"]
        rest = [f"{name}={value}" for name, value in row.items() if not isinstance(value, bool | list | None)]
        vague = [text[start:end] for start, end in row["vague_spans"]]
        yield "\n".join(
            [
                f"{sample['id']}  {text!r}  (written {sample['record']['ref_date']})",
                *(f"    ✗ {line}" for line in wrong),
                f"    read: {' '.join(true)} | {' '.join(rest)} | vague: {vague}",
            ]
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="labelled samples; default all in tests/reading")
    parser.add_argument("--misses", action="store_true", help="print every text that was read wrong")
    parser.add_argument("--label", action="append", default=[], help="only misses of this label or field; repeatable")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    loaded = {path: load(path) for path in options.files or sorted((ROOT / "tests/reading").glob("*.jsonl"))}
    labelled = {path: samples for path, samples in loaded.items() if samples}
    if not labelled:
        parser.error("no labelled texts found")
    result = {}
    for path, samples in labelled.items():
        rows = readings(samples)
        figures = result[path.name] = score(samples, rows)
        if not options.json:
            print(f"{path.name}: {table(figures)}\n")
        if options.misses:
            for block in misses(samples, rows, set(options.label)):
                print(f"{block}\n")
    if options.json:
        print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
