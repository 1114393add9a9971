"""Decision tables of the rule files: their rows from all packs, what they conclude, the order of deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.quantities import NumberError, is_number, parse_number
from advisor.rulebook.build_rows import RowReader
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.model import Assumption, Fact, Kind, Row, Table
from advisor.rulebook.names import is_choice, is_reserved
from advisor.rulebook.sets import BOOLEANS, UNKNOWN, ChoiceSet, NumberSet, ValueSet, point


@dataclass
class Draft:
    """A table while its parts are gathered from files: the entry that declares it and its rows, last pack first."""

    entry: Entry
    rows: list[Entry]

    @property
    def hit_policy(self) -> Any:
        return self.entry["hit_policy"]


def gather_tables(
    files: RuleFiles, facts: Mapping[str, Fact], assumptions: Mapping[str, Assumption]
) -> dict[str, Draft]:
    """Return the tables in force in the order of their files, with the rows that later packs put before theirs."""
    drafts: dict[str, Draft] = {}
    for entry in files.entries("tables"):
        if not files.in_force(entry.pack):
            continue
        name, extended = entry["id"], entry["extend"]
        if extended is not None and name is None:
            _extend(files, entry, drafts)
            continue
        if not (entry.is_broken("id") or entry.is_broken("extend")) and (name is None) == (extended is None):
            files.refuse(entry.place(), "a table has either `id` or `extend`", "name a new table or one to extend")
        if is_reserved(name or ""):
            files.refuse(entry.place("id"), f"`{name}` cannot name a table", "it means something else; choose another")
        elif name in facts or name in assumptions:
            held = "a fact" if name in facts else "an assumption"
            files.refuse(entry.place("id"), f"`{name}` is {held} already", "a table concludes the fact that has its id")
        if entry["hit_policy"] is None and not entry.is_broken("hit_policy"):
            files.refuse(entry.place("id"), f"`hit_policy` of `{name}` is missing", "add `hit_policy: first`, say")
        _declare(files, entry, drafts)
    return drafts


def _declare(files: RuleFiles, entry: Entry, drafts: dict[str, Draft]) -> None:
    """Begin a table. The rows of one that is refused are kept, so that what is wrong with them is said at once too."""
    name, draft = entry["id"] or "", Draft(entry, list(entry.inside("rows")))
    if name in drafts:
        drafts[name].rows += draft.rows
    if name not in drafts or name:
        files.put(drafts, name, draft, entry.place("id"), "table")


def _extend(files: RuleFiles, entry: Entry, drafts: dict[str, Draft]) -> None:
    name = entry["extend"]
    for key in ("title", "purpose"):
        if entry[key] is not None:
            files.refuse(
                entry.place(key, of_key=True), f"`{key}` stands where `{name}` is declared", "leave it out here"
            )
    if name not in drafts:
        if name in files.declared("tables"):
            what = f"`{name}` is declared after it is extended, or in a pack that is not in force"
            files.refuse(entry.place("extend"), what, "extend a table of an earlier file or pack")
        else:
            otherwise = "extend a table of an earlier pack"
            files.refuse_unknown(entry.place("extend"), "table", name, drafts, otherwise)
        drafts[name] = Draft(entry, [])
    policy = drafts[name].hit_policy
    if policy is not None and entry["hit_policy"] not in (None, policy):
        files.refuse(entry.place("hit_policy"), f"`{name}` has the hit policy `{policy}`", "leave it out here")
    drafts[name].rows[:0] = entry.inside("rows")


def concluded_facts(files: RuleFiles, drafts: Mapping[str, Draft]) -> dict[str, Fact]:
    """Return the facts that tables conclude, one for each but `collect` tables and those that are not wholly known."""
    concluded: dict[str, Fact] = {}
    for name, draft in drafts.items():
        if draft.hit_policy == "collect":
            continue
        domain, entry = _concluded_domain(files, draft), draft.entry
        if draft.hit_policy is not None and not any(row.is_broken("then") for row in draft.rows):
            title = entry["title"] or name.replace("_", " ")
            concluded[name] = Fact(name, _kind(domain), domain, title, place=entry.place("id"))
    return concluded


def build_tables(drafts: Mapping[str, Draft], reader: RowReader) -> dict[str, Table]:
    """Return the tables with their rows. Ids of rows are unique across all tables."""
    tables: dict[str, Table] = {}
    seen: dict[str, Row] = {}
    for name, draft in drafts.items():
        entry, rows = draft.entry, []
        for held in draft.rows:
            row = reader.read(held, name, draft.hit_policy)
            rows.append(row)
            if row.id:
                reader.files.put(seen, row.id, row, row.place, "row")
        tables[name] = Table(
            id=name,
            title=entry["title"] or name.replace("_", " "),
            hit_policy=draft.hit_policy,
            purpose=entry["purpose"],
            rows=tuple(rows),
            pack=entry.pack,
            place=entry.place("id"),
        )
    return tables


def decision_order(files: RuleFiles, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Return the tables so that each follows those it tests; refuse circles, each named as a path."""
    done: dict[str, None] = {}
    said: set[frozenset[str]] = set()
    for start in tables:
        trail: list[str] = []
        pending: list[list[str]] = [[start]]  # for each step of the trail, the tables that are still to be visited
        while pending:
            if not pending[-1]:
                pending.pop()
                if trail:
                    done[trail.pop()] = None
                continue
            name = pending[-1].pop(0)
            if name in trail:
                circle = trail[trail.index(name) :]
                if frozenset(circle) not in said:
                    said.add(frozenset(circle))
                    _refuse_circle(files, tables, circle)
            elif name not in done:
                trail.append(name)
                pending.append([fact for fact in tables[name].inputs if fact in tables])
    return tuple(done)


