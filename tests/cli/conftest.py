"""Runs the command line inside the process, with a world of its own."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from steplint.cli.host import Host
from steplint.cli.main import main

NOW = datetime(2026, 1, 12, 23, 30, tzinfo=UTC)
PIPELINE = """\
Opportunity ID,Opportunity Name,Opportunity Owner,Stage,Next Step,Close Date
006A,Acme renewal,D. Lee,Proposal,Circle back next quarter,2026-03-31
006B,Bolt rollout,M. Tan,Negotiation,,2026-03-31
006C,Crux pilot,D. Lee,Proposal,"Call Dana Thu 15 Jan 10:00 to
review the redlines",2026-03-31
006D,Done deal,D. Lee,Closed Won,,2025-12-01
"""


@dataclass
class Result:
    """What a command did."""

    code: int
    out: str
    err: str


class _Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


Steplint = Callable[..., Result]


@pytest.fixture
def steplint(tmp_path: Path) -> Steplint:
    """Run a command line in an empty directory, without the machine's clock and environment."""

    def run(*args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, terminal: bool = False) -> Result:
        out, err = _Terminal() if terminal else io.BytesIO(), io.BytesIO()
        host = Host(io.BytesIO(stdin), out, err, env or {}, tmp_path, lambda: NOW)
        code = main(args, host)
        return Result(code, out.getvalue().decode(), err.getvalue().decode())

    return run


@pytest.fixture
def pipeline(tmp_path: Path) -> str:
    """Three open records and a closed one."""
    file = tmp_path / "pipeline.csv"
    file.write_text(PIPELINE, encoding="utf-8")
    return str(file)
