"""What may stand at a key of a file: pydantic types that read it, say what is wrong, and give its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from keyword import iskeyword
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, WrapValidator, create_model
from pydantic_core import PydanticCustomError

from advisor.errors import suggestion
from advisor.quantities import NumberError, as_number, is_number, parse_number, shortened
from advisor.rulebook.document import BROKEN

Schema: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[Any], Any]

KEY: Final = "{key}"  # stands in a message for the key at which a value was found
_TEST: Final[Schema] = {"type": ["string", "number", "boolean", "array"]}
_TESTS: Final[Schema] = {"type": "object", "additionalProperties": _TEST}
_NUMBER: Final = r"^[-+]?([0-9]+(_[0-9]+)*(\.[0-9]+)?|\.[0-9]+)[kKM%]?$"
_VALUE: Final = "write a value, or leave the key out"


class Shape(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid")


def wrong(what: str, mend: str) -> PydanticCustomError:
    """Make the error of a value: what is wrong with it, and how to mend it."""
    return PydanticCustomError("advice", "{what}", {"what": what, "mend": mend})


def _read(check: Check, schema: Schema, empty: str = _VALUE) -> Any:
    """Make a type of a check. What was found wrong before stays as it is; what is empty is refused."""

    def read(value: Any) -> Any:
        if value is None:
            raise wrong(f"`{KEY}` is empty", empty)
        return value if value is BROKEN else check(value)

    return Annotated[Any, PlainValidator(read), WithJsonSchema(schema)]


def _held(kind: Any, check: Check, empty: str = _VALUE) -> Any:
    """Make a type of a container, whose parts pydantic reads once the check has passed."""

    def read(value: Any, inside: Callable[[Any], Any]) -> Any:
        if value is None:
            raise wrong(f"`{KEY}` is empty", empty)
        if value is BROKEN:
            return BROKEN
        check(value)
        return inside(value)

    return Annotated[kind, WrapValidator(read)]


# -- single values ------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    """Read words for people, or a template over the facts: one paragraph, however its lines are broken."""
    if not isinstance(value, str):
        raise wrong(f"`{KEY}` must be text", "put it in quotes")
    words = " ".join(value.split())
    if not words:
        raise wrong(f"`{KEY}` is empty", "write a text, or leave the key out")
    return words


def name(pattern: str, form: str) -> Any:
    """Make the type of an id; `form` says in words how it is written."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise wrong(f"`{shortened(value)}` is no text", "put it in quotes")
        if not re.fullmatch(pattern, value):
            raise wrong(f"`{shortened(value)}` cannot be an id", f"write {form}")
        return value

    return _read(check, {"type": "string", "pattern": f"^{pattern}$"})


def one_of(*words: str) -> Any:
    """Make the type of one of a few words."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and value in words:
            return value
        mend = suggestion(value, words) if isinstance(value, str) else ""
        listed = ", ".join(f"`{word}`" for word in words)
        raise wrong(f"`{shortened(value)}` is no value of `{KEY}`", mend or f"write one of {listed}")

    return _read(check, {"type": "string", "enum": list(words)})


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong(f"`{shortened(value)}` is no boolean", "write `true` or `false`")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:  # the thirtieth of February
        pass
    raise wrong(f"`{shortened(value)}` is no date", "write it as `2026-11-23`")


def _quantity(value: Any) -> int | float:
    """Read a number, plain or with `_`, `%`, `k` or `M`."""
    if isinstance(value, str):
        try:
            return parse_number(value.strip())
        except NumberError as error:
            raise wrong(f"`{KEY}`: {error.what}", error.mend) from None
    number = as_number(value)
    if number is None:
        what = "too large or too small to be compared exactly" if is_number(value) else "not a number"
        shown = shortened(str(value).lower() if isinstance(value, bool) else value)
        raise wrong(f"`{KEY}`: `{shown}` is {what}", "write it as `10_000`, `10k`, `1.5M` or `85%`")
    return number


def _single(value: Any) -> Any:
    """Read one word, boolean or number; which of them it is shows beside its neighbours."""
    if isinstance(value, list | dict):
        raise wrong(f"`{KEY}` is one value", "write a word, a boolean or a number")
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return _quantity(value)
    if not value.strip():
        raise wrong(f"`{KEY}` is empty", _VALUE)
    return value.strip()


def _sample(value: Any) -> Any:
    """Read a value as one would type it; a number's own digits are in the document."""
    if isinstance(value, list | dict) or not str(value).strip():
        raise wrong(f"`{KEY}` is one value", "write it as one would type it")
    return value


