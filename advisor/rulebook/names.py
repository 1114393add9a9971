"""What facts, tables and the values of choices may be called."""

from __future__ import annotations

import re
from typing import Final

from advisor.rulebook.sets import UNKNOWN

# Never a test (`-`, `< 5`, `[1..2]`, `not(...)`), never a word with a meaning of its own. The engine compares choices
# as bytes and counts their length in 16 bits.
_CHOICE: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_ .:/+-]{0,198}[A-Za-z0-9_.:/+-])?")
# Names that mean something else in conditions, in templates or to the engine.
_RESERVED = {"any", "project", "known", "unknown", "id", "sid"}
_RESERVED |= {"and", "or", "not", "is", "in", "if", "elif", "else", "true", "false", "none", "True", "False", "None"}


def is_choice(value: str) -> bool:
    """Tell whether a word can be the value of a choice, so that a unary test can name it."""
    return _CHOICE.fullmatch(value) is not None and value not in ("known", UNKNOWN)


def is_reserved(name: str) -> bool:
    """Tell whether a name cannot be that of a fact, an assumption or a table."""
    return name in _RESERVED
