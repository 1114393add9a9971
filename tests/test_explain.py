"""`advisor explain`: every id in words, and conditions as a person would say them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from advisor.errors import BadInput
from advisor.explain import catalogue, explain, readers, text_in_words, things
from advisor.explain_words import condition_in_words, phrase_in_words, range_in_words
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import BOOLEANS, ChoiceSet, NumberSet, PresenceSet
from advisor.rulebook.unary import parse_domain, parse_test
from tests.conftest import ROOT, Advisor


def choice(*values: str, unknown: bool = True) -> ChoiceSet:
    return ChoiceSet(values, unknown, values)


FACTS = {
    "calls": Fact("calls", "integer", parse_domain("[0..1M]"), "calls a month", unit="calls/month"),
    "share": Fact("share", "number", parse_domain("[0..1]"), "quality with the prompt", unit="share"),
    "price": Fact("price", "number", parse_domain(">= 0"), "input price", unit="USD/million tokens"),
    "cost": Fact("cost", "number", parse_domain(">= 0"), "cost of a prompted call", unit="USD/call"),
    "weeks": Fact("weeks", "number", parse_domain("[0..600]"), "time to production", unit="weeks"),
    "score": Fact("score", "number", NumberSet(parse_domain("[0..10]").intervals), "score", required=True),
    "task": Fact("task", "choice", choice("exploring", "evolving", "stable"), "stability of the task"),
    "cause": Fact("cause", "choice", choice("none", "cost", "form", "speed", "house_style"), "main shortfall"),
    "critical": Fact("critical", "boolean", ChoiceSet(BOOLEANS, True, BOOLEANS), "latency is critical"),
    "model": Fact("model", "text", PresenceSet(True, True), "model in use"),
    "tier": Fact("tier", "choice", choice("low", "high", unknown=False), "Volume tier"),
}


@pytest.mark.parametrize(
    ("fact", "test", "words"),
    [
        ("calls", "< 10_000", "calls a month below 10,000"),
        ("calls", ">= 10k", "calls a month at least 10,000"),
        ("calls", "<= 1M", "calls a month at most 1,000,000"),
        ("calls", "> 500k", "calls a month above 500,000"),
        ("calls", "[10k..100k)", "calls a month from 10,000 to below 100,000"),
        ("calls", "[100k..1M]", "calls a month from 100,000 to 1,000,000"),
        ("calls", "(5..6]", "calls a month above 5 to 6"),
        ("calls", "5", "calls a month exactly 5"),
        ("calls", "unknown", "calls a month not known"),
        ("calls", "known", "calls a month known"),
        ("calls", "not(0)", "calls a month anything but 0"),
        ("calls", "not(0, unknown)", "calls a month anything but 0, and known"),
        ("calls", "not(< 10k)", "calls a month at least 10,000 or not known"),
        ("calls", "< 1, > 9, unknown", "calls a month below 1, above 9 or not known"),
        ("share", "[85%..95%)", "quality with the prompt from 85% to below 95%"),
        ("share", ">= 0.95", "quality with the prompt at least 95%"),
        ("price", "> 3", "input price above $3 a million tokens"),
        ("price", "[1..3]", "input price from $1 to $3 a million tokens"),
        ("cost", "> 0.002", "cost of a prompted call above $0.002"),
        ("weeks", "< 4", "time to production below 4 weeks"),
        ("weeks", "[2..4]", "time to production from 2 to 4 weeks"),
        ("score", "not(< 5)", "score at least 5"),
        ("task", "stable", "stability of the task: stable"),
        ("task", "exploring, evolving", "stability of the task: exploring or evolving"),
        ("task", "not(stable)", "stability of the task: exploring, evolving or not known"),
        ("task", "unknown", "stability of the task not known"),
        ("cause", "not(cost)", "main shortfall: anything but cost, not known included"),
        ("cause", "house_style", "main shortfall: house style"),
        ("critical", "true", "latency is critical: yes"),
        ("critical", "false, unknown", "latency is critical: no or not known"),
        ("model", "known", "model in use known"),
        ("model", "unknown", "model in use not known"),
        ("tier", "not(high)", "volume tier: low"),
    ],
)
def test_a_test_is_said_in_words(fact: str, test: str, words: str) -> None:
    assert phrase_in_words(FACTS[fact], parse_test(test, FACTS[fact].domain)) == words


def test_a_range_says_its_unit_once() -> None:
    assert range_in_words(FACTS["weeks"]) == "from 0 to 600 weeks"
    assert range_in_words(FACTS["price"]) == "at least $0 a million tokens"
    assert range_in_words(FACTS["task"]) == ""


RULES = """
facts:
  - {id: calls, kind: integer, unit: calls/month, title: calls a month}
  - {id: ready, kind: boolean, title: team is ready, why: "It is so.\\n\\nAnd so | on."}
