"""How well a score tells two groups apart: the area under the ROC curve with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, mean, variance
from typing import Final

CONFIDENCE: Final = 0.95  # of the interval
NORMAL_POINT: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Separation:
    """How often a case of the higher group has the higher score, with its 95% interval and the sizes of the groups.

    `area` is None where a group is empty; `low` and `high` where the cases leave no spread to reckon from.
    """

    area: float | None
    low: float | None
    high: float | None
    higher: int
    lower: int


def separation(higher: Sequence[float], lower: Sequence[float]) -> Separation:
    """Return the area under the ROC curve: the share of pairs in which the first group's score is higher, ties half.

    The interval is that of DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845, cut at 0 and 1: the
    variance is that of the first group's placements among the second over the first group's size, plus the converse.
    """
    if not higher or not lower:
        return Separation(None, None, None, len(higher), len(lower))
    above = [mean(_win(score, other) for other in lower) for score in higher]
    below = [mean(_win(score, other) for score in higher) for other in lower]
    area = mean(above)
    if min(len(higher), len(lower)) < 2:
        return Separation(area, None, None, len(higher), len(lower))
    spread = sqrt(variance(above) / len(higher) + variance(below) / len(lower))
    if spread == 0:
        return Separation(area, None, None, len(higher), len(lower))
    low, high = max(area - NORMAL_POINT * spread, 0.0), min(area + NORMAL_POINT * spread, 1.0)
    return Separation(area, low, high, len(higher), len(lower))


def _win(score: float, other: float) -> float:
    return 0.5 if score == other else float(score > other)
