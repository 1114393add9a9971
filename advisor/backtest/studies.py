"""Published case studies, read from a file of the form of examples/case-studies.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args

from advisor.backtest.mapping import Mapping as StudyMapping
from advisor.errors import BadInput, Problem, suggestion
from advisor.quantities import as_number, shortened, significant
from advisor.rulebook.document import BROKEN, Broken, compose
from advisor.rulebook.model import Approach
from advisor.rulebook.shaped_file import Spot

Stated: TypeAlias = bool | int | float | str

LABELS: Final[tuple[Approach, ...]] = get_args(Approach)
STRENGTHS: Final = ("clear", "arguable")
TUNING: Final = ("fine_tuning", "hybrid")  # the labels that count as tuning
_BEGIN: Final = "begin each case with `- id:`"


@dataclass(frozen=True)
class Study:
    """One published case: what it says of the time before the decision, and the approach that turned out well.

    `facts` holds what can be read and is not null; `quoted` names those that the source states itself.
    """

    id: str
    label: Approach
    strength: str | None
    source_kind: str | None
    facts: Mapping[str, Stated]
    quoted: frozenset[str]

    @property
    def is_tuning(self) -> bool:
        return self.label in TUNING


def read_studies(path: Path, mapping: StudyMapping) -> tuple[Study, ...]:
    """Read a file of case studies, in its order. Keys that nothing reads may be there or not.

    A fact that is null or absent is one on which the source is silent; one that `fact_basis` does not call quoted is
    inferred. Raises BadInput with every problem and its place.
    """
    try:
        document = compose(path.read_bytes(), path.as_posix())
    except OSError as error:
        raise BadInput.one(f"{path} cannot be read: {error.strerror}", "name a file of case studies") from None
    problems = list(document.problems)
    root = Spot(document, (), problems)
    if not isinstance(document.data, list):
        raise BadInput([*problems, Problem(document.place(), "case studies must be a list", _BEGIN)])
    if not document.data:
        root.refuse("there is no case", _BEGIN)
    studies = [study for number, held in enumerate(document.data) for study in _study(root, number, held, mapping)]
    problems.extend(_same_ids(document.data, root))
    if problems:
        raise BadInput(sorted(set(problems), key=lambda problem: (problem.place or document.place(), problem.what)))
    return tuple(studies)


def _study(root: Spot, number: int, held: Any, mapping: StudyMapping) -> Iterator[Study]:
    spot = root.inside(number)
    if not isinstance(held, dict):
        if held is not BROKEN:
            spot.refuse("a case must be a mapping", "write `key: value` pairs")
        return
    name = _required(spot, held, "id")
    label = _word(spot, _required(spot, held, "label"), "label", LABELS)
    strength = _word(spot, held.get("strength"), "strength", STRENGTHS)
    kind = _text(spot, held.get("source_kind"), "source_kind")
    facts, quoted = _facts(spot, held.get("facts"), mapping), _quoted(spot, held.get("fact_basis"))
    if BROKEN not in (name, label):
        yield Study(_text(spot, name, "id"), label, strength, kind, facts, quoted)


def _required(spot: Spot, held: Mapping[str, Any], key: str) -> Any:
    if held.get(key) is None:
        whose = f" of `{shortened(held['id'])}`" if isinstance(held.get("id"), str) and key != "id" else ""
        return spot.refuse(f"`{key}`{whose} is missing", f"add `{key}:`")
    return held[key]


def _word(spot: Spot, value: Any, key: str, known: tuple[str, ...]) -> Any:
    if value is None or value is BROKEN or (isinstance(value, str) and value in known):
        return value
    near = suggestion(value, known) if isinstance(value, str) else ""
    mend = near or f"write one of {', '.join(f'`{word}`' for word in known)}"
    return spot.inside(key).refuse(f"`{shortened(value)}` is no {key}", mend)


def _text(spot: Spot, value: Any, key: str) -> Any:
    if value is None or value is BROKEN or (isinstance(value, str) and value.strip()):
        return value
    return spot.inside(key).refuse(f"`{key}` must be text", "put it in quotes")


def _facts(spot: Spot, held: Any, mapping: StudyMapping) -> dict[str, Stated]:
    """Return the facts that the mapping reads, as they are stated; what is of another type is refused."""
    here = spot.inside("facts")
    if held is None or held is BROKEN:
        return {}
    if not isinstance(held, dict):
        here.refuse("`facts` must be a mapping", "write `fact: value` pairs")
        return {}
    stated: dict[str, Stated] = {}
    for row in mapping.rows:
        value = held.get(row.source)
        if value is not None and value is not BROKEN:
            checked = _CHECKS[row.type](here.inside(row.source), value)
            if not isinstance(checked, Broken):
                stated[row.source] = checked
    return stated


def _percent(spot: Spot, value: Any) -> Stated | Broken:
    number = as_number(value)
    if number is None or not 0 <= number <= 100:
        return spot.refuse(f"{spot.key}: `{_shown(value)}` is no percentage", "write a number from 0 to 100, or null")
    if 0 < number < 1:
        percent = significant(number * 100, 6)
        return spot.refuse(f"{spot.key}: `{_shown(value)}` is a share, and percent are read here", f"write `{percent}`")
    return number


def _count(spot: Spot, value: Any) -> Stated | Broken:
    number = as_number(value)
    if number is None or number < 0:
        return spot.refuse(f"{spot.key}: `{_shown(value)}` is no number of things", "write 0 or more, or null")
    return number


def _flag(spot: Spot, value: Any) -> Stated | Broken:
    if isinstance(value, bool):
        return value
    return spot.refuse(f"{spot.key}: `{_shown(value)}` is no boolean", "write `true`, `false` or null")


def _words(spot: Spot, value: Any) -> Stated | Broken:
    if isinstance(value, str):
        return value
    return spot.refuse(f"{spot.key}: `{_shown(value)}` is no text", "put it in quotes, or write null")


_CHECKS: Final[Mapping[str, Callable[[Spot, Any], Stated | Broken]]] = {
    "percent": _percent,
    "count": _count,
    "flag": _flag,
    "words": _words,
}


def _quoted(spot: Spot, held: Any) -> frozenset[str]:
    """Return the facts called quoted, without those called inferred too."""
    here = spot.inside("fact_basis")
    if held is None or held is BROKEN:
        return frozenset()
    if not isinstance(held, dict):
        here.refuse("`fact_basis` must be a mapping", "write `quoted:` and `inferred:` with lists of facts")
        return frozenset()
    names = {key: _names(here.inside(key), held.get(key)) for key in ("quoted", "inferred")}
    return names["quoted"] - names["inferred"]


def _names(spot: Spot, held: Any) -> frozenset[str]:
    if held is None or held is BROKEN:
        return frozenset()
    if not isinstance(held, list) or not all(isinstance(name, str) or name is BROKEN for name in held):
        spot.refuse(f"`{spot.key}` must be a list of facts", "begin each name with `-`")
        return frozenset()
    return frozenset(name for name in held if name is not BROKEN)


def _same_ids(data: list[Any], root: Spot) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, held in enumerate(data):
        name = held.get("id") if isinstance(held, dict) else None
        if isinstance(name, str) and first.setdefault(name, number) != number:
            document = root.document
            earlier = document.place((first[name], "id")).line
            yield Problem(
                document.place((number, "id")),
                f"`{shortened(name)}` is the id of the case in line {earlier} too",
                "give each case an id of its own",
            )


def _shown(value: Any) -> str:
    return shortened(str(value).lower() if isinstance(value, bool) else value)
