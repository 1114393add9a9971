"""`advisor ask` where there is no terminal, and what its help says; terminals are in tests/terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from advisor.interview.screen import on_screen
from tests.conftest import Advisor


@pytest.mark.parametrize("arguments", [(), ("--plain",), ("--answers", "missing/answers.yaml")])
def test_without_a_terminal_it_names_the_flags_to_use(
    advisor: Advisor, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = advisor("ask", *arguments, stdin="x\n", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for part in ("needs a terminal", "advisor recommend", "-o MEMO", "advisor template", "--set ID=VALUE"):
        assert part in done.stderr
    assert not list(tmp_path.iterdir())


def test_closed_input_is_no_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin = None; from advisor.cli import main; main()", "ask"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_help_shows_an_example_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from advisor.cli import group\n"
        "try: group.main(['ask', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('questionary', 'pydantic', 'jinja2', 'yaml', 'prompt_toolkit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "Example: advisor ask --answers" in done.stdout
    assert done.stdout.endswith("[]\n")


MEMO = """---
project: X
---

# Keep prompting for a feature with quite a long name, until then

**We recommend** `prompting` because it is
enough.

| figure | value |
|---|---|
| cost | $0.0051 \\| a call |

| figure | value | origin |
|:--|--:|---|
| cost of a prompted call | $0.0051 a call | derived from what was answered |
| saving |  | unknown |

- first point, which is long enough to be folded
  and goes on here
- second
1. a step

```text
advisor recommend a/very/long/path/that/stays/as/it/is.yaml --as-of 2026-11-25
```
"""

SHOWN = """# Keep prompting for a feature with quite
  a long name, until then

**We recommend** `prompting` because it
is enough.

| figure | value |
|---|---|
| cost | $0.0051 \\| a call |

- cost of a prompted call
  value: $0.0051 a call
  origin: derived from what was answered
- saving
  origin: unknown

- first point, which is long enough to be
  folded and goes on here
- second
1. a step

```text
advisor recommend a/very/long/path/that/stays/as/it/is.yaml --as-of 2026-11-25
```
"""


def test_a_memo_is_folded_to_the_screen() -> None:
    assert on_screen(MEMO, 41) == SHOWN
