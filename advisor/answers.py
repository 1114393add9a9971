"""The answers file: what is known about one project, read and checked against a rulebook."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from advisor.errors import BadInput, Place, Problem, suggestion
from advisor.quantities import Number, NumberError, is_number, parse_answer, with_unit
from advisor.rulebook.document import Document, Path, read_document
from advisor.rulebook.model import Assumption, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, Value

KEYS = ("project", "facts", "assumptions", "measured", "parked")
MEASURED_KEYS = ("file", "window", "n", "low", "high")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
DEFAULT_PROJECT = "this feature"


@dataclass(frozen=True)
class Answers:
    """Checked answers about one project.

    `facts` holds values of the facts' kinds, `unknown` where the answer was "I don't know yet"; facts that were not
    answered are absent. `written` holds each answer as it was typed. `dormant` are answers of packs that are not in
    force: kept, never read.
    """

    project: str = DEFAULT_PROJECT
    facts: Mapping[str, Value] = field(default_factory=dict)
    assumptions: Mapping[str, Number] = field(default_factory=dict)
    measured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parked: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    dormant: Mapping[str, Any] = field(default_factory=dict)

    def with_fact(self, name: str, value: Value, written: object = None) -> Answers:
        """Return the answers with one more, or with one changed in place."""
        text = value if written is None else written
        return replace(self, facts={**self.facts, name: value}, written={**self.written, name: text})

    def without_fact(self, name: str) -> Answers:
        """Return the answers without one of them."""
        facts = {key: value for key, value in self.facts.items() if key != name}
        written = {key: value for key, value in self.written.items() if key != name}
        return replace(self, facts=facts, written=written)


def read_answers(source: str, rulebook: Rulebook) -> Answers:
    """Read an answers file, or standard input for `-`. Raises BadInput with every problem."""
    return parse_answers(read_source(source), "standard input" if source == "-" else source, rulebook)


def read_source(source: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`. Raises BadInput."""
    try:
        return sys.stdin.buffer.read() if source == "-" else FilePath(source).read_bytes()
    except OSError as error:
        mend = "`advisor template > answers.yaml` writes one to fill in"
        raise BadInput.one(f"{source} cannot be read: {error.strerror}", mend) from None


def parse_answers(text: str | bytes, name: str, rulebook: Rulebook) -> Answers:
    """Check the text of an answers file (YAML or JSON) against a rulebook. Raises BadInput with every problem."""
    document = read_document(text, name)
    checker = _Checker(document, rulebook)
    answers = checker.answers()
    if checker.problems:
        raise BadInput(checker.problems)
    return answers


def parse_fact(fact: Fact, written: object) -> Value:
    """Read one answer: a number with any of the suffixes, `yes` and `no`, a choice, a text, `unknown`.

    Raises BadAnswer for what is of the wrong kind or outside the domain.
    """
    value = _read(fact, written)
    if value == UNKNOWN and fact.required:
        raise BadAnswer(f"`{fact.id}` must be known", _example(fact))
    if value != UNKNOWN and not fact.domain.contains(value):
        raise BadAnswer(f"`{written}` is outside {_range(fact)}", _example(fact, written))
    return value


