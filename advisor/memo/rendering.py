"""A memo as Markdown and as JSON, from the one result."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jinja2 import Environment

from advisor.answers import Answers
from advisor.files import write_atomically
from advisor.memo import filters
from advisor.memo.as_json import memo_json
from advisor.memo.charts import cost_chart
from advisor.memo.parts import AssumptionLine, Quantity
from advisor.memo.result import Memo, build_memo
from advisor.memo.texts import ASSUMED
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value
from advisor.templating import environment

PACKAGE = "llm-tuning-advisor"


def decide_memo(
    rulebook: Rulebook, answers: Answers, *, as_of: date, command: str, article: Rulebook | None = None
) -> Memo:
    """Decide a project with the engine and return all that a memo says of it.

    command: the command line that makes the memo again. article: see build_memo. Raises ConflictError and BadInput.
    """
    from advisor.deciding.engine import EngineEvaluator  # the engine: 0.05 s

    with EngineEvaluator(rulebook) as evaluator:
        return build_memo(rulebook, answers, evaluator, as_of=as_of, command=command, article=article)


def memo_markdown(rulebook: Rulebook, answers: Answers, *, as_of: date, command: str) -> str:
    """Return the memo of a project in Markdown; see decide_memo."""
    return markdown(decide_memo(rulebook, answers, as_of=as_of, command=command))


def recommendation_json(rulebook: Rulebook, answers: Answers, *, as_of: date, command: str) -> str:
    """Return the recommendation for a project in JSON; see decide_memo."""
    return memo_json(decide_memo(rulebook, answers, as_of=as_of, command=command))


def write_memo(path: Path, memo: Memo) -> tuple[Path, ...]:
    """Write a memo in Markdown, its picture beside it, and return the files written. Raises BadInput.

    What is no file, as a pipe or /dev/stdout, gets the memo without a picture.
    """
    from advisor.answers_writing import check_writable

    chart = cost_chart(memo)
    if chart is None or _is_device(path):
        write_atomically(path, markdown(memo))
        return (path,)
    check_writable(path)
    picture = picture_beside(path)
    write_atomically(picture, chart)
    write_atomically(path, markdown(memo, picture=picture.name))
    return (path, picture)


def _is_device(path: Path) -> bool:
    """Tell whether nothing can lie beside a path; /dev/stdout may lead to a file, but no file beside it is wanted."""
    return path.absolute().parts[1:2] in (("dev",), ("proc",)) or (
        path.exists() and not (path.is_file() or path.is_dir())
    )


def picture_beside(path: Path) -> Path:
    """Return where the picture of a memo lies."""
    return path.with_name(f"{path.stem}-cost.svg")


def markdown(memo: Memo, *, picture: str | None = None) -> str:
    """Return a memo in Markdown. picture: the name of the picture to show, a file beside the memo's."""
    things: dict[str, Quantity | AssumptionLine] = {quantity.id: quantity for quantity in memo.facts}
    things |= {line.id: line for line in memo.assumptions}

    def show(name: str, value: Value | None, exact: bool = True) -> str:
        """Write a value that a fact or an assumption has or could have."""
        return filters.amount(value, things[name].unit, exact=exact)

    def now(name: str, exact: bool = True) -> str:
        """Write the value that a fact or an assumption has."""
        return show(name, things[name].value, exact) + (ASSUMED if things[name].origin == "assumed" else "")

    def named(name: str) -> filters.Raw:
        """Write a title with its id."""
        return filters.Raw(f"{filters.escape(things[name].title)} ({filters.code(name)})")

    template = _environment().get_template("memo.md.j2")
    return filters.layout(
        template.render(
            memo=memo, things=things, show=show, now=now, named=named, picture=picture, version=advisor_version()
        )
    )


def advisor_version() -> str:
    """Return the version of this program."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return UNKNOWN_VERSION


UNKNOWN_VERSION = "0+unknown"


@cache
def _environment() -> Environment:
    names = ("code", "codes", "block", "yaml", "about", "amount", "sentence", "fragment", "link")
    return environment({name: getattr(filters, name) for name in names}, finalize=filters.finalize)
