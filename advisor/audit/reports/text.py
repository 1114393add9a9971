"""The report for a person at a terminal: a finding each with its place, an excerpt, an example and how to mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from advisor.audit.model import Finding, Report
from advisor.audit.reports.difference import Line, lines_of
from advisor.audit.reports.parts import (
    Excerpt,
    changed,
    example_text,
    excerpt,
    plural,
    printable,
    shown,
    summary,
)
from advisor.errors import Place

WIDTH = 100
_INDENT = "    "
_LABEL = 10  # columns that labels take


def render(report: Report, width: int = WIDTH) -> str:
    """Return the report as lines of at most `width` columns where words allow it; the last one sums up."""
    return "\n".join(_Page(report, width).lines()) + "\n"


class _Page:
    def __init__(self, report: Report, width: int) -> None:
        self.report, self.width = report, width

    def lines(self) -> Iterator[str]:
        report = self.report
        show = shown(report.findings)
        last: Place | None = None
        for finding in show.findings:
            yield from self._finding(finding, with_excerpt=finding.place != last)
            yield ""
            last = finding.place
        for (check, table), count in show.more.items():
            yield self._fold(f"and {plural(count, 'more finding')} of `{check}`{_in(table)}: --format json lists all")
            yield ""
        yield from self._not_checked()
        if report.accepted:
            accepted = plural(len(report.accepted), "finding")
            yield self._fold(f"accepted: {accepted}, each for a reason that a rule file gives")
            yield ""
        if report.tensions:
            names = dict.fromkeys(tension.id for tension in report.tensions)
            where = "--format markdown shows each with a project and the rows that resolve it"
            yield self._fold(f"the source contradicts itself in {plural(len(names), 'place')}; {where}")
            yield ""
        if report.difference is not None:
            for line in lines_of(report.difference):
                yield from self._line(line)
            yield ""
        yield summary(report)

    def _finding(self, finding: Finding, *, with_excerpt: bool) -> Iterator[str]:
        table = f"{finding.table}: " if finding.table else ""
        yield self._fold(f"{finding.place}: {finding.check} [{finding.severity}] {table}{finding.message}")
        part = excerpt(self.report.texts, finding.place) if with_excerpt else None
        if part is not None:
            yield from self._excerpt(part)
        yield from self._labelled("example", example_text(finding.example) if finding.example else "")
        if finding.pair is not None:
            yield from self._labelled("then", f"{example_text(changed(finding.example, finding.pair))}, all else equal")
        if finding.answers and changed(finding.example, finding.answers):
            yield from self._labelled("answers", example_text(finding.answers))
            if finding.pair_answers:
                yield from self._labelled("then", example_text(changed(finding.answers, finding.pair_answers)))
        for related in finding.related:
            yield from self._labelled("see", f"{related.place}: {related.message}")
        if finding.key and finding.key not in finding.message:
            yield from self._labelled("about", finding.key)
        yield from self._labelled("mend", finding.fix)

    def _excerpt(self, part: Excerpt) -> Iterator[str]:
        numbers = len(str(part.first + len(part.lines) - 1))
        room = max(self.width - len(_INDENT) - numbers - 3, 20)
        start = 0 if part.column < room - 3 else part.column - room // 2  # the place stays in sight
        for n, line in enumerate(part.lines):
            cut = line[start:]
            cut = cut if len(cut) <= room else f"{cut[: room - 4].rstrip()} ..."
            yield f"{_INDENT}{part.first + n:>{numbers}} | {cut}"
            if n == 0:
                yield f"{_INDENT}{'':{numbers}} | {' ' * (part.column - start)}^"

    def _not_checked(self) -> Iterator[str]:
        if not self.report.not_checked:
            return
        yield "not checked:"
        for skipped in self.report.not_checked:
            yield self._fold(f"{_INDENT}{skipped.check}{_in(skipped.table)}: {skipped.reason}", _INDENT * 2)
        yield ""

    def _line(self, line: Line) -> Iterator[str]:
        if line.label:
            yield from self._labelled(line.label, line.text, _INDENT * (line.depth))
        else:
            yield self._fold(f"{_INDENT * line.depth}{line.text}", _INDENT * (line.depth + 1))

    def _labelled(self, label: str, text: str, indent: str = _INDENT) -> Iterator[str]:
        if text:
            yield self._fold(f"{indent}{label:{_LABEL}}{text}", f"{indent}{'':{_LABEL}}")

    def _fold(self, text: str, after: str = _INDENT) -> str:
        return textwrap.fill(
            printable(text),
            self.width,
            subsequent_indent=after,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
            drop_whitespace=True,
        )


def _in(table: str | None) -> str:
    return f" of `{table}`" if table else ""
