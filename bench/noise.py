"""Noise of the shipped rules: findings a record on the bundled pipeline, and good texts that get a finding anyway.

    python bench/noise.py              # the figures
    python bench/noise.py --show       # and every finding on a good text
    python bench/noise.py --max-findings 0.8 --max-good 0.05

A labelled text is good when it is not vague, names a day and has an action. It is checked as a record with an owner,
its contacts and its due date, on the day on which it was written. With a limit that does not hold the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = ROOT / "examples/pipeline.csv"
SAMPLE = ROOT / "tests/reading/sample.jsonl"
AS_OF = "2026-01-12"


def check(path: Path, as_of: str, profile: str) -> dict[str, Any]:
    """The JSON report of `steplint check`, without any configuration."""
    command = [sys.executable, "-m", "steplint", "check", str(path), "--isolated", "--format", "json", "--exit-zero"]
    command += ["--as-of", as_of, "--profile", profile]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def is_good(labels: dict[str, Any]) -> bool:
    return bool(labels["has_action"] and labels["date_kind"] == "specific" and not labels["vague"])


def record(sample: dict[str, Any]) -> dict[str, Any]:
    given = sample["record"]
    return {
        "id": sample["id"],
        "next_step": sample["text"],
        "owner": given.get("owner") or "Robin Castle",
        "account": given.get("account"),
        "contacts": given.get("contacts") or [],
        "due_date": given.get("due_date"),
        "next_step_changed": given["ref_date"],
    }


def findings_on(samples: Iterable[dict[str, Any]], profile: str) -> list[dict[str, Any]]:
    """Findings on labelled texts, none on the source itself; one run for each day of writing."""
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for sample in samples:
        by_day[sample["record"]["ref_date"]].append(record(sample))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for day, records in by_day.items():
            path = Path(folder, f"{day}.jsonl")
            path.write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf-8")
            found += [finding for finding in check(path, day, profile)["findings"] if finding["record_id"] is not None]
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="recommended")
    parser.add_argument("--sample", type=Path, default=SAMPLE)
    parser.add_argument("--show", action="store_true", help="print every finding on a good text")
    parser.add_argument("--max-findings", type=float, help="findings a record on the pipeline")
    parser.add_argument("--max-good", type=float, help="share of good texts with a finding, 0 to 1")
    options = parser.parse_args(arguments)
    summary = check(PIPELINE, AS_OF, options.profile)["summary"]
    rate = summary["findings"] / summary["records"]
    print(
        f"{PIPELINE.name}, {options.profile}: {summary['findings']} findings in {summary['records']} open records: "
        f"{rate:.2f} a record"
    )
    samples = [json.loads(line) for line in options.sample.read_text(encoding="utf-8").splitlines() if line]
    good = {sample["id"]: sample["text"] for sample in samples if is_good(sample["labels"])}
    found = findings_on((sample for sample in samples if sample["id"] in good), options.profile)
    blamed = {finding["record_id"] for finding in found}
    share = len(blamed) / len(good) if good else 0.0
    print(
        f"{options.sample.name}, {options.profile}: {len(blamed)} of {len(good)} good texts with a finding: {share:.1%}"
    )
    if options.show:
        for finding in found:
            print(f"  {finding['code']} {finding['record_id']} {good[finding['record_id']]!r}: {finding['message']}")
    within = (options.max_findings is None or rate <= options.max_findings) and (
        options.max_good is None or share <= options.max_good
    )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
