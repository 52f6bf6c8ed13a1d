"""Rules that judge the rows of a document together: whole documents, whatever the batches, and nothing beside them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from steplint.engine.documents import whole_documents
from steplint.records import REJECTED, Batch, prepare

Lint = Callable[..., Any]
Make = Callable[..., Any]


def rows(*texts: str, doc: str | None = "a", kind: str = "utterance", **columns: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"{doc}{place}", "kind": kind, "doc_id": doc, "position": str(place), "next_step": text, **columns}
        for place, text in enumerate(texts, start=1)
    ]


def found(findings: pl.DataFrame) -> list[str]:
    return findings["record_id"].to_list()


@pytest.fixture
def script(rule: Make) -> Make:
    """A group rule for utterances."""

    def make(check: str, code: str = "AAA101", **keys: Any) -> Any:
        return rule(code, f"group: {check}", **{"kinds": ["utterance"], **keys})

    return make


CHECKS = [
    ("{none: has_action}", ["b1"]),
    ("{any: vague}", ["a1"]),
    ("{any: [vague, placeholder]}", ["a1", "b1"]),
    ("{any: {column: next_step, list: [touch base]}}", ["a1"]),
    ("{first: has_action}", ["a1", "c1"]),
    ("{last: placeholder}", ["b2"]),
    ("{last: has_action, none: vague}", ["c2"]),
    ("{where: NOT vague, first: has_action}", ["a1", "c1"]),
    ("{where: NOT has_action, any: vague}", ["a2"]),
    ("{requires: {act: has_action, filler: placeholder}}", ["a1", "b1", "c1"]),
    ("{requires: {act: has_action, filler: placeholder}, given: 1, none: vague}", ["b1", "c1"]),
    ("{alike: {columns: [owner], at_least: 2}}", ["a1", "c1"]),
    ("{alike: {columns: [status, owner], at_least: 3}}", ["a1"]),
    ("{unordered: due_date}", ["a3"]),
    ("{no_better: {column: commitment, rows: placeholder, than: NOT placeholder}}", ["b2"]),
    ("{by: [doc_id, position], any: placeholder}", ["b2"]),
    ("{by: [owner], any: placeholder, none: vague}", ["b2"]),
]
DOCUMENTS = [
    *rows("send it", "touch base", "demo 1/20", doc="a", owner="D. Lee"),
    *rows("well", "tbd", doc="b"),
    *rows("send it", "demo", doc="c", owner="Bo"),
]
for row, day in zip(DOCUMENTS, ("2026-01-20", "2026-01-22", "2026-01-19"), strict=False):
    row["due_date"] = day
DOCUMENTS[3]["owner"], DOCUMENTS[4]["owner"] = "Ann", "Ann Lee"


@pytest.mark.parametrize(("check", "places"), CHECKS)
def test_what_a_group_check_finds(run: Lint, script: Make, check: str, places: list[str]) -> None:
    for batch_rows in (1, 2, 100):
        assert found(run(DOCUMENTS, [script(check)], batch_rows=batch_rows)[0]) == places, batch_rows


def test_rows_of_a_document_need_not_stand_together(run: Lint, script: Make) -> None:
    made = script("{requires: {act: has_action}}")
    mixed = list(DOCUMENTS)
    random.Random(3).shuffle(mixed)  # noqa: S311 - order, no secret
    whole = run(mixed, [made])[0]
    assert found(whole) == ["b1"]
    for batch_rows in (1, 3):
        assert run(mixed, [made], batch_rows=batch_rows)[0].equals(whole)


def test_rows_count_by_kind_scope_and_document(run: Lint, script: Make) -> None:
    records = [
        *rows("well", doc="a"),
        *rows("send it", doc="a", kind="email"),
        *rows("well", "send it", doc=None),
        *rows("well", "send it", doc="b"),
    ]
    assert found(run(records, [script("{none: has_action}")])[0]) == ["a1"]
    assert found(run(records, [script("{none: has_action}", kinds=["utterance", "email"])])[0]) == []


def test_plan_rows_without_a_document_share_their_sheet(run: Lint, script: Make) -> None:
    made = script("{none: role = 'goal'}", kinds=["plan_row"], needs=[])
    plan = [
        {"kind": "plan_row", "next_step": text, "path": path, "line": line, "id": f"{path}{line}", "role": role}
        for path, line, text, role in (
            ("a.xlsx", 3, "Live in May", "goal"), ("a.xlsx", 4, "Kick-off", None), ("b.xlsx", 2, "Kick-off", None),
        )
    ]  # fmt: skip
    assert found(run(plan, [made])[0]) == ["b.xlsx2"]


def test_rows_that_are_no_steps_are_judged_by_rules_of_roles_only(run: Lint, rule: Make) -> None:
    kinds = ["opportunity", "utterance"]
    rules = [rule("AAA101", "vague", kinds=kinds), rule("BBB102", "vague AND role = 'weak'", kinds=kinds)]
    records = [
        *rows("touch base", doc="a", role="weak"), *rows("touch base", doc="b", role="strong"),
        *rows("touch base", doc="c", kind="opportunity", role="weak"),
    ]  # fmt: skip
    findings, _ = run(records, rules)
    assert findings.select("record_id", "code").rows() == [
        ("a1", "BBB102"),
        ("b1", "AAA101"),
        ("c1", "AAA101"),
        ("c1", "BBB102"),
    ]


def test_messages_name_what_is_missing_and_how_many(run: Lint, script: Make) -> None:
    made = script(
        "{requires: {an act: has_action, a filler: placeholder, a doubt: vague}}", message="{missing} in {count}"
    )
    findings, _ = run(rows("well", "tbd"), [made])
    assert findings["message"].to_list() == ["an act, a doubt in 2"]


def test_options_reach_the_tests_of_a_group(run: Lint, script: Make) -> None:
    made = script("{any: owner IN :names}", options={"names": ["Ann"]})
    assert found(run(rows("x", owner="Ann"), [made])[0]) == ["a1"]
    assert found(run(rows("x", owner="Bo"), [made])[0]) == []


def test_a_group_finding_implies_others_on_its_row(run: Lint, script: Make, rule: Make) -> None:
    rules = [script("{last: vague}"), rule("BBB102", "vague", kinds=["utterance"], implied_by=["AAA101"])]
    findings, _ = run(rows("touch base", "touch base"), rules)
    assert findings.select("record_id", "code").rows() == [("a1", "BBB102"), ("a2", "AAA101")]


def test_rules_of_other_kinds_are_not_said_to_lack_columns(run: Lint, script: Make) -> None:
    made = script("{none: vague}", needs=["due_date"])
    assert run([{"next_step": "x"}], [made])[1].skipped_rules == {}
    assert run(rows("x"), [made])[1].skipped_rules == {"AAA101": ("due_date",)}


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
def test_sides_and_statuses_of_a_plan(run: Lint, rule: Make, batch_rows: int) -> None:
    sides = {
        "Both": "both", "[Rep]": "seller", "[Customer]": "customer", "[Legal]": None, "Customer Success": "seller", "TBD": None,
        "Our AE / Dana Whitfield": "both", "dana whitfield": "customer", "Harbour IT": "customer", "Tom Okafor": None,
        "We": "seller", "Rep, SE": "seller", "Rep and Tom Okafor": None,
    }  # fmt: skip
    plan = [
        {
            "kind": "plan_row",
            "id": owner,
            "owner": owner,
            "next_step": "x",
            "account": "Harbour Foods",
            "contacts": "Dana Whitfield",
        }
        for owner in sides
    ]
    for side in ("both", "seller", "customer"):
        findings, _ = run(plan, [rule("AAA101", f"owner_side = '{side}'", kinds=["plan_row"])], batch_rows=batch_rows)
        assert found(findings) == [owner for owner, told in sides.items() if told == side]
    roles = {
        "Pending": "open", "NOT STARTED": "open", "In-progress": "started", "In progress (80 %)": "started", "40%": "started",
        "100 %": "done", "Complete": "done", "✅ Done": "done", "✓": "done", "On hold": "blocked", "waiting-ish": None, "": None,
        "0%": "open", "Done - see deck": "done",
    }  # fmt: skip
    plan = [
        {"kind": "plan_row", "id": status or "empty", "status": status, "next_step": "x", "is_closed": "no"}
        for status in roles
    ]
    for role in ("open", "started", "blocked", "done"):
        findings, _ = run(plan, [rule("AAA101", f"status_role = '{role}'", kinds=["plan_row"])], batch_rows=batch_rows)
        assert found(findings) == [status for status, told in roles.items() if told == role]


def batches(*parts: Sequence[tuple[str, str]]) -> list[Batch]:
    """One batch a part, of (path, kind) pairs."""
    nothing = pl.DataFrame(schema=REJECTED)
    return [
        Batch(
            prepare(
                pl.DataFrame(
                    {
                        "next_step": ["x"] * len(part),
                        "path": [path for path, _ in part],
                        "kind": [kind for _, kind in part],
                    }
                ),
                as_of=date(2026, 1, 12),
            ),
            nothing,
            frozenset({"next_step"}),
        )
        for part in parts
    ]


def test_only_tables_with_documents_are_held(script: Make) -> None:
    deal, said = ("a", "opportunity"), ("b", "utterance")
    given = batches([deal], [deal, deal], [said], [said, said], [("c", "utterance")], [("d", "opportunity")])
    made = list(whole_documents(given, [script("{none: vague}")]))
    assert [(batch.records["path"][0], batch.records.height) for batch in made] == [
        ("a", 1),
        ("a", 2),
        ("b", 3),
        ("c", 1),
        ("d", 1),
    ]
    assert made[0] is given[0]
    assert list(whole_documents(given, [])) == given
    apart = [given[2], replace(given[2], records=given[2].records.clear()), given[3]]
    assert [batch.records.height for batch in whole_documents(apart, [script("{none: vague}")])] == [3]


def test_deals_pass_before_the_next_batch_is_read(script: Make) -> None:
    passed: list[int] = []
    deals = batches(*([("a", "opportunity")] for _ in range(3)))

    def source() -> Any:
        for number, batch in enumerate(deals):
            passed.append(number)
            yield batch

    for number, _ in enumerate(whole_documents(source(), [script("{none: vague}")])):
        assert passed == list(range(number + 1))
