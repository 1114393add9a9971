"""The state of a route to a tuned model, from the price book's dates and what is known of the team."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.routes import route_status, upfront_within_budget
from advisor.rulebook.sets import UNKNOWN, Value

NOTICE = {"route_notice_months": 6}


def state(**known: Value | None) -> Value:
    return route_status({**NOTICE, **known})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, UNKNOWN),
        ({"route_open_to": "everyone"}, "open"),
        ({"route_open_to": "closed"}, "closed"),
        ({"route_open_to": "everyone", "route_closes_in": 0}, "closed"),
        ({"route_open_to": "everyone", "route_retires_in": 0}, "closed"),
        ({"route_open_to": UNKNOWN, "route_retires_in": 0}, "closed"),
        ({"route_open_to": UNKNOWN, "route_retires_in": 3}, "closing"),
        ({"route_open_to": UNKNOWN, "route_retires_in": 30}, UNKNOWN),
        ({"route_open_to": "existing_customers", "existing_tuning_customer": False}, "closed"),
        ({"route_open_to": "existing_customers", "existing_tuning_customer": True}, "open"),
        ({"route_open_to": "existing_customers", "existing_tuning_customer": UNKNOWN}, UNKNOWN),
        ({"route_open_to": "existing_customers", "existing_tuning_customer": UNKNOWN, "route_closes_in": 2}, "closing"),
        ({"route_open_to": "everyone", "route_closes_in": 5, "payback_months": 5}, "open"),
        ({"route_open_to": "everyone", "route_closes_in": 4.9, "payback_months": 5}, "closing"),
        ({"route_open_to": "everyone", "route_retires_in": 4.9, "payback_months": 5}, "closing"),
        ({"route_open_to": "everyone", "route_closes_in": 9, "route_retires_in": 4.9, "payback_months": 5}, "closing"),
        ({"route_open_to": "everyone", "route_closes_in": 1, "payback_months": 0.5}, "open"),
        ({"route_open_to": "everyone", "route_closes_in": 6, "payback_months": None}, "open"),
        ({"route_open_to": "everyone", "route_closes_in": 5.9, "payback_months": None}, "closing"),
        ({"route_open_to": "everyone", "route_closes_in": 5.9, "payback_months": UNKNOWN}, "closing"),
        ({"route_open_to": "everyone", "route_closes_in": 6.1, "payback_months": UNKNOWN}, "open"),
    ],
)
def test_what_a_route_is_today(known: dict[str, Value | None], expected: str) -> None:
    assert state(**known) == expected


RANK = {"closed": 0, "closing": 1, "open": 2}
MONTHS = st.floats(0, 60)


@given(
    st.sampled_from(["everyone", "existing_customers", "closed"]),
    st.sampled_from([True, False]),
    MONTHS,
    MONTHS,
    st.none() | MONTHS,
)
def test_more_time_or_a_sooner_payback_never_closes_a_route(
    open_to: str, customer: bool, closes: float, more: float, payback: float | None
) -> None:
    known: dict[str, Value | None] = {"route_open_to": open_to, "existing_tuning_customer": customer}
    before = state(**known, route_closes_in=closes, payback_months=payback)
    assert RANK[str(state(**known, route_closes_in=closes + more, payback_months=payback))] >= RANK[str(before)]
    if payback is not None:
        sooner = state(**known, route_closes_in=closes, payback_months=payback / 2)
        assert RANK[str(sooner)] >= RANK[str(before)]


@pytest.mark.parametrize(
    ("upfront", "budget", "expected"),
    [(500.0, 500, True), (500.01, 500, False), (UNKNOWN, 500, UNKNOWN), (500.0, UNKNOWN, UNKNOWN), (0.0, 0, True)],
)
def test_whether_the_upfront_can_be_spent(upfront: Value, budget: Value, expected: Value) -> None:
    assert upfront_within_budget({"upfront": upfront, "upfront_budget": budget}) is expected
