"""Writing answers into their file, step by step: what a person wrote there, comments and layout, stays as it is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from advisor.answers import Answers, BadAnswer, parse_answers, parse_assumption, parse_fact
from advisor.errors import BadInput
from advisor.files import write_atomically
from advisor.quantities import is_number, rule_text
from advisor.rulebook.document import read_document
from advisor.rulebook.model import Rulebook
from advisor.yaml_editing import Keys, put, take_out


@dataclass(frozen=True)
class _Change:
    """One entry to write, or to take out where `written` is None.

    `reads_back` tells whether a value read means it. `first`: it begins the file. `is_text`: no number, no boolean.
    """

    keys: Keys
    written: Any
    reads_back: Callable[[Any], bool] = bool
    first: bool = False
    is_text: bool = False


class AnswersFile:
    """The answers file of one sitting. It is read once and changed entry by entry.

    `answers` are those it holds, `is_named` tells whether it names the project.
    """

    def __init__(self, path: Path, rulebook: Rulebook) -> None:
        """Read the file, or prepare for a new one.

        Raises BadInput with every problem of a file that cannot be taken, and where none can be written.
        """
        self.path, self._rulebook = path, rulebook
        check_writable(path)
        self._bytes = self._read()
        self._text = ""
        self.answers, self.is_named = Answers(), False
        if self._bytes is not None:
            self.answers = parse_answers(self._bytes, str(path), rulebook)
            self._text = self._bytes.decode()
            self._changed([])
            self.is_named = "project" in read_document(self._text, str(path)).data

    @property
    def is_there(self) -> bool:
        return self._bytes is not None

    def save(self, answers: Answers, *, named: bool = True) -> None:
        """Write what has changed since the last save, in one step.

        named: whether the project's name is to be written. Raises BadInput, and leaves the file alone, when it cannot
        be written or something else changed it meanwhile.
        """
        if self._read() != self._bytes:
            mend = "run the same command again to go on from what it holds now"
            raise BadInput.one(f"{self.path} was changed by something else meanwhile", mend)
        changes = list(_changes(self._rulebook, self.answers, answers))
        if named and not (self.is_named and answers.project == self.answers.project):
            changes.insert(0, _Change(("project",), answers.project, _same_as(answers.project), True, True))
        if not changes:
            return
        text = self._changed(changes)
        self._verify(text, answers)
        write_atomically(self.path, text)
        self._text, self._bytes = text, text.encode()
        self.answers, self.is_named = answers, self.is_named or named

    def _changed(self, changes: list[_Change]) -> str:
        if self._is_json():
            return _changed_json(self._text, changes)
        text = self._text
        try:
            yaml.compose(text, Loader=yaml.SafeLoader)
            for change in changes:
                if change.written is None:
                    text = take_out(text, change.keys)
                else:
                    text = put(text, change.keys, typed(change.written), change.reads_back, first=change.first)
        except yaml.YAMLError:  # another reader than that of the answers, and a little stricter
            raise self._unchangeable() from None
        return text

    def _is_json(self) -> bool:
        if not self._text:
            return self.path.suffix == ".json"
        try:
            return isinstance(json.loads(self._text), dict)
        except ValueError:
            return False

    def _verify(self, text: str, answers: Answers) -> None:
        """Refuse to write a text that does not hold just these answers: a layout that editing could not follow."""
        try:
            read = parse_answers(text, str(self.path), self._rulebook)
        except BadInput:
            read = Answers()
        if _content(read) != _content(answers):
            raise self._unchangeable()

    def _unchangeable(self) -> BadInput:
        return BadInput.one(
            f"{self.path} is laid out so that it cannot be changed in place",
            "write one `id: value` a line under `facts:`, or name another file with `--answers`",
        )

    def _read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadInput.one(f"{self.path} cannot be read: {error.strerror}", "name another file") from None


def check_writable(path: Path) -> None:
    """Raise BadInput when a file could not be written there; nothing is left behind."""
    try:
        if path.is_dir():
            raise BadInput.one(f"{path} is a folder", "name a file in it")
        if path.exists():
            with path.open("ab"):
                pass
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        mend = "name a file in a folder that exists and is yours"
        raise BadInput.one(f"{path} cannot be written: {error.strerror}", mend) from None


def typed(written: Any) -> str:
    """Return an answer as one would type it."""
    if isinstance(written, bool):
        return "yes" if written else "no"
    return rule_text(written).replace("_", "") if is_number(written) else str(written)


def _changes(rulebook: Rulebook, before: Answers, after: Answers) -> Iterator[_Change]:
    for key, old, new in (("facts", before.written, after.written), ("parked", before.parked, after.parked)):
        for name in _differing(old, new):
            is_text = rulebook.facts[name].kind == "text"
            yield _Change((key, name), new[name], _reads_as_fact(rulebook, name, new[name]), is_text=is_text)
    for name in _differing(before.dormant, after.dormant):
        yield _Change(("facts", name), after.dormant[name], _same_as(after.dormant[name]))
    for name in _differing(before.assumptions, after.assumptions):
        yield _Change(("assumptions", name), after.assumptions[name], _reads_as_assumption(rulebook, after, name))
    for key, old, new in (
        ("facts", before.written, after.written),
        ("parked", before.parked, after.parked),
        ("measured", before.measured, after.measured),
    ):
        yield from (_Change((key, name), None) for name in old if name not in new)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in new if name not in old or repr(old[name]) != repr(new[name]))


def _same_as(written: Any) -> Callable[[Any], bool]:
    return lambda read: bool(read == written)


def _reads_as_fact(rulebook: Rulebook, name: str, written: Any) -> Callable[[Any], bool]:
    fact = rulebook.facts[name]
    value = parse_fact(fact, written)

    def reads_back(read: Any) -> bool:
        try:
            return parse_fact(fact, read) == value
        except BadAnswer:
            return False

    return reads_back


def _reads_as_assumption(rulebook: Rulebook, answers: Answers, name: str) -> Callable[[Any], bool]:
    return lambda read: parse_assumption(rulebook.assumptions[name], read) == answers.assumptions[name]


def _changed_json(text: str, changes: list[_Change]) -> str:
    data: dict[str, Any] = json.loads(text) if text else {}
    for change in changes:
        *parents, name = change.keys
        held = data
        for parent in parents:
            held = held.setdefault(parent, {})
        if change.written is not None:
            held[name] = _json_value(change)
        else:
            held.pop(name, None)
            if not held and parents:
                data.pop(parents[0])
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _json_value(change: _Change) -> Any:
    """Return a number or boolean where the text typed is one, else the text."""
    words = {"yes": True, "no": False}
    text = typed(change.written)
    if change.is_text:
        return text
    candidates = [words[text]] if text in words else []
    with suppress(ValueError):
        candidates.append(json.loads(text))
    kept = (value for value in candidates if isinstance(value, bool | int | float) and change.reads_back(value))
    return next(kept, text)


def _content(answers: Answers) -> tuple[Any, ...]:
    parked = {name: typed(written) for name, written in answers.parked.items()}
    return (
        answers.project,
        dict(answers.facts),
        dict(answers.assumptions),
        dict(answers.measured),
        parked.keys(),
        answers.dormant.keys(),
    )
