"""The interview without a terminal: what is asked, and what answers, steps back and changes do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advisor.answers import Answers, parse_answers
from advisor.errors import BadInput
from advisor.interview.core import LONGEST_TEXT, Interview
from advisor.interview.questions import NOTES, PROJECT, REVIEW, WRITE, Back, Question, Why
from advisor.interview.scripted import Scripted
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN

DAY = date(2026, 11, 25)
ADVANCED = {
    "task_stability": "stable",
    "broad_capabilities": "no",
    "request_context": "yes",
    "prompt_maturity": "optimised",
    "prompting_quality": "70%",
    "ml_expertise": "some",
    "training_data_quality": "reviewed",
}
NO_PROMPT = {
    "task_stability": "stable",
    "broad_capabilities": "no",
    "request_context": "yes",
    "prompt_maturity": "none",
}


class Sitting:
    """One interview by a story; `saved` are the answers after each step, `answers` those at the end."""

    def __init__(
        self, rulebook: Rulebook, story: Mapping[str, object], file: str | None = None, *, day: date = DAY
    ) -> None:
        self.script = Scripted(story)
        self.saved: list[Answers] = []
        start = Answers() if file is None else parse_answers(file, "a.yaml", rulebook)
        named = file is not None and "project:" in file
        self.interview = Interview(
            rulebook, self.script, start, save=self.saved.append, file="a.yaml", as_of=day, named=named
        )
        self.answers = self.interview.run()
        self.script.check_used()

    @property
    def order(self) -> list[str]:
        return list(self.script.order)

    def question(self, name: str, time: int = 0) -> Question:
        return [question for question in self.script.asked if question.id == name][time]


def test_a_whole_sitting(article: Rulebook) -> None:
    sitting = Sitting(article, {**ADVANCED, PROJECT: "Ticket triage", NOTES: "no", REVIEW: WRITE})
    assert sitting.order == [PROJECT, *ADVANCED, NOTES, REVIEW]
    assert sitting.answers.project == "Ticket triage"
    assert sitting.answers.facts["prompting_quality"] == 0.7
    assert sitting.answers.written["prompting_quality"] == "70%"
    assert sitting.answers.facts["broad_capabilities"] is False


def test_everything_is_saved_after_each_answer(article: Rulebook) -> None:
    sitting = Sitting(article, {**NO_PROMPT})
    assert [len(answers.facts) for answers in sitting.saved] == [0, 1, 2, 3, 4, 4]
    assert all(answers.project == "Ticket triage" for answers in sitting.saved)


def test_not_asked_unknown_and_falsy_are_three_things(article: Rulebook) -> None:
    file = "project: X\nfacts: {broad_capabilities: no, months_measured: 0, task_stability: unknown}"
    story = {"prompt_maturity": "optimised", "prompting_quality": "90%"}
    sitting = Sitting(article, story, file)
    assert sitting.order == [*story, NOTES, REVIEW]
    assert sitting.answers.facts["months_measured"] == 0
    assert sitting.answers.facts["task_stability"] == UNKNOWN
    assert "few_shot_tokens" not in sitting.answers.facts


def test_an_empty_number_is_unknown_and_says_what_is_assumed(article: Rulebook) -> None:
    file = "project: X\nfacts: {task_stability: evolving, prompt_maturity: optimised, prompting_quality: 90%}"
    story = {
        "monthly_calls": "~250k",
        "months_measured": "2",
        "lifetime_months": "",
        "system_tokens": "1.2k",
        "few_shot_tokens": "",
        "input_tokens": "$200",
        "tuned_system_tokens": "",
        "input_price": "",
        "tuned_input_price": "",
    }
    sitting = Sitting(article, dict(story), file)
    assert sitting.answers.facts["lifetime_months"] == UNKNOWN
    shown = sitting.script.shown
    assert "= 250,000 calls a month" in shown
    assert "= not known yet; assumed: 12 months" in shown
    assert "= not known yet; assumed: $3 a million tokens" in shown
    review = sitting.question(REVIEW)
    words = {choice.value: choice.words for choice in review.choices}
    assert words["lifetime_months"] == "assumed 12 months"
    assert words["monthly_calls"] == "250,000 calls a month"
    assert words[PROJECT] == "X"


def test_a_bad_answer_is_told_at_once_and_can_be_mended(article: Rulebook) -> None:
    story = {**ADVANCED, "prompting_quality": ["91", "1,5", "many", "\x1b[A", "91 %"]}
    story |= {"monthly_calls": ["2m", "100k"], "months_measured": "0"}
    for name in ("ml_expertise", "training_data_quality"):
        del story[name]
    sitting = Sitting(article, story)
    shown = [text for text in sitting.script.shown if text.startswith(("`", "the answer"))]
    assert [text.partition(";")[0] for text in shown[:4]] == [
        "`91` is outside its range, a share from 0 to 1",
        "`1,5` can be read two ways",
        "`many` is not a number",
        "the answer holds characters that cannot be printed",
    ]
    assert shown[0].endswith("did you mean `91%`?")
    assert all("`91%`" in text for text in shown[:3])
    assert sitting.question("prompting_quality", 1).default == "91"
    assert sitting.question("prompting_quality", 1).help == ""
    assert sitting.answers.facts["prompting_quality"] == 0.91


def test_what_is_no_choice_is_refused(article: Rulebook) -> None:
    story = {**NO_PROMPT, "task_stability": ["stabel", "", "stable"], PROJECT: ["x" * (LONGEST_TEXT + 1), "Y"]}
    sitting = Sitting(article, {**story, NOTES: ["maybe", "no"], REVIEW: ["nothing", WRITE]})
    assert "`stabel` is none of the choices; pick one of exploring, evolving, stable, unknown" in sitting.script.shown
    assert any(text.startswith("nothing is chosen") for text in sitting.script.shown)
    assert any("201 characters long" in text for text in sitting.script.shown)


def test_back_asks_again_with_the_old_answer(article: Rulebook) -> None:
    story = {
        **NO_PROMPT,
        "task_stability": ["stable", ...],
        "broad_capabilities": ["no", Back, "unknown"],
        "request_context": [Back, "no"],
    }
    sitting = Sitting(article, story)
    first = ["task_stability", "broad_capabilities", "request_context"]
    assert sitting.order[1:] == [*first, *first[1::-1], *first[1:], "prompt_maturity", NOTES, REVIEW]
    assert sitting.question("broad_capabilities", 1).default == "no"
    assert sitting.question("task_stability", 1).default == "stable"
    assert sitting.answers.facts["broad_capabilities"] == UNKNOWN


def test_back_at_the_first_question_says_so(article: Rulebook) -> None:
    sitting = Sitting(article, {**NO_PROMPT, PROJECT: [Back, "X"]})
    assert any("first question" in text for text in sitting.script.shown)


def test_back_from_the_facts_reaches_the_name(article: Rulebook) -> None:
    sitting = Sitting(article, {**NO_PROMPT, "task_stability": [Back, "stable"], PROJECT: ["Old", "New"]})
    assert sitting.question(PROJECT, 1).default == "Old"
    assert sitting.answers.project == "New"


def test_stopping_after_a_step_back_loses_nothing(article: Rulebook) -> None:
    story = {**NO_PROMPT, "prompt_maturity": Back, "request_context": ["yes", KeyboardInterrupt]}
    with pytest.raises(KeyboardInterrupt):
        Sitting(article, story)
    script = Scripted(story)
    saved: list[Answers] = []
    interview = Interview(article, script, Answers(), save=saved.append, file="a.yaml", as_of=DAY)
    with pytest.raises(KeyboardInterrupt):
        interview.run()
    assert saved[-1].facts.keys() == {"task_stability", "broad_capabilities", "request_context"}


def test_an_answer_that_matters_no_more_outlives_a_step_back(article: Rulebook) -> None:
    """Back over two, then an answer that makes the second irrelevant: it is neither asked again nor lost."""
    story = {
        **ADVANCED,
        "prompt_maturity": ["optimised", "none"],
        "prompting_quality": ["70%", Back],
        "ml_expertise": Back,
    }
    del story["training_data_quality"]
    sitting = Sitting(article, story)
    assert sitting.answers.facts["prompt_maturity"] == "none"
    assert sitting.answers.parked == {"prompting_quality": "70%"}


def test_resuming_goes_on_where_it_was_and_back_follows_the_file(article: Rulebook) -> None:
    file = "project: X\nfacts:\n  broad_capabilities: no\n  task_stability: stable\n"
    story = {"request_context": [Back, "yes"], "task_stability": [Back, ...], "broad_capabilities": ...}
    sitting = Sitting(article, {**story, "prompt_maturity": "none"}, file)
    assert sitting.order[:3] == ["request_context", "task_stability", "broad_capabilities"]
    assert "2 answers so far" in sitting.script.shown[0]
    assert sitting.answers.facts["task_stability"] == "stable"


def test_a_complete_file_goes_straight_to_the_review(article: Rulebook) -> None:
    facts = "".join(f"  {fact.id}: unknown\n" for fact in article.asked)
    sitting = Sitting(article, {}, f"project: X\nfacts:\n{facts}")
    assert sitting.order == [REVIEW]
    assert len(sitting.question(REVIEW).choices) == 2 + len(list(article.asked))


def test_the_name_is_asked_first_when_the_file_has_none(article: Rulebook) -> None:
    sitting = Sitting(
        article,
        {"request_context": "no", "prompt_maturity": "none"},
        "facts: {task_stability: stable, broad_capabilities: no}",
    )
    assert sitting.order[0] == PROJECT


def test_an_empty_name_keeps_the_one_there_is(article: Rulebook) -> None:
    assert Sitting(article, {**NO_PROMPT, PROJECT: ""}).answers.project == "this feature"


def test_the_review_changes_any_answer_and_asks_what_follows(article: Rulebook) -> None:
    story = {
        **NO_PROMPT,
        "prompt_maturity": ["none", "optimised"],
        "prompting_quality": "70%",
        "ml_expertise": "none",
        PROJECT: ["Ticket triage", "Triage"],
        REVIEW: ["prompt_maturity", PROJECT, WRITE],
    }
    sitting = Sitting(article, story)
    at = sitting.order.index(REVIEW)
    followed = ["prompting_quality", "ml_expertise"]
    assert sitting.order[at:] == [REVIEW, "prompt_maturity", *followed, REVIEW, PROJECT, REVIEW]
    assert sitting.question("prompt_maturity", 1).default == "none"
    assert sitting.question(REVIEW, 1).default == "prompt_maturity"
    assert sitting.answers.project == "Triage"


def test_back_from_a_change_returns_to_the_review(article: Rulebook) -> None:
    sitting = Sitting(article, {**NO_PROMPT, "task_stability": ["stable", Back], REVIEW: ["task_stability", WRITE]})
    assert sitting.order[-3:] == [REVIEW, "task_stability", REVIEW]
    assert sitting.answers.facts["task_stability"] == "stable"


def test_back_from_the_review_asks_the_last_question_again(article: Rulebook) -> None:
    sitting = Sitting(
        article, {**NO_PROMPT, NOTES: ["no", Back, "no"], "prompt_maturity": ["none", ...], REVIEW: [Back, WRITE]}
    )
    assert sitting.order[-5:] == [REVIEW, NOTES, "prompt_maturity", NOTES, REVIEW]


def test_the_notes_are_offered_and_can_be_taken_up_later(article: Rulebook) -> None:
    facts = "".join(
        f"  {f.id}: unknown\n" for f in article.asked if f.id not in ("knowledge_change", "prompt_maturity")
    )
    story = {"prompt_maturity": "none", NOTES: "no", REVIEW: [NOTES, WRITE], "knowledge_change": "weekly"}
    sitting = Sitting(article, story, f"project: X\nfacts:\n{facts}")
    assert sitting.order == ["prompt_maturity", NOTES, REVIEW, "knowledge_change", REVIEW]
    assert sitting.question(NOTES).help.startswith("1 question;")
    assert "last question for the notes" in sitting.question("knowledge_change").place


def test_what_goes_no_longer_together_is_parked_and_offered_again(article: Rulebook) -> None:
    file = (
        "project: X\nfacts: {task_stability: stable, broad_capabilities: no, request_context: no,\n"
        "  prompt_maturity: optimised, prompting_quality: 70%, ml_expertise: some, training_data_quality: raw}\n"
        "measured: {ml_expertise: {file: hr.csv}}"
    )
    story = {
        "prompt_maturity": ["none", "optimised"],
        "prompting_quality": "72%",
        "ml_expertise": "none",
        REVIEW: ["prompt_maturity", "prompt_maturity", "ml_expertise", WRITE],
    }
    sitting = Sitting(article, story, file)
    parked = sitting.saved[0]
    assert parked.parked == {"prompting_quality": "70%"}
    assert "prompting_quality" not in parked.facts
    said = next(text for text in sitting.script.shown if text.startswith("Set aside"))
    assert "70%" in said
    assert (article.constraints[0].because or "") in said
    assert "Set aside" in sitting.question(REVIEW, 1).help
    again = sitting.question("prompting_quality")
    assert again.default == "70%"
    assert "set aside" in again.hint
    assert sitting.answers.parked == {}
    assert sitting.answers.facts["prompting_quality"] == 0.72
    assert sitting.answers.measured == {}


def test_answers_of_a_file_that_do_not_go_together_are_settled_first(article: Rulebook) -> None:
    file = (
        "project: X\nfacts: {prompting_quality: 91%, prompt_maturity: none,\n"
        "  training_examples: 2000, training_data_quality: none}"
    )
    sitting = Sitting(article, {}, file)
    assert sitting.answers.parked.keys() == {"prompting_quality", "training_data_quality"}
    assert sum(text.startswith("Set aside") for text in sitting.script.shown) == 2


def test_the_last_word_counts(article: Rulebook) -> None:
    facts = "".join(f"  {fact.id}: unknown\n" for fact in article.asked if not fact.id.startswith("training"))
    file = f"project: X\nfacts:\n{facts}  training_examples: 2000\n"
    sitting = Sitting(article, {"training_data_quality": "none", NOTES: "yes"}, file)
    assert sitting.answers.parked == {"training_examples": "2000"}
    assert sitting.answers.facts["training_data_quality"] == "none"


def test_why_says_the_reason_the_rows_and_the_sources(article: Rulebook) -> None:
    sitting = Sitting(
        article,
        {**ADVANCED, "prompting_quality": [Why, "70%"], PROJECT: [Why, "X"], NOTES: [Why, "no"], REVIEW: [Why, WRITE]},
    )
    said = next(text for text in sitting.script.shown if "It is tested by" in text)
    assert said.startswith(" ".join((article.facts["prompting_quality"].why or "").split()))
    assert re.search(r"^- quality\.85_95 \(.*\): from 85% to below 95%$", said, re.MULTILINE)
    assert "- quality_tier.under_85: " in said
    assert sitting.order.count("prompting_quality") == 2


def test_why_of_a_fact_that_figures_are_computed_from(article: Rulebook) -> None:
    from advisor.interview.wording import why_asked

    said = why_asked(article, article.facts["tuned_system_tokens"])
    figures = ("tuned_cost_per_call", "saving_per_call", "crossover_calls")
    assert f"It is used to compute: {', '.join(article.facts[name].title for name in figures)}" in said
    assert re.search(r"^- .* above 1: .*route\.near_high", said, re.MULTILINE)


def test_each_question_says_where_it_stands(article: Rulebook) -> None:
    sitting = Sitting(article, {**ADVANCED})
    places = [sitting.question(name).place for name in ADVANCED]
    titles = [section.title for section in article.sections.values()]
    assert places[0] == f"{titles[0]}, section 1 of 5, at most 16 questions left for the recommendation"
    assert places[-1] == f"{titles[3]}, section 4 of 5, the last question for the recommendation"
    opening = [name for name in ADVANCED if sitting.question(name).intro]
    assert opening == ["task_stability", "prompt_maturity", "ml_expertise"]


def test_a_measured_answer_is_marked_and_loses_its_origin_when_changed(article: Rulebook) -> None:
    file = (
        "project: X\nfacts: {prompt_maturity: none, task_stability: stable, broad_capabilities: no,\n"
        "  request_context: no, monthly_calls: 5000, months_measured: 2}\n"
        "measured: {monthly_calls: {file: usage.jsonl, n: 3}, months_measured: {file: usage.jsonl}}"
    )
    sitting = Sitting(
        article,
        {"monthly_calls": "6000", "months_measured": ..., REVIEW: ["monthly_calls", "months_measured", WRITE]},
        file,
    )
    assert "usage.jsonl" in sitting.question("monthly_calls").hint
    assert sitting.answers.measured.keys() == {"months_measured"}


def test_a_rulebook_without_wording_can_still_be_asked(tmp_path: Path) -> None:
    from advisor.rulebook.loading import load_rulebook

    (tmp_path / "facts.yaml").write_text(
        "facts:\n- {id: size, kind: number}\n- {id: kind_of, kind: text}\n- {id: must, kind: integer, required: true}\n"
        "options: [{id: x, approach: prompting, meaning: m, title: t}]\n"
        "tables:\n- id: recommendation\n  hit_policy: first\n  rows:\n"
        "  - {id: r, when: {size: '> 3', kind_of: known, must: 3}, then: x}\n"
    )
    rulebook = load_rulebook(tmp_path)
    sitting = Sitting(rulebook, {"size": ["4", "5"], "kind_of": [Why, "q"], "must": ["", "3"], REVIEW: ["size", WRITE]})
    assert sitting.question("size").text == 'What is the value of "size"?'
    assert sitting.question("size").place == "at most 3 questions left for the recommendation"
    assert sitting.question("must").empty == ""
    assert any(text.startswith("`must` must be known") for text in sitting.script.shown)


def test_the_story_says_what_is_missing_and_what_is_left_over(article: Rulebook) -> None:
    with pytest.raises(AssertionError, match="no answer left for broad_capabilities"):
        Sitting(article, {"task_stability": "stable"})
    with pytest.raises(AssertionError, match=r"never asked.*monthly_calls"):
        Sitting(article, {**NO_PROMPT, "monthly_calls": "3"})


def test_answers_are_never_sent_twice_under_another_order(article: Rulebook) -> None:
    """Any order of the answers in a file leads to the same questions."""
    one = parse_answers("project: X\nfacts: {task_stability: stable, prompt_maturity: draft}", "a", article)
    other = replace(one, facts=dict(reversed([*one.facts.items()])))
    orders = []
    for answers in (one, other):
        script = Scripted({})
        Interview(article, script, answers, save=lambda _: None, file="a.yaml", as_of=DAY, named=True).run()
        orders.append(script.order)
    assert orders[0] == orders[1]


# ---- Models and routes that price sources know ----


def all_but(rulebook: Rulebook, *names: str, **facts: object) -> str:
    """Return an answers file in which only these facts are open."""
    held = {fact.id: facts.get(fact.id, UNKNOWN) for fact in rulebook.asked if fact.id not in names}
    return "project: X\nfacts:\n" + "".join(f"  {name}: {value}\n" for name, value in held.items())


PRICES = ("input_price", "output_price", "cache_read_price", "cache_write_price")
TUNED_PRICES = ("tuned_input_price", "tuned_output_price", "tuned_cache_read_price")
CACHED = {"monthly_calls": 250_000, "cached_share": 0.5, "cache_write_share": 0.1, "tuned_cached_share": 0.2}


def test_a_named_model_answers_its_prices(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "model", *PRICES, **CACHED)
    sitting = Sitting(rulebook, {"model": "claude-sonnet-4-5", NOTES: "yes"}, file)
    assert set(sitting.order) <= {"model", NOTES, REVIEW}
    assert PRICES[0] not in sitting.answers.facts
    assert sitting.answers.quoted["input_price"].value == 3
    said = next(text for text in sitting.script.shown if text.startswith("= input price $3 a million tokens"))
    assert "cached input $0.30 a million tokens" in said
    assert "genai-prices" in said


def test_a_model_that_is_not_known_yet_has_its_prices_asked(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "model", *PRICES, **CACHED)
    story = {"model": "", "input_price": "$3", "output_price": "", "cache_read_price": "$0.30", "cache_write_price": ""}
    sitting = Sitting(rulebook, {**story, NOTES: "yes"}, file)
    assert [name for name in sitting.order if name in rulebook.facts] == [*story]


def test_a_named_route_answers_the_tuned_prices(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "tuning_route", *TUNED_PRICES, **CACHED)
    sitting = Sitting(rulebook, {"tuning_route": "openai/gpt-4.1-mini", NOTES: "yes"}, file)
    assert set(sitting.order) <= {"tuning_route", NOTES, REVIEW}
    assert sitting.answers.quoted["tuned_input_price"].value == 0.8


def test_a_route_without_tuned_prices_leaves_them_to_be_asked(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "tuning_route", *TUNED_PRICES, **CACHED)
    story = {"tuning_route": "together/up-to-16b", **dict.fromkeys(TUNED_PRICES, "0.2")}
    sitting = Sitting(rulebook, {**story, NOTES: "yes"}, file)
    assert [name for name in sitting.order if name in rulebook.facts] == [*story]


def test_names_are_asked_before_what_they_answer(rulebook: Rulebook) -> None:
    order = [fact.id for fact in rulebook.asked]
    quoted = [fact for fact in rulebook.asked if fact.quoted_by]
    assert {fact.id for fact in quoted} == {*PRICES, *TUNED_PRICES}
    assert all(order.index(fact.quoted_by or "") < order.index(fact.id) for fact in quoted)


def test_a_model_that_no_source_knows_is_refused_on_the_spot(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "model", *PRICES, **CACHED)
    story = {"model": ["claude-sonet-4-5", "our-own-7b", "unknown"], **dict.fromkeys(PRICES, "$1"), NOTES: "yes"}
    sitting = Sitting(rulebook, story, file)
    refused = [text for text in sitting.script.shown if "there is no price of a model" in text]
    assert "did you mean `claude-sonnet-4-5`?" in refused[0]
    assert all("leave the name empty and answer the prices" in text for text in refused)
    assert sitting.question("model", 1).default == "claude-sonet-4-5"
    assert all(answers.facts.get("model") != "our-own-7b" for answers in sitting.saved)


def test_a_model_without_a_list_price_is_named_once_its_prices_are_answered(rulebook: Rulebook) -> None:
    file = all_but(rulebook, model=UNKNOWN, input_price="$1", output_price="$2", **CACHED)
    story = {"model": "our-own-7b", "input_price": ["unknown", "$1.50"], REVIEW: ["model", "input_price", WRITE]}
    sitting = Sitting(rulebook, story, file)
    assert sitting.answers.facts["model"] == "our-own-7b"
    assert sitting.answers.facts["input_price"] == 1.5
    assert any("no price of a model `our-own-7b`" in text for text in sitting.script.shown)
    assert sitting.answers.quoted == {}


def test_a_route_that_is_not_in_the_book_is_refused_with_the_nearest(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "tuning_route", **dict.fromkeys(TUNED_PRICES, "1"))
    story = {"tuning_route": ["openai/gpt-4.1-mni", "together/h200", ""], NOTES: "yes"}
    sitting = Sitting(rulebook, story, file)
    shown = " ".join(sitting.script.shown)
    assert "did you mean `openai/gpt-4.1-mini`?" in shown
    assert "`together/h200` serves models and trains none" in shown
    assert "leave the name empty" not in shown


def test_the_review_shows_what_the_source_says_and_lets_it_be_overridden(rulebook: Rulebook) -> None:
    file = all_but(rulebook, *PRICES, model="claude-sonnet-4-5", **CACHED)
    story = {
        "input_price": ["$2.40", ""],
        "output_price": "",
        REVIEW: ["input_price", "output_price", "input_price", WRITE],
    }
    sitting = Sitting(rulebook, story, file)
    words = [{c.value: c.words for c in sitting.question(REVIEW, time).choices} for time in range(4)]
    assert words[0]["input_price"].startswith("$3 a million tokens, from genai-prices ")
    assert words[0]["cache_write_price"].startswith("$3.75 a million tokens, from genai-prices ")
    assert words[1]["input_price"] == "$2.40 a million tokens"
    assert words[2]["output_price"].startswith("$15 a million tokens, from genai-prices ")
    assert words[3]["input_price"] == words[0]["input_price"]
    assert "The price source has $3 a million tokens" in sitting.question("input_price").hint
    assert sitting.answers.quoted["input_price"].value == 3


def test_another_model_changes_what_is_quoted(rulebook: Rulebook) -> None:
    file = all_but(rulebook, *PRICES, model="claude-sonnet-4-5", **CACHED)
    sitting = Sitting(rulebook, {"model": "gpt-4o", REVIEW: ["model", WRITE]}, file)
    assert sitting.answers.quoted["input_price"].value == 2.5


def test_going_back_over_the_model_asks_its_prices_no_more_than_before(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "model", "system_tokens", *PRICES, **CACHED)
    story = {"model": ["gpt-4o", "claude-sonnet-4-5"], "system_tokens": [Back, "900"], NOTES: "yes"}
    sitting = Sitting(rulebook, story, file)
    assert [name for name in sitting.order if name in rulebook.facts] == [
        *("model", "system_tokens", "model", "system_tokens")
    ]
    assert sitting.answers.quoted["input_price"].value == 3


def test_no_token_is_read_from_the_cache_and_written_to_it(rulebook: Rulebook) -> None:
    shares = ("cached_share", "cache_write_share")
    file = all_but(rulebook, *shares, monthly_calls=250_000, model="claude-sonnet-4-5")
    sitting = Sitting(rulebook, {"cached_share": "80%", "cache_write_share": ["30%", "20%"], NOTES: "yes"}, file)
    assert any("are 110% of the input tokens together" in text for text in sitting.script.shown)
    assert sitting.answers.facts["cache_write_share"] == 0.2


@pytest.mark.parametrize(
    "facts", [{"model": "our-own-7b"}, {"tuning_route": "nobody/nothing"}, {"cached_share": 1, "cache_write_share": 1}]
)
def test_a_file_with_what_no_memo_could_be_made_of_is_refused_at_once(
    rulebook: Rulebook, facts: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        Sitting(rulebook, {}, all_but(rulebook, **facts))


def test_routes_that_are_open_on_the_day_are_offered(rulebook: Rulebook) -> None:
    def offered(day: date) -> tuple[tuple[str, ...], str]:
        file = all_but(rulebook, "tuning_route", **dict.fromkeys(TUNED_PRICES, "1"))
        sitting = Sitting(rulebook, {"tuning_route": [Why, ""], NOTES: "yes"}, file, day=day)
        said = next(text for text in sitting.script.shown if "Open on" in text)
        return sitting.question("tuning_route").suggestions, said

    now, said = offered(DAY)
    assert "openai/gpt-4.1-mini" in now
    assert "together/up-to-16b" in now
    assert not {"openai/o4-mini", "together/h200", "mistral/hosted"} & {*now}
    everyone, existing = re.findall(r"^Open on 2026-11-25(.*)$", said, re.MULTILINE)
    assert "together/up-to-16b" in everyone
    assert "openai/gpt-4.1-mini" in existing
    assert "openai/gpt-4.1-mini" not in everyone
    later, _ = offered(date(2027, 1, 6))
    assert "openai/gpt-4.1-mini" not in later


def test_other_questions_offer_no_routes(rulebook: Rulebook) -> None:
    file = all_but(rulebook, "model", *PRICES, **CACHED)
    sitting = Sitting(rulebook, {"model": [Why, "claude-sonnet-4-5"], NOTES: "yes"}, file)
    assert sitting.question("model").suggestions == ()
    assert not any("Open on" in text for text in sitting.script.shown)


def test_the_article_looks_no_prices_up(article: Rulebook) -> None:
    sitting = Sitting(article, {}, all_but(article, model="our-own-7b"))
    assert sitting.order == [REVIEW]
    assert sitting.answers.quoted == {}
