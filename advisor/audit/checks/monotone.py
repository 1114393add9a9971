"""What it finds: declared directions that are violated, with the pair of projects that shows it.

Why it matters: more calls, better data or a stabler task must never move the advice away from tuning. A rulebook that
breaks such a rule gives advice that nobody can explain.

Example: `raising: monthly_calls` with `never_towards: prompting`, and a row that tunes at 100k and prompts at 500k.

How to mend it: correct the row that decides the second project, or take the property back if it is not meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding, Proved
from advisor.audit.properties import read_partners, refute_direction
from advisor.audit.ties import Move
from advisor.rulebook.model import RECOMMENDATION

ID = "monotone"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each direction that some pair of projects violates."""
    for prop in context.rulebook.properties:
        if prop.raising is None:
            continue
        if RECOMMENDATION not in context.rulebook.tables:
            context.skip(ID, None, f"`{prop.id}`: there is no table `{RECOMMENDATION}`")
            continue
        claim = f"raising {prop.raising} never moves the approach towards {prop.never_towards}"
        try:
            refutation = refute_direction(context.rulebook, prop)
            rests = rests_on(read_partners(context.rulebook, prop.raising))
        except TooLargeError as error:
            context.skip(ID, None, f"`{prop.id}`: {error}")
            continue
        if refutation is None:
            context.proved.append(Proved(ID, f"{claim}{rests}", prop.place))
            continue
        before, after = refutation.conclusions
        yield Finding(
            check=ID,
            severity="error",
            message=f"`{prop.id}` does not hold: {claim}, yet it moves it from `{before}` to `{after}`{rests}",
            fix="correct the row that decides the second project, or take the property back",
            place=prop.place,
            example=refutation.projects[0],
            pair=refutation.projects[1],
            key=prop.id,
        )


def rests_on(partners: Mapping[str, Move]) -> str:
    """Say which declared ties a direction rests on, and which figures may move anyhow for want of one."""
    ways = {
        "rises": "never falling, as declared",
        "falls": "never rising, as declared",
        "anyhow": "moving anyhow, as no tie is declared",
    }
    parts = [f"{name} {ways[move]}" for name, move in partners.items()]
    return f" (with {', '.join(parts)})" if parts else ""