_ANY_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
TEXT = _read(_text, {"type": "string", "pattern": r"\S"})
FLAG = _read(_flag, {"type": "boolean"})
DAY = _read(_day, {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
QUANTITY = _read(_quantity, {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER}]})
SINGLE = _read(_single, _ANY_SCALAR)
SAMPLE = _read(_sample, _ANY_SCALAR)
# Facts, figures, assumptions and tables are names in templates too.
FACT_NAME = name("[A-Za-z][A-Za-z0-9_]*", "letters, digits and `_`, a letter first")
NAME = name(r"\S+", "it without spaces")


# -- values that hold others --------------------------------------------------------------------------------------


def _check_list(value: Any) -> None:
    if not isinstance(value, list):
        raise wrong(f"`{KEY}` must be a list", "begin each entry with `-`")


def listed(kind: Any) -> Any:
    """Make the type of a list. Entries that are wrong stay in it as BROKEN, so that the others keep their numbers."""
    inside: Any = _typed(kind)
    return _held(list[inside], _check_list, "begin each entry with `-`, or leave the key out")


def one_or_more(kind: Any) -> Any:
    """Make the type of one value or a list of them, read as a list."""

    def read(value: Any, each: Callable[[Any], Any]) -> Any:
        if value is None:
            raise wrong(f"`{KEY}` is empty", _VALUE)
        return value if value is BROKEN else each(value if isinstance(value, list) else [value])

    inside: Any = _typed(kind)
    return Annotated[list[inside], WrapValidator(read), _OneToo()]


class _OneToo:
    """Lets a JSON Schema of a list accept a single entry as well."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], Schema]) -> Schema:
        many = handler(core)
        return {"anyOf": [many["items"], many]}


def mapped(kind: Any, example: str) -> Any:
    """Make the type of a mapping with free keys; values that are wrong stay in it as BROKEN."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise wrong(f"`{KEY}` must be a mapping", f"write `{example}`")

    inside: Any = _typed(kind)
    return _held(dict[str, inside], check)


class Key(NamedTuple):
    """What stands at one key, in words too: editors show them."""

    kind: Any
    words: str
    required: bool = False


def shape(title: str, words: str, keys: Mapping[str, Key]) -> type[Shape]:
    """Make the model of a mapping with known keys. Keys that are Python's own words become fields with a `_` behind."""
    fields: dict[str, Any] = {}
    for key, (kind, key_words, required) in keys.items():
        default = ... if required else None
        alias = key if iskeyword(key) else None
        fields[f"{key}_" if alias else key] = (_typed(kind), Field(default, alias=alias, description=key_words))
    return create_model(title, __base__=Shape, __doc__=f"{words}.", **fields)


def _typed(kind: Any) -> Any:
    """Return a type; of a model, one that lets pass what was found wrong before."""
    if not (isinstance(kind, type) and issubclass(kind, Shape)):
        return kind
    return _held(kind, lambda value: check_mapping(kind, value))


def check_mapping(model: type[Shape], value: Any) -> None:
    """Refuse what is no mapping."""
    if not isinstance(value, Mapping):
        raise wrong(f"{in_words(model)} must be a mapping", "write `key: value` pairs")


def in_words(model: type[Shape]) -> str:
    """Return what a model is, to begin a message with."""
    words = (model.__doc__ or "").removesuffix(".")
    return words[:1].lower() + words[1:]


_NO_TEST: Final = "write `{fact: test}`, or `{}` for a row that always holds"


def _tests(value: Any) -> Any:
    if not isinstance(value, dict):
        raise wrong(f"`{KEY}` must be a mapping of facts to tests", _NO_TEST)
    return value


# Unary tests are read when the facts are known.
TESTS = _read(_tests, {**_TESTS, "minProperties": 1}, _NO_TEST)
CONDITION = _read(
    _tests, {**_TESTS, "properties": {"any": {"type": "array", "minItems": 1, "items": _TESTS}}}, _NO_TEST
)
