"""The manual page of each check: its docstring, read from its source, so that nothing need be imported for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from advisor.audit.checks import ACCEPTED, CHECKS

PARTS: Final = ("What it finds", "Why it matters", "Example", "How to mend it")
EVERY_CHECK: Final = (*CHECKS, ACCEPTED)
_PART = re.compile(rf"^({'|'.join(PARTS)}): ")


@dataclass(frozen=True)
class Manual:
    """What there is to say of a check, each part one paragraph of Markdown. `severity` is that of its findings."""

    id: str
    severity: str
    finds: str
    matters: str
    example: str
    mend: str

    @property
    def short(self) -> str:
        """What the check finds, in one clause with a capital: its first sentence, up to a colon."""
        first = re.split(r"[.:](?:\s|$)", self.finds, maxsplit=1)[0]
        return first[:1].upper() + first[1:]


def manuals() -> Iterator[Manual]:
    """Yield the page of every check, in the order in which they run."""
    return (manual(name) for name in EVERY_CHECK)


@cache
def manual(name: str) -> Manual:
    """Return the page of a check. Raises KeyError when there is no such check."""
    if name not in EVERY_CHECK:
        raise KeyError(name)
    here = Path(__file__).parent
    path = here / "acceptance.py" if name == ACCEPTED else here / "checks" / f"{name}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts: dict[str, str] = {}
    label = ""
    for paragraph in (ast.get_docstring(tree) or "").split("\n\n"):
        text = " ".join(paragraph.split())
        match = _PART.match(text)
        label, text = (match[1], text[match.end() :]) if match else (label, text)
        parts[label] = f"{parts[label]} {text}" if label in parts else text
    return Manual(name, _severity(tree), *(parts.get(part, "") for part in PARTS))


def _severity(tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if targets == ["SEVERITY"]:
                return str(node.value.value)
    return "error"
