"""The benchmark of pulling from HubSpot, on a small account."""

from __future__ import annotations

import pytest
from bench import pull


def test_figures_of_a_pull(capsys: pytest.CaptureFixture[str]) -> None:
    assert pull.main(["hubspot", "--records", "300", "--max-memory", "1024"]) == 0
    shown = capsys.readouterr().out
    assert "hubspot: 300 records" in shown
    assert "records_per_second" in shown