class BadAnswer(ValueError):
    """An answer that cannot be taken: what is wrong with it, and how to write it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what, self.mend = what, mend


def _read(fact: Fact, written: object) -> Value:
    text = written.strip() if isinstance(written, str) else written
    if text is None or text == "":
        raise BadAnswer("the answer is empty", "write `unknown` for what is not known yet, or leave the line out")
    if isinstance(text, list | dict):
        raise BadAnswer("the answer is a list", f"write one value: {_example(fact)}")
    if isinstance(text, str) and text.lower() == UNKNOWN:
        return UNKNOWN
    match fact.kind:
        case "boolean":
            answer = text if isinstance(text, bool) else _YES_NO.get(str(text).lower())
            if answer is None:
                raise BadAnswer(f"`{written}` is no yes or no", "write `yes` or `no`")
            return answer
        case "choice":
            choice = str(text).lower() if isinstance(text, bool) else str(text)
            if choice not in fact.choices:
                mend = suggestion(choice, fact.choices) or f"write one of {', '.join(fact.choices)}"
                raise BadAnswer(f"`{written}` is none of its choices", mend)
            return choice
        case "text":
            return str(text).lower() if isinstance(text, bool) else str(text)
    return _read_number(fact, text)


def _read_number(fact: Fact, text: object) -> Number:
    if isinstance(text, bool):
        raise BadAnswer(f"`{str(text).lower()}` is no number", _example(fact))
    try:
        value = parse_answer(text if isinstance(text, str) else repr(text))
    except NumberError as error:
        raise BadAnswer(str(error).partition(";")[0], str(error).partition("; ")[2] or _example(fact)) from None
    if fact.kind == "integer" and not isinstance(value, int):
        raise BadAnswer(f"`{text}` is no whole number", _example(fact))
    return value


def _range(fact: Fact) -> str:
    domain = fact.domain
    if fact.unit == "share":
        return "a share from 0 to 1"
    return f"its range {domain.intervals[0]}" if isinstance(domain, NumberSet) else "its values"


def _example(fact: Fact, written: object = None) -> str:
    if fact.unit == "share" and is_number(_number_or_none(written)):
        value = _number_or_none(written)
        if value is not None and 1 < value <= 100:
            return f"did you mean `{value}%`?"
    if isinstance(fact.domain, ChoiceSet) and not fact.example:
        return f"write one of {', '.join(fact.domain.domain)}"
    unit = f", in {fact.unit.replace('/', ' per ')}" if fact.unit and fact.unit not in ("share", "ratio") else ""
    return f"write `{fact.example or '5'}`, for example{unit}"


def _number_or_none(written: object) -> Number | None:
    try:
        return parse_answer(str(written))
    except NumberError:
        return None


class _Checker:
    """Checks one document; `problems` collects what is wrong."""

    def __init__(self, document: Document, rulebook: Rulebook) -> None:
        self.document, self.rulebook = document, rulebook
        self.problems: list[Problem] = []

    def refuse(self, path: Path, what: str, mend: str, *, of_key: bool = False) -> None:
        self.problems.append(Problem(self.document.place(path, of_key=of_key), what, mend))

    def answers(self) -> Answers:
        data = self.document.data
        if data is None:
            self.refuse((), "the file is empty", "`advisor template > answers.yaml` writes one to fill in")
            return Answers()
        if not isinstance(data, dict):
            self.refuse((), "an answers file is a mapping", "begin with `facts:` and a line for each answer")
            return Answers()
        for key in data:
            if key not in KEYS:
                near = suggestion(key, KEYS) or self._misplaced(key)
                self.refuse((key,), f"unknown key `{key}`", near, of_key=True)
        facts, dormant = self._facts(self._mapping(data, "facts"), "facts")
        parked, _ = self._facts(self._mapping(data, "parked"), "parked")
        written = {name: value for name, value in self._mapping(data, "facts").items() if name in facts}
        return Answers(
            project=self._project(data),
            facts=facts,
            assumptions=self._assumptions(self._mapping(data, "assumptions")),
            measured=self._measured(self._mapping(data, "measured")),
            parked={name: self._mapping(data, "parked")[name] for name in parked},
            written=written,
            dormant=dormant,
        )

    def _misplaced(self, key: str) -> str:
        if key in self.rulebook.facts or key in self.rulebook.dormant:
            return f"facts stand under `facts:`, indented: `facts: {{{key}: ...}}`"
        return f"known here are {', '.join(KEYS)}"

    def _mapping(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        held = data.get(key, {})
        if isinstance(held, dict):
            return held
        if not any(p.place == self.document.place((key,)) for p in self.problems):
            what = f"`{key}` is empty" if held is None else f"`{key}` is no mapping"
            self.refuse((key,), what, "write `id: value` lines below it, or leave it out")
        return {}

    def _project(self, data: dict[str, Any]) -> str:
        name = data.get("project", DEFAULT_PROJECT)
        if not isinstance(name, str) or not name.strip():
            self.refuse(("project",), "`project` is no text", "write the project's name, in quotes if need be")
            return DEFAULT_PROJECT
        return " ".join(name.split())

    def _facts(self, held: dict[str, Any], key: str) -> tuple[dict[str, Value], dict[str, Any]]:
        facts: dict[str, Value] = {}
        dormant: dict[str, Any] = {}
        for name, written in held.items():
            fact = self.rulebook.facts.get(name)
            if fact is None:
                if name in self.rulebook.dormant:
                    dormant[name] = written
                else:
                    self.refuse((key, name), f"unknown fact `{name}`", self._near(name), of_key=True)
                continue
            if fact.derived is not None:
                self.refuse(
                    (key, name),
                    f"`{name}` is computed, not answered",
                    f"leave it out; it is {fact.derived.formula}",
                    of_key=True,
                )
                continue
            try:
                facts[name] = parse_fact(fact, written)
            except BadAnswer as error:
                self.refuse((key, name), f"{name}: {error.what}", error.mend)
        return facts, dormant

    def _near(self, name: str) -> str:
        if name in self.rulebook.assumptions:
            return "it is an assumption: write it under `assumptions:`"
        askable = [fact.id for fact in self.rulebook.asked]
        return suggestion(name, [*askable, *self.rulebook.dormant]) or "`advisor explain` lists all facts"

    def _assumptions(self, held: dict[str, Any]) -> dict[str, Number]:
        assumptions: dict[str, Number] = {}
        for name, written in held.items():
            assumption = self.rulebook.assumptions.get(name)
            if assumption is None:
                if name not in self.rulebook.dormant:
                    near = (
                        suggestion(name, self.rulebook.assumptions)
                        or f"known are {', '.join(self.rulebook.assumptions)}"
                    )
                    hint = "it is a fact: write it under `facts:`" if name in self.rulebook.facts else near
                    self.refuse(("assumptions", name), f"unknown assumption `{name}`", hint, of_key=True)
                continue
            try:
                assumptions[name] = parse_assumption(assumption, written)
            except BadAnswer as error:
                self.refuse(("assumptions", name), f"{name}: {error.what}", error.mend)
        return assumptions

    def _measured(self, held: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
        for name, origin in held.items():
            if name not in self.rulebook.facts and name not in self.rulebook.dormant:
                self.refuse(("measured", name), f"unknown fact `{name}`", self._near(name), of_key=True)
            elif not isinstance(origin, dict):
                self.refuse(("measured", name), f"`{name}` is no mapping", f"write {', '.join(MEASURED_KEYS)} of it")
            else:
                for key in origin.keys() - set(MEASURED_KEYS):
                    near = suggestion(key, MEASURED_KEYS) or f"known here are {', '.join(MEASURED_KEYS)}"
                    self.refuse(("measured", name, key), f"unknown key `{key}`", near, of_key=True)
        return {name: origin for name, origin in held.items() if isinstance(origin, dict)}


def parse_assumption(assumption: Assumption, written: object) -> Number:
    """Read a value for an assumption: any number above 0. Raises BadAnswer."""
    example = f"write `{with_unit(assumption.value, assumption.unit)}`, for example"
    if written is None or isinstance(written, bool | list | dict):
        raise BadAnswer(f"`{json.dumps(written)}` is no number", example)
    try:
        value = parse_answer(str(written))
    except NumberError as error:
        raise BadAnswer(str(error).partition(";")[0], str(error).partition("; ")[2] or example) from None
    if value <= 0:
        raise BadAnswer(f"`{written}` is not above 0", example)
    return value


def apply_settings(answers: Answers, settings: tuple[str, ...], rulebook: Rulebook) -> Answers:
    """Return answers with `ID=VALUE` settings of facts and assumptions in place. Raises BadInput with every problem."""
    problems = []
    for setting in settings:
        name, equals, written = setting.partition("=")
        name = name.strip()
        try:
            if not equals:
                raise BadAnswer("there is no `=`", "write `--set monthly_calls=250k`")
            answers = _apply(answers, name, written, rulebook)
        except BadAnswer as error:
            problems.append(Problem(None, f"--set {setting}: {error.what}", error.mend))
    if problems:
        raise BadInput(problems)
    return answers


def _apply(answers: Answers, name: str, written: str, rulebook: Rulebook) -> Answers:
    fact = rulebook.facts.get(name)
    if fact is not None and fact.derived is None:
        measured = {key: value for key, value in answers.measured.items() if key != name}
        return replace(answers.with_fact(name, parse_fact(fact, written), written), measured=measured)
    if fact is not None:
        raise BadAnswer(f"`{name}` is computed, not answered", "set the facts it is computed from")
    if name in rulebook.assumptions:
        value = parse_assumption(rulebook.assumptions[name], written)
        return replace(answers, assumptions={**answers.assumptions, name: value})
    if name in rulebook.dormant:
        return replace(answers, dormant={**answers.dormant, name: written})
    known = [*(f.id for f in rulebook.asked), *rulebook.assumptions]
    raise BadAnswer(f"unknown fact `{name}`", suggestion(name, known) or "`advisor explain` lists all facts")


def place_of_broken(document: Document, path: Path) -> Place:
    """Return where an answer stands, for warnings about answers that do not fit together."""
    return document.place(path)
