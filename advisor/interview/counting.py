"""How many questions projects take of all there are: `python -m advisor.interview.counting examples/*.yaml`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from advisor.answers import Answers, read_answers
from advisor.interview.relevance import Outlook, outlook
from advisor.prices.quotes import with_quotes
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN

HEAD: Final = "| answers | for the recommendation | for the notes | quoted | of |"


@dataclass(frozen=True)
class Count:
    """Questions asked until the recommendation is settled, then for the notes; `quoted` are answered by a price source.

    `of` is how many questions there are.
    """

    recommendation: int
    notes: int
    quoted: int
    of: int


def count(rulebook: Rulebook, project: Answers, as_of: date) -> Count:
    """Hold an interview in which every question is answered as a project answers it, or by "I don't know yet"."""
    asked = for_everything(rulebook, Answers(), project, as_of, notes=False)
    all_asked = for_everything(rulebook, asked, project, as_of, notes=True)
    quoted = [fact for fact in rulebook.asked if fact.id in all_asked.quoted and fact.id not in all_asked.facts]
    more = len(all_asked.facts) - len(asked.facts)
    return Count(len(asked.facts), more, len(quoted), len(list(rulebook.asked)))


def for_everything(rulebook: Rulebook, answers: Answers, project: Answers, as_of: date, *, notes: bool) -> Answers:
    """Return the answers that an interview ends with. notes: whether it goes on when the recommendation is settled."""
    ask: Callable[[Outlook], tuple[Fact, ...]] = _all_needs if notes else _recommendation_needs
    while needs := ask(outlook(rulebook, answers)):
        name = needs[0].id
        value = project.facts.get(name, UNKNOWN)
        answers = with_quotes(rulebook, answers.with_fact(name, value, project.written.get(name)), as_of)
    return answers


def _recommendation_needs(look: Outlook) -> tuple[Fact, ...]:
    return look.recommendation_needs


def _all_needs(look: Outlook) -> tuple[Fact, ...]:
    return look.recommendation_needs or look.note_needs


def table(rulebook: Rulebook, files: Sequence[Path], as_of: date) -> str:
    """Return the counts of answers files as a Markdown table. Raises BadInput."""
    lines = [HEAD, "|---|--:|--:|--:|--:|"]
    for file in files:
        counted = count(rulebook, read_answers(str(file), rulebook), as_of)
        cells = (file.stem, counted.recommendation, counted.notes, counted.quoted, counted.of)
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the counts of the files, on the day that a first argument may give."""
    day, files = date.today(), [*arguments]
    if files and not Path(files[0]).exists():
        day = date.fromisoformat(files.pop(0))
    sys.stdout.write(table(load_rulebook(), [Path(file) for file in files], day))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
