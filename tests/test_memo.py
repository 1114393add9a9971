"""What a memo must be, whatever it recommends."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
import yaml

from advisor.memo.filters import escape, layout
from advisor.memo.rendering import markdown
from advisor.memo.result import OPTION_TEXTS, Memo
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook, Strength
from advisor.rulebook.sets import Value
from tests.conftest import ROOT
from tests.memos import (
    EXAMPLES,
    answers_of,
    approach_of,
    body,
    concluding,
    example,
    markdown_of,
    memo_of,
)
from tests.rule_texts import build_texts

NAMES = (
    "a | b || c",
    "`code` and ``more``",
    "<script>alert(1)</script>",
    "# 1 priority",
    "- not a list",
    "1. not a list",
    "> no quote",
    "two\nlines\r\nand\u2028more",
    "**bold** _under_ [link](http://example.org) ![x](y)",
    "&lt; &amp; AT&T",
    "back\\slash and $math$",
    "---",
    "===",
    "quotes \" and ' and: colons",
    "{{ monthly_calls }} {% if x %}",
    "right to left \u202e mark \u200f and \ue000",
    "naïve 日本語 ✓",
    "x" * 300,
)


@pytest.fixture(params=EXAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def memos(rulebook: Rulebook) -> dict[str, Memo]:
    return {name: memo_of(rulebook, example(name, rulebook)) for name in EXAMPLES}


@pytest.fixture
def memo(name: str, memos: dict[str, Memo]) -> Memo:
    return memos[name]


@pytest.fixture
def text(memo: Memo) -> str:
    return markdown(memo)


def test_the_examples_lead_to_every_option_of_the_article(article: Rulebook) -> None:
    options = {memo_of(article, example(name, article)).recommendation.option for name in EXAMPLES}
    assert options == {option for option in article.options if article.options[option].pack is None}


def test_the_first_sentence_names_the_option(text: str, memo: Memo, rulebook: Rulebook) -> None:
    title, first = [line for line in body(text).splitlines() if line.strip()][:2]
    assert title.startswith("# ")
    assert memo.project in title
    named = re.match(r"\*\*We recommend `(\w+)`", first)
    assert named is not None
    assert named[1] == memo.recommendation.option
    assert named[1] in rulebook.options


def test_its_strength_is_said_in_words(text: str, memo: Memo) -> None:
    words = {"definite": "`.**", "likely": "` as likely right.**", "consider": "` as worth considering.**"}
    assert f"We recommend `{memo.recommendation.option}{words[str(memo.recommendation.strength)]}" in text


def test_the_lines_before_the_first_section_carry_the_decision(text: str, memo: Memo) -> None:
    top = " ".join(body(text).split("\n## ")[0].split())
    assert escape(memo.recommendation.because) in top
    assert escape(memo.recommendation.texts["ask"]) in top
    assert escape(memo.recommendation.texts["reversibility"].rstrip(".")) in top
    assert memo.flips.changes[0].name in top


def test_an_opponent_finds_an_argument_or_hears_that_there_is_none(text: str, memo: Memo, rulebook: Rulebook) -> None:
    rows = {row.id: row for row in rulebook.rows}
    shown = set(re.findall(r"`([\w.]+)`", body(text))) & rows.keys()
    against = {r for r in shown if rows[r].favours not in (None, memo.recommendation.approach)}
    assert against or "No row that speaks for another approach matched." in text


def test_where_nothing_speaks_against_it_the_memo_says_so() -> None:
    rulebook = build_texts({"rules.yaml": SMALLEST})
    assert "No row that speaks for another approach matched." in markdown_of(rulebook, answers_of(rulebook, calls=5))


def test_every_row_and_source_item_in_it_exists(text: str, rulebook: Rulebook) -> None:
    known = {row.id for row in rulebook.rows} | rulebook.items.keys()
    named = set(re.findall(r"(?<![\w./-])[a-z_]+\.[a-z0-9_]+(?:\.[a-z0-9_]+)*(?![\w/-])", text))
    others = {part for part in named if part.rpartition(".")[2] in ("csv", "jsonl", "yaml", "svg", "com")}
    assert named - others
    assert named - others <= known


def test_every_tension_that_decided_is_named(text: str, memo: Memo, rulebook: Rulebook) -> None:
    tensions = [item for item in memo.recommendation.source if rulebook.items[item].kind == "tension"]
    for tension in tensions:
        assert f"(`{tension}`) Settled by `{memo.recommendation.row}`" in " ".join(text.split())


def test_each_side_says_the_facts_it_rests_on_once(memo: Memo) -> None:
    for side in (*memo.arguments, *memo.hidden_costs):
        rows = [row for reason in side.reasons for row in (reason.row, *reason.also)]
        assert len(rows) == len(set(rows))


def test_all_answers_and_rows_stand_in_the_appendix(text: str, memo: Memo, rulebook: Rulebook) -> None:
    appendix = text.split("\n## Appendix\n", 1)[1]
    for fact in rulebook.asked:
        assert f"| `{fact.id}` | " in appendix
    for reason in memo.fired:
        assert f"| `{reason.row}` | {', '.join(reason.source)} |" in appendix
    for table in memo.tables:
        assert f"| `{table.id}` | " in appendix
    assert memo.rulebook_digest in text
    assert memo.command in appendix


def test_what_could_change_it_stands_before_what_could_not(memo: Memo, text: str) -> None:
    unknown = [u.fact for u in memo.flips.unknowns if u.moves_option]
    section = text.split("\n## Not known\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^- .*?\(`(\w+)`\)", section, re.MULTILINE) == unknown


STRENGTHS: tuple[Strength, ...] = ("definite", "likely", "consider")


@pytest.mark.parametrize("profile", ["article", "full"])
@pytest.mark.parametrize("unknowns", [0, 1, 100])
def test_all_options_render_at_all_strengths(profile: str, unknowns: int) -> None:
    rulebook = load_rulebook(profile=profile)
    answered = example("ticket-triage", rulebook)
    for fact in rulebook.asked:
        if fact.id not in answered.facts and fact.kind != "text":
            value: Value = fact.kind == "boolean" or next(iter(fact.choices), 0 if fact.unit == "share" else 1)
            answered = answered.with_fact(fact.id, value)
    for name in list(answered.facts)[:unknowns]:
        answered = answered.without_fact(name)
    for option, strength in product(rulebook.options, STRENGTHS):
        memo = markdown_of(concluding(rulebook, option, strength), answered)
        assert f"We recommend `{option}`" in memo
        assert f'approach: "{approach_of(rulebook, option)}"' in memo
        assert "{{" not in memo


@pytest.mark.parametrize("project", NAMES)
def test_a_name_comes_out_as_text(project: str, rulebook: Rulebook) -> None:
    memo = markdown_of(rulebook, replace(example("ticket-triage", rulebook), project=project))
    plain = markdown_of(rulebook, replace(example("ticket-triage", rulebook), project="Name"))
    assert [line[:2] for line in memo.splitlines() if line.startswith("#")] == [
        line[:2] for line in plain.splitlines() if line.startswith("#")
    ]
    assert unescaped(memo, "|") == unescaped(plain, "|")
    assert unescaped(memo, "<") == 0
    assert unescaped(memo, "`") == unescaped(plain, "`")
    front = yaml.safe_load(memo.split("---\n")[1])
    assert front["project"] == project
    assert front["option"] == "fine_tune"


def unescaped(markdown: str, character: str) -> int:
    return len(re.findall(rf"(?<!\\)(?:\\\\)*{re.escape(character)}", markdown.split("\n---\n", 1)[1]))


@pytest.mark.parametrize("name", ["a|b`c`<d>", "x\n| y |", "# z"])
def test_a_text_answer_comes_out_as_text(name: str, rulebook: Rulebook) -> None:
    answers = example("ticket-triage", rulebook).with_fact("output_price", 15).with_fact("model", name)
    memo = markdown_of(rulebook, answers)
    row = next(line for line in memo.splitlines() if line.startswith("| `model`"))
    assert unescaped("\n---\n" + row, "|") == 5
    assert "<d>" not in row.replace(r"\<d\>", "")


def test_assumed_numbers_say_so_wherever_they_stand(rulebook: Rulebook) -> None:
    memo = body(markdown_of(rulebook, answers_of(rulebook, prompt_maturity="optimised", prompting_quality="91%")))
    for place in re.finditer(r"\$500\b", memo):
        line = memo[memo.rfind("\n", 0, place.start()) + 1 : memo.find("\n", place.end())]
        assert "assumed" in line


def test_lines_are_no_longer_than_100_columns(text: str) -> None:
    prose = [line for line in text.splitlines() if not line.startswith(("|", "#", "![", "answers:", "rulebook:"))]
    assert max(len(line) for line in prose) <= 100


def test_it_ends_with_one_line_end_and_has_no_trailing_space(text: str) -> None:
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    assert "\n\n\n" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


SMALLEST = """
facts:
  - {id: calls, kind: integer, unit: calls/month, domain: "[0..1_000_000]"}
