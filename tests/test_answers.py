"""Answers files and settings: what is taken, what is refused with which example, and what is kept."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import (
    Answers,
    BadAnswer,
    apply_settings,
    parse_answers,
    parse_assumption,
    parse_fact,
    read_answers,
)
from advisor.errors import BadInput
from advisor.quantities import with_unit
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, NumberSet, Value
from tests.rule_texts import RULEBOOKS, build_texts, table

EXPECTED = """
facts:
  - {id: calls, kind: integer, unit: calls/month, domain: "[0..1_000_000_000]", example: 250k}
  - {id: quality, kind: number, unit: share, domain: "[0..1]", example: 91%}
  - {id: price, kind: number, unit: USD/million tokens, domain: ">= 0", example: $3}
  - {id: months, kind: number, unit: months, domain: "(0..600]"}
  - {id: stage, kind: choice, choices: {none: not begun, draft: begun, optimised: done}}
  - {id: flag, kind: boolean}
  - {id: model, kind: text, title: model in use}
  - {id: needed, kind: number, required: true, domain: "[2..3]"}
  - {id: figure, kind: number, derived: {formula: calls * price, from: [calls, price]}}
  - {id: late, kind: number, pack: field}
assumptions:
  - {id: upfront, value: 500, low: 200, high: 2000, unit: USD}
  - {id: discount, value: 10%, low: 0, unit: share}
  - {id: hosting, value: 100, pack: field}
