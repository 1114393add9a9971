"""One table alone: what counts as a value, gaps and overlaps as boxes, and tables that are too large to list."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from advisor.audit import regions as regions_module
from advisor.audit.checks.engine import disagreement
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Report
from advisor.audit.regions import Listed
from advisor.audit.reports.json import as_data
from advisor.audit.run import audit
from advisor.deciding.plain import row_matches
from advisor.rulebook.model import Rulebook
from tests.audit_brute import BruteForce
from tests.audit_helpers import TODAY, auditing
from tests.audit_random import RandomRules
from tests.rule_texts import build_texts

N = '  - {id: n, kind: integer, domain: "[0..100]", required: true}\n'
Y = "  - {id: y, kind: boolean}\n"


def _book(facts: str, *tables: str, more: str = "") -> Rulebook:
    return build_texts({"rules.yaml": "facts:\n" + facts + more + "tables:\n" + "".join(tables)})


def _table(name: str, policy: str, *rows: str) -> str:
    written = "".join(f"      - {{id: {name}.{n}, {row}}}\n" for n, row in enumerate(rows))
    return f"  - id: {name}\n    hit_policy: {policy}\n    rows:{'' if rows else ' []'}\n{written}"


def _report(book: Rulebook) -> Report:
    return audit(book, texts={}, as_of=TODAY)


def _tables(book: Rulebook) -> Mapping[str, Any]:
    return {table["id"]: table for table in as_data(_report(book))["tables"]}


def test_unknown_is_a_value_unless_the_fact_is_required() -> None:
    facts = Y + "  - {id: z, kind: boolean, required: true}\n"
    tables = _tables(
        _book(
            facts,
            _table("a", "first", "when: {y: true}, then: 1", "when: {y: false}, then: 2"),
            _table("b", "first", "when: {z: true}, then: 1", "when: {z: false}, then: 2"),
        )
    )
    assert tables["a"]["gaps"] == [{"box": {"y": "unknown"}, "example": {"y": None}}]
    assert tables["a"]["complete"] is False
    assert tables["b"]["gaps"] == []
    assert tables["b"]["complete"] is True


def test_a_text_fact_is_known_or_unknown() -> None:
    tables = _tables(_book("  - {id: s, kind: text}\n", _table("a", "unique", "when: {s: known}, then: 1")))
    assert tables["a"]["gaps"] == [{"box": {"s": "unknown"}, "example": {"s": None}}]


def test_a_conclusion_takes_the_values_of_its_rows_and_unknown_only_where_its_table_has_a_gap() -> None:
    book = _book(
        N,
        _table("whole", "first", 'when: {n: "< 9"}, then: low', "when: {}, then: high"),
        _table("holed", "first", 'when: {n: "< 9"}, then: low', 'when: {n: "> 9"}, then: high'),
        _table("silent", "first", "when: {n: 1}, then: low", "when: {}"),
        _table("said", "first", "when: {n: 1}, then: low", "when: {}, then: unknown"),
        _table("reads_whole", "unique", "when: {whole: low}, then: 1", "when: {whole: high}, then: 2"),
        _table("reads_holed", "unique", "when: {holed: low}, then: 1", "when: {holed: high}, then: 2"),
        _table("reads_silent", "unique", "when: {silent: low}, then: 1"),
        _table("reads_said", "unique", "when: {said: low}, then: 1"),
    )
    tables = _tables(book)
    assert tables["reads_whole"]["complete"] is True
    for name in ("holed", "silent", "said"):
        assert tables[f"reads_{name}"]["gaps"] == [{"box": {name: "unknown"}, "example": {name: None}}]


def test_a_count_takes_every_number_of_rows_and_is_never_unknown() -> None:
    tables = _tables(
        _book(
            N,
            _table("many", "count", "when: {n: 1}", 'when: {n: "> 1"}', 'when: {n: "> 2"}'),
            _table("a", "unique", 'when: {many: "< 1"}, then: 1', 'when: {many: ">= 3"}, then: 2'),
        )
    )
    assert tables["a"]["gaps"] == [{"box": {"many": "[1..2]"}, "example": {"many": 1}}]
    assert tables["many"] == {
        "id": "many",
        "hit_policy": "count",
        "rows": 3,
        "inputs": ["n"],
        "complete": None,
        "gaps": [],
        "overlaps": [],
    }


def test_constraints_count_where_the_table_tests_all_their_facts() -> None:
    more = 'constraints:\n  - {never: {y: true, n: "> 50"}}\n  - {never: {y: unknown}}\n'
    tables = _tables(
        _book(
            N + Y,
            _table("a", "unique", 'when: {y: true, n: "<= 50"}, then: 1', "when: {y: false}, then: 2"),
            _table("b", "unique", 'when: {n: "<= 50"}, then: 1'),
            more=more,
        )
    )
    assert tables["a"]["complete"] is True
    assert tables["b"]["gaps"] == [{"box": {"n": "(50..100]"}, "example": {"n": 100}}]


def test_overlaps_name_every_row_that_matches_and_say_whether_they_differ() -> None:
    tables = _tables(
        _book(
            N,
            _table("u", "unique", 'when: {n: "< 9"}, then: a', 'when: {n: "5, 7"}, then: a', "when: {n: 7}, then: b"),
            _table("f", "first", 'when: {n: "< 9"}, then: a', "when: {n: 5}, then: b"),
        )
    )
    assert tables["u"]["overlaps"] == [
        {"rows": ["u.0", "u.1"], "box": {"n": "5"}, "conflict": False, "example": {"n": 5}},
        {"rows": ["u.0", "u.1", "u.2"], "box": {"n": "7"}, "conflict": True, "example": {"n": 7}},
    ]
    assert tables["f"]["overlaps"] == []


def test_an_empty_table_and_one_without_conditions_are_no_matter() -> None:
    tables = _tables(_book(N, _table("empty", "first"), _table("always", "unique", "when: {}, then: 1")))
    assert tables["empty"]["gaps"] == [{"box": {}, "example": {}}]
    assert tables["always"]["complete"] is True
    assert tables["always"]["inputs"] == []


def test_boxes_are_as_few_as_some_order_of_the_facts_gives() -> None:
    facts = N + Y + "  - {id: z, kind: boolean, required: true}\n"
    rows = ['when: {n: "< 50", z: true}, then: 1', 'when: {n: ">= 50", z: true}, then: 2']
    tables = _tables(_book(facts, _table("a", "unique", *rows, "when: {z: false, y: true}, then: 3")))
    assert [gap["box"] for gap in tables["a"]["gaps"]] == [{"z": "false", "y": "false, unknown"}]


# -- tables that are too large to list --------------------------------------------------------------------------------


def _each_another_boolean(rows: int, policy: str) -> Rulebook:
    facts = "".join(f"  - {{id: b{n}, kind: boolean}}\n" for n in range(rows))
    return _book(facts, _table("t", policy, *(f"when: {{b{n}: true}}, then: v{n % 3}" for n in range(rows))))


def _random_table(facts: int, rows: int, policy: str) -> Rulebook:
    source = random.Random(0)
    kinds = [source.choice(("boolean", "choice", "integer")) for _ in range(facts)]
    more = {"choice": ", choices: {a: A, b: B, c: C}", "integer": ', domain: "[0..100]"', "boolean": ""}
    declared = "".join(f"  - {{id: f{n}, kind: {kind}{more[kind]}}}\n" for n, kind in enumerate(kinds))

    def test(kind: str) -> str:
        low, high = sorted(source.sample(range(0, 100, 10), 2))
        numbers = [f"< {high}", f">= {low}", f"[{low}..{high})", "unknown"]
        words = {"boolean": ["true", "false", "unknown"], "choice": ["a", "b, c", "not(c)"], "integer": numbers}
        return source.choice(words[kind])

    written = []
    for _ in range(rows):
        tested = source.sample(range(facts), source.randint(2, 4))
        when = ", ".join(f'f{n}: "{test(kinds[n])}"' for n in tested)
        written.append(f"when: {{{when}}}, then: v{source.randint(0, 3)}")
    return _book(declared, _table("t", policy, *written))


@pytest.mark.parametrize(
    "rulebook",
    [
        pytest.param(_each_another_boolean(60, "unique"), id="60 rows on 60 booleans"),
        pytest.param(_each_another_boolean(200, "any"), id="200 rows on 200 booleans"),
        pytest.param(_random_table(30, 200, "unique"), id="200 rows on 30 facts"),
    ],
)
def test_too_many_overlaps_end_in_bounded_time(rulebook: Rulebook) -> None:
    with auditing(rulebook) as context:
        table = rulebook.tables["t"]
        started = time.process_time()
        gaps, overlaps = context.gaps(table), context.overlaps(table)
        assert time.process_time() - started < 20
        assert gaps.decided
        assert gaps.regions
        assert overlaps.reason is not None
        assert "listed" in overlaps.reason
        assert len(overlaps.regions) >= 1
        for region in (*gaps.regions[:1], *overlaps.regions):
            example = context.regions(table).example(region)
            assert tuple(n for n, row in enumerate(table.rows) if row_matches(row, example)) == region.rows
            assert len(region.rows) != 1


def test_memory_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions_module, "LARGEST_TABLE", 10_000)
    rulebook = _each_another_boolean(60, "unique")
    with auditing(rulebook) as context:
        tracemalloc.start()
        try:
            assert context.overlaps(rulebook.tables["t"]).reason == "more than 10,000 sets of rows; 10 listed"
            assert tracemalloc.get_traced_memory()[1] < 30_000_000
        finally:
            tracemalloc.stop()


def test_what_is_too_large_is_listed_with_its_reason_and_shown() -> None:
    report = _report(_each_another_boolean(40, "unique"))
    (table,) = report.tables
    assert table.complete is False
    assert len(table.gaps) == 1
    assert len(table.overlaps) == 10
    assert [(n.check, n.table) for n in report.not_checked if n.table] == [("overlap", "t")]
    assert {finding.check for finding in report.findings} == {"gap", "overlap"}


def test_a_table_that_is_too_large_for_diagrams_is_still_proved_to_have_no_overlap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regions_module, "LARGEST_TABLE", 20)
    count = 30
    rows = ["when: {" + "".join(f"b{m}: false, " for m in range(n)) + f"b{n}: true}}, then: v{n}" for n in range(count)]
    facts = "".join(f"  - {{id: b{n}, kind: boolean, required: true}}\n" for n in range(count))
    last = "when: {" + ", ".join(f"b{m}: false" for m in range(count)) + "}, then: none"
    book = _book(facts, _table("t", "unique", *rows, last))
    with auditing(book) as context:
        with pytest.raises(TooLargeError):
            _ = context.regions(book.tables["t"]).overlaps
        assert context.gaps(book.tables["t"]) == context.overlaps(book.tables["t"]) == Listed(())


def test_groups_share_no_fact_and_hold_every_row_with_a_condition() -> None:
    book = _book(
        N + Y + "  - {id: z, kind: boolean}\n",
        _table("a", "collect", "when: {n: 1, y: true}", "when: {z: true}", "when: {y: false}", "when: {}"),
    )
    with auditing(book) as context:
        assert context.regions(book.tables["a"]).groups() == [(["z"], [1]), (["n", "y"], [0, 2])]


def test_the_engine_agrees_on_every_cell_of_small_tables() -> None:
    tried = 0
    for seed in range(40):
        book = RandomRules(seed, facts=2).build()
        brute = BruteForce(book)
        with auditing(book) as context:
            for table in book.tables.values():
                for cell in brute.alone(table).every:
                    expected, got = disagreement(context.evaluator, table, cell)
                    assert expected == got, f"seed {seed}, {table.id}: {cell}"
                    tried += 1
    assert tried > 500
