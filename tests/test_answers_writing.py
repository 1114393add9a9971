"""Answers go into their file entry by entry; everything else in it stays."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import Answers, parse_answers, parse_fact, read_answers
from advisor.answers_template import empty_answers
from advisor.answers_writing import AnswersFile, check_writable
from advisor.errors import BadInput
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Rulebook


def answered(rulebook: Rulebook, answers: Answers, **typed: Any) -> Answers:
    for name, text in typed.items():
        answers = answers.with_fact(name, parse_fact(rulebook.facts[name], text), text)
    return answers


def saved(rulebook: Rulebook, path: Path, text: str | None, **typed: Any) -> str:
    """Return the text of a file after some answers were saved into it."""
    if text is not None:
        path.write_text(text, encoding="utf-8", newline="")
    file = AnswersFile(path, rulebook)
    file.save(answered(rulebook, file.answers, **typed))
    return path.read_bytes().decode()


def test_a_new_file_is_written_as_a_person_would_write_it(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    file = AnswersFile(path, rulebook)
    assert not file.is_there
    answers = replace(file.answers, project="Ticket triage: part 2")
    file.save(answers)
    answers = answered(rulebook, answers, monthly_calls="250,000", prompting_quality="91 %", eval_examples="1_000")
    file.save(answers)
    answers = answered(rulebook, answers, latency_critical="no", task_stability="unknown", months_measured="2.50")
    answers = answered(rulebook, answers, model="null", input_price="~$3", output_tokens="010", batch_share="0.5")
    file.save(answers)
    assert path.read_text() == (
        "project: 'Ticket triage: part 2'\n"
        "facts:\n"
        "  monthly_calls: 250,000\n"
        "  prompting_quality: 91 %\n"
        "  eval_examples: 1_000\n"
        "  latency_critical: no\n"
        "  task_stability: unknown\n"
        "  months_measured: 2.50\n"
        "  model: 'null'\n"
        "  input_price: ~$3\n"
        "  output_tokens: 010\n"
        "  batch_share: 0.5\n"
    )
    assert read_answers(str(path), rulebook).facts == answers.facts


def test_comments_and_layout_of_a_person_stay(rulebook: Rulebook, tmp_path: Path) -> None:
    before = (
        "# Notes on the triage project\n"
        "\n"
        "project:   Ticket triage   # working title\n"
        "facts:\n"
        "    # from the dashboard, March\n"
        "    monthly_calls:   250k   # grows\n"
        '    "prompting_quality": "91%"\n'
        "    task_stability: >-\n"
        "      stable\n"
        "\n"
        "    # more to come\n"
        "\n"
        "# The upfront cost is our own quote.\n"
        "assumptions: { tuning_upfront: 2_000 }   # two weeks\n"
    )
    after = saved(
        rulebook, tmp_path / "a.yaml", before, monthly_calls="300k", prompting_quality="93%", latency_critical="yes"
    )
    assert after == before.replace("250k ", "300k ").replace('"91%"', "93%").replace(
        "      stable\n", "      stable\n    latency_critical: yes\n"
    )


def test_an_unchanged_save_writes_nothing(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("project: X\nfacts: {monthly_calls: 250k}")
    before = path.stat().st_ino
    file = AnswersFile(path, rulebook)
    file.save(file.answers)
    assert path.stat().st_ino == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("facts: {}\n", "project: this feature\nfacts:\n  monthly_calls: 250,000\n"),
        ("facts: {}  # none yet\n# end", "project: this feature\nfacts:  # none yet\n  monthly_calls: 250,000\n# end"),
        ("{}", '{\n  "project": "this feature",\n  "facts": {\n    "monthly_calls": "250,000"\n  }\n}\n'),
        ("{} # nothing", "# nothing\nproject: this feature\nfacts:\n  monthly_calls: 250,000\n"),
        ("# only\nproject: X", "# only\nproject: X\nfacts:\n  monthly_calls: 250,000\n"),
        (
            "---\nfacts:\n  task_stability: stable\n...\n",
            "---\nproject: this feature\nfacts:\n  task_stability: stable\n  monthly_calls: 250,000\n...\n",
        ),
        (
            "project: X\nfacts: {task_stability: stable,}",
            "project: X\nfacts: {task_stability: stable, monthly_calls: '250,000',}",
        ),
        ("{project: X}", "{project: X, facts: {monthly_calls: '250,000'}}"),
        ("{project: X, facts: {}} # c", "{project: X, facts: {monthly_calls: '250,000'}} # c"),
        (
            "project: X\r\nfacts:\r\n  task_stability: stable\r\n",
            "project: X\r\nfacts:\r\n  task_stability: stable\r\n  monthly_calls: 250,000\r\n",
        ),
        (
            "\ufeffproject: X\nfacts:\n  task_stability: stable",
            "\ufeffproject: X\nfacts:\n  task_stability: stable\n  monthly_calls: 250,000\n",
        ),
        (
            "project: X\nfacts:\n  task_stability: |-\n    stable\n# end\n",
            "project: X\nfacts:\n  task_stability: |-\n    stable\n  monthly_calls: 250,000\n# end\n",
        ),
    ],
)
def test_an_answer_is_added_in_any_layout(rulebook: Rulebook, tmp_path: Path, before: str, after: str) -> None:
    assert saved(rulebook, tmp_path / "a.yaml", before, monthly_calls="250,000") == after


def test_the_empty_template_can_be_gone_on_with(rulebook: Rulebook, tmp_path: Path) -> None:
    before = empty_answers(rulebook)
    after = saved(rulebook, tmp_path / "a.yaml", before, monthly_calls="250k", task_stability="stable")
    assert parse_answers(after, "a.yaml", rulebook).facts["monthly_calls"] == 250_000
    assert [line for line in after.splitlines() if "#" in line] == [line for line in before.splitlines() if "#" in line]


def test_parking_moves_an_answer_and_takes_its_key_along(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "facts:\n  prompting_quality: 91%  # measured\n  # the prompt\n  prompt_maturity: none\n"
        "measured:\n  prompting_quality: {file: evals.csv,\n    n: 200}\n# end\n"
    )
    file = AnswersFile(path, rulebook)
    parked = replace(file.answers.without_fact("prompting_quality"), parked={"prompting_quality": "91%"}, measured={})
    file.save(parked, named=False)
    assert path.read_text() == (
        "facts:\n  # the prompt\n  prompt_maturity: none\nparked:\n  prompting_quality: 91%\n# end\n"
    )
    file.save(replace(answered(rulebook, parked, prompting_quality="95%"), parked={}), named=False)
    assert path.read_text() == "facts:\n  # the prompt\n  prompt_maturity: none\n  prompting_quality: 95%\n# end\n"


@pytest.mark.parametrize("gone", ["task_stability", "monthly_calls", "latency_critical"])
def test_entries_are_taken_out_of_braces(rulebook: Rulebook, tmp_path: Path, gone: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("{facts: {task_stability: stable, monthly_calls: 250k, latency_critical: no}, project: X}")
    file = AnswersFile(path, rulebook)
    file.save(file.answers.without_fact(gone))
    assert gone not in path.read_text()
    assert read_answers(str(path), rulebook).facts.keys() == file.answers.facts.keys()


def test_json_stays_json(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    file = AnswersFile(path, rulebook)
    answers = answered(
        rulebook, file.answers, monthly_calls="250k", eval_examples="200", latency_critical="no", batch_share="0.5"
    )
    file.save(replace(answers, project="Triage", parked={"few_shot_tokens": 7}))
    written = {
        "project": "Triage",
        "facts": {"monthly_calls": "250k", "eval_examples": 200, "latency_critical": False, "batch_share": 0.5},
        "parked": {"few_shot_tokens": 7},
    }
    assert json.loads(path.read_text()) == written
    again = AnswersFile(path, rulebook)
    again.save(replace(answered(rulebook, again.answers, model="true"), parked={}))
    del written["parked"]
    assert json.loads(path.read_text()) == {**written, "facts": {**written["facts"], "model": "true"}}  # type: ignore[dict-item]


def test_what_is_not_touched_is_kept(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "article").mkdir(parents=True)
    (rules / "facts.yaml").write_text(
        "facts:\n- {id: a, kind: integer, domain: '[0..9]'}\n- {id: b, kind: text, pack: field}\n"
        "assumptions:\n- {id: c, value: 2, pack: field}\n- {id: d, value: 3}\n"
    )
    (rules / "article" / "t.yaml").write_text(
        "tables:\n- id: t\n  hit_policy: count\n  rows: [{id: r, when: {a: 1}}]\n"
    )
    rulebook = load_rulebook(rules, "article")
    before = "facts: {b: kept}\nassumptions: {c: 4, d: 5}\nmeasured: {b: {file: x}}\nparked: {b: held}\n"
    after = saved(rulebook, tmp_path / "a.yaml", before, a="7")
    assert after == "project: this feature\n" + before.replace("kept}", "kept, a: 7}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("facts: {montly_calls: 3}", "unknown fact `montly_calls`"),
        ("facts: {monthly_calls: -3}", "is outside"),
        ("facts: {monthly_calls: null}", "the answer is empty"),
        ("facts: [", "not YAML"),
    ],
)
def test_a_broken_file_is_refused_and_untouched(rulebook: Rulebook, tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(BadInput, match=problem):
        AnswersFile(path, rulebook)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["facts:\n  ? monthly_calls\n  : 250k\n", "facts:\n  monthly_calls: &a 250k\n"])
def test_an_odd_layout_is_changed_or_refused_but_never_spoilt(rulebook: Rulebook, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    file = AnswersFile(path, rulebook)
    answers = answered(rulebook, file.answers, monthly_calls="1M", task_stability="stable")
    with suppress(BadInput):
        file.save(answers)
    assert path.read_text() == text or read_answers(str(path), rulebook).facts == answers.facts


def test_a_file_changed_meanwhile_is_not_overwritten(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    file = AnswersFile(path, rulebook)
    file.save(answered(rulebook, file.answers, monthly_calls="250k"))
    path.write_text("facts: {monthly_calls: 1M}")
    with pytest.raises(BadInput, match="changed by something else"):
        file.save(answered(rulebook, file.answers, task_stability="stable"))
    assert path.read_text() == "facts: {monthly_calls: 1M}"


def test_a_failed_write_leaves_the_old_file_whole(
    rulebook: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("facts: {monthly_calls: 1M}")
    file = AnswersFile(path, rulebook)

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(BadInput, match="No space left"):
        file.save(answered(rulebook, file.answers, task_stability="stable"))
    assert path.read_text() == "facts: {monthly_calls: 1M}"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.yaml"]


def test_places_that_cannot_be_written_are_found_at_once(rulebook: Rulebook, tmp_path: Path) -> None:
    for path, problem in ((tmp_path, "is a folder"), (tmp_path / "no" / "a.yaml", "cannot be written")):
        with pytest.raises(BadInput, match=problem):
            AnswersFile(path, rulebook)
    check_writable(tmp_path / "new.md")
    assert not list(tmp_path.iterdir())


shipped = cache(load_rulebook)  # no fixture: hypothesis prints those at full length

NUMBERS = ["monthly_calls", "training_examples", "eval_examples", "system_tokens"]
COMMENTS = st.lists(st.sampled_from(["# a comment", "", "   # indented: {odd}", "#"]), max_size=2)


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """Texts of answers files with comments, blank lines, quotes and blocks wherever they may stand."""
    indent = " " * draw(st.integers(1, 6))
    lines = [*draw(COMMENTS)]
    for key in draw(st.permutations(["project: X", "assumptions: {tuning_upfront: 700}  # quoted", "facts:"])):
        lines.append(key)
        if key == "facts:":
            for name in draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True)):
                value = draw(st.sampled_from(["7", '"7"', "'7'", "7   # seven", "7k", f"|-\n{indent}     7"]))
                lines += [*draw(COMMENTS), f"{indent}{name}: {value}"]
        lines += draw(COMMENTS)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


CHANGES = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(["9", "9,000", "~9", "9 k", None]), min_size=1)


@given(text=layouts(), changes=CHANGES)
def test_any_layout_keeps_every_comment_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, changes: dict[str, str | None]
) -> None:
    rulebook = shipped()
    path = tmp_path_factory.mktemp("layout") / "a.yaml"
    path.write_text(text)
    file = AnswersFile(path, rulebook)
    answers = file.answers
    for name, typed in changes.items():
        if typed is not None:
            answers = answered(rulebook, answers, **{name: typed})
        elif name in answers.facts and len(answers.facts) > 1:
            answers = replace(answers.without_fact(name), parked={**answers.parked, name: answers.written[name]})
    file.save(answers)
    after = path.read_text()
    assert parse_answers(after, "a.yaml", rulebook).facts == answers.facts
    own_line = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert [line for line in after.splitlines() if line.strip().startswith("#")] == own_line


@given(text=st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(str.isprintable))
def test_any_text_reads_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    rulebook = shipped()
    if not text or text.lower() == "unknown" or re.search("[\ud800-\udfff]", text):
        return
    for start in ("", "{project: X}", "project: X\n"):
        path = tmp_path_factory.mktemp("text") / "a.yaml"
        after = saved(rulebook, path, start or None, model=text)
        assert parse_answers(after, "a.yaml", rulebook).facts["model"] == text
