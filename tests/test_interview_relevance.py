"""Which questions are asked: leaving the others out never changes what is decided."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.answers import Answers, parse_answers
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.interview.parking import settle
from advisor.interview.reach import open_facts
from advisor.interview.relevance import Outlook, Status, outlook
from advisor.prices.quotes import with_quotes
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, Value
from advisor.world import broken_constraints, decide_project, known_values, recommend_quickly

DAY = date(2026, 11, 25)
MODELS = ("claude-sonnet-4-5", "gpt-4o-mini", "gemini-2.5-pro")
ROUTES = ("openai/gpt-4.1-mini", "openai/o4-mini", "azure/gpt-4o", "azure/o3-mini", "together/up-to-16b", "tinker/any")
SHARES = ("cached_share", "cache_write_share")
SIZES = {"calls/month": 2_000_000, "months": 36, "share": 1, "USD/million tokens": 20, "tokens/call": 300_000}
PROFILES = ("full", "article")
Rules: TypeAlias = tuple[list[dict[str, object]], list[dict[str, str]]]
Ask: TypeAlias = Callable[[Outlook], tuple[Fact, ...]]


@cache
def shipped(profile: str) -> Rulebook:  # no fixture: hypothesis prints those at full length
    return load_rulebook(profile=profile)


def quoted(rulebook: Rulebook, answers: Answers) -> Answers:
    return with_quotes(rulebook, answers, DAY)


def without_overrides(rulebook: Rulebook, answers: Answers) -> Answers:
    """Return a project that takes what price sources say, which is then not asked."""
    kept = quoted(rulebook, answers)
    for name in kept.quoted.keys() & kept.facts.keys():
        kept = kept.with_fact(name, UNKNOWN)
    return quoted(rulebook, kept)


def values(rulebook: Rulebook, fact: Fact) -> st.SearchStrategy[Value]:
    """Any answer to a fact: unknown, every choice, numbers at, below and above each threshold of a row."""
    match fact.domain:
        case ChoiceSet(domain=("true", "false")):
            return st.sampled_from([True, False, UNKNOWN])
        case ChoiceSet(values=choices):
            return st.sampled_from([*choices, UNKNOWN])
        case NumberSet():
            tests = [test.values for row in rulebook.rows for name, test in row.tests() if name == fact.id]
            ends = {end for test in tests if isinstance(test, NumberSet) for end in test.endpoints()}
            step = 1 if fact.kind == "integer" else 0.01
            near = [value for end in ends for value in (end - step, end, end + step)]
            size = SIZES.get(fact.unit or "", 3000)
            numbers = st.integers(0, size) if fact.kind == "integer" else st.floats(0, size).map(lambda n: round(n, 2))
            known = st.one_of(st.sampled_from(near), numbers) if near else numbers
            return st.one_of(st.just(UNKNOWN), known.filter(fact.domain.contains))
    return st.sampled_from([*(MODELS if fact.id == "model" else ROUTES), UNKNOWN])


def repaired(rulebook: Rulebook, facts: Mapping[str, Value]) -> Answers:
    """Return answers without those that break a constraint or make more than a whole of the input tokens."""
    kept, parked = settle(rulebook, Answers(facts=facts, written=facts))
    for one in parked:
        kept = kept.with_fact(one.fact, UNKNOWN)
    given = [value for name in SHARES if isinstance(value := kept.facts.get(name), int | float)]
    return kept.with_fact(SHARES[1], UNKNOWN) if sum(given) > 1 else kept


def worlds(rulebook: Rulebook) -> st.SearchStrategy[Answers]:
    """Projects with every fact answered, in which nothing breaks a constraint."""

    def project(facts: Mapping[str, Value]) -> Answers:
        return without_overrides(rulebook, repaired(rulebook, facts))

    return st.fixed_dictionaries({fact.id: values(rulebook, fact) for fact in rulebook.asked}).map(project)


def answered(rulebook: Rulebook, world: Answers, ask: Ask, answers: Answers | None = None) -> Answers:
    """Return the answers of a project to the questions that are asked, and to no others."""
    answers = Answers() if answers is None else answers
    while needed := ask(outlook(rulebook, answers)):
        answers = quoted(rulebook, answers.with_fact(needed[0].id, world.facts[needed[0].id]))
    return answers


def for_recommendation(look: Outlook) -> tuple[Fact, ...]:
    return look.recommendation_needs


def for_everything(look: Outlook) -> tuple[Fact, ...]:
    return look.recommendation_needs or look.note_needs


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=25)
@given(data=st.data())
def test_filling_in_what_was_not_asked_never_changes_the_deciding_row(profile: str, data: st.DataObject) -> None:
    rulebook = shipped(profile)
    world, other = data.draw(worlds(rulebook)), data.draw(worlds(rulebook))
    answers = answered(rulebook, world, for_recommendation)
    filled = repaired(rulebook, {**other.facts, **answers.facts})
    if any(filled.facts[name] != value for name, value in answers.facts.items()):
        return  # the filling does not go together with an answer: no such project can be
    row = recommend_quickly(rulebook, answers)
    assert recommend_quickly(rulebook, world) == row
    assert recommend_quickly(rulebook, without_overrides(rulebook, filled)) == row


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=25)
@given(data=st.data())
def test_no_figure_leaves_its_reach(profile: str, data: st.DataObject) -> None:
    """Of a project of which only some answers are given, every figure lies where it was foreseen."""
    rulebook = shipped(profile)
    world = data.draw(worlds(rulebook))
    names = data.draw(st.sets(st.sampled_from(sorted(set(world.facts) - {*SHARES}))))
    some = Answers(facts={name: value for name, value in world.facts.items() if name not in names})
    look = outlook(rulebook, quoted(rulebook, some))
    facts = known_values(rulebook, world).facts
    outside = {
        fact.id: (facts[fact.id].for_tables, str(look.possible[fact.id]))
        for fact in rulebook.facts.values()
        if not look.possible[fact.id].contains(facts[fact.id].for_tables)
    }
    assert outside == {}


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=12)
@given(data=st.data())
def test_with_the_notes_answered_no_table_depends_on_what_was_not_asked(profile: str, data: st.DataObject) -> None:
    rulebook = shipped(profile)
    world = data.draw(worlds(rulebook))
    answers = answered(rulebook, world, for_everything)
    plain = PlainEvaluator(rulebook)
    asked, full = decide_project(rulebook, answers, plain), decide_project(rulebook, world, plain)
    assert {name: [row.id for row in result.rows] for name, result in asked.decision.results.items()} == {
        name: [row.id for row in result.rows] for name, result in full.decision.results.items()
    }
    figures = [fact.id for fact in rulebook.facts.values() if fact.derived]
    assert {name: asked.facts[name] for name in figures} == {name: full.facts[name] for name in figures}


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=12)
@given(data=st.data())
def test_the_number_of_questions_left_only_falls(profile: str, data: st.DataObject) -> None:
    rulebook = shipped(profile)
    world = data.draw(worlds(rulebook))
    answers = Answers()
    left = {fact.id for fact in outlook(rulebook, answers).recommendation_needs}
    while left:
        name = data.draw(st.sampled_from(sorted(left)))
        answers = quoted(rulebook, answers.with_fact(name, world.facts[name]))
        now = {fact.id for fact in outlook(rulebook, answers).recommendation_needs}
        assert now < left
        left = now


@pytest.mark.parametrize(
    ("project", "count"),
    [
        ({"prompt_maturity": "none"}, 4),
        ({"prompt_maturity": "draft", "task_stability": "evolving"}, 2),
        ({"prompting_quality": 0.7}, 7),
        ({"prompting_quality": 0.97, "monthly_calls": 5_000}, 7),
        ({"prompting_quality": 0.9, "monthly_calls": 250_000}, 16),
        ({"prompting_quality": UNKNOWN}, 5),
    ],
)
def test_how_many_questions_typical_projects_get(article: Rulebook, project: dict[str, Value], count: int) -> None:
    usual: dict[str, Value] = {
        "task_stability": "stable",
        "prompt_maturity": "optimised",
        "months_measured": 2,
        "monthly_calls": 250_000,
        "training_data_quality": "curated",
        "ml_expertise": "some",
    }
    world = Answers(facts={**{fact.id: UNKNOWN for fact in article.asked}, **usual, **project})
    assert len(answered(article, world, for_recommendation).facts) == count


def test_questions_come_in_the_authored_order(rulebook: Rulebook) -> None:
    order = [fact.id for fact in rulebook.asked]
    look = outlook(rulebook, Answers())
    for needs in (look.recommendation_needs, look.note_needs):
        assert [fact.id for fact in needs] == sorted((fact.id for fact in needs), key=order.index)
    assert not {fact.id for fact in look.recommendation_needs} & {fact.id for fact in look.note_needs}


def test_an_inapplicable_fact_is_not_asked(rulebook: Rulebook) -> None:
    look = outlook(rulebook, Answers(facts={"prompt_maturity": "none"}))
    assert not look.is_applicable(rulebook.facts["prompting_quality"])
    assert "prompting_quality" not in {fact.id for fact in (*look.recommendation_needs, *look.note_needs)}


def asked_for(rulebook: Rulebook, name: str, facts: Mapping[str, Value]) -> set[str]:
    answers = quoted(rulebook, Answers(facts=facts))
    return set(open_facts(rulebook, answers, name, outlook(rulebook, answers).read))


def test_a_figure_rests_on_facts_through_figures_and_defaults(article: Rulebook) -> None:
    assert asked_for(article, "crossover_ratio", {}) >= {"monthly_calls", "few_shot_tokens", "input_price"}
    assert asked_for(article, "tuned_input_price", {}) == {"tuned_input_price", "input_price"}
    assert asked_for(article, "tuned_input_price", {"tuned_input_price": 3}) == set()
    assert asked_for(article, "tuning_upfront", {}) == set()


def test_an_assumed_value_settles_a_figure(article: Rulebook) -> None:
    """Answered with "I don't know yet", a fact with a default is known to the tables."""
    names = asked_for(article, "crossover_ratio", {})
    answers = Answers(facts={**dict.fromkeys(names, UNKNOWN), "monthly_calls": 1_000_000})
    assert str(outlook(article, answers).possible["few_shot_tokens"]) == "1_000"
    assert str(outlook(article, answers).possible["crossover_ratio"]) == "100.8"


TOKENS: dict[str, Value] = {
    "system_tokens": 900,
    "few_shot_tokens": 1400,
    "input_tokens": 350,
    "output_tokens": 40,
    "tuned_system_tokens": 120,
}


def test_a_named_model_and_route_answer_the_prices(rulebook: Rulebook) -> None:
    prices = {f"{side}{name}_price" for side in ("", "tuned_") for name in ("input", "output", "cache_read")}
    prices |= {"cache_write_price"}
    facts = {**TOKENS, "monthly_calls": 250_000, "training_examples": 500}
    assert asked_for(rulebook, "crossover_ratio", facts) >= prices | {"model", "tuning_route"}
    named = {**facts, "model": "claude-sonnet-4-5", "tuning_route": "openai/gpt-4.1-mini"}
    assert asked_for(rulebook, "crossover_ratio", named) & prices == set()
    elsewhere = asked_for(rulebook, "crossover_ratio", {**named, "tuning_route": "tinker/any"})
    assert elsewhere & prices == {"tuned_input_price", "tuned_output_price", "tuned_cache_read_price"}


@pytest.mark.parametrize(
    ("figure", "facts", "asked", "left_out"),
    [
        ("prompting_cost_per_call", {"cached_share": 0}, "cached_share", "cache_read_price"),
        ("prompting_cost_per_call", {"cached_share": UNKNOWN}, "cache_write_price", "cache_read_price"),
        ("prompting_cost_per_call", {"cache_write_share": 0}, "cache_read_price", "cache_write_price"),
        ("prompting_cost_per_call", {"output_tokens": 0}, "input_price", "output_price"),
        ("tuned_cost_per_call", {"tuned_cached_share": 0}, "tuned_input_price", "tuned_cache_read_price"),
        ("route_status", {}, "existing_tuning_customer", ""),
        ("route_status", {"tuning_route": UNKNOWN}, "", "existing_tuning_customer"),
        ("route_status", {"tuning_route": "together/up-to-16b"}, "", "monthly_calls"),
        ("route_status", {"tuning_route": "azure/gpt-4o"}, "existing_tuning_customer", ""),
        ("route_status", {"tuning_route": "azure/gpt-4o"}, "monthly_calls", ""),
        ("route_status", {"tuning_route": "openai/o4-mini"}, "", "existing_tuning_customer"),
    ],
)
def test_an_input_that_can_change_nothing_is_not_asked(
    rulebook: Rulebook, figure: str, facts: dict[str, Value], asked: str, left_out: str
) -> None:
    needed = asked_for(rulebook, figure, facts)
    assert {asked} - {""} - facts.keys() <= needed
    assert left_out not in needed


def test_whether_a_price_nobody_knows_is_paid_is_asked_even_where_nothing_is_sent(rulebook: Rulebook) -> None:
    """Without a token the share changes no cost, and yet decides whether there is one to tell."""
    facts: dict[str, Value] = {
        **dict.fromkeys(("tuning_route", "model", "tuned_cache_read_price"), UNKNOWN),
        **TOKENS,
        "tuned_system_tokens": 0,
        "input_tokens": 0,
    }
    assert "tuned_cached_share" in asked_for(rulebook, "tuned_cost_per_call", facts)


def test_before_a_route_is_named_its_costs_may_be_those_of_any(rulebook: Rulebook) -> None:
    look = outlook(rulebook, Answers(facts={"training_examples": 500}))
    for price in rulebook.prices.values():
        if price.trains:
            facts: dict[str, Value] = {"training_examples": 500, "tuning_route": price.id}
            known = known_values(rulebook, quoted(rulebook, Answers(facts=facts))).facts
            for name in ("upfront", "tuned_monthly_fixed"):
                assert look.possible[name].contains(known[name].for_tables), (name, price.id)


def test_a_clear_case_is_settled_before_every_share_is_known(rulebook: Rulebook) -> None:
    """What saves by far whatever is sent as a batch need not say how much is."""
    facts: dict[str, Value] = {
        **TOKENS,
        "training_examples": 2000,
        "monthly_calls": 1_400_000,
        "lifetime_months": 24,
        "model": "claude-sonnet-4-5",
        "tuning_route": "together/up-to-16b",
        "tuned_input_price": 0.5,
        "tuned_output_price": 1,
        "cached_share": 0,
        "cache_write_share": 0,
        "tuned_cached_share": 0,
    }
    look = outlook(rulebook, quoted(rulebook, Answers(facts=facts)))
    ratio = look.possible["crossover_ratio"]
    assert isinstance(ratio, NumberSet)
    assert ratio.intervals[0].low > 1
    assert asked_for(rulebook, "crossover_ratio", facts) == {"batch_share"}


# ---- Small rulebooks, against all their worlds ----

FACTS = {"a": ("x", "y"), "b": ("x", "y", "z"), "c": ("x", "y"), "d": ("x", "y")}


def whens(facts: Iterable[str]) -> st.SearchStrategy[dict[str, str]]:
    test = st.sampled_from(["x", "y", "not(x)", "unknown", "known", "x, unknown"])
    return st.dictionaries(st.sampled_from([*facts]), test, max_size=2)


def tables() -> st.SearchStrategy[list[dict[str, object]]]:
    def table(name: str, facts: Iterable[str], policy: str) -> st.SearchStrategy[dict[str, object]]:
        plain = whens(facts)
        either = st.fixed_dictionaries({"any": st.lists(whens(facts), min_size=1, max_size=2)})
        when = st.one_of(plain, either)
        row = st.tuples(when, st.sampled_from(["x", "y"]))
        return st.lists(row, min_size=1, max_size=4).map(
            lambda rows: {
                "id": name,
                "hit_policy": policy,
                "rows": [
                    {"id": f"{name}.{i}", "when": w, **({} if policy == "count" else {"then": then})}
                    for i, (w, then) in enumerate(rows)
                ],
            }
        )

    both = [{"id": "first.x", "when": {"b": "y"}, "then": "x"}, {"id": "first.y", "when": {"c": "y"}, "then": "y"}]
    return st.tuples(
        table("first", "abc", "first").map(lambda made: {**made, "rows": [*cast(list[object], made["rows"]), *both]}),
        table("counted", "bcd", "count"),
        table("recommendation", ["a", "d", "first"], "first"),
        st.sampled_from(["0", "1", ">= 1", "> 1"]),
    ).map(lambda made: [*made[:2], _also_testing(made[2], made[3])])


def _also_testing(table: dict[str, object], test: str) -> dict[str, object]:
    rows = cast(list[dict[str, Any]], table["rows"])
    return {**table, "rows": [{**row, "when": {**row["when"], "counted": test}} for row in rows[:1]] + rows[1:]}


CONSTRAINTS: list[dict[str, str]] = [{"a": "x", "b": "known"}, {"a": "y", "c": "unknown"}, {"b": "y", "c": "x"}]
RULES = st.tuples(tables(), st.lists(st.sampled_from(CONSTRAINTS), max_size=2, unique_by=str))


def fillings(rulebook: Rulebook, answers: Mapping[str, Value]) -> Iterable[dict[str, Value]]:
    """Yield the worlds that answers leave possible: any other values that go together, or none at all."""
    free = [name for name in FACTS if name not in answers]
    for filling in itertools.product(*([*FACTS[name], UNKNOWN] for name in free)):
        facts = {**answers, **dict(zip(free, filling, strict=True))}
        if set(filling) <= {UNKNOWN} or not broken_constraints(rulebook, Answers(facts=facts)):
            yield facts


@settings(max_examples=25)
@given(rules=RULES, data=st.data())
def test_in_any_rulebook_leaving_questions_out_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rules: Rules, data: st.DataObject
) -> None:
    rulebook = small_rulebook(tmp_path_factory.mktemp("rules"), rules)
    names = data.draw(st.permutations([*FACTS]))
    answers = Answers()
    while needed := {fact.id for fact in outlook(rulebook, answers).recommendation_needs}:
        name = next(name for name in names if name in needed)
        value = data.draw(st.sampled_from([*FACTS[name], UNKNOWN]))
        answers, _ = settle(rulebook, answers.with_fact(name, value), latest=name)
    rows = set()
    for facts in fillings(rulebook, answers.facts):
        row = decide(rulebook, facts, PlainEvaluator(rulebook)).deciding_row
        rows.add(row.id if row else None)
    assert len(rows) == 1


@settings(max_examples=25)
@given(rules=RULES, data=st.data())
def test_the_outlook_foresees_every_world(
    tmp_path_factory: pytest.TempPathFactory, rules: Rules, data: st.DataObject
) -> None:
    """No world that the answers allow has a row or a conclusion that was called impossible."""
    rulebook = small_rulebook(tmp_path_factory.mktemp("rules"), rules)
    known = data.draw(st.dictionaries(st.sampled_from([*FACTS]), st.sampled_from(["x", "y", UNKNOWN]), max_size=3))
    answers, _ = settle(rulebook, Answers(facts=known, written=known))
    look = outlook(rulebook, answers)
    for facts in fillings(rulebook, answers.facts):
        for name, result in decide(rulebook, facts, PlainEvaluator(rulebook)).results.items():
            assert not isinstance(result.value, tuple)
            assert look.possible[name].contains(result.value)
            matching = {row.id for row in result.matching}
            assert all(look.rows[row] is not Status.IMPOSSIBLE for row in matching)
            assert matching >= {row.id for row in result.table.rows if look.rows[row.id] is Status.CERTAIN}


def small_rulebook(folder: Path, rules: Rules) -> Rulebook:
    made, constraints = rules
    facts = [{"id": name, "kind": "choice", "choices": {c: c for c in choices}} for name, choices in FACTS.items()]
    options = [{"id": name, "approach": "prompting", "meaning": "m", "title": "t"} for name in "xy"]
    never = [{"never": constraint} for constraint in constraints]
    (folder / "facts.yaml").write_text(json.dumps({"facts": facts, "options": options, "constraints": never}))
    (folder / "tables.yaml").write_text(json.dumps({"tables": made}))
    return load_rulebook(folder)


def test_a_fact_that_must_be_known_may_still_be_left_out(tmp_path: Path) -> None:
    """A constraint against `unknown` is no promise of an answer: the question is asked."""
    facts = [{"id": name, "kind": "boolean"} for name in "ab"]
    rows = [{"id": "r", "when": {"b": "known"}, "then": "x"}, {"id": "s", "when": {}, "then": "y"}]
    table = {"id": "recommendation", "hit_policy": "first", "rows": rows}
    options = [{"id": name, "approach": "prompting", "meaning": "m", "title": "t"} for name in "xy"]
    never = [{"never": {"a": "true", "b": "unknown"}}]
    rules = {"facts": facts, "options": options, "tables": [table], "constraints": never}
    (tmp_path / "facts.yaml").write_text(json.dumps(rules))
    look = outlook(load_rulebook(tmp_path), Answers(facts={"a": True}))
    assert [fact.id for fact in look.recommendation_needs] == ["b"]


def test_a_figure_of_a_text_is_settled_once_the_text_is_given(tmp_path: Path) -> None:
    derived = {"formula": "a price of the model", "from": ["model"]}
    facts = [{"id": "model", "kind": "text"}, {"id": "price", "kind": "number", "derived": derived}]
    rows = [{"id": "r", "when": {"price": "> 3"}, "then": "x"}, {"id": "s", "when": {}, "then": "y"}]
    table = {"id": "recommendation", "hit_policy": "first", "rows": rows}
    options = [{"id": name, "approach": "prompting", "meaning": "m", "title": "t"} for name in "xy"]
    (tmp_path / "facts.yaml").write_text(json.dumps({"facts": facts, "options": options, "tables": [table]}))
    rulebook = load_rulebook(tmp_path)
    assert [fact.id for fact in outlook(rulebook, Answers()).recommendation_needs] == ["model"]
    look = outlook(rulebook, Answers(facts={"model": "m"}))
    assert look.rows == {"r": Status.IMPOSSIBLE, "s": Status.CERTAIN}


def test_a_required_fact_left_out_counts_as_unknown(tmp_path: Path) -> None:
    facts = [{"id": "a", "kind": "boolean", "required": True}, {"id": "b", "kind": "boolean"}]
    rows = [{"id": "r", "when": {"a": "true", "b": "true"}, "then": "x"}, {"id": "s", "when": {}, "then": "y"}]
    table = {"id": "recommendation", "hit_policy": "first", "rows": rows}
    options = [{"id": name, "approach": "prompting", "meaning": "m", "title": "t"} for name in "xy"]
    (tmp_path / "facts.yaml").write_text(json.dumps({"facts": facts, "options": options, "tables": [table]}))
    rulebook = load_rulebook(tmp_path)
    assert [fact.id for fact in outlook(rulebook, Answers()).recommendation_needs] == ["a", "b"]
    assert outlook(rulebook, parse_answers("facts: {b: no}", "a.yaml", rulebook)).recommendation_needs == ()
