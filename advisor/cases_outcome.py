"""What a worked case expects, what that depends on, and where a decided project differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from advisor.answers import BadAnswer, parse_fact
from advisor.errors import suggestion
from advisor.quantities import NumberError, parse_answer
from advisor.rulebook.model import RECOMMENDATION, Fact, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import World

NEVER: Final = "never"  # how a figure that never comes is written


@dataclass(frozen=True)
class Expected:
    """What must come of a case; what is None or empty is not stated.

    `matches` and `misses` are rows that the memo must and must not show; of a `first` table it shows the winning row.
    `figures` are texts, as written.
    """

    option: str | None = None
    strength: str | None = None
    row: str | None = None
    tables: Mapping[str, Value | tuple[Value, ...]] = field(default_factory=dict)
    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def decides(self) -> bool:
        """Whether anything is said of the recommendation."""
        return any(stated is not None for stated in (self.option, self.strength, self.row))

    def depends_on(self, rulebook: Rulebook) -> frozenset[str]:
        """Return every fact, figure, assumption and table that what is expected rests on."""
        wanted = [*self.tables, *self.figures, *([RECOMMENDATION] if self.decides else [])]
        for row in rulebook.rows:
            if row.id in (*self.matches, *self.misses):
                # Whether a row of a `first` table wins depends on those above it too.
                first = rulebook.tables[row.table].hit_policy == "first"
                wanted.extend([row.table] if first else [fact for fact, _ in row.tests()])
        found: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in found:
                found.add(name)
                wanted.extend(_directly(rulebook, name))
        return frozenset(found)


def _directly(rulebook: Rulebook, name: str) -> Iterator[str]:
    if name in rulebook.tables:
        yield from rulebook.tables[name].inputs
    yield from rulebook.rests_on(name)


def parse_conclusion(rulebook: Rulebook, table: Table, written: tuple[str, ...]) -> Value | tuple[Value, ...]:
    """Read what a table is expected to conclude: of a `collect` table all values. Raises BadAnswer."""
    concluded = rulebook.concluded.get(table.id)
    if concluded is not None and len(written) != 1:
        raise BadAnswer("it concludes one value", "write that value")
    if concluded is not None and concluded.kind != "choice":
        return parse_fact(concluded, written[0])
    known = list(dict.fromkeys(str(row.id if row.then is None else row.then) for row in table.rows))
    for value in written:
        if value not in known and (concluded is None or value != UNKNOWN):
            mend = suggestion(value, known) or f"they are {', '.join(known)}"
            raise BadAnswer(f"`{value}` is none of its conclusions", mend)
    return written if concluded is None else written[0]


def parse_figure(fact: Fact, written: str) -> str:
    """Return the text of an expected figure when it can be compared. Raises BadAnswer."""
    try:
        agrees(0.0, written)
    except NumberError as error:
        raise BadAnswer(error.what, error.mend) from None
    return written


def differences(expected: Expected, world: World) -> Iterator[str]:
    """Yield a line for everything that is not as expected in the world made of a case's answers."""
    decision = world.decision
    row, option = decision.deciding_row, decision.option(world.rulebook)
    fired = {row.id for result in decision.results.values() for row in result.rows}
    stated: list[tuple[str, object, object]] = [
        ("option", expected.option, option and option.id),
        ("strength", expected.strength, row and row.strength),
        ("row", expected.row, row and row.id),
        *((table, value, decision.value(table)) for table, value in expected.tables.items()),
    ]
    yield from (f"{what} is {got}, not {wanted}" for what, wanted, got in stated if wanted not in (None, got))
    yield from (f"{name} does not match" for name in expected.matches if name not in fired)
    yield from (f"{name} matches" for name in expected.misses if name in fired)
    for name, written in expected.figures.items():
        value = world.facts[name].value
        if not agrees(value, written):
            yield f"{name} is {NEVER if value is None else value}, not {written}"


def agrees(value: Value | None, written: str) -> bool:
    """Tell whether a figure is the one written, to the last digit written: 119047.6 is `119_048` and `119k`.

    None, for a figure that never comes, is `never`. Raises NumberError.
    """
    if value is None or isinstance(value, str) or written in (NEVER, UNKNOWN):
        return written == (NEVER if value is None else value)
    exact = Decimal(repr(parse_answer(written)))
    head, tail = re.split(r"\d(?=\D*$)", written)
    last_digit = Decimal(repr(parse_answer(re.sub(r"\d", "0", head) + "1" + tail)))
    return abs(Decimal(repr(value)) - exact) <= abs(last_digit) / 2
