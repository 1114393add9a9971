"""A memo on the screen: its Markdown folded to the terminal, tables that do not fit turned into lists."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

_ITEM = re.compile(r"^(\s*(?:[-*]|\d+\.|#+) +)")
_CELL = re.compile(r"(?<!\\)\|")
_AS_IT_IS = ("![", "```", "<", ">")


def on_screen(markdown: str, width: int) -> str:
    """Return Markdown for a terminal: without its front matter, no line of words wider than `width`."""
    body = re.sub(r"\A---\n.*?\n---\n+", "", markdown, flags=re.DOTALL)
    lines: list[str] = []
    for part, block in _blocks(body.splitlines()):
        if part == "text":
            lines += _paragraph(block, width)
        elif part == "table" and max(map(len, block)) > width:
            lines += _listed(block, width)
        else:
            lines += block
    return "\n".join(lines) + "\n"


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of lines: a paragraph or list item (text), a table, or what stays as it is (other)."""
    fenced, number = False, 0
    marked: list[tuple[str, int, str]] = []
    for line in lines:
        fence = line.startswith("```")
        kind = "other" if fenced or fence or not line.strip() or line.startswith(_AS_IT_IS) else "text"
        kind = "table" if kind == "text" and line.startswith("|") else kind
        fenced ^= fence
        if kind == "text" and (_ITEM.match(line) or not marked or marked[-1][0] != "text"):
            number += 1
        marked.append((kind, number if kind == "text" else 0, line))
    for (kind, _), run in groupby(marked, key=lambda mark: mark[:2]):
        yield kind, [line for _, _, line in run]


def _paragraph(lines: list[str], width: int) -> list[str]:
    item = _ITEM.match(lines[0])
    start = item[1] if item else ""
    return _folded(" ".join(line.strip() for line in lines)[len(start.strip()) :], width, start, " " * len(start))


def _listed(table: list[str], width: int) -> list[str]:
    """Return each row as a list item: its first cell, and below it the others with the heading of their column."""
    rows = [[cell.strip() for cell in _CELL.split(line.strip().strip("|"))] for line in table]
    heads, body = rows[0], [row for row in rows[1:] if any(row) and not all(re.fullmatch(r":?-+:?", c) for c in row)]
    lines = []
    for first, *rest in body:
        lines += _folded(first, width, "- ", "  ")
        for head, cell in zip(heads[1:], rest, strict=False):
            if cell:
                lines += _folded(f"{head}: {cell}" if head else cell, width, "  ", "    ")
    return lines


def _folded(text: str, width: int, start: str, after: str) -> list[str]:
    return textwrap.wrap(
        text.strip(),
        width,
        initial_indent=start,
        subsequent_indent=after,
        break_long_words=False,
        break_on_hyphens=False,
    )