"""


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return build_texts({"facts.yaml": EXPECTED, "article/t.yaml": table("{}")}, "article")


def problems_of(text: str | bytes, rulebook: Rulebook) -> list[str]:
    with pytest.raises(BadInput) as caught:
        parse_answers(text, "answers.yaml", rulebook)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("calls", "250k", 250_000),
        ("calls", "1.2M", 1_200_000),
        ("calls", "250,000", 250_000),
        ("calls", "250_000", 250_000),
        ("calls", "~80", 80),
        ("calls", "1e6", 1_000_000),
        ("calls", 1e6, 1_000_000),
        ("calls", 5, 5),
        ("calls", " 5 ", 5),
        ("quality", "85%", 0.85),
        ("quality", "91 %", 0.91),
        ("quality", "0.91", 0.91),
        ("quality", 0.91, 0.91),
        ("quality", "100%", 1),
        ("price", "$500", 500),
        ("price", "$2.50", 2.5),
        ("stage", "draft", "draft"),
        ("stage", "none", "none"),
        ("flag", "yes", True),
        ("flag", "No", False),
        ("flag", True, True),
        ("flag", "false", False),
        ("model", "gpt 5", "gpt 5"),
        ("model", 5, "5"),
        ("model", True, "true"),
        ("calls", "unknown", UNKNOWN),
        ("flag", "Unknown", UNKNOWN),
        ("model", "UNKNOWN", UNKNOWN),
        ("needed", "2.5", 2.5),
    ],
)
def test_an_answer_is_read_as_its_fact_needs_it(small: Rulebook, name: str, written: object, value: Value) -> None:
    read = parse_fact(small.facts[name], written)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "written", "what", "mend"),
    [
        ("calls", "1,5", "`1,5` can be read two ways", "write `1.5`"),
        ("calls", "2m", "`2m` can be read two ways", "write `2M` for millions; an example: `250k`, in calls a month"),
        ("calls", "10.000", "`10.000` can be read two ways", "write `10` or `10,000`"),
        ("calls", "many", "`many` is not a number", "an example: `250k`, in calls a month"),
        ("calls", "2.5", "`2.5` is not a whole number", "write `250k`, in calls a month, for example"),
        ("calls", 2.5, "`2.5` is not a whole number", "`250k`"),
        ("calls", "85%", "`85%` is not a whole number", "`250k`"),
        ("calls", "-5", "`-5` is outside its range, `[0..1_000_000_000]`", "`250k`, in calls a month"),
        ("calls", "1e999", "`1e999` is too large", "`250k`"),
        ("calls", float("inf"), "`inf` is not a number", "`250k`"),
        ("calls", float("nan"), "`nan` is not a number", "`250k`"),
        ("calls", True, "`true` is not a number", "`250k`"),
        ("calls", "", "the answer is empty", "write `unknown`"),
        ("calls", None, "the answer is empty", "write `unknown`"),
        ("calls", [5], "the answer is a list", "write one value, for example `250k`, in calls a month"),
        ("calls", {"a": 5}, "the answer is a mapping", "write one value"),
        ("quality", "91", "`91` is outside its range, a share from 0 to 1", "did you mean `91%`?"),
        ("quality", 91, "`91` is outside its range, a share from 0 to 1", "did you mean `91%`?"),
        ("quality", "191", "`191` is outside its range, a share from 0 to 1", "write `91%`, for example"),
        ("quality", "good", "`good` is not a number", "an example: `91%`"),
        ("price", "-1", "`-1` is outside its range, `>= 0`", "write `$3`, in US dollars a million tokens, for example"),
        ("months", "0", "`0` is outside its range, `(0..600]`", "write `10`, in months, for example"),
        ("needed", "unknown", "`needed` must be known", "write `2`, for example"),
        ("needed", "5", "`5` is outside its range, `[2..3]`", "write `2`, for example"),
        ("stage", "drafft", "`drafft` is none of its choices", "did you mean `draft`?"),
        ("stage", "Draft", "`Draft` is none of its choices", "did you mean `draft`?"),
        ("stage", "unknwon", "`unknwon` is none of its choices", "did you mean `unknown`?"),
        ("stage", "x", "`x` is none of its choices", "write one of none, draft, optimised"),
        ("stage", True, "`true` is none of its choices", "write one of none, draft, optimised"),
        ("flag", "maybe", "`maybe` is neither yes nor no", "write `yes` or `no`"),
        ("flag", 1, "`1` is neither yes nor no", "write `yes` or `no`"),
        ("model", "", "the answer is empty", "write `unknown`"),
        ("model", ["a"], "the answer is a list", "`model in use`"),
    ],
)
def test_a_refused_answer_says_why_and_gives_an_example(
    small: Rulebook, name: str, written: object, what: str, mend: str
) -> None:
    with pytest.raises(BadAnswer) as caught:
        parse_fact(small.facts[name], written)
    assert what in caught.value.what
    assert mend in caught.value.mend


REFUSED = ["1,5", "2m", "10.000", "lots", "-1", "1e999", "$", "5 5", "1.2.3"]


@pytest.mark.parametrize("text", REFUSED)
def test_every_refused_text_has_an_example_that_its_fact_takes(rulebook: Rulebook, text: str) -> None:
    for fact in rulebook.asked:
        if fact.kind in ("integer", "number"):
            with pytest.raises(BadAnswer) as caught:
                parse_fact(fact, text)
            example = caught.value.mend.rsplit("example", 1)[0] if text == "-1" else caught.value.mend
            assert fact.example is not None
            assert f"`{fact.example}`" in example, fact.id
            parse_fact(fact, fact.example)


@pytest.mark.parametrize("name", ["months", "needed", "calls", "price", "quality"])
def test_an_example_is_found_where_the_rules_give_none(small: Rulebook, name: str) -> None:
    fact = small.facts[name]
    bare = Fact(fact.id, fact.kind, fact.domain, fact.title, unit=fact.unit, required=fact.required)
    with pytest.raises(BadAnswer) as caught:
        parse_fact(bare, "lots")
    example = caught.value.mend.rpartition("an example: `")[2].partition("`")[0]
    assert parse_fact(bare, example) != UNKNOWN


@given(st.data())
def test_a_number_is_read_back_as_it_is_written_with_its_unit(rulebook: Rulebook, data: st.DataObject) -> None:
    numbers = [fact for fact in rulebook.asked if isinstance(fact.domain, NumberSet) and fact.unit]
    fact = data.draw(st.sampled_from(numbers))
    assert isinstance(fact.domain, NumberSet)
    part = fact.domain.intervals[0]
    drawn = st.integers(0, int(part.high)) if fact.kind == "integer" else st.floats(max(part.low, 1e-9), part.high)
    value = data.draw(drawn.filter(fact.domain.contains))
    written = with_unit(value, fact.unit if fact.unit in ("share", "USD") else None)
    assert parse_fact(fact, written) == pytest.approx(value, rel=1e-15)


@given(
    st.sampled_from(["calls", "quality", "price", "stage", "flag", "model", "needed"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
        max_leaves=3,
    ),
)
def test_anything_is_an_answer_in_the_domain_or_is_refused(small: Rulebook, name: str, written: Any) -> None:
    fact = small.facts[name]
    value, error = read_or_error(fact, written)
    assert error is not None or value == UNKNOWN or fact.domain.contains(value)
    assert error is None or (error.what and error.mend and "\n" not in str(error))


def read_or_error(fact: Fact, written: Any) -> tuple[Value, BadAnswer | None]:
    try:
        return parse_fact(fact, written), None
    except BadAnswer as error:
        return UNKNOWN, error


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("upfront", "2k", 2000),
        ("upfront", 7, 7),
        ("upfront", "$0.01", 0.01),
        ("discount", 0, 0),
        ("discount", "5%", 0.05),
    ],
)
def test_an_assumption_takes_any_number_above_0(small: Rulebook, name: str, written: object, value: float) -> None:
    assert parse_assumption(small.assumptions[name], written) == value


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("0", "is not above 0"),
        (-5, "is not above 0"),
        ("x", "is not a number"),
        (True, "is not a number"),
        ("unknown", "is not a number"),
        ("1,5", "can be read two ways"),
        (None, "the answer is empty"),
        ([5], "the answer is a list"),
    ],
)
def test_what_an_assumption_refuses(small: Rulebook, written: object, what: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        parse_assumption(small.assumptions["upfront"], written)
    assert what in caught.value.what
    assert caught.value.mend


TEXT = """
project:  Ticket
  triage
