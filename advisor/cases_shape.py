"""The shape of files of worked cases."""

from __future__ import annotations

from typing import Final, get_args

from advisor.rulebook.kinds import DAY, NAME, SAMPLE, TEXT, Key, Schema, listed, mapped, one_of, one_or_more, shape
from advisor.rulebook.loading import PROFILES
from advisor.rulebook.model import Strength
from advisor.rulebook.shaped_file import model_schema

_ROWS: Final = one_or_more(NAME)

EXPECTED: Final = shape(
    "Expected",
    "What is expected of a case",
    {
        "option": Key(NAME, "The option that is recommended."),
        "strength": Key(one_of(*get_args(Strength)), "How strongly it is recommended."),
        "row": Key(NAME, "The row that decides."),
        "tables": Key(
            mapped(one_or_more(SAMPLE), "{volume_tier: high}"), "What tables conclude; of a `collect` table a list."
        ),
        "matches": Key(_ROWS, "Rows that the memo must show; of a `first` table that is the row that wins."),
        "not": Key(_ROWS, "Rows that the memo must not show."),
        "figures": Key(
            mapped(SAMPLE, "{crossover_calls: 119_048}"),
            "Figures, compared to the last digit written; `never` for one that never comes.",
        ),
    },
)
EXPECTED_KEYS: Final = [field.alias or name for name, field in EXPECTED.model_fields.items()]
CASE: Final = shape(
    "Case",
    "A worked case",
    {
        "name": Key(TEXT, "What is known and what follows, in a sentence that can be checked.", required=True),
        "facts": Key(mapped(SAMPLE, "{monthly_calls: 250k}"), "The facts that matter, as a person types them."),
        "assumptions": Key(mapped(SAMPLE, "{tuning_upfront: $2000}"), "Assumptions that are replaced."),
        "expect": Key(EXPECTED, "What must come of it.", required=True),
    },
)
CASE_FILE: Final = shape(
    "CaseFile",
    "A file of worked cases",
    {
        "profile": Key(one_of(*PROFILES), "The profile in which the cases hold; without it they hold in each."),
        "as_of": Key(DAY, "The day on which they hold, where they name a model or a route."),
        "cases": Key(listed(CASE), "The cases.", required=True),
    },
)


def case_file_schema() -> Schema:
    """Return the JSON Schema of files of cases."""
    return model_schema(CASE_FILE, "Worked cases of advisor")