def _refuse_circle(files: RuleFiles, tables: Mapping[str, Table], circle: Sequence[str]) -> None:
    path = " -> ".join((*circle, circle[0]))
    mend = f"let `{circle[-1]}` not test `{circle[0]}`"
    files.refuse(tables[circle[0]].place, f"tables depend on each other in a circle: {path}", mend)


def _concluded_domain(files: RuleFiles, draft: Draft) -> ValueSet:
    """Return what the rows can conclude, with `unknown` where a row says so.

    Where every value is a number, or text that is read as one (`10_000`), the table concludes numbers.
    """
    if draft.hit_policy == "count":
        return NumberSet.of(point(number) for number in range(len(draft.rows) + 1))
    rows = [entry for entry in draft.rows if entry["then"] is not None]
    unknown = any(entry["then"] == UNKNOWN for entry in rows)
    rows = [entry for entry in rows if entry["then"] != UNKNOWN]
    values = [entry["then"] for entry in rows]
    if values and all(isinstance(value, bool) for value in values):
        return ChoiceSet.of((str(value).lower() for value in values), BOOLEANS, unknown=unknown)
    if values and all(_is_quantity(value) for value in values):
        for entry in rows:
            if isinstance(entry["then"], str):
                entry.data["then"] = parse_number(entry["then"])
        return NumberSet.of((point(entry["then"]) for entry in rows), unknown=unknown)
    for entry in rows:
        then = entry["then"]
        if not isinstance(then, str):
            shown = str(then).lower() if isinstance(then, bool) else then
            what = f"`{shown}` is of another kind than what other rows conclude"
            mend = "let all rows conclude words, booleans or numbers; quote a word that looks like a number"
            files.refuse(entry.place("then"), what, mend)
        elif not is_choice(then):
            files.refuse(entry.place("then"), f"no test could name `{then}`", "conclude a plain word")
    words = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
    return ChoiceSet(words, unknown, words)


def _is_quantity(value: object) -> bool:
    if not isinstance(value, str):
        return is_number(value)
    try:
        parse_number(value)
    except NumberError:
        return False
    return True


def _kind(domain: ValueSet) -> Kind:
    if isinstance(domain, NumberSet):
        return "integer" if all(isinstance(end, int) for end in domain.endpoints()) else "number"
    return "boolean" if isinstance(domain, ChoiceSet) and domain.domain == BOOLEANS else "choice"
