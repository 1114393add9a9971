"""`advisor prices`: what is known, with dates and sources, on a day; what is not known is refused or said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import BadInput
from advisor.labelled import WIDTH
from advisor.prices.book import Price, months_until
from advisor.prices.listing import as_json, as_text, find_prices
from advisor.rulebook.model import Rulebook
from tests.conftest import Advisor
from tests.rule_texts import build_texts

DAY = date(2026, 11, 25)
WIDTHS = (60, 80, 120)


def said(rulebook: Rulebook, name: str | None, day: date = DAY, width: int = WIDTH) -> str:
    return as_text(find_prices(rulebook, name, day), width)


def test_the_whole_book_has_every_row_with_date_and_source(rulebook: Rulebook) -> None:
    text = said(rulebook, None)
    assert len(rulebook.prices) == 50
    for price in rulebook.prices.values():
        assert f"  {price.id} " in text
        assert f"as of {price.as_of}" in text
        assert price.source


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [None, "gpt-4.1-mini", "databricks", "cloudflare"])
def test_it_fits_the_screen(rulebook: Rulebook, name: str | None, width: int) -> None:
    assert max(len(line) for line in said(rulebook, name, width=width).splitlines()) <= width


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 25), "open to existing customers, closes 2027-01-06, retires 2027-01-14"),
        (date(2027, 1, 5), "open to existing customers, closes 2027-01-06"),
        (date(2027, 1, 6), "closed since 2027-01-06"),
        (date(2027, 1, 13), "closed since 2027-01-06"),
        (date(2027, 1, 14), "retired since 2027-01-14"),
    ],
)
def test_the_day_decides_the_state(rulebook: Rulebook, day: date, words: str) -> None:
    assert words in said(rulebook, "openai/gpt-4.1-mini", day)


def test_a_model_shows_its_own_rates_and_the_routes_that_tune_it(rulebook: Rulebook) -> None:
    text = said(rulebook, "gpt-4.1-mini")
    assert "input       $0.40" in text
    assert "cache write unknown" in text
    assert "genai-prices 0.2.3, openai gpt-4.1-mini, 2026-11-25" in text
    assert "openai/gpt-4.1-mini" in text
    assert "azure/gpt-4.1-mini" in text
    assert "training unknown; tuned $0.80 in, $3.20 out, $0.20 cached; no hosting" in text
    assert "together" not in text


def test_a_provider_shows_its_rows(rulebook: Rulebook) -> None:
    text = said(rulebook, "fireworks")
    assert "serves models, trains none" in text
    assert "fireworks/up-to-16b-rft" in text
    assert "azure" not in text


def test_a_name_that_is_too_long_for_its_column_has_a_line_of_its_own(rulebook: Rulebook) -> None:
    lines = said(rulebook, "databricks", width=60).splitlines()
    (at,) = (i for i, line in enumerate(lines) if line == "  databricks/foundation-model-training")
    assert lines[at + 1].strip() == "closed since 2026-08-14"


def test_a_provider_shows_its_base_models(rulebook: Rulebook) -> None:
    assert "the book has no row of this provider" in said(rulebook, "groq")
    lines = {line.split()[0]: line for line in said(rulebook, "anthropic").splitlines() if line}
    assert lines["claude-sonnet-4-5"].endswith("$3 in, $15 out, $0.30 cache read, $3.75 cache write")
    assert "genai-prices 0.2.3, anthropic, 2026-11-25" in lines["source"]
    assert "anthropic/claude-3-haiku" in lines


def test_every_model_of_a_provider_stands_in_a_line_of_its_own(rulebook: Rulebook) -> None:
    for name in ("cloudflare", "openrouter", "aws"):
        found = find_prices(rulebook, name, DAY)
        text = as_text(found, 200).partition("Base models")[2]
        assert len(found.models) > 20
        assert len(text.splitlines()) == len(found.models) + 2


def test_a_model_shows_all_that_the_book_knows_of_it(rulebook: Rulebook) -> None:
    text = " ".join(said(rulebook, "azure/o4-mini").split())
    assert "o4-mini-2025-04-16, rft; read from price data. Training costs $100 an hour" in text
    assert "review by 2027-04-15" in text
    assert "overdue for review since 2027-04-15" not in text
    assert "overdue" not in said(rulebook, "azure/gpt-oss-20b", date(2027, 5, 11))
    assert "overdue for review since 2027-05-11" in said(rulebook, "azure/gpt-oss-20b", date(2027, 5, 12))


def test_a_closed_row_needs_no_review(rulebook: Rulebook) -> None:
    assert "review by 2027-01-05" in said(rulebook, "openai/gpt-4.1", date(2027, 1, 5))
    assert "review" not in said(rulebook, "openai/gpt-4.1", date(2027, 1, 6))


@pytest.mark.parametrize(
    ("name", "day", "state"),
    [
        ("cohere/command", date(2025, 9, 14), "closed"),
        ("cohere/command", date(2025, 9, 15), "closed since 2025-09-15"),
        ("mistral/hosted", DAY, "closed"),
        ("azure/o3-mini", DAY, "not stated whether open"),
        ("fireworks/h100", DAY, "serves models, trains none"),
        ("amazon/nova-pro", DAY, "open"),
    ],
)
def test_the_state_of_a_row(rulebook: Rulebook, name: str, day: date, state: str) -> None:
    lines = said(rulebook, name, day).splitlines()
    assert [line for line in lines if line.split() == [name, *state.split()]]


def test_what_is_not_known_is_said_to_be_unknown(rulebook: Rulebook) -> None:
    assert "unknown: the price data have none under the name nova-lite" in said(rulebook, "nova-lite")
    assert "none: no way to tune it is known" in said(rulebook, "claude-sonnet-4-5")
    assert "training unknown; tuned unknown in, unknown out; hosting unknown" in said(rulebook, "gemini-3.5-flash")


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("GPT-4.1-Nano", ["openai/gpt-4.1-nano", "azure/gpt-4.1-nano", "azure/gpt-4.1-nano-developer"]),
        ("openai/gpt-4.1-mini-2025-04-14", ["openai/gpt-4.1-mini"]),
        ("gpt-4o-2024-11-20", ["openai/gpt-4o-2024-11"]),
        ("claude-sonnet-4-5", []),
        ("Cohere", ["cohere/command"]),
    ],
)
def test_a_name_finds_its_rows_in_any_spelling(rulebook: Rulebook, name: str, ids: list[str]) -> None:
    assert [price.id for price in find_prices(rulebook, name, DAY).prices] == ids


def test_prices_are_shown_with_all_their_digits(rulebook: Rulebook) -> None:
    assert "$1.875 cached" in said(rulebook, "openai/gpt-4o")


def test_json_has_the_rows_and_the_rates(advisor: Advisor) -> None:
    run = advisor("prices", "gpt-4.1-mini", "--format", "json", "--as-of", "2026-11-25")
    data = json.loads(run.stdout)
    assert data["as_of"] == "2026-11-25"
    assert (data["base"]["input"], data["base"]["cache_write"], data["base"]["version"]) == (0.4, None, "0.2.3")
    openai = next(row for row in data["prices"] if row["id"] == "openai/gpt-4.1-mini")
    assert (openai["closes"], openai["train_usd_per_mtok"], openai["closed"]) == ("2027-01-06", None, False)
    assert all(row["source"] and row["as_of"] for row in data["prices"])
    assert set(data) == {"as_of", "prices", "base", "models", "sources"}
    assert data["models"] == []
    assert data["sources"][0] == {
        "source": "litellm 1.109.1 price table; OpenAI deprecations page",
        "as_of": "2026-11-23",
    }
    assert data["sources"][-1] == {"source": "genai-prices 0.2.3", "as_of": "2026-11-25"}
    assert len(data["sources"]) == 3


def test_json_of_the_book_and_of_a_provider(rulebook: Rulebook) -> None:
    whole = json.loads(as_json(find_prices(rulebook, None, DAY)))
    assert [row["id"] for row in whole["prices"]] == list(rulebook.prices)
    assert (whole["base"], whole["models"]) == (None, [])
    assert {(row["source"], row["as_of"]) for row in whole["prices"]} == {
        (held["source"], held["as_of"]) for held in whole["sources"]
    }
    provider = json.loads(as_json(find_prices(rulebook, "groq", DAY)))
    assert (provider["base"], provider["prices"]) == (None, [])
    assert provider["models"][0]["provider"] == "groq"


def test_a_rulebook_without_prices_says_so(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(f"{TABLE}\n")
    run = advisor("prices", "--rules", str(tmp_path))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        "prices belong to the field pack, and profile `full` has none in force; add `prices:` to its rules"
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["gpt-4.1-mimi"], "there is no price of a model `gpt-4.1-mimi`; did you mean `gpt-4.1-mini`?"),
        (["azur"], "there is no price of a model `azur`; did you mean `azure`?"),
        (["--profile", "article"], "prices belong to the field pack, and profile `article` has none"),
        (["--as-of", "tomorrow"], "`tomorrow` is no date"),
    ],
)
def test_what_is_not_known_is_one_line(advisor: Advisor, arguments: list[str], line: str) -> None:
    run = advisor("prices", *arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert line in run.stderr


# ---- The book itself ----


def test_no_figure_stands_without_a_source_and_no_open_row_without_a_day_of_review(rulebook: Rulebook) -> None:
    for price in rulebook.prices.values():
        assert price.source
        assert price.pack == "field"
        assert price.is_closed(DAY) or (price.review_by is not None and price.review_by > price.as_of), price.id
        assert price.closes is None or price.retires is None or price.closes <= price.retires


def test_the_article_has_no_prices(article: Rulebook) -> None:
    assert article.prices == {}


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_months_are_those_of_the_calendar_on_average(end: date, day: date) -> None:
    months = months_until(end, day)
    assert months >= 0
    assert (months == 0) == (end <= day)
    if end > day:
        assert months == pytest.approx((end - day).days / 30.4375)


ROW = "{id: a/b, provider: a, base_model: b, method: sft, source: s, as_of: 2026-11-23"
TABLE = "tables: [{id: t, hit_policy: first, rows: [{id: r, when: {}, then: x, source: i}]}]"


def book_of(row: str) -> Price:
    (price,) = build_texts({"p.yaml": f"prices: [{row}]\n{TABLE}\n"}).prices.values()
    return price


def test_what_is_left_out_is_not_known_and_0_is() -> None:
    price = book_of(ROW + ", hosting_usd_per_hour: 0}")
    assert (price.hosting_usd_per_hour, price.train_usd_per_mtok, price.open_to, price.closes) == (0, None, None, None)
    assert not price.is_closed(DAY)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (ROW + ", train_usd_per_mtok: -1}", "`train_usd_per_mtok` is below 0"),
        (ROW + ", closes: 2027-01-02, retires: 2027-01-01}", "`a/b` closes after its models retire"),
        (ROW + ", open_to: nobody}", "nobody"),
        (ROW + ", train_usd: 3}", "train_usd"),
        ("{id: a/b, provider: a, base_model: b, method: sft, as_of: 2026-11-23}", "`source` of `a/b` is missing"),
        (ROW + "}, " + ROW + "}", "the price `a/b` stands twice"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_place(row: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        build_texts({"p.yaml": f"prices: [{row}]\n{TABLE}\n"})
    (problem,) = refused.value.problems
    assert what in problem.what
    assert problem.place is not None
    assert problem.place.line == 1


def test_a_base_model_brings_its_dated_editions(rulebook: Rulebook) -> None:
    text = said(rulebook, "gpt-4o")
    for route in ("openai/gpt-4o", "openai/gpt-4o-2024-11", "azure/gpt-4o", "azure/gpt-4o-developer"):
        assert f"{route} " in text
    assert "gpt-4o-mini" not in text
