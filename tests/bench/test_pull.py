"""bench/pull.py pulls all that its server has, and holds the limits that it is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("limit", "code"), [("400", 0), ("1", 1)])
def test_a_pull_of_salesforce_is_measured(limit: str, code: int) -> None:
    command = [sys.executable, "bench/pull.py", "salesforce", "--records", "300", "--max-memory", limit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.startswith("salesforce, bulk: 300 records\n")
    assert "peak_mib" in done.stdout
