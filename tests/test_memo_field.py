"""What a memo says since the article: its own view, sums by their parts, assumptions, dates, levers, plans."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from advisor.answers import Answers, apply_settings
from advisor.deciding.plain import PlainEvaluator
from advisor.memo.article import ArticleView
from advisor.memo.as_json import memo_data
from advisor.memo.formulas import put_in
from advisor.memo.rendering import markdown
from advisor.memo.result import Memo
from advisor.memo.swings import swings
from advisor.memo.today import Today
from advisor.quantities import dollars, is_number
from advisor.rulebook.model import Rulebook
from advisor.world import decide_project, known_values, recommend_quickly
from tests.conftest import Advisor
from tests.memos import DAY, EXAMPLES, answers_of, body, example, markdown_of, memo_of, some_answers
from tests.test_memo import SMALLEST

TRIAGE = "ticket-triage"


def changed(rulebook: Rulebook, *settings: str, name: str = TRIAGE) -> Answers:
    """Return the answers of an example with some of them set."""
    return apply_settings(example(name, rulebook), settings, rulebook)


def today(memo: Memo) -> Today:
    assert memo.today is not None
    return memo.today


def view(memo: Memo) -> ArticleView:
    found = today(memo).article
    assert found is not None
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    """Return a section of a memo in one line; it must be there."""
    return flat(text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0])


# ---- What the article alone would say ----


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_article_decides_the_same_answers_by_its_own_rules(
    name: str, rulebook: Rulebook, article: Rulebook
) -> None:
    memo = memo_of(rulebook, example(name, rulebook), article=article)
    alone = decide_project(article, example(name, article), PlainEvaluator(article))
    row = alone.decision.deciding_row
    assert row is not None
    assert (view(memo).row, view(memo).option) == (row.id, row.then)
    for figure, value in view(memo).figures.items():
        assert value == alone.facts[figure].value


def test_answers_that_the_article_does_not_know_do_not_reach_it(rulebook: Rulebook, article: Rulebook) -> None:
    answers = changed(rulebook, "tuned_model_today=running", "labor_rate=90", "cached_share=50%", "cache_read_price=1")
    memo = memo_of(rulebook, answers, article=article)
    plain = memo_of(rulebook, changed(rulebook), article=article)
    assert view(memo).figures == view(plain).figures


def test_where_both_agree_one_line_says_so(rulebook: Rulebook, article: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook), article=article)
    said = section(markdown(memo), "What the article alone would say")
    assert said.startswith("The same: `fine_tune` (`route.near_high`), on other figures.")
    assert "The difference is made by" not in said


def test_a_gate_is_named_as_what_makes_the_difference(rulebook: Rulebook, article: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, "failure_cause=missing_knowledge"), article=article)
    row = memo.recommendation.row
    assert row is not None
    assert memo.recommendation.option == "add_retrieval"
    assert view(memo).settled_by[0] == row
    assert article.row(row) is None
    said = section(markdown(memo), "What the article alone would say")
    assert "`fine_tune` as likely right: The best prompt handles 91% of cases well" in said
    assert f"The difference is made by `{row}`" in said


def test_a_prerequisite_of_the_pack_is_named_where_the_rows_are_the_articles(
    rulebook: Rulebook, article: Rulebook
) -> None:
    memo = memo_of(rulebook, changed(rulebook, "upfront_budget=100"), article=article)
    assert memo.recommendation.option == "prepare_tuning"
    assert view(memo).option == "fine_tune"
    assert len(view(memo).settled_by) == 1
    assert rulebook.row(view(memo).settled_by[0]) in rulebook.tables["tuning_readiness"].rows


def test_where_only_the_figures_differ_the_memo_says_so(rulebook: Rulebook, article: Rulebook) -> None:
    answers = changed(rulebook, "hosting_per_hour=5", "lifetime_months=6")
    memo = memo_of(rulebook, answers, article=article)
    assert memo.recommendation.option != view(memo).option
    said = section(markdown(memo), "What the article alone would say")
    assert "The same rows decide, on today's figures." in said
    assert view(memo).settled_by == ()


def test_figures_stand_side_by_side_where_they_differ(rulebook: Rulebook, article: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook), article=article)
    said = section(markdown(memo), "What the article alone would say")
    assert "| cost of a prompted call | $0.00795 a call (derived) | $0.01095 a call (derived) |" in said
    assert "| lifetime calls over the crossover | 19.6 times (derived) |" in said
    same = changed(rulebook, "output_tokens=0", "tuned_monthly_maintenance=0", "retrain_share=0", "hosting_per_hour=0")
    assert "|" not in section(markdown_of(rulebook, same, article=article), "What the article alone would say")


def test_without_a_rulebook_of_the_article_nothing_is_said_of_it(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    assert today(memo).article is None
    assert "What the article alone would say" not in markdown(memo)
    assert memo_data(memo)["article"] is None


def test_the_json_holds_what_the_article_says(rulebook: Rulebook, article: Rulebook) -> None:
    data = memo_data(memo_of(rulebook, changed(rulebook), article=article))["article"]
    assert data == {
        "option": "fine_tune",
        "approach": "fine_tuning",
        "strength": "likely",
        "row": "route.near_high",
        "economics": {
            "prompting_cost_per_call": 0.00795,
            "tuned_cost_per_call": 0.00141,
            "saving_per_call": 0.00654,
            "crossover_calls": pytest.approx(2000 / 0.00654),
            "lifetime_calls": 6_000_000,
            "crossover_ratio": pytest.approx(6_000_000 * 0.00654 / 2000),
            "payback_months": pytest.approx(2000 / (0.00654 * 250_000)),
        },
    }


def test_a_memo_by_the_article_alone_has_none_of_it(article: Rulebook) -> None:
    memo = memo_of(article, example(TRIAGE, article), article=article)
    assert memo.today is None
    assert not {"article", "review", "prices"} & memo_data(memo).keys()
    for title in ("What the article alone would say", "Since the article", "Route"):
        assert f"\n## {title}\n" not in markdown(memo)


# ---- Formulas ----


@pytest.mark.parametrize("seed", range(6))
def test_a_formula_gives_the_figure_that_it_stands_beside(seed: int, rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, some_answers(rulebook, seed))
    shown = [figure for figure in memo.economics if figure.formula]
    for figure in shown:
        assert isinstance(figure.value, int | float)
        result = eval(figure.formula.replace(",", ""), {"__builtins__": {}})  # type: ignore[union-attr]
        assert result == pytest.approx(figure.value, rel=1e-3)


def test_terms_that_come_to_nothing_are_left_out(rulebook: Rulebook) -> None:
    plain = memo_of(rulebook, changed(rulebook))
    by_name = {figure.id: figure.formula for figure in plain.economics}
    assert by_name["prompting_cost_per_call"] == "((900 + 1,400 + 350) * 3 + 200 * 15) / 1,000,000"
    cached = memo_of(rulebook, changed(rulebook, "cached_share=50%", "cache_read_price=0.3", "batch_share=20%"))
    by_name = {figure.id: figure.formula for figure in cached.economics}
    assert by_name["prompting_cost_per_call"] == (
        "(1 - 0.2 * 0.5) * ((900 + 1,400 + 350) * ((1 - 0.5) * 3 + 0.5 * 0.3) + 200 * 15) / 1,000,000"
    )


def test_a_formula_that_does_not_give_the_figure_is_not_shown(rulebook: Rulebook) -> None:
    known = known_values(rulebook, changed(rulebook))
    values = {name: held.value for name, held in (*known.facts.items(), *known.assumptions.items())}
    fact = rulebook.facts["payback_months"]
    assert put_in(rulebook, fact, values) is not None
    assert put_in(rulebook, fact, values | {"payback_months": 99}) is None


# ---- Sums by their parts ----


def test_the_upfront_is_shown_by_its_parts_which_add_up(rulebook: Rulebook) -> None:
    answers = replace(changed(rulebook, "training_examples=100"), assumptions={})
    memo = memo_of(rulebook, answers)
    upfront = {figure.id: figure.value for figure in memo.economics}["upfront"]
    parts = {part.name: part.amount for part in today(memo).upfront}
    assert list(parts) == ["training", "people", "labels"]
    assert sum(amount for amount in parts.values() if isinstance(amount, int | float)) == pytest.approx(upfront)
    row = next(line for line in markdown(memo).splitlines() if line.startswith("| upfront cost of tuning |"))
    for part, name in (("training", "training runs"), ("people", "people's hours"), ("labels", "labels")):
        amount = parts[part]
        assert isinstance(amount, int | float)
        assert f"{name} {dollars(amount)}" in row
    assert "$200" not in row
    assert "$2,000" not in row
    rows = [line for line in body(markdown(memo)).splitlines() if line.startswith("| upfront cost of tuning |")]
    assert len(rows) == 1


def test_an_upfront_that_is_given_is_shown_as_answered_and_not_by_parts(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    assert today(memo).upfront == ()
    rows = [line for line in body(markdown(memo)).splitlines() if line.startswith("| upfront cost of tuning |")]
    assert rows == ["| upfront cost of tuning | $2,000 | answered |"]


def test_a_reckoned_upfront_has_no_range_in_the_json_either(rulebook: Rulebook) -> None:
    lines = memo_data(memo_of(rulebook, replace(changed(rulebook), assumptions={})))["assumptions"]
    assert lines["tuning_upfront"]["origin"] == "derived"
    assert (lines["tuning_upfront"]["low"], lines["tuning_upfront"]["high"]) == (None, None)
    assert lines["labor_rate"]["low"] == rulebook.assumptions["labor_rate"].low


def test_what_a_tuned_model_costs_by_the_month_is_shown_by_its_parts(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, "hosting_per_hour=1.70"))
    parts = {part.name: part.amount for part in today(memo).monthly}
    assert parts["hosting"] == pytest.approx(1_241)
    row = next(line for line in markdown(memo).splitlines() if line.startswith("| fixed cost of a tuned model |"))
    assert "hosting $1,241 a month" in row
    figures = {figure.id: figure.value for figure in memo.economics}
    assert sum(a for a in parts.values() if isinstance(a, int | float)) == pytest.approx(figures["tuned_monthly_fixed"])


# ---- Assumptions ----


def test_the_table_shows_the_assumptions_that_move_the_result_most(rulebook: Rulebook) -> None:
    answers = replace(changed(rulebook), assumptions={})
    memo = memo_of(rulebook, answers)
    names = [swing.name for swing in today(memo).swings]
    shown = section(markdown(memo), "In figures")
    for place, name in enumerate(names):
        title = rulebook.assumptions[name].title
        assert (f"| {title} | " in shown) == (place < 3), name
    assert f"{len(names) - 3} more assumptions move the result less" in shown
    appendix = markdown(memo).split("\n## Appendix\n")[1]
    for name in rulebook.assumptions:
        assert f"(`{name}`) |" in appendix


def test_the_furthest_mover_is_first_and_what_moves_nothing_is_left_out(rulebook: Rulebook) -> None:
    answers = replace(changed(rulebook), assumptions={})
    now = known_values(rulebook, answers)
    found = {swing.name: swing for swing in swings(rulebook, answers)}
    for name, assumption in rulebook.assumptions.items():
        if now.assumptions[name].origin != "assumed" or assumption.low is None or assumption.high is None:
            assert name not in found
            continue
        ends = []
        for end in (assumption.low, assumption.high):
            facts = known_values(rulebook, replace(answers, assumptions={name: end})).facts
            ends.append([float(str(facts[y].value)) for y in ("crossover_ratio", "monthly_saving", "upfront")])
        assert (name in found) == (ends[0] != ends[1]), name
        if name in found:
            assert found[name].reach("crossover_ratio") == pytest.approx(abs(ends[1][0] - ends[0][0]))
    reaches = [swing.reach("crossover_ratio") for swing in found.values()]
    assert reaches == sorted(reaches, reverse=True)
    assert "batch_discount" not in found


def test_an_assumed_line_says_its_range_its_source_and_its_day(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    name = today(memo).swings[0].name
    of = rulebook.assumptions[name]
    row = next(line for line in body(markdown(memo)).splitlines() if line.startswith(f"| {of.title} |"))
    assert "assumed; low " in row
    assert f"{', '.join(of.source)}, as of {of.as_of}" in row


def test_the_band_is_that_of_the_worst_and_the_best_together(rulebook: Rulebook) -> None:
    answers = changed(rulebook, "monthly_calls=2M", "hosting_per_hour=2")
    memo = memo_of(rulebook, answers)
    assert memo.band is not None
    low, high = (end.value for end in memo.band)
    now = {figure.id: figure.value for figure in memo.economics}["crossover_calls"]
    assert is_number(low)
    assert low < now < high  # type: ignore[operator]
    for swing in today(memo).swings:
        for end in (swing.low, swing.high):
            assert low <= end["crossover_calls"] <= high  # type: ignore[operator]
    assert "over the ranges assumed" in markdown(memo)


def test_ranges_in_which_it_holds_are_one_line_and_the_others_one_each(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    assumed = [r for r in memo.flips.ranges if r.is_assumed]
    loose = [r for r in assumed if not r.holds]
    assert loose
    said = section(markdown(memo), "What would change it")
    assert said.count("does not hold throughout") == len(loose)
    for r in loose:
        assert f"(`{r.name}`) from" in said
    assert f"With any one of the other {len(assumed) - len(loose)} assumptions from low to high it holds." in said
    assert "the range assumed, the recommendation holds" not in said


def test_a_range_is_of_what_is_assumed_alone(rulebook: Rulebook) -> None:
    answers = replace(changed(rulebook, "labor_rate=90"), assumptions={"labor_rate": 90})
    names = {r.name for r in memo_of(rulebook, answers).flips.ranges if r.is_assumed}
    assert "tuning_upfront" not in names
    assert "labor_rate" not in names
    assert "curation_hours" in names


def test_inputs_taken_as_nothing_are_one_line(rulebook: Rulebook) -> None:
    said = section(markdown_of(rulebook, changed(rulebook)), "In figures")
    assert "Taken as nothing, as nobody answered: share of cached input" in said
    assert "| share of cached input |" not in said
    given = section(markdown_of(rulebook, changed(rulebook, "cached_share=0")), "In figures")
    assert "Taken as nothing, as nobody answered: share of input written" in given


def test_a_name_that_brings_prices_is_not_said_to_change_nothing(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    quoting = {unknown.fact for unknown in memo.flips.unknowns if unknown.quotes}
    assert quoting == {"model", "tuning_route"}
    said = section(markdown(memo), "Not known")
    idle = re.search(r"(\d+) (?:more )?answers of the appendix are unknown and cannot change", said)
    assert idle is not None
    moving = [u for u in memo.flips.unknowns if u.moves_option]
    assert int(idle[1]) == len(memo.flips.unknowns) - len(moving) - len(memo.unknown_together) - len(quoting)
    named = [f"{rulebook.facts[name].title} (`{name}`)" for name in rulebook.facts if name in quoting]
    assert f"Once named, {' and '.join(named)} bring prices" in said


def test_what_was_answered_stands_once_and_every_price_in_the_table(rulebook: Rulebook) -> None:
    text = markdown_of(rulebook, changed(rulebook))
    said = section(text, "In figures")
    assert "| input price | $3 a million tokens | answered |" in said
    assert "| tokens of instructions |" not in said
    assert "| `system_tokens` | " in text.split("\n## Appendix\n")[1]


def test_options_near_stand_in_the_body_and_the_others_in_the_appendix(rulebook: Rulebook, article: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, "failure_cause=missing_knowledge"), article=article)
    text = markdown(memo)
    compared = section(text, "Options compared")
    changes = [change.option for change in memo.flips.changes if change.before is not None]
    near = {"add_retrieval", "prompting", "fine_tune", *changes[:3]} | (
        {memo.runner_up.id} if memo.runner_up else set()
    )
    for option in rulebook.options:
        row = f"| `{option}`"
        assert (row in compared) == (option in near), option
        assert (row in text.split("\n### Options further off\n")[1]) == (option not in near), option


# ---- When to look again ----


def dated(rulebook: Rulebook, row: str, day: date) -> Rulebook:
    """Return the rulebook with one row to be reviewed on a day."""
    tables = {
        name: replace(table, rows=tuple(replace(r, review_by=day) if r.id == row else r for r in table.rows))
        for name, table in rulebook.tables.items()
    }
    return replace(rulebook, tables=tables)


def test_the_first_date_of_what_it_rests_on_is_when_to_review(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    row = str(memo.recommendation.row)
    sooner = memo_of(dated(rulebook, row, DAY + timedelta(days=3)), changed(rulebook))
    review = today(sooner).review
    assert review is not None
    assert review.date == DAY + timedelta(days=3)
    assert [(due.cause, due.of) for due in review.because] == [("row", row)]
    assert not review.overdue
    text = markdown(sooner)
    assert "\nreview: 2026-11-28\n" in text.split("\n---\n")[0]
    assert f"**Review by 2026-11-28:** review of the rule `{row}`." in flat(body(text).split("\n## ")[0])
    assert memo_data(sooner)["review"] == {"date": "2026-11-28", "because": [{"cause": "row", "id": row}]}


def test_no_row_that_did_not_match_and_no_assumption_that_moves_nothing_counts(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    fired = {reason.row for reason in memo.fired}
    other = next(row.id for row in rulebook.rows if row.id not in fired)
    late = memo_of(dated(rulebook, other, DAY), changed(rulebook))
    assert today(late).review == today(memo).review
    idle = replace(rulebook.assumptions["batch_discount"], review_by=DAY)
    late = memo_of(replace(rulebook, assumptions={**rulebook.assumptions, idle.id: idle}), changed(rulebook))
    assert today(late).review == today(memo).review
    moving = today(memo).swings[0].name
    soon = replace(rulebook.assumptions[moving], review_by=DAY)
    now = memo_of(replace(rulebook, assumptions={**rulebook.assumptions, moving: soon}), changed(rulebook))
    review = today(now).review
    assert review is not None
    assert [(due.cause, due.of) for due in review.because] == [("assumption", moving)]


def test_a_date_that_has_passed_is_overdue(rulebook: Rulebook) -> None:
    review = today(memo_of(rulebook, changed(rulebook))).review
    assert review is not None
    on_the_day = markdown_of(rulebook, changed(rulebook), as_of=review.date)
    assert f"**Review by {review.date}:**" in on_the_day
    later = markdown_of(rulebook, changed(rulebook), as_of=review.date + timedelta(days=1))
    assert f"**Review overdue since {review.date}:**" in later


def test_the_appendix_lists_every_date(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    review = today(memo).review
    assert review is not None
    listed = flat(markdown(memo).split("\n### When to look again\n")[1].split("\n### ")[0])
    for due in (*review.because, *review.later):
        assert f"- {due.date}: " in listed
        assert f"`{due.of}`" in listed


# ---- How it is gone about ----


@pytest.mark.parametrize(
    ("settings", "option", "titles"),
    [
        ((), "fine_tune", ["tuning_method", "data_plan"]),
        (("request_context=yes",), "hybrid", ["hybrid_shape", "tuning_method", "data_plan"]),
        (("training_data_quality=raw",), "prepare_tuning", ["data_plan", "tuning_method"]),
        (("eval_examples=20",), "build_evals", ["eval_margin", "eval_sizes"]),
        (("prompting_quality=96%",), "prompting_watch", []),
    ],
)
def test_each_option_says_how_it_is_gone_about(
    settings: tuple[str, ...], option: str, titles: list[str], rulebook: Rulebook
) -> None:
    memo = memo_of(rulebook, changed(rulebook, *settings))
    assert memo.recommendation.option == option
    text = markdown(memo)
    for name in ("hybrid_shape", "tuning_method", "data_plan", "eval_margin", "eval_sizes"):
        title = rulebook.tables[name].title
        assert (f"\n## {title}\n" in text) == (name in titles), name
        if name in titles:
            rows = [reason for reason in memo.fired if reason.table == name]
            assert rows
            for reason in rows:
                assert f"(`{reason.row}`)" in section(text, title)
                assert flat(reason.text)[:40] in section(text, title).replace("\\", "")


def test_a_tuned_model_that_retires_brings_a_plan_whatever_the_option(rulebook: Rulebook) -> None:
    title = rulebook.tables["tuned_model_plan"].title
    for settings in ((), ("prompting_quality=99%",)):
        text = markdown_of(rulebook, changed(rulebook, "tuned_model_today=retiring", *settings))
        assert "(`tuned.retiring`)" in section(text, title)
        assert title not in markdown_of(rulebook, changed(rulebook, "tuned_model_today=none", *settings))


def test_what_is_known_since_the_article_stands_once_and_what_speaks_against_first(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook))
    notes = today(memo).notes
    against = [n.favours not in (None, memo.recommendation.approach) for n in notes]
    assert any(against)
    assert against == sorted(against, reverse=True)
    said = section(markdown(memo), "Since the article")
    fit = section(markdown(memo), "For and against")
    for note in notes:
        assert f"`{note.row}`" in said
        assert f"`{note.row}`" not in fit


# ---- Cheaper levers ----

CHEAPER = ("failure_cause=cost", "cheaper_levers=not_tried")


def test_each_lever_says_what_it_saves_at_these_numbers(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, *CHEAPER, "cache_read_price=0.3"))
    assert memo.recommendation.option == "cheaper_inference"
    levers = {lever.id: lever for lever in today(memo).levers}
    caching, batch = levers["caching"], levers["batch"]
    assert caching.share == pytest.approx(2300 / 2650)
    # 2,300 of 2,650 tokens at $0.30 instead of $3 a million
    assert caching.saving_per_call == pytest.approx(2300 * 2.7 / 1e6)
    assert caching.saving_per_month == pytest.approx(2300 * 2.7 / 1e6 * 250_000)
    discount = rulebook.assumptions["batch_discount"].value
    assert batch.saving_per_call == pytest.approx(0.01095 * discount)
    assert batch.cost_per_call == pytest.approx(0.01095 * (1 - discount))
    said = section(markdown(memo), "What would make the call cheaper")
    assert "86.79% of the input cached: instructions and examples" in said
    assert "| $0.00621 a call | $1,552 a month |" in said


def test_a_batch_saves_on_the_calls_not_yet_batched(rulebook: Rulebook) -> None:
    now = changed(rulebook, *CHEAPER, "batch_share=60%")
    lever = next(lever for lever in today(memo_of(rulebook, now)).levers if lever.id == "batch")
    discount = rulebook.assumptions["batch_discount"].value
    assert lever.saving_per_call == pytest.approx(0.01095 * discount * 0.4)
    done = today(memo_of(rulebook, changed(rulebook, *CHEAPER, "batch_share=100%"))).levers
    assert "batch" not in {lever.id for lever in done}


def test_a_cache_price_that_is_not_known_is_asked_for_and_not_guessed(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, *CHEAPER))
    caching = next(lever for lever in today(memo).levers if lever.id == "caching")
    assert caching.cost_per_call == "unknown"
    assert caching.missing == ("cache_read_price",)
    assert "`--set cache_read_price=...`" in section(markdown(memo), "What would make the call cheaper")


def test_what_is_cached_already_is_no_lever(rulebook: Rulebook) -> None:
    answers = changed(rulebook, *CHEAPER, "cached_share=90%", "cache_read_price=0.3")
    assert [lever.id for lever in today(memo_of(rulebook, answers)).levers if lever.id == "caching"] == []


def test_other_options_name_no_levers(rulebook: Rulebook) -> None:
    assert today(memo_of(rulebook, changed(rulebook))).levers == ()


def test_every_change_shown_is_one_that_the_rules_give(rulebook: Rulebook) -> None:
    answers = changed(rulebook, "hosting_per_hour=1.70")
    for change in memo_of(rulebook, answers).flips.changes:
        row = recommend_quickly(rulebook, apply_settings(answers, (f"{change.name}={change.after}",), rulebook))
        assert row is not None
        assert row.then == change.option


def test_answers_of_hosting_that_cost_nothing_can_be_tried(rulebook: Rulebook) -> None:
    answers = answers_of(rulebook, prompt_maturity="optimised")
    assert "hosting_per_hour" in {r.name for r in memo_of(rulebook, answers).flips.ranges}


# ---- The command ----


def test_the_command_says_what_the_article_alone_would(advisor: Advisor) -> None:
    run = advisor("recommend", "examples/ticket-triage.yaml", "--as-of", "2026-11-25", "--format", "json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["article"]["option"] == "fine_tune"
    alone = advisor("recommend", "examples/ticket-triage.yaml", "--profile", "article", "--format", "json")
    assert "article" not in json.loads(alone.stdout)


def test_rules_without_the_articles_pack_give_a_memo(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(SMALLEST, encoding="utf-8")
    (tmp_path / "answers.yaml").write_text("facts: {calls: 5}", encoding="utf-8")
    run = advisor("recommend", str(tmp_path / "answers.yaml"), "--rules", str(tmp_path / "rules"))
    assert run.returncode == 0, run.stderr
    assert "We recommend `stay`" in run.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_body_is_short_enough_to_be_read(name: str, rulebook: Rulebook, article: Rulebook) -> None:
    answers = changed(rulebook, "model=claude-sonnet-4-5", "tuning_route=azure/gpt-4.1-mini", name=name)
    for text in (markdown_of(rulebook, answers, article=article), markdown_of(rulebook, example(name, rulebook))):
        assert len(body(text).split()) < 3_200
