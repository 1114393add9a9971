"""The one result that every rendering of a memo shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from advisor.answers import Answers
from advisor.deciding.decision import Evaluator
from advisor.memo.figures import assumption_lines, cost_band, economics, quantities, scenarios
from advisor.memo.flips import Flips, find_flips
from advisor.memo.parts import (
    AssumptionLine,
    OptionLine,
    PathStep,
    Quantity,
    Reason,
    Recommendation,
    ScenarioLine,
    Side,
    StepLine,
    TableLine,
    Tension,
)
from advisor.memo.reasons import arguments, costs, reason, reasons_of
from advisor.memo.swings import swings
from advisor.memo.texts import Texts
from advisor.memo.today import Today, today
from advisor.prices.quotes import with_quotes
from advisor.rulebook.digest import digest_of
from advisor.rulebook.model import RECOMMENDATION, Option, Rulebook
from advisor.rulebook.sets import UNKNOWN
from advisor.world import World, decide_project

OPTION_TEXTS = (
    "title",
    "ask",
    "one_off",
    "running",
    "first_result",
    "reversibility",
    "why_not",
    "case_for",
    "confirmation",
)
STEP = ("action", "metric", "threshold", "time_box", "stop")
PATH = ("start", "optimise", "measure", "crossover", "conditions")  # what `path_step` concludes, in order


@dataclass(frozen=True)
class Memo:
    """Everything a memo says of one project, in the order of the rulebook; texts are plain, not Markdown.

    `arguments` and `hidden_costs` leave out approaches for which there is nothing to say. `fits` are the tables that
    count reasons. `fired` is every row that counts, in the order of deciding.
    """

    project: str
    as_of: date
    command: str
    profile: str
    packs: tuple[str, ...]
    rulebook_digest: str
    answers_digest: str
    recommendation: Recommendation
    facts: tuple[Quantity, ...]
    economics: tuple[Quantity, ...]
    inputs: tuple[Quantity, ...]
    band: tuple[Quantity, Quantity] | None
    assumptions: tuple[AssumptionLine, ...]
    fits: tuple[TableLine, ...]
    arguments: tuple[Side, ...]
    options: tuple[OptionLine, ...]
    flips: Flips
    unknown_together: tuple[str, ...]
    scenarios: tuple[ScenarioLine, ...]
    triggers: tuple[Reason, ...]
    tensions: tuple[Tension, ...]
    hidden_costs: tuple[Side, ...]
    path: tuple[PathStep, ...]
    path_reason: Reason | None
    phases: tuple[Reason, ...]
    missing: tuple[Reason, ...]
    steps: tuple[StepLine, ...]
    tables: tuple[TableLine, ...]
    fired: tuple[Reason, ...]
    today: Today | None = None

    @property
    def answerable(self) -> tuple[str, ...]:
        """The facts that can be answered."""
        return tuple(quantity.id for quantity in self.facts if quantity.is_asked)

    @property
    def opposing(self) -> tuple[str, ...]:
        """The rows that matched and speak for another approach than the recommended one."""
        ours = (None, self.recommendation.approach)
        return tuple(r.row for r in self.fired if r.favours not in ours and r.row != self.recommendation.row)

    @property
    def runner_up(self) -> OptionLine | None:
        """The option that the nearest single change leads to."""
        change = self.flips.runner_up
        return next((option for option in self.options if change and option.id == change.option), None)


def build_memo(
    rulebook: Rulebook,
    answers: Answers,
    evaluator: Evaluator,
    *,
    as_of: date,
    command: str,
    article: Rulebook | None = None,
) -> Memo:
    """Decide a project and gather all that there is to say about the decision.

    evaluator: makes the decision that is shown; variations are tried with the plain one. command: what makes this memo
    again. article: the rulebook of the article's profile, for a memo that says what it alone would recommend. Prices
    of the model and the route that the answers name are those of the day `as_of`. Raises ConflictError, and BadInput
    for a model or a route that no price source knows.
    """
    answers = with_quotes(rulebook, answers, as_of)
    world = decide_project(rulebook, answers, evaluator)
    texts = Texts(world)
    results = world.decision.results
    flips = find_flips(rulebook, answers)
    fired = tuple(reason(row, texts) for result in results.values() for row in result.rows)
    of_table = {name: tuple(r for r in fired if r.table == name) for name in results}
    moving = swings(rulebook, answers) if rulebook.economics == "today" else ()
    facts = quantities(world, [swing.name for swing in moving] if rulebook.economics == "today" else None)
    recommendation = _recommendation(world, texts, of_table, facts)
    return Memo(
        project=answers.project,
        as_of=as_of,
        command=command,
        profile=rulebook.profile,
        packs=rulebook.packs,
        rulebook_digest=rulebook.digest,
        answers_digest=_answers_digest(rulebook, answers),
        recommendation=recommendation,
        facts=facts,
        economics=economics(rulebook, facts),
        inputs=tuple(q for q in facts if q.id in _inputs(rulebook)),
        band=cost_band(rulebook, answers, moving),
        assumptions=assumption_lines(world, texts),
        fits=tuple(t for t in _tables(world) if t.hit_policy == "count"),
        arguments=arguments(rulebook, of_table),
        options=_options(rulebook, world, texts),
        flips=flips,
        unknown_together=_unknown_together(rulebook, answers, flips),
        scenarios=scenarios(world, of_table.get("sensitivity", ())),
        triggers=of_table.get("triggers", ()),
        tensions=_tensions(world, recommendation),
        hidden_costs=costs(rulebook, of_table),
        path=_path(world),
        path_reason=next(iter(of_table.get("path_step", ())), None),
        phases=of_table.get("phases", ()),
        missing=of_table.get("missing_prerequisites", ()),
        steps=tuple(_steps(world, texts)),
        tables=_tables(world),
        fired=fired,
        today=today(world, moving, recommendation, facts, of_table, article=article, as_of=as_of),
    )


def _answers_digest(rulebook: Rulebook, answers: Answers) -> str:
    """Return the digest of the answers in the order of the rulebook, however the file has them."""
    facts = {fact.id: answers.facts[fact.id] for fact in rulebook.asked if fact.id in answers.facts}
    assumptions = {name: answers.assumptions[name] for name in rulebook.assumptions if name in answers.assumptions}
    measured = {name: {k: str(v) for k, v in answers.measured[name].items()} for name in sorted(answers.measured)}
    return digest_of(answers.project, facts, assumptions, measured)


def _recommendation(
    world: World, texts: Texts, of_table: Mapping[str, tuple[Reason, ...]], facts: tuple[Quantity, ...]
) -> Recommendation:
    row = world.decision.deciding_row
    if row is None:
        return Recommendation(None, None, None, None, "", (), "", dict.fromkeys(OPTION_TEXTS, ""), ())
    option = world.decision.option(world.rulebook)
    tested = {name for name, _ in row.tests()}
    carried_by = tuple(chain.from_iterable(of_table.get(name, ()) for name, _ in row.tests()))
    rested_on = {name for quantity in facts if quantity.id in tested for name in quantity.assumed_inputs}
    return Recommendation(
        option=str(row.then),
        approach=option.approach if option else None,
        strength=row.strength,
        row=row.id,
        because=texts.render(row.because),
        source=row.source,
        meaning=(option.meaning or "") if option else "",
        texts=_texts(option, texts) if option else dict.fromkeys(OPTION_TEXTS, ""),
        carried_by=tuple(dict.fromkeys(carried_by)),
        assumed=tuple(n for n in (*world.facts, *world.assumptions) if n in rested_on),
    )


def _texts(option: Option, texts: Texts) -> dict[str, str]:
    """Return an option's texts with the numbers put in, empty ones for those that the rulebook leaves out."""
    return {key: texts.render(option.texts.get(key)) for key in OPTION_TEXTS}


