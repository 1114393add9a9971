"""The checks, one module each: ID, SEVERITY, `check`, and a docstring that is its manual page."""

from typing import Final

# In the order in which a reader wants them: what is wrong with tables, rows, the whole, and what surrounds it.
CHECKS: Final = (
    "domain",
    "gap",
    "overlap",
    "impossible",
    "shadowed",
    "duplicate",
    "unreachable",
    "implies",
    "monotone",
    "tension",
    "provenance",
    "engine",
    "redundant",
    "misleading",
    "irrelevant",
    "unused",
    "kind",
    "stale",
    "coverage",
    "mergeable",
    "always",
    "boundary",
    "unknowns",
)
ACCEPTED: Final = "accepted"  # what finds acceptances that match nothing; it runs on what the others found
