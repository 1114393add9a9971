"""Changing single entries of a YAML text of mappings; every other character stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import yaml

from advisor.errors import BadInput
from advisor.rulebook.document import read_document

Keys: TypeAlias = tuple[str, ...]  # the keys that lead to an entry, from the root
Scalar: TypeAlias = Callable[[bool], str]  # the text of a value; in flow style (`{a: 1}`) it may need quotes

INDENT: Final = 2


def put(text: str, keys: Keys, value: str, reads_back: Callable[[Any], bool], *, first: bool = False) -> str:
    """Return a YAML text in which an entry has a value: changed in place, or added to its mapping.

    reads_back: tells of what the reader makes of a spelling whether it means the value; the plainest one that does is
    written. first: add it at the beginning of the text and not at the end of the mapping.
    """

    def scalar(flow: bool) -> str:
        return _spelling(value, reads_back, flow)

    newline = "\r\n" if "\r\n" in text else "\n"
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None or not root.value:
        rest = text[: root.start_mark.index] + text[root.end_mark.index :].lstrip(" ") if root else text
        return _ended(rest, newline) + _block(keys, scalar, 0, newline)
    if first and not root.flow_style and all(key.value != keys[0] for key, _ in root.value):
        start = root.value[0][0].start_mark
        at = start.index - start.column
        return text[:at] + _block(keys, scalar, start.column, newline) + text[at:]
    return _put(text, root, keys, scalar, newline)


def take_out(text: str, keys: Keys) -> str:
    """Return a YAML text without an entry, and without the mappings that it was alone in."""
    chain: list[tuple[Any, int]] = []
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in keys:
        found = next((i for i, (name, _) in enumerate(node.value) if name.value == key), None)
        if found is None:
            return text
        chain.append((node, found))
        node = node.value[found][1]
    while len(chain) > 1 and len(chain[-1][0].value) == 1:
        chain.pop()
    mapping, i = chain[-1]
    start, end = mapping.value[i][0].start_mark.index, mapping.value[i][1].end_mark.index
    if not mapping.flow_style:
        return text[: text.rfind("\n", 0, start) + 1] + text[_line_end(text, _end(mapping.value[i][1])) :]
    if i + 1 < len(mapping.value):
        end = mapping.value[i + 1][0].start_mark.index
    elif i:
        start = mapping.value[i - 1][1].end_mark.index
    return text[:start] + text[end:]


def _put(text: str, mapping: Any, keys: Keys, scalar: Scalar, newline: str) -> str:
    for key, value in mapping.value:
        if key.value != keys[0]:
            continue
        if len(keys) == 1:
            return _replaced(text, value, scalar(bool(mapping.flow_style)))
        if value.value:
            return _put(text, value, keys[1:], scalar, newline)
        if mapping.flow_style:
            return _replaced(text, value, _flow(keys[1:], scalar, braces=True))
        return _opened(text, key, value, keys[1:], scalar, newline)
    if mapping.flow_style:
        at = mapping.value[-1][1].end_mark.index
        return f"{text[:at]}, {_flow(keys, scalar)}{text[at:]}"
    entry = _block(keys, scalar, mapping.value[0][0].start_mark.column, newline)
    at = _line_end(text, _end(mapping.value[-1][1]))
    return _ended(text[:at], newline) + entry + text[at:]


def _replaced(text: str, value: Any, new: str) -> str:
    return text[: value.start_mark.index] + new + text[_last(text, value.end_mark.index) :]


def _opened(text: str, key: Any, value: Any, keys: Keys, scalar: Scalar, newline: str) -> str:
    """Put an entry into `{}` by writing it on a line of its own below."""
    start, end = key.end_mark.index, value.end_mark.index
    line_end = _line_end(text, end)
    rest = text[end:line_end].strip()
    head = f"{text[:start]}:{f'  {rest}' if rest else ''}{newline}"
    return head + _block(keys, scalar, key.start_mark.column + INDENT, newline) + text[line_end:]


def _block(keys: Keys, scalar: Scalar, column: int, newline: str) -> str:
    *parents, name = keys
    lines = [f"{' ' * (column + INDENT * depth)}{parent}:" for depth, parent in enumerate(parents)]
    lines.append(f"{' ' * (column + INDENT * len(parents))}{name}: {scalar(False)}")
    return "".join(line + newline for line in lines)


def _flow(keys: Keys, scalar: Scalar, *, braces: bool = False) -> str:
    inner = f"{keys[0]}: " + (_flow(keys[1:], scalar, braces=True) if len(keys) > 1 else scalar(True))
    return f"{{{inner}}}" if braces else inner


def _spelling(value: str, reads_back: Callable[[Any], bool], flow: bool) -> str:
    """Return a value as plain as it reads back: bare, in single quotes, or in double ones with escapes."""
    quoted = json.dumps(value, ensure_ascii=not value.isprintable())
    for spelling in (value, "'" + value.replace("'", "''") + "'"):
        sample = f"{{a: {spelling}, b: 0}}" if flow else f"a: {spelling}\nb: 0\n"
        try:
            read = read_document(sample, "").data
        except BadInput:
            continue
        if isinstance(read, dict) and read.keys() == {"a", "b"} and read["b"] == 0 and reads_back(read["a"]):
            return spelling
    return quoted


def _end(node: Any) -> int:
    """Return where the last thing in a node ends; the mark of a block mapping lies after the comments below it."""
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    return end


def _line_end(text: str, index: int) -> int:
    """Return where the line begins that follows what ends at an index."""
    found = text.find("\n", _last(text, index))
    return len(text) if found < 0 else found + 1


def _last(text: str, index: int) -> int:
    """Return where what ends at an index ends without the blank lines that belong to a block of text."""
    return len(text[:index].rstrip())


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline
