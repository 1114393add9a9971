"""What an audit is of: rules with the text of their files, and the rules they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import NotChecked, Report
from advisor.data import data_dir
from advisor.errors import BadInput, Place, Problem, suggestion
from advisor.rulebook.loading import FULL, PROFILES, build_rulebook, load_rulebook, rule_files
from advisor.rulebook.model import Rulebook

DMN = ".dmn"


@dataclass(frozen=True)
class Rules:
    """A rulebook, the text of its files by name, how a report calls it, and what was left out when it was read."""

    rulebook: Rulebook
    texts: Mapping[str, str]
    name: str
    left_out: tuple[NotChecked, ...] = ()


def read_rules(folder: Path | None, profile: str) -> Rules:
    """Load the rules of a folder, by default those shipped. Raises BadInput."""
    rulebook = load_rulebook(folder, profile)
    root = data_dir("rules") if folder is None else folder
    texts = {file.name: file.path.read_text(encoding="utf-8-sig") for file in rule_files(root)}
    return Rules(rulebook, texts, f"profile {profile}")


def read_dmn_rules(path: Path, profile: str = FULL) -> Rules:
    """Read the decision tables of a DMN file as rules. Raises BadInput.

    profile: with `full`, the one that the file itself says it holds.
    """
    from advisor.dmn.reading import read_dmn_file

    read = read_dmn_file(path)
    rulebook = build_rulebook(read.sources, read.profile if profile == FULL else profile)
    left_out = tuple(NotChecked("dmn", None, str(note)) for note in read.notes)
    return Rules(rulebook, {read.name: read.text}, str(path), left_out)


def read_other(name: str, folder: Path | None, profile: str) -> Rules:
    """Load what `--against` names: a folder where one of that name exists, a DMN file, or a profile of the same rules.

    Raises BadInput; the places of problems in a folder begin with its name, since they are not in the rules audited.
    """
    path = Path(name)
    if path.is_dir():
        try:
            return replace(read_rules(path, profile), name=name)
        except BadInput as error:
            raise BadInput(_within(problem, path) for problem in error.problems) from None
    if path.suffix == DMN and path.is_file():
        return read_dmn_rules(path, profile)
    packs = {file.pack for file in rule_files(data_dir("rules") if folder is None else folder) if file.pack}
    if name not in PROFILES and name not in packs:
        known = sorted({*PROFILES, *packs})
        mend = suggestion(name, known) or f"name a folder of rules, or one of the profiles {', '.join(known)}"
        raise BadInput.one(f"`--against {name}` is neither a folder nor a profile", mend)
    return read_rules(folder, name)


def compared(report: Report, before: Rules, after: Rules) -> Report:
    """Return a report with the difference between other rules and its own; why there is none stands in not_checked."""
    from advisor.audit.difference import compare

    old, new = (before.name, after.name) if before.name != after.name else (f"{before.name} before", after.name)
    try:
        found = compare(before.rulebook, after.rulebook)
    except TooLargeError as error:
        return replace(report, not_checked=(*report.not_checked, NotChecked("difference", None, str(error))))
    return replace(report, difference=replace(found, before=old, after=new))


def _within(problem: Problem, folder: Path) -> Problem:
    if problem.place is None:
        return problem
    file, line, column = problem.place
    return Problem(Place((folder / file).as_posix(), line, column), problem.what, problem.mend)
