"""Other engines as evaluators of the same tables, each written in its own language and asked once a layer.

Every engine gets what suits it: its rules are built once, unknown numbers are its own null, and it is told of a table's
rows all at once where it can be.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from advisor.deciding.conditions import condition_text, plan
from advisor.deciding.decision import Evaluator, Facts
from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.model import Row, Rulebook
from advisor.rulebook.sets import EVERY_NUMBER, UNKNOWN, ChoiceSet, NumberSet, Value, ValueSet

Built = TypeVar("Built")


class Peer(ABC, Generic[Built]):
    """An evaluator that builds what it needs for a group of tables when it first decides them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._built: dict[tuple[str, ...], Built] = {}
        self._inputs: dict[tuple[str, ...], tuple[str, ...]] = {}

    def matching(self, tables: Sequence[str], facts: Facts) -> Mapping[str, Sequence[int]]:
        key = tuple(tables)
        if key not in self._built:
            self._inputs[key] = tuple(dict.fromkeys(n for name in key for n in self.rulebook.tables[name].inputs))
            self._built[key] = self.build(key, self._inputs[key])
        values = {name: self.value(name, facts[name]) for name in self._inputs[key]}
        return self.rows(self._built[key], key, values)

    def value(self, name: str, value: Value) -> Any:
        """Return a fact's value as the engine takes it: null for unknown numbers and texts, else words."""
        if isinstance(self.rulebook.fact(name).domain, ChoiceSet):
            return str(value).lower() if isinstance(value, bool) else value
        return None if value == UNKNOWN else value

    @abstractmethod
    def build(self, tables: tuple[str, ...], inputs: tuple[str, ...]) -> Built: ...

    @abstractmethod
    def rows(self, built: Built, tables: tuple[str, ...], values: dict[str, Any]) -> Mapping[str, Sequence[int]]: ...


# -- the public interface of durable_rules --------------------------------------------------------------------------


