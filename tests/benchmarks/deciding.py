"""Decisions a second and memory, every engine in a process of its own, all of them taking turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from threading import Timer
from typing import Any

from tests.benchmarks.peers import PEERS
from tests.conftest import ROOT

WORLDS = 300  # worlds in which all engines must find the same rows before anything is measured
ROUNDS = 7
TURN = 0.3  # seconds of processor time that an engine's turn takes, about
TIME_LIMIT = 300  # seconds for one command; the Host's threads are known to hang
OURS, REFERENCE = "engine", "plain"
MANY, SOME = 100_000, 5_000  # decisions over which memory is measured: of our engine, of the others


class Unavailable(Exception):
    """An engine that is not installed or did not answer."""


@dataclass
class Worker:
    """An engine in its process."""

    name: str
    rates: list[float] = field(default_factory=list)
    grown: float = 0.0

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.worker", self.name, "2026"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ask(self, command: str) -> Any:
        """Return the answer to a command. Raises Unavailable."""
        to, of, errors = self._process.stdin, self._process.stdout, self._process.stderr
        assert to is not None
        assert of is not None
        assert errors is not None
        timer = Timer(TIME_LIMIT, self._process.kill)
        timer.start()
        try:
            to.write(command + "\n")
            to.flush()
            answer = of.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            self._process.kill()
            said = errors.read().strip().splitlines() or ["it was stopped at the time limit"]
            raise Unavailable(said[-1])
        return json.loads(answer)

    def turn(self, decisions: int) -> float:
        """Return the decisions that a second of processor time takes."""
        seconds: float = self.ask(f"run {decisions}")["seconds"]
        return decisions / max(seconds, 1e-9)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def measure_deciding() -> str:
    """Return a Markdown table of all engines. Raises AssertionError when one finds other rows than the reference."""
    workers = {name: Worker(name) for name in PEERS}
    skipped: dict[str, str] = {}
    try:
        expected = workers[REFERENCE].ask(f"rows {WORLDS}")
        for name, worker in workers.items():
            try:
                assert worker.ask(f"rows {WORLDS}") == expected, f"{PEERS[name][0]} finds other rows"
            except Unavailable as reason:
                skipped[name] = str(reason)
        running = [worker for name, worker in workers.items() if name not in skipped]
        turns = {worker.name: max(20, int(worker.turn(50) * TURN)) for worker in running}
        for _ in range(ROUNDS):
            for worker in running:
                worker.rates.append(worker.turn(turns[worker.name]))
        for worker in running:
            decisions = MANY if worker.name == OURS else SOME
            worker.grown = worker.ask(f"run {decisions}")["grown"] / decisions
        return _table(running, skipped)
    finally:
        for worker in workers.values():
            worker.close()


def _table(running: Sequence[Worker], skipped: dict[str, str]) -> str:
    ours = next(worker.rates for worker in running if worker.name == OURS)
    lines = [
        "| engine | decisions/s | ours is faster by | bytes kept a decision |",
        "|---|---:|---:|---:|",
    ]
    for worker in running:
        ratio = median(a / b for a, b in zip(ours, worker.rates, strict=True))
        times = "" if worker.name == OURS else f"{ratio:.1f}"
        lines.append(f"| {PEERS[worker.name][0]} | {median(worker.rates):,.0f} | {times} | {worker.grown:,.1f} |")
    lines += [f"| {PEERS[name][0]} | skipped: {reason} | | |" for name, reason in skipped.items()]
    return "\n".join(lines)
