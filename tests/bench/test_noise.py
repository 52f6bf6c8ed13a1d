"""The shipped rules are quiet on a real pipeline and on good texts, as `make bench` prints."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_noise_limits() -> None:
    command = [sys.executable, "bench/noise.py", "--show", "--max-findings", "0.8", "--max-good", "0.05"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"in (\d+) open records", done.stdout)[0]) >= 100


def test_bundled_pipeline_is_like_a_real_one() -> None:
    with (ROOT / "examples/pipeline.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Stage"]]
    still_open = [row for row in rows if not row["Stage"].startswith("Closed")]
    assert len(still_open) >= 100
    assert len(rows) - len(still_open) >= 30
    assert len({row["Opportunity Owner"] for row in still_open}) >= 8
    assert len({row["Stage"] for row in rows}) == 9
    assert len({row["Opportunity ID"].lower() for row in rows}) == len(rows)
    assert len({row["Next Step"] for row in still_open}) > 0.95 * len(still_open)
    assert sum("\r\n" in row["Next Step"] for row in still_open) >= 10
