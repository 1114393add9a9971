"""Files of worked cases are read with every fault in its place, and compared to the last digit written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.cases import read_cases
from advisor.cases_outcome import agrees, differences
from advisor.cases_shape import case_file_schema
from advisor.deciding.engine import EngineEvaluator
from advisor.errors import BadInput
from advisor.quantities import NumberError
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value
from advisor.world import decide_project

FOLDER = Path(__file__).parent / "cases"
SCHEMA = FOLDER / "schema.json"

GOOD = "{name: one, facts: {monthly_calls: 250k}, expect: {tables: {volume_tier: high}}}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty"),
        ("cases: []", "holds no cases"),
        (f"case: [{GOOD}]", "1:1: unknown key `case`"),
        (f"profile: ful\ncases: [{GOOD}]", "1:10: `ful` is no"),
        ("cases:\n- {expect: {tables: {volume_tier: unmeasured}}}", "2:3: `name` is missing"),
        ("cases:\n- {name: one}", "2:3: `expect` is missing"),
        ("cases:\n- {name: one, expect: {}}", "2:23: nothing is expected"),
        ("cases:\n- {name: one, expects: {option: prompting}}", "2:15: unknown key `expects`"),
        (
            "cases:\n- {name: one, facts: {monthy_calls: 5}, expect: {tables: {volume_tier: low}}}",
            "2:23: `monthy_calls` cannot stand under `facts`; did you mean `monthly_calls`?",
        ),
        (
            "cases:\n- {name: one, facts: {crossover_ratio: 5}, expect: {matches: framing.buy}}",
            "2:23: `crossover_ratio` cannot stand under `facts`",
        ),
        (
            "cases:\n- {name: one, facts: {monthly_calls: 1.5}, expect: {tables: {volume_tier: low}}}",
            "2:38: monthly_calls: ",
        ),
        (
            "cases:\n- {name: one, facts: {ml_expertise: some}, expect: {tables: {volume_tier: unmeasured}}}",
            "2:23: nothing that is expected rests on `ml_expertise`; leave it out",
        ),
        (
            "cases:\n- {name: one, assumptions: {tuning_upfront: 5}, expect: {tables: {volume_tier: unmeasured}}}",
            "2:29: nothing that is expected rests on `tuning_upfront`; leave it out",
        ),
        (
            "cases:\n- {name: one, assumptions: {tuning_upfrnt: 5}, expect: {figures: {crossover_calls: 5}}}",
            "2:29: `tuning_upfrnt` cannot stand under `assumptions`; did you mean `tuning_upfront`?",
        ),
        (
            "cases:\n- {name: one, facts: {prompt_maturity: none, prompting_quality: 80%}, expect: {option: measure}}",
            "2:22: prompt_maturity and prompting_quality cannot be so together; There is nothing to measure",
        ),
        ("cases:\n- {name: one, expect: {option: measur}}", "2:32: unknown option `measur`; did you mean `measure`?"),
        ("cases:\n- {name: one, expect: {strength: likly}}", "2:34: `likly` is no"),
        ("cases:\n- {name: one, expect: {row: route.near_hug}}", "2:29: unknown row `route.near_hug`; did you mean"),
        ("cases:\n- {name: one, expect: {row: volume.over_1m}}", "2:29: unknown row `volume.over_1m`"),
        ("cases:\n- {name: one, expect: {matches: [path.strt]}}", "2:33: unknown matches `path.strt`; did you mean"),
        ("cases:\n- {name: one, expect: {not: path.strt}}", "2:29: unknown not `path.strt`; did you mean"),
        (
            "cases:\n- {name: one, expect: {tables: {volume_teir: low}}}",
            "2:33: `volume_teir` cannot stand under `tables`; did you mean `volume_tier`?",
        ),
        ("cases:\n- {name: one, expect: {tables: {volume_tier: hihg}}}", "2:46: volume_tier: `hihg` is none of its"),
        ("cases:\n- {name: one, expect: {tables: {volume_tier: [low, high]}}}", "volume_tier: it concludes one value"),
        ("cases:\n- {name: one, expect: {tables: {phases: [x]}}}", "2:41: phases: `x` is none of its conclusions"),
        (
            "cases:\n- {name: one, expect: {figures: {crossover_calls: lots}}}",
            "crossover_calls: `lots` is not a number",
        ),
        ("cases:\n- {name: one, expect: {figures: {crossover: 5}}}", "2:34: `crossover` cannot stand under `figures`"),
        (f"cases:\n- {GOOD}\n- {GOOD}", "3:3: the case in line 2 has this name too; say what differs"),
    ],
)
def test_a_fault_in_a_file_of_cases_is_said_with_its_place(
    text: str, problem: str, tmp_path: Path, article: Rulebook
) -> None:
    (tmp_path / "cases.yaml").write_text(text)
    with pytest.raises(BadInput) as caught:
        read_cases(tmp_path, article)
    assert problem in str(caught.value)


def test_the_example_of_the_folders_readme_holds(tmp_path: Path, article: Rulebook) -> None:
    example = (FOLDER / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "a.yaml").write_text(f"cases:\n{example}")
    case = read_cases(tmp_path, article)[0]
    with EngineEvaluator(article) as engine:
        assert list(differences(case.expected, decide_project(article, case.answers, engine))) == []


def test_every_fault_of_every_file_is_said_at_once(tmp_path: Path, article: Rulebook) -> None:
    (tmp_path / "a.yaml").write_text("cases:\n- {name: one, expect: {option: x, row: y}}\n- {name: two, expect: 3}\n")
    (tmp_path / "b.yaml").write_text("cases: [\n")
    with pytest.raises(BadInput) as caught:
        read_cases(tmp_path, article)
    places = [(Path(p.place.file).name, p.place.line) for p in caught.value.problems if p.place]
    assert places == [("a.yaml", 2), ("a.yaml", 2), ("a.yaml", 3), ("b.yaml", 2)]


def test_a_fault_is_said_once_and_not_of_all_that_follows_from_it(tmp_path: Path, article: Rulebook) -> None:
    (tmp_path / "a.yaml").write_text(
        "cases:\n- {facts: {monthly_calls: 5}, expect: {tables: {volume_teir: low}}}\n"
        "- {facts: {monthly_calls: 5}, expect: 3}\n"
    )
    with pytest.raises(BadInput) as caught:
        read_cases(tmp_path, article)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 4
    assert ["`name` is missing" in line for line in said] == [True, False, True, False]
    assert "`volume_teir` cannot stand under `tables`" in said[1]
    assert "must be a mapping" in said[3]


def test_cases_of_another_profile_are_left_out(tmp_path: Path, article: Rulebook, rulebook: Rulebook) -> None:
    other = GOOD.replace("one", "two")
    (tmp_path / "a.yaml").write_text(f"profile: full\ncases: [{GOOD}]")
    (tmp_path / "b.yaml").write_text(f"cases: [{other}]")
    assert [case.name for case in read_cases(tmp_path, article)] == ["two"]
    assert [case.name for case in read_cases(tmp_path, rulebook)] == ["one", "two"]


def test_a_case_that_does_not_hold_says_what_came_instead(tmp_path: Path, article: Rulebook) -> None:
    (tmp_path / "a.yaml").write_text(
        "cases:\n- {name: one, facts: {prompt_maturity: none, monthly_calls: 5}, expect: {option: measure,\n"
        "    strength: likely, row: route.near_stay, tables: {volume_tier: high, phases: []}, matches: path.optimise,\n"
        "    not: path.start, figures: {crossover_calls: 119_047, lifetime_calls: never}}}"
    )
    case = read_cases(tmp_path, article)[0]
    with EngineEvaluator(article) as engine:
        assert list(differences(case.expected, decide_project(article, case.answers, engine))) == [
            "option is start_prompting, not measure",
            "strength is definite, not likely",
            "row is route.no_prompt, not route.near_stay",
            "volume_tier is low, not high",
            "phases is ('discovery',), not ()",
            "path.optimise does not match",
            "path.start matches",
            "crossover_calls is 119047.61904761905, not 119_047",
            "lifetime_calls is 60.0, not never",
        ]


@pytest.mark.parametrize(
    ("value", "written", "same"),
    [
        (119047.62, "119_048", True),
        (119047.62, "119,048", True),
        (119047.62, "119_047", False),
        (119047.62, "119k", True),
        (119047.62, "~120k", False),
        (0.0042, "$0.0042", True),
        (0.00425, "0.0042", True),
        (0.0043, "0.0042", False),
        (0.0043, "0.004", True),
        (0.9999, "1.00", True),
        (0.9999, "1.0000", False),
        (0.914, "91%", True),
        (-0.000003, "-0.000003", True),
        (0.0, "0", True),
        (None, "never", True),
        (None, "0", False),
        (5.0, "never", False),
        ("unknown", "unknown", True),
        ("unknown", "0", False),
        (5.0, "unknown", False),
    ],
)
def test_a_figure_is_compared_to_the_last_digit_written(value: Value | None, written: str, same: bool) -> None:
    assert agrees(value, written) is same


def test_a_figure_that_is_no_number_is_refused() -> None:
    with pytest.raises(NumberError):
        agrees(1.0, "1,5")


def test_the_schema_of_case_files_is_current(golden: Callable[[str, str], None]) -> None:
    golden(str(SCHEMA), json.dumps(case_file_schema(), indent=2) + "\n")
