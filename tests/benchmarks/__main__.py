"""Measures, in Markdown for the README: `python -m tests.benchmarks [deciding] [startup] [audit]`; by default all.

Install the extra `bench` first; an engine that is missing is skipped and said so. Takes about four minutes.
"""

from __future__ import annotations

import platform
import sys

from advisor.rulebook.loading import load_rulebook
from tests.benchmarks.audit_growth import measure_audit_growth
from tests.benchmarks.deciding import measure_deciding
from tests.benchmarks.startup import measure_startup

MEASUREMENTS = {"deciding": measure_deciding, "startup": measure_startup, "audit": measure_audit_growth}


def main() -> None:
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    unknown = [name for name in wanted if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"no measurement `{unknown[0]}`; there are {', '.join(MEASUREMENTS)}")
    rulebook = load_rulebook()
    print(f"{len(rulebook.tables)} tables, {len(list(rulebook.rows))} rows, Python {platform.python_version()}\n")
    for name in wanted:
        print(MEASUREMENTS[name]() + "\n", flush=True)


if __name__ == "__main__":
    main()
