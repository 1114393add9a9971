"""What keeps a rulebook from loading: every problem at its place, with a mend, all at once and none twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import BadInput
from advisor.rulebook.loading import load_rulebook
from tests.rule_texts import FACTS, build_texts, load_texts, problems_of, table


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("{cals: 5}", "6:16: unknown fact `cals`; did you mean `calls`?"),
        ("{nothing_like_it: 5}", "6:16: unknown fact `nothing_like_it`; declare it in facts.yaml"),
        ("{calls: '=> 5'}", "6:23: calls: `=> 5` is no comparison; write `< 5`, `<= 5`, `> 5`, `>= 5` or `5`"),
        ("{stage: drafft}", "6:23: stage: `drafft` is none of its values; did you mean `draft`?"),
        ("{stage: }", '6:23: stage: the test is empty; `"-"` lets everything through, `unknown` what is not known'),
        ("{model: gpt}", "6:23: model: `gpt` tests a text; a text can only be tested for `known` and `unknown`"),
        (
            "{stage: not(none, draft)}",
            '6:23: stage: `not(none` has no closing bracket; quote what holds a comma inside {}: `"not(a, b)"`',
        ),
        (
            "{calls: 1,200}",
            "6:25: `200` stands without a test; quote what holds a comma inside {}, and write `1_200` for thousands",
        ),
        (
            "{stage: none, draft}",
            "6:29: `draft` stands without a test; quote what holds a comma inside {}, and write `1_200` for thousands",
        ),
        ("{any: []}", "6:21: `any` is a list of mappings, at least one; write `any: [{fact: test}, ...]`"),
        ("{any: {flag: true}}", "6:21: `any` is a list of mappings, at least one; write `any: [{fact: test}, ...]`"),
        ("{any: [flag]}", "6:22: `any` holds mappings of facts to tests; write `{fact: test}`"),
        (
            "{any: [{any: [{flag: true}]}]}",
            "6:23: an `any` cannot stand within an `any`; list the mappings side by side",
        ),
        ("{any: [{flg: true}]}", "6:23: unknown fact `flg`; did you mean `flag`?"),
        ("", "6:14: `when` is empty; write `{fact: test}`, or `{}` for a row that always holds"),
        (
            "[calls]",
            "6:15: `when` must be a mapping of facts to tests; "
            "write `{fact: test}`, or `{}` for a row that always holds",
        ),
        ("{t: low}", "2:9: tables depend on each other in a circle: t -> t; let `t` not test `t`"),
    ],
)
def test_a_bad_condition(tmp_path: Path, when: str, problem: str) -> None:
    assert problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": table(when)}) == [f"t.yaml:{problem}"]


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        (
            ">= 5",
            "t.yaml:7:19: not YAML: did not find expected comment or line break, in what begins at 7:18; quote what",
        ),
        ("[85%..95%)", "t.yaml:8:13: not YAML: did not find expected ',' or ']', in what begins at 7:18; quote what"),
        ("-", "t.yaml:7:18: not YAML: block sequence entries are not allowed in this context; quote what"),
    ],
)
def test_tests_that_yaml_reads_as_something_else_are_to_be_quoted(tmp_path: Path, test: str, problem: str) -> None:
    problems = problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": table(f"\n          calls: {test}")})
    assert len(problems) == 1
    assert problems[0].startswith(problem)


@pytest.mark.parametrize("test", ["< 5", "(0..1]", "85%", "not(7)", "10_000", "5, 7", "<= 1M", "- 5"])
def test_tests_that_need_no_quotes_in_block_style(test: str) -> None:
    when = f"\n          calls: {test}" if test != "- 5" else "\n          calls:\n            - 5"
    assert build_texts({"facts.yaml": FACTS, "t.yaml": table(when)}).row("r")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("becuase: x", "8:9: unknown key `becuase`; did you mean `because`?"),
        (
            "nonsense: x",
            "8:9: unknown key `nonsense`; known here are id, when, then, because, favours, source, strength",
        ),
        ("because:", "8:17: `because` is empty; write a value, or leave the key out"),
        ("because: 5", "8:18: `because` must be text; put it in quotes"),
        ("because: ''", "8:18: `because` is empty; write a text, or leave the key out"),
        (
            "because: '{{ cals }}'",
            "8:18: `cals` is no fact, figure, assumption or table in force; did you mean `calls`?",
        ),
        (
            "because: '{{ calls.x }}'",
            "8:18: a text cannot use `getattr`; use facts, filters, `if` and comparisons alone",
        ),
        ("because: '{% if %}'", "8:18: the text is no template: Expected an expression"),
        ("favours: promting", "8:18: `promting` is no value of `favours`; did you mean `prompting`?"),
        ("favours: 5", "8:18: `5` is no value of `favours`; write one of `prompting`, `hybrid`, `fine_tuning`"),
        ("strength: likely", "8:19: rows of `t` have no strength; only those of `recommendation` do"),
        ("source: 5", "8:17: `5` is no text; put it in quotes"),
        ("source: [a b]", "8:18: `a b` cannot be an id; write it without spaces"),
        ("scenario: {calls: many}", "8:27: `calls`: `many` is not a number; write it as `10_000`"),
        ("scenario: {cals: 5}", "8:20: unknown fact `cals`; did you mean `calls`?"),
        ("scenario: {stage: 5}", "8:20: `stage` is no number; name a fact, a figure or an assumption that is"),
        ("scenario: 5", "8:19: `scenario` must be a mapping; write `{tuning_upfront: 200}`"),
        ("step: {action: x, metric: x, threshold: x, time_box: x}", "8:15: `stop` is missing; add `stop:`"),
        ("step: x", "8:15: one thing to do next must be a mapping; write `key: value` pairs"),
        ("then: high", "8:9: `then` stands twice, first in line 7; keep one of the two"),
    ],
)
def test_a_bad_key_of_a_row(tmp_path: Path, line: str, problem: str) -> None:
    problems = problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": table("{calls: 5}", line)})
    assert len(problems) == 1
    assert problems[0].startswith(f"t.yaml:{problem}")


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ("{id: x, kind: integr}", "2:19: `integr` is no value of `kind`; did you mean `integer`?"),
        ("{id: x}", "2:5: `kind` of `x` is missing; add `kind:`"),
        ("{kind: text}", "2:5: `id` is missing; add `id:`"),
        ("text", "2:5: one thing that is asked, measured or computed must be a mapping; write `key: value` pairs"),
        ("{id: a-b, kind: text}", "2:10: `a-b` cannot be an id; write letters, digits and `_`, a letter first"),
        ("{id: 5, kind: text}", "2:10: `5` is no text; put it in quotes"),
        ("{id: any, kind: text}", "2:10: `any` cannot name a fact; it means something else; choose another"),
        ("{id: x, kind: number, domian: '[0..1]'}", "2:27: unknown key `domian`; did you mean `domain`?"),
        (
            "{id: x, kind: number, domain: '[5..1]'}",
            "2:35: the domain `[5..1]` holds no number; put the smaller end first",
        ),
        ("{id: x, kind: number, domain: '[0..1'}", "2:35: `[0..1` is no interval; write `[10k..100k)`"),
        ("{id: x, kind: number, domain: 5}", "2:35: `domain` must be text; put it in quotes"),
        ("{id: x, kind: text, domain: '[0..1]'}", "2:25: a text has no domain; leave it out"),
        ("{id: x, kind: choice}", "2:10: the choice `x` has no choices; add `choices: {value: words}`"),
        ("{id: x, kind: choice, choices: {}}", "2:10: the choice `x` has no choices; add `choices: {value: words}`"),
        ("{id: x, kind: choice, choices: [a]}", "2:36: `choices` must be a mapping; write `{value: words}`"),
        ("{id: x, kind: choice, choices: {a: }}", "2:40: `a` is empty; write a value, or leave the key out"),
        ("{id: x, kind: choice, choices: {'a,b': c}}", "2:37: `a,b` cannot be a choice; write letters, digits and `_`"),
        ("{id: x, kind: choice, choices: {unknown: c}}", "2:37: `unknown` cannot be a choice"),
        ("{id: x, kind: boolean, choices: {a: b}}", "2:28: a boolean has no choices; make it `kind: choice`"),
        ("{id: x, kind: text, required: maybe}", "2:35: `maybe` is no boolean; write `true` or `false`"),
        ("{id: x, kind: number, default: {}}", "2:36: a default has either `value` or `of`; keep one of the two"),
        ("{id: x, kind: number, default: {value: ten}}", "2:44: `value`: `ten` is not a number"),
        ("{id: x, kind: number, default: {of: cals}}", "2:41: unknown fact `cals`; did you mean `calls`?"),
        (
            "{id: x, kind: number, default: {of: stage}}",
            "2:41: `stage` is no number that is asked; follow a number that is",
        ),
        ("{id: x, kind: number, default: {of: x}}", "2:41: defaults follow one another in a circle: x -> x"),
        (
            "{id: x, kind: number, domain: '[0..1]', default: {value: 5}}",
            "2:62: the default of `x` lies outside its domain; choose one in [0..1]",
        ),
        ("{id: x, kind: text, default: {value: 5}}", "2:34: a text has no default; only numbers that are asked"),
        (
            "{id: x, kind: number, derived: {formula: a, from: [cals]}}",
            "2:56: unknown fact `cals`; did you mean `calls`?",
        ),
        ("{id: x, kind: number, derived: {from: []}}", "2:36: `formula` is missing; add `formula:`"),
        (
            "{id: x, kind: text, derived: {formula: a, from: []}}",
            "2:19: a text cannot be computed; make it another kind, as `number`",
        ),
        ("{id: calls, kind: number}", "2:10: the fact `calls` stands twice; give one of the two another id"),
        ("{id: x, kind: number, pack: feild}", "2:33: unknown pack `feild`; did you mean `field`?"),
    ],
)
def test_a_bad_fact(tmp_path: Path, fact: str, problem: str) -> None:
    problems = problems_of(
        tmp_path, {"facts.yaml": FACTS, "t.yaml": table("{calls: 5}"), "x.yaml": f"facts:\n  - {fact}\n"}
    )
    assert len(problems) == 1
    assert problems[0].startswith(f"x.yaml:{problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tables: [{id: x, rows: []}]", "1:15: `hit_policy` of `x` is missing; add `hit_policy: first`, say"),
        (
            "tables: [{id: x, hit_policy: frist, rows: []}]",
            "1:30: `frist` is no value of `hit_policy`; did you mean `first`?",
        ),
        ("tables: [{id: x, hit_policy: first}]", "1:10: `rows` of `x` is missing; add `rows:`"),
        ("tables: [{hit_policy: first, rows: []}]", "1:10: a table has either `id` or `extend`"),
        ("tables: [{id: x, extend: t, hit_policy: first, rows: []}]", "1:10: a table has either `id` or `extend`"),
        ("tables: [{id: calls, hit_policy: first, rows: []}]", "1:15: `calls` is a fact already"),
        ("tables: [{id: known, hit_policy: first, rows: []}]", "1:15: `known` cannot name a table"),
        ("tables: [{id: t, hit_policy: first, rows: []}]", "1:15: the table `t` stands twice"),
        ("tables: [{extend: tt, rows: []}]", "1:19: unknown table `tt`; extend a table of an earlier pack"),
        ("tables: [{extend: t, hit_policy: any, rows: []}]", "1:34: `t` has the hit policy `first`; leave it out here"),
        ("tables: [{extend: t, title: x, rows: []}]", "1:22: `title` stands where `t` is declared; leave it out here"),
        ("tables: {id: x}", "1:9: `tables` must be a list; begin each entry with `-`"),
        ("tables: [{id: x, hit_policy: first, rows: [{id: r, when: {}}]}]", "1:49: the row `r` stands twice"),
        ("tables: [{id: x, hit_policy: first, rows: [{when: {}}]}]", "1:44: `id` is missing; add `id:`"),
        ("tables: [{id: x, hit_policy: first, rows: [{id: s}]}]", "1:44: `when` of `s` is missing; add `when:`"),
        (
            "tables: [{id: x, hit_policy: count, rows: [{id: s, when: {}, then: 5}]}]",
            "1:68: a row of a `count` table concludes nothing; leave `then` out",
        ),
        (
            "tables: [{id: x, hit_policy: any, rows: [{id: s, when: {}, then: a}, {id: u, when: {}, then: 5}]}]",
            "1:94: `5` is of another kind than what other rows conclude",
        ),
        ("tables: [{id: x, hit_policy: any, rows: [{id: s, when: {}, then: [a]}]}]", "1:66: `then` is one value"),
        (
            "tables: [{id: x, hit_policy: any, rows: [{id: s, when: {}, then: 'a, b'}]}]",
            "1:66: no test could name `a, b`",
        ),
        (
            "tables: [{id: x, hit_policy: any, rows: [{id: s, when: {}, then: 1e300}]}]",
            "1:66: `then`: `1e+300` is too large",
        ),
        ("constraints: [{never: {}}]", "1:23: `never` names no fact; write `{fact: test}`"),
        ("constraints: [{never: {cals: 5}}]", "1:24: unknown fact `cals`; did you mean `calls`?"),
        ("constraints: [{never: {calls: x}}]", "1:31: calls: `x` is not a number"),
        ("constraints: [{never: {any: [{calls: 5}]}}]", "1:24: unknown fact `any`"),
        ("constraints: [{because: x}]", "1:15: `never` is missing; add `never:`"),
        ("assumptions: [{id: x}]", "1:15: `value` of `x` is missing; add `value:`"),
        ("assumptions: [{id: x, value: 5, low: 7}]", "1:30: the value of `x` lies outside its own range"),
        ("assumptions: [{id: x, value: 5, as_of: today}]", "1:40: `today` is no date; write it as `2026-11-23`"),
        ("assumptions: [{id: x, value: 5, as_of: 2026-02-30}]", "1:40: `2026-02-30` is no date"),
        ("assumptions: [{id: x, value: 5}, {id: x, value: 6}]", "1:39: the assumption `x` stands twice"),
        ("assumptions: [{id: x, value: 5, because: '{{ y }}'}]", "1:42: `y` is no fact, figure, assumption or table"),
        ("options: [{id: x}]", "1:11: `approach` of `x` is missing; add `approach:`"),
        ("options: [{id: x, approach: hybird}]", "1:29: `hybird` is no value of `approach`; did you mean `hybrid`?"),
        ("options: [{id: x, approach: hybrid, title: '{{ y }}'}]", "1:44: `y` is no fact, figure, assumption or table"),
        ("options: [{id: x, approach: hybrid}, {id: x, approach: hybrid}]", "1:43: the option `x` stands twice"),
        ("sources: [{id: x, title: y, read: soon}]", "1:35: `soon` is no date; write it as `2026-11-23`"),
        ("sources: [{id: x, title: y}, {id: x, title: z}]", "1:35: the source `x` stands twice"),
        (
            "sources: [{id: x, title: y, items: [{id: i, says: a}, {id: i, says: b}]}]",
            "1:60: the source item `i` stands twice",
        ),
        ("sources: [{id: x, title: y, items: [{id: i, says: a, kind: fact}]}]", "1:60: `fact` is no value of `kind`"),
        ("sections: [{id: x}]", "1:12: `title` of `x` is missing; add `title:`"),
        ("fact: []", "1:1: unknown key `fact`; did you mean `facts`?"),
        ("- facts", "1:1: a rule file must be a mapping; write `key: value` pairs"),
        ("# nothing\n", "1:1: the file is empty; begin with one of sections, facts"),
        ("null", "1:1: the file is empty"),
    ],
)
def test_another_bad_part(tmp_path: Path, text: str, problem: str) -> None:
    problems = problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": table("{calls: 5}"), "x.yaml": text})
    assert len(problems) == 1
    assert problems[0].startswith(f"x.yaml:{problem}")
    assert "; " in problems[0]


def test_unknown_sections_options_and_items_are_refused_where_there_are_any(tmp_path: Path) -> None:
    files = {
        "facts.yaml": "facts: [{id: x, kind: text, section: aims}, {id: y, kind: text, source: [one, two]}]",
        "recommendation.yaml": """
