"""Texts of the rulebook: what they may use, how they render, and that nothing makes them fail."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from advisor.rulebook.model import Rulebook
from advisor.rulebook.reasons import FILTERS, TESTS, check_text, render_text

NAMES = ("calls", "stage", "flag", "project")
VALUES = {"calls": 250_000, "stage": "not_begun", "flag": True, "project": "Ticket triage"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no template at all", "no template at all"),
        ("  two\n lines ", "two lines"),
        ("{{ calls | quantity }} calls a month", "250,000 calls a month"),
        ("{{ calls }}", "250000"),
        ("{{ stage | words }}", "not begun"),
        ("{{ flag }} {{ flag | words }}", "yes yes"),
        ("{% if flag == true %}a{% else %}b{% endif %}", "a"),
        ("{% if stage == 'draft' %}a{% elif calls is known %}b{% else %}c{% endif %}", "b"),
        ("{% if calls is known and calls > 100 %}many{% endif %}", "many"),
        ("{% if calls is known and 1 < calls <= 250000 %}in{% endif %}", "in"),
        ("{% if stage in ('draft', 'not_begun') %}in{% endif %}", "in"),
        ("{% if stage not in ['draft'] %}out{% endif %}", "out"),
        ("{{ 'a' if flag == true else 'b' }}", "a"),
        ("{{ calls | quantity ~ ' calls' }}", "250,000 calls"),
        ("{% if not (flag == true or calls is known) %}a{% endif %}", ""),
        ("{# a comment #}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{{ project }}", "Ticket triage"),
    ],
)
def test_a_text_is_rendered_with_the_facts(text: str, written: str) -> None:
    assert check_text(text, NAMES) == []
    assert render_text(text, VALUES) == written


@pytest.mark.parametrize(
    ("value", "name", "written"),
    [
        (250_000, "quantity", "250,000"),
        (2.5, "number", "2.5"),
        (0.0051, "usd", "$0.0051"),
        (0.91, "percent", "91%"),
        ("house_judgement", "words", "house judgement"),
        ("unknown", "quantity", "unknown"),
        ("unknown", "usd", "unknown"),
        ("unknown", "percent", "unknown"),
        (None, "quantity", "never"),
        (True, "percent", "yes"),
        (False, "words", "no"),
    ],
)
def test_filters_write_numbers_and_never_fail(value: object, name: str, written: str) -> None:
    assert render_text(f"{{{{ calls | {name} }}}}", {"calls": value}) == written


@pytest.mark.parametrize("value", ["unknown", None])
def test_what_is_unknown_or_never_comes_is_no_truth_and_no_number(value: object) -> None:
    values = {**VALUES, "calls": value}
    assert render_text("{% if calls is known %}known{% else %}unknown{% endif %}", values) == "unknown"
    assert render_text("{% if calls %}yes{% else %}no{% endif %}", values) == "no"
    assert render_text("{% if calls < 5 or calls >= 5 %}yes{% else %}no{% endif %}", values) == "no"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ cals }}", "`cals` is no fact, figure, assumption or table in force; did you mean `calls`?"),
        ("{{ calls | quantiy }}", "there is no filter `quantiy`; did you mean `quantity`?"),
        ("{{ calls | upper }}", "there is no filter `upper`; use one of quantity, number, usd, percent, words"),
        ("{{ calls | percent(2) }}", "the filter `percent` takes nothing more"),
        ("{% if calls is odd %}{% endif %}", "there is no test `odd`; use one of known, unknown"),
        ("{% if calls is known 5 %}{% endif %}", "the test `known` takes nothing more"),
        ("{{ calls.real }}", "a text cannot use `getattr`"),
        ("{{ calls['x'] }}", "a text cannot use `getitem`"),
        ("{{ ''.__class__ }}", "a text cannot use `getattr`"),
        ("{{ calls() }}", "a text cannot use `call`"),
        ("{{ self }}", "`self` is no fact"),
        ("{{ cycler }}", "`cycler` is no fact"),
        ("{% for x in calls %}{% endfor %}", "a text cannot use `for`"),
        ("{% set x = 1 %}", "a text cannot use `assign`"),
        ("{% import 'x' as y %}", "a text cannot use `import`"),
        ("{% include 'x' %}", "a text cannot use `include`"),
        ("{% extends 'x' %}", "a text cannot use `extends`"),
        ("{% block b %}{% endblock %}", "a text cannot use `block`"),
        ("{% macro m() %}{% endmacro %}", "a text cannot use `macro`"),
        ("{% filter words %}a{% endfilter %}", "a text cannot use `filterblock`"),
        ("{% if true %}{% set x = 1 %}{% endif %}", "a text cannot use `assign`"),
        ("{{ calls + 1 }}", "a text cannot use `add`"),
        ("{{ calls ** calls }}", "a text cannot use `pow`"),
        ("{{ 'x' * 9 }}", "a text cannot use `mul`"),
        ("{{ [calls] }}", "a text cannot use `list`"),
        ("{{ {} }}", "a text cannot use `dict`"),
        ("{{ 'a' if flag == true }}", "an `if` in a value has no `else`"),
        ("{% if stage in 'abc' %}{% endif %}", "`in` needs a list"),
        ("{{", "the text is no template"),
        ("{% if %}", "the text is no template"),
        ("{% nonsense %}", "the text is no template"),
        ("{{ " + "(" * 5000 + " }}", "write a shorter expression"),
        ("{{ " + "9" * 5000 + " }}", "write a shorter expression"),
        ("{% if " + "not " * 300 + "flag %}{% endif %}", "the text nests too deeply"),
    ],
)
def test_a_text_reaches_nothing_but_the_facts(text: str, problem: str) -> None:
    problems = [f"{what}; {mend}" for what, mend in check_text(text, NAMES)]
    assert any(problem in line for line in problems), problems


@pytest.mark.parametrize(
    "text",
    [
        "{% if calls > 5 %}{% endif %}",
        "{% if flag == true and calls > 5 %}{% endif %}",
        "{% if calls is known or calls > 5 %}{% endif %}",
        "{% if calls is known %}{% else %}{% if calls > 5 %}{% endif %}{% endif %}",
        "{% if calls is unknown %}{{ 'a' if 5 < calls else 'b' }}{% endif %}",
    ],
)
def test_comparing_what_may_be_unknown_must_be_guarded(text: str) -> None:
    assert check_text(text, NAMES) == [
        ("`calls` is compared where it may be unknown", "guard it: `{% if calls is known and ... %}`")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{% if calls is known and calls > 5 %}{% endif %}",
        "{% if calls is known and flag == true and calls > 5 %}{% endif %}",
        "{% if calls is unknown or calls > 5 %}{% endif %}",
        "{% if not calls is known %}{% elif calls > 5 %}{% endif %}",
        "{% if calls is not known %}a{% else %}{{ 'x' if calls > 5 else 'y' }}{% endif %}",
        "{% if calls == 'unknown' %}{% elif calls > 5 %}{% endif %}",
        "{% if calls != 'unknown' and calls > 5 %}{% endif %}",
    ],
)
def test_a_guard_may_stand_anywhere_before(text: str) -> None:
    assert check_text(text, NAMES) == []


def test_every_problem_of_a_text_is_told_once() -> None:
    problems = check_text("{{ a }} {{ b | upper }} {{ a }} {{ calls.x }}", NAMES)
    assert len(problems) == len(set(problems)) == 4


def test_names_that_are_not_known_are_passed_over() -> None:
    assert check_text("{{ anything | quantity }}", None) == []


ATOMS = st.sampled_from(["calls", "stage", "flag", "'draft'", "5", "true"])
CONDITIONS = st.recursive(
    st.one_of(
        st.builds("{} is {}".format, st.sampled_from(NAMES), st.sampled_from(["known", "unknown", "not known"])),
        st.builds("{} {} {}".format, ATOMS, st.sampled_from(["==", "!="]), ATOMS),
        st.builds("(calls is known and calls {} 100)".format, st.sampled_from(["<", "<=", ">", ">="])),
        st.builds("stage {} ('draft', 'none')".format, st.sampled_from(["in", "not in"])),
    ),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=4,
)
OUTPUTS = st.one_of(
    st.builds("{{{{ {} }}}}".format, ATOMS),
    st.builds("{{{{ {} | {} }}}}".format, ATOMS, st.sampled_from(sorted(FILTERS))),
    st.builds("{{{{ {} ~ {} }}}}".format, ATOMS, ATOMS),
    st.builds("{{{{ 'a' if {} else {} }}}}".format, CONDITIONS, ATOMS),
    st.just(" and "),
)
TEMPLATES = st.recursive(
    st.lists(OUTPUTS, max_size=3).map("".join),
    lambda inner: st.builds(
        "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
        CONDITIONS,
        inner,
        CONDITIONS,
        inner,
        inner,
    ),
    max_leaves=4,
)
WORLDS = st.fixed_dictionaries(
    {
        "calls": st.sampled_from([5, 100, 250_000, 0.5, "unknown", None]),
        "stage": st.sampled_from(["draft", "none", "unknown"]),
        "flag": st.sampled_from([True, False, "unknown"]),
        "project": st.just("Triage"),
    }
)


def finalize(value: object) -> object:
    return "never" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=finalize)
JINJA.filters = dict(FILTERS)
JINJA.tests = dict(TESTS)
compiled = cache(JINJA.from_string)


@given(TEMPLATES, WORLDS)
def test_a_text_renders_as_jinja_renders_it(text: str, world: dict[str, object]) -> None:
    # Concatenation is Jinja's own affair: it writes True and None as Python does.
    assume("~" not in text or not any(value is None or isinstance(value, bool) for value in world.values()))
    assume("~ true" not in text and "true ~" not in text)
    assert check_text(text, NAMES) == []
    assert render_text(text, world) == " ".join(JINJA.from_string(text).render(world).split())


def texts(rulebook: Rulebook) -> Iterator[str]:
    for option in rulebook.options.values():
        yield from option.texts.values()
    for row in rulebook.rows:
        yield row.because or ""
        if row.step:
            yield from (row.step.action, row.step.metric, row.step.threshold, row.step.time_box, row.step.stop)


@settings(max_examples=50)
@given(data=st.data())
def test_every_shipped_text_renders_in_any_world_as_jinja_renders_it(rulebook: Rulebook, data: st.DataObject) -> None:
    values: dict[str, object] = {"project": "Triage"}
    for name, fact in {**rulebook.facts, **rulebook.concluded}.items():
        known = [5, 0.5] if fact.kind in ("integer", "number") else [True] if fact.kind == "boolean" else ["draft"]
        values[name] = data.draw(st.sampled_from([*fact.choices, *known, "unknown"]), label=name)
    values |= {name: assumption.value for name, assumption in rulebook.assumptions.items()}
    for text in texts(rulebook):
        assert render_text(text, values) == " ".join(compiled(text).render(values).split())


@given(st.text(max_size=30) | st.from_regex(r"[{}%#|~() a-z0-9'.<>=-]{0,40}", fullmatch=True))
def test_any_text_is_taken_or_refused_and_then_renders(text: str) -> None:
    problems = check_text(text, NAMES)
    assert all(what and mend for what, mend in problems)
    if not problems:
        render_text(text, {"calls": "unknown"})
