"""A back-test as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from advisor.backtest.report import Backtest, Lift, Scored, tuning_share
from advisor.backtest.separation import Separation
from advisor.backtest.worlds import Shares

_DIGITS: Final = 6  # of areas and lifts
_STEPS: Final = 2**20  # of shares in a whole: such fractions add up exactly, so that equal cases stay equal


def backtest_json(report: Backtest) -> str:
    """Return all of a back-test in JSON."""
    return json.dumps(_report(report), indent=2, ensure_ascii=False) + "\n"


def _report(report: Backtest) -> dict[str, Any]:
    return {
        "cases": [_case(case) for case in report.cases],
        "base": _shares(report.base),
        "summary": {
            "facts": report.facts,
            "cases": len(report.cases),
            "separation": _separation(report.overall),
            "clear": _separation(report.clear),
            "with_facts": _separation(report.with_facts),
            "by_source_kind": {kind: _separation(found) for kind, found in report.by_kind.items()},
            "lift": _lift(report.lift) | {"by_label": {label: _lift(x) for label, x in report.lift_by_label.items()}},
            "disagreements": [_disagreement(case) for case in report.disagreements],
        },
        "assumed": {
            "homework": dict(report.homework),
            "gone_through": {name: list(values) for name, values in report.gone_through.items()},
            "at_default_or_unknown": list(report.left),
            "worlds": report.base_worlds,
            "most_worlds": report.mapping.most_worlds,
        },
        "mapping": {
            "read": {row.source: {"to": row.to, "quoted_only": row.quoted_only} for row in report.mapping.rows},
            "unread": {row.source: row.why for row in report.mapping.unread},
        },
        "profile": report.rulebook.profile,
        "rules": report.rulebook.digest,
        "as_of": report.as_of.isoformat(),
    }


def _case(case: Scored) -> dict[str, Any]:
    return {
        "id": case.study.id,
        "label": case.study.label,
        "strength": case.study.strength,
        "source_kind": case.study.source_kind,
        "facts_used": list(case.used),
        "shares": _shares(case.shares),
        "lift": _round(case.lift),
        "facts_idle": list(case.idle),
        "worlds": case.worlds,
    }


def _disagreement(case: Scored) -> dict[str, Any]:
    pulls = [{"fact": name, "pull": _round(pull)} for name, pull in case.pulls.items()]
    return {"id": case.study.id, "label": case.study.label, "lift": _round(case.lift), "facts": pulls}


def _separation(found: Separation) -> dict[str, Any]:
    return {
        "auc": _round(found.area),
        "low": _round(found.low),
        "high": _round(found.high),
        "tuning": found.higher,
        "prompting": found.lower,
    }


def _lift(found: Lift) -> dict[str, Any]:
    return {"mean": _round(found.mean), "above": found.above, "at": found.at, "below": found.below}


def _shares(shares: Shares) -> dict[str, float]:
    """Return shares in steps of 2^-20 that add up to 1 exactly, tuning and hybrid to their own rounded sum."""
    tuning, hybrid = (round(round(share * _STEPS, _DIGITS)) for share in (tuning_share(shares), shares["hybrid"]))
    steps = {"prompting": _STEPS - tuning, "hybrid": hybrid, "fine_tuning": tuning - hybrid}
    return {approach: number / _STEPS for approach, number in steps.items()}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS) + 0.0
