"""Rule files to a rulebook: packs, profiles and order, what tables conclude, and that nothing of it can be changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from advisor.errors import BadInput
from advisor.rulebook.loading import load_rulebook, rule_files
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import ChoiceSet, NumberSet
from tests.rule_texts import FACTS, RULEBOOKS, build_texts, load_texts, problems_of, table

PACKS = RULEBOOKS / "packs"


def test_a_facts_file_and_one_table_are_a_rulebook() -> None:
    rulebook = load_rulebook(RULEBOOKS / "smallest")
    assert list(rulebook.facts) == ["calls"]
    assert [row.id for row in rulebook.rows] == ["small", "large"]
    assert rulebook.tables["size"].title == "size"
    assert rulebook.row("small") is rulebook.tables["size"].rows[0]
    assert rulebook.row("medium") is None
    assert rulebook.packs == ()


@pytest.mark.parametrize("profile", ["article", "full"])
def test_the_shipped_rules_load_in_both_profiles(profile: str) -> None:
    rulebook = load_rulebook(profile=profile)
    assert rulebook.profile == profile
    assert "article" in rulebook.packs
    assert "recommendation" in rulebook.tables


def test_files_outside_packs_load_first_then_article_field_and_others_by_name() -> None:
    assert [file.name for file in rule_files(PACKS)] == [
        *("facts.yaml", "tables.yaml", "article/b.yaml", "field/a.yaml", "zeta/a.yaml")
    ]


def test_rows_of_later_packs_go_before_those_they_extend() -> None:
    rulebook = load_rulebook(PACKS)
    assert rulebook.packs == ("article", "field", "zeta")
    assert [row.id for row in rulebook.tables["recommendation"].rows] == [
        *("zeta.first", "zeta.second", "field.switch", "article.wait")
    ]
    assert rulebook.tables["recommendation"].inputs == ("calls", "latency")
    assert [row.pack for row in rulebook.tables["recommendation"].rows] == ["zeta", "zeta", "field", "article"]


def test_the_article_profile_is_that_pack_and_what_belongs_to_none() -> None:
    rulebook = load_rulebook(PACKS, "article")
    assert rulebook.packs == ("article",)
    assert list(rulebook.tables) == ["always", "recommendation"]
    assert [row.id for row in rulebook.tables["recommendation"].rows] == ["article.wait"]
    assert list(rulebook.facts) == ["calls", "output_tokens"]
    assert list(rulebook.options) == ["wait"]
    assert list(rulebook.assumptions) == ["upfront"]
    assert list(rulebook.sources) == ["paper"]
    assert list(rulebook.items) == ["paper.one"]
    assert rulebook.dormant == {"latency", "hosting"}


def test_a_default_of_a_pack_is_one_only_where_the_pack_is_in_force() -> None:
    default = load_rulebook(PACKS).facts["output_tokens"].default
    assert default is not None
    assert default.value == 200
    assert load_rulebook(PACKS, "article").facts["output_tokens"].default is None


def test_an_item_of_a_pack_is_cited_only_where_the_pack_is_in_force() -> None:
    assert load_rulebook(PACKS).tables["always"].rows[0].source == ("paper.one", "page.one")
    assert load_rulebook(PACKS, "article").tables["always"].rows[0].source == ("paper.one",)


def test_a_constraint_is_in_force_with_its_file_and_all_its_facts() -> None:
    assert [list(constraint.never) for constraint in load_rulebook(PACKS).constraints] == [
        *(["calls", "latency"], ["calls", "output_tokens"], ["calls"])
    ]
    assert [list(constraint.never) for constraint in load_rulebook(PACKS, "article").constraints] == [
        ["calls", "output_tokens"]
    ]


def test_any_pack_alone_is_a_profile_and_no_other_name_is(tmp_path: Path) -> None:
    files = {"facts.yaml": FACTS, "own/t.yaml": table("{calls: 5}"), "field/t.yaml": "tables: []"}
    assert list(load_texts(tmp_path, files, "own").tables) == ["t"]
    with pytest.raises(BadInput, match=r"there is no profile `fulll`; use one of article, full"):
        load_rulebook(tmp_path, "fulll")


def test_a_table_in_the_article_profile_cannot_read_a_fact_of_another_pack(tmp_path: Path) -> None:
    files = {"facts.yaml": FACTS, "article/t.yaml": table("{latency: 5}", "because: '{{ latency }}'")}
    assert list(load_texts(tmp_path, files).tables) == ["t"]
    assert problems_of(tmp_path, files, "article") == [
        "article/t.yaml:6:16: the fact `latency` is of the pack `field`, which is not in force here; "
        "test a fact of this pack, or move the rule to that one",
        "article/t.yaml:8:18: `latency` is no fact, figure, assumption or table in force; use an id of the rulebook",
    ]


def test_conclusions_are_what_the_rows_conclude(tmp_path: Path) -> None:
    rulebook = build_texts(
        {
            "facts.yaml": FACTS,
            "tables.yaml": """
