"""DMN files of any origin, DMN 1.1 to 1.5, as the rule files of a rulebook.

Read are decision tables whose cells are unary tests on plain values; everything else in a table is refused by name and
place. Facts are `required`, since DMN knows no unknown, unless some cell tests for null or an extension element of ours
says otherwise. The places of everything are those in the DMN file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from advisor.dmn.extension import Placed, carried, decode, document_of
from advisor.dmn.facts import FactSettler, Heard, placed
from advisor.dmn.feel import texts_in
from advisor.dmn.markup import Element, parse_xml
from advisor.dmn.naming import Names
from advisor.dmn.scope import Found, Scope
from advisor.dmn.tables import TableReader
from advisor.dmn.types import Problems
from advisor.errors import BadInput, Place, Problem
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.loading import FULL, build_rulebook
from advisor.rulebook.model import Rulebook

_DMN: Final = re.compile(r"https?://www\.omg\.org/spec/DMN/[0-9]{8}/(?:MODEL/?|dmn(?:11)?\.xsd)")


@dataclass(frozen=True)
class DmnFile:
    """A DMN file that was read. `sources` are its rule files, one for each pack; `notes` say what was left out."""

    name: str
    text: str
    sources: list[RuleSource]
    profile: str
    notes: tuple[Problem, ...]


def read_dmn(path: Path, profile: str | None = None) -> Rulebook:
    """Read a DMN file as a rulebook. profile: by default the one that it was written in, or `full`.

    Raises BadInput with every problem.
    """
    read = read_dmn_file(path)
    return build_rulebook(read.sources, profile or read.profile)


def dmn_sources(path: Path) -> list[RuleSource]:
    """Return a DMN file as rule files. Raises BadInput with every problem."""
    return read_dmn_file(path).sources


def read_dmn_file(path: Path) -> DmnFile:
    """Read a DMN file. Raises BadInput with every problem, each with its place in the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput.one(f"{path} cannot be read: {error.strerror}", "name a DMN file") from None
    return parse_dmn(content, path.name)


def parse_dmn(content: bytes, name: str) -> DmnFile:
    """Read what a DMN file holds. Raises BadInput with every problem, each with its place in the file."""
    root = parse_xml(content, name)
    at = Place(name, root.line, root.column)
    if root.name != "definitions" or not _DMN.fullmatch(root.namespace):
        what = f"the file is no DMN: it begins with `{root.name}` in the namespace `{root.namespace}`"
        raise BadInput.one(what, "name a file of DMN 1.1 or later", at)
    reader = _Reader(root, name)
    sources = reader.sources()
    if reader.problems.found:
        raise BadInput(sorted(dict.fromkeys(reader.problems.found)))
    return DmnFile(name, content.decode("utf-8-sig", "replace"), sources, reader.profile, tuple(reader.notes()))


class _Reader:
    """Reads one file."""

    def __init__(self, root: Element, name: str) -> None:
        self.root, self.name = root, name
        self.problems = Problems(name)
        self.names = Names()
        own = carried(root, "rulebook")
        self.own = decode(own) if own else None
        self.profile = str((self.own and self.own.get("profile")) or FULL)
        self.scope = Scope(root, self.names, self.problems)

    def sources(self) -> list[RuleSource]:
        words = Names()
        for heard in self.scope.facts.values():
            words.keep((heard.own.get("choices") or () if heard.own else ()), numbers=True)
        words.keep(text for held in self.root.everything() if held.name == "text" for text in texts_in(held.text))
        reader = TableReader(self.scope, words, self.problems)
        for table in self.scope.tables:
            reader.refuse_policy(table)
            reader.gather(table)
        settler = FactSettler(reader.names, self.problems)
        read = [heard for heard in self.scope.facts.values() if heard.own or heard.columns]
        for heard in read:
            settler.settle(heard)
        packs = self._packs()
        files: dict[str | None, dict[str, Any]] = {None: self._surroundings(read), **{pack: {} for pack in packs}}
        for table in self.scope.tables:
            self._put(files, table, reader.rows(table), reader.policy(table))
        if not self.scope.tables:
            self.problems.refuse(self.root, "the file holds no decision table", "name a file with one")
        return [
            RuleSource(document_of(self.name, Placed(_lists(held, self.root), self.root)), pack)
            for pack, held in files.items()
        ]

    def notes(self) -> list[Problem]:
        """Say which parts of the file are not decision tables, so that nothing is left out silently."""
        owners = {id(table.owner) for table in self.scope.tables}
        notes = []
        for element in self.root.children:
            if element.namespace != self.root.namespace:
                continue
            title = element.get("name") or element.name
            if element.name in ("decision", "businessKnowledgeModel") and id(element) not in owners:
                what = f"`{title}` is no decision table"
                notes.append(Problem(self.problems.place(element), what, "its result may be anything here"))
            elif element.name == "import":
                what = f"the import `{title}` is not followed"
                notes.append(Problem(self.problems.place(element), what, "what it defines may be anything here"))
        return notes

    def _packs(self) -> list[str]:
        packs = self.own.get("packs") if self.own else None
        return list(dict.fromkeys(packs)) if isinstance(packs, list) else []

    def _surroundings(self, facts: Sequence[Heard]) -> dict[str, list[Placed]]:
        held: dict[str, list[Placed]] = {}
        for key, entries in self.own.value.items() if self.own else ():
            if key not in ("profile", "packs") and isinstance(entries.value, list):
                held[key] = list(entries.value)
        held["facts"] = [data for heard in facts for data in heard.data]
        constraints = [never for heard in facts for never in heard.never]
        if constraints:
            held["constraints"] = [*held.get("constraints", []), *constraints]
        return held

    def _put(
        self, files: dict[str | None, dict[str, Any]], table: Found, rows: list[Placed], policy: str | None
    ) -> None:
        """Put a table into the file of its pack, and rows of later packs before it into theirs."""
        order = list(files)
        held = carried(table.owner, "table") if not table.inner else None
        own = decode(held) if held else None
        pack = own.get("pack") if own else None
        pack = pack if pack in order else None
        packs = []
        for row in rows:
            of = row.value.pop("pack", None)
            packs.append(of.plain() if of and of.plain() in order else pack)
        ranks = [order.index(of) for of in packs]
        if ranks != sorted(ranks, reverse=True) or min(ranks, default=0) < order.index(pack):
            packs = [pack] * len(rows)  # rows were moved: their order counts more than where they are from
        data = {"id": table.id, "title": table.title, "hit_policy": policy or "first"}
        purpose = table.owner.first("description")
        if purpose is not None and purpose.text and not table.inner:
            data["purpose"] = purpose.text
        for of in dict.fromkeys([pack, *reversed(packs)]):
            mine = [row for row, rows_pack in zip(rows, packs, strict=True) if rows_pack == of]
            entry = placed(data if of == pack else {"extend": table.id}, table.owner)
            entry.value["rows"] = Placed(mine, table.element)
            files[of].setdefault("tables", []).append(entry)


def _lists(held: dict[str, Any], at: Element) -> dict[str, Placed]:
    return {key: Placed(entries, entries[0].at if entries else at) for key, entries in held.items()}
