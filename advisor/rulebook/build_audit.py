"""What rule files say to the audit: properties that must hold, and findings that are accepted."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.rulebook.build_rows import ConditionReader
from advisor.rulebook.declarations import Acceptance, Property
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.model import Table


def read_properties(conditions: ConditionReader, profile: str) -> tuple[Property, ...]:
    """Return the properties that are declared for a profile."""
    files = conditions.files
    properties: dict[str, Property] = {}
    for entry in files.entries("properties"):
        profiles = tuple(entry["profiles"] or ())
        if entry["id"] is None or not files.in_force(entry.pack) or (profiles and profile not in profiles):
            continue
        _check_form(files, entry)
        raising = entry["raising"]
        if raising in conditions.facts and not files.in_force(conditions.facts[raising].pack):
            continue
        if raising is not None and raising not in conditions.facts:
            files.refuse_unknown(
                entry.place("raising"), "fact", raising, conditions.facts, "raise a fact of facts.yaml"
            )
        elif raising is not None and conditions.facts[raising].kind == "text":
            files.refuse(entry.place("raising"), f"the texts of `{raising}` have no order", "raise another fact")
        tests = {
            key: None if entry[key] is None else conditions.read(entry.document, (*entry.path, key), entry[key])
            for key in ("when", "then")
        }
        place = entry.place("id")
        read = Property(
            entry["id"],
            raising,
            entry["never_towards"],
            tests["when"],
            tests["then"],
            entry["because"],
            profiles,
            place,
        )
        files.put(properties, read.id, read, place, "property")
    return tuple(properties.values())


def _check_form(files: RuleFiles, entry: Entry) -> None:
    direction = {key for key in ("raising", "never_towards") if entry[key] is not None}
    implication = {key for key in ("when", "then") if entry[key] is not None}
    if len(direction) + len(implication) != 2 or (direction and implication):
        what = f"`{entry['id']}` is neither a direction nor an implication"
        files.refuse(entry.place("id"), what, "give it `raising` and `never_towards`, or `when` and `then`")
    for key in implication:
        if entry[key] == {}:
            files.refuse(entry.place(key), f"`{key}` names no fact", "write `{fact: test}`")


def read_acceptances(files: RuleFiles, tables: Mapping[str, Table]) -> tuple[Acceptance, ...]:
    """Return the findings that are accepted, in the order of the files."""
    accepted = []
    for entry in files.entries("accepted"):
        if entry["check"] is None or entry["date"] is None or not files.in_force(entry.pack):
            continue
        table = entry["table"]
        if table is not None and table not in tables and table not in files.declared("tables"):
            files.refuse_unknown(entry.place("table"), "table", table, tables, "name a table of the rulebook")
        accepted.append(
            Acceptance(
                check=entry["check"],
                reason=entry["reason"] or "",
                date=entry["date"],
                table=table,
                rows=tuple(entry["rows"] or ()),
                about=tuple(entry["about"] or ()),
                profile=entry["profile"],
                place=entry.place("check"),
            )
        )
    return tuple(accepted)
