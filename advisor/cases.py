"""Worked cases: what is known of a project, as a person types it, and what the rules must conclude from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from advisor.answers import Answers, BadAnswer, parse_assumption, parse_fact
from advisor.cases_outcome import Expected, parse_conclusion, parse_figure
from advisor.cases_shape import CASE_FILE, EXPECTED_KEYS
from advisor.errors import BadInput, Place, Problem, suggestion
from advisor.prices.quotes import MODEL, ROUTE, with_quotes
from advisor.rulebook.document import BROKEN, compose
from advisor.rulebook.model import RECOMMENDATION, Rulebook
from advisor.rulebook.sets import UNKNOWN
from advisor.rulebook.shaped_file import Spot, read_shape
from advisor.world import broken_constraints

Known = TypeVar("Known")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Case:
    """One project and what is expected of it."""

    name: str
    answers: Answers
    expected: Expected
    place: Place = field(compare=False)


def read_cases(folder: Path, rulebook: Rulebook) -> tuple[Case, ...]:
    """Read the cases in a folder's YAML files that hold in the rulebook's profile, in the order of the files.

    There may be none where all are of another profile.

    Raises BadInput with every problem: what cannot be read, names nothing in the rulebook, cannot occur, or is given
    although nothing that is expected rests on it.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    elsewhere: list[Path] = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            cases.extend(_file(path, rulebook, problems, elsewhere))
        except BadInput as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(Problem(None, f"{path} cannot be read: {error.strerror}", "check its permissions"))
    problems.extend(_same_names(cases))
    if not (cases or problems or elsewhere):
        problems.append(Problem(None, f"{folder} holds no cases", "put a YAML file there that begins with `cases:`"))
    if problems:
        raise BadInput(sorted(problems, key=lambda problem: problem.place or Place("", 0, 0)))
    return tuple(cases)


def _file(path: Path, rulebook: Rulebook, problems: list[Problem], elsewhere: list[Path]) -> Iterator[Case]:
    """Yield the cases of a file; one of another profile goes to `elsewhere`."""
    document = compose(path.read_bytes(), path.as_posix())
    read, found = read_shape(CASE_FILE, document)
    problems.extend(found)
    root = Spot(document, (), problems)
    if read is BROKEN or read["cases"] is BROKEN:
        return
    if read.get("profile") not in (None, rulebook.profile):
        elsewhere.append(path)
        return
    as_of = None if read.get("as_of") is BROKEN else read.get("as_of")
    for number, held in enumerate(read["cases"]):
        if held is not BROKEN:
            yield _Reader(rulebook, as_of).case(held, root.inside("cases").inside(number))


def _same_names(cases: Collection[Case]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Case] = {}
    for case in cases:
        earlier = first.setdefault((case.place.file, case.name), case)
        if earlier is not case:
            yield Problem(case.place, f"the case in line {earlier.place.line} has this name too", "say what differs")


