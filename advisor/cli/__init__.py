"""The command `advisor`: a group that imports a command's module only when that command runs."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Final

import click

from advisor.errors import AdvisorError, suggestion

INTERRUPTED: Final = 130
COMMANDS: Final = {
    "ask": "Answer the guided questionnaire, then read the memo.",
    "recommend": "Write the memo from an answers file.",
    "audit": "Prove the rules: no gap, no conflict, no dead row, all sourced.",
    "backtest": "Score published case studies by the rules.",
    "explain": "Say what a fact, table, row, option, source item or check is.",
    "prices": "List what models and tuning cost, with date and source.",
    "template": "Print an empty answers file with every question in it.",
    "rules": "Print the rules as a document or as DMN.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and one line; the rest is imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"advisor.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = suggestion(args[0], COMMANDS)
            ctx.fail(f"there is no command `{args[0]}`; {near or 'the commands are ' + ', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    no_args_is_help=False,  # a missing command is one line, like every other misuse
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExample: advisor recommend examples/ticket-triage.yaml",
)
@click.version_option(package_name="llm-tuning-advisor", prog_name="advisor", message="%(prog)s %(version)s")
def group() -> None:
    """Keep prompting, fine-tune, or go hybrid? Answer questions, read a memo that says why."""


def main() -> None:
    """Run the command line; every expected failure ends in one line a problem and an exit code, never a traceback."""
    gc.set_threshold(100_000)  # a command is short and frees by count of references; the sweeps cost 0.03 s
    try:
        sys.exit(group.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.UsageError as error:
        tail = f"; see `{error.ctx.command_path} --help`" if error.ctx else ""
        _fail(f"{error.format_message().rstrip('.')}{tail}", 2)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted", INTERRUPTED)
    except AdvisorError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone: nothing is left to flush
        sys.exit(0)


def _fail(text: str, exit_code: int) -> None:
    click.echo(text, err=True)
    sys.exit(exit_code)
