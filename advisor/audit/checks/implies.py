"""What it finds: declared implications that some project violates.

Why it matters: a few sentences must hold whatever else is edited, such as that nobody tunes without training data.

Example: `when: {training_data_quality: none}` with `then: {recommendation: "not(hybrid, fine_tune)"}`.

How to mend it: correct the row that decides the project, or take the property back if it is not meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding, Proved
from advisor.audit.properties import refute_implication
from advisor.rulebook.model import When

ID = "implies"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each implication that does not hold of every project."""
    for prop in context.rulebook.properties:
        if prop.when is None or prop.then is None:
            continue
        claim = f"when {written(prop.when)} then {written(prop.then)}"
        try:
            refutation = refute_implication(context.rulebook, prop)
        except TooLargeError as error:
            context.skip(ID, None, f"`{prop.id}`: {error}")
            continue
        if refutation is None:
            context.proved.append(Proved(ID, claim, prop.place))
            continue
        yield Finding(
            check=ID,
            severity="error",
            message=f"`{prop.id}` does not hold: {claim}, yet a project gets `{refutation.conclusions[0]}`",
            fix="correct the row that decides this project, or take the property back",
            place=prop.place,
            example=refutation.projects[0],
            key=prop.id,
        )


def written(when: When) -> str:
    """Write a condition as it stands in a rule file."""
    return " and ".join(f"{fact} {test.text}" for fact, test in when.items())