@dataclass(frozen=True)
class _Reader:
    """Reads one case, whose shape has been checked, against a rulebook; prices are those of the day `as_of`."""

    rulebook: Rulebook
    as_of: date | None

    def case(self, held: Mapping[str, Any], spot: Spot) -> Case:
        before = len(spot.problems)
        asked = {fact.id: fact for fact in self.rulebook.asked}
        facts = self.values(held, spot.inside("facts"), asked, parse_fact)
        assumptions = self.values(held, spot.inside("assumptions"), self.rulebook.assumptions, parse_assumption)
        answers = self.quoted(Answers(facts=facts, assumptions=assumptions), spot)
        for broken in broken_constraints(self.rulebook, answers):
            spot.inside("facts").refuse(f"{' and '.join(broken.never)} cannot be so together", broken.because or "")
        expected = self.expected(held["expect"], spot.inside("expect"))
        if len(spot.problems) == before and held["expect"] is not BROKEN:
            self.refuse_unused(answers, expected, spot)
        place = spot.document.place(spot.path)
        return Case(str(place) if held["name"] is BROKEN else held["name"], answers, expected, place)

    def quoted(self, answers: Answers, spot: Spot) -> Answers:
        """Return the answers with the prices of what they name."""
        named = [name for name in (MODEL, ROUTE) if answers.facts.get(name, UNKNOWN) != UNKNOWN]
        if not named or not self.rulebook.prices:
            return answers
        if self.as_of is None:
            spot.inside("facts").inside(named[0]).refuse("its price depends on the day", "say `as_of:` in this file")
            return answers
        try:
            return with_quotes(self.rulebook, answers, self.as_of)
        except BadInput as error:
            for problem in error.problems:
                spot.inside("facts").refuse(problem.what, problem.mend)
            return answers

    def refuse_unused(self, answers: Answers, expected: Expected, spot: Spot) -> None:
        rests_on = expected.depends_on(self.rulebook)
        for part, given in (("facts", answers.facts), ("assumptions", answers.assumptions)):
            for name in given:
                if name not in rests_on:
                    unused = f"nothing that is expected rests on `{name}`"
                    spot.inside(part).inside(name).refuse(unused, "leave it out, or say what it changes", of_key=True)

    def expected(self, stated: Any, spot: Spot) -> Expected:
        if stated is BROKEN:
            return Expected()
        if not stated:
            spot.refuse("nothing is expected", f"say some of {', '.join(EXPECTED_KEYS)}")
        tables, rows = self.rulebook.tables, [row.id for row in self.rulebook.rows]
        deciding = [row.id for row in tables[RECOMMENDATION].rows] if RECOMMENDATION in tables else []
        self.named(stated, spot, {"option": self.rulebook.options, "row": deciding, "matches": rows, "not": rows})
        whole = {key: value for key, value in stated.items() if value is not BROKEN}
        return Expected(
            option=whole.get("option"),
            strength=whole.get("strength"),
            row=whole.get("row"),
            tables=self.values(stated, spot.inside("tables"), tables, partial(parse_conclusion, self.rulebook)),
            matches=tuple(whole.get("matches", ())),
            misses=tuple(whole.get("not", ())),
            figures=self.values(stated, spot.inside("figures"), self.rulebook.facts, parse_figure),
        )

    def named(self, stated: Mapping[str, Any], spot: Spot, known: Mapping[str, Collection[str]]) -> None:
        """Refuse what names no option or row of the rulebook."""
        for key, ids in known.items():
            held = stated.get(key, [])
            for name in held if isinstance(held, list) else (held,):
                if name is not BROKEN and name not in ids:
                    spot.inside(key).refuse(f"unknown {key} `{name}`", suggestion(name, ids))

    def values(
        self, held: Mapping[str, Any], spot: Spot, known: Mapping[str, Known], read: Callable[[Known, Any], Read]
    ) -> dict[str, Read]:
        """Read the mapping at the spot's key; its keys are in `known`, of which `read` takes what is held."""
        values: dict[str, Read] = {}
        mapping = held.get(spot.key, {})
        for name, written in {} if mapping is BROKEN else mapping.items():
            here = spot.inside(name)
            try:
                if name in known and written is not BROKEN:
                    values[name] = read(known[name], _typed(here, written))
                elif name not in known and name not in self.rulebook.dormant:
                    here.refuse(f"`{name}` cannot stand under `{spot.key}`", suggestion(name, known), of_key=True)
            except BadAnswer as error:
                here.refuse(f"{name}: {error.what}", error.mend)
        return values


def _typed(spot: Spot, value: Any) -> Any:
    """Return a value, or each of a list, as it was typed; what was refused is left out of a list."""
    if isinstance(value, list):
        parts = ((spot.inside(i), part) for i, part in enumerate(value) if part is not BROKEN)
        return tuple(spot.document.typed(here.path, part) for here, part in parts)
    return spot.document.typed(spot.path, value)
