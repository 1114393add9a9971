"""Prices of base models: those of one call on one day, by the maker unless another is named, and nothing in silence."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import Answers
from advisor.errors import BadInput
from advisor.figures import figures
from advisor.prices.base_models import BaseRates, base_rates, models_of
from advisor.prices.quotes import with_quotes
from advisor.rulebook.model import Rulebook
from advisor.world import known_values

DAY = date(2026, 11, 25)


def rates(name: str, day: date = DAY, input_tokens: int = 1_700, output_tokens: int = 200) -> BaseRates:
    return base_rates(name, day, input_tokens, output_tokens)


def refusal(name: str) -> str:
    with pytest.raises(BadInput) as refused:
        rates(name)
    (problem,) = refused.value.problems
    return f"{problem.what}; {problem.mend}"


@pytest.mark.parametrize(
    ("name", "per_call"),
    [
        ("claude-sonnet-4-5", 0.0081),
        ("claude-sonnet-4-6", 0.0081),
        ("gpt-4.1-mini", 0.00100),
        ("claude-haiku-5-5", 0.00027),
        ("gpt-6-luna", 0.00027),
    ],
)
def test_the_published_cost_of_a_call(name: str, per_call: float) -> None:
    found = rates(name)
    assert (1_700 * found.input + 200 * found.output) / 1e6 == pytest.approx(per_call, rel=1e-6)


def test_what_is_cached_has_prices_of_its_own_or_none() -> None:
    sonnet = rates("claude-sonnet-4-5")
    assert (sonnet.cache_read, sonnet.cache_write) == (0.3, 3.75)
    assert (300 * sonnet.input + 1_400 * (sonnet.cache_read or 0) + 200 * sonnet.output) / 1e6 == pytest.approx(0.00432)
    assert rates("gpt-4.1-mini").cache_write is None


def test_the_price_is_that_of_a_call_of_this_size() -> None:
    assert rates("claude-sonnet-4-5", input_tokens=200_000).input == 3
    long = rates("claude-sonnet-4-5", input_tokens=200_001)
    assert (long.input, long.output) == (6, 22.5)
    assert rates("claude-sonnet-4-5", input_tokens=0, output_tokens=0).input == 3


def test_it_says_where_it_is_from() -> None:
    assert rates("claude-sonnet-4-5").detail == "genai-prices 0.2.3, anthropic claude-sonnet-4-5, 2026-11-25"


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Claude-Sonnet-4-5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("mistral-large-latest", "mistral-large"),
        ("mistral-small", "mistral-small-latest"),
        ("gpt-4o-2024-05-13", "gpt-4o"),
    ],
)
def test_a_name_with_an_edition_is_the_model(name: str, model: str) -> None:
    assert rates(name).model.startswith(model)


def test_the_maker_sets_the_price_unless_another_provider_is_named() -> None:
    assert rates("claude-sonnet-4-6").provider == "anthropic"
    assert rates("aws/claude-sonnet-4-6").provider == rates("aws:claude-sonnet-4-6").provider == "aws"
    assert rates("aws/claude-sonnet-4-6").input == 3.3
    assert rates("mistral-small").provider == "mistral"


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai/gpt-4.1-mini", "openai"),
        ("OpenAI/gpt-4.1-mini", "openai"),
        ("openrouter/openai/gpt-4.1-mini", "openrouter"),
        ("openrouter:openai/gpt-4.1-mini", "openrouter"),
        ("aws/amazon.nova-lite-v1:0", "aws"),
        ("amazon.nova-lite-v1:0", "aws"),
    ],
)
def test_a_provider_stands_before_the_first_slash_or_colon(name: str, provider: str) -> None:
    assert rates(name).provider == provider


def test_a_price_that_changes_by_the_hour_says_so() -> None:
    found = rates("deepseek-v4-pro")
    assert found.by_hour
    assert found.detail.endswith("2026-11-25 at 12:00 UTC, other hours differ")
    assert not rates("claude-sonnet-4-5").by_hour


def test_a_batch_price_of_the_package_is_not_taken() -> None:
    from genai_prices import Usage, calc_price

    batch = calc_price(
        Usage(input_tokens=100_000),
        model_ref="claude-sonnet-4-5",
        provider_id="anthropic",
        genai_request_timestamp=datetime(2026, 11, 25, 12, tzinfo=UTC),
        price_context={"processing": "batch"},
    )
    assert float(batch.input_price) * 10 == 1.5
    assert rates("claude-sonnet-4-5").input == 3


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2026, 10, 28), 1.36),
        (date(2026, 10, 29), 0.7),
        (date(2026, 11, 25), 0.7),
    ],
)
def test_the_day_decides_the_price(day: date, price: float) -> None:
    assert rates("mistral-large-4", day).input == pytest.approx(price)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("claude-sonet-4-5", "did you mean `claude-sonnet-4-5`?"),
        ("claude-sonnet-4-5-turbo", "did you mean `claude-sonnet-4-5`?"),
        ("gpt-4o-mini-xyz", "did you mean `gpt-4o-mini`?"),
        ("nova-lite", "did you mean `amazon.nova-lite-v1:0`?"),
        ("aws/nova-lite", "did you mean `aws/amazon.nova-lite-v1:0`?"),
        ("openrouter/gpt-4.1-mini", "did you mean `openrouter/openai/gpt-4.1-mini`?"),
        ("openai/gpt-4.1-mimi", "did you mean `openai/gpt-4.1-mini`?"),
        ("azure/gpt-4.1-mini", "`gpt-4.1-mini` alone takes the price of `openai`"),
        ("openai/zzzzzz", "`advisor prices openai` lists what there is"),
        ("gpt-3.5", "did you mean `gpt-3.5-"),
        ("chat", "did you mean `chatgpt-4o-latest`?"),
        ("gpt-3.5-turb", "did you mean `gpt-3.5-turbo`?"),
        ("t:gpt-3.5-turbo-", "did you mean `gpt-3.5-turbo"),
        ("sonar", "costs a fee beside its tokens"),
        ("sonar-deep-research", "costs a fee beside its tokens"),
        ("ft:gpt-4.1-mini:acme", "is a tuned model"),
        ("openai/FT:gpt-4.1-mini", "is a tuned model"),
        ("openrouter/openai/ft:gpt-4o", "is a tuned model"),
        ("whisper-1", "is not billed by the token"),
        ("text-embedding-3-small", "write one of `azure/text-embedding-3-small`"),
        ("openai/claude-sonnet-4-5", "there is no price of `openai/claude-sonnet-4-5`"),
        ("zzzzzz", "give `input_price` and `output_price`"),
        ("a", "name it as the provider does"),
        ("", "name it as the provider does"),
    ],
)
def test_what_is_not_known_is_refused_with_a_way_on(name: str, said: str) -> None:
    assert said in refusal(name)


@given(st.text(min_size=1, max_size=30))
def test_any_name_is_either_priced_or_refused(name: str) -> None:
    try:
        found = rates(name)
    except BadInput:
        return
    assert found.input >= 0
    assert found.output >= 0


def test_every_model_with_a_price_by_the_token_can_be_named() -> None:
    priced, refused = 0, list[str]()
    for provider in ("anthropic", "openai", "google", "mistral", "aws"):
        for model in models_of(provider):
            try:
                found = rates(f"{provider}/{model}")
            except BadInput as error:
                refused.append(str(error))
                continue
            assert found.model == model
            priced += 1
    assert priced > 200
    assert [text for text in refused if "not billed by the token" not in text and "/ft:" not in text] == []


def test_a_suggested_name_can_be_taken() -> None:
    for name in ("claude-sonet-4-5", "gpt-6-lunar", "gpt-4o-mini-xyz", "nova-lite", "aws/nova-lite", "gpt-3.5"):
        assert rates(refusal(name).rsplit("`", 2)[1]).input > 0


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    base_rates.cache_clear()
    assert rates("claude-sonnet-4-5").input == 3


def test_data_that_came_later_are_not_used() -> None:
    from genai_prices import data_snapshot

    data_snapshot.set_custom_snapshot(data_snapshot.DataSnapshot(providers=[], from_auto_update=True))
    try:
        base_rates.cache_clear()
        assert rates("claude-sonnet-4-5").input == 3
    finally:
        data_snapshot.set_custom_snapshot(None)


# ---- In the answers ----


def quoted(rulebook: Rulebook, day: date = DAY, **facts: object) -> Answers:
    return with_quotes(rulebook, Answers(facts=facts), day)  # type: ignore[arg-type]


def test_a_named_model_gives_its_prices_before_any_default(rulebook: Rulebook) -> None:
    known = known_values(rulebook, quoted(rulebook, model="gpt-4.1-mini")).facts
    assert (known["input_price"].value, known["output_price"].value) == (0.4, 1.6)
    assert known["input_price"].origin == "derived"
    assert known["input_price"].detail == "genai-prices 0.2.3, openai gpt-4.1-mini, 2026-11-25"
    assert known["cache_write_price"].origin == "unknown"
    assert known["tuned_input_price"].value == 0.4  # which follows by default
    assert known["prompting_cost_per_call"].value == pytest.approx((1_700 * 0.4 + 200 * 1.6) / 1e6)


def test_an_answer_comes_before_a_quote(rulebook: Rulebook) -> None:
    known = known_values(rulebook, quoted(rulebook, model="gpt-4.1-mini", input_price=9)).facts
    assert (known["input_price"].value, known["input_price"].origin) == (9, "answered")
    assert known["output_price"].value == 1.6


def test_a_route_gives_tuned_prices_hosting_training_and_its_dates(rulebook: Rulebook) -> None:
    known = known_values(rulebook, quoted(rulebook, tuning_route="azure/gpt-4.1-mini"))
    values = {name: known.facts[name].value for name in ("tuned_input_price", "tuned_output_price")}
    assert values == {"tuned_input_price": 0.4, "tuned_output_price": 1.6}
    assert known.assumptions["hosting_per_hour"].value == 1.7
    assert known.assumptions["training_price"].value == 5
    assert known.assumptions["training_price"].detail == "price book azure/gpt-4.1-mini, as of 2026-08-11"
    assert known.facts["route_open_to"].value == "existing_customers"
    assert known.facts["route_closes_in"].value == pytest.approx(140 * 12 / 365.25)  # to 2027-04-14
    assert known.facts["route_retires_in"].value == pytest.approx(323 * 12 / 365.25)  # to 2027-10-14
    assert known.facts["tuned_monthly_fixed"].value >= 1.7 * 730  # type: ignore[operator]


def test_what_the_book_does_not_know_is_asked_or_assumed(rulebook: Rulebook) -> None:
    known = known_values(rulebook, quoted(rulebook, tuning_route="google/gemini-3.5-flash"))
    assert known.facts["tuned_input_price"].origin == "assumed"
    assert known.assumptions["hosting_per_hour"].origin == "assumed"
    assert known.facts["route_status"].value == "open"


@pytest.mark.parametrize(
    ("day", "customer", "state"),
    [
        (date(2026, 11, 25), True, "closing"),
        (date(2026, 11, 25), False, "closed"),
        (date(2026, 5, 1), True, "open"),
        (date(2027, 1, 5), True, "closing"),
        (date(2027, 1, 6), True, "closed"),
    ],
)
def test_the_day_decides_whether_a_route_is_open(rulebook: Rulebook, day: date, customer: bool, state: str) -> None:
    answers = quoted(rulebook, day, tuning_route="openai/gpt-4.1-mini", existing_tuning_customer=customer)
    assert known_values(rulebook, answers).facts["route_status"].value == state


def test_an_answer_that_names_something_else_takes_its_quotes_away(rulebook: Rulebook) -> None:
    answers = quoted(rulebook, model="gpt-4.1-mini", tuning_route="azure/gpt-4.1-mini")
    assert {quote.of for quote in answers.with_fact("model", "other").quoted.values()} == {"tuning_route"}
    assert {quote.of for quote in answers.without_fact("tuning_route").quoted.values()} == {"model"}
    assert answers.with_fact("monthly_calls", 5).quoted == answers.quoted


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"model": "gpt-4.1-mimi"}, ["did you mean `gpt-4.1-mini`?"]),
        ({"tuning_route": "azure/gpt-4.1-mimi"}, ["did you mean `azure/gpt-4.1-mini`?"]),
        ({"tuning_route": "fireworks/h100"}, ["serves models and trains none"]),
        ({"model": "gpt-4.1-mimi", "tuning_route": "nowhere"}, ["no price of a model", "no route of the price book"]),
        ({"model": "ours", "input_price": 1}, ["no price of a model `ours`"]),
    ],
)
def test_names_that_are_not_known_are_refused_together(
    rulebook: Rulebook, facts: dict[str, object], said: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        with_quotes(rulebook, Answers(facts=facts), DAY)  # type: ignore[arg-type]
    assert len(refused.value.problems) == len(said)
    assert all(words in str(refused.value) for words in said)


def test_a_private_model_is_let_pass_with_prices_of_its_own(rulebook: Rulebook) -> None:
    assert quoted(rulebook, model="ours", input_price=1, output_price=2).quoted == {}


def test_the_article_looks_nothing_up(article: Rulebook) -> None:
    assert quoted(article, model="no such model", tuning_route="nowhere").quoted == {}


def test_a_batch_is_reckoned_with_our_own_discount(rulebook: Rulebook) -> None:
    known = known_values(rulebook, quoted(rulebook, model="claude-sonnet-4-5", batch_share=1.0))
    assert known.facts["prompting_cost_per_call"].value == pytest.approx(0.0081 * 0.5)
    assert figures({}, None, "today")["upfront"] == "unknown"
