"""A rulebook written as DMN and read again is the same, also after an editor saved it; what a person edits counts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.dmn.cells import Words, cell_of
from advisor.dmn.reading import dmn_sources, read_dmn
from advisor.dmn.writing import dmn
from advisor.errors import BadInput
from advisor.rulebook.loading import build_rulebook
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import ChoiceSet, ValueSet
from tests.conftest import ROOT
from tests.dmn_texts import SMALL, differing, read, rulebook_of, without_extensions
from tests.rule_texts import build_texts

PACKAGES = ("dmn-js@17", "playwright-core@1")


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return build_texts(SMALL)


@pytest.mark.parametrize("profile", ["article", "full"])
def test_the_shipped_rules_come_back(profile: str, article: Rulebook, rulebook: Rulebook, tmp_path: Path) -> None:
    written = article if profile == "article" else rulebook
    path = tmp_path / "rules.dmn"
    path.write_text(dmn(written), encoding="utf-8")
    again = read_dmn(path)
    elsewhere = ["dormant"] if written.dormant else []  # the file holds what is in force
    assert differing(written, again) == elsewhere
    assert again.digest == written.digest
    assert dmn(again) == path.read_text(encoding="utf-8")


def test_everything_a_rulebook_can_hold_comes_back(small: Rulebook) -> None:
    again = rulebook_of(dmn(small))
    assert differing(small, again) == []
    assert again.digest == small.digest
    assert again.packs == ("article", "field")
    texts = [[test.text for _, test in row.tests()] for row in small.rows]
    assert [[test.text for _, test in row.tests()] for row in again.rows] == texts


def test_a_file_of_all_packs_can_be_read_in_the_profile_of_one(small: Rulebook) -> None:
    article = build_texts(SMALL, "article")
    again = rulebook_of(dmn(small), "article")
    assert again.tables == article.tables
    assert again.facts == article.facts


def test_sources_are_one_for_each_pack(small: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "rules.dmn"
    path.write_text(dmn(small), encoding="utf-8")
    sources = dmn_sources(path)
    assert [source.pack for source in sources] == [None, "article", "field"]
    assert build_rulebook(sources, "full").digest == small.digest


def test_the_file_is_as_it_was(small: Rulebook, golden: Callable[[str, str], None]) -> None:
    golden("rules/small.dmn", dmn(small))


def test_rules_of_one_row_never_hold_together_where_they_are_counted(small: Rulebook) -> None:
    """A DMN engine counts rules, so that a row must not be two of them at once."""
    text = dmn(small)
    cells = re.findall(r'id="rule_reasons.either(?:_\d)?_(\w+)">\s*<text>(.*?)</text>', text)
    rules = [dict(cells[at : at + 5]) for at in range(0, len(cells), 5)]
    assert [rule["broad"] for rule in rules] == ["false", "not(false)", "not(false)", "not(false)"]
    assert [rule["quality"] for rule in rules] == ["-", "&lt; 0.5", "&gt;= 0.5, null", "&lt; 0.5"]


def test_places_are_lines_of_the_dmn_file(small: Rulebook) -> None:
    text = dmn(small)
    lines = text.splitlines()
    again = rulebook_of(text)
    row = again.row("reasons.late")
    assert row is not None
    assert row.place.file == "rules.dmn"
    assert '<rule id="rule_reasons.late"' in lines[row.place.line - 1]
    assert 'id="rule_reasons.late_quality"' in lines[row.when["quality"].place.line - 1]
    assert lines[row.when["quality"].place.line - 1][row.when["quality"].place.column - 1 :].startswith("<inputEntry")
    assert '<decision id="tier"' in lines[again.tables["tier"].place.line - 1]
    place = again.facts["calls"].place
    assert place is not None
    assert "<advisor:fact" in lines[place.line - 1]


# -- what people and programs do with a file --------------------------------------------------------------------------


def test_without_our_elements_the_tables_still_mean_the_same(small: Rulebook) -> None:
    again = rulebook_of(without_extensions(dmn(small)))
    assert list(again.tables) == list(small.tables)
    assert again.order == small.order
    for name in ("tier", "recommendation", "extra"):
        old, new = small.tables[name], again.tables[name]
        assert new.hit_policy == old.hit_policy
        # A row with alternatives is several rows now, one for each rule.
        boxes = [box for row in old.rows for box in row.alternatives()]
        asked = [{fact: values for fact, values in box.items() if str(values) != "-"} for box in boxes]
        assert [row.alternatives()[0] for row in new.rows] == list(unique(asked))


def unique(boxes: list[dict[str, ValueSet]]) -> Iterator[dict[str, ValueSet]]:
    yield from (box for number, box in enumerate(boxes) if box not in boxes[:number])


def edited(small: Rulebook, old: str, new: str) -> Rulebook:
    text = dmn(small)
    assert text.count(old) == 1, text.count(old)
    return rulebook_of(text.replace(old, new))


def test_an_edited_cell_counts_more_than_what_our_element_carries(small: Rulebook) -> None:
    old = '<inputEntry id="rule_tier.low_calls">\n          <text>&lt; 10000</text>'
    row = edited(small, old, old.replace("10000", "20000")).row("tier.low")
    assert row is not None
    assert row.when["calls"].text == "< 20_000"
    # The row with alternatives: the rules are read as they are, cut apart.
    old = '<inputEntry id="rule_reasons.either_broad">\n          <text>false</text>'
    row = edited(small, old, old.replace("false", "true")).row("reasons.either")
    assert row is not None
    assert row.any_of is not None
    assert len(row.any_of) == 4


def test_an_edited_conclusion_or_reason_counts(small: Rulebook) -> None:
    text = dmn(small)
    old = '<outputEntry id="rule_go.tune_output">\n          <text>"tune"</text>'
    assert old in text
    row = rulebook_of(text.replace(old, old.replace('"tune"', '"wait"'))).row("go.tune")
    assert row is not None
    assert row.then == "wait"
    row = rulebook_of(text.replace("{{ calls | quantity }} &lt; 10,000", "New.")).row("tier.low")
    assert row is not None
    assert row.because == "New."


def test_a_copied_rule_becomes_a_row_of_its_own(small: Rulebook) -> None:
    text = dmn(small)
    found = re.search(r' *<rule id="rule_go.rest".*?</rule>\n', text, re.DOTALL)
    assert found is not None
    copy = found[0].replace("rule_go.rest", "copy").replace('"wait"', '"tune"')
    again = rulebook_of(text.replace(found[0], found[0] + copy))
    assert [row.id for row in again.tables["recommendation"].rows][-2:] == ["go.rest", "go.rest_"]


def test_moved_rules_keep_their_order(small: Rulebook) -> None:
    """A row of a later pack that was moved below others stays there, as a row of the table's own pack."""
    text = dmn(small)
    found = re.search(r' *<rule id="rule_go.late".*?</rule>\n', text, re.DOTALL)
    assert found is not None
    moved = text.replace(found[0], "")
    at = moved.index("</decisionTable>", moved.index('id="rule_go.rest"'))
    again = rulebook_of(moved[:at] + found[0].strip() + moved[at:])
    assert [row.id for row in again.tables["recommendation"].rows] == ["go.wait", "go.tune", "go.rest", "go.late"]


