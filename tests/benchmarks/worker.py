"""One engine in a process of its own, told over its standard input what to do; answers are lines of JSON."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from advisor.deciding.decision import decide
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, NumberSet, Value
from tests.agreement import rows_found, tests_on, values_near
from tests.benchmarks.peers import PEERS


def round_worlds(rulebook: Rulebook, number: int, seed: int) -> list[dict[str, Value]]:
    """Return worlds around every threshold, with no more digits than every engine keeps (zen-engine has decimals)."""
    chance = random.Random(seed)
    options: dict[str, list[Value]] = {}
    for fact in rulebook.facts.values():
        tests = tests_on(rulebook, fact.id)
        options[fact.id] = values_near(fact, tests)
        if isinstance(fact.domain, NumberSet):
            ends = {end for test in tests if isinstance(test, NumberSet) for end in test.endpoints()} or {1}
            near = [round(end * times, 6) for end in ends for times in (0.5, 0.75, 1, 1.25, 2)]
            if fact.kind == "integer":
                near = [round(value) for value in near]
            options[fact.id] = [*(value for value in near if fact.domain.contains(value)), UNKNOWN]
    return [{name: chance.choice(values) for name, values in options.items()} for _ in range(number)]


def resident() -> int:
    """Return the bytes of memory in use (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def main(name: str, seed: str) -> None:
    rulebook = load_rulebook()
    worlds = round_worlds(rulebook, 500, int(seed))
    evaluator = PEERS[name][1](rulebook)

    def run(count: int) -> dict[str, Any]:
        before, started = resident(), time.process_time()
        for number in range(count):
            decide(rulebook, worlds[number % len(worlds)], evaluator)
        return {"seconds": time.process_time() - started, "grown": resident() - before}

    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        answer = run(int(argument)) if command == "run" else rows_found(rulebook, worlds[: int(argument)], evaluator)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
