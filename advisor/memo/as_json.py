"""A memo's result as the JSON that scripts read; its shape is fixed, and later keys join at the top level alone."""

from __future__ import annotations

import json
from typing import Any

from advisor.memo.flips import Change, Stretch
from advisor.memo.parts import AssumptionLine, Quantity, Reason, TableLine
from advisor.memo.result import Memo
from advisor.memo.today import Today
from advisor.quantities import Number
from advisor.rulebook.sets import UNKNOWN, Value

FIGURES = (
    "prompting_cost_per_call",
    "tuned_cost_per_call",
    "saving_per_call",
    "crossover_calls",
    "lifetime_calls",
    "crossover_ratio",
    "payback_months",
)


def memo_json(memo: Memo) -> str:
    """Return the JSON, numbers not rounded, what is unknown or never comes as null."""
    return json.dumps(memo_data(memo), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def memo_data(memo: Memo) -> dict[str, Any]:
    """Return what memo_json writes."""
    said = memo.recommendation
    values = {quantity.id: _known(quantity.value) for quantity in memo.facts}
    return {
        "project": memo.project,
        "profile": memo.profile,
        "recommendation": {
            "option": said.option,
            "approach": said.approach,
            "strength": said.strength,
            "row": said.row,
        },
        "tables": {table.id: {"value": _table_value(table), "rows": list(table.rows)} for table in memo.tables},
        "fired": [_fired(reason) for reason in memo.fired],
        "facts": {quantity.id: _fact(quantity) for quantity in memo.facts},
        "economics": {name: values.get(name) for name in FIGURES},
        "assumptions": {line.id: _assumption(line) for line in memo.assumptions},
        "rulebook": {"packs": list(memo.packs), "digest": memo.rulebook_digest},
        "flips": [_change(change) for change in memo.flips.changes],
        "unknowns": [
            {"fact": unknown.fact, "values": [_stretch(stretch) for stretch in unknown.stretches]}
            | ({"quotes": list(unknown.quotes)} if unknown.quotes else {})
            for unknown in memo.flips.unknowns
        ],
        "runner_up": _change(memo.flips.runner_up) if memo.flips.runner_up else None,
        "as_of": memo.as_of.isoformat(),
        "answers": {"digest": memo.answers_digest},
    } | (_today(memo.today) if memo.today else {})


def _today(today: Today) -> dict[str, Any]:
    """Return the keys that join where today's arithmetic is in force."""
    view = today.article
    return {
        "prices": {
            name: {
                "value": _known(quote.value),
                "of": quote.of,
                "detail": quote.detail,
                "source": quote.source,
                "as_of": quote.as_of.isoformat(),
            }
            for name, quote in today.quotes.items()
        },
        "article": view
        and {
            "option": view.option,
            "approach": view.approach,
            "strength": view.strength,
            "row": view.row,
            "economics": {name: _known(view.figures.get(name)) for name in FIGURES},
        },
        "review": today.review
        and {
            "date": today.review.date.isoformat(),
            "because": [{"cause": due.cause, "id": due.of} for due in today.review.because],
        },
    }


def _known(value: Value | None) -> Value | None:
    return None if value == UNKNOWN else value


def _table_value(table: TableLine) -> Any:
    return [_known(value) for value in table.value] if isinstance(table.value, tuple) else _known(table.value)


def _fired(reason: Reason) -> dict[str, Any]:
    return {
        "table": reason.table,
        "row": reason.row,
        "because": reason.text or None,
        "favours": reason.favours,
        "source": list(reason.source),
    }


def _fact(quantity: Quantity) -> dict[str, Any]:
    return {"value": _known(quantity.value), "origin": quantity.origin, "detail": quantity.detail}


def _assumption(line: AssumptionLine) -> dict[str, Number | Value | None]:
    return {"value": _known(line.value), "low": line.low, "high": line.high, "origin": line.origin}


def _change(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "from": change.before,
        "to": change.after,
        "option": change.option,
        "approach": change.approach,
        "row": change.row,
        "moves_approach": change.moves_approach,
        "distance": change.distance,
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "from": stretch.start,
        "until": stretch.until,
        "option": stretch.option,
        "approach": stretch.approach,
        "row": stretch.row,
        "moves_option": stretch.moves_option,
        "moves_approach": stretch.moves_approach,
    }
