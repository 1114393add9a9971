"""The price book: what training and serving a tuned model costs, to whom that is open, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

from advisor.errors import Place
from advisor.quantities import Number

OpenTo: TypeAlias = Literal["everyone", "existing_customers", "closed"]

SERVING: Final = "serving"  # the method of a row that serves models and trains none
DAYS_A_MONTH: Final = 365.25 / 12


@dataclass(frozen=True)
class Price:
    """One row of the price book. None is what is not known; 0 is known to be free.

    Prices of tokens are USD per million, of hosting USD an hour and machine, of storage USD a month; `min_fee_usd` is
    the least that a training run costs. `closes` is the first day without new training, `retires` the first day on
    which models tuned there do not answer. `as_of` is the day on which it was true at its source.
    """

    id: str
    provider: str
    base_model: str
    method: str
    train_usd_per_mtok: Number | None
    tuned_input_usd_per_mtok: Number | None
    tuned_output_usd_per_mtok: Number | None
    cached_input_usd_per_mtok: Number | None
    hosting_usd_per_hour: Number | None
    storage_usd_per_month: Number | None
    min_fee_usd: Number | None
    open_to: OpenTo | None
    closes: date | None
    retires: date | None
    source: str
    as_of: date
    review_by: date | None
    confidence: str | None
    note: str | None
    pack: str | None
    place: Place = field(compare=False)

    @property
    def trains(self) -> bool:
        """Whether a model can be tuned on this route at all."""
        return self.method != SERVING

    def is_retired(self, day: date) -> bool:
        """Tell whether models tuned there have stopped answering."""
        return self.retires is not None and self.retires <= day

    def is_closed(self, day: date) -> bool:
        """Tell whether nobody can train there on a day: it has closed, or what is trained does not answer."""
        ended = self.closes is not None and self.closes <= day
        return self.open_to == "closed" or ended or self.is_retired(day)


def months_until(end: date, day: date) -> float:
    """Return the months from a day to another, at least 0, of 365.25 / 12 days each."""
    return max((end - day).days, 0) / DAYS_A_MONTH
