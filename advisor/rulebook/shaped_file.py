"""Reads a file by its pydantic model: what has the right shape, and a problem with its place for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from advisor.errors import Problem, suggestion
from advisor.quantities import shortened
from advisor.rulebook.document import BROKEN, Broken, Document, Path
from advisor.rulebook.kinds import KEY, Schema, Shape, in_words


class Spot(NamedTuple):
    """A value in a document, and where to say what is wrong with it."""

    document: Document
    path: Path
    problems: list[Problem]

    @property
    def key(self) -> str:
        """The nearest key, for messages."""
        return _key(self.path)

    def inside(self, part: str | int) -> Spot:
        return Spot(self.document, (*self.path, part), self.problems)

    def refuse(self, what: str, mend: str, *, of_key: bool = False) -> Broken:
        self.problems.append(Problem(self.document.place(self.path, of_key=of_key), what, mend))
        return BROKEN


def read_shape(model: type[Shape], document: Document) -> tuple[Any, list[Problem]]:
    """Return the data of a file as its model reads it, and every problem of shape.

    What is wrong, or required and missing, stands as BROKEN; unknown keys are left out.
    """
    problems = list(document.problems)
    if document.data is None:
        problems.append(
            Problem(document.place(), "the file is empty", f"begin with one of {', '.join(_known_keys(model, ()))}")
        )
        return BROKEN, problems
    try:
        return _plain(model.model_validate(document.data)), problems
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    data = document.data
    for detail in details:
        path = _path(data, detail["loc"])
        problems.append(_problem(model, document, path, detail))
        data = _masked(data, path, remove=detail["type"] == "extra_forbidden")
    return (BROKEN if data is BROKEN else _plain(model.model_validate(data))), problems


def model_schema(model: type[Shape], title: str) -> Schema:
    """Return the JSON Schema of files of a model."""
    schema = model.model_json_schema(by_alias=True, schema_generator=_Plainly)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


class _Plainly(GenerateJsonSchema):
    """Leaves out titles made of key names and defaults of None, which say nothing to whoever writes a file."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])


def _key(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "the file")


def _path(data: Any, location: Iterable[str | int]) -> Path:
    """Return where an error lies in the data: pydantic counts the one value that stands for a list as its first."""
    path: Path = ()
    for part in location:
        if isinstance(part, int) and not isinstance(data, list):
            break
        path = (*path, part)
        data = _inside(data, part)
    return path


def _problem(model: type[Shape], document: Document, path: Path, detail: Any) -> Problem:
    match detail["type"]:
        case "extra_forbidden":
            known = _known_keys(model, path[:-1])
            mend = suggestion(str(path[-1]), known) or f"known here are {', '.join(known)}"
            return Problem(document.place(path, of_key=True), f"unknown key `{shortened(path[-1])}`", mend)
        case "missing":
            holder = _at(document.data, path[:-1])
            whose = f" of `{shortened(holder['id'])}`" if isinstance(holder.get("id"), str) else ""
            return Problem(document.place(path[:-1]), f"`{path[-1]}`{whose} is missing", f"add `{path[-1]}:`")
        case "advice":
            words = (detail["ctx"]["what"], detail["ctx"]["mend"])
            return Problem(document.place(path), *(text.replace(KEY, _key(path)) for text in words))
    return Problem(document.place(path), f"{in_words(model)} must be a mapping", "write `key: value` pairs")


def _known_keys(model: type[Shape], path: Path) -> list[str]:
    """Return the keys that are known where a path leads."""
    current = model
    for part in path:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in current.model_fields.items()}
            current = _model_in(fields[part].annotation) or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _model_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _masked(data: Any, path: Path, *, remove: bool) -> Any:
    """Return the data with BROKEN at a path, or without the key there; what is not on the way is shared."""
    if not path:
        return BROKEN
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    if remove and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = _masked(_inside(copy, path[0]), path[1:], remove=remove)
    return copy


def _inside(data: Any, part: str | int) -> Any:
    """Return an entry of a list, or what stands at a key; None where there is nothing."""
    if isinstance(data, dict):
        return data.get(part)
    return data[part] if isinstance(data, list) and isinstance(part, int) and part < len(data) else None


def _plain(value: Any) -> Any:
    """Return models as the mappings they were read from, with what is read in place of what was written."""
    if isinstance(value, Shape):
        fields = type(value).model_fields
        given = [name for name in fields if name in value.model_fields_set]
        return {fields[name].alias or name: _plain(getattr(value, name)) for name in given}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    return value
