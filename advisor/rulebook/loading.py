"""Files of rules to one immutable rulebook, every problem reported at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from advisor.data import data_dir
from advisor.errors import BadInput, Problem
from advisor.rulebook.build import PACK_ORDER, build
from advisor.rulebook.document import compose
from advisor.rulebook.entries import RuleSource
from advisor.rulebook.model import Rulebook

FULL: Final = "full"  # the profile in which every pack is in force
PROFILES: Final = ("article", FULL)


@dataclass(frozen=True)
class RuleFilePath:
    """A file of rules: its path, its name relative to the rules folder, and its pack, if it lies in one's folder."""

    path: Path
    name: str
    pack: str | None


def load_rulebook(rules: Path | None = None, profile: str = FULL) -> Rulebook:
    """Load the rulebook in a folder, by default the one shipped.

    profile: `full`, all packs, or the name of the one pack in force. Raises BadInput with every problem of every file,
    in the order of the files; places name the files relative to the folder.
    """
    return load_rulebooks(rules, profile)[0]


def load_rulebooks(rules: Path | None, *profiles: str) -> tuple[Rulebook, ...]:
    """Load several profiles of the rules in a folder, whose files are read once; see load_rulebook."""
    root = data_dir("rules") if rules is None else rules
    sources, unread = read_sources(root)
    if not sources and not unread:
        raise BadInput.one(f"{root} holds no rules", "put a facts.yaml and a file with a table there")
    return tuple(build_rulebook(sources, profile, unread) for profile in profiles)


def rule_files(root: Path) -> list[RuleFilePath]:
    """List the YAML files of a rules folder in the order in which they load: no pack, `article`, `field`, others.

    Hidden files and folders are passed over. Raises BadInput when there is no such folder.
    """
    if not root.is_dir():
        raise BadInput.one(f"{root} is no folder", "name a folder of rules, with a facts.yaml and at least one table")
    found = [path for path in root.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()]
    files = [_rule_file(path, root) for path in found]
    return sorted((f for f in files if not any(p.startswith(".") for p in Path(f.name).parts)), key=_load_order)


def read_sources(root: Path) -> tuple[list[RuleSource], list[Problem]]:
    """Read all files of a rules folder; what keeps one from being read at all stands among the problems."""
    sources: list[RuleSource] = []
    problems: list[Problem] = []
    for file in rule_files(root):
        try:
            sources.append(RuleSource(compose(file.path.read_bytes(), file.name), file.pack))
        except BadInput as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(Problem(None, f"{file.path} cannot be read: {error.strerror}", "check its permissions"))
    return sources, problems


def build_rulebook(sources: list[RuleSource], profile: str, unread: list[Problem] | None = None) -> Rulebook:
    """Make the rulebook of one profile from files that were read. Raises BadInput with every problem.

    unread: why other files could not be read; names that they may declare are then not said to be unknown.
    """
    packs = None if profile == FULL else (profile,)
    if profile not in PROFILES and profile not in {source.pack for source in sources}:
        raise BadInput.one(f"there is no profile `{profile}`", f"use one of {', '.join(PROFILES)}")
    return build(sources, profile, packs, unread or ())


def _rule_file(path: Path, root: Path) -> RuleFilePath:
    relative = path.relative_to(root)
    return RuleFilePath(path, relative.as_posix(), relative.parts[0] if len(relative.parts) > 1 else None)


def _load_order(file: RuleFilePath) -> tuple[int, str, str]:
    if file.pack is None:
        return (0, "", file.name)
    known = PACK_ORDER.index(file.pack) + 1 if file.pack in PACK_ORDER else len(PACK_ORDER) + 1
    return (known, file.pack, file.name)