tables:
  - id: verdict
    hit_policy: first
    rows:
      - {id: both, when: {calls: "> 5", any: [{ready: true}, {ready: unknown, calls: "< 9"}]}, then: a}
      - {id: free, when: {calls: "-"}, then: b}
      - {id: verdict, when: {}, then: c}
"""


@pytest.fixture
def small(tmp_path: Path) -> Rulebook:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return load_rulebook(tmp_path)


def test_a_condition_lists_what_must_hold_and_the_alternatives_together(small: Rulebook) -> None:
    row = small.row("both")
    assert row is not None
    assert condition_in_words(small, row) == [
        "calls a month above 5",
        "either team is ready: yes, or team is ready not known and calls a month below 9",
    ]


def test_a_row_that_asks_for_nothing_always_holds(small: Rulebook) -> None:
    assert "when        always" in explain(small, "free")


def test_a_text_of_several_lines_is_one_entry(small: Rulebook) -> None:
    assert "\n  why         It is so. And so | on.\n" in explain(small, "ready")


def test_everything_that_has_the_id_is_told(small: Rulebook) -> None:
    table, row = explain(small, "verdict").split("\n\n")
    assert table.startswith("table verdict")
    assert row.startswith("row verdict")


def test_a_rulebook_without_sources_and_options_can_be_explained(small: Rulebook) -> None:
    for thing in things(small):
        assert explain(small, thing.id).startswith(f"{things_kind(small, thing.id)} {thing.id}")


def things_kind(rulebook: Rulebook, name: str) -> str:
    return next(thing.kind for thing in things(rulebook) if thing.id == name)


def test_a_row_shows_its_condition_source_and_readers(rulebook: Rulebook) -> None:
    told = explain(rulebook, "volume.under_10k")
    row, item = told.split("\n\n")
    assert row.startswith("row volume.under_10k: under 10,000 calls a month\n")
    assert "\n  when        calls a month below 10,000\n" in row
    assert "\n  then        volume_tier is low\n" in row
    assert "\n  because     [monthly_calls] calls a month " in row
    assert "\n  source      volume.under_10k: " in row
    assert "recommendation (" in row.partition("read by")[2]
    assert "article/volume.yaml:" in row
    assert item.startswith("source item volume.under_10k\n  says")
    assert "fact monthly_calls" in item.partition("cited by")[2]


def test_a_fact_shows_how_it_is_asked_and_what_reads_it(rulebook: Rulebook) -> None:
    told = explain(rulebook, "monthly_calls")
    assert "question    How many calls" in told
    assert "volume.under_10k (below 10,000)" in told
    assert "enters      monthly_saving, lifetime_calls" in told
    choices = explain(rulebook, "task_stability")
    assert "choices     exploring: " in choices


def test_a_fact_with_a_default_tells_it(rulebook: Rulebook) -> None:
    assert "default     500 tokens a call" in explain(rulebook, "system_tokens")
    assert "default     the same as input_price" in explain(rulebook, "tuned_input_price")


def test_a_figure_shows_its_formula(rulebook: Rulebook, article: Rulebook) -> None:
    assert "formula     (upfront + (tuned_monthly_fixed" in explain(rulebook, "crossover_calls")
    told = explain(article, "crossover_calls")
    assert told.startswith("figure crossover_calls")
    assert "formula     tuning_upfront / saving_per_call" in told


def test_a_price_says_by_what_it_is_looked_up_and_a_row_until_when_it_holds(
    rulebook: Rulebook, article: Rulebook
) -> None:
    assert "looked up   by model" in explain(rulebook, "input_price")
    assert "looked up   by tuning_route" in explain(rulebook, "hosting_per_hour")
    assert "looked up" not in explain(article, "input_price")
    row = rulebook.tables["recommendation"].rows[0]
    assert f"review by   {row.review_by}" in explain(rulebook, row.id)


def test_an_option_shows_the_rows_that_conclude_it(rulebook: Rulebook) -> None:
    told = explain(rulebook, "hybrid")
    rows = [row.id for row in rulebook.tables["recommendation"].rows if row.then == "hybrid"]
    assert rows
    assert all(row in told for row in rows)


def test_an_assumption_shows_its_range_and_how_to_change_it(rulebook: Rulebook) -> None:
    told = explain(rulebook, "tuning_upfront")
    assert "value       $500, between $200 and $2,000" in told
    assert "--set tuning_upfront=500" in told


def test_a_source_item_shows_who_cites_it(rulebook: Rulebook) -> None:
    assert "tuning_upfront" in explain(rulebook, "tension.upfront").partition("cited by")[2]
    assert "nothing" not in explain(rulebook, "path.1_start").partition("cited by")[2]


def test_every_id_of_the_shipped_rulebook_can_be_explained(rulebook: Rulebook, article: Rulebook) -> None:
    for held in (rulebook, article):
        for thing in things(held):
            told = explain(held, thing.id, width=80)
            assert thing.id in told.splitlines()[0]
            assert "{{" not in told
            assert "{%" not in told
            assert len(told.splitlines()) < 90


def test_long_lines_are_folded_at_the_width(rulebook: Rulebook) -> None:
    for thing in things(rulebook):
        assert all(len(line) <= 80 for line in explain(rulebook, thing.id, width=80).splitlines()[1:]), thing.id


def test_a_text_is_shown_without_its_markup() -> None:
    text = "{{ calls | quantity }} calls{% if x is known %} for {{ x | usd }}{% else %} for\n nothing{% endif %}."
    assert text_in_words(text) == "[calls] calls( for [x] | for nothing)."


def test_readers_are_the_rows_that_test_a_fact(small: Rulebook) -> None:
    assert [(row.id, words) for row, words in readers(small, "calls")] == [
        ("both", "above 5 or below 9"),
        ("free", "any value or not known"),
    ]


def test_an_unknown_id_gets_a_suggestion(rulebook: Rulebook) -> None:
    with pytest.raises(BadInput, match="did you mean `monthly_calls`"):
        explain(rulebook, "montly_calls")
    with pytest.raises(BadInput, match="`advisor explain` lists"):
        explain(rulebook, "zzzz")


def test_what_is_of_another_profile_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("facts: [{id: ready, kind: boolean, pack: field}]", encoding="utf-8")
    (tmp_path / "table.yaml").write_text("tables: [{id: t, hit_policy: count, rows: [{id: a, when: {}}]}]", "utf-8")
    with pytest.raises(BadInput, match="not in force in profile `article`; use `--profile full`"):
        explain(load_rulebook(tmp_path, "article"), "ready")


def test_the_catalogue_has_a_line_for_everything_and_columns_for_pipes(rulebook: Rulebook) -> None:
    lines = catalogue(rulebook).splitlines()
    expected = [(thing.kind, thing.id) for thing in things(rulebook)]
    assert [tuple(line.split()[:2]) for line in lines] == expected
    assert all(len(line) <= 100 for line in lines)
    assert len({kind for kind, _ in expected}) == 11


# ---- The command ----


def test_the_command_explains(advisor: Advisor, rulebook: Rulebook) -> None:
    run = advisor("explain", "recommendation")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == explain(rulebook, "recommendation") + "\n"


def test_the_command_lists_everything_without_an_id(advisor: Advisor, rulebook: Rulebook) -> None:
    run = advisor("explain")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == catalogue(rulebook) + "\n"


def test_the_command_refuses_an_unknown_id(advisor: Advisor) -> None:
    run = advisor("explain", "recomendation")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "nothing is called `recomendation`; did you mean `recommendation`?\n"


def test_the_command_reads_another_rulebook(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    run = advisor("explain", "both", "--rules", str(tmp_path), "--profile", "article")
    assert run.returncode == 0
    assert "rules.yaml:" in run.stdout


def test_explaining_loads_neither_engine_nor_terminal() -> None:
    code = (
        "import sys\nfrom advisor.cli import main\ntry:\n    main()\nexcept SystemExit:\n"
        "    print([m for m in ('durable_rules_engine', 'questionary', 'rich') if m in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "explain", "hybrid"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stderr == "[]\n"
