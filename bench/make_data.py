"""Make a large, realistic pipeline export for benchmarks: the same bytes for the same size and seed.

    python bench/make_data.py build/bench/pipeline.csv --records 1000000

Texts come from the templates in voices.yaml. About 60 % of them are distinct, more than a fifth hold characters beyond
ASCII, some hold line breaks, and most hold one of 250,000 made-up words: little can be cached by text or word.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import yaml

AS_OF = date(2026, 1, 12)
CHUNK = 250_000

HERE = Path(__file__).parent
WORDS = yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8"))
VOICES = yaml.safe_load((HERE / "voices.yaml").read_text(encoding="utf-8"))
REPS = [f"{first} {last}" for first in WORDS["first"][:25] for last in WORDS["last"][:12]]
STAGES = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Proposal/Price Quote",
    "Negotiation/Review",
]
NUMBERS = {"count": [str(n) for n in range(2, 40)], "money": [f"{n}k" for n in range(5, 400, 5)]}


def _style(day: date, style: str) -> str:
    return day.strftime(style).replace("%-m", str(day.month)).replace("%-d", str(day.day))


def _days(first: int, last: int, *styles: str) -> list[str]:
    """Written days from `first` to `last` days after AS_OF; `%-m` and `%-d` are numbers without a leading nought."""
    days = [AS_OF + timedelta(days=n) for n in range(first, last)]
    return [_style(day, style) for style in styles for day in days if day.weekday() < 5]


DAYS = {
    "day": [*_days(0, 30, "%%-m/%%-d", "%a %%-m/%%-d", "%b %%-d", "%%-m/%%-d"), "tomorrow", "EOD", "Friday"],
    "date": _days(0, 40, "%%-m/%%-d/%Y"),
    "long": _days(0, 40, "%A, %B %%-d", "%B %%-d"),
    "uk": _days(0, 40, "%a %%-d %b", "%%-d %B"),
    "iso": _days(0, 40, "%Y-%m-%d", "%d.%m."),
    "past": _days(-40, 0, "%%-m/%%-d"),
}
US_DAYS = [_style(AS_OF + timedelta(days=n), "%%-m/%%-d/%Y") for n in range(-200, 200)]

Draw = Callable[[str, int], pl.Series]


def drawer(start: int, records: int, seed: int) -> Draw:
    """`draw(name, n)`: for every record a number below `n` that depends only on seed, name and record (splitmix64)."""
    rows = pl.int_range(start, start + records, dtype=pl.UInt64, eager=True).alias("x")

    def draw(name: str, n: int) -> pl.Series:
        salt = zlib.crc32(f"{seed}:{name}".encode()) << 31
        x = (pl.col("x") + salt) * pl.lit(0x9E3779B97F4A7C15, pl.UInt64)
        for divisor, factor in ((2**30, 0xBF58476D1CE4E5B9), (2**27, 0x94D049BB133111EB)):
            x = (x ^ (x // divisor)) * pl.lit(factor, pl.UInt64)
        return rows.to_frame().select((x ^ (x // 2**31)) % n).to_series()

    return draw


def pick(draw: Draw, name: str, choices: Sequence[str]) -> pl.Series:
    return pl.Series(choices, dtype=pl.String).gather(draw(name, len(choices))).alias(name)


def made_up(draw: Draw, name: str, syllables: int = 3) -> pl.Series:
    """Capitalised words such as “Velmorxi”, 250,000 of three syllables."""
    parts = [pick(draw, f"{name}{n}", WORDS["syllables"]) for n in range(syllables)]
    return pl.select(pl.concat_str(parts).str.to_titlecase()).to_series().alias(name)


def person(draw: Draw, name: str) -> pl.Series:
    return (pick(draw, f"{name}-first", WORDS["first"]) + " " + pick(draw, f"{name}-last", WORDS["last"])).alias(name)


def slots(draw: Draw) -> pl.DataFrame:
    """One column a slot of voices.yaml."""
    contact, rep = person(draw, "contact"), pick(draw, "rep", REPS)
    return pl.DataFrame(
        [
            contact,
            contact.str.split(" ").list.first().alias("first"),
            person(draw, "other"),
            rep,
            (rep.str.slice(0, 1) + rep.str.split(" ").list.last().str.slice(0, 1)).alias("initials"),
            (made_up(draw, "company", 2) + pick(draw, "form", WORDS["form"])).alias("account"),
            made_up(draw, "name"),
            *(pick(draw, slot, words) for slot, words in (WORDS["slots"] | NUMBERS | DAYS).items()),
        ]
    )


def templates(voices: dict[str, Any]) -> tuple[list[str], list[float]]:
    """Every template with its cumulative share, 0 to 1."""
    texts, edges, total = [], [], sum(voice["share"] for voice in voices.values())
    edge = 0.0
    for voice in voices.values():
        for text in voice["texts"]:
            edge += voice["share"] / total / len(voice["texts"])
            texts.append(text)
            edges.append(edge)
    return texts, edges


def fill(template: str, columns: Sequence[str]) -> pl.Expr:
    """The template as an expression over the slot columns."""
    parts: list[pl.Expr] = []
    rest = template
    while rest:
        literal, brace, rest = rest.partition("{")
        if literal:
            parts.append(pl.lit(literal))
        if brace:
            slot, _, rest = rest.partition("}")
            if slot not in columns:
                raise ValueError(f"voices.yaml: no slot {{{slot}}} (in {template!r})")
            parts.append(pl.col(slot))
    return pl.concat_str(parts) if parts else pl.lit("")


def texts(draw: Draw, frame: pl.DataFrame) -> pl.Series:
    """The next steps: each template is filled for the records that drew it."""
    patterns, edges = templates(VOICES)
    place = draw("template", 1_000_000) / 1_000_000
    choice = pl.Series(edges).search_sorted(place).clip(0, len(patterns) - 1)
    numbered = frame.with_columns(choice.alias("choice")).with_row_index("at")
    parts = [
        part.select("at", fill(patterns[int(key[0])], frame.columns).alias("text"))
        for key, part in numbered.partition_by("choice", as_dict=True).items()
    ]
    return pl.concat(parts).sort("at")["text"]


def chunk(start: int, records: int, seed: int) -> pl.DataFrame:
    """Records `start` to `start + records` with the headers of a Salesforce report."""
    draw = drawer(start, records, seed)
    frame = slots(draw)
    ids = pl.int_range(start, start + records, eager=True).cast(pl.String).str.zfill(10)
    day = US_DAYS
    closed = pick(draw, "closed", ["", ""] * 12 + ["Closed Won", "Closed Lost"])
    open_stage = pick(draw, "stage", STAGES)
    return pl.DataFrame(
        {
            "Opportunity ID": "006Hs" + ids,
            "Opportunity Name": frame["account"] + " - " + frame["topic"],
            "Account Name": frame["account"],
            "Opportunity Owner": frame["rep"],
            "Owner Active?": pick(draw, "active", ["1"] * 40 + ["0"]),
            "Stage": pl.select(pl.when(closed != "").then(closed).otherwise(open_stage)).to_series(),
            "Amount": (draw("amount", 4000) * 100 + 5000).cast(pl.Float64),
            "Amount Currency": pick(draw, "currency", ["USD"] * 8 + ["EUR", "GBP"]),
            "Close Date": pick(draw, "close", day[190:380]),
            "Next Step": texts(draw, frame),
            "Next Step Date": pick(draw, "due", day[195:225] + [""] * 30),
            "Last Modified Date": pick(draw, "modified", day[170:201]),
            "Last Activity": pick(draw, "activity", day[150:201]),
            "Created Date": pick(draw, "created", day[:150]),
            "Contacts": frame["contact"] + "; " + frame["other"],
        }
    )


def write(path: Path, records: int, seed: int = 1) -> dict[str, float]:
    """Write the file and return the shares of texts that are distinct, hold non-ASCII characters, hold line breaks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known: set[int] = set()
    counts = {"non_ascii": 0, "line_breaks": 0}
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for start in range(0, records, CHUNK):
            frame = chunk(start, min(CHUNK, records - start), seed)
            text = frame["Next Step"]
            known.update(text.unique().hash())
            counts["non_ascii"] += int((text.str.len_bytes() > text.str.len_chars()).sum())
            counts["line_breaks"] += int(text.str.contains("\n", literal=True).sum())
            frame.write_csv(file, include_header=start == 0, quote_style="always")
    part.replace(path)
    return {"distinct": len(known) / records, **{name: count / records for name, count in counts.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures = write(options.path, options.records, options.seed)
    size = options.path.stat().st_size / 1e6
    shares = ", ".join(f"{share:.0%} {name.replace('_', ' ')}" for name, share in figures.items())
    print(f"{options.path}: {options.records:,} records, {size:.0f} MB; texts: {shares}")


if __name__ == "__main__":
    main()
