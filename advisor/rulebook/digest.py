"""The digest of a rulebook: of its content, so that a comment, a file's name or white space does not change it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from advisor.rulebook.sets import ChoiceSet, NumberSet, PresenceSet


def digest_of(*parts: object) -> str:
    """Return `sha256:` and the hash of the canonical JSON of frozen types, mappings and tuples.

    Fields that do not take part in comparisons (places) are left out; mappings keep their order, which is that of the
    questions and the rows.
    """
    text = json.dumps([_plain(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case NumberSet() | ChoiceSet() | PresenceSet():
            return str(value)
        case Mapping():
            return [[key, _plain(held)] for key, held in value.items()]
        case tuple() | list():
            return [_plain(held) for held in value]
        case frozenset():
            return sorted(value)
        case date():
            return value.isoformat()
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.compare and f.name != "place"}
    return value
