"""Texts of the rulebook: Jinja templates over the facts and nothing else.

Jinja reads them; they are rendered here, from the few kinds of node that are allowed, so there is nothing else that a
text could reach, and nothing that can fail once a text has been checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from advisor.errors import suggestion
from advisor.quantities import dollars, is_number, percentage, rounded, shortened
from advisor.rulebook.sets import UNKNOWN

_READER: Final = Environment(autoescape=False)
_DEEPEST: Final = 100
_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {"lt": lt, "lteq": le, "gt": gt, "gteq": ge}
_EQUALITIES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {"eq": eq, "ne": ne}
_NOTHING: Final[frozenset[str]] = frozenset()


def _shown(write: Callable[[int | float], str]) -> Callable[[object], str]:
    """Make a filter that never fails: what is no number is shown as a word."""
    return lambda value: write(value) + _mark(value) if is_number(value) else _words(value)  # type: ignore[arg-type]


def _mark(value: object) -> str:
    """Return what is to stand behind a value, so that a memo can tell which of its numbers nobody answered."""
    return getattr(value, "mark", "")


def _plain(value: object) -> str:
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) + _mark(value)


def _words(value: object) -> str:
    return _plain(value).replace("_", " ")


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


def check_text(text: str, names: Collection[str] | None) -> list[tuple[str, str]]:
    """Return (what, mend) for everything that keeps a text from rendering over the named facts.

    names: what a text may use; None when that is not known, so that any name goes.
    """
    if "{" not in text:
        return []
    try:
        tree = _tree(text)
    except TemplateSyntaxError as error:
        what = f"the text is no template: {error.message}"
        return [(what.rstrip("."), "write `{{ fact }}` or `{{ fact | quantity }}`")]
    except (RecursionError, ValueError):  # thousands of brackets or of digits
        return [("the text is no template that can be read", "write a shorter expression")]
    return list(dict.fromkeys(_Checker(names).problems(tree, _NOTHING)))


def render_text(text: str, values: Mapping[str, object]) -> str:
    """Render a checked text; white space runs become one space, so that YAML line breaks do not show.

    values: everything that check_text was given names of; `unknown` facts hold that word, and so does what is missing.
    """
    written = "".join(_rendered(_tree(text).body, values)) if "{" in text else text
    return " ".join(written.split())


@cache
def _tree(text: str) -> nodes.Template:
    return _READER.parse(text)


class _Checker:
    """Finds what a text may not use, and comparisons of facts that may be unknown.

    An unknown fact is neither above nor below a number, so `else` would speak of it as if it were known.
    """

    def __init__(self, names: Collection[str] | None) -> None:
        self.names = names
        self.depth = 0

    def problems(self, node: nodes.Node, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong in a node; known: the facts that conditions around it say are known."""
        self.depth += 1
        if self.depth > _DEEPEST:
            yield "the text nests too deeply", "write a shorter expression"
        else:
            yield from self.of_node(node, known)
        self.depth -= 1

    def of_node(self, node: nodes.Node, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        match node:
            case nodes.Template() | nodes.Output() | nodes.Concat():
                yield from self.all_of(node.iter_child_nodes(), known)
            case nodes.TemplateData() | nodes.Const():
                pass
            case nodes.Name(name=name):
                if self.names is not None and name not in self.names:
                    what = f"`{name}` is no fact, figure, assumption or table in force"
                    yield what, suggestion(name, sorted(self.names)) or "use an id of the rulebook"
            case nodes.Filter() | nodes.Test():
                yield from self.applied(node, known)
            case nodes.If() | nodes.CondExpr():
                yield from self.conditional(node, known)
            case nodes.And(left=left, right=right):
                yield from self.problems(left, known)
                yield from self.problems(right, known | _implied(left, True))
            case nodes.Or(left=left, right=right):
                yield from self.problems(left, known)
                yield from self.problems(right, known | _implied(left, False))
            case nodes.Not(node=inner):
                yield from self.problems(inner, known)
            case nodes.Compare(expr=expr, ops=ops):
                yield from self.compared(expr, ops, known)
            case _:
                kind = type(node).__name__.lower()
                yield f"a text cannot use `{kind}`", "use facts, filters, `if` and comparisons alone"

    def all_of(self, inside: Iterable[nodes.Node], known: frozenset[str]) -> Iterator[tuple[str, str]]:
        for node in inside:
            yield from self.problems(node, known)

    def applied(self, node: nodes.Filter | nodes.Test, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        kind, there = ("filter", FILTERS) if isinstance(node, nodes.Filter) else ("test", TESTS)
        if node.name not in there:
            mend = suggestion(node.name, there) or f"use one of {', '.join(there)}"
            yield f"there is no {kind} `{node.name}`", mend
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            yield f"the {kind} `{node.name}` takes nothing more", "leave out what stands in brackets"
        if node.node is not None:
            yield from self.problems(node.node, known)

    def conditional(self, node: nodes.If | nodes.CondExpr, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        yield from self.problems(node.test, known)
        then, otherwise = known | _implied(node.test, True), known | _implied(node.test, False)
        if isinstance(node, nodes.CondExpr):
            yield from self.problems(node.expr1, then)
            if node.expr2 is None:
                yield "an `if` in a value has no `else`", "say what stands there otherwise"
            else:
                yield from self.problems(node.expr2, otherwise)
            return
        yield from self.all_of(node.body, then)
        for branch in node.elif_:
            yield from self.problems(branch.test, otherwise)
            yield from self.all_of(branch.body, otherwise | _implied(branch.test, True))
            otherwise |= _implied(branch.test, False)
        yield from self.all_of(node.else_, otherwise)

    def compared(
        self, left: nodes.Expr, operands: list[nodes.Operand], known: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        yield from self.problems(left, known)
        for operand in operands:
            right = operand.expr
            if operand.op in ("in", "notin"):
                if isinstance(right, nodes.Tuple | nodes.List):
                    yield from self.all_of(right.items, known)
                else:
                    yield f"`{operand.op.replace('not', 'not ')}` needs a list", 'write `x in ("a", "b")`'
                continue
            yield from self.problems(right, known)
            for side in (left, right):
                if operand.op in _ORDERS and isinstance(side, nodes.Name) and side.name not in known:
                    what = f"`{side.name}` is compared where it may be unknown"
                    yield what, f"guard it: `{{% if {side.name} is known and ... %}}`"
                elif operand.op in _ORDERS and isinstance(side, nodes.Const) and not is_number(side.value):
                    yield f"`{shortened(side.value)}` is neither more nor less than anything", "compare with a number"
            left = right


def _implied(condition: nodes.Node, holds: bool) -> frozenset[str]:
    """Return the facts that must be known where a condition holds, or where it does not."""
    match condition:
        case nodes.Name(name=name) if holds:
            return frozenset([name])
        case nodes.Test(name="known" | "unknown", node=nodes.Name(name=name)):
            return frozenset([name]) if holds == (condition.name == "known") else _NOTHING
        case nodes.Not(node=inner):
            return _implied(inner, not holds)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            both = isinstance(condition, nodes.And) == holds
            first, second = _implied(left, holds), _implied(right, holds)
            return first | second if both else first & second
        case nodes.Compare(expr=expr, ops=[nodes.Operand(op=op, expr=other)]):
            sides = (expr, other)
            names = frozenset(side.name for side in sides if isinstance(side, nodes.Name))
            values = [side.value for side in sides if isinstance(side, nodes.Const)]
            if op in _ORDERS:
                return names if holds else _NOTHING
            if op in _EQUALITIES and values:
                equal = holds == (op == "eq")
                return names if equal != (values[0] == UNKNOWN) else _NOTHING
    return _NOTHING


def _rendered(body: Iterable[nodes.Node], values: Mapping[str, object]) -> Iterator[str]:
    for node in body:
        match node:
            case nodes.Output(nodes=parts):
                for part in parts:
                    yield part.data if isinstance(part, nodes.TemplateData) else _plain(_value(part, values))
            case nodes.If(test=test, body=inside, elif_=branches, else_=otherwise):
                if _holds(test, values):
                    yield from _rendered(inside, values)
                else:
                    chosen = next((branch.body for branch in branches if _holds(branch.test, values)), otherwise)
                    yield from _rendered(chosen, values)


def _value(node: nodes.Node, values: Mapping[str, object]) -> object:
    match node:
        case nodes.Const(value=value):
            return value
        case nodes.Name(name=name):
            return values.get(name, UNKNOWN)
        case nodes.Filter(node=nodes.Expr() as inner, name=name):
            return FILTERS[name](_value(inner, values))
        case nodes.CondExpr(test=test, expr1=then, expr2=otherwise):
            chosen = then if _holds(test, values) else otherwise
            return _value(chosen, values) if chosen else ""
        case nodes.Concat(nodes=parts):
            return "".join(_plain(_value(part, values)) for part in parts)
    return _holds(node, values)


def _holds(node: nodes.Node, values: Mapping[str, object]) -> bool:
    """Tell whether a condition holds; what is unknown or never comes is no truth."""
    match node:
        case nodes.And(left=left, right=right):
            return _holds(left, values) and _holds(right, values)
        case nodes.Or(left=left, right=right):
            return _holds(left, values) or _holds(right, values)
        case nodes.Not(node=inner):
            return not _holds(inner, values)
        case nodes.Test(name=name, node=inner):
            return TESTS[name](_value(inner, values))
        case nodes.Compare(expr=expr, ops=operands):
            return _all_compare(_value(expr, values), operands, values)
    value = _value(node, values)
    return value != UNKNOWN and bool(value)


def _all_compare(left: object, operands: list[nodes.Operand], values: Mapping[str, object]) -> bool:
    """Tell whether a chain holds: `1 < x < 5` compares each with its neighbour."""
    for operand in operands:
        if isinstance(operand.expr, nodes.Tuple | nodes.List):
            items = [_value(item, values) for item in operand.expr.items]
            if (left in items) != (operand.op == "in"):
                return False
        else:
            right = _value(operand.expr, values)
            if not _compares(operand.op, left, right):
                return False
            left = right
    return True


def _compares(op: str, left: object, right: object) -> bool:
    if op in _EQUALITIES:
        return _EQUALITIES[op](left, right)
    return is_number(left) and is_number(right) and _ORDERS[op](left, right)
