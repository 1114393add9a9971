"""The rule files of one rulebook as entries that have the right shape, and everything found wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from advisor.errors import Place, Problem, suggestion
from advisor.rulebook.document import BROKEN, Document, Path
from advisor.rulebook.shapes import read_shapes

T = TypeVar("T")


@dataclass(frozen=True)
class RuleSource:
    """A rule file that was read, and the pack whose folder it lies in."""

    document: Document
    pack: str | None

    @cached_property
    def shaped(self) -> tuple[dict[str, Any], list[Problem]]:
        """What the file holds, as far as it has the right shape, and every problem of shape."""
        return read_shapes(self.document)


@dataclass(frozen=True)
class Entry:
    """One entry of a list in a rule file: its data, its path in the document, and the pack of the file."""

    document: Document
    path: Path
    data: dict[str, Any] = field(repr=False)
    pack: str | None

    def __getitem__(self, key: str) -> Any:
        """Return what stands at a key; None when it is absent or was refused."""
        value = self.data.get(key)
        return None if value is BROKEN else value

    def is_broken(self, key: str) -> bool:
        """Tell whether a problem with a key was reported, so that its value is not known."""
        return self.data.get(key) is BROKEN

    def place(self, *path: str | int, of_key: bool = False) -> Place:
        return self.document.place((*self.path, *path), of_key=of_key)

    def typed(self, key: str) -> str | None:
        """Return what stands at a key as it was typed: a number with its own digits."""
        return None if self[key] is None else self.document.typed((*self.path, key), self[key])

    def inside(self, key: str) -> Iterator[Entry]:
        """Yield the well-formed entries of a list in this entry."""
        for i, data in enumerate(self[key] or ()):
            if data is not BROKEN:
                yield Entry(self.document, (*self.path, key, i), data, self.pack)

    def mapping(self, key: str) -> Entry | None:
        """Return the mapping at a key as an entry."""
        return None if self[key] is None else Entry(self.document, (*self.path, key), self[key], self.pack)


class RuleFiles:
    """All files of a rulebook in one profile; `problems` collects what is wrong until everything was looked at."""

    def __init__(self, sources: Sequence[RuleSource], packs: tuple[str, ...] | None, unread: Sequence[Problem]) -> None:
        """packs: those in force, or None for all. unread: why other files of the rulebook could not be read at all."""
        self.packs = packs
        self.problems: list[Problem] = list(unread)
        self.complete = not unread
        self._names = [source.document.name for source in sources]
        self._files: list[tuple[RuleSource, dict[str, Any]]] = []
        for source in sources:
            data, problems = source.shaped
            self._files.append((source, data))
            self.problems.extend(problems)
        self._declared: dict[str, frozenset[str]] = {}
        self.templates: list[tuple[Place, str]] = []

    def in_force(self, pack: str | None) -> bool:
        return pack is None or self.packs is None or pack in self.packs

    @property
    def folders(self) -> tuple[str, ...]:
        """The packs that have files, in the order in which they load."""
        return tuple(dict.fromkeys(source.pack for source, _ in self._files if source.pack))

    def entries(self, key: str) -> Iterator[Entry]:
        """Yield the entries of a top-level list in all files, less those that are no mappings."""
        for source, data in self._files:
            yield from Entry(source.document, (), data, source.pack).inside(key)

    def declared(self, key: str) -> frozenset[str]:
        """Return the ids in a list of all files, those of malformed entries too."""
        if key not in self._declared:
            self._declared[key] = frozenset(entry["id"] for entry in self.entries(key) if entry["id"])
        return self._declared[key]

    def template(self, entry: Entry, key: str) -> str | None:
        """Return a text in force and remember it: it is checked when all names that it may use are known."""
        text: str | None = entry[key]
        if text is not None:
            self.templates.append((entry.place(key), text))
        return text

    def refuse(self, place: Place | None, what: str, mend: str) -> None:
        self.problems.append(Problem(place, what, mend))

    def refuse_unknown(self, place: Place, what: str, name: str, known: Collection[str], otherwise: str) -> None:
        """Refuse a name that nothing has; not where a file could not be read, since it may declare it."""
        if self.complete:
            self.refuse(place, f"unknown {what} `{name}`", suggestion(name, known) or otherwise)

    def put(self, into: dict[str, T], name: str, value: T, place: Place, what: str) -> None:
        """Add under an id, or refuse the second use of one."""
        if name in into:
            self.refuse(place, f"the {what} `{name}` stands twice", "give one of the two another id")
        else:
            into[name] = value

    def sorted_problems(self) -> list[Problem]:
        """Return each problem once, in the order of the files and of the places in them."""
        order = {name: number for number, name in enumerate(self._names)}

        def place(problem: Problem) -> tuple[int, str, int, int]:
            if problem.place is None:
                return (-1, "", 0, 0)
            file, line, column = problem.place
            return (order.get(file, -1), file, line, column)

        return sorted(dict.fromkeys(self.problems), key=place)