tables:
  - id: recommendation
    hit_policy: first
    rows:
      - {id: r1, when: {}, then: wiat, strength: likely}
      - {id: r2, when: {}, then: fine_tune}
""",
    }
    assert list(load_texts(tmp_path, files).tables) == ["recommendation"]
    files["more.yaml"] = """
sections: [{id: aim, title: Aims}]
options: [{id: wait, approach: prompting}, {id: fine_tune, approach: fine_tuning, pack: field}]
sources: [{id: paper, title: Paper, items: [{id: one, says: something}]}]
"""
    assert problems_of(tmp_path, files, "article") == [
        "facts.yaml:1:38: unknown section `aims`; did you mean `aim`?",
        "facts.yaml:1:79: unknown source item `two`; add it to sources.yaml",
        "recommendation.yaml:6:34: unknown option `wiat`; did you mean `wait`?",
        "recommendation.yaml:7:34: the option `fine_tune` is of the pack `field`, which is not in force here; "
        "conclude an option of this pack",
    ]


def test_a_circle_is_named_as_a_path_and_once(tmp_path: Path) -> None:
    row = "rows: [{{id: {0}1, when: {{{1}: x}}, then: x}}]"
    text = "tables:\n" + "".join(
        f"  - {{id: {name}, hit_policy: first, {row.format(name, tested)}}}\n"
        for name, tested in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "e")]
    )
    assert problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": text}) == [
        "t.yaml:2:10: tables depend on each other in a circle: a -> b -> c -> a; let `c` not test `a`",
        "t.yaml:6:10: tables depend on each other in a circle: e -> e; let `e` not test `e`",
    ]


def test_a_long_chain_of_tables_is_no_circle() -> None:
    tables = "\n".join(
        f"  - {{id: t{i}, hit_policy: first, rows: [{{id: r{i}, when: {{t{i + 1}: x}}, then: x}}]}}"
        for i in range(1500)
    )
    text = f"tables:\n{tables}\n  - {{id: t1500, hit_policy: first, rows: [{{id: r, when: {{}}, then: x}}]}}\n"
    assert build_texts({"facts.yaml": FACTS, "t.yaml": text}).order[0] == "t1500"


def test_a_test_on_a_collect_table_is_refused(tmp_path: Path) -> None:
    text = """
