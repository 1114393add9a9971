"""What it finds: facts whose absence alone changes a recommendation that is definite.

Why it matters: a project that leaves such a question open may be told something definite all the same. The memo says
which unknowns could change the result; this note says where that can happen at all.

Example: with `broad_capabilities` unknown the advice is a definite `fine_tune`, with `true` a definite `hybrid`.

How to mend it: nothing, if the table treats what is unknown with care; else let the row ask for `known`.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.functions import Outcome
from advisor.audit.model import Finding
from advisor.rulebook.model import RECOMMENDATION
from advisor.rulebook.sets import UNKNOWN

ID = "unknowns"
SEVERITY = "note"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each fact that, left unknown, changes a definite recommendation to another definite one."""
    book = context.rulebook
    if RECOMMENDATION not in book.tables:
        return
    try:
        functions = context.whole(RECOMMENDATION)
        node = functions.within(functions.outcome(RECOMMENDATION))
    except TooLargeError as error:
        context.skip(ID, RECOMMENDATION, str(error))
        return
    for level, column in enumerate(functions.columns):
        blank = [n for n, cell in enumerate(column.cells) if cell.example == UNKNOWN]
        for number, cell in enumerate(column.cells):
            if not blank or number in blank:
                continue
            known = functions.diagrams.fixed(node, level, number)
            unknown = functions.diagrams.fixed(node, level, blank[0])
            differing = functions.diagrams.apply(_both_definite, known, unknown)
            found = next(functions.diagrams.boxes(differing, bool), None)
            if found is not None:
                pair, box = found
                assert isinstance(pair, tuple)
                yield Finding(
                    check=ID,
                    severity="note",
                    message=f"leaving {column.fact} unknown turns a definite `{pair[0]}` into a definite `{pair[1]}`",
                    fix="nothing, if that is meant; else let a row ask for `known`",
                    place=book.tables[RECOMMENDATION].place,
                    table=RECOMMENDATION,
                    example={**functions.example(box), column.fact: cell.example},
                    key=column.fact,
                )
                break


def _both_definite(known: object, unknown: object) -> tuple[str, str] | None:
    if not isinstance(known, Outcome) or not isinstance(unknown, Outcome) or known.value == unknown.value:
        return None
    if known.strength == unknown.strength == "definite":
        return (str(known.value), str(unknown.value))
    return None
