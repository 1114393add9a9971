"""The answers file: what is known about one project, read and checked against a rulebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path as FilePath
from typing import Any, Literal, TypeVar

from advisor.answer_values import BadAnswer, parse_assumption, parse_fact
from advisor.errors import BadInput, Place, Problem, suggestion
from advisor.quantities import Number, shortened
from advisor.rulebook.document import BROKEN, Document, Path, compose
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value

__all__ = [
    "DEFAULT_PROJECT",
    "Answers",
    "BadAnswer",
    "Quote",
    "apply_settings",
    "parse_answers",
    "parse_assumption",
    "parse_fact",
    "read_answers",
    "read_source",
]

T = TypeVar("T")

KEYS = ("project", "facts", "assumptions", "measured", "parked")
MEASURED_KEYS = ("file", "window", "n", "low", "high")
DEFAULT_PROJECT = "this feature"
_TEMPLATE = "`advisor template > answers.yaml` writes one to fill in"


@dataclass(frozen=True)
class Quote:
    """What a price source says for a name that was answered.

    of: the fact that names it. detail: the source with its version and what was looked up. as_of: the day it was true.
    """

    value: Value
    of: Literal["model", "tuning_route"]
    detail: str
    as_of: date
    source: str


@dataclass(frozen=True)
class Answers:
    """Checked answers about one project.

    `facts` holds values of the facts' kinds, `unknown` where the answer was "I don't know yet"; facts that were not
    answered are absent. `written` holds each answer as it was typed, `parked` those that are set aside. `dormant` are
    answers of packs that are not in force: kept, never read. `quoted` is what price sources say of what is
    named here, by the name of a fact, a figure or an assumption. `places` are those of facts in the file read.
    """

    project: str = DEFAULT_PROJECT
    facts: Mapping[str, Value] = field(default_factory=dict)
    assumptions: Mapping[str, Number] = field(default_factory=dict)
    measured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parked: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    dormant: Mapping[str, Any] = field(default_factory=dict)
    quoted: Mapping[str, Quote] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def with_fact(self, name: str, value: Value, written: object = None) -> Answers:
        """Return the answers with one more, or with one changed in place, which is then no measured one any more."""
        text = value if written is None else written
        return replace(
            self,
            facts={**self.facts, name: value},
            written={**self.written, name: text},
            measured=_without(self.measured, name),
            quoted=self._quoted_beside(name),
            places=_without(self.places, name),
        )

    def without_fact(self, name: str) -> Answers:
        """Return the answers without one of them."""
        return replace(
            self,
            facts=_without(self.facts, name),
            written=_without(self.written, name),
            quoted=self._quoted_beside(name),
        )

    def _quoted_beside(self, name: str) -> Mapping[str, Quote]:
        """Return the quotes that do not rest on an answer."""
        if all(quote.of != name for quote in self.quoted.values()):
            return self.quoted
        return {key: quote for key, quote in self.quoted.items() if quote.of != name}


def read_answers(source: str, rulebook: Rulebook) -> Answers:
    """Read an answers file, or standard input for `-`. Raises BadInput with every problem."""
    return parse_answers(read_source(source), "standard input" if source == "-" else source, rulebook)


def read_source(source: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`. Raises BadInput."""
    try:
        if source != "-":
            return FilePath(source).read_bytes()
        if sys.stdin is None:
            raise BadInput.one("there is no standard input", "name a file of answers")
        return sys.stdin.buffer.read()
    except FileNotFoundError:
        raise BadInput.one(f"there is no file {source}", _TEMPLATE) from None
    except (OSError, ValueError) as error:  # a name may hold what no name can
        cause = error.strerror if isinstance(error, OSError) else error
        raise BadInput.one(f"{source} cannot be read: {cause}", "name a file of answers") from None


def parse_answers(text: str | bytes, name: str, rulebook: Rulebook) -> Answers:
    """Check the text of an answers file (YAML or JSON) against a rulebook. Raises BadInput with every problem."""
    document = compose(text, name)
    checker = _Checker(document, rulebook)
    answers = checker.answers()
    if checker.problems:
        raise BadInput(sorted(checker.problems, key=lambda problem: problem.place or (name, 0, 0)))
    return answers


