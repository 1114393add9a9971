"""Texts of the rulebook: Jinja templates over the facts and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from advisor.errors import suggestion
from advisor.quantities import dollars, is_number, percentage, rounded
from advisor.rulebook.sets import UNKNOWN

# What a text may be made of. Attributes, items, calls, loops and assignments would reach outside the facts.
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Tuple,
    nodes.List,
)


def _shown(write: Callable[[int | float], str]) -> Callable[[object], str]:
    """Make a filter that never fails: what is no number is shown as it is, and `unknown` as that word."""
    return lambda value: write(value) if is_number(value) else _words(value)  # type: ignore[arg-type]


def _words(value: object) -> str:
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


FILTERS: Final[Mapping[str, Callable[[object], str]]] = {
    "quantity": _shown(rounded),
    "number": _shown(rounded),
    "usd": _shown(dollars),
    "percent": _shown(percentage),
    "words": _words,
}
TESTS: Final[Mapping[str, Callable[[object], bool]]] = {
    "known": lambda value: value != UNKNOWN and value is not None,
    "unknown": lambda value: value == UNKNOWN or value is None,
}


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    environment.globals.clear()
    environment.filters = dict(FILTERS)
    environment.tests = dict(TESTS)
    return environment


def check_text(text: str, names: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield (line from 1, what, mend) for everything that keeps a text from rendering over the named facts."""
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        yield error.lineno, f"the text is no template: {error.message}", "write `{{ fact }}` or `{{ fact | quantity }}`"
        return
    clean = True
    for node in _walk(tree):
        problem = _problem(node, names)
        if problem:
            clean = False
            yield (node.lineno or 1, *problem)
    if clean and (tree.find(nodes.Compare) or tree.find(nodes.Concat)):
        for value in (UNKNOWN, 1):
            try:
                render_text(text, dict.fromkeys(names, value))
            except (TemplateError, TypeError) as error:
                sample = "unknown" if value == UNKNOWN else "a number"
                mend = "guard the comparison: `{% if fact is known and fact > 1 %}`"
                yield 1, f"the text does not render when its facts are {sample}: {error}", mend
                return


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _problem(node: nodes.Node, names: Collection[str]) -> tuple[str, str] | None:
    match node:
        case nodes.Name(name=name) if name not in names:
            return f"`{name}` is no fact, figure, assumption or table", suggestion(
                name, names
            ) or "use an id of the rulebook"
        case nodes.Filter(name=name) if name not in FILTERS:
            return f"there is no filter `{name}`", suggestion(name, FILTERS) or f"use one of {', '.join(FILTERS)}"
        case nodes.Test(name=name) if name not in TESTS:
            return f"there is no test `{name}`", f"use one of {', '.join(TESTS)}"
        case nodes.Filter(args=args, kwargs=kwargs) if args or kwargs:
            return f"the filter `{node.name}` takes nothing in brackets", "leave the brackets out"
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__.lower()
        return f"a text cannot use `{kind}`", "use facts, filters, `if` and comparisons alone"
    return None


@cache
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


def render_text(text: str, values: Mapping[str, object]) -> str:
    """Render a checked text; white space runs become one space, so that YAML line breaks do not show.

    values: everything that check_text was given names of; `unknown` facts hold that word.
    """
    return " ".join(_compiled(text).render(values).split())
