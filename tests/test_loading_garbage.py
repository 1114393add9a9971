"""Whatever stands in the rules, the loader makes a rulebook of it or says in lines with places why not."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.data import data_dir
from advisor.errors import BadInput, Problem
from advisor.rulebook.document import compose, read_document
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.loading import build_rulebook, rule_files
from advisor.rulebook.model import Rulebook
from advisor.rulebook.shapes import read_shapes, rule_file_schema

SHIPPED = {file.name: (file.path.read_text(encoding="utf-8"), file.pack) for file in rule_files(data_dir("rules"))}
TEXTS = {name: text for name, (text, _) in SHIPPED.items()}
DATA = {name: read_document(text, name).data for name, text in TEXTS.items()}
# Small files are changed as a whole; of large ones some entries are enough, and quicker.
CHANGED = [name for name, text in TEXTS.items() if len(text) < 20_000]

WORDS = [
    *("", "x", "-", "unknown", "known", "not(x)", "< 5", "[0..1]", "1,5", "5", "2026-02-30", "a b", "ä"),
    *("{{ x }}", "{% if x > 1 %}", "recommendation", "article", "field", "collect", "count", "any", "choice", "text"),
]
SCALARS = st.sampled_from([*WORDS, None, True, False, 0, -1, 5, 0.5, 1e300, 10**400, 2**53])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "any", "x", "of", "value", "kind", "monthly_calls"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


def paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, held in items:
        yield (*path, key)
        yield from paths(held, (*path, key))


PATHS = {name: list(paths(DATA[name])) for name in CHANGED}


def loaded_or_refused(sources: list[RuleSource], profile: str = "full") -> Rulebook | tuple[Problem, ...]:
    """Load; fail on anything but a rulebook or problems that are each told once, in one line, with a mend."""
    try:
        return build_rulebook(sources, profile)
    except BadInput as error:
        problems = error.problems
    assert len(set(problems)) == len(problems) > 0
    assert [problem for problem in problems if not problem.mend or "\n" in str(problem)] == []
    assert [problem for problem in problems if not problem.place and "no decision table" not in problem.what] == []
    return problems


SOURCES = {name: RuleSource(compose(text, name), pack) for name, (text, pack) in SHIPPED.items()}


def sources_with(name: str, text: str | bytes) -> list[RuleSource]:
    """Return the shipped files with the text of one of them replaced. Raises BadInput when that is no YAML."""
    changed = RuleSource(compose(text, name), SOURCES[name].pack)
    return [changed if other == name else source for other, source in SOURCES.items()]


@st.composite
def changed_data(draw: st.DrawFn) -> tuple[str, Any]:
    """Return the data of one shipped file with a few values replaced, removed or put in."""
    name = draw(st.sampled_from(CHANGED))
    data = copy.deepcopy(DATA[name])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PATHS[name]))
        holder = data
        try:
            for part in path[:-1]:
                holder = holder[part]
            if draw(st.booleans()):
                holder[path[-1]] = draw(VALUES)
            elif draw(st.booleans()):
                del holder[path[-1]]
            elif isinstance(holder, dict):
                holder[draw(st.sampled_from(["id", "x", "when", "any", "then", "extend", "default", "pack"]))] = draw(
                    VALUES
                )
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took away what this one would change
    return name, data


@settings(max_examples=50)
@given(changed_data(), st.sampled_from(["article", "full"]))
def test_changed_values_load_or_are_refused(changed: tuple[str, Any], profile: str) -> None:
    name, data = changed
    loaded_or_refused(sources_with(name, json.dumps(data)), profile)


@settings(max_examples=50)
@given(st.data(), st.sampled_from(["article", "full"]))
def test_changed_texts_load_or_are_refused(data: st.DataObject, profile: str) -> None:
    name = data.draw(st.sampled_from(CHANGED))
    text = TEXTS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        at, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 8))
        put = data.draw(st.text("\n -:[]{},>|&*!%@`'\"#x5_()<=.\t\\", max_size=4))
        text = text[:at] + put + text[at + cut :]
    with suppress(BadInput):
        loaded_or_refused(sources_with(name, text), profile)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from([*DATA["facts.yaml"], "tables", "options", "assumptions", "sources", "x"]), VALUES)
)
def test_made_up_files_load_or_are_refused(data: dict[str, Any]) -> None:
    loaded_or_refused([RuleSource(compose(json.dumps(data), "x.yaml"), None)])


@settings(max_examples=50)
@given(changed_data())
def test_the_schema_for_editors_agrees_with_the_loader(changed: tuple[str, Any]) -> None:
    name, data = changed
    valid = jsonschema.Draft202012Validator(rule_file_schema()).is_valid(data)
    # The schema cannot say that a number is too large or that there is no such day; beside these the two agree.
    shape = [problem.what for problem in read_shapes(compose(json.dumps(data), name))[1]]
    if [what for what in shape if "too large" not in what and "is no date" not in what]:
        assert not valid
    elif isinstance(loaded_or_refused(sources_with(name, json.dumps(data))), Rulebook):
        assert valid


@pytest.mark.parametrize("name", TEXTS)
def test_the_schema_takes_the_shipped_files(name: str) -> None:
    jsonschema.Draft202012Validator(rule_file_schema()).validate(DATA[name])


@pytest.mark.parametrize("name", ["article/volume.yaml", "assumptions.yaml"])
def test_a_file_cut_anywhere_loads_or_is_refused(name: str) -> None:
    for end in range(0, len(TEXTS[name]), 97):
        with suppress(BadInput):
            loaded_or_refused(sources_with(name, TEXTS[name][:end]))
