"""Examples of an audit as answers files, to be given to `advisor recommend`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from advisor.audit.model import Example, Report
from advisor.errors import BadInput
from advisor.files import write_atomically
from advisor.quantities import is_number, rule_text
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value

_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]*")
_MEANS_MORE: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def save_examples(report: Report, folder: Path) -> list[Path]:
    """Write every example that answers bring about into a folder, made where it is missing. Raises BadInput.

    A file is named by check, table and number, of a pair also by `before` and `after`; tensions follow the findings.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput.one(f"{folder} cannot be made: {error.strerror}", "name a folder that can be") from None
    for name, title, answers in _examples(report):
        path = folder / f"{name}.yaml"
        write_atomically(path, answers_text(report.rulebook, title, answers))
        written.append(path)
    return written


def _examples(report: Report) -> Iterator[tuple[str, str, Example]]:
    """Yield a file name, a title and the answers for each example."""
    counted: dict[str, int] = {}

    def numbered(*parts: str | None) -> str:
        stem = "-".join(re.sub(r"[^\w.]+", "_", part) for part in parts if part)
        counted[stem] = counted.get(stem, 0) + 1
        return f"{stem}-{counted[stem]}"

    for finding in (*report.findings, *report.accepted):
        if finding.answers is None:
            continue
        name = numbered(finding.check, finding.table)
        if finding.pair_answers is None:
            yield name, finding.message, finding.answers
        else:
            yield f"{name}-before", f"{finding.message} (before)", finding.answers
            yield f"{name}-after", f"{finding.message} (after)", finding.pair_answers
    for tension in report.tensions:
        if tension.answers is not None:
            yield numbered(tension.id), tension.says, tension.answers


def answers_text(rulebook: Rulebook, title: str, answers: Example) -> str:
    """Return an answers file: a comment that says what it shows, facts and assumptions."""
    lines = [f"# {' '.join(title.split())}", f"project: {json.dumps('an example of the audit')}"]
    facts = {name: value for name, value in answers.items() if name in rulebook.facts}
    assumptions = {name: value for name, value in answers.items() if name in rulebook.assumptions}
    for key, held in (("facts", facts), ("assumptions", assumptions)):
        if held or key == "facts":
            lines += [f"{key}:"] if held else [f"{key}: {{}}"]
            lines += [f"  {name}: {_written(value)}" for name, value in held.items()]
    return "\n".join(lines) + "\n"


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(value):
        assert isinstance(value, int | float)
        return rule_text(value)
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text not in _MEANS_MORE else json.dumps(text, ensure_ascii=False)
