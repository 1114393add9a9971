"""Files of rules to one immutable rulebook, every problem reported at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor.data import data_dir
from advisor.errors import BadInput, Problem
from advisor.rulebook.build import Builder, RuleSource
from advisor.rulebook.document import read_document
from advisor.rulebook.model import Rulebook

FULL = "full"  # the profile in which every pack is in force
PROFILES = ("article", FULL)
_PACK_ORDER = ("article", "field")


@dataclass(frozen=True)
class RuleFilePath:
    """A file of rules: its path, its name relative to the rules folder, and its pack, if it lies in one's folder."""

    path: Path
    name: str
    pack: str | None


def load_rulebook(rules: Path | None = None, profile: str = FULL) -> Rulebook:
    """Load the rulebook in a folder, by default the one shipped.

    profile: `full`, all packs, or the name of the one pack in force. Raises BadInput with every problem of every file,
    in the order of the files.
    """
    root = data_dir("rules") if rules is None else rules
    return build_rulebook(read_sources(root), profile)


def rule_files(root: Path) -> list[RuleFilePath]:
    """List the YAML files of a rules folder in the order in which they load: no pack, `article`, `field`, others."""
    if not root.is_dir():
        raise BadInput.one(f"{root} is no folder", "name a folder of rules, with a facts.yaml and at least one table")
    found = [path for path in root.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()]
    files = [_rule_file(path, root) for path in found]
    return sorted((f for f in files if not any(p.startswith(".") for p in Path(f.name).parts)), key=_load_order)


def read_sources(root: Path) -> list[RuleSource]:
    """Read all files of a rules folder. Raises BadInput with every problem that keeps one from being read."""
    sources: list[RuleSource] = []
    problems: list[Problem] = []
    for file in rule_files(root):
        try:
            sources.append(RuleSource(read_document(file.path.read_bytes(), file.name), file.pack))
        except BadInput as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(Problem(None, f"{file.name} cannot be read: {error.strerror}", "check its permissions"))
    if problems:
        raise BadInput([*problems, *_shape_problems(sources)])
    if not sources:
        raise BadInput.one(f"{root} holds no rules", "put a facts.yaml and a file with a table there")
    return sources


def build_rulebook(sources: list[RuleSource], profile: str) -> Rulebook:
    """Make the rulebook of one profile from files that were read. Raises BadInput with every problem."""
    return Builder(sources, profile, None if profile == FULL else (profile,)).rulebook()


def _shape_problems(sources: list[RuleSource]) -> Iterator[Problem]:
    from advisor.rulebook.shapes import shape_problems  # pydantic: 0.2 s

    for source in sources:
        yield from (problem for _, problem in shape_problems(source.document))


def _rule_file(path: Path, root: Path) -> RuleFilePath:
    relative = path.relative_to(root)
    return RuleFilePath(path, relative.as_posix(), relative.parts[0] if len(relative.parts) > 1 else None)


def _load_order(file: RuleFilePath) -> tuple[int, str, str]:
    if file.pack is None:
        return (0, "", file.name)
    known = _PACK_ORDER.index(file.pack) + 1 if file.pack in _PACK_ORDER else len(_PACK_ORDER) + 1
    return (known, file.pack, file.name)
