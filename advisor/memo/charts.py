"""The picture of a memo: what prompting and tuning cost in all, over the calls made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from jinja2 import Environment

from advisor.economics import lifetime
from advisor.memo.parts import Quantity
from advisor.memo.result import Memo
from advisor.quantities import Number, dollars, is_number, rounded
from advisor.templating import environment

LEFT: Final = 80
RIGHT: Final = 560
TOP: Final = 76
BOTTOM: Final = 346
COSTS: Final = ("prompting_cost_per_call", "tuned_cost_per_call")
FIXED: Final = ("prompting_monthly_fixed", "tuned_monthly_fixed")
MARGIN: Final = 1.15  # how far beyond the last mark the calls reach
TICKS: Final = 5
APART: Final = 18  # between two labels, so that neither covers the other
STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Line:
    """One way to do it: USD whatever the calls, and USD for each call."""

    upfront: Number
    per_call: Number

    def cost_of(self, calls: Number) -> Number:
        """Return the total cost in USD."""
        return self.upfront + self.per_call * calls


@dataclass(frozen=True)
class Mark:
    """A number of calls that the picture marks; `is_left` tells on which half of it."""

    name: str
    calls: Number
    label_y: int
    is_left: bool


def cost_chart(memo: Memo) -> str | None:
    """Return the picture as SVG, or None while what a call costs either way is unknown."""
    figures = {quantity.id: quantity for quantity in memo.facts}
    per_call = [_number(figures, name) for name in COSTS]
    upfront = next((line for line in memo.assumptions if line.id == "tuning_upfront"), None)
    if None in per_call or upfront is None or not isinstance(upfront.value, int | float):
        return None
    months = _months(memo, figures)
    fixed = [(_number(figures, name) or 0) * months for name in FIXED]
    prompting, tuned = Line(fixed[0], per_call[0] or 0), Line(upfront.value + fixed[1], per_call[1] or 0)
    crossover, lifetime = (_number(figures, name) for name in ("crossover_calls", "lifetime_calls"))
    last = max(crossover or 0, lifetime or 0) * MARGIN or _calls_for(upfront.value, prompting.per_call)
    most = max(line.cost_of(calls) for line in (prompting, tuned) for calls in (0, last))
    x, y = _scale(last, LEFT, RIGHT), _scale(most, BOTTOM, TOP)
    marked = [("crossover", crossover, TOP - 10), ("lifetime", lifetime, TOP - 28)]
    template = _environment().get_template("charts/cost.svg.j2")
    return template.render(
        memo=memo,
        prompting=prompting,
        tuned=tuned,
        heights=_apart({"prompting": float(y(prompting.cost_of(last))), "tuned": float(y(tuned.cost_of(last)))}),
        upfront=upfront,
        in_part="upfront" in figures and bool(figures["upfront"].assumed_inputs),
        months=months if any(fixed) else 0,
        crossover=crossover,
        lifetime=lifetime,
        marks=[Mark(name, calls, at, calls < last / 2) for name, calls, at in marked if calls is not None],
        never="crossover_calls" in figures and figures["crossover_calls"].value is None,
        assumed=any(figures[name].assumed_inputs for name in COSTS),
        last=last,
        x=x,
        y=y,
        x_ticks=ticks(last),
        y_ticks=ticks(most),
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
    )


def ticks(most: Number) -> tuple[Number, ...]:
    """Return round numbers from 0 up to at most `most`, about five of them."""
    exact = Decimal(repr(most))
    if exact <= 0:
        return (0,)
    power = Decimal(1).scaleb((exact / TICKS).adjusted())
    step = next(power * factor for factor in STEPS if power * factor * TICKS >= exact)
    values = [step * n for n in range(int(exact / step) + 1)]
    return tuple(int(v) if v == v.to_integral_value() else float(v) for v in values)


def short(value: Number) -> str:
    """Write a number for an axis: 5M, 150k, 2,500."""
    for size, suffix in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{rounded(value / size)}{suffix}"
    return rounded(value)


def _number(figures: dict[str, Quantity], name: str) -> Number | None:
    value = figures[name].value if name in figures else None
    return value if is_number(value) else None  # type: ignore[return-value]


def _months(memo: Memo, figures: dict[str, Quantity]) -> Number:
    """Return the months for which what is paid by the month is paid; the article reckons with none."""
    months, retires = _number(figures, "lifetime_months"), _number(figures, "route_retires_in")
    if memo.today is None or months is None:
        return 0
    return months if retires is None else lifetime(months, retires)


def _calls_for(upfront: Number, prompting: Number) -> Number:
    """Return a number of calls at which both lines can be seen, where nothing else gives one."""
    return 2 * upfront / prompting if prompting > 0 else 1


def _scale(most: Number, low: int, high: int) -> Callable[[Number], str]:
    """Return the function from 0..most to coordinates, written with one decimal."""

    def place(value: Number) -> str:
        return f"{low + (high - low) * (value / most if most else 0):.1f}"

    return place


def _apart(heights: dict[str, float]) -> dict[str, str]:
    """Move labels that would cover each other apart."""
    upper, lower = sorted(heights, key=lambda name: (heights[name], name))
    gap = APART - (heights[lower] - heights[upper])
    if gap > 0:
        heights = {upper: heights[upper] - gap / 2, lower: heights[lower] + gap / 2}
    return {name: f"{height:.1f}" for name, height in heights.items()}


@cache
def _environment() -> Environment:
    return environment({"usd": dollars, "quantity": rounded, "short": short}, autoescape=True)
