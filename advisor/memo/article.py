"""What the article's rules alone say of a project, beside what all rules in force say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from advisor.answers import Answers
from advisor.deciding.plain import PlainEvaluator
from advisor.memo.texts import Texts
from advisor.rulebook.model import RECOMMENDATION, Approach, Rulebook, Strength
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import World, decide_project


@dataclass(frozen=True)
class ArticleView:
    """The recommendation of the article's rules, and its figures.

    `settled_by` are the rows of later packs that make today's differ: the deciding row, or those of the tables that it
    rests on and that conclude otherwise. Without any, the same rows decide on other figures.
    """

    option: str | None
    approach: Approach | None
    strength: Strength | None
    row: str | None
    because: str
    figures: Mapping[str, Value | None]
    settled_by: tuple[str, ...]


def article_view(article: Rulebook, answers: Answers, world: World) -> ArticleView:
    """Decide the same answers by the article's rules, without prices that a source quotes.

    world: the project by all rules in force. Raises ConflictError.
    """
    said = decide_project(article, _in_force(answers, article), PlainEvaluator(article))
    row, option = said.decision.deciding_row, said.decision.option(article)
    return ArticleView(
        option=str(row.then) if row else None,
        approach=option.approach if option else None,
        strength=row.strength if row else None,
        row=row.id if row else None,
        because=Texts(said).render(row.because) if row else "",
        figures={fact.id: said.facts[fact.id].value for fact in article.facts.values() if fact.derived},
        settled_by=tuple(_settled_by(article, said, world)),
    )


def _settled_by(article: Rulebook, said: World, world: World) -> Iterator[str]:
    """Yield the rows unknown to the article of every table that concludes otherwise, the last of them first."""
    for name in reversed(world.rulebook.ancestors(RECOMMENDATION)):
        result, before = world.decision.results[name], said.decision.results.get(name)
        if before is None or before.value != result.value:
            yield from (row.id for row in result.rows if article.row(row.id) is None)


def _in_force(answers: Answers, rulebook: Rulebook) -> Answers:
    """Return the answers that a rulebook reads."""
    return replace(
        answers,
        facts={name: value for name, value in answers.facts.items() if name in rulebook.facts},
        assumptions={name: value for name, value in answers.assumptions.items() if name in rulebook.assumptions},
        measured={name: origin for name, origin in answers.measured.items() if name in rulebook.facts},
        quoted={},
    )


def differing(view: ArticleView, facts: Mapping[str, Value | None]) -> tuple[str, ...]:
    """Return the figures that both reckon and that come out otherwise; facts: today's values."""
    return tuple(
        name
        for name, value in view.figures.items()
        if name in facts and facts[name] != value and UNKNOWN not in (value, facts[name])
    )
