"""Most severe first, then what nothing else can be said before."""

import pytest

from steplint.findings.order import ranks


@pytest.mark.parametrize(
    ("rules", "order"),
    [
        ({"WHEN302": "warning", "WHAT203": "warning"}, ["WHEN302", "WHAT203"]),
        ({"WHAT201": "error", "WHEN301": "error", "WHO101": "error"}, ["WHAT201", "WHO101", "WHEN301"]),
        ({"WHAT201": "info", "CMT508": "error"}, ["CMT508", "WHAT201"]),
        ({"WHOM401": "info", "WHO104": "info", "CMT505": "info"}, ["WHO104", "CMT505", "WHOM401"]),
        ({"ACME101": "warning", "DOC901": "warning"}, ["DOC901", "ACME101"]),
    ],
)
def test_primary(rules: dict[str, str], order: list[str]) -> None:
    found = ranks(list(rules), list(rules.values()))
    assert sorted(rules, key=dict(zip(rules, found, strict=True)).__getitem__) == order
