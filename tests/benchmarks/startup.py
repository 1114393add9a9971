"""Processor time of whole commands, as ratios to the least that such a command could take."""

from __future__ import annotations

import json
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.conftest import ROOT

ROUNDS = 11

CLICK = """
import click

@click.group()
def group():
    'A program that does nothing.'

for name in ("one", "two", "three", "four"):
    group.command(name, help="Does nothing.")(lambda: None)

group(["--help"])
"""
IMPORTED = """
import json, sys
from advisor.cli import main
sys.argv = ["advisor", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
names = [name for name in sys.modules if name.partition(".")[0] not in ("advisor", "__main__")]
print(json.dumps(names), file=sys.stderr)
"""
IMPORT = """
for name in {names!r}:
    try:
        __import__(name)
    except Exception:
        pass
"""


def measure_startup() -> str:
    """Return a Markdown table of processor times, the median of several runs that take turns."""
    example = str(ROOT / "examples" / "claims-intake.yaml")
    python = [sys.executable, "-c"]
    advisor = [sys.executable, "-m", "advisor"]
    commands = {
        "the bare interpreter": [*python, "pass"],
        "a bare click program with `--help`": [*python, CLICK],
        "`advisor --help`": [*advisor, "--help"],
        "the imports of `recommend` alone": [*python, IMPORT.format(names=_imported("recommend", example))],
        "`advisor recommend`": [*advisor, "recommend", example],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(_processor_time(command))
    middle = {name: median(values) for name, values in times.items()}
    bare, click, help_text, imports, recommend = middle
    ratios = {
        help_text: f"{middle[help_text] / middle[click]:.2f} of a bare click program",
        recommend: f"{middle[recommend] / middle[imports]:.2f} of its imports alone",
        click: f"{middle[click] / middle[bare]:.2f} of the bare interpreter",
        imports: f"{middle[imports] / middle[bare]:.2f} of the bare interpreter",
    }
    lines = ["| command | processor time | ratio |", "|---|---:|---|"]
    lines += [f"| {name} | {value * 1000:,.0f} ms | {ratios.get(name, '')} |" for name, value in middle.items()]
    return "\n".join(lines)


def _imported(*arguments: str) -> list[str]:
    """Return the modules of others that a command has imported when it ends."""
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(run.stderr.splitlines()[-1])
    return names


def _processor_time(command: list[str]) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