tables:
  - {id: words, hit_policy: first, rows: [{id: a, when: {flag: true}, then: low}, {id: b, when: {}, then: unknown}]}
  - {id: truth, hit_policy: any, rows: [{id: c, when: {flag: true}, then: true}]}
  - {id: numbers, hit_policy: first, rows: [{id: d, when: {flag: true}, then: 10_000}, {id: e, when: {}, then: 85%}]}
  - {id: wholes, hit_policy: first, rows: [{id: f, when: {flag: true}, then: 1}, {id: g, when: {}, then: 2k}]}
  - {id: counted, hit_policy: count, rows: [{id: h, when: {flag: true}}, {id: i, when: {calls: 0}}]}
  - {id: listed, hit_policy: collect, rows: [{id: j, when: {flag: true}}, {id: k, when: {}, then: "any, word"}]}
  - {id: reader, hit_policy: first, rows: [{id: l, when: {numbers: "> 85%", counted: 2, words: low}, then: x}]}
""",
        }
    )
    kinds = {name: (fact.kind, str(fact.domain)) for name, fact in rulebook.concluded.items()}
    assert kinds == {
        "words": ("choice", "-"),
        "truth": ("boolean", "true"),
        "numbers": ("number", "0.85, 10_000"),
        "wholes": ("integer", "1, 2_000"),
        "counted": ("integer", "0, 1, 2"),
        "reader": ("choice", "known"),
    }
    assert [row.then for row in rulebook.tables["numbers"].rows] == [10_000, 0.85]
    assert rulebook.order.index("reader") > max(rulebook.order.index(name) for name in ("numbers", "counted", "words"))
    assert rulebook.ancestors("reader") == ("words", "numbers", "counted", "reader")


def test_facts_have_the_domains_of_their_kinds() -> None:
    rulebook = build_texts(
        {
            "facts.yaml": FACTS.replace("kind: boolean", "kind: boolean, required: true"),
            "t.yaml": table("{calls: 5}"),
        }
    )
    assert str(rulebook.facts["calls"].domain) == "[0..1_000_000], unknown"
    assert rulebook.facts["flag"].domain == ChoiceSet(("true", "false"), False, ("true", "false"))
    assert rulebook.facts["flag"].required
    assert rulebook.facts["stage"].choices == {"none": "not begun", "draft": "begun", "optimised": "done"}
    assert isinstance(rulebook.facts["quality"].domain, NumberSet)


def test_a_rows_alternatives_join_its_condition_with_each_of_any() -> None:
    when = "{calls: < 10, any: [{flag: true}, {calls: '> 5', stage: draft}, {}]}"
    row = build_texts({"facts.yaml": FACTS, "t.yaml": table(when)}).tables["t"].rows[0]
    assert [{name: str(values) for name, values in one.items()} for one in row.alternatives()] == [
        {"calls": "< 10", "flag": "true"},
        {"calls": "(5..10)", "stage": "draft"},
        {"calls": "< 10"},
    ]
    assert [name for name, _ in row.tests()] == ["calls", "flag", "calls", "stage"]


def test_texts_are_one_paragraph_however_their_lines_are_broken() -> None:
    row = build_texts({"facts.yaml": FACTS, "t.yaml": table("{}", "because: |", "  one", "", "  two")}).row("r")
    assert row is not None
    assert row.because == "one two"


def test_a_rulebook_cannot_be_changed(rulebook: Rulebook) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        rulebook.profile = "x"  # type: ignore[misc]
    row = next(row for row in rulebook.rows if row.when)
    option = next(iter(rulebook.options.values()))
    choice = next(fact for fact in rulebook.facts.values() if fact.choices)
    for held in (
        rulebook.facts,
        rulebook.tables,
        rulebook.concluded,
        row.when,
        row.scenario,
        option.texts,
        choice.choices,
    ):
        with pytest.raises(TypeError):
            held["x"] = "y"  # type: ignore[index]
    assert isinstance(rulebook.tables["recommendation"].rows, tuple)
    assert isinstance(rulebook.order, tuple)
    assert isinstance(rulebook.constraints, tuple)


def test_nothing_in_a_rulebook_can_be_changed(rulebook: Rulebook) -> None:
    changeable: list[str] = []

    def look(value: object, path: str) -> None:
        if isinstance(value, dict | list | set | bytearray):
            changeable.append(path)
        elif dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                look(getattr(value, field.name), f"{path}.{field.name}")
        elif isinstance(value, tuple):
            for i, held in enumerate(value):
                look(held, f"{path}[{i}]")
        elif hasattr(value, "items"):
            for name, held in value.items():
                look(held, f"{path}[{name}]")

    look(rulebook, "rulebook")
    assert changeable == []
