"""The engine that decides: durable_rules, called through the functions of its C extension. No other module knows it.

The functions are not documented, so the version is pinned and tests/test_engine_contract.py holds them to what is
relied on here. A ruleset has one state, `0`; a decision asserts one fact, takes every rule that fires and retracts the
fact, so nothing of it is left for the next one.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from types import TracebackType

import durable_rules_engine as _c  # type: ignore[import-not-found]

from advisor.deciding.conditions import Plan, Shard, condition_text, encoder, plan
from advisor.deciding.decision import Facts
from advisor.errors import EngineError
from advisor.rulebook.model import Rulebook

MOST_PLANS = 32  # groups of tables kept compiled; a ruleset takes about a megabyte
NOT_HANDLED = 1  # assert_fact: no rule matches, and nothing was stored

_ALWAYS = "a"  # the property that is 1 in every fact, for rows without conditions
_FIRST = "bb"  # the rule, and its property, that fires once to make a ruleset safe to delete
_messages = itertools.count(1)


class EngineEvaluator:
    """Finds matching rows with durable_rules.

    Rulesets are built when tables are first decided. One lock guards them, for the engine's state is not safe between
    threads. Close it, or use it in a `with` statement: the engine's memory is not Python's.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._lock = threading.Lock()
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def matching(self, tables: Sequence[str], facts: Facts) -> Mapping[str, Sequence[int]]:
        """See Evaluator. Raises EngineError for values that the engine would compare wrongly."""
        key = tuple(tables)
        with self._lock:
            try:
                compiled = self._compiled.get(key) or self._compile(key)
                return compiled.matching(facts)
            except BaseException as error:
                # A refused fact or an interrupt can leave rules waiting to fire: the next decision would be wrong.
                broken = self._compiled.pop(key, None)
                if broken:
                    broken.close()
                if isinstance(error, _c.error):
                    raise EngineError(f"durable_rules refused what it was given: {error}") from error
                raise

    def close(self) -> None:
        """Free what the engine holds. A decision after it builds anew."""
        with self._lock:
            while self._compiled:
                self._compiled.popitem()[1].close()

    def __enter__(self) -> EngineEvaluator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _compile(self, tables: tuple[str, ...]) -> _Compiled:
        if len(self._compiled) == MOST_PLANS:
            self._compiled.pop(next(iter(self._compiled))).close()
        compiled = self._compiled[tables] = _Compiled(self._rulebook, plan(self._rulebook, tables))
        return compiled


class _Compiled:
    """Tables of one plan in the engine: rulesets, and how facts are written for them."""

    def __init__(self, rulebook: Rulebook, of: Plan) -> None:
        self._plan = of
        properties = {name: f"p{number}" for number, name in enumerate(of.inputs)}
        self._encoders = [(name, encoder(rulebook.fact(name), properties[name])) for name in of.inputs]
        self._rulesets: list[_Ruleset] = []
        try:
            for shard in of.shards:
                self._rulesets.append(_Ruleset(shard, properties, [of.inputs.index(name) for name in shard.inputs]))
        except BaseException:
            self.close()
            raise

    def matching(self, facts: Facts) -> Mapping[str, Sequence[int]]:
        written = [encode(facts[name]) for name, encode in self._encoders]
        fired: list[int] = []
        for ruleset in self._rulesets:
            ruleset.fire(written, fired)
        if self._plan.parts:
            counted = Counter(fired)
            fired = [number for number, times in counted.items() if times == self._plan.parts.get(number, 1)]
        found: dict[str, list[int]] = {table: [] for table in self._plan.tables}
        for number in sorted(fired):
            table, row = self._plan.rows[number]
            rows = found[table]
            if not rows or rows[-1] != row:  # a row holds once, whichever of its alternatives hold
                rows.append(row)
        return found

    def close(self) -> None:
        while self._rulesets:
            self._rulesets.pop().close()


class _Ruleset:
    """One ruleset of the engine with its one state."""

    def __init__(self, shard: Shard, properties: Mapping[str, str], positions: Sequence[int]) -> None:
        """positions: where the shard's inputs stand among the values that `fire` is given."""
        conditions = {f"{n:02d}": condition_text(rule.terms, properties, _ALWAYS) for n, rule in enumerate(shard.rules)}
        conditions[_FIRST] = condition_text((), {}, _FIRST)
        self._alternatives = dict(zip(conditions, [*(rule.alternative for rule in shard.rules), -1], strict=True))
        self._pick = itemgetter(*positions) if positions else lambda written: ""
        self._always = f'"{_ALWAYS}":1,' if any(not rule.terms for rule in shard.rules) else ""
        rules = [f'"{name}":{{"all":[{{"m":{condition}}}]}}' for name, condition in conditions.items()]
        self._handle: int = _c.create_ruleset("advisor", f"{{{','.join(rules)}}}")
        # Before a first firing, deleting the state frees memory that was never initialised.
        self._fire(f'"{_FIRST}":1,', [])

    def fire(self, written: Sequence[str], fired: list[int]) -> None:
        """Add the alternative of each rule that fires on a fact."""
        self._fire("".join(self._pick(written)) + self._always, fired)

    def _fire(self, values: str, fired: list[int]) -> None:
        identity = f'"id":"{next(_messages)}","sid":"0"}}'
        status, state = _c.assert_fact(self._handle, "{" + values + identity)
        if status == NOT_HANDLED:
            return
        if status:
            raise EngineError(f"durable_rules answered a fact with status {status}")
        try:
            started = _c.start_action_for_state(self._handle, state)
            action = started[1] if started else None
            while action is not None:  # '{"07":{"m":{...}}}'
                fired.append(self._alternatives[action[2:4]])
                action = _c.complete_and_start_action(self._handle, state)
        finally:
            _c.retract_fact(self._handle, "{" + identity)

    def close(self) -> None:
        _c.delete_state(self._handle, "0")
        _c.delete_ruleset(self._handle)