facts:
  calls: 250k
  quality: unknown
  stage: draft
  flag: no
  model: 4.10
  late: 7 or so
assumptions: {upfront: 2000, hosting: 5}
measured:
  calls: {file: usage.csv, window: October, n: 31, low: 240k, high: 260k}
parked: {months: 12}
"""


def test_an_answers_file_is_read(small: Rulebook) -> None:
    answers = parse_answers(TEXT, "answers.yaml", small)
    assert answers.project == "Ticket triage"
    assert answers.facts == {"calls": 250_000, "quality": UNKNOWN, "stage": "draft", "flag": False, "model": "4.10"}
    assert answers.written == {"calls": "250k", "quality": "unknown", "stage": "draft", "flag": "no", "model": "4.10"}
    assert answers.assumptions == {"upfront": 2000}
    assert answers.measured["calls"]["file"] == "usage.csv"
    assert answers.parked == {"months": "12"}
    assert answers.dormant == {"late": "7 or so"}


def test_the_same_answers_in_json(small: Rulebook) -> None:
    facts = {"calls": 250000, "quality": 0.91, "flag": True, "model": "\U0001f600"}
    for indent in (None, 2, "\t"):
        text = json.dumps({"project": "Triage \U0001f600", "facts": facts}, indent=indent)
        answers = parse_answers(text, "answers.json", small)
        assert answers.project == "Triage \U0001f600"
        assert answers.facts == facts


def test_a_project_without_a_name_has_one(small: Rulebook) -> None:
    assert parse_answers("facts: {}", "answers.yaml", small).project == "this feature"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty; `advisor template > answers.yaml` writes one to fill in"),
        ("# nothing yet\n", "1:1: the file is empty"),
        ("null", "1:1: the file is empty"),
        ("[]", "1:1: an answers file is a mapping; begin with `facts:` and a line for each answer"),
        ("calls", "1:1: an answers file is a mapping"),
        ("facts:", "1:7: `facts` is empty; write `id: value` lines below it, or leave it out"),
        ("facts: [calls]", "1:8: `facts` is no mapping"),
        ("fact: {}", "1:1: unknown key `fact`; did you mean `facts`?"),
        ("calls: 5", "1:1: unknown key `calls`; facts stand under `facts:`, indented: `facts: {calls: ...}`"),
        ("nonsense: 5", "1:1: unknown key `nonsense`; known here are project, facts, assumptions, measured, parked"),
        ("project:", "1:9: `project` is no text; write the project's name, in quotes if need be"),
        ("project: 5", "1:10: `project` is no text"),
        ("project: ''", "1:10: `project` is no text"),
        ("facts: {cals: 5}", "1:9: unknown fact `cals`; did you mean `calls`?"),
        ("facts: {nonsense: 5}", "1:9: unknown fact `nonsense`; `advisor explain` lists all facts"),
        ("facts: {upfront: 5}", "1:9: unknown fact `upfront`; it is an assumption: write it under `assumptions:`"),
        ("facts: {figure: 5}", "1:9: `figure` is computed, not answered; leave it out; it is calls * price"),
        ("facts: {calls: }", "1:16: calls: the answer is empty; write `unknown` for what is not known yet"),
        ("facts: {late: }", "1:15: late: the answer is empty"),
        (
            "facts: {calls: [5]}",
            "1:16: calls: the answer is a list; write one value, for example `250k`, in calls a month",
        ),
        ("facts: {quality: 91}", "1:18: quality: `91` is outside its range, a share from 0 to 1; did you mean `91%`?"),
        ("facts: {calls: 10.000}", "1:16: calls: `10.000` can be read two ways; write `10` or `10,000`"),
        ("facts: {calls: 1e999}", "1:16: calls: `1e999` is too large to be compared exactly"),
        ("facts: {calls: 1,500}", "1:18: `500` stands without an answer; quote what holds a comma inside {}"),
        ("facts: {calls: 5, calls: 6}", "1:19: `calls` stands twice, first in line 1; keep one of the two"),
        ("facts: {calls: !x 5}", "1:16: the tag `!x` is not read here"),
        ("facts: {calls: 5", "2:1: not YAML"),
        ("assumptions: {upfrnt: 5}", "1:15: unknown assumption `upfrnt`; did you mean `upfront`?"),
        ("assumptions: {nonsense: 5}", "1:15: unknown assumption `nonsense`; known are upfront, discount"),
        ("assumptions: {calls: 5}", "1:15: unknown assumption `calls`; it is a fact: write it under `facts:`"),
        ("assumptions: {upfront: 0}", "1:24: upfront: `0` is not above 0; write `$500`, in US dollars, for example"),
        ("measured: {cals: {n: 5}}", "1:12: unknown fact `cals`; did you mean `calls`?"),
        ("measured: {figure: {n: 5}}", "1:12: `figure` is computed, not measured; leave it out"),
        (
            "measured: {calls: usage.csv}",
            "1:19: `calls` is no mapping; write where it is from: file, window, n, low, high",
        ),
        ("measured: {calls: {flie: x}}", "1:20: unknown key `flie`; did you mean `file`?"),
        ("measured: {calls: {size: x}}", "1:20: unknown key `size`; known here are file, window, n, low, high"),
        ("measured: {calls: {file: }}", "1:26: `file` is no single value"),
        ("parked: {cals: 5}", "1:10: unknown fact `cals`; did you mean `calls`?"),
        ("parked: {calls: many}", "1:17: calls: `many` is not a number"),
    ],
)
def test_a_bad_answers_file(small: Rulebook, text: str, problem: str) -> None:
    first = problems_of(text, small)[0]
    assert first.startswith(f"answers.yaml:{problem}")
    assert "; " in first


def test_all_problems_of_a_file_come_at_once_in_their_order(small: Rulebook) -> None:
    text = "parked: {cals: 5}\nfacts:\n  quality: 91\n  stage: x\n  stage: y\n"
    text += "assumptions: {upfront: 0}\nnonsense: 5\nproject: 5\n"
    problems = problems_of(text, small)
    assert [line.split(":")[1] for line in problems] == ["1", "3", "4", "5", "6", "7", "8"]
    assert len(set(problems)) == len(problems)


def test_bytes_that_are_no_text_are_refused(small: Rulebook) -> None:
    assert problems_of(b"facts: {model: \xff}", small) == [
        "answers.yaml:1:16: the file is not UTF-8 text; save the file as plain text in UTF-8"
    ]


def test_answers_of_a_pack_that_is_not_in_force_are_kept_and_not_read() -> None:
    text = "facts: {calls: 5, latency: fast}\nassumptions: {hosting: x}"
    packs = RULEBOOKS / "packs"
    assert parse_answers(text, "a.yaml", load_rulebook(packs, "article")).dormant == {"latency": "fast"}
    assert len(problems_of(text, load_rulebook(packs))) == 2


def test_answers_are_read_from_a_file_or_standard_input(
    small: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("facts: {calls: 5}")
    assert read_answers(str(path), small).facts == {"calls": 5}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"facts: {calls: x}")))
    with pytest.raises(BadInput, match=r"^standard input:1:16: calls: `x` is not a number"):
        read_answers("-", small)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("missing.yaml", "there is no file"), (".", "cannot be read: Is a directory"), ("a\0b", "cannot be read")],
)
def test_a_file_that_cannot_be_read(small: Rulebook, tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_answers(str(tmp_path / name), small)
    assert problem in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_without_standard_input_there_is_a_message(small: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadInput, match="there is no standard input"):
        read_answers("-", small)


def test_settings_replace_answers_and_assumptions(small: Rulebook) -> None:
    before = parse_answers(TEXT, "answers.yaml", small)
    after = apply_settings(before, ("calls=1.2M", "upfront=$700", " stage = unknown", "model=a=b", "late=9"), small)
    assert after.facts == {**before.facts, "calls": 1_200_000, "stage": UNKNOWN, "model": "a=b"}
    assert after.written["calls"] == "1.2M"
    assert after.assumptions == {"upfront": 700}
    assert after.dormant == {"late": "9"}
    assert "calls" not in after.measured
    assert before.facts["calls"] == 250_000


def test_all_problems_of_settings_come_at_once(small: Rulebook) -> None:
    settings = ("cals=5", "calls", "quality=91", "figure=5", "=5", "upfront=0", "calls=", "stage=draft")
    with pytest.raises(BadInput) as caught:
        apply_settings(Answers(), settings, small)
    assert str(caught.value).splitlines() == [
        "--set cals=5: unknown fact `cals`; did you mean `calls`?",
        "--set calls: there is no id and `=`; write it as `--set ID=VALUE`, with an id that `advisor explain` lists",
        "--set quality=91: `91` is outside its range, a share from 0 to 1; did you mean `91%`?",
        "--set figure=5: `figure` is computed, not answered; set the facts it is computed from",
        "--set =5: there is no id and `=`; write it as `--set ID=VALUE`, with an id that `advisor explain` lists",
        "--set upfront=0: `0` is not above 0; write `$500`, in US dollars, for example",
        "--set calls=: the answer is empty; write `unknown` for what is not known yet, or leave the line out",
    ]


def test_an_answer_that_is_changed_is_no_measured_one_any_more(small: Rulebook) -> None:
    before = parse_answers(TEXT, "answers.yaml", small)
    assert "calls" not in before.with_fact("calls", 5, "5").measured
    assert before.with_fact("calls", 5).written["calls"] == 5
    assert "calls" not in before.without_fact("calls").facts
    assert "calls" not in before.without_fact("calls").written
    assert "calls" in before.measured


@given(
    st.dictionaries(
        st.sampled_from(["project", "facts", "assumptions", "measured", "parked", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(["x", "5%", "unknown", ""]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["calls", "quality", "flag", "figure", "late", "upfront", "file", "x"]),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=6,
        ),
    )
)
def test_any_data_is_taken_or_refused_with_places(small: Rulebook, data: dict[str, Any]) -> None:
    check(json.dumps(data), small)


@given(st.text("factsl:{}[],\n -#&*!|>'\"%@`.5_kM~", max_size=40) | st.binary(max_size=20))
def test_any_text_is_taken_or_refused_with_places(small: Rulebook, text: str | bytes) -> None:
    check(text, small)


def check(text: str | bytes, rulebook: Rulebook) -> None:
    try:
        parse_answers(text, "a.yaml", rulebook)
        problems = []
    except BadInput as error:
        problems = list(error.problems)
    assert [problem for problem in problems if not problem.place or not problem.mend or "\n" in str(problem)] == []
    assert len(set(problems)) == len(problems)