tables:
  - id: recommendation
    hit_policy: first
    rows:
      - {id: many, when: {calls: "> 100"}, then: tune}
      - {id: few, when: {calls: "<= 100"}, then: stay, because: "{{ calls | quantity }} calls a month are few."}
"""


def test_the_smallest_rulebook_gives_a_memo() -> None:
    rulebook = build_texts({"rules.yaml": SMALLEST})
    memo = markdown_of(rulebook, answers_of(rulebook, calls=5))
    assert "# stay: this feature\n\n**We recommend `stay`.**\n\n**Because:** 5 calls a month are few. (`few`)" in memo
    assert "| calls (`calls`) | 101 calls a month | 5 calls a month | `tune` |" in memo


def test_answers_that_no_row_matches_give_a_memo_that_says_so() -> None:
    rulebook = build_texts({"rules.yaml": SMALLEST})
    memo = markdown_of(rulebook, answers_of(rulebook, calls="unknown"))
    assert "# The rules reach no recommendation for this feature" in memo
    assert "option: null" in memo


def test_a_rulebook_that_recommends_nothing_gives_its_tables() -> None:
    rulebook = build_texts({"rules.yaml": SMALLEST.replace("id: recommendation", "id: size")})
    memo = markdown_of(rulebook, answers_of(rulebook, calls=5))
    assert "| `size` | stay | `few` | 2 |" in memo


def test_sections_without_their_table_are_left_out(rulebook: Rulebook) -> None:
    tables = {name: t for name, t in rulebook.tables.items() if name in rulebook.ancestors("recommendation")}
    order = tuple(name for name in rulebook.order if name in tables)
    memo = markdown_of(replace(rulebook, tables=tables, order=order), example("ticket-triage", rulebook))
    for section in ("Path", "Next steps", "Costs that are easy to miss"):
        assert f"## {section}" not in memo
    assert "## For and against" in memo


@pytest.mark.parametrize(
    ("written", "laid_out"),
    [
        ("a\nb\n\n\n\nc\n", "a b\n\nc\n"),
        ("- a\n  b\n- c\n", "- a b\n- c\n"),
        ("# Title\ntext\n", "# Title\ntext\n"),
        ("| a | b |\n|---|---|\n", "| a | b |\n|---|---|\n"),
        ("```text\na   b\n\n\nc\n```\n", "```text\na   b\n\n\nc\n```\n"),
        ("---\na: 1\n---\ntext\n", "---\na: 1\n---\ntext\n"),
        ("x" * 90 + " 1. one - two # three", "x" * 90 + " 1. one\n- two # three\n"),
    ],
)
def test_layout(written: str, laid_out: str) -> None:
    if written.startswith("x"):
        lines = layout(written).splitlines()
        assert not [line for line in lines if re.match(r"(?:\d+[.)]|[-+*#>])(?:\s|$)", line)]
        assert " ".join(lines) == written
    else:
        assert layout(written) == laid_out


def test_the_templates_word_no_number_of_the_rules() -> None:
    for path in sorted((ROOT / "templates").rglob("*.md.j2")):
        text = re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.findall(r"\d", text), path.name


def test_every_text_of_an_option_is_at_hand(rulebook: Rulebook) -> None:
    assert {key for option in rulebook.options.values() for key in option.texts} <= set(OPTION_TEXTS)
