"""Rulebooks that tests write themselves: a few facts, and files put beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from advisor.errors import BadInput
from advisor.rulebook.document import compose
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.loading import build_rulebook, load_rulebook
from advisor.rulebook.model import Rulebook

RULEBOOKS = Path(__file__).parent / "rulebooks"

FACTS = """
facts:
  - {id: calls, kind: integer, unit: calls/month, domain: "[0..1_000_000]"}
  - {id: stage, kind: choice, choices: {none: not begun, draft: begun, optimised: done}}
  - {id: flag, kind: boolean}
  - {id: quality, kind: number, unit: share, domain: "[0..1]"}
  - {id: model, kind: text}
  - {id: latency, kind: number, pack: field}
"""


def table(when: str, *lines: str, then: str = "low", hit_policy: str = "first") -> str:
    """Return a file with one table `t` of one row `r`; lines go below its `then`."""
    below = "".join(f"        {line}\n" for line in lines)
    return (
        f"tables:\n  - id: t\n    hit_policy: {hit_policy}\n    rows:\n"
        f"      - id: r\n        when: {when}\n        then: {then}\n{below}"
    )


def build_texts(files: Mapping[str, str | bytes], profile: str = "full") -> Rulebook:
    """Build a rulebook from texts; a name with a `/` puts the file into a pack."""
    sources = [
        RuleSource(compose(text, name), name.partition("/")[0] if "/" in name else None) for name, text in files.items()
    ]
    return build_rulebook(sources, profile)


def load_texts(folder: Path, files: Mapping[str, str | bytes], profile: str = "full") -> Rulebook:
    """Write the files into a folder and load it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_rulebook(folder, profile)


def problems_of(folder: Path, files: Mapping[str, str | bytes], profile: str = "full") -> list[str]:
    """Return the lines of what keeps a rulebook from loading, with the names of files inside the folder."""
    with pytest.raises(BadInput) as caught:
        load_texts(folder, files, profile)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]
