"""Quoted prices in a memo, the state of the route that is named, and the routes side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from advisor.answers import Answers, apply_settings
from advisor.memo.as_json import memo_data
from advisor.memo.rendering import markdown
from advisor.memo.result import Memo
from advisor.memo.routes import RouteLine, Routes, RouteState
from advisor.prices.book import Price
from advisor.prices.quotes import with_quotes
from advisor.rulebook.model import Rulebook
from advisor.world import known_values, recommend_quickly
from tests.memos import DAY, body, example, markdown_of, memo_of

MODEL = "claude-sonnet-4-5"
ROUTE = "azure/gpt-4.1-mini"
BOTH = (f"model={MODEL}", f"tuning_route={ROUTE}")
CUSTOMER = "existing_tuning_customer=yes"


def changed(rulebook: Rulebook, *settings: str) -> Answers:
    return apply_settings(example("ticket-triage", rulebook), settings, rulebook)


def priced(rulebook: Rulebook, *settings: str) -> Memo:
    return memo_of(rulebook, changed(rulebook, *settings))


def flat(text: str) -> str:
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    return flat(text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0])


def state(memo: Memo) -> RouteState:
    assert memo.today is not None
    assert memo.today.route is not None
    return memo.today.route


def compared(memo: Memo) -> Routes:
    assert memo.today is not None
    assert memo.today.routes is not None
    return memo.today.routes


def lines(memo: Memo) -> dict[str, RouteLine]:
    return {line.price.id: line for line in compared(memo).lines}


def row(memo: Memo, title: str) -> str:
    return next(line for line in body(markdown(memo)).splitlines() if line.startswith(f"| {title} |"))


def with_price(rulebook: Rulebook, name: str, **values: object) -> Rulebook:
    """Return the rulebook with a row of the price book changed."""
    price: Price = replace(rulebook.prices[name], **values)  # type: ignore[arg-type]
    return replace(rulebook, prices={**rulebook.prices, name: price})


# ---- Prices ----


def test_a_quoted_price_says_its_source_and_its_day(rulebook: Rulebook) -> None:
    memo = priced(rulebook, *BOTH)
    assert row(memo, "output price").startswith("| output price | $15 a million tokens | derived: genai-prices ")
    assert "anthropic claude-sonnet-4-5, 2026-11-25" in row(memo, "output price")
    price = rulebook.prices[ROUTE]
    for title in ("input price after tuning", "output price after tuning", "hosting by the hour"):
        assert f"derived: price book {ROUTE}, as of {price.as_of}" in row(memo, title)
    assert "$0.40 a million tokens" in row(memo, "input price after tuning")
    assert "$1.70 an hour" in row(memo, "hosting by the hour")
    appendix = markdown(memo).split("\n## Appendix\n")[1]
    assert f"| hosting by the hour (`hosting_per_hour`) | $1.70 an hour |  |  | derived: price book {ROUTE}" in appendix


def test_one_line_names_the_package_with_its_version_and_the_day(rulebook: Rulebook) -> None:
    said = section(markdown(priced(rulebook, *BOTH)), "In figures")
    assert said.count("Prices quoted: genai-prices ") == 1
    assert "Prices quoted" not in markdown(priced(rulebook))


def test_an_answered_price_stands_before_a_quoted_one(rulebook: Rulebook) -> None:
    memo = priced(rulebook, *BOTH, "tuned_input_price=9")
    assert row(memo, "input price after tuning") == "| input price after tuning | $9 a million tokens | answered |"


def test_a_price_that_is_not_read_is_not_shown(rulebook: Rulebook) -> None:
    text = body(markdown(priced(rulebook, *BOTH)))
    assert "| price of cached input |" not in text
    cached = body(markdown(priced(rulebook, *BOTH, "cached_share=50%")))
    assert "| price of cached input | $0.30 a million tokens | derived: genai-prices" in cached


def test_the_json_says_where_a_price_is_from(rulebook: Rulebook) -> None:
    data = memo_data(priced(rulebook, *BOTH))
    assert data["facts"]["tuned_input_price"] == {
        "value": 0.4,
        "origin": "derived",
        "detail": f"price book {ROUTE}, as of 2026-08-11",
    }
    assert data["assumptions"]["hosting_per_hour"] == {"value": 1.7, "low": None, "high": None, "origin": "derived"}
    quoted = data["prices"]["tuned_input_price"]
    assert (quoted["value"], quoted["of"], quoted["as_of"]) == (0.4, "tuning_route", "2026-08-11")
    assert quoted["source"] == rulebook.prices[ROUTE].source
    assert data["prices"]["output_price"]["as_of"] == "2026-11-25"
    assert not isinstance(data["economics"].get("route_open_to"), str)


def test_prices_are_those_of_the_day(rulebook: Rulebook) -> None:
    later = memo_of(rulebook, changed(rulebook, *BOTH), as_of=date(2027, 6, 1))
    assert state(later).status == "closed"
    assert "It takes no new training since 2027-04-14." in section(markdown(later), "Route")


# ---- The route that is named ----


def test_the_route_says_what_is_known_of_it(rulebook: Rulebook) -> None:
    said = section(markdown(priced(rulebook, *BOTH, CUSTOMER)), "Route")
    assert said.startswith(
        f"`{ROUTE}` tunes gpt-4.1-mini-2025-04-14 at azure by sft, open to existing customers alone."
        " It takes no new training from 2027-04-14 on. Its tuned models stop answering on 2027-10-14."
        " Figures as of 2026-08-11: "
    )
    assert rulebook.prices[ROUTE].source in said
    assert "**State: open**, as it ends in 4.6 months, and tuning pays for itself in 1.9 months." in said


@pytest.mark.parametrize(
    ("settings", "status", "why"),
    [
        (BOTH, "unknown", "as nobody has said whether this team has tuned there before"),
        ((*BOTH, "existing_tuning_customer=no"), "closed", "as it takes existing customers alone, which this team is"),
        ((*BOTH, CUSTOMER, "monthly_calls=160k"), "closing", "before tuning pays for itself, in 17.7 months"),
        (("tuning_route=amazon/nova-pro",), "open", "as nothing says that it ends"),
        (("tuning_route=openai/gpt-4.1-nano", CUSTOMER), "closed", "as nobody can train a model there any more"),
        (("tuning_route=azure/gpt-oss-20b",), "unknown", "as nothing says to whom it is open"),
    ],
)
def test_its_state_is_said_with_the_reason(
    settings: tuple[str, ...], status: str, why: str, rulebook: Rulebook
) -> None:
    memo = priced(rulebook, *settings)
    assert state(memo).status == status
    said = section(markdown(memo), "Route")
    assert f"**State: {status}**, " in said
    assert why in said


def test_a_route_whose_day_has_come_says_so(rulebook: Rulebook) -> None:
    memo = memo_of(rulebook, changed(rulebook, *BOTH, CUSTOMER), as_of=date(2027, 4, 14))
    assert "**State: closed**, as its day has come." in section(markdown(memo), "Route")


def test_what_the_book_does_not_know_is_asked_for(rulebook: Rulebook) -> None:
    memo = priced(rulebook, "tuning_route=openai/gpt-4.1", CUSTOMER)
    assert "training_price" in state(memo).missing
    said = section(markdown(memo), "Route")
    assert "price of training (`--set training_price=...`; until then " in said
    given = priced(rulebook, "tuning_route=openai/gpt-4.1", CUSTOMER, "training_price=25")
    assert "training_price" not in state(given).missing
    assert "training_price" not in state(priced(rulebook, *BOTH)).missing


def test_without_a_route_and_without_tuning_there_is_no_such_section(rulebook: Rulebook) -> None:
    memo = priced(rulebook, "prompting_quality=96%")
    assert memo.recommendation.option == "prompting_watch"
    assert "\n## Route\n" not in markdown(memo)


def test_the_end_of_a_route_is_a_date_to_look_again(rulebook: Rulebook) -> None:
    answers = changed(rulebook, *BOTH, CUSTOMER)
    soon = with_price(rulebook, ROUTE, closes=DAY + timedelta(days=20), retires=DAY + timedelta(days=900))
    memo = memo_of(soon, answers)
    assert memo.today is not None
    assert memo.today.review is not None
    assert memo.today.review.date == DAY + timedelta(days=20)
    assert [(due.cause, due.of) for due in memo.today.review.because] == [("closes", ROUTE)]
    assert f"**Review by 2026-12-15:** no new training from then on: `{ROUTE}`." in flat(markdown(memo))
    causes = {(due.cause, due.date) for due in memo.today.review.later if due.of == ROUTE}
    assert ("retires", DAY + timedelta(days=900)) in causes
    past = memo_of(with_price(rulebook, ROUTE, closes=DAY - timedelta(days=20)), answers)
    assert past.today is not None
    assert past.today.review is not None
    assert not past.today.review.overdue


def test_a_price_past_its_review_is_overdue(rulebook: Rulebook) -> None:
    old = with_price(rulebook, ROUTE, review_by=DAY - timedelta(days=1))
    text = flat(markdown_of(old, changed(rulebook, *BOTH)))
    assert f"**Review overdue since 2026-11-24:** review of the price `{ROUTE}`." in text


# ---- The routes side by side ----


def test_each_route_is_worked_out_as_if_it_were_the_one_named(rulebook: Rulebook) -> None:
    memo = priced(rulebook, *BOTH, CUSTOMER)
    for name in (ROUTE, "azure/gpt-oss-20b"):
        answers = with_quotes(rulebook, changed(rulebook, *BOTH, CUSTOMER, f"tuning_route={name}"), DAY)
        facts = known_values(rulebook, answers).facts
        line = lines(memo)[name]
        assert line.cost_per_call == facts["tuned_cost_per_call"].value
        assert line.payback == facts["payback_months"].value
        assert line.status == facts["route_status"].for_tables
        decided = recommend_quickly(rulebook, answers)
        assert decided is not None
        assert line.option == decided.then
    chosen = lines(memo)[ROUTE]
    assert chosen.hosting == pytest.approx(1.7 * 730)
    assert chosen.monthly == pytest.approx(250_000 * 0.000508 + 1.7 * 730)
    tokens, epochs, runs = (
        rulebook.assumptions[name].value for name in ("training_tokens", "training_epochs", "training_experiments")
    )
    assert chosen.training == pytest.approx(tokens * epochs * runs * 5 / 1e6)


def test_what_the_book_does_not_know_stays_unknown(rulebook: Rulebook) -> None:
    line = lines(priced(rulebook, *BOTH, CUSTOMER))["amazon/nova-pro"]
    assert rulebook.prices["amazon/nova-pro"].train_usd_per_mtok is None
    assert (line.training, line.payback) == ("unknown", "unknown")
    assert line.monthly != "unknown"
    no_price = next(p.id for p in rulebook.prices.values() if p.trains and p.tuned_input_usd_per_mtok is None)
    dark = {line.price.id: line for line in compared(priced(rulebook, *BOTH, CUSTOMER)).lines}[no_price]
    assert (dark.cost_per_call, dark.monthly, dark.payback) == ("unknown", "unknown", "unknown")


def test_a_price_given_for_one_route_is_not_another_ones(rulebook: Rulebook) -> None:
    plain = lines(priced(rulebook, *BOTH, CUSTOMER))
    given = lines(priced(rulebook, *BOTH, CUSTOMER, "tuned_input_price=0.9", "hosting_per_hour=1.9"))
    assert given[ROUTE].hosting == pytest.approx(1.9 * 730)
    assert given[ROUTE].cost_per_call != plain[ROUTE].cost_per_call
    assert given["azure/gpt-oss-20b"] == plain["azure/gpt-oss-20b"]


def test_they_stand_by_the_cost_of_a_month_and_at_most_six_with_the_one_named(rulebook: Rulebook) -> None:
    memo = priced(rulebook, *BOTH, CUSTOMER)
    months = [line.monthly for line in compared(memo).lines]
    known = [month for month in months if isinstance(month, int | float)]
    assert known == sorted(known)
    assert months[len(known) :] == ["unknown"] * (len(months) - len(known))
    table = markdown(memo).split("\n## Route\n")[1].split("\n## ")[0]
    shown = [line for line in table.splitlines() if line.startswith(("| `", "| **`"))]
    assert len(shown) == 7
    assert shown[-1].startswith(f"| **`{ROUTE}`** |")
    assert f"{len(months) - 7} more routes of the price book" in flat(table)
    assert "| the prompt as it is | | | | $0.01095 a call | $2,738 a month |" in table


def test_closed_routes_are_left_out_and_those_for_others_counted(rulebook: Rulebook) -> None:
    memo = priced(rulebook, f"model={MODEL}", "existing_tuning_customer=no")
    routes = compared(memo)
    assert all(line.status != "closed" for line in routes.lines)
    assert "openai/gpt-3.5-turbo" not in {line.price.id for line in compared(priced(rulebook, CUSTOMER)).lines}
    open_ones = [p for p in rulebook.prices.values() if p.trains and not p.is_closed(DAY)]
    others = [p for p in open_ones if p.open_to == "existing_customers"]
    assert routes.for_others == len(others)
    assert len(routes.lines) == len(open_ones) - len(others)
    assert f"{len(others)} routes take existing customers alone, which this team is not." in flat(markdown(memo))
    asked = priced(rulebook, f"model={MODEL}")
    assert "nobody has said whether this team is one" in section(markdown(asked), "Route")
    assert "nobody has said whether this team is one" not in section(markdown(memo), "Route")


def test_a_route_that_would_change_the_recommendation_is_named(rulebook: Rulebook) -> None:
    memo = priced(rulebook, "tuning_route=openai/gpt-4.1", "existing_tuning_customer=no")
    assert memo.recommendation.option == "prepare_tuning"
    said = section(markdown(memo), "Route")
    assert "With `amazon/nova-micro`, `amazon/nova-lite`" in said
    assert "the recommendation would be `fine_tune`." in said
    assert "the recommendation would be" not in section(markdown(priced(rulebook, *BOTH, CUSTOMER)), "Route")


def test_what_the_book_adds_stands_in_the_appendix_and_of_the_route_named_beside_it(rulebook: Rulebook) -> None:
    memo = priced(rulebook, *BOTH, CUSTOMER)
    text = markdown(memo)
    added = flat(text.split("\n### What the price book says of routes\n")[1].split("\n### ")[0]).replace("\\", "")
    noted = [line.price for line in compared(memo).lines if line.price.note and not line.is_named]
    assert noted
    for price in noted:
        assert f"`{price.id}`" in added
        assert str(price.note).rstrip(".") in added
    assert str(rulebook.prices[ROUTE].note).rstrip(".") in section(text, "Route").replace("\\", "")
    assert "read it before you choose one" in section(text, "Route")


# ---- A smaller model ----


def test_the_cheapest_models_of_the_maker_are_set_beside_the_one_in_use(rulebook: Rulebook) -> None:
    settings = (f"model={MODEL}", "failure_cause=cost", "cheaper_levers=not_tried")
    memo = priced(rulebook, *settings)
    assert memo.today is not None
    models = [lever for lever in memo.today.levers if lever.of]
    assert models[0].of == "claude-haiku-5-5"
    assert len(models) == 3
    # 2,650 tokens at $0.10 and 200 tokens at $0.50 a million, although the price of the model in use was answered
    assert models[0].cost_per_call == pytest.approx((2_650 * 0.1 + 200 * 0.5) / 1e6)
    costs = [lever.cost_per_call for lever in models]
    assert costs == sorted(costs)  # type: ignore[type-var]
    said = section(markdown(memo), "What would make the call cheaper")
    assert f"`claude-haiku-5-5` in place of `{MODEL}`" in said
    assert "genai-prices" in said
    assert "does not say which of them still answer" in said
    unnamed = priced(rulebook, *settings[1:]).today
    assert unnamed is not None
    assert not [lever for lever in unnamed.levers if lever.of]
