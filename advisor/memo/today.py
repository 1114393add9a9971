"""What a memo says beyond the article's arithmetic: what moves the result, sums by their parts, prices, dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from advisor.answers import Answers, Quote
from advisor.figures import IDLE
from advisor.memo.article import ArticleView, article_view, differing
from advisor.memo.levers import CHEAPER, Lever, levers
from advisor.memo.parts import Quantity, Reason, Recommendation
from advisor.memo.reasons import notes
from advisor.memo.review import Review, review
from advisor.memo.routes import TUNING, Routes, RouteState, route_state, routes
from advisor.memo.swings import MONTHLY, UPFRONT, Part, Swing, parts_of
from advisor.prices.quotes import with_quotes
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN
from advisor.world import UPFRONT as GIVEN_UPFRONT
from advisor.world import World

SUM = "upfront"
RETIRES = "route_retires_in"
STATES = ("route_status", "route_open_to", "route_closes_in", RETIRES)


@dataclass(frozen=True)
class Today:
    """What joins a memo where today's arithmetic is in force.

    `figures`, `inputs`, `assumptions` name what the table of figures shows, `zero` the inputs that nobody answered and
    that are taken as nothing. `swings` are the assumptions that move the result, the furthest first. `upfront` and
    `monthly` are the parts of the two sums, empty where the sum was given. `differing` are the figures that the article
    reckons otherwise. `route` is the one named, `routes` compares those that could be, where the option
    tunes or prepares to. `quotes` are what price sources say, by the name of a fact, a figure or an assumption.
    """

    figures: tuple[str, ...]
    inputs: tuple[str, ...]
    assumptions: tuple[str, ...]
    zero: tuple[str, ...]
    swings: tuple[Swing, ...]
    upfront: tuple[Part, ...]
    monthly: tuple[Part, ...]
    article: ArticleView | None
    differing: tuple[str, ...]
    review: Review | None
    levers: tuple[Lever, ...]
    notes: tuple[Reason, ...]
    route: RouteState | None
    routes: Routes | None
    quotes: Mapping[str, Quote]


def today(
    world: World,
    moving: tuple[Swing, ...],
    recommendation: Recommendation,
    facts: Sequence[Quantity],
    of_table: Mapping[str, tuple[Reason, ...]],
    *,
    article: Rulebook | None,
    as_of: date,
) -> Today | None:
    """Gather it, or return None where the article's arithmetic is in force.

    moving: what advisor.memo.swings found. article: the rulebook of the article's profile, for what it alone would say.
    """
    rulebook, answers = world.rulebook, world.answers
    if rulebook.economics != "today":
        return None
    view = article_view(article, answers, world) if article is not None else None

    def quoting(other: Answers) -> Answers:
        return with_quotes(rulebook, other, as_of)

    given = world.assumptions[GIVEN_UPFRONT].origin == "answered" if GIVEN_UPFRONT in world.assumptions else False
    read = _read(world, given)
    zero = tuple(q.id for q in facts if q.id in read and q.origin == "assumed" and q.value == 0)
    return Today(
        figures=tuple(q.id for q in facts if rulebook.facts[q.id].derived and _is_shown(q, given)),
        inputs=tuple(q.id for q in facts if q.id in read and q.id not in zero and _is_input(q)),
        assumptions=tuple(_given(world, given)),
        zero=zero,
        swings=moving,
        upfront=() if given else parts_of(rulebook, answers, SUM, UPFRONT),
        monthly=parts_of(rulebook, answers, "tuned_monthly_fixed", MONTHLY),
        article=view,
        differing=differing(view, {name: known.value for name, known in world.facts.items()}) if view else (),
        review=review(world, [swing.name for swing in moving], as_of),
        levers=levers(rulebook, answers, quoting) if recommendation.option == CHEAPER else (),
        route=route_state(rulebook, answers, world.facts),
        routes=routes(rulebook, answers, quoting) if recommendation.option in TUNING and rulebook.prices else None,
        notes=notes(rulebook, of_table, recommendation.approach),
        quotes=answers.quoted,
    )


def _is_shown(figure: Quantity, given: bool) -> bool:
    """Tell whether a figure stands in the table: what is said of the route stands elsewhere, a given upfront once."""
    if figure.id in STATES or (figure.id == SUM and given):
        return False
    return figure.kind == "number" or figure.value != UNKNOWN


def _is_input(quantity: Quantity) -> bool:
    """Tell whether an input stands in the table: what nobody gave, and every price."""
    if quantity.origin in ("answered", "measured"):
        return (quantity.unit or "").startswith("USD")
    return quantity.origin != "unknown"


def _given(world: World, given: bool) -> Iterator[str]:
    """Yield the assumptions that were given or quoted and count; given: whether the upfront was."""
    parts = world.rulebook.facts[SUM].rests_on if given and SUM in world.rulebook.facts else ()
    for name, known in world.assumptions.items():
        if name == GIVEN_UPFRONT:
            yield from (name,) if given else ()
        elif known.origin in ("answered", "derived") and name not in parts:
            yield name


def _read(world: World, given: bool) -> frozenset[str]:
    """Return the numbers that count and from which another is reckoned; given: whether the upfront was.

    A price of cached tokens counts where some are cached, the end of the route where it comes before that of the
    feature.
    """
    rulebook = world.rulebook
    reckoned = [fact for fact in rulebook.facts.values() if fact.kind == "number" and not (given and fact.id == SUM)]
    names = {name for fact in reckoned if fact.derived for name in fact.derived.inputs}
    idle = {price for price, share in IDLE.items() if share in world.facts and world.facts[share].value == 0}
    read = {f.id for f in rulebook.asked if f.id in names and f.kind in ("number", "integer")} - idle
    ends, life = (world.facts[name].value if name in world.facts else UNKNOWN for name in (RETIRES, "lifetime_months"))
    if isinstance(ends, int | float) and not (isinstance(life, int | float) and life <= ends):
        read.add(RETIRES)
    return frozenset(read)
