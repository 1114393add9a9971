"""The command: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.cli import main
from advisor.cli.recommend import again
from advisor.rulebook.model import Rulebook
from tests.conftest import ROOT, Advisor
from tests.memos import DAY, EXAMPLES, body

TRIAGE = ROOT / "examples" / "ticket-triage.yaml"


class Run(NamedTuple):
    code: int
    out: str
    err: str


Recommend = Callable[..., Run]


@pytest.fixture
def recommend(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Recommend:
    """Runs `advisor recommend` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"") -> Run:
        monkeypatch.setattr(sys, "argv", ["advisor", "recommend", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Run(int(ended.value.code or 0), out.decode(), err.decode())

    return run


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_prints_the_memo_alone(recommend: Recommend) -> None:
    run = recommend(TRIAGE)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith('---\nproject: "Ticket triage"\n')
    assert "![" not in run.out


def test_it_reads_standard_input(recommend: Recommend) -> None:
    run = recommend("-", "--format", "json", stdin=b"project: From a pipe\nfacts: {prompt_maturity: none}\n")
    assert run.code == 0
    assert json.loads(run.out)["recommendation"]["option"] == "start_prompting"


def test_json_answers_are_read(recommend: Recommend) -> None:
    run = recommend("-", "--format", "json", stdin=b'{"facts": {"prompt_maturity": "draft", "eval_examples": 200}}')
    assert json.loads(run.out)["recommendation"]["option"] == "optimise_prompt"


def test_settings_take_facts_and_assumptions(recommend: Recommend) -> None:
    run = recommend(TRIAGE, "--set", "monthly_calls=60k", "--set", "tuning_upfront=$900", "--format", "json")
    data = json.loads(run.out)
    assert data["facts"]["monthly_calls"] == {"value": 60_000, "origin": "answered", "detail": None}
    assert data["assumptions"]["tuning_upfront"]["value"] == 900
    assert data["recommendation"]["option"] == "prompting_watch"


def test_the_date_is_the_one_given(recommend: Recommend) -> None:
    assert "\ndate: 2027-02-03\n" in recommend(TRIAGE, "--as-of", "2027-02-03").out


def test_the_profile_decides_the_packs(recommend: Recommend) -> None:
    data = json.loads(recommend(TRIAGE, "--profile", "article", "--format", "json").out)
    assert (data["profile"], data["rulebook"]["packs"]) == ("article", ["article"])


def test_the_memo_names_the_command_that_makes_it_again(recommend: Recommend, tmp_path: Path) -> None:
    (tmp_path / "a b.yaml").write_bytes(TRIAGE.read_bytes())
    first = recommend("a b.yaml", "--set", "monthly_calls=60k", "--as-of", "2026-11-25").out
    command = re.findall(r"^advisor recommend (.*)$", first, re.MULTILINE)[-1]
    assert command == "'a b.yaml' --set monthly_calls=60k --profile full --as-of 2026-11-25"
    assert recommend("a b.yaml", *command.split("' ")[1].split()).out == first


def test_no_absolute_path_gets_into_a_memo(recommend: Recommend, tmp_path: Path) -> None:
    run = recommend(TRIAGE, "--rules", ROOT / "rules")
    assert str(ROOT) not in run.out
    assert "advisor recommend ticket-triage.yaml --rules rules --profile full" in run.out
    assert again("/a/b.yaml", (), Path("c/d"), "full", DAY).split()[2:5] == ["b.yaml", "--rules", "c/d"]


def test_a_memo_in_a_file_has_its_picture_beside_it(recommend: Recommend, tmp_path: Path) -> None:
    run = recommend(TRIAGE, "-o", "my memo.md")
    assert (run.code, run.out) == (0, "")
    assert run.err == "written: my memo.md, my memo-cost.svg\n"
    assert "(my%20memo-cost.svg)" in (tmp_path / "my memo.md").read_text()
    assert (tmp_path / "my memo-cost.svg").read_text().startswith("<svg ")


def test_json_in_a_file_has_no_picture(recommend: Recommend, tmp_path: Path) -> None:
    run = recommend(TRIAGE, "--format", "json", "-o", "result.json")
    assert (run.code, run.out) == (0, "")
    assert json.loads((tmp_path / "result.json").read_text())["project"] == "Ticket triage"
    assert files_in(tmp_path) == ["result.json"]


def test_a_dash_is_standard_output(recommend: Recommend, tmp_path: Path) -> None:
    assert recommend(TRIAGE, "-o", "-").out.startswith("---\n")
    assert files_in(tmp_path) == []


def test_what_is_no_file_gets_the_memo_without_a_picture(advisor: Advisor, tmp_path: Path) -> None:
    run = advisor("recommend", str(TRIAGE), "-o", "/dev/stdout", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "written: /dev/stdout\n")
    assert "\n# Fine-tune a model for Ticket triage" in run.stdout
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("answers.yaml", "answers.yaml"),
        ("answers.yaml", "./folder/../answers.yaml"),
        ("answers.yaml", "link.yaml"),
        ("answers.yaml", "hard.yaml"),
        ("memo-cost.svg", "memo.md"),
    ],
)
def test_the_answers_are_never_written_over(recommend: Recommend, tmp_path: Path, source: str, output: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / source).write_bytes(TRIAGE.read_bytes())
    if source == "answers.yaml":
        (tmp_path / "link.yaml").symlink_to("answers.yaml")
        (tmp_path / "hard.yaml").hardlink_to(tmp_path / source)
    run = recommend(source, "-o", output)
    assert (run.code, run.out) == (2, "")
    assert run.err == f"{Path(output)} would overwrite the answers; name another file with `-o`\n"
    assert (tmp_path / source).read_bytes() == TRIAGE.read_bytes()


