"""What templates of memos write values and texts with: Markdown that shows user text as text, and lines that break."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from advisor.quantities import is_number, significant, with_unit
from advisor.rulebook.sets import UNKNOWN

WIDTH: Final = 100
MONEY_DIGITS: Final = 5  # of amounts in USD that are not shown exactly
_CENTS: Final = re.compile(r"^(-?\$[0-9,]+\.[0-9])(?![0-9])")
_SPACE: Final = re.compile(r"\s+")
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~])")
_WORD_INSIDE: Final = re.compile(r"(?<=[^\W_])\\_(?=[^\W_])")
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_OPENS_BLOCK: Final = re.compile(r"^(\s*(?:\d{1,9}(?=[.)](?:\s|$)))?)(#|[+-](?=\s|$)|[=-]{2}|(?<=\d)[.)])")
_NOT_FIRST: Final = re.compile(r"(?:[#+>=|~-]|\d{1,9}[.)]$)")
_ITEM: Final = re.compile(r"(?P<indent> *)(?P<bullet>- |\d+\. )")
_ALONE: Final = ("#", "|", "!", ">")


class Raw(str):
    """Markdown that is to stay as it is; any other text that a template shows is escaped."""

    __slots__ = ()


def finalize(value: object) -> object:
    """Escape what a template shows, unless it is Markdown already."""
    return value if isinstance(value, Raw) else escape(str(value))


def escape(text: str) -> str:
    """Return Markdown that shows a text as it is, in one line; space at its ends is kept."""
    line = _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", _visible(text)))
    line = _ENTITY.sub("&amp;", _WORD_INSIDE.sub("_", line))
    return _OPENS_BLOCK.sub(r"\1\\\2", line)


def _visible(text: str) -> str:
    """Replace characters that change how others are shown, such as those that turn the direction of writing."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\u200d" else c for c in text)


def code(value: object) -> Raw:
    """Write an id in backticks."""
    text = " ".join(_visible(str(value)).split())
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return Raw(f"{ticks}{pad}{text}{pad}{ticks}".replace("|", "\\|"))


def codes(values: Iterable[object]) -> Raw:
    """Write several ids, separated by commas."""
    return Raw(", ".join(code(value) for value in values))


def link(name: str) -> Raw:
    """Write the name of a file as the target of a link."""
    return Raw(quote(name))


def block(text: str) -> Raw:
    """Write lines as a block of code."""
    ticks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return Raw(f"{ticks}text\n{text}\n{ticks}")


def yaml(value: object) -> Raw:
    """Write a value for the front matter; JSON is YAML."""
    text = json.dumps(value, ensure_ascii=False)
    return Raw("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text))


def amount(value: object, unit: str | None, *, exact: bool = False) -> str:
    """Write the value of a fact: a number with its unit, yes or no, a choice in words, `unknown`, `never`."""
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(value) and unit == "ratio":
        return f"{with_unit(value, None, exact=exact)} times"  # type: ignore[arg-type]
    if is_number(value):
        assert isinstance(value, int | float)
        is_money = (unit or "").startswith("USD")
        shown = significant(value, MONEY_DIGITS) if is_money and not exact else value
        return _CENTS.sub(r"\g<1>0", with_unit(shown, unit, exact=exact or is_money))
    return UNKNOWN if value == UNKNOWN else str(value)


def about(value: object, unit: str) -> str:
    """Write a sum or a number as a sentence does, in cents or whole dollars; see amount."""
    return with_unit(value, unit, exact=False) if is_number(value) else amount(value, unit)  # type: ignore[arg-type]


def sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    stripped = text.strip()
    ended = stripped if stripped.endswith((".", "?", "!", ":")) or not stripped else f"{stripped}."
    return ended[:1].upper() + ended[1:]


def fragment(text: str) -> str:
    """Return a text without the full stop at its end."""
    return text.strip().removesuffix(".")


def layout(markdown: str) -> str:
    """Return Markdown with one empty line between blocks and its paragraphs and lists broken at 100 columns.

    Tables, headings, pictures, blocks of code and the front matter stay as they are.
    """
    lines = markdown.split("\n")
    return "\n".join(_laid_out(lines)).strip("\n") + "\n"


def _laid_out(lines: list[str]) -> Iterator[str]:
    fence: str | None = None
    front = bool(lines) and lines[0] == "---"
    held: list[str] = []
    empty = True
    for number, line in enumerate(lines):
        if front or fence is not None:
            yield line
            if front and number and line == "---":
                front = False
            elif fence is not None and line == fence:
                fence = None
            empty = False
            continue
        stripped = line.strip()
        item = _ITEM.match(line)
        if held and (not stripped or item or stripped.startswith((*_ALONE, "```"))):
            yield from _broken(held)
            held, empty = [], False
        if not stripped:
            if not empty:
                yield ""
            empty = True
        elif stripped.startswith("```"):
            fence = re.match("`+", stripped)[0]  # type: ignore[index]
            yield line
        elif stripped.startswith(_ALONE):
            yield stripped
            empty = False
        else:
            held.append(line.rstrip())
    if held:
        yield from _broken(held)


def _broken(held: list[str]) -> Iterator[str]:
    """Break one paragraph or list item; a line never begins with what would open another block."""
    item = _ITEM.match(held[0])
    first = item[0] if item else ""
    text = " ".join([held[0][len(first) :], *held[1:]])
    indent = " " * len(first)
    line = first
    for word in _glued(text.split()):
        if line.strip() and line != first and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = indent + word
        else:
            line += word if line in (first, indent) else f" {word}"
    yield line


def _glued(words: list[str]) -> list[str]:
    """Join words that may not begin a line to the one before."""
    glued: list[str] = []
    for word in words:
        if glued and _NOT_FIRST.match(word):
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    return glued
