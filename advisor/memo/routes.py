"""The route to a tuned model: its state, what the price book leaves open, and the other routes side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.answers import Answers
from advisor.economics import HOURS_A_MONTH, upfront
from advisor.quantities import is_number
from advisor.routes import CLOSED, EXISTING_CUSTOMERS
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import Known, known_values, recommend_quickly

if TYPE_CHECKING:
    from advisor.prices.book import Price

ROUTE: Final = "tuning_route"
TUNING: Final = ("hybrid", "fine_tune", "prepare_tuning")  # the options that compare routes
TRAINING: Final = ("training_tokens", "training_epochs", "training_price", "training_experiments", "training_minimum")
NEEDED: Final = ("training_price", "hosting_per_hour")  # without them no payback of a route can be worked out
Quoting: TypeAlias = Callable[[Answers], Answers]  # puts in what price sources say on the day


@dataclass(frozen=True)
class RouteState:
    """The route that is named. `price` is None for one that the book does not know.

    `ends_in` are the months until it closes or its models are retired, whichever comes first, `needed` those for which
    it is needed: until payback or, without one, the notice. `missing` are the facts and assumptions that a route has
    and for which the book knows no figure; nobody answered them.
    """

    id: str
    price: Price | None
    status: Value
    open_to: Value
    customer: Value
    ends_in: Value
    needed: Value
    missing: tuple[str, ...]


@dataclass(frozen=True)
class RouteLine:
    """A route at this project's numbers, in USD; what rests on a figure that the book does not know is `unknown`.

    `training` is the cost of all training runs, `hosting` that of a month, `monthly` that of the calls of a month with
    hosting and storage. `option` is what would be recommended with it.
    """

    price: Price
    status: Value
    training: Value | None
    hosting: Value | None
    cost_per_call: Value | None
    monthly: Value | None
    payback: Value | None
    option: str | None
    is_named: bool


@dataclass(frozen=True)
class Routes:
    """The routes that are not closed to this team, the cheapest by the month first, and how many are left out.

    `for_others` counts those that take existing customers alone and this team is none.
    """

    lines: tuple[RouteLine, ...]
    for_others: int
    closed: int
    prompting_cost: Value | None
    prompting_monthly: Value | None


def route_state(rulebook: Rulebook, answers: Answers, facts: Mapping[str, Known]) -> RouteState | None:
    """Return what is known of the route that the answers name, or None where they name none."""
    name = answers.facts.get(ROUTE, UNKNOWN)
    if name == UNKNOWN:
        return None

    def value(fact: str) -> Value:
        return facts[fact].for_tables if fact in facts else UNKNOWN

    ends = [value(fact) for fact in ("route_closes_in", "route_retires_in")]
    months = [end for end in ends if isinstance(end, int | float)]
    payback = value("payback_months")
    notice = known_values(rulebook, answers).assumptions.get("route_notice_months")
    return RouteState(
        id=str(name),
        price=rulebook.prices.get(str(name)),
        status=value("route_status"),
        open_to=value("route_open_to"),
        customer=value("existing_tuning_customer"),
        ends_in=min(months) if months else UNKNOWN,
        needed=payback if is_number(payback) else (notice.for_tables if notice else UNKNOWN),
        missing=tuple(_missing(rulebook, answers)),
    )


def routes(rulebook: Rulebook, answers: Answers, quoting: Quoting) -> Routes:
    """Compare every route of the price book at this project's numbers, each worked out as if it were the one named."""
    lines = [_line(rulebook, answers, quoting, price) for price in rulebook.prices.values() if price.trains]
    customer = answers.facts.get("existing_tuning_customer", UNKNOWN)
    open_lines = [line for line in lines if line.status != CLOSED]
    for_others = [
        line for line in lines if line.status == CLOSED and line.price.open_to == EXISTING_CUSTOMERS and not customer
    ]
    facts = known_values(rulebook, answers).facts
    cost = facts["prompting_cost_per_call"].value
    return Routes(
        tuple(
            sorted(
                open_lines,
                key=lambda line: (not is_number(line.monthly), line.monthly if is_number(line.monthly) else 0),
            )
        ),
        len(for_others),
        len(lines) - len(open_lines) - len(for_others),
        cost,
        _product(cost, facts["monthly_calls"].value),
    )


def _by_month(line: RouteLine) -> tuple[bool, float]:
    """Order by the cost of a month or, while that is unknown, by that of a call, what is unknown last."""
    for rank, value in ((False, line.monthly), (True, line.cost_per_call)):
        if isinstance(value, int | float):
            return rank, value
    return True, inf


def _line(rulebook: Rulebook, answers: Answers, quoting: Quoting, price: Price) -> RouteLine:
    named = answers.facts.get(ROUTE) == price.id
    changed = answers if named else quoting(_without_its_prices(rulebook, answers).with_fact(ROUTE, price.id))
    missing = set(_missing(rulebook, changed))
    known = known_values(rulebook, changed)
    assumed = {name: known.assumptions[name].value for name in known.assumptions}

    def of(name: str, *needed: str) -> Value | None:
        return UNKNOWN if missing & set(needed) else known.facts[name].value

    cost = of("tuned_cost_per_call", "tuned_input_price", "tuned_output_price")
    training: Value | None = UNKNOWN
    hosting: Value | None = UNKNOWN
    numbers = [value for name in TRAINING if isinstance(value := assumed.get(name), int | float)]
    if "training_price" not in missing and len(numbers) == len(TRAINING):
        tokens, epochs, rate, runs, least = numbers
        training = upfront(tokens, epochs, rate, runs, least, 0, 0, 0, 0, 0, 0)
    if "hosting_per_hour" not in missing:
        hosting = _product(assumed["hosting_per_hour"], HOURS_A_MONTH, assumed["replicas"])
    calls = _product(cost, known.facts["monthly_calls"].value)
    row = recommend_quickly(rulebook, changed)
    return RouteLine(
        price=price,
        status=known.facts["route_status"].for_tables,
        training=training,
        hosting=hosting,
        cost_per_call=cost,
        monthly=_sum(calls, hosting, assumed.get("storage_per_month", 0)),
        payback=of("payback_months", *NEEDED, "tuned_input_price", "tuned_output_price"),
        option=str(row.then) if row else None,
        is_named=named,
    )


def _without_its_prices(rulebook: Rulebook, answers: Answers) -> Answers:
    """Return the answers without the prices that were given for the route in mind, which are not another's."""
    names = {f.id for f in rulebook.facts.values() if f.quoted_by == ROUTE}
    names |= {a.id for a in rulebook.assumptions.values() if a.quoted_by == ROUTE}
    kept = {name: value for name, value in answers.assumptions.items() if name not in names}
    for name in names & answers.facts.keys():
        answers = answers.without_fact(name)
    return replace(answers, assumptions=kept)


def _missing(rulebook: Rulebook, answers: Answers) -> Iterator[str]:
    """Yield what a route has a price for and neither an answer nor the book knows."""
    things = [(f.id, f.quoted_by, answers.facts.get(f.id, UNKNOWN) != UNKNOWN) for f in rulebook.asked]
    things += [(a.id, a.quoted_by, a.id in answers.assumptions) for a in rulebook.assumptions.values()]
    for name, by, answered in things:
        if by == ROUTE and not answered and name not in answers.quoted:
            yield name


def _product(*values: Value | None) -> Value | None:
    product: float = 1
    for value in values:
        if not isinstance(value, int | float):
            return UNKNOWN
        product *= value
    return product


def _sum(*values: Value | None) -> Value | None:
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) if len(numbers) == len(values) else UNKNOWN