@pytest.mark.parametrize("output", ["missing/memo.md", "folder"])
def test_a_memo_that_cannot_be_written_leaves_nothing(recommend: Recommend, tmp_path: Path, output: str) -> None:
    (tmp_path / "folder").mkdir()
    run = recommend(TRIAGE, "-o", output)
    assert (run.code, run.out) == (2, "")
    assert output in run.err
    assert files_in(tmp_path) == ["folder"]


def test_an_old_memo_stays_whole_when_the_answers_are_wrong(recommend: Recommend, tmp_path: Path) -> None:
    (tmp_path / "memo.md").write_text("old")
    (tmp_path / "answers.yaml").write_text("facts: {monthly_calls: many}\n")
    assert recommend("answers.yaml", "-o", "memo.md").code == 2
    assert (tmp_path / "memo.md").read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.yaml"], "there is no file missing.yaml"),
        ([], "Missing argument"),
        ([TRIAGE, "--set", "monthly_calls"], "--set monthly_calls: there is no"),
        ([TRIAGE, "--set", "montly_calls=1"], "did you mean `monthly_calls`?"),
        ([TRIAGE, "--set", "crossover_calls=1"], "computed, not answered"),
        ([TRIAGE, "--format", "yaml"], "'yaml' is not one of"),
        ([TRIAGE, "--as-of", "yesterday"], "`yesterday` is no date"),
        ([TRIAGE, "--profile", "none"], "--profile"),
        ([TRIAGE, "--rules", "nowhere"], "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(recommend: Recommend, arguments: list[object], said: str) -> None:
    run = recommend(*arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert len(run.err.splitlines()) == 1


def test_all_problems_of_a_file_are_said_at_once(recommend: Recommend) -> None:
    run = recommend("-", stdin=b"facts: {monthly_calls: many, task_stability: sable}\nextra: 1\n")
    assert (run.code, run.out) == (2, "")
    assert [line.split(": ")[0] for line in run.err.splitlines()] == [
        "standard input:1:24",
        "standard input:1:46",
        "standard input:2:1",
    ]


def test_answers_that_do_not_fit_together_are_a_warning(recommend: Recommend) -> None:
    run = recommend("-", stdin=b"facts: {prompt_maturity: none, prompting_quality: 91%}\n")
    assert run.code == 0
    assert run.err == (
        "warning: prompt_maturity none and prompting_quality 91% do not fit together: "
        "There is nothing to measure before a prompt exists.\n"
    )
    assert run.out.startswith("---\n")


@pytest.mark.parametrize("name", EXAMPLES[::3])
def test_a_change_named_in_the_memo_gives_what_it_names(
    name: str, recommend: Recommend, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = (rulebook, None)  # once for all runs
    monkeypatch.setattr("advisor.cli.recommend.load_beside_article", lambda rules, profile: loaded)
    path = ROOT / "examples" / f"{name}.yaml"
    text = body(recommend(path).out)
    section = text.split("\n## What would change it\n", 1)[1].split("\n## ", 1)[0]
    changes = re.findall(r"^\| [^|]*\(`(\w+)`\) \| ([^|]*) \| [^|]* \| `(\w+)` \|$", section, re.MULTILINE)
    assert changes or "No single change of a known answer" in section
    for fact, value, option in changes:
        run = recommend(path, "--set", f"{fact}={value.split(' ')[0]}", "--format", "json")
        assert json.loads(run.out)["recommendation"]["option"] == option


def test_an_unknown_named_in_the_memo_gives_what_it_names(recommend: Recommend) -> None:
    ready = b"eval_examples: 200, task_stability: stable, training_data_quality: curated, ml_expertise: some"
    answers = b"facts: {prompt_maturity: optimised, " + ready + b"}"
    text = body(recommend("-", stdin=answers).out)
    quality = re.search(r"^- [^|]*\(`(prompting_quality)`\): `(\w+)` under (\d+)%", text, re.MULTILINE)
    assert quality is not None
    setting = f"{quality[1]}={int(quality[3]) - 1}%"
    data = json.loads(recommend("-", "--set", setting, "--format", "json", stdin=answers).out)
    assert data["recommendation"]["option"] == quality[2] == "fine_tune"


def test_a_wrong_model_and_route_are_told_with_their_places(advisor: Advisor, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("facts:\n  model: gpt-4.1-mimi\n  tuning_route: azure/gpt-4.1-mimi\n", encoding="utf-8")
    run = advisor("recommend", str(file))
    assert (run.returncode, run.stdout) == (2, "")
    model, route = run.stderr.splitlines()
    assert model == f"{file}:2:10: model: there is no price of a model `gpt-4.1-mimi`; did you mean `gpt-4.1-mini`?"
    assert route.startswith(f"{file}:3:17: tuning_route: `azure/gpt-4.1-mimi` is no route of the price book")
    assert advisor("recommend", str(file), "--profile", "article").returncode == 0


def test_shares_of_more_than_all_tokens_are_told_with_their_place(advisor: Advisor, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("facts: {cached_share: 80%, cache_write_share: 30%}\n", encoding="utf-8")
    run = advisor("recommend", str(file))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"{file}:1:")
    assert "110% of the input tokens together" in run.stderr
