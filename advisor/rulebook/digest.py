"""The digest of a rulebook: of its content, so that comments, white space and names of files do not change it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from advisor.rulebook.sets import ChoiceSet, NumberSet, PresenceSet

if TYPE_CHECKING:
    from advisor.rulebook.model import Rulebook


def digest_of(*parts: object) -> str:
    """Return `sha256:` and the hash of the canonical JSON of frozen types, mappings and tuples.

    Places and the spelling of tests are left out; mappings keep their order.
    """
    return "sha256:" + hashlib.sha256(_canonical(parts).encode()).hexdigest()


def rulebook_digest(rulebook: Rulebook) -> str:
    """Return the digest of everything in force.

    The order counts where it is seen or decides: of sections, facts, options and rows.
    """
    unordered = (rulebook.assumptions, rulebook.sources, rulebook.items, rulebook.tables, rulebook.prices)
    return digest_of(
        *(rulebook.sections, rulebook.facts, rulebook.options),
        *({name: held[name] for name in sorted(held)} for held in unordered),
        sorted(_canonical(constraint) for constraint in rulebook.constraints),
    )


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """Return what JSON knows in place of what it does not; places and the spelling of tests are left out."""
    match value:
        case NumberSet() | ChoiceSet() | PresenceSet():
            return [str(value), value.is_empty()]
        case Mapping():
            return list(value.items())
        case date():
            return value.isoformat()
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _compared(kind)}


@cache
def _compared(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.compare)
