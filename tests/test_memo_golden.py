"""The memos of the examples, byte for byte, wherever and whenever they are made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.cli.recommend import again
from advisor.memo.as_json import memo_json
from advisor.memo.charts import cost_chart, short, ticks
from advisor.memo.rendering import decide_memo, markdown, memo_markdown, recommendation_json
from advisor.quantities import rounded
from advisor.rulebook.model import Rulebook
from tests.conftest import ROOT
from tests.memos import DAY, EXAMPLES, answers_of, example, memo_of

SVG = "{http://www.w3.org/2000/svg}"
Golden = Callable[[str, str], None]


def masked(text: str) -> str:
    """Return a memo without its digests, which change with every rule."""
    return re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", text)


def command(name: str) -> str:
    return again(f"examples/{name}.yaml", (), None, "full", DAY)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_memo(name: str, rulebook: Rulebook, golden: Golden) -> None:
    memo = decide_memo(rulebook, example(name, rulebook), as_of=DAY, command=command(name))
    golden(f"memo/{name}.md", masked(markdown(memo, picture=f"{name}-cost.svg")))


@pytest.mark.parametrize("name", ["ticket-triage", "contract-clauses", "release-notes"])
def test_a_memo_by_the_article_alone(name: str, article: Rulebook, golden: Golden) -> None:
    made = again(f"examples/{name}.yaml", (), None, "article", DAY)
    memo = decide_memo(article, example(name, article), as_of=DAY, command=made)
    golden(f"memo/article-{name}.md", masked(markdown(memo, picture=f"{name}-cost.svg")))
    golden(f"memo/article-{name}.json", masked(memo_json(memo)))


@pytest.mark.parametrize("name", ["ticket-triage", "contract-clauses"])
def test_its_json(name: str, rulebook: Rulebook, golden: Golden) -> None:
    memo = decide_memo(rulebook, example(name, rulebook), as_of=DAY, command=command(name))
    golden(f"memo/{name}.json", masked(memo_json(memo)))


@pytest.mark.parametrize("name", ["ticket-triage", "policy-assistant"])
def test_its_picture(name: str, rulebook: Rulebook, golden: Golden) -> None:
    golden(f"memo/{name}-cost.svg", str(cost_chart(memo_of(rulebook, example(name, rulebook)))))


def test_the_engine_and_the_plain_evaluator_give_one_memo(rulebook: Rulebook) -> None:
    for name in EXAMPLES[::3]:
        answers = example(name, rulebook)
        plain = memo_of(rulebook, answers, command="c")
        assert memo_markdown(rulebook, answers, as_of=DAY, command="c") == markdown(plain)
        assert recommendation_json(rulebook, answers, as_of=DAY, command="c") == memo_json(plain)


def test_same_answers_and_rules_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "ticket-triage.yaml", tmp_path / "examples")
    places = [
        (ROOT, {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}),
        (
            tmp_path,
            {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"},
        ),
    ]
    made = set()
    for number, (folder, environment) in enumerate(places):
        target = tmp_path / str(number) / "memo.md"
        target.parent.mkdir()
        command = ["-m", "advisor", "recommend", "examples/ticket-triage.yaml", "--as-of", "2026-11-25", "-o"]
        subprocess.run(
            [sys.executable, *command, str(target)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            check=True,
            capture_output=True,
        )
        made.add((target.read_bytes(), target.with_name("memo-cost.svg").read_bytes()))
    assert len(made) == 1


def test_a_comment_or_the_order_of_answers_changes_nothing(rulebook: Rulebook) -> None:
    answers = example("ticket-triage", rulebook)
    turned = replace(answers, facts=dict(reversed(list(answers.facts.items()))))
    assert markdown(memo_of(rulebook, answers)) == markdown(memo_of(rulebook, turned))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_picture_is_xml_with_words_and_nothing_outside(name: str, rulebook: Rulebook) -> None:
    check_picture(str(cost_chart(memo_of(rulebook, example(name, rulebook)))))


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"monthly_calls": 0},
        {"monthly_calls": 1_000_000_000, "lifetime_months": 600},
        {"tuned_input_price": 100, "monthly_calls": "5k"},
        {"input_price": 0, "tuned_input_price": 0},
        {"input_price": 0.0001, "monthly_calls": 1},
        {"input_price": 10_000, "system_tokens": 2_000_000, "monthly_calls": "1M"},
    ],
)
def test_pictures_of_extremes(facts: dict[str, object], rulebook: Rulebook) -> None:
    check_picture(str(cost_chart(memo_of(rulebook, answers_of(rulebook, **facts)))))


def check_picture(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    assert root.attrib["role"] == "img"
    named = [
        root.find(f"{SVG}{tag}[@id='{name}']") for tag, name in (("title", "cost-title"), ("desc", "cost-description"))
    ]
    assert all(element is not None and (element.text or "").strip() for element in named)
    assert root.attrib["aria-labelledby"].split() == ["cost-title", "cost-description"]
    lines = root.findall(f"{SVG}polyline")
    assert [line.attrib["class"] for line in lines] == ["prompting", "tuned"]
    points = [tuple(map(float, point.split(","))) for line in lines for point in line.attrib["points"].split()]
    for element in root.iter():
        at = element.attrib
        points += [
            (float(at[x]), float(at[y])) for x, y in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")) if x in at
        ]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    assert not re.findall(r"(?:href|src|url\()", svg)


def test_a_picture_says_what_is_assumed_and_where_the_lines_cross(article: Rulebook) -> None:
    svg = str(cost_chart(memo_of(article, answers_of(article, monthly_calls="20k"))))
    assert "The lines cross at 119,048 calls" in svg
    assert "Tuning begins at $500 upfront (assumed)." in svg
    assert "rest in part on assumed tokens and prices" in svg
    never = str(cost_chart(memo_of(article, answers_of(article, tuned_input_price=90))))
    assert "The lines never cross: a tuned call is not cheaper than a prompted one." in never
    assert "circle cx" not in never


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_lines_of_today_hold_what_is_paid_by_the_month_and_cross_where_it_is_said(
    name: str, rulebook: Rulebook
) -> None:
    answers = example(name, rulebook).with_fact("tuning_route", "azure/gpt-4.1-mini")
    memo = memo_of(rulebook, answers)
    facts = {quantity.id: quantity.value for quantity in memo.facts}
    svg = str(cost_chart(memo))
    lines = [[tuple(map(float, p.split(","))) for p in at.split()] for at in re.findall(r'points="([^"]+)"', svg)]
    (_, start), (right, end) = lines[1]
    circle = re.search(r'circle cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert (circle is None) == (facts["crossover_calls"] is None)
    if circle is not None:
        x, y = float(circle[1]), float(circle[2])
        assert y == pytest.approx(start + (end - start) * (x - 80) / (right - 80), abs=0.3)
    assert "Both lines hold what is paid by the month, over " in svg
    months = min(float(str(facts["lifetime_months"])), float(str(facts["route_retires_in"])))
    assert f"over {rounded(months)} months" in svg
    assert ("upfront (assumed in part)" in svg) == bool({q.id: q for q in memo.facts}["upfront"].assumed_inputs)


def test_a_name_in_a_picture_is_text(rulebook: Rulebook) -> None:
    answers = replace(answers_of(rulebook, monthly_calls="20k"), project="<script>&'\"")
    assert "&lt;script&gt;&amp;" in str(cost_chart(memo_of(rulebook, answers)))


def test_a_rulebook_without_costs_has_no_picture(rulebook: Rulebook) -> None:
    bare = replace(memo_of(rulebook, answers_of(rulebook)), facts=())
    assert cost_chart(bare) is None


@pytest.mark.parametrize(
    ("most", "values"),
    [
        (10, (0, 2, 4, 6, 8, 10)),
        (1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (16_560_000, (0, 5_000_000, 10_000_000, 15_000_000)),
        (0, (0,)),
    ],
)
def test_ticks_are_round(most: float, values: tuple[float, ...]) -> None:
    assert ticks(most) == values


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (950, "950"), (2_500, "2.5k"), (150_000, "150k"), (5_000_000, "5M")]
)
def test_numbers_on_an_axis_are_short(value: float, written: str) -> None:
    assert short(value) == written
