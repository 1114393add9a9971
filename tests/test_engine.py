"""One decision of the engine after another: no decision, error, interrupt or thread disturbs the next one."""

from __future__ import annotations

import gc
import math
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import durable_rules_engine  # type: ignore[import-not-found]
import pytest

from advisor.deciding import engine as engine_module
from advisor.deciding.decision import decide
from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import EngineError
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value
from tests.agreement import rows_found, worlds_near
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def worlds(rulebook: Rulebook) -> list[dict[str, Value]]:
    return worlds_near(rulebook, 300, seed=5)


@pytest.fixture
def engine(rulebook: Rulebook) -> Iterator[EngineEvaluator]:
    with EngineEvaluator(rulebook) as made:
        yield made


def test_neither_the_order_of_facts_nor_earlier_decisions_matter(
    rulebook: Rulebook, engine: EngineEvaluator, worlds: list[dict[str, Value]]
) -> None:
    first = [decide(rulebook, world, engine) for world in worlds]
    shuffled = list(enumerate(worlds))
    random.Random(3).shuffle(shuffled)
    for place, world in shuffled:
        assert decide(rulebook, dict(reversed(world.items())), engine) == first[place]


def test_some_of_a_layers_tables_can_be_decided_alone(rulebook: Rulebook, engine: EngineEvaluator) -> None:
    world = worlds_near(rulebook, 1, seed=6)[0]
    together = engine.matching(("volume_tier", "quality_tier", "tuned_shape"), world)
    assert list(together) == ["volume_tier", "quality_tier", "tuned_shape"]
    for name in together:
        assert engine.matching((name,), world) == {name: together[name]}


def test_no_more_groups_of_tables_are_kept_than_memory_should_hold(
    rulebook: Rulebook, engine: EngineEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "MOST_PLANS", 2)
    world = worlds_near(rulebook, 1, seed=6)[0]
    for name in ("volume_tier", "quality_tier", "tuned_shape", "volume_tier"):
        assert engine.matching((name,), world) == PlainEvaluator(rulebook).matching((name,), world)
    assert len(engine._compiled) == 2


def test_four_threads_decide_with_one_engine(
    rulebook: Rulebook, engine: EngineEvaluator, worlds: list[dict[str, Value]]
) -> None:
    expected = rows_found(rulebook, worlds, PlainEvaluator(rulebook))
    wrong: list[object] = []

    def work(seed: int) -> None:
        order = random.Random(seed).sample(range(len(worlds)), len(worlds))
        for place, found in zip(order, rows_found(rulebook, (worlds[n] for n in order), engine), strict=True):
            if found != expected[place]:
                wrong.append(place)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


@pytest.mark.parametrize("value", [math.nan, True, 2**60, "many"])
def test_the_decision_after_a_refused_value_is_right(
    rulebook: Rulebook, engine: EngineEvaluator, worlds: list[dict[str, Value]], value: Value
) -> None:
    expected = decide(rulebook, worlds[0], engine)
    with pytest.raises(EngineError, match="monthly_calls"):
        decide(rulebook, worlds[1] | {"monthly_calls": value}, engine)
    assert decide(rulebook, worlds[0], engine) == expected


class Interrupted:
    """Passes on to the engine's functions and raises at one call of one of them."""

    def __init__(self, name: str, call: int, error: BaseException) -> None:
        self._name, self._left, self._error = name, call, error

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                raise self._error
        return getattr(durable_rules_engine, name)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), durable_rules_engine.error("error code: 303")])
@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("assert_fact", 1),
        ("assert_fact", 3),
        ("start_action_for_state", 1),
        ("complete_and_start_action", 1),
        ("complete_and_start_action", 9),
        ("retract_fact", 1),
    ],
)
def test_the_decision_after_an_interrupted_one_is_right(
    rulebook: Rulebook,
    engine: EngineEvaluator,
    worlds: list[dict[str, Value]],
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    call: int,
    error: BaseException,
) -> None:
    expected = rows_found(rulebook, worlds[:20], engine)
    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "_c", Interrupted(function, call, error))
        with pytest.raises((KeyboardInterrupt, MemoryError, EngineError)):
            rows_found(rulebook, worlds[20:], engine)
    assert rows_found(rulebook, worlds[:20], engine) == expected


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_the_decision_after_an_interrupt_at_any_moment_is_right(
    rulebook: Rulebook, engine: EngineEvaluator, worlds: list[dict[str, Value]]
) -> None:
    expected = rows_found(rulebook, worlds[:3], engine)
    chance = random.Random(4)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    gc.disable()  # an interrupt in a callback of the collector would be swallowed
    try:
        for _ in range(100):
            with suppress(KeyboardInterrupt):
                try:
                    signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-5, 1e-2), 0.2)
                    while True:
                        rows_found(rulebook, worlds, engine)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            assert rows_found(rulebook, worlds[:3], engine) == expected
    finally:
        gc.enable()
        signal.signal(signal.SIGALRM, before)


def test_an_interrupt_while_rulesets_are_built_leaves_the_evaluator_whole(
    rulebook: Rulebook, worlds: list[dict[str, Value]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = rows_found(rulebook, worlds[:5], PlainEvaluator(rulebook))
    with EngineEvaluator(rulebook) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(engine_module, "_c", Interrupted("create_ruleset", 3, KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                rows_found(rulebook, worlds[:5], engine)
        assert rows_found(rulebook, worlds[:5], engine) == expected


def test_a_closed_evaluator_builds_anew(
    rulebook: Rulebook, engine: EngineEvaluator, worlds: list[dict[str, Value]]
) -> None:
    expected = decide(rulebook, worlds[0], engine)
    engine.close()
    engine.close()
    assert decide(rulebook, worlds[0], engine) == expected


# -- memory ---------------------------------------------------------------------------------------------------------

GROWTH = """
import resource, sys
from advisor.deciding.decision import decide
from advisor.deciding.engine import EngineEvaluator
from advisor.rulebook.loading import load_rulebook
from tests.agreement import worlds_near

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)

rulebook = load_rulebook()
worlds = worlds_near(rulebook, 500, seed=8)

def decisions(times):
    with EngineEvaluator(rulebook) as engine:
        for _ in range(times):
            for world in worlds:
                decide(rulebook, world, engine)

def reopenings(times):
    for number in range(times):
        with EngineEvaluator(rulebook) as engine:
            decide(rulebook, worlds[number], engine)

work, few, many = {"decisions": (decisions, 4, 40), "reopenings": (reopenings, 20, 200)}[sys.argv[1]]
work(few)
before = peak()
work(many)
print(peak() - before)
"""


@pytest.mark.parametrize("work", ["decisions", "reopenings"])
def test_memory_stays_as_it_is(work: str) -> None:
    """20,000 decisions, or 200 evaluators opened and closed, in a process of their own after a warm-up."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", GROWTH, work], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 2_000, f"{run.stdout} KiB"


def test_one_module_imports_the_engine() -> None:
    importing = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "advisor").rglob("*.py")
        if "import durable" in path.read_text(encoding="utf-8") or "from durable" in path.read_text(encoding="utf-8")
    ]
    assert importing == ["advisor/deciding/engine.py"]
