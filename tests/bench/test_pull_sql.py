"""The benchmark of pulling from a database, on a small one."""

from __future__ import annotations

import pytest
from bench import pull
from tests.servers.postgres import Cluster


def test_records_and_memory_are_measured(postgres: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert pull.main(["sql", "--records", "300", "--max-memory", "1024"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("sql: 300 records")
    assert "peak_mib" in said
    assert pull.main(["sql", "--records", "300", "--max-memory", "1"]) == 1