tables:
  - {id: listed, hit_policy: collect, rows: [{id: a, when: {flag: true}}]}
  - {id: reader, hit_policy: first, rows: [{id: b, when: {listed: a}, because: "{{ listed }}", then: x}]}
"""
    assert problems_of(tmp_path, {"facts.yaml": FACTS, "t.yaml": text}) == [
        "t.yaml:4:59: `listed` collects a list, which no test can read; test the facts that its rows test",
        "t.yaml:4:80: `listed` is no fact, figure, assumption or table in force; use an id of the rulebook",
    ]


def test_a_table_is_extended_after_it_was_declared(tmp_path: Path) -> None:
    files = {
        "facts.yaml": FACTS,
        "article/t.yaml": "tables: [{extend: t, rows: []}]",
        "field/t.yaml": table("{calls: 5}"),
    }
    assert problems_of(tmp_path, files) == [
        "article/t.yaml:1:19: `t` is declared after it is extended, or in a pack that is not in force; "
        "extend a table of an earlier file or pack",
        "field/t.yaml:2:9: the table `t` stands twice; give one of the two another id",
    ]


def test_a_place_names_the_file_relative_to_the_rules_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput) as caught:
        load_texts(tmp_path / "rules", {"facts.yaml": FACTS, "article/t.yaml": table("{cals: 5}"), "a.yaml": "["})
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["a.yaml"]
    (tmp_path / "rules" / "a.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=r"^article/t\.yaml:6:16: unknown fact `cals`"):
        load_rulebook(Path("rules"))


def test_all_problems_come_at_once_in_the_order_of_files_and_places_and_none_twice(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "facts.yaml": FACTS.replace("kind: integer", "kind: integr"),
        "article/a.yaml": table(
            "{calls: 5, cals: 5, stage: drafft}", "becuase: x", "source: [no spaces]", "because: '{{ x }}'"
        ),
        "article/b.yaml": "tables: [",
        "article/c.yaml": b"\xff",
        "field/d.yaml": table("{cals: 5, flag: maybe}", "then: x")
        .replace("id: r\n", "id: s\n")
        .replace("id: t\n", "id: u\n"),
    }
    problems = problems_of(tmp_path, files)
    assert [line.partition("; ")[0] for line in problems] == [
        "article/b.yaml:2:1: not YAML: did not find expected node content",
        "article/c.yaml:1:1: the file is not UTF-8 text",
        "facts.yaml:3:23: `integr` is no value of `kind`",
        "article/a.yaml:6:42: stage: `drafft` is none of its values",
        "article/a.yaml:8:9: unknown key `becuase`",
        "article/a.yaml:9:18: `no spaces` cannot be an id",
        "field/d.yaml:6:31: flag: `maybe` is none of its values",
        "field/d.yaml:8:9: `then` stands twice, first in line 7",
    ]


def test_what_is_declared_but_wrong_is_one_problem_and_not_one_for_every_use(tmp_path: Path) -> None:
    files = {
        "facts.yaml": """
