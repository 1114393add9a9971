"""Facts, answers and places in the questionnaire as the questions and lines that a person reads."""

from __future__ import annotations

from advisor.answers import Answers, parse_fact
from advisor.answers_writing import typed
from advisor.explain import readers
from advisor.interview.phrases import counted, phrase
from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Choice, Question
from advisor.interview.relevance import Outlook
from advisor.quantities import is_number, with_unit
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import known_values


def fact_question(outlook: Outlook, answers: Answers, fact: Fact, *, opens_section: bool) -> Question:
    """Word a question about a fact.

    outlook: of what counts as answered, from which the place and the number of questions left are. answers: with those
    that are asked again, whose old answers are the defaults, as are parked ones.
    """
    section = outlook.rulebook.sections.get(fact.section or "")
    return Question(
        id=fact.id,
        text=fact.question or phrase("fallback_question", title=fact.title),
        label=labelled(fact),
        place=_place(outlook, fact),
        intro=(section.intro or "") if section and opens_section else "",
        help=fact.help or "",
        hint=" ".join(part for part in (_set_apart(fact, answers), _quoted(fact, answers), _hint(fact)) if part),
        empty="" if fact.required or fact.choices or fact.kind == "boolean" else phrase("empty"),
        choices=_choices(fact),
        default=_default(fact, answers),
    )


def project_question(answers: Answers, *, named: bool) -> Question:
    """Ask what the feature is called. named: whether it has been said before."""
    return Question(
        id=PROJECT,
        text=phrase("project.text"),
        label=phrase("project.label"),
        help=phrase("project.help"),
        default=answers.project if named else "",
    )


def notes_question(outlook: Outlook) -> Question:
    """Offer the questions that can no longer change the recommendation."""
    return Question(
        id=NOTES,
        text=phrase("notes.text"),
        label=phrase("notes.label"),
        help=counted("notes.help", len(outlook.note_needs)),
        choices=tuple(Choice(word, phrase(word), phrase(f"notes.choices.{word}")) for word in ("yes", "no")),
    )


def review_question(outlook: Outlook, *, picked: str = "") -> Question:
    """List every answer, to be changed or found right. picked: the choice to begin at."""
    answers, rulebook = outlook.answers, outlook.rulebook
    shown = values_shown(rulebook, answers)
    left = outlook.note_needs
    answered = [fact for fact in rulebook.asked if fact.id in shown]
    unasked = len(list(rulebook.asked)) - len(answered) - len(left)
    set_aside = [rulebook.facts[name].title for name in answers.parked]
    notes = (
        phrase("review.help"),
        counted("review.left_out", unasked, all=len(list(rulebook.asked))) if unasked else "",
        phrase("review.set_aside", titles=", ".join(set_aside)) if set_aside else "",
    )
    more = (Choice(NOTES, counted("review.notes", len(left))),) if left else ()
    return Question(
        id=REVIEW,
        text=phrase("review.text"),
        label=phrase("review.label"),
        help=" ".join(note for note in notes if note),
        choices=(
            Choice(WRITE, phrase("review.write")),
            *more,
            Choice(PROJECT, phrase("review.name"), answers.project),
            *(Choice(fact.id, fact.title, shown[fact.id]) for fact in answered),
        ),
        default=picked or WRITE,
        table=True,
    )


def why_asked(rulebook: Rulebook, fact: Fact) -> str:
    """Say why a fact is asked: its reason, the rows that test it or what is computed from it, and its sources."""
    lines = [fact.why] if fact.why else []
    tested = readers(rulebook, fact.id)
    if tested:
        lines += [phrase("why.read"), *(_row(row.id, row.title, test) for row, test in tested)]
    figures = [figure for figure in rulebook.facts.values() if figure.derived and fact.id in _inputs(rulebook, figure)]
    if figures:
        lines.append(phrase("why.figures", figures=", ".join(figure.title for figure in figures)))
        lines += [line for figure in figures for line in _figure_rows(rulebook, figure)]
    items = [rulebook.items[name] for name in fact.source if name in rulebook.items]
    if items:
        lines += [phrase("why.source"), *(phrase("why.item", item=item.id, says=item.says) for item in items)]
    return "\n".join(lines) or phrase("why.nothing")


def labelled(fact: Fact) -> str:
    """Return a fact's title with its unit, unless the title says it already."""
    unit = phrase("share_unit") if fact.unit == "share" else (fact.unit or "").replace("/", " a ")
    return fact.title if unit in ("", "ratio") or unit in fact.title else f"{fact.title} ({unit})"


def value_shown(fact: Fact, value: Value) -> str:
    """Return an answer in words, with its unit."""
    if value == UNKNOWN:
        return phrase("unknown")
    if is_number(value):
        return with_unit(value, fact.unit)  # type: ignore[arg-type]
    if isinstance(value, bool):
        return phrase("yes" if value else "no")
    return str(value).replace("_", " ") if fact.kind == "choice" else str(value)


def values_shown(rulebook: Rulebook, answers: Answers) -> dict[str, str]:
    """Return every answer in words; what a price source says or what is assumed where one is not known.

    What a source says of a question that was not asked is there as well.
    """
    assumed = assumed_values(rulebook, answers)
    shown = {}
    for fact in rulebook.asked:
        name, value = fact.id, answers.facts.get(fact.id)
        if name in answers.quoted and not is_given(answers, fact):
            quote = answers.quoted[name]
            shown[name] = phrase("quoted_value", value=value_shown(fact, quote.value), detail=quote.detail)
        elif name in assumed and value is not None:
            shown[name] = phrase("assumed_value", value=value_shown(fact, assumed[name]))
        elif value is not None:
            shown[name] = value_shown(fact, value)
    return shown