def test_our_elements_are_checked_like_rule_files(small: Rulebook) -> None:
    with pytest.raises(BadInput) as caught:
        edited(small, '<advisor:fact id="calls" kind="integer"', '<advisor:fact id="calls" kind="integre"')
    assert re.match(r"rules\.dmn:\d+:\d+: `integre` is no kind of fact; use one of[^\n]*$", str(caught.value))


# -- random rulebooks -------------------------------------------------------------------------------------------------

_FACTS: Any = {
    "n": {"id": "n", "kind": "integer", "domain": "[0..20]"},
    "q": {"id": "q", "kind": "number"},
    "c": {"id": "c", "kind": "choice", "choices": {"a": "A", "5": "five", "b c": "C", "true": "T"}, "required": True},
    "b": {"id": "b", "kind": "boolean"},
    "t": {"id": "t", "kind": "text"},
}
_TESTS = {
    "n": ["< 5", "[2..7)", "5", "unknown", "known", "not(3, [7..9])", "> 10, unknown", "-", "(3..3)"],
    "q": ["<= 0.5", "(0.1..0.35]", "-2.5", "not(1)", "> 85%", "unknown"],
    "c": ["a", "a, b c", "not(a)", '"5"', "not(a, 5, b c, true, unknown)", "unknown", "-", "true"],
    "b": ["true", "not(true)", "false, unknown", "known", "true, false"],
    "t": ["known", "unknown", "not(unknown)", "-"],
}
_mappings = st.fixed_dictionaries({}, optional={name: st.sampled_from(held) for name, held in _TESTS.items()})


def shuffled(data: st.DataObject, mapping: dict[str, Any]) -> dict[str, Any]:
    return {name: mapping[name].strip('"') for name in data.draw(st.permutations(sorted(mapping)))}