class _Checker:
    """Checks one document; `problems` collects what is wrong."""

    def __init__(self, document: Document, rulebook: Rulebook) -> None:
        self.document, self.rulebook = document, rulebook
        self.problems: list[Problem] = list(document.problems)

    def refuse(self, path: Path, what: str, mend: str, *, of_key: bool = False) -> None:
        self.problems.append(Problem(self.document.place(path, of_key=of_key), what, mend))

    def answers(self) -> Answers:
        data = self.document.data
        if data is None:
            self.refuse((), "the file is empty", _TEMPLATE)
        elif not isinstance(data, dict):
            self.refuse((), "an answers file is a mapping", "begin with `facts:` and a line for each answer")
        if not isinstance(data, dict):
            return Answers()
        for key in data:
            if key not in KEYS:
                self.refuse((key,), f"unknown key `{shortened(key)}`", self._placed(key), of_key=True)
        written, parked = dict(self._entries(data, "facts")), dict(self._entries(data, "parked"))
        return Answers(
            project=self._project(data),
            facts=self._facts(written, "facts"),
            assumptions=self._assumptions(dict(self._entries(data, "assumptions"))),
            measured=self._measured(dict(self._entries(data, "measured"))),
            parked={name: parked[name] for name in self._facts(parked, "parked")},
            written={name: text for name, text in written.items() if name in self.rulebook.facts},
            dormant={name: text for name, text in written.items() if name in self.rulebook.dormant},
            places={name: self.document.place(("facts", name)) for name in written},
        )

    def _placed(self, key: str) -> str:
        """Say where a key that is unknown at the top belongs."""
        near = suggestion(key, KEYS)
        facts = [*(fact.id for fact in self.rulebook.asked), *self.rulebook.dormant]
        if not near and (key in facts or suggestion(key, facts)):
            return f"facts stand under `facts:`, indented: `facts: {{{shortened(key)}: ...}}`"
        return near or f"known here are {', '.join(KEYS)}"

    def _entries(self, data: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
        """Yield the entries of a mapping at the top as they were typed, less those that were refused when read."""
        held = data.get(key, {})
        if held is BROKEN:
            return
        if not isinstance(held, dict):
            what = f"`{key}` is empty" if held is None else f"`{key}` is no mapping"
            self.refuse((key,), what, "write `id: value` lines below it, or leave it out")
            return
        for name, value in held.items():
            if value is not BROKEN:
                yield name, self.document.written((key, name), value)

    def _project(self, data: dict[str, Any]) -> str:
        name = data.get("project", DEFAULT_PROJECT)
        if name is not BROKEN and (not isinstance(name, str) or not name.strip()):
            self.refuse(("project",), "`project` is no text", "write the project's name, in quotes if need be")
        return " ".join(name.split()) if isinstance(name, str) else DEFAULT_PROJECT

    def _facts(self, held: dict[str, Any], key: str) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for name, written in held.items():
            fact = self.rulebook.facts.get(name)
            if fact is None and name not in self.rulebook.dormant:
                if written is None:  # most often the rest of a number that its comma has cut off
                    mend = 'quote what holds a comma inside {}: `"1,500"`'
                    self.refuse((key, name), f"`{shortened(name)}` stands without an answer", mend, of_key=True)
                    continue
                self.refuse((key, name), f"unknown fact `{shortened(name)}`", self._near(name), of_key=True)
            elif fact is None:
                self._read((key, name), _kept, written)
            elif fact.derived is not None:
                mend = f"leave it out; it is {fact.derived.formula}"
                self.refuse((key, name), f"`{name}` is computed, not answered", mend, of_key=True)
            else:
                value = self._read((key, name), partial(parse_fact, fact), written)
                if value is not None:
                    facts[name] = value
        return facts

    def _read(self, path: Path, read: Callable[[Any], T], written: Any) -> T | None:
        try:
            return read(written)
        except BadAnswer as error:
            self.refuse(path, f"{path[-1]}: {error.what}", error.mend)
            return None

    def _near(self, name: str) -> str:
        if name in self.rulebook.assumptions:
            return "it is an assumption: write it under `assumptions:`"
        askable = [fact.id for fact in self.rulebook.asked]
        return suggestion(name, [*askable, *sorted(self.rulebook.dormant)]) or "`advisor explain` lists all facts"

    def _assumptions(self, held: dict[str, Any]) -> dict[str, Number]:
        assumptions: dict[str, Number] = {}
        known = self.rulebook.assumptions
        for name, written in held.items():
            assumption = known.get(name)
            if assumption is not None:
                value = self._read(("assumptions", name), partial(parse_assumption, assumption), written)
                if value is not None:
                    assumptions[name] = value
            elif name in self.rulebook.dormant:
                self._read(("assumptions", name), _kept, written)
            else:
                near = suggestion(name, known) or f"known are {', '.join(known)}"
                mend = "it is a fact: write it under `facts:`" if name in self.rulebook.facts else near
                self.refuse(("assumptions", name), f"unknown assumption `{shortened(name)}`", mend, of_key=True)
        return assumptions

    def _measured(self, held: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
        for name, origin in held.items():
            fact = self.rulebook.facts.get(name)
            if fact is None and name not in self.rulebook.dormant:
                self.refuse(("measured", name), f"unknown fact `{shortened(name)}`", self._near(name), of_key=True)
            elif fact is not None and fact.derived is not None:
                self.refuse(("measured", name), f"`{name}` is computed, not measured", "leave it out", of_key=True)
            elif not isinstance(origin, dict):
                mend = f"write where it is from: {', '.join(MEASURED_KEYS)}"
                self.refuse(("measured", name), f"`{name}` is no mapping", mend)
            else:
                self._check_origin(name, origin)
        return {name: origin for name, origin in held.items() if isinstance(origin, dict)}

    def _check_origin(self, name: str, origin: dict[str, Any]) -> None:
        for key, value in origin.items():
            path = ("measured", name, key)
            if key not in MEASURED_KEYS:
                near = suggestion(key, MEASURED_KEYS) or f"known here are {', '.join(MEASURED_KEYS)}"
                self.refuse(path, f"unknown key `{shortened(key)}`", near, of_key=True)
            elif value is None or isinstance(value, list | dict):
                self.refuse(path, f"`{key}` is no single value", "write a text or a number, or leave it out")


def _kept(written: Any) -> Any:
    """Return an answer that is kept and not read; an empty one is refused like any other."""
    if written is None:
        raise BadAnswer("the answer is empty", "write `unknown` for what is not known yet, or leave the line out")
    return written


def _without(held: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in held.items() if key != name}


def apply_settings(answers: Answers, settings: tuple[str, ...], rulebook: Rulebook) -> Answers:
    """Return answers with `ID=VALUE` settings of facts and assumptions in place. Raises BadInput with every problem."""
    problems: list[Problem] = []
    for setting in settings:
        name, equals, written = setting.partition("=")
        name = name.strip()
        try:
            if not equals or not name:
                raise BadAnswer(
                    "there is no id and `=`", "write it as `--set ID=VALUE`, with an id that `advisor explain` lists"
                )
            answers = _apply(answers, name, written, rulebook)
        except BadAnswer as error:
            problems.append(Problem(None, f"--set {shortened(setting)}: {error.what}", error.mend))
    if problems:
        raise BadInput(problems)
    return answers


def _apply(answers: Answers, name: str, written: str, rulebook: Rulebook) -> Answers:
    fact = rulebook.facts.get(name)
    if fact is not None and fact.derived is None:
        return answers.with_fact(name, parse_fact(fact, written), written)
    if fact is not None:
        raise BadAnswer(f"`{name}` is computed, not answered", "set the facts it is computed from")
    if name in rulebook.assumptions:
        value = parse_assumption(rulebook.assumptions[name], written)
        return replace(answers, assumptions={**answers.assumptions, name: value})
    if name in rulebook.dormant:
        return replace(answers, dormant={**answers.dormant, name: written})
    known = [*(f.id for f in rulebook.asked), *rulebook.assumptions]
    raise BadAnswer(f"unknown fact `{shortened(name)}`", suggestion(name, known) or "`advisor explain` lists all facts")
