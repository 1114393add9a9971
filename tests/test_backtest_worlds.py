"""Shares of worlds held against deciding every world by itself, and what JSON makes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from advisor.answers import Answers
from advisor.backtest.as_json import backtest_json
from advisor.backtest.mapping import shipped_mapping
from advisor.backtest.report import backtest
from advisor.backtest.studies import Stated, Study, read_studies
from advisor.backtest.worlds import APPROACHES, Worlds
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import BadInput
from advisor.rulebook.model import Approach, Rulebook
from advisor.rulebook.sets import Value
from advisor.world import known_values

MAPPING = shipped_mapping()
STUDIES = Path(__file__).parent.parent / "examples" / "case-studies.yaml"
DAY = date(2026, 11, 23)


def by_itself(rulebook: Rulebook, worlds: Worlds, known: Mapping[str, tuple[Value, ...]]) -> dict[str, float]:
    """Return the shares from a decision on every table in every world, none taken for another."""
    spread = {**worlds.open_values, **known}
    counts: Counter[str] = Counter()
    for drawn in product(*spread.values()):
        values = known_values(rulebook, Answers(facts=dict(zip(spread, drawn, strict=True)))).for_tables
        option = decide(rulebook, values | {"route_status": "open"}, PlainEvaluator(rulebook)).option(rulebook)
        assert option is not None
        counts[option.approach] += 1
    return {approach: counts[approach] / counts.total() for approach in APPROACHES}


@pytest.mark.parametrize(
    "known",
    [
        {"prompting_quality": (0.9,), "monthly_calls": (300_000,), "iteration_need": ("weekly", "monthly")},
        {"prompting_quality": (0.85, 0.95), "monthly_calls": (2_000_000,), "failure_cause": ("none", "cost")},
        {"prompting_quality": (0.6,), "input_price": (3,), "few_shot_tokens": (0,), "monthly_calls": (1,)},
    ],
)
def test_shares_are_those_of_deciding_every_world_by_itself(
    rulebook: Rulebook, known: dict[str, tuple[Value, ...]]
) -> None:
    narrow: dict[str, tuple[Value, ...]] = {"request_context": (False,), "broad_capabilities": (True, False), **known}
    worlds = Worlds(rulebook, MAPPING)
    assert worlds.shares(narrow) == pytest.approx(by_itself(rulebook, worlds, narrow))


def test_whoever_adds_up_the_shares_in_json_gets_the_same_area(rulebook: Rulebook) -> None:
    report = backtest(rulebook, MAPPING, read_studies(STUDIES, MAPPING), facts="all", as_of=DAY)
    data = json.loads(backtest_json(report))
    tuning: dict[bool, list[float]] = {True: [], False: []}
    for case in data["cases"]:
        shares = case["shares"]
        assert sum(shares.values()) == 1
        assert shares["hybrid"] + shares["fine_tuning"] == 1 - shares["prompting"]
        tuning[case["label"] == "prompting"].append(shares["fine_tuning"] + shares["hybrid"])
    pairs = [(a > b) + (a == b) / 2 for a in tuning[False] for b in tuning[True]]
    assert data["summary"]["separation"]["auc"] == pytest.approx(sum(pairs) / len(pairs), abs=1e-6)


@pytest.mark.parametrize("label", ["prompting", "hybrid", "fine_tuning"])
@pytest.mark.parametrize(
    "known_by_outcome", [{}, {"task_stable": False}, {"task_stable": True, "ml_expertise": "none"}]
)
def test_neither_the_label_nor_what_was_set_knowing_it_moves_a_share(
    rulebook: Rulebook, label: Approach, known_by_outcome: dict[str, Stated]
) -> None:
    quality: dict[str, Stated] = {"prompting_quality": 70}
    plain = Study("a", "prompting", None, None, quality, frozenset())
    told = Study("b", label, "clear", "paper", quality | known_by_outcome, frozenset({"prompting_quality"}))
    first, second = backtest(rulebook, MAPPING, [plain, told], facts="all", as_of=DAY).cases
    assert first.shares == second.shares
    assert second.used == ("prompting_quality",)


def test_a_share_where_percent_are_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("- {id: a, label: prompting, facts: {prompting_quality: 0.94}}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"`0\.94` is a share, and percent are read here; write `94`"):
        read_studies(path, MAPPING)
