"""DMN files of any origin: what their tables mean here, what is refused and where, and files that mean harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.dmn.reading import parse_dmn, read_dmn
from advisor.dmn.writing import dmn
from advisor.errors import BadInput
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook
from tests.audits import audited, of
from tests.conftest import ROOT, Advisor
from tests.dmn_texts import decision, definitions, read, rulebook_of, without_extensions

KIE = ROOT.parent / "shared" / "data" / "dmn"
NAMESPACES = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]
TYPES = """
<itemDefinition name="tRisk">
  <typeRef>string</typeRef><allowedValues><text>"High", "Low (checked)"</text></allowedValues>
</itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="Age">
    <typeRef>number</typeRef><allowedValues><text>[0..120]</text></allowedValues>
  </itemComponent>
  <itemComponent name="born"><typeRef>date</typeRef></itemComponent>
</itemDefinition>
<inputData name="Applicant"><variable name="Applicant" typeRef="tPerson"/></inputData>
<inputData name="Risk Level"><variable name="Risk Level" typeRef="tRisk"/></inputData>
"""


def one(*cells: str, **how: Any) -> Rulebook:
    """Read a table of one input `x` with a rule for each cell."""
    rules = [[cell, f'"r{number}"'] for number, cell in enumerate(cells, 1)]
    return rulebook_of(definitions(decision("d", ["x"], rules, **how)))


def refused(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        rulebook_of(text)
    return str(caught.value).splitlines()


def domain(rulebook: Rulebook, fact: str = "x") -> str:
    return str(rulebook.facts[fact].domain)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    text = definitions(decision("d", ["x"], [["< 5", '"a"']], types=["feel:number"]), namespace=namespace)
    assert rulebook_of(text).tables["d"].rows[0].when["x"].text == "< 5"
    prefixed = text.replace(f'xmlns="{namespace}"', f'xmlns:p="{namespace}"').replace("</", "</p:")
    prefixed = prefixed.replace("<", "<p:").replace("<p:/p:", "</p:").replace("<p:?xml", "<?xml").replace("?>", "?>")
    assert rulebook_of(prefixed).digest == rulebook_of(text).digest


def test_types_paths_and_names() -> None:
    table = decision(
        "Eligibility Check",
        ["Applicant.Age", "Risk Level"],
        [["< 18", "-", '"no"'], ["]18..65]", '"Low (checked)"', '"yes"'], ["> 65", 'not("High")', '"yes"']],
    )
    letter = decision(
        "Letter", ["Eligibility Check"], [['"yes"', "1"], ['"no", null', "2"]], policy='hitPolicy="FIRST"'
    )
    rulebook = rulebook_of(definitions(TYPES, table, letter))
    assert list(rulebook.facts) == ["applicant_age", "risk_level"]
    age, risk = rulebook.facts.values()
    assert (age.kind, domain(rulebook, "applicant_age"), age.required, age.title) == (
        "number",
        "[0..120]",
        True,
        "Applicant.Age",
    )
    assert dict(risk.choices) == {"High": "High", "Low_checked": "Low (checked)"}
    assert [row.id for row in rulebook.rows] == [f"eligibility_check.r{n}" for n in (1, 2, 3)] + [
        "Letter.r1",
        "Letter.r2",
    ]
    assert rulebook.tables["Letter"].inputs == ("eligibility_check",)
    assert rulebook.concluded["Letter"].kind == "integer"
    found = audited(rulebook)
    assert {box["applicant_age"] for gap in found.tables[0].gaps for box in [gap.box]} == {"18", "(18..120]"}
    assert len(of(found, "gap")) == 2


@pytest.mark.parametrize(
    ("cells", "how", "expected"),
    [
        (["< 5"], {}, "known"),
        (["< 5"], {"types": ["number"], "values": ["[0..10]"]}, "[0..10]"),
        (["< 5"], {"types": ["integer"], "values": [">= 0"]}, ">= 0"),
        (["1"], {"types": ["number"], "values": ["1, 2, 5"]}, "[1..5]"),
        (["< 5", "null"], {}, "-"),
        (["< 5"], {"values": ["[0..10], null"]}, "[0..10], unknown"),
        (["true"], {}, "known"),
        (["true", "null"], {}, "-"),
        (['"a"'], {"types": ["string"], "values": ['"a", "b"']}, "known"),
        (['"a"'], {"types": ["string"], "values": ['"a", null']}, "-"),
        (["-"], {}, "known"),
    ],
)
def test_domains(cells: list[str], how: dict[str, Any], expected: str) -> None:
    assert domain(one(*cells, **how)) == expected


def test_values_that_one_interval_cannot_say_become_a_constraint() -> None:
    rulebook = one("1", "2", "5", types=["integer"], values=["1, 2, 5"])
    assert audited(rulebook).tables[0].gaps == ()
    rulebook = one("true", types=["boolean"], values=["true"])
    assert audited(rulebook).tables[0].complete is True


def test_texts_without_listed_values_leave_room_for_any_other() -> None:
    rulebook = one('"a"', '!="a"')
    assert list(rulebook.facts["x"].choices) == ["a", "other"]
    assert audited(rulebook).tables[0].complete is True
    rulebook = one('"other", "a"')
    assert list(rulebook.facts["x"].choices) == ["other", "a", "any_other"]
    assert [gap.box for gap in audited(rulebook).tables[0].gaps] == [{"x": "any_other"}]


def test_names_and_words_become_ids_that_differ() -> None:
    table = decision("größe / Élan", ["a b", "a-b"], [["1", '"x,y"', '"5"'], ["2", '"x;y"', '"unknown"']])
    data = '<inputData name="a b"/><inputData name="a-b"/>'
    rulebook = rulebook_of(definitions(data, table))
    assert list(rulebook.tables) == ["groe_elan"]
    assert list(rulebook.facts) == ["a_b", "a_b_2"]
    assert list(rulebook.facts["a_b_2"].choices) == ["x_y", "x_y_2", "other"]
    assert [row.then for row in rulebook.rows] == ["_5", "unknown_2"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", "unique"),
        ('hitPolicy="ANY"', "any"),
        ('hitPolicy="FIRST"', "first"),
        ('hitPolicy="COLLECT"', "collect"),
        ('hitPolicy="RULE ORDER"', "collect"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "count"),
    ],
)
def test_hit_policies(policy: str, expected: str) -> None:
    table = one("< 5", ">= 5", policy=policy).tables["d"]
    assert table.hit_policy == expected
    assert [row.then for row in table.rows] == ([None, None] if expected == "count" else ["r1", "r2"])


def test_several_outputs_are_one_conclusion() -> None:
    table = decision(
        "d", ["x"], [["1", '"a"', "5"], ["2", '"a"', "true"]], output='<output name="o"/><output name="p"/>'
    )
    assert [row.then for row in rulebook_of(definitions(table)).rows] == ["a / 5", "a / true"]
    again = decision("e", ["d"], [['"a"', "1"]])
    assert "`d` concludes several values at once" in refused(definitions(table, again))[0]
    part = decision("e", ["d.o"], [['"a"', "1"]])
    assert "`d.o` is a part of what a table concludes" in refused(definitions(table, part))[0]


def test_a_default_output_is_a_last_row_where_rows_have_an_order() -> None:
    output = "<output><defaultOutputEntry><text>9</text></defaultOutputEntry></output>"
    rulebook = rulebook_of(definitions(decision("d", ["x"], [["1", "1"]], policy='hitPolicy="FIRST"', output=output)))
    assert [(row.id, row.then, dict(row.when)) for row in rulebook.rows][1] == ("d.r2", 9, {})
    assert (
        "the default output of `d` is not read"
        in refused(definitions(decision("d", ["x"], [["1", "1"]], output=output)))[0]
    )


def test_tables_in_knowledge_models_and_contexts_are_read() -> None:
    table = decision("x", ["Age"], [["< 5", "1"]]).partition(">")[2].removesuffix("</decision>")
    model = (
        '<businessKnowledgeModel name="Rate Model"><encapsulatedLogic><formalParameter name="Age" typeRef="number"/>'
        f"{table}</encapsulatedLogic></businessKnowledgeModel>"
    )
    context = (
        '<decision name="All"><context><contextEntry><variable name="Part One"/>'
        f"{table}</contextEntry></context></decision>"
    )
    rulebook = rulebook_of(definitions(model, context))
    assert list(rulebook.tables) == ["rate_model", "all_part_one"]
    assert list(rulebook.facts) == ["rate_model_age", "Age"]


def test_other_decisions_may_be_anything_and_that_is_said() -> None:
    free = '<decision name="Score"><variable name="Score" typeRef="number"/><literalExpression/></decision>'
    text = definitions(
        '<import name="other" namespace="n" importType="t"/>', free, decision("d", ["Score"], [["< 5", "1"]])
    )
    file = read(text)
    assert [note.what for note in file.notes] == ["the import `other` is not followed", "`Score` is no decision table"]
    assert domain(rulebook_of(text), "Score") == "known"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            decision("d", ["x"], [["5", "1"], [">= my threshold", "1"]]),
            "6:7: row 2 of `d`, `x`: `my threshold` is a symbol",
        ),
        (
            decision("d", ["x"], [['date("2026-01-01")', "1"]]),
            "5:7: row 1 of `d`, `x`: `date(...)` is a call of a function",
        ),
        (decision("d", ["x"], [["5", "y + 1"]]), "row 1 of `d`, output: `y` is a symbol"),
        (decision("d", ["x + 1"], [["5", "1"]]), "the input `x + 1` is an expression"),
        (decision("d", ["count(x)"], [["5", "1"]]), "the input `count(x)` is an expression"),
        (decision("d", ["if a then b else c"], [["5", "1"]]), "is an expression"),
        (decision("d", ["5"], [["5", "1"]]), "the input `5` is an expression"),
        (decision("d", [""], [["5", "1"]]), "an input has no expression"),
        (decision("d", ["x"], [["5", "1"], ['"a"', "2"]]), "`x` is a number elsewhere and a choice here"),
        (decision("d", ["x"], [['"a"', "1"]], types=["number"]), '`"a"` stands in a column of numbers'),
        (decision("d", ["x"], [["5", "1"]], types=["date"]), "`x` is a date, whose values are not read here"),
        (
            decision("d", ["x"], [["5", "1"]], types=["number"], values=["[0..y]"]),
            "the allowed values: `y` is a symbol",
        ),
        (decision("d", ["x", "y"], [["5"]], output=""), "row 1 of `d`: 2 input columns, but entries for 1"),
        (decision("d", ["x"], [["5"]]), "row 1 of `d`: 1 output columns, but entries for 0"),
        (
            decision("d", ["x"], [["5", "1"]], policy='hitPolicy="PRIORITY"'),
            "the hit policy PRIORITY of `d` is not read",
        ),
        (decision("d", ["x"], [["5", "1"]], policy='hitPolicy="OUTPUT ORDER"'), "the hit policy OUTPUT ORDER of `d`"),
        (
            decision("d", ["x"], [["5", "1"]], policy='hitPolicy="COLLECT" aggregation="SUM"'),
            "the hit policy COLLECT with SUM of `d` is not read",
        ),
        (decision("d", ["x"], [["5", '"a"'], ["6", "1"]]), "`1` is of another kind than what other rows conclude"),
        (decision("d", ["x"], [['"c"', "1"]], types=["string"], values=['"a", "b"']), "x: `c` is none of its values"),
        (decision("a", ["b"], [["5", "1"]]) + decision("b", ["a"], [["5", "1"]]), "in a circle: a -> b -> a"),
        ("<decision name='d'><literalExpression><text>1</text></literalExpression></decision>", "no decision table"),
    ],
)
def test_what_is_not_read_is_refused_by_name_and_place(table: str, said: str) -> None:
    lines = refused(definitions(table))
    assert len(lines) == 1, lines
    assert lines[0].startswith("rules.dmn:")
    assert said in lines[0]


def test_all_problems_are_said_at_once_in_the_order_of_the_file() -> None:
    lines = refused(definitions(decision("d", ["x", "y+1"], [["a", "1", "f()"], ["@", "1", "2"]])))
    assert [line.split(":")[1] for line in lines] == sorted(line.split(":")[1] for line in lines)
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "evil.dmn:1:1: the file is empty; name a DMN file"),
        (b"  \n ", "evil.dmn:1:1: the file is empty"),
        (b"facts: []", "evil.dmn:1:1: not XML: syntax error"),
        (b"<a><b></a>", "evil.dmn:1:9: not XML: mismatched tag"),
        (b"<a/><b/>", "evil.dmn:1:5: not XML: junk after document element"),
        (b"\x00\x01\x02", "evil.dmn:1:1: not XML"),
        (b"<p:a/>", "evil.dmn:1:1: not XML: unbound prefix"),
        (b'<?xml version="1.0" encoding="nope"?><a/>', "the encoding of the file is not known"),
        ("<a>ä</a>".encode("latin-1"), "not XML: not well-formed"),
        (b"<html/>", "evil.dmn:1:1: the file is no DMN: it begins with `html` in the namespace ``"),
        (b'<definitions xmlns="urn:x"/>', "the file is no DMN"),
        (b'<decision xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "it begins with `decision`"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "the file holds no decision table"),
        (b'<!DOCTYPE definitions SYSTEM "http://127.0.0.1/x.dtd"><definitions/>', "evil.dmn:1:"),
        (b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>', "evil.dmn:1:"),
        (
            b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
            ": a document type declaration is not read here",
        ),
        (b"<a>&lol;</a>", "not XML: undefined entity"),
        (b"<a>" * 100_000, "elements nest too deeply"),
    ],
)
def test_hostile_files_end_with_one_clear_line(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_dmn(content, "evil.dmn")
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_command_says_it_in_one_line(advisor: Advisor, tmp_path: Path) -> None:
    path = tmp_path / "evil.dmn"
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', encoding="utf-8")
    for arguments in (("audit", str(path)), ("rules", "--rules", str(path))):
        run = advisor(*arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith("evil.dmn:1:13: a document type declaration is not read here; ")
        assert run.stderr.count("\n") == 1
    run = advisor("rules", "--rules", str(tmp_path / "none.dmn"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "cannot be read: No such file" in run.stderr


def test_a_file_of_another_encoding_is_read() -> None:
    text = definitions(decision("d", ["x"], [['"ä"', '"1 €"']])).replace("UTF-8", "UTF-16")
    assert list(parse_dmn(text.encode("utf-16"), "d.dmn").sources[0].document.data) == ["facts", "tables"]


def test_findings_point_at_lines_of_the_file(advisor: Advisor, tmp_path: Path) -> None:
    path = tmp_path / "age.dmn"
    path.write_text(definitions(decision("d", ["x"], [["< 5", "1"], ["[4..9]", "2"]])), encoding="utf-8")
    run = advisor("audit", str(path), "--format", "json")
    assert run.returncode == 1
    found = json.loads(run.stdout)["findings"]
    places = {(held["check"], held["location"]["file"], held["location"]["line"]) for held in found}
    assert {("gap", "age.dmn", 3), ("overlap", "age.dmn", 5)} <= places


# -- the tables of an independent project, as DMN ---------------------------------------------------------------------


def kie() -> list[str]:
    return sorted(path.parent.name for path in KIE.glob("*/expected.json")) if KIE.is_dir() else []


@pytest.mark.parametrize("name", kie() or [pytest.param("", marks=pytest.mark.skip(reason="the data are not here"))])
def test_independent_tables_as_dmn_have_the_same_regions(name: str, tmp_path: Path) -> None:
    """Written without our elements, as another program would, and read again: the same gaps and overlaps."""
    expected = json.loads((KIE / name / "expected.json").read_text(encoding="utf-8"))
    if "tables" not in expected:
        with pytest.raises(BadInput):
            load_rulebook(KIE / name)
        return
    rulebook = load_rulebook(KIE / name)
    path = tmp_path / "kie.dmn"
    path.write_text(without_extensions(dmn(rulebook)), encoding="utf-8")
    again = read_dmn(path)
    assert list(again.tables) == list(rulebook.tables)
    for old, new in zip(audited(rulebook).tables, audited(again).tables, strict=True):
        numbers = [{row.id: i for i, row in enumerate(book.tables[old.id].rows)} for book in (rulebook, again)]
        assert (old.hit_policy, old.inputs, old.complete, old.gaps) == (
            new.hit_policy,
            new.inputs,
            new.complete,
            new.gaps,
        )
        assert [([numbers[0][row] for row in held.rows], held.box, held.conflict) for held in old.overlaps] == [
            ([numbers[1][row] for row in held.rows], held.box, held.conflict) for held in new.overlaps
        ]
