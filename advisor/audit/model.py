"""What an audit finds: findings, gaps and overlaps as boxes, what was proved and what was not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from advisor.errors import Place
from advisor.rulebook.sets import Value

if TYPE_CHECKING:
    from advisor.audit.difference import Difference
    from advisor.rulebook.model import Rulebook

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: Final = ("error", "warning", "note")  # gravest first
Example: TypeAlias = Mapping[str, Value]  # a value, perhaps `unknown`, for each fact
BoxText: TypeAlias = Mapping[str, str]  # unary tests; a fact that is not named is free


@dataclass(frozen=True)
class Related:
    """Another place that belongs to a finding, such as the row that shadows."""

    place: Place
    message: str


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or worth knowing, with a project that shows it and how to mend it.

    `rows` begins with the row it is about. `pair` is the second project of a direction. `answers` are the facts and
    assumptions that bring the example about, `pair_answers` the pair; None where no answers can. `key` tells apart
    findings of one check on the same rows, and does not change when lines move.
    """

    check: str
    severity: Severity
    message: str
    fix: str
    place: Place
    table: str | None = None
    rows: tuple[str, ...] = ()
    example: Example = field(default_factory=dict)
    pair: Example | None = None
    box: BoxText | None = None
    related: tuple[Related, ...] = ()
    answers: Example | None = None
    pair_answers: Example | None = None
    key: str = ""
    accepted_because: str | None = None


@dataclass(frozen=True)
class Gap:
    box: BoxText
    example: Example


@dataclass(frozen=True)
class Overlap:
    """Where several rows match; `conflict` says whether their conclusions differ."""

    rows: tuple[str, ...]
    box: BoxText
    conflict: bool
    example: Example


@dataclass(frozen=True)
class TableReport:
    """One table alone. `complete` is None where a gap cannot be or was not decided."""

    id: str
    hit_policy: str
    rows: int
    inputs: tuple[str, ...]
    complete: bool | None
    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    place: Place


@dataclass(frozen=True)
class NotChecked:
    check: str
    table: str | None
    reason: str


@dataclass(frozen=True)
class Proved:
    """One thing that holds of every project; `place` is where it is declared or the table that it is about."""

    check: str
    text: str
    place: Place | None = None
    table: str | None = None


@dataclass(frozen=True)
class Tension:
    """Where a source contradicts itself: what it says, rows that follow either side, and the rows that decide.

    `rows` may be empty where no two rows take a side; `example` is then empty too. `resolved_by` are ids of what cites
    the tension, for `rows` those that decide where both match. `kind` tells whether both rows match and favour other
    approaches (`rows`), one side has no row for a project that the other speaks of (`silence`), or the tension is not
    between rows (`figure`: an assumption settles it; `reading`: rows settle how a statement is read).
    `answers` bring the example about.
    """

    id: str
    says: str
    rows: tuple[str, ...]
    example: Example
    resolved_by: tuple[str, ...]
    kind: Literal["rows", "silence", "figure", "reading"] = "rows"
    answers: Example | None = None


@dataclass(frozen=True)
class Report:
    """Everything an audit has to say, in an order that is the same on every run.

    `texts` are the rule files by name, for excerpts. `exercised` maps each row to the number of worked cases in which
    it fires, and is None without cases. `difference` is what `--against` asked for.
    """

    rulebook: Rulebook = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)
    profile: str
    digest: str
    rows: int
    tables: tuple[TableReport, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    proved: tuple[Proved, ...]
    tensions: tuple[Tension, ...] = ()
    exercised: Mapping[str, int] | None = None
    difference: Difference | None = None

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity == severity for finding in self.findings)
