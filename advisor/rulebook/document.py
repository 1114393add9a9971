"""YAML to plain data that remembers where every key and value stood. Scalars follow YAML 1.2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

from advisor.errors import BadInput, Place, Problem

Path: TypeAlias = tuple[str | int, ...]

DEEPEST: Final = 100
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_READ = {_TAG + name for name in ("str", "bool", "null", "int", "float", "map", "seq")}
_NUMBERS = {_TAG + "int", _TAG + "float"}
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_QUOTE = "quote what begins with `>`, `[` or `-`, and everything that holds a comma inside {}"
_UTF8 = "save the file as plain text in UTF-8"


class Broken:
    """Stands in the data for a value that was refused when it was read, so that nothing is said of it again."""

    def __repr__(self) -> str:
        return "..."


BROKEN: Final = Broken()


class _Yaml12(_Base):  # type: ignore[misc]
    """PyYAML's own resolvers are those of YAML 1.1, where `no` is false and `1e3` is a text."""


_Yaml12.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Yaml12.add_implicit_resolver(_TAG + _kind, re.compile(_pattern), list(_first))
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Document:
    """The data of one file, with the place of each value and of each key by its path from the root.

    `numbers` holds the text of each number as it was written. `problems` says what was refused of an otherwise
    readable file; where a value is missing for it, `data` holds BROKEN.
    """

    name: str
    data: Any
    values: dict[Path, tuple[int, int]] = field(repr=False)
    keys: dict[Path, tuple[int, int]] = field(repr=False)
    numbers: dict[Path, str] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def place(self, path: Sequence[str | int] = (), *, of_key: bool = False) -> Place:
        """Return where a value (or its key) stands; of a path that is not there, the nearest part that is."""
        found = tuple(path)
        while found not in self.values:
            found = found[:-1]
        line, column = self.keys[found] if of_key and found in self.keys else self.values[found]
        return Place(self.name, line, column)

    def typed(self, path: Path, value: Any) -> str:
        """Return a single value of the data as one types it."""
        written = self.written(path, value)
        return str(written).lower() if isinstance(written, bool) else str(written)

    def written(self, path: Path, value: Any) -> Any:
        """Return a value of the data as it was typed: the text of a number, everything else as it is."""
        return self.numbers.get(path, value)


def read_document(text: str | bytes, name: str) -> Document:
    """Read one YAML (or JSON) document. Raises BadInput, with the places, for everything that compose refuses."""
    document = compose(text, name)
    if document.problems:
        raise BadInput(document.problems)
    return document


def compose(text: str | bytes, name: str) -> Document:
    """Read one YAML (or JSON) document as far as it can be read.

    Duplicate keys, aliases, tags, keys that are not plain text and numbers of thousands of digits are left out and
    stand among the document's problems. Raises BadInput, with the place, for what is no YAML at all, a second
    document, text that is not UTF-8 and nesting deeper than 100.
    """
    decoded = _decoded(text, name)
    loader: Any = None
    try:
        loader = _Yaml12(decoded)
        root = loader.get_single_node()
        reader = _Reader(name)
        data = None if root is None else reader.read(root, ())
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, error) from None
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError) as error:
        raise _unreadable(name, decoded, error) from None
    finally:
        if loader is not None:
            loader.dispose()
    return Document(name, data, {(): (1, 1)} | reader.values, reader.keys, reader.numbers, tuple(reader.problems))


def _decoded(text: str | bytes, name: str) -> str:
    """Return the characters of a file, those of a JSON file so that YAML reads them too."""
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        column = len(error.object[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise BadInput.one("the file is not UTF-8 text", _UTF8, Place(name, line, column)) from None
    if decoded.lstrip().startswith("{"):
        # JSON may indent by tabs, where YAML takes none, and writes a rare character as two escapes.
        decoded = _SURROGATES.sub(_one_escape, decoded.replace("\t", " "))
    return decoded


def _one_escape(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.numbers: dict[Path, str] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def refuse(self, mark: Any, what: str, mend: str) -> Broken:
        self.problems.append(Problem(Place(self.name, mark.line + 1, mark.column + 1), what, mend))
        return BROKEN

    def read(self, node: Any, path: Path) -> Any:
        mark = node.start_mark
        self.values[path] = (mark.line + 1, mark.column + 1)
        if id(node) in self.seen:
            return self.refuse(
                mark, "this is repeated by an alias, which is not read here", "write the value out again"
            )
        if node.tag not in _READ:
            return self.refuse(mark, f"the tag `{node.tag}` is not read here", "write a plain value")
        if len(path) > DEEPEST:
            raise _problem(self.name, mark, "lists and mappings nest too deeply", f"nest at most {DEEPEST} deep")
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if node.tag in _NUMBERS:
            self.numbers[path] = node.value
        try:
            return _scalar(node.tag.removeprefix(_TAG), node.value)
        except (ValueError, KeyError):  # thousands of digits, or a tag that does not fit its value
            return self.refuse(mark, "this value cannot be read", "write a plain number of less than 17 digits")

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark, key = key_node.start_mark, key_node.value
            if not isinstance(key, str) or key_node.tag not in _READ or key_node.tag == _TAG + "null":
                self.refuse(mark, "a key must be plain text", "put it in quotes")
            elif key in mapping:
                first = self.keys[(*path, key)][0]
                self.refuse(mark, f"`{key}` stands twice, first in line {first}", "keep one of the two")
            else:
                self.keys[(*path, key)] = (mark.line + 1, mark.column + 1)
                mapping[key] = self.read(value_node, (*path, key))
        return mapping


def _scalar(tag: str, text: str) -> Any:
    """Read one scalar as YAML 1.2 does: `010` is ten, of which YAML 1.1 makes eight."""
    match tag:
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "bool":
            return _BOOLEANS[text.lower()]
        case "null":
            return None
    return text


def _not_yaml(name: str, error: yaml.MarkedYAMLError) -> BadInput:
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    what = f"not YAML: {error.problem or error.context}"
    if began and mark and (began.line, began.column) != (mark.line, mark.column):
        what += f", in what begins at {began.line + 1}:{began.column + 1}"
    mend = _QUOTE
    if "cannot start any token" in what:
        mend = "indent by spaces, never by tabs, and quote what begins with a special character"
    elif "mapping values are not allowed" in what:
        mend = "quote a text that holds a colon and a space, and indent what belongs together alike"
    elif "nesting" in what:
        mend = f"nest at most {DEEPEST} deep"
    elif "document" in what:
        mend = "keep one document in the file"
    return _problem(name, mark, what, mend)


def _unreadable(name: str, text: str, error: Exception) -> BadInput:
    """Say which character YAML does not allow; its own message does not say where it stands."""
    allowed = re.compile("[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
    match = allowed.match(text)
    before = match[0] if match else ""
    if len(before) == len(text):
        return _problem(name, None, f"not YAML: {str(error).splitlines()[0]}", _UTF8)
    place = Place(name, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    return BadInput.one(f"the character U+{ord(text[len(before)]):04X} cannot stand in a file", "remove it", place)


def _problem(name: str, mark: Any, what: str, mend: str) -> BadInput:
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
    return BadInput.one(what, mend, place)