facts:
  - {id: calls, kind: intger}
  - {id: stage, kind: choice, choices: [a]}
  - {id: follower, kind: number, default: {of: calls}}
  - {id: figure, kind: number, derived: {formula: x, from: [calls, upfront]}}
assumptions:
  - {id: upfront, value: much}
sources:
  - {id: paper, title: Paper, items: [{id: one, say: something}, {id: two, says: something}]}
options:
  - {id: wait, approach: waiting}
""",
        "t.yaml": """
tables:
  - {id: tier, hit_policy: fist, rows: [{id: a, when: {calls: 5, stage: b}, then: low, source: one}]}
  - {id: other, hit_policy: first, rows: [{id: b, when: {}, then: [x]}, {id: c, when: {}, then: y, source: two}]}
  - id: recommendation
    hit_policy: first
    rows:
      - {id: d, when: {tier: low, other: x}, then: wait, because: "{{ calls }} {{ upfront }} {{ tier }} {{ other }}"}
""",
    }
    assert [line.partition("; ")[0] for line in problems_of(tmp_path, files)] == [
        "facts.yaml:3:23: `intger` is no value of `kind`",
        "facts.yaml:4:40: `choices` must be a mapping",
        "facts.yaml:8:26: `value`: `much` is not a number",
        "facts.yaml:10:39: `says` of `one` is missing",
        "facts.yaml:10:49: unknown key `say`",
        "facts.yaml:12:26: `waiting` is no value of `approach`",
        "t.yaml:3:28: `fist` is no value of `hit_policy`",
        "t.yaml:4:67: `then` is one value",
    ]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "holds no rules; put a facts.yaml and a file with a table there"),
        ({"notes.txt": "x", ".hidden.yaml": "tables: ["}, "holds no rules"),
        ({"facts.yaml": FACTS}, "the rules hold no decision table; add a file with `tables:`"),
    ],
)
def test_a_folder_without_rules(tmp_path: Path, files: dict[str, str], problem: str) -> None:
    assert [problem in line for line in problems_of(tmp_path, files)] == [True]


@pytest.mark.parametrize("name", ["missing", "a_file.yaml"])
def test_a_folder_that_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "a_file.yaml").write_text(FACTS)
    with pytest.raises(BadInput, match="is no folder; name a folder of rules"):
        load_rulebook(tmp_path / name)


def test_a_problem_of_one_profile_is_none_of_the_other(tmp_path: Path) -> None:
    files = {
        "facts.yaml": FACTS,
        "t.yaml": table("{calls: 5}"),
        "field/x.yaml": table("{cals: 5}").replace("id: t\n", "id: u\n"),
    }
    files["field/x.yaml"] = files["field/x.yaml"].replace("id: r\n", "id: s\n")
    assert list(load_texts(tmp_path, files, "article").tables) == ["t"]
    assert len(problems_of(tmp_path, files, "full")) == 1
