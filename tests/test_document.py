"""YAML with places: scalars of YAML 1.2, the place of every key and value, what is refused and where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import BadInput, Problem
from advisor.rulebook.document import BROKEN, compose, read_document


def refused(text: str | bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read_document(text, "a.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("010", 10),
        ("08", 8),
        ("0x1F", "0x1F"),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-11-23", "2026-11-23"),
        (".5", 0.5),
        (".inf", ".inf"),
        ("85%", "85%"),
        ("< 5", "< 5"),
        ("~250k", "~250k"),
        ("<<", "<<"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    read = read_document(f"x: {text}", "a.yaml").data["x"]
    assert read == value
    assert type(read) is type(value)


def test_every_key_and_value_has_its_place() -> None:
    document = read_document("a:\n  b: [1, {c: two}]\n", "a.yaml")
    assert str(document.place(("a",), of_key=True)) == "a.yaml:1:1"
    assert str(document.place(("a", "b"))) == "a.yaml:2:6"
    assert str(document.place(("a", "b", 1, "c"), of_key=True)) == "a.yaml:2:11"
    assert str(document.place(("a", "b", 1, "c"))) == "a.yaml:2:14"


def test_what_is_not_there_has_the_place_of_what_should_hold_it() -> None:
    document = read_document("a:\n  - b: 1\n", "a.yaml")
    assert str(document.place(("a", 0, "c"))) == "a.yaml:2:5"
    assert str(document.place(("x", "y"))) == "a.yaml:1:1"


def test_columns_count_characters_not_bytes() -> None:
    assert read_document("{ä: é, b: 1}", "a.yaml").place(("b",)).column == 11


def test_a_number_is_kept_as_it_was_typed() -> None:
    document = read_document("a: 10.000\nb: 010\nc: x\nd: '5'", "a.yaml")
    assert [document.written((key,), document.data[key]) for key in "abcd"] == ["10.000", "010", "x", "5"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2", "a.yaml:2:1: `a` stands twice, first in line 1; keep one of the two"),
        (
            "a: &x 1\nb: *x",
            "a.yaml:1:4: this is repeated by an alias, which is not read here; write the value out again",
        ),
        ("a: &x [*x]", "a.yaml:1:4: this is repeated by an alias"),
        ("a: !!python/object x", "a.yaml:1:4: the tag `tag:yaml.org,2002:python/object` is not read here"),
        ("a: !own x", "a.yaml:1:4: the tag `!own` is not read here"),
        ("? [a]\n: 1", "a.yaml:1:3: a key must be plain text; put it in quotes"),
        ("~: 1", "a.yaml:1:1: a key must be plain text"),
        ("a: " + "9" * 5000, "a.yaml:1:4: this value cannot be read"),
        ("a: !!bool maybe", "a.yaml:1:4: this value cannot be read"),
        ("a: !!float ''", "a.yaml:1:4: this value cannot be read"),
        ("--- 1\n--- 2", "a.yaml:2:1: not YAML: but found another document"),
        ("a: [1", "a.yaml:2:1: not YAML"),
        ("a: 'x", "in what begins at 1:4"),
        ("\ta: 1", "indent by spaces, never by tabs"),
        (
            "a: b: c",
            "a.yaml:1:5: not YAML: mapping values are not allowed in this context; quote a text that holds a colon",
        ),
        ("a: >= 5", "quote what begins with `>`"),
        ("a: [85%..95%)\nb: 1", "in what begins at 1:4; quote what begins with `>`, `[`"),
        ("a: -", "quote what begins with `>`, `[` or `-`"),
        ("a: *x", "a.yaml:1:4: not YAML: found undefined alias"),
        ("[" * 3000, "nest at most 100 deep"),
        ("- " * 300, "nest at most 100 deep"),
        ("a: \x07", "a.yaml:1:4: the character U+0007 cannot stand in a file; remove it"),
        ("a: b\nc: \ud800", "a.yaml:2:4: the character U+D800 cannot stand in a file"),
        (b"a: b\n\xc3\xa4: \xff", "a.yaml:2:4: the file is not UTF-8 text; save the file as plain text in UTF-8"),
        ("a: b".encode("utf-16"), "a.yaml:1:1: the file is not UTF-8 text"),
    ],
)
def test_what_is_refused_says_where(text: str | bytes, problem: str) -> None:
    assert problem in refused(text)


def test_what_can_still_be_read_is_read_and_each_refusal_told() -> None:
    document = compose("a: 1\na: 2\nb: !own x\n~: 3\nc: 4", "a.yaml")
    assert document.data == {"a": 1, "b": BROKEN, "c": 4}
    assert [problem.place and problem.place.line for problem in document.problems] == [2, 3, 4]


def test_an_empty_file_holds_nothing() -> None:
    assert read_document("", "a.yaml").data is None
    assert read_document("# a comment\n", "a.yaml").data is None


def test_a_byte_order_mark_is_no_character() -> None:
    assert read_document(b"\xef\xbb\xbfa: 1", "a.yaml").data == {"a": 1}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    # NEL and the line separators end a line in YAML and are characters like any other in JSON
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\uffff\ufffe\x85\u2028\u2029")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcd", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcd", min_size=1), JSON, max_size=4), st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_json_is_read_as_json_reads_it(data: dict[str, Any], escaped: bool, indent: int | str | None) -> None:
    text = json.dumps(data, ensure_ascii=escaped, indent=indent)
    assert read_document(text, "a.json").data == data


@given(st.text() | st.from_regex(r"[-:{}\[\],&*!|>'\"%@`#? \nab01]{0,40}", fullmatch=True) | st.binary(max_size=40))
def test_any_text_is_read_or_refused_in_lines_with_a_place(text: str | bytes) -> None:
    for problem in _problems(text):
        assert problem.place
        assert problem.mend
        assert "\n" not in str(problem)


def _problems(text: str | bytes) -> Sequence[Problem]:
    try:
        return compose(text, "a.yaml").problems
    except BadInput as error:
        return error.problems
