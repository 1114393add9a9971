"""YAML to plain data that remembers where every key and value stood. Scalars follow YAML 1.2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from advisor.errors import BadInput, Place, Problem

Path: TypeAlias = tuple[str | int, ...]

DEEPEST = 100
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_READ = {_TAG + name for name in ("str", "bool", "null", "int", "float", "map", "seq")}


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
# PyYAML reads `010` as eight and fails on `08`.
_Yaml12.add_constructor(_TAG + "int", lambda _loader, node: int(node.value))


@dataclass(frozen=True)
class Document:
    """The data of one file, with the place of each value and of each key by its path from the root."""

    name: str
    data: Any
    values: dict[Path, tuple[int, int]] = field(repr=False)
    keys: dict[Path, tuple[int, int]] = field(repr=False)

    def place(self, path: Sequence[str | int] = (), *, of_key: bool = False) -> Place:
        """Return where a value (or its key) stands; of a path that is not there, the nearest part that is."""
        found: Path = ()
        for part in path:
            if (*found, part) not in self.values:
                break
            found = (*found, part)
        line, column = self.keys[found] if of_key and found in self.keys else self.values[found]
        return Place(self.name, line, column)


def read_document(text: str | bytes, name: str) -> Document:
    """Read one YAML (or JSON) document.

    Raises BadInput, with the place, for what is no YAML and for duplicate keys, aliases, tags, keys that are not
    plain text, a second document, bytes that are not UTF-8 and nesting deeper than 100.
    """
    loader: Any = None
    try:
        loader = _Yaml12(text)
        root = loader.get_single_node()
        reader = _Reader(name, loader)
        data = None if root is None else reader.read(root, ())
        if reader.problems:
            raise BadInput(reader.problems)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        began = error.context_mark
        where = f", in what begins at {began.line + 1}:{began.column + 1}" if began else ""
        mend = "quote a test that begins with `>`, `[` or `-`, and everything with a comma inside {}"
        raise _problem(name, mark, f"not YAML: {error.problem or error.context}{where}", mend) from None
    except yaml.reader.ReaderError as error:
        raise _problem(name, None, f"not YAML: {error.reason}", "save the file as UTF-8 text") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _problem(name, None, f"not YAML: {str(error).splitlines()[0]}", "save the file as UTF-8 text") from None
    except RecursionError:
        raise _problem(name, None, "lists and mappings nest too deeply", f"nest at most {DEEPEST} deep") from None
    finally:
        if loader is not None:
            loader.dispose()
    return Document(name, data, {(): (1, 1)} | reader.values, reader.keys)


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, name: str, loader: Any) -> None:
        self.name, self.loader = name, loader
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.seen: set[int] = set()
        self.problems: list[Problem] = []

    def refuse(self, mark: Any, what: str, mend: str) -> None:
        self.problems.append(Problem(Place(self.name, mark.line + 1, mark.column + 1), what, mend))

    def read(self, node: Any, path: Path) -> Any:
        mark = node.start_mark
        if id(node) in self.seen:
            return self.refuse(mark, "an alias (`*name`) is not read here", "write the value out")
        if node.tag not in _READ:
            return self.refuse(mark, f"the tag `{node.tag}` is not read here", "write a plain value")
        if len(path) > DEEPEST:
            raise _problem(self.name, mark, "lists and mappings nest too deeply", f"nest at most {DEEPEST} deep")
        self.seen.add(id(node))
        self.values[path] = (mark.line + 1, mark.column + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        try:
            return self.loader.construct_object(node)
        except ValueError:
            return self.refuse(mark, "this number cannot be read", "write fewer digits")

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark, key = key_node.start_mark, key_node.value
            if not isinstance(key, str) or key_node.tag not in _READ:
                self.refuse(mark, "a key must be plain text", "put it in quotes")
                continue
            if key in mapping:
                first = self.keys[(*path, key)][0]
                self.refuse(mark, f"`{key}` stands twice, first in line {first}", "keep one of the two")
                continue
            self.keys[(*path, key)] = (mark.line + 1, mark.column + 1)
            mapping[key] = self.read(value_node, (*path, key))
        return mapping


def _problem(name: str, mark: Any, what: str, mend: str) -> BadInput:
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
    return BadInput.one(what, mend, place)
