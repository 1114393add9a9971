"""JSON Schemas for editors: of rule files, from their models, and of answers files, from a rulebook.

`python -m advisor.schemas` writes both into the shipped rules; `--check` only says whether they are current, and a
folder of rules may be named instead of the shipped ones.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from advisor.data import data_dir
from advisor.errors import AdvisorError, BadInput
from advisor.files import write_atomically
from advisor.rulebook.model import Assumption, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, NumberSet

Schema: TypeAlias = dict[str, Any]

RULES_SCHEMA: Final = "schema.json"
ANSWERS_SCHEMA: Final = "answers.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The reader has the last word; this keeps out what is plainly no number, such as `lots` or `1,5`.
_QUANTITY = (
    r"^\s*~?\s*[-+]?\s*\$?\s*~?\s*(\d[\d_]*(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?|\.\d+)([eE][-+]?\d+)?\s*[kKM%]?\s*$"
)


def schemas(rules: Path | None = None) -> dict[str, str]:
    """Return the text of each schema file by its name. rules: a folder, by default the shipped one. Raises BadInput."""
    from advisor.rulebook.loading import load_rulebook
    from advisor.rulebook.shapes import rule_file_schema

    made = {RULES_SCHEMA: rule_file_schema(), ANSWERS_SCHEMA: answers_schema(load_rulebook(rules))}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}


def answers_schema(rulebook: Rulebook) -> Schema:
    """Return the JSON Schema of answers files: every fact and assumption of a rulebook, with choices and ranges."""
    facts = {fact.id: _fact(fact) for fact in rulebook.asked}
    return {
        "$schema": _DIALECT,
        "title": "Answers about one project",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "project": {"description": "The name of the project.", "type": "string", "minLength": 1},
            "facts": {"description": "What is known about the project.", "$ref": "#/$defs/facts"},
            "assumptions": {
                "description": "Figures put in place of those the rulebook assumes.",
                "type": "object",
                "additionalProperties": False,
                "properties": {name: _assumption(held) for name, held in rulebook.assumptions.items()},
            },
            "measured": {
                "description": "Where measured facts are from; not read by rules.",
                "type": "object",
                "propertyNames": {"enum": list(facts)},
                "additionalProperties": {"$ref": "#/$defs/measured"},
            },
            "parked": {"description": "Answers that do not matter at present.", "$ref": "#/$defs/facts"},
        },
        "$defs": {
            "facts": {"type": "object", "additionalProperties": False, "properties": facts},
            "measured": {
                "type": "object",
                "additionalProperties": False,
                "properties": {key: {"type": ["string", "number"]} for key in ("file", "window", "n", "low", "high")},
            },
        },
    }


def _fact(fact: Fact) -> Schema:
    texts = (fact.question, fact.help, f"In {fact.unit}." if fact.unit else None)
    described: Schema = {"description": " ".join(text for text in texts if text) or fact.title}
    unknown = [] if fact.required else [{"const": UNKNOWN, "description": "not known yet"}]
    if fact.example is not None:
        described["examples"] = [fact.example]
    match fact.kind:
        case "boolean":
            return described | {"enum": [True, False, "yes", "no", *(value["const"] for value in unknown)]}
        case "choice":
            choices = [{"const": value, "description": words} for value, words in fact.choices.items()]
            return described | {"oneOf": [*choices, *unknown]}
        case "text":
            return described | {"type": ["string", "number", "boolean"]}
    number: Schema = {"type": "integer" if fact.kind == "integer" else "number"} | _limits(fact)
    return described | {"anyOf": [number, {"type": "string", "pattern": _QUANTITY}, *unknown]}


def _limits(fact: Fact) -> Schema:
    if not isinstance(fact.domain, NumberSet):
        return {}
    first, last = fact.domain.intervals[0], fact.domain.intervals[-1]
    limits: Schema = {}
    if first.low != float("-inf"):
        limits["minimum" if first.low_closed else "exclusiveMinimum"] = first.low
    if last.high != float("inf"):
        limits["maximum" if last.high_closed else "exclusiveMaximum"] = last.high
    return limits


def _assumption(assumption: Assumption) -> Schema:
    unit = f", in {assumption.unit}" if assumption.unit else ""
    least = "minimum" if assumption.takes_zero else "exclusiveMinimum"
    return {
        "description": f"{assumption.title}{unit}. Assumed: {assumption.value}.",
        "anyOf": [{"type": "number", least: 0}, {"type": "string", "pattern": _QUANTITY}],
    }


def stale(rules: Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the names of the schema files in a folder that are missing or differ from what they should be."""
    return [
        name
        for name, text in wanted.items()
        if not (rules / name).is_file() or (rules / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write the schemas, or with `--check` only compare them; returns the exit code."""
    folders = [argument for argument in arguments if argument != "--check"]
    rules = Path(folders[0]) if folders else data_dir("rules")
    try:
        wanted = schemas(rules)
        old = stale(rules, wanted)
        if old and "--check" in arguments:
            raise BadInput.one(f"not current: {', '.join(old)}", "run `python -m advisor.schemas`")
        for name in old:
            write_atomically(rules / name, wanted[name])
    except AdvisorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(f"{rules / name} written" for name in old) or "both schemas are current")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
