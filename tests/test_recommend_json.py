"""The JSON of `recommend` is the contract's: what scripts may rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from advisor.memo.as_json import FIGURES, memo_json
from advisor.rulebook.model import Rulebook
from tests.memos import EXAMPLES, answers_of, example, memo_of
from tests.rule_texts import build_texts

KEYS = ["project", "profile", "recommendation", "tables", "fired", "facts", "economics", "assumptions", "rulebook"]
ORIGINS = {"answered", "measured", "assumed", "derived", "unknown"}


def data_of(rulebook: Rulebook, **facts: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(memo_json(memo_of(rulebook, answers_of(rulebook, **facts))))
    return data


@pytest.fixture(scope="module", params=EXAMPLES)
def data(request: pytest.FixtureRequest, rulebook: Rulebook) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(memo_json(memo_of(rulebook, example(request.param, rulebook))))
    return data


def test_the_keys_are_those_of_the_contract(data: dict[str, Any], rulebook: Rulebook) -> None:
    assert list(data)[: len(KEYS)] == KEYS
    assert list(data["recommendation"]) == ["option", "approach", "strength", "row"]
    assert all(list(fired) == ["table", "row", "because", "favours", "source"] for fired in data["fired"])
    assert all(list(table) == ["value", "rows"] for table in data["tables"].values())
    assert all(list(fact) == ["value", "origin", "detail"] for fact in data["facts"].values())
    assert list(data["economics"]) == list(FIGURES)
    assert all(list(a) == ["value", "low", "high", "origin"] for a in data["assumptions"].values())
    assert data["rulebook"] == {"packs": list(rulebook.packs), "digest": rulebook.digest}
    assert data["profile"] == "full"


def test_every_fact_in_force_is_there_with_its_origin(data: dict[str, Any], rulebook: Rulebook) -> None:
    assert list(data["facts"]) == list(rulebook.facts)
    for fact in data["facts"].values():
        assert fact["origin"] in ORIGINS
        assert (fact["value"] is None) >= (fact["origin"] == "unknown")


def test_tables_stand_in_the_order_of_deciding_and_fired_follows_them(data: dict[str, Any], rulebook: Rulebook) -> None:
    order = list(data["tables"])
    assert sorted(order) == sorted(rulebook.tables)
    for name in order:
        before = order[: order.index(name)]
        assert all(fact in before for fact in rulebook.tables[name].inputs if fact in rulebook.tables)
    assert [(f["table"], f["row"]) for f in data["fired"]] == [(t, r) for t in order for r in data["tables"][t]["rows"]]
    for name, table in data["tables"].items():
        in_file_order = [row.id for row in rulebook.tables[name].rows if row.id in table["rows"]]
        assert table["rows"] == in_file_order
        if rulebook.tables[name].hit_policy == "first":
            assert len(table["rows"]) <= 1
        if rulebook.tables[name].hit_policy == "count":
            assert table["value"] == len(table["rows"])
        if rulebook.tables[name].hit_policy == "collect":
            assert isinstance(table["value"], list)


def test_the_deciding_row_is_the_recommendation(data: dict[str, Any], rulebook: Rulebook) -> None:
    said = data["recommendation"]
    row = rulebook.row(said["row"])
    assert row is not None
    assert data["tables"]["recommendation"] == {"value": said["option"], "rows": [said["row"]]}
    assert (said["option"], said["strength"]) == (row.then, row.strength)
    assert said["approach"] == rulebook.options[said["option"]].approach


def test_the_article_comes_out(article: Rulebook) -> None:
    data = data_of(article, monthly_calls=250_000)
    assert data["profile"] == "article"
    assert data["economics"]["prompting_cost_per_call"] == 0.0051
    assert data["economics"]["tuned_cost_per_call"] == 0.0009
    assert data["economics"]["saving_per_call"] == 0.0042
    assert data["economics"]["crossover_calls"] == pytest.approx(119_047.619047, abs=1e-6)
    assert data["economics"]["lifetime_calls"] == 3_000_000
    assert data["economics"]["crossover_ratio"] == pytest.approx(25.2)
    assert data["economics"]["payback_months"] == pytest.approx(0.476190476)
    assert data["facts"]["monthly_calls"] == {"value": 250_000, "origin": "answered", "detail": None}
    assert data["facts"]["few_shot_tokens"] == {"value": 1000, "origin": "assumed", "detail": None}
    assert data["assumptions"] == {"tuning_upfront": {"value": 500, "low": 200, "high": 2000, "origin": "assumed"}}


def test_what_never_comes_is_null_with_a_ratio_of_0(rulebook: Rulebook) -> None:
    data = data_of(rulebook, tuned_input_price=50)
    assert data["economics"]["crossover_calls"] is None
    assert data["economics"]["payback_months"] is None
    assert data["economics"]["crossover_ratio"] == 0
    assert data["facts"]["crossover_calls"] == {"value": None, "origin": "derived", "detail": None}


def test_what_is_unknown_is_null(rulebook: Rulebook) -> None:
    data = data_of(rulebook, latency_critical="unknown")
    assert data["facts"]["latency_critical"] == {"value": None, "origin": "unknown", "detail": None}
    assert data["facts"]["crossover_ratio"] == {"value": None, "origin": "unknown", "detail": None}
    assert data["economics"]["lifetime_calls"] is None


def test_a_measured_fact_says_from_where(rulebook: Rulebook) -> None:
    data = json.loads(memo_json(memo_of(rulebook, example("ticket-triage", rulebook))))
    assert data["facts"]["monthly_calls"]["origin"] == "measured"
    assert "usage-2026.csv" in data["facts"]["monthly_calls"]["detail"]
    assert data["assumptions"]["tuning_upfront"]["origin"] == "answered"


def test_numbers_are_not_rounded(rulebook: Rulebook) -> None:
    data = data_of(rulebook, input_price=2.7182818284)
    assert data["facts"]["input_price"]["value"] == 2.7182818284
    assert data["economics"]["prompting_cost_per_call"] == pytest.approx((1700 + 200 * 5) * 2.7182818284e-6, rel=1e-15)


def test_a_table_that_concludes_nothing_is_null() -> None:
    rules = """
facts: [{id: a, kind: boolean}]
tables:
  - {id: t, hit_policy: unique, rows: [{id: r, when: {a: "true"}, then: x}]}
  - {id: recommendation, hit_policy: first, rows: [{id: s, when: {t: x}, then: stay, because: so}]}
"""
    data = data_of(build_texts({"rules.yaml": rules}), a="no")
    assert data["recommendation"] == {"option": None, "approach": None, "strength": None, "row": None}
    assert data["tables"] == {"t": {"value": None, "rows": []}, "recommendation": {"value": None, "rows": []}}
    assert data["fired"] == []
    assert data["economics"] == dict.fromkeys(FIGURES)
    assert data["runner_up"] == {
        "name": "a",
        "from": False,
        "to": True,
        "option": "stay",
        "approach": None,
        "row": "s",
        "moves_approach": False,
        "distance": 1.0,
    }


def test_names_come_out_as_they_are(rulebook: Rulebook) -> None:
    answers = replace(answers_of(rulebook), project='<script> | " 日本')
    assert json.loads(memo_json(memo_of(rulebook, answers)))["project"] == '<script> | " 日本'