class HostPeer(Peer[list[tuple[str, tuple[str, ...]]]]):
    """durable_rules through its Host, a ruleset for each table.

    Conditions are as the engine evaluator writes them: written as the tables are, they would be decided wrongly.
    """

    together = False  # whether the tables of a layer share rulesets, as they do in the engine evaluator
    FAR = 9e15  # `unknown`, for the Host writes 1e308 in a way that the engine cannot read

    def __init__(self, rulebook: Rulebook) -> None:
        from durable import engine  # type: ignore[import-untyped]

        super().__init__(rulebook)
        self._host = engine.Host()
        self._not_handled = engine.MessageNotHandledException
        self._fired: set[tuple[str, int]] = set()
        self._message = 0

    def value(self, name: str, value: Value) -> Any:
        domain = self.rulebook.fact(name).domain
        if isinstance(domain, ChoiceSet):
            word = super().value(name, value)
            return len(domain.domain) if word == UNKNOWN else domain.domain.index(word)
        if isinstance(domain, NumberSet):
            return self.FAR if value == UNKNOWN else value
        return int(value == UNKNOWN)

    def build(self, tables: tuple[str, ...], inputs: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        names = {name: name for name in inputs}
        registered = []
        for group in [tables] if self.together else [(name,) for name in tables]:
            made = plan(self.rulebook, group)
            for number, shard in enumerate(made.shards):
                ruleset = f"{group[0]}-{number}"
                rules = {}
                for place, rule in enumerate(shard.rules):
                    text = condition_text(rule.terms, names, "always").replace("1.0e+308", str(self.FAR))
                    action = self._action(made.rows[rule.alternative])
                    rules[f"r{place}"] = {"all": [{"m": json.loads(text)}], "run": action}
                self._host.set_rulesets({ruleset: rules})
                registered.append((ruleset, shard.inputs))
        return registered

    def _action(self, row: tuple[str, int]) -> Callable[[Any], None]:
        def action(context: Any) -> None:
            self._fired.add(row)

        return action

    def rows(self, built: Any, tables: tuple[str, ...], values: dict[str, Any]) -> Mapping[str, Sequence[int]]:
        self._fired.clear()
        for ruleset, inputs in built:
            self._message += 1
            fact = {name: values[name] for name in inputs} | {"always": 1, "id": str(self._message), "sid": "0"}
            try:
                self._host.assert_fact(ruleset, fact)
            except self._not_handled:
                continue
            self._host.retract_fact(ruleset, fact)
        found: dict[str, list[int]] = {name: [] for name in tables}
        for table, number in sorted(self._fired):
            found[table].append(number)
        return found


class SharedHostPeer(HostPeer):
    together = True


# -- rule-engine ----------------------------------------------------------------------------------------------------


class RuleEnginePeer(Peer[list[tuple[str, list[Any]]]]):
    """rule-engine: an expression for each row."""

    def build(self, tables: tuple[str, ...], inputs: tuple[str, ...]) -> list[tuple[str, list[Any]]]:
        import rule_engine

        return [
            (name, [rule_engine.Rule(_either(_written(row, _python_test))) for row in self.rulebook.tables[name].rows])
            for name in tables
        ]

    def rows(self, built: Any, tables: tuple[str, ...], values: dict[str, Any]) -> Mapping[str, Sequence[int]]:
        return {name: [n for n, rule in enumerate(rules) if rule.matches(values)] for name, rules in built}


def _python_test(fact: str, values: ValueSet) -> str:
    if isinstance(values, ChoiceSet):
        listed = ", ".join(f'"{value}"' for value in [*values.values, *([UNKNOWN] if values.unknown else [])])
        return f"{fact} in [{listed}]"
    known = f"{fact} != null"
    if not isinstance(values, NumberSet):
        return known if values.known else f"{fact} == null"
    parts = [" and ".join([known, *(f"{fact} {test}" for test in tests)]) for tests in _intervals(values)]
    return _either([f"({part})" for part in parts] + [f"{fact} == null"] * values.unknown)


# -- zen-engine -----------------------------------------------------------------------------------------------------


class ZenPeer(Peer[Any]):
    """zen-engine: a graph of decision tables for each layer, every table collecting the numbers of its rows."""

    def build(self, tables: tuple[str, ...], inputs: tuple[str, ...]) -> Any:
        import zen

        nodes: list[dict[str, Any]] = [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        edges = []
        for name in tables:
            nodes.append(self._node(name))
            edges += [
                {"id": f"{a} {b}", "type": "edge", "sourceId": a, "targetId": b}
                for a, b in (("in", name), (name, "out"))
            ]
        return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def _node(self, name: str) -> dict[str, Any]:
        of = self.rulebook.tables[name]
        rules = [
            {"_id": f"{number}-{n}", "row": str(number)}
            | {fact: _zen_test(values) if fact in cells else "" for fact, values in cells.items()}
            | {fact: "" for fact in of.inputs if fact not in cells}
            for number, row in enumerate(of.rows)
            for n, cells in enumerate(row.alternatives())
        ]
        content = {
            "hitPolicy": "collect",
            "executionMode": "single",
            "passThrough": False,
            "outputPath": name,
            "inputs": [{"id": fact, "name": fact, "field": fact} for fact in of.inputs],
            "outputs": [{"id": "row", "name": "row", "field": "row"}],
            "rules": rules,
        }
        return {"id": name, "name": name, "type": "decisionTableNode", "content": content}

    def rows(self, built: Any, tables: tuple[str, ...], values: dict[str, Any]) -> Mapping[str, Sequence[int]]:
        result = built.evaluate(values)["result"]
        return {name: list(dict.fromkeys(match["row"] for match in result[name])) for name in tables}


def _zen_test(values: ValueSet) -> str:
    """Return a unary test; `null` stands first, for zen-engine overlooks it after a comparison."""
    if isinstance(values, ChoiceSet):
        return ", ".join(f'"{value}"' for value in [*values.values, *([UNKNOWN] if values.unknown else [])])
    if isinstance(values, NumberSet):
        known = ["!= null" if part == EVERY_NUMBER.intervals[0] else str(part) for part in values.intervals]
    else:
        known = ["!= null"] if values.known else []
    return ", ".join([*(["null"] if values.unknown else []), *known]).replace("_", "")


# -- clipspy --------------------------------------------------------------------------------------------------------


class ClipsPeer(Peer[Any]):
    """clipspy: a template for each layer and a rule for each alternative of a row."""

    def __init__(self, rulebook: Rulebook) -> None:
        import clips

        super().__init__(rulebook)
        self._symbol = clips.Symbol
        self._environment = clips.Environment()
        self._fired: list[tuple[str, int]] = []
        self._known_rows: list[tuple[str, int]] = []
        self._environment.define_function(lambda place: self._fired.append(self._known_rows[place]), name="fired")

    def value(self, name: str, value: Value) -> Any:
        plain = super().value(name, value)
        if plain is None:
            return self._symbol(UNKNOWN)
        return self._symbol(plain) if isinstance(self.rulebook.fact(name).domain, ChoiceSet) else plain

    def build(self, tables: tuple[str, ...], inputs: tuple[str, ...]) -> Any:
        template = f"layer{len(self._built)}"
        self._environment.build(f"(deftemplate {template} {' '.join(f'(slot {name})' for name in inputs)})")
        for name in tables:
            for number, row in enumerate(self.rulebook.tables[name].rows):
                for cells in row.alternatives():
                    tests = " ".join(f"({fact} {_clips_test(fact, values)})" for fact, values in cells.items())
                    place = len(self._known_rows)
                    self._environment.build(f"(defrule r{place} ({template} {tests}) => (fired {place}))")
                    self._known_rows.append((name, number))
        return self._environment.find_template(template)

    def rows(self, built: Any, tables: tuple[str, ...], values: dict[str, Any]) -> Mapping[str, Sequence[int]]:
        self._fired.clear()
        fact = built.assert_fact(**values)
        self._environment.run()
        fact.retract()
        found: dict[str, list[int]] = {name: [] for name in tables}
        for table, number in sorted(set(self._fired)):
            found[table].append(number)
        return found


def _clips_test(fact: str, values: ValueSet) -> str:
    if isinstance(values, ChoiceSet):
        return "|".join([*values.values, *([UNKNOWN] if values.unknown else [])])
    if not isinstance(values, NumberSet):
        return f"~{UNKNOWN}" if values.known else UNKNOWN
    name = f"?{fact}"
    tests = [" ".join(f"({test.split()[0]} {name} {test.split()[1]})" for test in part) for part in _intervals(values)]
    known = " ".join(f"(and TRUE {part})" if part else "TRUE" for part in tests)
    return f"{name}&:(if (numberp {name}) then (or FALSE FALSE {known}) else {str(values.unknown).upper()})"


# -- what their languages share -------------------------------------------------------------------------------------


def _intervals(values: NumberSet) -> list[list[str]]:
    """Return each interval as the comparisons that a number in it passes: `>= 10000`."""
    found = []
    for part in values.intervals:
        tests = [f"{'>=' if part.low_closed else '>'} {part.low}"] if part.low != -float("inf") else []
        tests += [f"{'<=' if part.high_closed else '<'} {part.high}"] if part.high != float("inf") else []
        found.append(tests)
    return found


def _written(row: Row, test: Callable[[str, ValueSet], str]) -> list[str]:
    return [
        "(" + " and ".join([f"({test(fact, values)})" for fact, values in cells.items()] or ["true"]) + ")"
        for cells in row.alternatives()
    ]


def _either(parts: Sequence[str]) -> str:
    return " or ".join(parts) or "false"


PEERS: Mapping[str, tuple[str, Callable[[Rulebook], Evaluator]]] = {
    "engine": ("this project: durable_rules, direct", EngineEvaluator),
    "plain": ("this project: plain evaluator", PlainEvaluator),
    "host": ("durable_rules, public Host", HostPeer),
    "shared": ("durable_rules, public Host, tables sharing rulesets", SharedHostPeer),
    "zen": ("zen-engine", ZenPeer),
    "clips": ("clipspy", ClipsPeer),
    "rule-engine": ("rule-engine", RuleEnginePeer),
}