def quotes_shown(rulebook: Rulebook, answers: Answers, fact: Fact) -> str:
    """Say what a price source has for a name that was answered; nothing for other answers."""
    names = [name for name, quote in answers.quoted.items() if quote.of == fact.id]
    held = [rulebook.facts[name] for name in names if name in rulebook.facts]
    if not held:
        return ""
    values = [f"{one.title} {value_shown(one, answers.quoted[one.id].value)}" for one in held]
    return phrase("quotes", values="; ".join(values), detail=answers.quoted[names[0]].detail)


def is_given(answers: Answers, fact: Fact) -> bool:
    """Tell whether an answer says what a fact is."""
    return answers.facts.get(fact.id, UNKNOWN) != UNKNOWN


def assumed_values(rulebook: Rulebook, answers: Answers) -> dict[str, Value]:
    """Return what is assumed for facts that are not known."""
    facts = known_values(rulebook, answers).facts
    return {name: known.for_tables for name, known in facts.items() if known.origin == "assumed"}


def understood(rulebook: Rulebook, answers: Answers, fact: Fact) -> str:
    """Say how an answer was read, or what is assumed instead; nothing where a choice says it already."""
    value = answers.facts[fact.id]
    if value == UNKNOWN:
        if fact.id in answers.quoted:
            quote = answers.quoted[fact.id]
            return phrase("understood_quoted", value=value_shown(fact, quote.value), detail=quote.detail)
        assumed = assumed_values(rulebook, answers)
        if fact.id in assumed:
            return phrase("assumed", value=value_shown(fact, assumed[fact.id]))
        return "" if fact.kind in ("boolean", "choice") else phrase("not_known")
    return (
        phrase("understood", value=value_shown(fact, value))
        if is_number(value)
        else quotes_shown(rulebook, answers, fact)
    )


def _default(fact: Fact, answers: Answers) -> str:
    written = answers.written.get(fact.id, answers.parked.get(fact.id))
    if written is None:
        return ""
    value = parse_fact(fact, written)
    if fact.kind in ("boolean", "choice"):
        return _word(value)
    return "" if value == UNKNOWN else typed(written)


def _word(value: Value) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _choices(fact: Fact) -> tuple[Choice, ...]:
    if fact.kind == "boolean":
        choices = [Choice(word, phrase(word)) for word in ("yes", "no")]
    elif fact.kind == "choice":
        choices = [Choice(value, value.replace("_", " "), words) for value, words in fact.choices.items()]
    else:
        return ()
    return tuple(choices if fact.required else [*choices, Choice(UNKNOWN, phrase("unknown"))])


def _hint(fact: Fact) -> str:
    """Give an example of how to type an answer, unless the help does."""
    if (
        fact.example is None
        or fact.choices
        or fact.kind == "boolean"
        or fact.example in (fact.help or "").rstrip(".").split()
    ):
        return ""
    return phrase("hint", example=fact.example)


def _set_apart(fact: Fact, answers: Answers) -> str:
    """Say where the default is from when it is no answer typed before."""
    if fact.id in answers.measured and fact.id in answers.facts:
        origin = answers.measured[fact.id]
        return phrase("measured", origin=origin.get("file", ", ".join(f"{k} {v}" for k, v in origin.items())))
    return phrase("parked_before") if fact.id in answers.parked and fact.id not in answers.facts else ""


def _quoted(fact: Fact, answers: Answers) -> str:
    """Say what a price source has, which an empty answer leaves in place."""
    quote = answers.quoted.get(fact.id)
    if quote is None or is_given(answers, fact):
        return ""
    return phrase("quoted", value=value_shown(fact, quote.value), detail=quote.detail)


def _place(outlook: Outlook, fact: Fact) -> str:
    """Say where in the questionnaire a question stands, and how many are left at most; nothing when none are."""
    needs, notes = outlook.recommendation_needs, outlook.note_needs
    if not needs and not notes:
        return ""
    left = counted("left", len(needs)) if needs else counted("left_for_notes", len(notes))
    asked_in = {f.section for f in outlook.rulebook.asked}
    sections = [section for section in outlook.rulebook.sections if section in asked_in]
    if fact.section not in sections:
        return phrase("place_without_section", left=left)
    title = outlook.rulebook.sections[fact.section or ""].title
    return phrase("place", section=title, number=sections.index(fact.section) + 1, sections=len(sections), left=left)


def _row(row: str, title: str | None, test: str) -> str:
    return phrase("why.row", row=row, title=title, test=test) if title else phrase("why.bare_row", row=row, test=test)


def _figure_rows(rulebook: Rulebook, figure: Fact) -> list[str]:
    """Return a line for each test on a figure, with the rows that ask it."""
    rows: dict[str, list[str]] = {}
    for row, test in readers(rulebook, figure.id):
        rows.setdefault(f"{figure.title} {test}", []).append(row.id)
    return [phrase("why.figure_rows", test=test, rows=", ".join(names)) for test, names in rows.items()]


def _inputs(rulebook: Rulebook, figure: Fact) -> set[str]:
    """Return everything that a figure is computed from, through other figures."""
    found: set[str] = set()
    waiting = [figure.id]
    while waiting:
        fact = rulebook.facts.get(waiting.pop())
        new = set(fact.derived.inputs) - found if fact and fact.derived else set()
        found |= new
        waiting += new
    return found
