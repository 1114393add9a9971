"""The reference evaluator: each row's condition, read as it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.deciding.decision import Facts
from advisor.rulebook.model import Row, Rulebook, When


class PlainEvaluator:
    """Finds matching rows by testing every row; the engine is held against it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._tables = rulebook.tables

    def matching(self, tables: Sequence[str], facts: Facts) -> Mapping[str, Sequence[int]]:
        """See Evaluator."""
        return {
            name: [number for number, row in enumerate(self._tables[name].rows) if row_matches(row, facts)]
            for name in tables
        }


def row_matches(row: Row, facts: Facts) -> bool:
    """Tell whether a row's condition holds; `facts` has a value for every fact it tests."""
    return _all_hold(row.when, facts) and (
        row.any_of is None or any(_all_hold(mapping, facts) for mapping in row.any_of)
    )


def _all_hold(when: When, facts: Facts) -> bool:
    return all(test.values.contains(facts[fact]) for fact, test in when.items())
