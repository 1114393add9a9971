"""The interview: which question comes next, and what an answer, a step back or a change does. It knows no terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from advisor.answers import Answers, BadAnswer, parse_fact
from advisor.errors import BadInput
from advisor.interview.parking import Parked, settle
from advisor.interview.phrases import counted, phrase
from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Back, Prompter, Question, Why
from advisor.interview.relevance import Outlook, outlook
from advisor.interview.routes import routes_open, routes_told
from advisor.interview.wording import (
    fact_question,
    notes_question,
    project_question,
    review_question,
    understood,
    value_shown,
    why_asked,
)
from advisor.prices.quotes import MODEL, with_quotes
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN
from advisor.world import check_shares, known_values

LONGEST_TEXT = 200


class Interview:
    """One sitting. Where it stands follows from the answers; beside them are kept only the wishes of this sitting.

    save: called with all answers after each one. file: the name that the person knows the answers by. as_of: the day of
    the prices. named: whether the project has been given its name. Raises BadInput for answers that name a model or a
    route which no price source knows, or count a token twice.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        prompter: Prompter,
        answers: Answers,
        *,
        save: Callable[[Answers], None],
        file: str,
        as_of: date,
        named: bool = False,
    ) -> None:
        self.rulebook, self.prompter, self.as_of = rulebook, prompter, as_of
        self.answers = with_quotes(rulebook, answers, as_of)
        check_shares(known_values(rulebook, self.answers), self.answers)
        self.save, self.file, self.named = save, file, named
        self.trail: list[str] = [*([PROJECT] if named else []), *answers.facts]
        self.reopened: list[str] = []  # gone back over: they keep their answers, and are asked again
        self.notes: bool | None = None  # whether the questions that only feed the notes are wanted
        self.aimed: str | None = None  # the question to ask, whatever would come next
        self.changing = False  # whether that question was picked in the review
        self.picked = ""  # what was changed last
        self.refused: str | None = None  # a text that could not be taken, to be mended
        self.section: str | None = None

    def run(self) -> Answers:
        """Ask until the review finds everything right. Raises KeyboardInterrupt or EOFError when the person stops."""
        self._welcome()
        while True:
            look = outlook(self.rulebook, self._standing())
            name = self._next(look)
            if name == REVIEW and self.reopened:
                self.reopened.clear()
                continue
            question = self._question(name, look)
            try:
                text = " ".join(self.prompter.ask(question).split())
            except Back:
                self._go_back()
            except Why:
                self.prompter.show(self._why(name))
            else:
                if name == REVIEW and text == WRITE:
                    self.save(self.answers)
                    return self.answers
                self._take(question, text)

    def _welcome(self) -> None:
        resumed = bool(self.answers.facts)
        self._settle(latest=None)
        look = outlook(self.rulebook, self.answers)
        if not resumed:
            self.prompter.show(phrase("welcome", file=self.file))
        elif look.recommendation_needs or look.note_needs:
            answered = counted("answers", len(self.answers.facts))
            self.prompter.show(phrase("resume", file=self.file, answered=answered, project=self.answers.project))
        else:
            self.prompter.show(phrase("complete", file=self.file))

    # -- where we are -----------------------------------------------------------------------------------------------

    def _standing(self) -> Answers:
        """Return the answers that count while some are being given again."""
        standing = self.answers
        for name in self.reopened:
            standing = standing.without_fact(name)
        return standing

    def _next(self, look: Outlook) -> str:
        if self.aimed is not None:
            return self.aimed
        if not self.named:
            return PROJECT
        if look.recommendation_needs:
            return look.recommendation_needs[0].id
        if not look.note_needs or self.notes is False:
            return REVIEW
        return look.note_needs[0].id if self.notes else NOTES

    def _question(self, name: str, look: Outlook) -> Question:
        match name:
            case _ if name == PROJECT:
                question = project_question(self.answers, named=self.named)
            case _ if name == NOTES:
                question = notes_question(look)
            case _ if name == REVIEW:
                question = review_question(look, picked=self.picked)
            case _:
                fact = self.rulebook.facts[name]
                opens = fact.section != self.section and not self.changing
                question = fact_question(look, self.answers, fact, opens_section=opens)
                question = replace(question, suggestions=routes_open(self.rulebook, fact, self.as_of))
                self.section = fact.section if opens else self.section
                if self.changing:
                    question = replace(question, place="")
        if self.refused is None:
            return question
        typed, self.refused = self.refused, None
        default = question.default if question.choices else typed
        return replace(question, place="", intro="", text="", help="", default=default)

    def _why(self, name: str) -> str:
        about = {PROJECT: "project.why", NOTES: "notes.why", REVIEW: "review.why"}
        if name in about:
            return phrase(about[name])
        fact = self.rulebook.facts[name]
        return "\n".join([why_asked(self.rulebook, fact), *routes_told(self.rulebook, fact, self.as_of)])

    # -- what was said ----------------------------------------------------------------------------------------------

    def _take(self, question: Question, text: str) -> None:
        try:
            _check_text(question, text)
            if question.id == PROJECT:
                self._take_project(text)
            elif question.id == NOTES:
                self.notes = text == "yes"
                self._went_by(NOTES)
            elif question.id == REVIEW:
                self._take_review(text)
            else:
                self._take_fact(self.rulebook.facts[question.id], text or UNKNOWN)
        except BadAnswer as error:
            self.refused = text
            self.prompter.show(str(error))

    def _take_project(self, text: str) -> None:
        self.answers = replace(self.answers, project=" ".join(text.split()) or self.answers.project)
        self.named = True
        self._went_by(PROJECT)
        self.save(self.answers)

    def _take_review(self, text: str) -> None:
        if text == NOTES:
            self.notes = True
            self._went_by(NOTES)
        else:
            self.aimed, self.changing, self.picked = text, True, text

    def _take_fact(self, fact: Fact, text: str) -> None:
        value = parse_fact(fact, text)
        before = self.answers
        answers = before.with_fact(fact.id, value, text)
        if value == before.facts.get(fact.id):
            answers = replace(answers, measured=before.measured)  # it was confirmed, not typed
        parked = {name: written for name, written in before.parked.items() if name != fact.id}
        self.answers = self._priced(replace(answers, parked=parked), fact)
        self._went_by(fact.id)
        said = understood(self.rulebook, self.answers, fact)
        if said:
            self.prompter.show(said)
        self._settle(latest=fact.id)
        self.save(self.answers)

    def _priced(self, answers: Answers, latest: Fact) -> Answers:
        """Return answers with what price sources say beside the one given last. Raises BadAnswer where that cannot be.

        It cannot where it names what no source knows, takes away the prices of a model that none knows, or counts a
        token twice.
        """
        try:
            answers = with_quotes(self.rulebook, answers, self.as_of)
            check_shares(known_values(self.rulebook, answers), answers)
        except BadInput as error:
            (problem, *_) = error.problems
            way_on = phrase("no_price") if latest.id == MODEL and "input_price" in self.rulebook.facts else ""
            raise BadAnswer(problem.what, " ".join(part for part in (problem.mend, way_on) if part)) from None
        return answers

    def _settle(self, latest: str | None) -> None:
        before = self.answers
        self.answers, parked = settle(self.rulebook, before, latest)
        for one in parked:
            self._forget(one.fact)
            self.prompter.show(self._said_of(one, before))

    def _said_of(self, one: Parked, before: Answers) -> str:
        fact = self.rulebook.facts[one.fact]
        others = [self.rulebook.facts[name].title for name in one.constraint.never if name != one.fact]
        return phrase(
            "parked",
            title=fact.title,
            value=value_shown(fact, before.facts[fact.id]),
            other=", ".join(others),
            because=one.constraint.because or "",
        ).strip()

    # -- the way back -----------------------------------------------------------------------------------------------

    def _went_by(self, name: str) -> None:
        """Note that a question was answered."""
        if name in self.reopened:
            self.reopened.remove(name)
        if not self.changing or name not in self.trail:
            self.trail = [*(step for step in self.trail if step != name), name]
        self.aimed, self.changing = None, False

    def _forget(self, name: str) -> None:
        self.trail = [step for step in self.trail if step != name]
        self.reopened = [step for step in self.reopened if step != name]

    def _go_back(self) -> None:
        if self.changing:
            self.aimed, self.changing = None, False
            return
        if not self.trail:
            self.prompter.show(phrase("first_question"))
            return
        last = self.trail.pop()
        self.aimed = None if last == NOTES else last
        if last == NOTES:
            self.notes = None
        elif last != PROJECT:
            self.reopened.append(last)


def _check_text(question: Question, text: str) -> None:
    """Refuse what cannot be kept in a file or picked from the choices. Raises BadAnswer."""
    if not text.isprintable():
        raise BadAnswer("the answer holds characters that cannot be printed", "type it again without special keys")
    if len(text) > LONGEST_TEXT:
        raise BadAnswer(f"the answer is {len(text)} characters long", f"keep to {LONGEST_TEXT}")
    choices = [choice.value for choice in question.choices]
    if choices and text not in choices:
        shown = f"1 to {len(choices)}" if question.table else ", ".join(choices)
        what = f"`{text}` is none of the choices" if text else "nothing is chosen"
        raise BadAnswer(what, f"pick one of {shown}")
