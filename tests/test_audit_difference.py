"""What an edit changes: boxes without overlap that together are exactly the projects decided differently."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.answers import Answers
from advisor.audit.diagrams import TooLargeError
from advisor.audit.difference import Change, compare
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.rulebook.unary import parse_test
from advisor.world import recommend_quickly
from tests.audits import edited, written

RULES = """
    facts:
      - {id: calls, kind: integer, domain: "[0..20]"}
      - {id: broad, kind: boolean}
    options:
      - {id: prompt, approach: prompting}
      - {id: tune, approach: fine_tuning}
    tables:
      - id: recommendation
        hit_policy: first
        rows:
          - {id: many, when: {calls: ">= 10", broad: false}, then: tune, strength: likely}
          - {id: rest, when: {}, then: prompt}
"""


def sides(folder: Path, *edits: tuple[str, str], rules: str = RULES) -> tuple[Rulebook, Rulebook]:
    text = rules
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return written(folder / "before", rules), written(folder / "after", text)


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, dict[str, str]]]:
    return [(change.before.option, change.after.option, dict(change.box)) for change in changes]


def test_the_same_rules_are_the_same_at_once(rulebook: Rulebook, article: Rulebook) -> None:
    difference = compare(rulebook, rulebook)
    assert difference.same
    assert difference.changes == ()
    assert compare(article, load_rulebook(profile="article")).changed == 0


def test_a_moved_threshold_changes_what_lies_between(tmp_path: Path) -> None:
    difference = compare(*sides(tmp_path, (">= 10", ">= 15")))
    assert told(difference.changes) == [("tune", "prompt", {"calls": "[10..15)", "broad": "false"})]
    (change,) = difference.changes
    assert (change.before.row, change.after.row) == ("many", "rest")
    assert change.example == change.answers == {"calls": 10, "broad": False}
    assert (difference.changed, difference.cells, difference.shown) == (1, 12, True)


def test_a_change_of_strength_is_a_change_and_one_of_words_is_none(tmp_path: Path) -> None:
    difference = compare(*sides(tmp_path / "a", ("strength: likely", "strength: definite")))
    assert [(c.before.strength, c.after.strength) for c in difference.changes] == [("likely", "definite")]
    difference = compare(*sides(tmp_path / "b", ("id: many", "id: lots")))
    assert (difference.same, difference.changed) == (False, 0)


def test_facts_choices_and_options_that_one_side_has_are_compared(tmp_path: Path) -> None:
    new_fact = ("- {id: broad, kind: boolean}", "- {id: broad, kind: boolean}\n      - {id: fast, kind: boolean}")
    new_option = ("- {id: tune,", "- {id: wait, approach: prompting}\n      - {id: tune,")
    new_row = ("- {id: many,", "- {id: soon, when: {fast: true}, then: wait}\n          - {id: many,")
    before, after = sides(tmp_path, new_fact, new_option, new_row)
    assert told(compare(before, after).changes) == [
        ("prompt", "wait", {"calls": "[0..10), unknown", "fast": "true"}),
        ("prompt", "wait", {"calls": "[10..20]", "broad": "true, unknown", "fast": "true"}),
        ("tune", "wait", {"calls": "[10..20]", "broad": "false", "fast": "true"}),
    ]
    backwards = compare(after, before)
    assert backwards.changed == compare(before, after).changed
    assert {change.after.option for change in backwards.changes} == {"tune", "prompt"}


def test_a_table_that_one_side_lacks_concludes_nothing_there(tmp_path: Path) -> None:
    before = written(tmp_path / "before", RULES)
    after = written(
        tmp_path / "after", RULES.replace("id: recommendation", "id: other").replace(", strength: likely", "")
    )
    difference = compare(before, after)
    assert {change.after.option for change in difference.changes} == {UNKNOWN}
    assert difference.changed == difference.cells


def test_without_a_recommendation_the_last_tables_are_compared(tmp_path: Path) -> None:
    rules = RULES.replace("id: recommendation", "id: verdict").replace(", strength: likely", "")
    difference = compare(*sides(tmp_path, (">= 10", "> 10"), rules=rules))
    (change,) = difference.changes
    assert (change.table, change.box) == ("verdict", {"calls": "10", "broad": "false"})


def test_a_fact_of_another_kind_cannot_be_compared(tmp_path: Path) -> None:
    rules = RULES.replace("broad: false", "broad: known")
    after = ("{id: broad, kind: boolean}", "{id: broad, kind: number}")
    with pytest.raises(TooLargeError, match="another kind"):
        compare(*sides(tmp_path, after, rules=rules))


def test_an_edit_of_the_shipped_rules_is_told_in_few_boxes(tmp_path: Path, article: Rulebook) -> None:
    looser = ("article/quality.yaml", '"< 85%"', '"< 80%"')
    lower = ("article/quality.yaml", '"[85%..95%)"', '"[80%..95%)"')
    after = load_rulebook(edited(tmp_path / "rules", looser, lower), "article")
    difference = compare(article, after)
    assert difference.shown
    assert 0 < len(difference.changes) <= 40
    for change in difference.changes:
        assert change.box["prompting_quality"] == "[0.8..0.85)"
        assert "-" not in change.box.values()
        if change.answers is not None:
            for book, decided in ((article, change.before), (after, change.after)):
                facts = {name: value for name, value in change.answers.items() if name in book.facts}
                upfront = {name: value for name, value in change.answers.items() if name in book.assumptions}
                row = recommend_quickly(book, Answers(facts=facts, assumptions=upfront))  # type: ignore[arg-type]
                assert row is not None
                assert row.id == decided.row
    assert sum(change.answers is not None for change in difference.changes) >= 20


ROWS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["true", "false", "-"]), st.booleans()),
    max_size=4,
)


@settings(max_examples=40)
@given(first=ROWS, second=ROWS)
def test_the_boxes_are_exactly_what_differs(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[int, int, str, bool]],
    second: list[tuple[int, int, str, bool]],
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    before, after = (written(folder / str(n), random_rules(rows)) for n, rows in enumerate((first, second)))
    difference = compare(before, after)
    everything: tuple[list[Value], list[Value]] = ([*range(21), UNKNOWN], [True, False, UNKNOWN])
    for calls, broad in product(*everything):
        facts = {"calls": calls, "broad": broad}
        rows = [recommend_quickly(book, Answers(facts=facts)) for book in (before, after)]
        options = [str(row.then) if row else UNKNOWN for row in rows]
        holding = [change for change in difference.changes if lies_in(before, change, facts)]
        assert len(holding) == (options[0] != options[1])
        for change in holding:
            assert [change.before.option, change.after.option] == options


def random_rules(rows: list[tuple[int, int, str, bool]]) -> str:
    lines = []
    for n, (a, b, broad, tune) in enumerate(rows):
        when = f'{{calls: "[{min(a, b)}..{max(a, b)}]", broad: "{broad}"}}'
        lines.append(f"- {{id: r{n}, when: {when}, then: {'tune' if tune else 'prompt'}}}")
    head, _, _ = RULES.partition("          - {id: many")
    return head + "".join(f"          {line}\n" for line in [*lines, "- {id: z, when: {broad: unknown}, then: prompt}"])


def lies_in(book: Rulebook, change: Change, facts: dict[str, Value]) -> bool:
    return all(parse_test(test, book.facts[name].domain).contains(facts[name]) for name, test in change.box.items())
