"""Published cases scored by the rules, on small files whose shares are counted by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.backtest.as_json import backtest_json
from advisor.backtest.mapping import shipped_mapping
from advisor.backtest.reading import read_study
from advisor.backtest.rendering import markdown, text
from advisor.backtest.report import Backtest, Facts, backtest
from advisor.backtest.separation import separation
from advisor.backtest.studies import Study, read_studies
from advisor.backtest.worlds import Worlds, one_in_each
from advisor.errors import BadInput
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Interval, NumberSet
from tests.conftest import Advisor

DAY = date(2026, 11, 23)
STUDIES = Path(__file__).parent.parent / "examples" / "case-studies.yaml"
MAPPING = shipped_mapping()


def a_case(
    name: str = "one", label: str = "fine_tuning", *, quoted: Sequence[str] = (), **facts: object
) -> dict[str, Any]:
    return {"id": name, "label": label, "facts": facts, "fact_basis": {"quoted": list(quoted), "inferred": []}}


def a_file(folder: Path, *cases: object) -> Path:
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump(list(cases), sort_keys=False), encoding="utf-8")
    return path


def a_study(folder: Path, **facts: object) -> Study:
    return read_studies(a_file(folder, a_case(**facts)), MAPPING)[0]  # type: ignore[arg-type]


def scored(rulebook: Rulebook, path: Path, facts: Facts = "all") -> Backtest:
    return backtest(rulebook, MAPPING, read_studies(path, MAPPING), facts=facts, as_of=DAY)


def shares(report: Backtest, number: int = 0) -> tuple[float, ...]:
    return tuple(report.cases[number].shares.values())


# ---- Shares ----


def test_under_85_percent_tuning_is_indicated_in_two_thirds_of_worlds(rulebook: Rulebook, tmp_path: Path) -> None:
    # Of 7 causes and 3 paces of knowledge, 3 pairs have missing knowledge and, weekly, 4 causes more retrieve: 7 of 21.
    # In what is left, 3 of the 4 pairs of breadth and context are hybrid.
    report = scored(rulebook, a_file(tmp_path, a_case(prompting_quality=70)))
    assert shares(report) == pytest.approx((1 / 3, 2 / 3 * 3 / 4, 2 / 3 / 4))


def test_where_prompting_is_at_its_goal_and_calls_are_few_nothing_else_matters(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    report = scored(rulebook, a_file(tmp_path, a_case(prompting_quality=97, monthly_calls=500)))
    assert shares(report) == (1, 0, 0)


def test_narrow_task_with_daily_change_keeps_prompting_unless_quality_is_short(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    # Short in one of three ranges of quality, as above; broad is false, so that context alone makes a hybrid.
    case = a_case(iteration_speed_critical=True, broad_capabilities=False)
    report = scored(rulebook, a_file(tmp_path, case))
    assert shares(report) == pytest.approx((7 / 9, 1 / 9, 1 / 9))


def test_a_silent_case_has_the_shares_of_the_base(rulebook: Rulebook, tmp_path: Path) -> None:
    report = scored(rulebook, a_file(tmp_path, a_case()))
    assert report.cases[0].shares == report.base
    assert report.cases[0].used == ()
    assert sum(report.base.values()) == pytest.approx(1)


def test_too_few_examples_of_its_own_stand_in_place_of_the_homework(rulebook: Rulebook, tmp_path: Path) -> None:
    report = scored(rulebook, a_file(tmp_path, a_case(prompting_quality=70, training_examples=49)))
    assert shares(report) == (1, 0, 0)


def test_the_article_alone_is_back_tested_too(article: Rulebook, tmp_path: Path) -> None:
    report = scored(article, a_file(tmp_path, a_case(prompting_quality=70)))
    assert shares(report) == pytest.approx((0, 3 / 4, 1 / 4))


def test_a_sample_is_near_the_whole_and_the_same_each_time(rulebook: Rulebook) -> None:
    few = replace(MAPPING, most_worlds=4_000)
    whole, sample = Worlds(rulebook, MAPPING).shares({}), Worlds(rulebook, few).shares({})
    assert sample != whole
    assert sample == Worlds(rulebook, few).shares({})
    assert list(sample.values()) == pytest.approx(list(whole.values()), abs=0.03)


def test_every_range_that_tests_tell_apart_has_one_value(rulebook: Rulebook) -> None:
    quality = rulebook.facts["prompting_quality"]
    tests = [NumberSet((Interval(0.5, 0.5, True, True),)), NumberSet((Interval(0.8, 1, True, True),))]
    values = one_in_each(quality, tests)
    assert values == (0.25, 0.5, 0.65, 0.9)


# ---- What is read ----


def read(rulebook: Rulebook, study: Study, *, inferred: bool = True) -> dict[str, Any]:
    said = read_study(rulebook, MAPPING, study, inferred=inferred)
    return {name: values for possible in said.values() for name, values in possible.items()}


def test_flags_leave_open_what_they_do_not_say(rulebook: Rulebook, tmp_path: Path) -> None:
    flags = ("knowledge_changes_often", "iteration_speed_critical", "consistency_critical", "latency_critical")
    assert read(rulebook, a_study(tmp_path, **dict.fromkeys(flags, True))) == {
        "consistency_need": ("maximum",),
        "knowledge_change": ("monthly", "weekly"),
        "latency_critical": (True,),
        "iteration_need": ("daily",),
    }
    assert read(rulebook, a_study(tmp_path, **dict.fromkeys(flags, False))) == {
        "consistency_need": ("normal", "high"),
        "knowledge_change": ("rarely",),
        "latency_critical": (False,),
        "iteration_need": ("weekly", "monthly"),
    }


@pytest.mark.parametrize(
    ("prompt", "tuned"), [(1900, 300), (300, 1900), (1900, None), (None, 300), (120, None), (0, 0)]
)
def test_tokens_add_up_to_what_the_case_says(
    rulebook: Rulebook, tmp_path: Path, prompt: int | None, tuned: int | None
) -> None:
    tokens = read(rulebook, a_study(tmp_path, prompt_tokens=prompt, ft_prompt_tokens=tuned))
    parts = {name: values[0] for name, values in tokens.items()}
    if prompt is not None:
        assert parts["system_tokens"] + parts["few_shot_tokens"] + parts["input_tokens"] == prompt
    else:
        assert not {"system_tokens", "few_shot_tokens"} & parts.keys()
    if tuned is not None:
        assert parts["tuned_system_tokens"] + parts["input_tokens"] == tuned
    else:
        assert "tuned_system_tokens" not in parts


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("raw production logs", "raw"),
        ("not reviewed", "raw"),
        ("Curated from the best agents", "curated"),
        ("validated, >90% labeller agreement", "reviewed"),
        ("uncurated", None),
        ("high-quality", None),
        ("teacher-generated", None),
    ],
)
def test_data_quality_is_read_by_stated_words_alone(
    rulebook: Rulebook, tmp_path: Path, words: str, value: str | None
) -> None:
    expected = {} if value is None else {"training_data_quality": (value,)}
    assert read(rulebook, a_study(tmp_path, training_data_quality=words)) == expected


def test_more_than_a_fact_can_hold_is_its_most(rulebook: Rulebook, tmp_path: Path) -> None:
    assert read(rulebook, a_study(tmp_path, monthly_calls=2_100_000_000)) == {"monthly_calls": (1_000_000_000,)}


def test_what_was_inferred_knowing_the_outcome_is_never_used(rulebook: Rulebook, tmp_path: Path) -> None:
    study = a_study(tmp_path, task_stable=False, ml_expertise="none")
    assert read(rulebook, study) == {}
    stated = a_study(tmp_path, quoted=["task_stable", "ml_expertise"], task_stable=False, ml_expertise="none")
    expected = {"task_stability": ("exploring", "evolving"), "ml_expertise": ("none",)}
    assert read(rulebook, stated, inferred=False) == expected


def test_a_fact_of_neither_list_and_one_of_both_are_inferred(rulebook: Rulebook, tmp_path: Path) -> None:
    case = a_case(quoted=["monthly_calls"], monthly_calls=5, prompting_quality=70)
    case["fact_basis"]["inferred"] = ["monthly_calls"]
    [study] = read_studies(a_file(tmp_path, case), MAPPING)
    assert read(rulebook, study, inferred=False) == {}
    assert set(read(rulebook, study)) == {"monthly_calls", "prompting_quality"}


def test_label_and_prose_change_no_share(rulebook: Rulebook, tmp_path: Path) -> None:
    plain = a_case(prompting_quality=90)
    wordy = {**a_case(label="prompting", prompting_quality=90), "strength": "clear", "source_kind": "paper"}
    wordy |= {"chosen": "fine-tuned", "outcome": "good", "why": "cheap", "title": "T", "task": "weekly news"}
    wordy["facts"] |= {"tuned_quality": 99, "target_quality": 98, "timeline": "2 weeks", "requirements_evolving": True}
    wordy["facts"] |= {"notes": "curated, 1M calls", "something_new": [1]}
    first, second = scored(rulebook, a_file(tmp_path, plain)), scored(rulebook, a_file(tmp_path, wordy))
    assert shares(first) == shares(second)
    assert first.cases[0].used == second.cases[0].used == ("prompting_quality",)
    assert first.cases[0].lift == -second.cases[0].lift


# ---- Separation ----

SCORES = st.lists(st.integers(0, 6).map(lambda n: n / 6), max_size=12)


@given(SCORES, SCORES)
def test_area_is_the_share_of_pairs_in_order(higher: list[float], lower: list[float]) -> None:
    found = separation(higher, lower)
    pairs = [Fraction(2 if a > b else a == b, 2) for a in higher for b in lower]
    if not pairs:
        assert found.area is None
        return
    assert found.area == pytest.approx(float(sum(pairs) / len(pairs)))
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= (found.area or 0) + 1e-9 <= found.high + 2e-9 <= 1 + 2e-9


def test_interval_is_delongs() -> None:
    # By hand: placements 1, 1, 1/2 and 1/2, 1, 1; each of variance 1/12, so the error is the root of 1/36 + 1/36.
    found = separation([3, 3, 2], [2, 1.5, 1])
    assert found.area == pytest.approx(17 / 18)
    above, below = [1, 1, 5 / 6], [5 / 6, 1, 1]
    error = sum(sum((x - 17 / 18) ** 2 for x in part) / 2 / 3 for part in (above, below)) ** 0.5
    assert found.low == pytest.approx(17 / 18 - 1.959963984540054 * error)
    assert found.high == 1


def test_groups_too_small_or_wholly_apart_have_no_interval() -> None:
    assert separation([1], [0, 0.5]).low is None
    assert separation([1, 1], [0, 0]).low is None


# ---- The report ----


def test_facts_that_pull_the_wrong_way_are_named(rulebook: Rulebook, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_case("wrong", prompting_quality=97), a_case("right", prompting_quality=50))
    report = scored(rulebook, path)
    [case] = report.disagreements
    assert case.study.id == "wrong"
    assert case.pulls == {"prompting_quality": pytest.approx(case.lift)}
    assert report.lift.mean == pytest.approx(sum(c.lift for c in report.cases) / 2)
    assert report.overall.area is None
    assert "all of one side" in text(report)


def test_json_has_the_agreed_keys(rulebook: Rulebook, tmp_path: Path) -> None:
    case = {**a_case(latency_critical=True, prompting_quality=50), "strength": "clear", "source_kind": "paper"}
    data = json.loads(backtest_json(scored(rulebook, a_file(tmp_path, case))))
    assert list(data)[:3] == ["cases", "base", "summary"]
    [held] = data["cases"]
    assert list(held)[:6] == ["id", "label", "strength", "source_kind", "facts_used", "shares"]
    assert list(held["shares"]) == list(data["base"]) == ["prompting", "hybrid", "fine_tuning"]
    assert (held["facts_used"], held["facts_idle"]) == (["prompting_quality"], ["latency_critical"])


@pytest.mark.parametrize("facts", ["all", "quoted"])
def test_the_shipped_cases_rank_better_than_chance(rulebook: Rulebook, facts: Facts) -> None:
    report = scored(rulebook, STUDIES, facts)
    assert len(report.cases) == 57
    assert report.overall.area is not None
    assert report.overall.area > 0.55
    assert (report.lift.mean or 0) > 0
    assert all(sum(case.shares.values()) == pytest.approx(1) for case in report.cases)


def test_order_changes_nothing(rulebook: Rulebook) -> None:
    studies = read_studies(STUDIES, MAPPING)[:15]
    there = backtest(rulebook, MAPPING, studies, facts="all", as_of=DAY)
    back = backtest(rulebook, MAPPING, studies[::-1], facts="all", as_of=DAY)
    assert back.cases[::-1] == there.cases
    one, other = json.loads(backtest_json(there)), json.loads(backtest_json(back))
    assert one["summary"] == other["summary"]


def test_the_report_is_readable_at_80_columns_and_says_what_it_assumes(rulebook: Rulebook) -> None:
    report = scored(rulebook, STUDIES)
    lines = text(report).splitlines()
    assert max(map(len, lines)) <= 80
    for shown in (" ".join(text(report).split()), " ".join(markdown(report).split())):
        for needed in ("0.425, 0.9, 0.975", "3,000, 30,000", "prompt_maturity", "DeLong", "It says nothing about how"):
            assert needed in shown


# ---- The command and bad input ----


def test_the_command_is_the_same_twice(advisor: Advisor) -> None:
    runs = [advisor("backtest", str(STUDIES), "--format", form, "--as-of", "2026-11-23") for form in ("md", "md")]
    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout


def test_every_problem_is_one_line_with_its_place(tmp_path: Path, advisor: Advisor) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "- id: a\n  label: tuning\n  facts: {monthly_calls: many, prompting_quality: 120}\n"
        "- label: prompting\n"
        "- id: a\n  label: prompting\n  strength: certain\n  facts: {latency_critical: maybe}\n"
        "- 7\n",
        encoding="utf-8",
    )
    run = advisor("backtest", str(path))
    assert run.returncode == 2
    assert run.stdout == ""
    lines = [line.removeprefix(f"{path.as_posix()}:") for line in run.stderr.splitlines()]
    assert [line.partition("; ")[0] for line in lines] == [
        "2:10: `tuning` is no label",
        "3:26: monthly_calls: `many` is no number of things",
        "3:51: prompting_quality: `120` is no percentage",
        "4:3: `id` is missing",
        "5:7: `a` is the id of the case in line 1 too",
        "7:13: `certain` is no strength",
        "8:29: latency_critical: `maybe` is no boolean",
        "9:3: a case must be a mapping",
    ]


@pytest.mark.parametrize("content", ["", "[]", "cases: []", "- id: [", "- {id: a, label: prompting, fact_basis: 3}"])
def test_what_is_no_list_of_cases_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput):
        read_studies(path, MAPPING)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_studies(tmp_path / "none.yaml", MAPPING)
