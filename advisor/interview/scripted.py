"""A prompter without a terminal: it answers from a script, and complains about what is missing or left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Prompter, Question, Wish


class Scripted(Prompter):
    """Answers by the id of the question, so that a story survives another order of questions.

    story: for each id a text, a wish (Back, Why) or KeyboardInterrupt or EOFError, or a list of them, taken in turn.
    What is not in it is answered for the project, the notes (no) and the review (write). `asked` and `shown` record
    what happened.
    """

    def __init__(self, story: Mapping[str, object]) -> None:
        ends: dict[str, object] = {PROJECT: "Ticket triage", NOTES: "no", REVIEW: WRITE}
        self._given = story.keys()
        self._left = {name: [*step] if isinstance(step, list) else [step] for name, step in (ends | {**story}).items()}
        self.asked: list[Question] = []
        self.shown: list[str] = []

    def ask(self, question: Question) -> str:
        self.asked.append(question)
        steps = self._left.get(question.id)
        if not steps:
            raise AssertionError(f"the story has no answer left for {question.id}: {question.text}")
        step = steps.pop(0)
        if isinstance(step, type) and issubclass(step, BaseException):
            raise step
        return question.default if step is Ellipsis else str(step)

    def show(self, text: str) -> None:
        self.shown.append(text)

    @property
    def order(self) -> Sequence[str]:
        """The ids of the questions, in the order in which they were asked."""
        return [question.id for question in self.asked]

    def check_used(self) -> None:
        """Raise AssertionError when steps of the story were not taken."""
        left = {name: steps for name, steps in self._left.items() if steps and name in self._given}
        if left:
            raise AssertionError(f"never asked: {left}")


__all__ = ["Scripted", "Wish"]
