"""The rulebook as a document: every table drawn, in Markdown and in one HTML file, and the command that prints it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from advisor.cases import read_cases
from advisor.dmn.reading import read_dmn
from advisor.rulebook.model import Rulebook
from advisor.rules_document import html, markdown, rules_document
from tests.conftest import ROOT, Advisor
from tests.dmn_texts import SMALL
from tests.rule_texts import build_texts

CASES = ROOT / "tests" / "cases"
VOID = {"meta", "br", "line", "rect"}


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return build_texts(SMALL)


class Page(HTMLParser):
    """Checks that elements nest, and keeps what there is of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_markdown_is_as_it_was(small: Rulebook, golden: Callable[[str, str], None]) -> None:
    golden("rules/small.md", markdown(rules_document(small)))


def test_the_html_is_as_it_was(small: Rulebook, golden: Callable[[str, str], None]) -> None:
    golden("rules/small.html", html(rules_document(small)))


def test_a_row_with_alternatives_stands_on_several_lines(small: Rulebook) -> None:
    drawn = next(table for table in rules_document(small).tables if table.table.id == "reasons")
    assert [fact.id for fact in drawn.columns] == ["broad", "quality", "stage", "model"]
    assert drawn.rows[0].lines == (
        ("false", "-", "-", "-"),
        ("-", "< 50%", "not(none)", "-"),
        ("-", "-", "-", "known"),
    )
    text = markdown(rules_document(small))
    assert "| `reasons.either` | `false` | - | - | - | `+1` |" in text
    assert "| or | - | `< 50%` | `not(none)` | - | |" in text


def test_it_says_which_table_reads_which(small: Rulebook) -> None:
    document = rules_document(small)
    reads = {table.table.id: (table.reads, table.read_by) for table in document.tables}
    assert reads["tier"] == ((), ("notes", "recommendation"))
    assert reads["recommendation"] == (("tier", "reasons"), ())
    assert {(line.reader, line.read) for line in document.drawing.lines} == {
        ("notes", "tier"),
        ("recommendation", "tier"),
        ("recommendation", "reasons"),
    }


def test_cases_stand_beside_the_rows_they_exercise(article: Rulebook) -> None:
    cases = read_cases(CASES, article)
    document = rules_document(article, cases)
    held = {row.row.id: row.cases for table in document.tables for row in table.rows}
    assert "99,999 calls a month are fewer than 100,000, one reason to prompt" in (held["fit.prompting.volume"] or ())
    assert document.exercised == document.rows
    assert f"{len(cases)} worked cases exercise {document.rows} of {document.rows} rows." in markdown(document)
    assert all(row.cases is None for table in rules_document(article).tables for row in table.rows)


def test_everything_of_the_shipped_rules_is_in_both(rulebook: Rulebook) -> None:
    document = rules_document(rulebook)
    for text in (markdown(document), html(document)):
        for name in (*rulebook.tables, *rulebook.facts, *rulebook.options, *rulebook.assumptions):
            assert name in text
        for row in rulebook.rows:
            assert row.id in text
            assert all(item in text for item in row.source)


def test_the_page_needs_nothing_else_and_can_be_read_by_all(rulebook: Rulebook) -> None:
    text = html(rules_document(rulebook))
    page = Page(text)
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert not page.all("script") + page.all("link") + page.all("img") + page.all("iframe")
    assert all((held["href"] or "").startswith("#") for held in page.all("a"))
    assert "url(" not in text
    assert "@import" not in text
    assert all(held.get("scope") in ("col", "row", "rowgroup") for held in page.all("th"))
    anchors = {held["id"] for _, held in page.found if held.get("id")}
    assert {(held["href"] or "")[1:] for held in page.all("a")} <= anchors
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_texts_of_a_rulebook_are_shown_and_never_run() -> None:
    evil = "<script>alert(1)</script> \"'& | `x` {{ calls }}"
    files = {
        "facts.yaml": f"facts: [{{id: calls, kind: integer, title: {evil!r}}}]".replace("\\'", "''"),
        "t.yaml": "tables: [{id: t, hit_policy: first, title: '<b>|</b>', "
        "rows: [{id: 'r<i>\"', when: {calls: '< 5'}, then: 1, because: '<img src=x> {{ calls }}'}]}]",
    }
    files["facts.yaml"] = "facts:\n  - id: calls\n    kind: integer\n    title: >-\n      " + evil
    rulebook = build_texts(files)
    page = html(rules_document(rulebook))
    assert not Page(page).all("script") + Page(page).all("img") + Page(page).all("b") + Page(page).all("i")
    assert "&lt;script&gt;" in page
    text = markdown(rules_document(rulebook))
    assert "<script>" not in text.replace("\\<", "")
    assert re.search(r"\\<script\\>", text)


def test_the_command_prints_each_format(advisor: Advisor, tmp_path: Path) -> None:
    run = advisor("rules", "--profile", "article")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("# The rules, drawn as tables\n")
    for form, start in (("html", "<!DOCTYPE html>\n"), ("dmn", '<?xml version="1.0"')):
        path = tmp_path / f"rules.{form}"
        run = advisor("rules", "--format", form, "-o", str(path))
        assert (run.returncode, run.stdout, run.stderr) == (0, "", f"written: {path}\n")
        assert path.read_text(encoding="utf-8").startswith(start)
    again = advisor("rules", "--rules", str(tmp_path / "rules.dmn"), "--format", "dmn")
    assert again.stdout == (tmp_path / "rules.dmn").read_text(encoding="utf-8")


def test_the_command_names_cases_and_refuses_a_folder_without(advisor: Advisor, tmp_path: Path) -> None:
    run = advisor("rules", "--profile", "article", "--cases", str(CASES))
    assert "worked cases exercise" in run.stdout
    run = advisor("rules", "--cases", str(tmp_path))
    assert (run.returncode, run.stdout) == (2, "")
    assert "holds no cases" in run.stderr


def test_a_rulebook_of_one_table_is_a_document_too(small: Rulebook, tmp_path: Path) -> None:
    smallest = build_texts(
        {"r.yaml": "facts: [{id: a, kind: boolean}]\ntables: [{id: t, hit_policy: any, rows: [{id: r, when: {}}]}]"}
    )
    text = markdown(rules_document(smallest))
    assert "| `r` | |" in text
    assert Page(html(rules_document(smallest))).open == []
    path = tmp_path / "small.dmn"
    from advisor.dmn.writing import dmn

    path.write_text(dmn(small), encoding="utf-8")
    assert markdown(rules_document(read_dmn(path))) == markdown(rules_document(small))
