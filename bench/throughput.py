"""Measure `steplint check` on a large export, from one run: speed, ratio to plain reading, memory, stages, findings.

    python bench/throughput.py build/bench/pipeline.csv
    python bench/throughput.py build/bench/pipeline.csv --min-rate 100000 --max-ratio 40 --max-memory 1024

The command is the real one, in a process of its own: its time includes start-up, and its memory is the peak of the
whole process. “Plain reading” is `polars.scan_csv` collecting the columns that steplint maps, best of three. With a
limit that does not hold the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

AS_OF = "2026-01-12"
READ = """
import sys, time
import polars as pl
path, columns = sys.argv[1], sys.argv[2:]
times = []
for _ in range(3):
    start = time.perf_counter()
    frame = pl.scan_csv(path, infer_schema=False, glob=False).select(columns).collect()
    times.append(time.perf_counter() - start)
print(frame.height, min(times))
"""


@dataclass
class Run:
    """One finished process: wall seconds, processor seconds, peak memory in MiB."""

    code: int
    wall: float
    cpu: float
    peak: float
    stdout: str
    stderr: str


def run(command: list[str]) -> Run:
    """Run a command and measure that process alone."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is in bytes there, in KiB elsewhere
        cpu = usage.ru_utime + usage.ru_stime
        return Run(process.returncode, wall, cpu, usage.ru_maxrss / unit, out.read(), err.read())


def header(path: Path) -> list[str]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def last_line(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))
        return file.read().splitlines()[-1].decode()


def check(path: Path, output: Path, arguments: list[str]) -> Run:
    command = [sys.executable, "-m", "steplint", "check", str(path), "--isolated", "--as-of", AS_OF, "--exit-zero"]
    return run([*command, "--format", "jsonl", "--output", str(output), "--timings", *arguments])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--min-rate", type=float, help="records a second")
    parser.add_argument("--max-ratio", type=float, help="times the cost of plain reading")
    parser.add_argument("--max-memory", type=float, help="MiB")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options, passed_on = parser.parse_known_args(arguments)
    read = run([sys.executable, "-c", READ, str(options.path), *header(options.path)])
    if read.code:
        print(read.stderr, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "findings.jsonl")
        done = check(options.path, output, passed_on)
        if done.code:
            print(done.stderr, file=sys.stderr)
            return 1
        closing = json.loads(last_line(output))
        written = output.stat().st_size / 1e6
    summary = closing["summary"]
    rows, plain = read.stdout.split()
    figures = {
        "records": summary["records"],
        "out_of_scope": summary["out_of_scope"],
        "rows": int(rows),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "seconds": round(done.wall, 2),
        "cpu_seconds": round(done.cpu, 2),
        "rows_per_second": round(int(rows) / done.wall),
        "records_per_second": round(summary["records"] / done.wall),
        "plain_read_seconds": round(float(plain), 3),
        "ratio": round(done.wall / float(plain), 1),
        "peak_mib": round(done.peak),
        "findings_per_record": round(summary["findings"] / summary["records"], 2),
        "output_mb": round(written),
    }
    print(f"{options.path}: {options.path.stat().st_size / 1e6:.0f} MB, {figures['rows']:,} rows")
    for name, value in figures.items():
        print(f"  {name.replace('_', ' '):<22}{value:>12,}")
    print("time per stage:")
    print("\n".join(f"  {line}" for line in done.stderr.splitlines()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    limits = [
        ("rate", options.min_rate, options.min_rate and figures["rows_per_second"] < options.min_rate),
        ("ratio", options.max_ratio, options.max_ratio and figures["ratio"] > options.max_ratio),
        ("memory", options.max_memory, options.max_memory and figures["peak_mib"] > options.max_memory),
    ]
    broken = [f"{name} (limit {limit:g})" for name, limit, is_broken in limits if is_broken]
    if broken:
        print(f"not within limits: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
