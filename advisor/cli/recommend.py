"""`advisor recommend`: the memo from an answers file."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.completion import complete_setting
from advisor.cli.options import as_of_option, load, rules_options
from advisor.errors import BadInput

if TYPE_CHECKING:
    from advisor.answers import Answers
    from advisor.memo.result import Memo
    from advisor.rulebook.model import Rulebook

ARTICLE = "article"  # the profile and its pack
STANDARD = "-"  # standard input for the answers, standard output for the memo


@click.command(epilog="\b\nExample: advisor recommend examples/ticket-triage.yaml --set monthly_calls=60k -o memo.md")
@click.argument("source", metavar="ANSWERS")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ID=VALUE",
    shell_complete=complete_setting,
    help="Replace a fact or an assumption.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help="A memo to read, or JSON for scripts.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file; a memo's picture goes beside it.",
)
@rules_options
@as_of_option
def command(
    source: str,
    settings: tuple[str, ...],
    form: str,
    output: Path | None,
    rules: Path | None,
    profile: str,
    as_of: date | None,
) -> None:
    """Write the memo from an answers file (YAML or JSON; `-` reads standard input).

    The memo names one option and says why, what it costs, what would change it and what to do next.
    """
    from advisor.answers import apply_settings, read_answers
    from advisor.memo.as_json import memo_json
    from advisor.memo.rendering import decide_memo, markdown

    to_file = output if output is not None and str(output) != STANDARD else None
    if to_file is not None:
        _check_clash(source, to_file, form)
    rulebook, article = load_beside_article(rules, profile)
    answers = apply_settings(read_answers(source, rulebook), settings, rulebook)
    _warn(rulebook, answers)
    day = as_of or date.today()
    words = again(source, settings, rules, profile, day)
    memo = decide_memo(rulebook, answers, as_of=day, command=words, article=article)
    if to_file is not None:
        _write(to_file, memo, form)
    else:
        text = markdown(memo) if form == "md" else memo_json(memo)
        click.echo(text.encode(), nl=False)  # bytes: whatever the encoding of the terminal


def load_beside_article(rules: Path | None, profile: str) -> tuple[Rulebook, Rulebook | None]:
    """Load the rulebook, and beside it that of the article's profile where the rules have its pack. Raises BadInput."""
    from advisor.rulebook.loading import load_rulebooks

    if profile == ARTICLE:
        return load(rules, profile), None
    try:
        rulebook, article = load_rulebooks(rules, profile, ARTICLE)
    except BadInput:  # what only the article's profile cannot load keeps no memo back
        return load(rules, profile), None
    return rulebook, article if ARTICLE in article.packs else None


def again(source: str, settings: tuple[str, ...], rules: Path | None, profile: str, as_of: date) -> str:
    """Return the command that makes the same memo again; of absolute paths it has the last part alone."""
    words = ["advisor", "recommend", _relative(source)]
    for setting in settings:
        words += ["--set", setting]
    if rules is not None:
        words += ["--rules", _relative(str(rules))]
    return shlex.join([*words, "--profile", profile, "--as-of", as_of.isoformat()])


def _relative(path: str) -> str:
    return Path(path).name or path if Path(path).is_absolute() else path


def _check_clash(source: str, output: Path, form: str) -> None:
    """Refuse to write over the answers. Raises BadInput."""
    from advisor.memo.rendering import picture_beside

    written = [output, picture_beside(output)] if form == "md" else [output]
    if source != STANDARD and any(_is_same(Path(source), path) for path in written):
        raise BadInput.one(f"{output} would overwrite the answers", "name another file with `-o`")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except OSError:
        return False


def _warn(rulebook: Rulebook, answers: Answers) -> None:
    """Say which answers do not fit together."""
    from advisor.world import broken_constraints

    for constraint in broken_constraints(rulebook, answers):
        facts = " and ".join(f"{name} {_written(answers, name)}" for name in constraint.never)
        why = f": {' '.join(constraint.because.split())}" if constraint.because else ""
        click.echo(f"warning: {facts} do not fit together{why}", err=True)


def _written(answers: Answers, name: str) -> str:
    value = answers.written.get(name, answers.facts[name])
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _write(output: Path, memo: Memo, form: str) -> None:
    from advisor.files import write_atomically
    from advisor.memo.as_json import memo_json
    from advisor.memo.rendering import write_memo

    if form == "md":
        files = write_memo(output, memo)
    else:
        write_atomically(output, memo_json(memo))
        files = (output,)
    click.echo(f"written: {', '.join(str(path) for path in files)}", err=True)
