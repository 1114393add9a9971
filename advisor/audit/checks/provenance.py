"""What it finds: rows and assumptions that name no source, facts with a default that names none, and items of
sources.yaml that nothing cites.

Why it matters: advice without a source cannot be argued with, and a statement that nothing uses was read for nothing or
was forgotten.

Example: a row with the threshold `< 250` whose `source` is missing.

How to mend it: cite the item that states it, or one of kind `judgement` that says why it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.model import Finding

ID = "provenance"
SEVERITY = "error"
FIX = "cite an item of sources.yaml; a judgement of the project's own is one too"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for everything without a source, and for every item that is cited by nothing."""
    book = context.rulebook
    if not book.sources:
        context.skip(ID, None, "the rulebook has no sources")
        return
    for row in book.rows:
        if not row.source:
            yield Finding(ID, "error", f"`{row.id}` names no source", FIX, row.place, row.table, (row.id,))
    for assumption in book.assumptions.values():
        if not assumption.source:
            message = f"the assumption `{assumption.id}` names no source"
            yield Finding(ID, "error", message, FIX, assumption.place, key=assumption.id)
    for fact in book.facts.values():
        if fact.default is not None and not fact.default.source and fact.place is not None:
            message = f"the default of `{fact.id}` names no source"
            yield Finding(ID, "error", message, FIX, fact.place, key=fact.id)
    for item in book.items.values():
        if item.kind != "tension" and not context.citations[item.id]:  # of a tension, `tension` says so
            message = f"nothing cites the source item `{item.id}`"
            yield Finding(ID, "error", message, "cite it where it is used, or delete it", item.place, key=item.id)
