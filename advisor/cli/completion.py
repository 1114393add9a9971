"""What the shell offers at TAB: ids of the rulebook, read without checking it, since this runs at every keystroke."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

_NESTED = {"sources": "items", "tables": "rows"}  # lists within entries whose members have ids too


def complete_id(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the ids that `explain` knows."""
    from advisor.audit.checks import ACCEPTED, CHECKS

    ids = [held["id"] for _, held in _entries(ctx.params.get("rules")) if "id" in held]
    return sorted({name for name in (*ids, *CHECKS, ACCEPTED) if name.startswith(incomplete)})


def complete_setting(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer `ID=` for each fact and assumption that `--set` takes, with its value where there is a choice."""
    offered: list[str] = []
    for key, held in _entries(ctx.params.get("rules")):
        if key in ("facts", "assumptions") and "id" in held and "derived" not in held:
            offered.extend(f"{held['id']}={value}" for value in _values(held))
    return [text for text in dict.fromkeys(offered) if text.startswith(incomplete)]


def _values(fact: dict[str, Any]) -> list[str]:
    if fact.get("kind") == "boolean":
        return ["yes", "no"]
    choices = fact.get("choices")
    return list(choices) if isinstance(choices, dict) else [""]


def _entries(rules: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every entry of the rule files with the key of its list; what cannot be read is passed over."""
    from advisor.data import data_dir
    from advisor.errors import BadInput
    from advisor.rulebook.document import read_document

    root = data_dir("rules") if rules is None else rules
    for path in sorted(root.rglob("*.yaml")):
        try:
            data = read_document(path.read_bytes(), path.name).data
        except (BadInput, OSError):
            continue
        for key, held in data.items() if isinstance(data, dict) else ():
            for entry in _mappings(held):
                yield key, entry
                yield from ((key, inner) for inner in _mappings(entry.get(_NESTED.get(key, ""))))


def _mappings(held: object) -> list[dict[str, Any]]:
    return [entry for entry in held if isinstance(entry, dict)] if isinstance(held, list) else []