def test_an_alternative_that_can_never_hold_takes_nothing_from_the_next() -> None:
    rows = [{"id": "t0.1", "when": {"any": [{"n": "(3..3)", "t": "known"}, {}]}, "then": "x"}]
    tables = [{"id": "t0", "hit_policy": "unique", "rows": rows}]
    rulebook = build_texts({"rules.yaml": json.dumps({"facts": list(_FACTS.values()), "tables": tables})})
    assert differing(rulebook, rulebook_of(dmn(rulebook))) == []


@settings(max_examples=40)
@given(st.data())
def test_random_rulebooks_come_back(data: st.DataObject) -> None:
    tables = []
    for number in range(data.draw(st.integers(1, 3))):
        policy = data.draw(st.sampled_from(["unique", "any", "first", "collect", "count"]))
        values: list[Any] = data.draw(st.sampled_from([["x", "y z", "unknown"], [1, 2.5], [True, False], [None]]))
        rows = []
        for row in range(data.draw(st.integers(0, 4))):
            when: dict[str, Any] = shuffled(data, data.draw(_mappings))
            if data.draw(st.booleans()):
                drawn = data.draw(st.lists(_mappings, min_size=1, max_size=3))
                when["any"] = [shuffled(data, mapping) for mapping in drawn]
            then = data.draw(st.sampled_from(values))
            held: dict[str, Any] = {"id": f"t{number}.{row}", "when": when}
            if then is not None and policy != "count":
                held["then"] = then
            rows.append(held)
        tables.append({"id": f"t{number}", "hit_policy": policy, "rows": rows})
    rulebook = build_texts({"rules.yaml": json.dumps({"facts": list(_FACTS.values()), "tables": tables})})
    text = dmn(rulebook)
    again = rulebook_of(text)
    assert differing(rulebook, again) == []
    assert again.digest == rulebook.digest
    assert dmn(again) == text


def test_cells_say_what_the_tests_of_the_shipped_rules_do(rulebook: Rulebook) -> None:
    for row in rulebook.rows:
        for name, test in row.tests():
            fact = rulebook.fact(name)
            cell = cell_of(test.text, fact.kind)
            if isinstance(cell, Words) and isinstance(test.values, ChoiceSet):
                for value in (*test.values.domain, "unknown"):
                    assert test.values.contains(value) == ((value in cell.values) != cell.negated)
            elif not isinstance(cell, Words):
                assert cell == test.values


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    text = dmn(build_texts(SMALL))
    lines = text.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "text", "name"])):
            case "drop":
                lines[at] = ""
            case "double":
                lines[at] *= 2
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "text":
                lines[at] = re.sub(
                    r">[^<>]+<", f">{data.draw(st.sampled_from(['-', 'x', '{', '5', '<a/>']))}<", lines[at]
                )
            case "name":
                lines[at] = re.sub(
                    r'"[^"]*"', f'"{data.draw(st.sampled_from(["", "x", "first", "any", "a b"]))}"', lines[at]
                )
    try:
        rulebook_of("".join(lines))
    except BadInput as error:
        assert all(problem.what for problem in error.problems)  # noqa: PT017
    read(text)


# -- the editor -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_dmn_editor_opens_every_table_and_saves_the_same_rules(rulebook: Rulebook, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (chromium and npm and node):
        pytest.skip("needs npm, node and chromium")
    (tmp_path / "package.json").write_text('{"private": true}', encoding="utf-8")
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    if subprocess.run(install, cwd=tmp_path, capture_output=True, timeout=300, check=False).returncode:
        pytest.skip("dmn-js and playwright-core cannot be installed")
    path = tmp_path / "rules.dmn"
    path.write_text(dmn(rulebook), encoding="utf-8")
    script = ROOT / "tests" / "dmn" / "open_in_editor.mjs"
    subprocess.run([node, str(script), str(tmp_path), chromium, str(path), str(tmp_path)], timeout=200, check=True)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["warnings"], report["errors"], report["drawing"]) == ([], [], True)
    assert list(report["tables"]) == list(rulebook.tables)
    for name, seen in report["tables"].items():
        table = rulebook.tables[name]
        assert seen["inputs"] == len(table.inputs)
        assert seen["rules"] >= len(table.rows)
    assert (tmp_path / "recommendation.png").stat().st_size > 10_000
    saved = read_dmn(tmp_path / "saved.dmn")
    assert differing(rulebook, saved) == []
