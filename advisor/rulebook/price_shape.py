"""The shape of the price book in rule files."""

from __future__ import annotations

from typing import Final

from advisor.rulebook.kinds import DAY, NAME, QUANTITY, TEXT, Key, one_of, shape

PRICE_FIGURES: Final = {
    "train_usd_per_mtok": "What training costs, USD per million tokens of one pass",
    "tuned_input_usd_per_mtok": "What input of the tuned model costs, USD per million tokens",
    "tuned_output_usd_per_mtok": "What output of the tuned model costs, USD per million tokens",
    "cached_input_usd_per_mtok": "What input costs that the tuned model reads from a cache, USD per million tokens",
    "hosting_usd_per_hour": "What a machine costs, USD an hour, called or not",
    "storage_usd_per_month": "What keeping the model costs, USD a month",
    "min_fee_usd": "The least that training costs, USD",
}

PRICE: Final = shape(
    "Price",
    "A row of the price book: one way to tune or to serve a model; what is not known is left out",
    {
        "id": Key(TEXT, "What `tuning_route` names, as openai/gpt-4.1-mini.", required=True),
        "provider": Key(TEXT, "Who offers it.", required=True),
        "base_model": Key(TEXT, "What is tuned.", required=True),
        "method": Key(TEXT, "sft, rft, lora, ..., or serving where nothing is trained.", required=True),
        **{name: Key(QUANTITY, f"{words}.") for name, words in PRICE_FIGURES.items()},
        "open_to": Key(one_of("everyone", "existing_customers", "closed"), "Who may train there."),
        "closes": Key(DAY, "The first day without new training."),
        "retires": Key(DAY, "The first day on which models tuned there do not answer."),
        "source": Key(TEXT, "Where the figures are from.", required=True),
        "as_of": Key(DAY, "The day on which they were true there.", required=True),
        "review_by": Key(DAY, "The day by which it must be looked at again."),
        "confidence": Key(one_of("primary", "measured", "secondary"), "How near the source is to the provider."),
        "note": Key(TEXT, "What else must be known of it."),
        "pack": Key(NAME, "The one pack whose profile it belongs to; without it, it is in force in every profile."),
    },
)