def _inputs(rulebook: Rulebook) -> frozenset[str]:
    """Return the facts that arithmetic reads."""
    return frozenset(
        name for fact in rulebook.facts.values() if fact.derived for name in fact.derived.inputs
    ) & frozenset(fact.id for fact in rulebook.asked)


def _options(rulebook: Rulebook, world: World, texts: Texts) -> tuple[OptionLine, ...]:
    chosen = world.decision.option(rulebook)
    return tuple(
        OptionLine(
            option.id,
            option.approach,
            option.meaning or "",
            _texts(option, texts),
            option.source,
            option is chosen,
        )
        for option in rulebook.options.values()
    )


def _unknown_together(rulebook: Rulebook, answers: Answers, flips: Flips) -> tuple[str, ...]:
    """Return the unknown facts that change nothing alone but may together with others that are unknown."""
    from advisor.interview.relevance import outlook

    alone = {unknown.fact for unknown in flips.unknowns if unknown.moves_option}
    unknown = {unknown.fact for unknown in flips.unknowns if not unknown.quotes}
    if RECOMMENDATION not in rulebook.tables or len(unknown - alone) == 0:
        return ()
    for name in [name for name, value in answers.facts.items() if value == UNKNOWN]:
        answers = answers.without_fact(name)
    needed = [fact.id for fact in outlook(rulebook, answers).recommendation_needs]
    return tuple(name for name in needed if name in unknown - alone)


