"""The interview: which question comes next, and what an answer, a step back or a change does. It knows no terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from advisor.answers import Answers, BadAnswer, parse_fact
from advisor.interview.parking import Parked, settle
from advisor.interview.phrases import counted, phrase
from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Back, Prompter, Question, Why
from advisor.interview.relevance import Outlook, outlook
from advisor.interview.wording import (
    fact_question,
    notes_question,
    project_question,
    review_question,
    understood,
    value_shown,
    why_asked,
)
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN

LONGEST_TEXT = 200


class Interview:
    """One sitting. Where it stands follows from the answers; beside them are kept only the wishes of this sitting.

    save: called with all answers after each one. file: the name that the person knows the answers by. named: whether
    the project has been given its name.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        prompter: Prompter,
        answers: Answers,
        *,
        save: Callable[[Answers], None],
        file: str,
        named: bool = False,
    ) -> None:
        self.rulebook, self.prompter, self.answers = rulebook, prompter, answers
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
        return phrase(about[name]) if name in about else why_asked(self.rulebook, self.rulebook.facts[name])

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
        self.answers = replace(answers, parked=parked)
        self._went_by(fact.id)
        said = understood(self.rulebook, self.answers, fact)
        if said:
            self.prompter.show(said)
        self._settle(latest=fact.id)
        self.save(self.answers)

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
