"""What it finds: acceptances of findings that match no finding any more.

Why it matters: an acceptance is a promise that somebody looked. One that is left behind would hide the next finding of
the same name.

Example: `{check: unused, about: model, reason: ..., date: 2026-11-25}` under `accepted:`, after a row began to read
`model`.

How to mend it: delete the acceptance, or correct the check, table, rows or `about` that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.audit.model import Finding
from advisor.rulebook.declarations import Acceptance
from advisor.rulebook.model import Rulebook

ID = "accepted"
SEVERITY = "warning"


def split_accepted(
    rulebook: Rulebook, findings: Sequence[Finding]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """Return the findings that stay open, those that are accepted, and one for each acceptance that matches nothing.

    An acceptance that names a profile counts in that one alone.
    """
    acceptances = [a for a in rulebook.accepted if a.profile in (None, rulebook.profile)]
    used: set[tuple[int, str | None]] = set()
    still_open: list[Finding] = []
    accepted: list[Finding] = []
    for finding in findings:
        matching = [n for n, acceptance in enumerate(acceptances) if _accepts(acceptance, finding)]
        used.update((n, finding.key if acceptances[n].about else None) for n in matching)
        if matching:
            reason = acceptances[matching[0]].reason
            accepted.append(replace(finding, accepted_because=" ".join(reason.split())))
        else:
            still_open.append(finding)
    unmatched = [
        _unmatched(a, about)
        for n, a in enumerate(acceptances)
        for about in a.about or (None,)
        if (n, about) not in used
    ]
    return still_open, accepted, unmatched


def _accepts(acceptance: Acceptance, finding: Finding) -> bool:
    """Tell whether a finding is one of those meant: every part that the acceptance names must agree."""
    return (
        acceptance.check == finding.check
        and acceptance.table in (None, finding.table)
        and (not acceptance.rows or acceptance.rows == finding.rows)
        and (not acceptance.about or finding.key in acceptance.about)
    )


def _unmatched(acceptance: Acceptance, about: str | None) -> Finding:
    named = f" about `{about}`" if about else ""
    return Finding(
        check=ID,
        severity="warning",
        message=f"the acceptance of `{acceptance.check}`{named} matches no finding",
        fix="delete it, or correct what it names",
        place=acceptance.place,
        table=acceptance.table,
        rows=acceptance.rows,
        key=about or "",
    )
