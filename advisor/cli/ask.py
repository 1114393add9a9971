"""`advisor ask`: the guided questionnaire, then the memo."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from advisor.cli import INTERRUPTED
from advisor.cli.completion import complete_setting
from advisor.cli.options import as_of_option, rules_options
from advisor.cli.recommend import again, load_beside_article
from advisor.errors import BadInput

if TYPE_CHECKING:
    from advisor.answers import Answers
    from advisor.interview.questions import Prompter
    from advisor.rulebook.model import Rulebook

ANSWERS: Final = Path("answers.yaml")


@click.command(epilog="\b\nExample: advisor ask --answers ticket-triage.yaml -o memo.md")
@click.option(
    "--answers",
    "path",
    type=click.Path(path_type=Path),
    default=ANSWERS,
    show_default=True,
    metavar="FILE",
    help="Where each answer is saved (YAML or JSON); what is answered there is not asked again.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="MEMO", help="Write the memo to a file too.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ID=VALUE",
    shell_complete=complete_setting,
    help="Answer a fact or set an assumption.",
)
@click.option(
    "--plain",
    is_flag=True,
    envvar="ADVISOR_PLAIN",
    help="Plain lines and numbered choices; also with ADVISOR_PLAIN=1 or TERM=dumb.",
)
@rules_options
@as_of_option
def command(
    path: Path,
    output: Path | None,
    settings: tuple[str, ...],
    plain: bool,
    rules: Path | None,
    profile: str,
    as_of: date | None,
) -> None:
    """Ask about your feature, one question at a time, and write the memo.

    Questions that can change nothing are left out. At each one `?` says why it is asked and Shift+Tab goes back (in
    plain lines: the word `back`). Ctrl-C stops; the same command goes on from there.
    """
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stdout)):
        raise BadInput.one(
            "`ask` needs a terminal",
            "without one, `advisor template > answers.yaml` writes the questions into a file, and `advisor recommend "
            "answers.yaml -o MEMO` the memo, with `--set ID=VALUE` for single answers",
        )
    command_again = _again(path, output, plain, rules, profile, as_of)
    day = as_of or date.today()
    rulebook, article = load_beside_article(rules, profile)
    try:
        answers = _hold(rulebook, path, output, settings, _prompter(plain), day)
        command = again(str(path), (), rules, profile, day)
        memo, written = _decide(rulebook, answers, output, command, day, article)
    except (KeyboardInterrupt, EOFError):
        from advisor.interview.phrases import phrase

        said = phrase("interrupted", file=path) if path.exists() else phrase("interrupted_empty")
        click.echo(f"\n{said}:\n  {command_again}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    _show(memo, path, written)


def _hold(
    rulebook: Rulebook, path: Path, output: Path | None, settings: tuple[str, ...], prompter: Prompter, day: date
) -> Answers:
    """Hold the interview and return the answers, which are in the file by then."""
    from advisor.answers import apply_settings
    from advisor.answers_writing import AnswersFile, check_writable
    from advisor.interview.core import Interview
    from advisor.memo.rendering import picture_beside
    from advisor.rulebook.model import RECOMMENDATION

    if RECOMMENDATION not in rulebook.tables:
        raise BadInput.one(
            f"the rules have no table `{RECOMMENDATION}`", "there is nothing that a memo could recommend"
        )
    if str(path) == "-":
        raise BadInput.one("answers are saved as they are given", "name a file with `--answers`")
    file = AnswersFile(path, rulebook)
    if output is not None:
        if path.resolve() in (output.resolve(), picture_beside(output).resolve()):
            raise BadInput.one(f"{output} would overwrite the answers", "name another file with `-o`")
        check_writable(output)
    answers = apply_settings(file.answers, settings, rulebook)
    named = file.is_named
    interview = Interview(rulebook, prompter, answers, save=file.save, file=str(path), as_of=day, named=named)
    if settings:
        file.save(answers, named=named)
    return interview.run()


def _decide(
    rulebook: Rulebook, answers: Answers, output: Path | None, command: str, day: date, article: Rulebook | None
) -> tuple[str, tuple[Path, ...]]:
    """Return the memo in Markdown, and the files it was written to."""
    from advisor.memo.rendering import decide_memo, markdown, write_memo

    memo = decide_memo(rulebook, answers, as_of=day, command=command, article=article)
    return markdown(memo), write_memo(output, memo) if output else ()


def _prompter(plain: bool) -> Prompter:
    # A character that the terminal's encoding lacks becomes a question mark, not a failure.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    if plain or os.environ.get("TERM") == "dumb":
        from advisor.interview.plain_prompter import PlainPrompter

        return PlainPrompter()
    from advisor.interview.questionary_prompter import QuestionaryPrompter  # questionary: 0.4 s

    return QuestionaryPrompter()


def _again(path: Path, output: Path | None, plain: bool, rules: Path | None, profile: str, as_of: date | None) -> str:
    """Return the command that goes on with the same answers to the same memo."""
    return shlex.join(
        [
            *("advisor", "ask", "--answers", str(path)),
            *(("-o", str(output)) if output else ()),
            *(("--plain",) if plain else ()),
            *(("--rules", str(rules)) if rules else ()),
            *(("--profile", profile) if profile != "full" else ()),
            *(("--as-of", as_of.isoformat()) if as_of else ()),
        ]
    )


def _show(memo: str, path: Path, written: tuple[Path, ...]) -> None:
    """Print the memo, and below it, since it is longer than a screen, its title and the files there are now."""
    from advisor.interview.layout import folded, terminal_width
    from advisor.interview.phrases import phrase
    from advisor.interview.screen import on_screen

    width = terminal_width()
    click.echo("\n" + on_screen(memo, width), nl=False)
    title = next((line.removeprefix("# ") for line in memo.splitlines() if line.startswith("# ")), "")
    files = [phrase("saved", file=path), *(phrase("saved_memo", file=file) for file in written)]
    click.echo("\n" + folded("\n".join([title, *files]), width), err=True)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()
