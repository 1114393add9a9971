"""The digest of a rulebook: the same for the same content, another one for any other."""

from __future__ import annotations

import re

import pytest

from advisor.data import data_dir
from advisor.rulebook.digest import digest_of
from advisor.rulebook.document import compose
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.loading import build_rulebook, load_rulebook, rule_files
from advisor.rulebook.model import Rulebook
from tests.rule_texts import build_texts

FILES = {
    "facts.yaml": """
sections:
  - {id: volume, title: Volume}
facts:
  - {id: calls, kind: integer, section: volume, domain: "[0..1_000_000]", question: How many?, default: {value: 5}}
  - {id: stage, kind: choice, choices: {none: not begun, draft: begun}}
  - {id: late, kind: number, pack: field}
constraints:
  - {never: {calls: 0, stage: draft}, because: Nothing to draft.}
options:
  - {id: wait, approach: prompting, title: Wait}
  - {id: tune, approach: fine_tuning}
assumptions:
  - {id: upfront, value: 500, low: 200, high: 2000, as_of: 2026-11-23}
sources:
  - {id: paper, title: Paper, read: 2026-11-23, items: [{id: one, says: something}, {id: two, says: more}]}
""",
    "tables.yaml": """
tables:
  - id: recommendation
    hit_policy: first
    rows:
      - {id: low, when: {calls: "< 10_000", stage: "none, draft"}, then: wait, because: "{{ calls }}: low", source: one}
      - {id: high, when: {calls: ">= 10_000"}, then: tune, strength: likely, source: [one, two]}
  - id: tier
    hit_policy: any
    rows:
      - {id: any, when: {any: [{calls: 5}, {stage: none}]}, then: 85%}
""",
    "field/more.yaml": "tables: [{id: extra, hit_policy: count, rows: [{id: late, when: {late: 5}}]}]",
}


def digest(changes: tuple[tuple[str, str], ...] = (), profile: str = "full", **renamed: str) -> str:
    """Return the digest after texts were replaced, each of which must be there, and files renamed."""
    files = dict(FILES)
    for old, new in changes:
        assert any(old in text for text in files.values()), old
        files = {name: text.replace(old, new) for name, text in files.items()}
    return build_texts(
        {renamed.get(name.replace(".", "_"), name): text for name, text in files.items()}, profile
    ).digest


@pytest.mark.parametrize(
    "change",
    [
        ("sections:", "# a comment\n\nsections:"),
        ('calls: "< 10_000"', 'calls: "<10000"'),
        ('stage: "none, draft"', "stage: [draft, none]"),
        ("value: 500,", "value:   500.0,"),
        ("high: 2000", "high: 2k"),
        ("then: 85%", "then: 0.85"),
        ("title: Wait", 'title: "Wait"'),
        ('"{{ calls }}: low"', '"{{ calls }}: \n          low"'),
        ("source: one", "source: [one]"),
    ],
)
def test_comments_white_space_and_spelling_do_not_change_it(change: tuple[str, str]) -> None:
    assert digest((change,)) == digest()


def test_names_of_files_and_the_order_of_tables_do_not_change_it() -> None:
    assert digest(tables_yaml="a.yaml") == digest()
    assert digest(facts_yaml="vocabulary.yml") == digest()


@pytest.mark.parametrize(
    "change",
    [
        ("title: Volume", "title: The volume"),
        ("How many?", "How many calls?"),
        ("[0..1_000_000]", "[0..1_000_001]"),
        ("default: {value: 5}", "default: {value: 6}"),
        ("not begun", "not yet begun"),
        ("{none: not begun, draft: begun}", "{draft: begun, none: not begun}"),
        ("never: {calls: 0", "never: {calls: 1"),
        ("Nothing to draft.", "Nothing."),
        ("title: Wait", "title: Wait!"),
        ("approach: fine_tuning", "approach: hybrid"),
        ("value: 500", "value: 501"),
        ("low: 200", "low: 201"),
        ("as_of: 2026-11-23", "as_of: 2026-11-24"),
        ("title: Paper", "title: A paper"),
        ("read: 2026-11-23", "read: 2026-11-24"),
        ("says: something", "says: something else"),
        ('"< 10_000"', '"<= 10_000"'),
        ("}}: low", "}}: very low"),
        ("source: one}", "source: two}"),
        ("strength: likely", "strength: definite"),
        ("hit_policy: any", "hit_policy: unique"),
        ("id: high", "id: higher"),
        ("then: 85%", "then: 86%"),
        ("{calls: 5}, {stage: none}", "{stage: none}, {calls: 5}"),
        ("{id: late, when: {late: 5}}", "{id: late, when: {late: 6}}"),
    ],
)
def test_any_change_of_content_changes_it(change: tuple[str, str]) -> None:
    assert digest((change,)) != digest()


def test_the_order_of_rows_facts_and_options_changes_it() -> None:
    rows = [line for line in FILES["tables.yaml"].splitlines() if "{id: low" in line or "{id: high" in line]
    options = [line for line in FILES["facts.yaml"].splitlines() if "approach" in line]
    for first, second in (rows, options):
        assert digest(((f"{first}\n{second}", f"{second}\n{first}"),)) != digest()


def test_only_what_is_in_force_counts() -> None:
    change = ("{id: late, when: {late: 5}}", "{id: late, when: {late: 6}}")
    assert digest((change,), profile="article") == digest(profile="article")
    assert digest(profile="article") != digest()


def test_the_shipped_digest_is_the_same_in_every_process_and_after_shuffling_files(rulebook: Rulebook) -> None:
    assert re.fullmatch("sha256:[0-9a-f]{64}", rulebook.digest)
    assert load_rulebook().digest == rulebook.digest
    sources = [
        RuleSource(compose(file.path.read_bytes(), file.name), file.pack) for file in rule_files(data_dir("rules"))
    ]
    shuffled = [s for pack in (None, "article", "field") for s in reversed(sources) if s.pack == pack]
    assert len(shuffled) == len(sources)
    assert build_rulebook(shuffled, "full").digest == rulebook.digest


def test_parts_of_any_kind_have_a_digest() -> None:
    assert digest_of("a", {"b": 1}) == digest_of("a", {"b": 1}) != digest_of("a", {"b": 2})
    assert digest_of({"a": 1, "b": 2}) != digest_of({"b": 2, "a": 1})
