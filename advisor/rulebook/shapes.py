"""The shape of rule files as pydantic models: what is checked first, and the source of their schema."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema

from advisor.errors import Problem, suggestion
from advisor.rulebook.document import Document, Path

FactId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Items = Annotated[Any, WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}})]
Figure = Annotated[Any, WithJsonSchema({"type": ["number", "string"]})]
Scalar = Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean"]})]
_TEST: dict[str, Any] = {"type": ["string", "number", "boolean", "array"]}
Tests = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": _TEST})]
Approach = Literal["prompting", "hybrid", "fine_tuning"]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SectionShape(Shape):
    id: FactId
    title: Text
    intro: Text | None = None


class DefaultShape(Shape):
    """What an unanswered fact is assumed to be: `value`, or `times` the fact named `of`."""

    value: Figure = None
    of: FactId | None = None
    times: Figure = 1
    source: Items = None
    pack: Name | None = None


class DerivedShape(Shape):
    """Arithmetic that gives a figure."""

    formula: Text
    inputs: list[FactId] = Field(alias="from")


class FactShape(Shape):
    """One thing that is asked, measured or computed."""

    id: FactId
    kind: Literal["boolean", "choice", "integer", "number", "text"]
    section: FactId | None = None
    title: Text | None = None
    unit: Text | None = None
    domain: Text | None = None
    choices: dict[str, Text] | None = None
    required: bool = False
    question: Text | None = None
    help: Text | None = None
    why: Text | None = None
    example: Scalar = None
    source: Items = None
    pack: Name | None = None
    default: DefaultShape | None = None
    derived: DerivedShape | None = None


class ConstraintShape(Shape):
    """A combination of facts that cannot occur."""

    never: Tests
    because: Text | None = None


class OptionShape(Shape):
    """Something that can be recommended, with what the memo says of it."""

    id: FactId
    approach: Approach
    title: Text | None = None
    meaning: Text | None = None
    ask: Text | None = None
    one_off: Text | None = None
    running: Text | None = None
    first_result: Text | None = None
    reversibility: Text | None = None
    why_not: Text | None = None
    case_for: Text | None = None
    confirmation: Text | None = None
    source: Items = None
    pack: Name | None = None


class AssumptionShape(Shape):
    """A number that nobody answered."""

    id: FactId
    value: Figure
    title: Text | None = None
    low: Figure = None
    high: Figure = None
    unit: Text | None = None
    source: Items = None
    as_of: date | None = None
    review_by: date | None = None
    because: Text | None = None
    pack: Name | None = None


class ItemShape(Shape):
    """One statement of a source, in our own words."""

    id: Name
    says: Text
    locator: Text | None = None
    kind: Literal["statement", "tension", "judgement"] = "statement"


class SourceShape(Shape):
    id: Name
    title: Text
    kind: Text | None = None
    read: date | None = None
    url: Text | None = None
    pack: Name | None = None
    items: list[ItemShape] = []


class StepShape(Shape):
    """One thing to do next."""

    action: Text
    metric: Text
    threshold: Text
    time_box: Text
    stop: Text


class RowShape(Shape):
    """One rule of a decision table."""

    id: Name
    when: Annotated[
        Any,
        WithJsonSchema(
            {
                "type": "object",
                "properties": {"any": {"type": "array", "items": {"type": "object", "additionalProperties": _TEST}}},
                "additionalProperties": _TEST,
            }
        ),
    ]
    then: Scalar = None
    because: Text | None = None
    favours: Approach | None = None
    source: Items = None
    strength: Literal["definite", "likely", "consider"] | None = None
    title: Text | None = None
    step: StepShape | None = None
    scenario: Annotated[
        Any, WithJsonSchema({"type": "object", "additionalProperties": {"type": ["number", "string"]}})
    ] = None


class TableShape(Shape):
    """A decision table, or with `extend` rows that go before those of another one."""

    id: FactId | None = None
    extend: FactId | None = None
    title: Text | None = None
    hit_policy: Literal["unique", "any", "first", "collect", "count"] | None = None
    purpose: Text | None = None
    rows: list[RowShape]


class RuleFile(Shape):
    """One file of rules; any file may hold any of the parts."""

    sections: list[SectionShape] = []
    facts: list[FactShape] = []
    constraints: list[ConstraintShape] = []
    options: list[OptionShape] = []
    assumptions: list[AssumptionShape] = []
    sources: list[SourceShape] = []
    tables: list[TableShape] = []


_SHAPES: dict[tuple[str, ...], type[Shape]] = {
    (): RuleFile,
    ("sections",): SectionShape,
    ("facts",): FactShape,
    ("facts", "default"): DefaultShape,
    ("facts", "derived"): DerivedShape,
    ("constraints",): ConstraintShape,
    ("options",): OptionShape,
    ("assumptions",): AssumptionShape,
    ("sources",): SourceShape,
    ("sources", "items"): ItemShape,
    ("tables",): TableShape,
    ("tables", "rows"): RowShape,
    ("tables", "rows", "step"): StepShape,
}


def shape_problems(document: Document) -> Iterator[tuple[Path, Problem]]:
    """Yield the path and the problem of everything in a rule file that has not the right shape."""
    data = document.data
    if data is None:
        return
    if not isinstance(data, dict):
        keys = ", ".join(RuleFile.model_fields)
        yield (), Problem(document.place(), "a rule file is a mapping", f"begin with one of {keys}")
        return
    try:
        RuleFile.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(detail["loc"])
            extra = detail["type"] == "extra_forbidden"
            yield path, Problem(document.place(path, of_key=extra), *_worded(path, detail, data))


def _worded(path: Path, detail: Any, data: Any) -> tuple[str, str]:
    holder = tuple(part for part in path[:-1] if isinstance(part, str))
    key = str(path[-1]) if path else ""
    match detail["type"]:
        case "extra_forbidden":
            known = _keys(holder)
            return f"unknown key `{key}`", suggestion(key, known) or f"known here are {', '.join(known)}"
        case "missing":
            name = _id_of(path, data)
            return f"`{key}` is missing{name}", f"add `{key}:`"
        case "literal_error":
            return f"`{detail['input']}` is no {key}", f"write one of {detail['ctx']['expected']}".replace("'", "`")
        case "string_pattern_mismatch" if key in ("id", "section", "of", "extend") or "from" in path:
            return f"`{detail['input']}` cannot be an id", "write lower-case words joined by single `_`"
        case "string_pattern_mismatch":
            return f"`{detail['input']}` cannot be a name", "write it without spaces"
        case "string_type" if detail["input"] is None:
            return f"`{key}` is empty", "write a text, or leave the key out"
        case "string_too_short":
            return f"`{key}` is empty", "write a text, or leave the key out"
        case "bool_parsing" | "bool_type":
            return f"`{detail['input']}` is no boolean", "write `true` or `false`"
        case kind if kind.startswith("date"):
            return f"`{detail['input']}` is no date", "write it as `2026-11-23`"
        case "string_type":
            return f"`{key}` must be text", "put it in quotes"
        case "list_type":
            return f"`{key}` must be a list", "begin each entry with `-`"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"`{key}` must be a mapping", "write `key: value` pairs"
    return f"`{key}`: {detail['msg']}", ""


def _keys(holder: tuple[str, ...]) -> list[str]:
    shape = _SHAPES.get(holder)
    return [field.alias or name for name, field in shape.model_fields.items()] if shape else []


def _id_of(path: Path, data: Any) -> str:
    for part in path[:-1]:
        data = data[part]
    return f" of `{data['id']}`" if isinstance(data, dict) and isinstance(data.get("id"), str) else ""


def rule_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of rule files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **RuleFile.model_json_schema(by_alias=True)}
