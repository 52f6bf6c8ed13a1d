from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RULE = """\
schema: 1
code: ACME101
name: step-odd
severity: warning
check:
{check}
message: "odd"
why: Because.
examples:
  bad: [{{next_step: "odd"}}]
  good: [{{next_step: "even"}}]
"""


@pytest.fixture
def rule_text() -> Callable[[str], str]:
    """The text of a whole rule file around a check (given as YAML, one or more lines)."""

    def make(check: str) -> str:
        return RULE.format(check="\n".join(f"  {line}" for line in check.splitlines()))

    return make


@pytest.fixture
def make_rule(rule_text: Callable[[str], str]) -> Callable[..., Any]:
    """A rule with the given check; other fields of Rule by keyword."""
    import dataclasses

    from steplint.rules.load import load_text

    def make(check: str, **fields: Any) -> Any:
        return dataclasses.replace(load_text(rule_text(check), path="rule.yaml"), **fields)

    return make