def _tensions(world: World, recommendation: Recommendation) -> tuple[Tension, ...]:
    """Return the tensions that the deciding row settles, then those of the rows that carry it and of assumptions."""
    rulebook = world.rulebook
    settled: dict[str, list[str]] = {}
    cited: Iterable[tuple[str, tuple[str, ...]]] = chain(
        [(recommendation.row or "", recommendation.source)],
        ((reason.row, reason.source) for reason in recommendation.carried_by),
        ((name, rulebook.assumptions[name].source) for name in recommendation.assumed if name in rulebook.assumptions),
    )
    for name, source in cited:
        for item in source:
            if item in rulebook.items and rulebook.items[item].kind == "tension":
                settled.setdefault(item, []).append(name)
    return tuple(
        Tension(item, rulebook.items[item].says, tuple(names), recommendation.row in names)
        for item, names in settled.items()
    )


def _path(world: World) -> tuple[PathStep, ...]:
    """Return the steps of the path, each with how far the project has come."""
    result = world.decision.results.get("path_step")
    if result is None or not result.rows:
        return ()
    here = result.rows[0]
    rows = result.table.rows
    concluded = list(dict.fromkeys(str(row.then) for row in rows))
    steps = sorted(concluded, key=lambda step: PATH.index(step) if step in PATH else len(PATH))
    above = {str(row.then) for row in rows[: rows.index(here)]}
    position = steps.index(str(here.then))
    lines = []
    for number, step in enumerate(steps):
        titles = [row.title or row.id for row in rows if str(row.then) == step]
        if number == position:
            lines.append(PathStep(here.title or here.id, "here"))
        elif number < position:
            lines.append(PathStep(titles[-1], "done" if step in above else "passed_over"))
        else:
            lines.append(PathStep(titles[-1], "later"))
    return tuple(lines)


def _steps(world: World, texts: Texts) -> Iterator[StepLine]:
    for row in reasons_of(world, "next_steps"):
        if row.step is not None:
            step = {part: texts.render(getattr(row.step, part)) for part in STEP}
            yield StepLine(row=row.id, because=texts.render(row.because), source=row.source, **step)


def _tables(world: World) -> tuple[TableLine, ...]:
    return tuple(
        TableLine(
            name,
            result.table.title,
            result.table.hit_policy,
            result.value,
            tuple(row.id for row in result.rows),
            len(result.table.rows),
        )
        for name, result in world.decision.results.items()
    )
