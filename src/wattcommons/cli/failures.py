"""Turning what went wrong into one line on stderr and an exit code.

0    done
1    the chain, the book or this program failed
2    a mistake of whoever runs the program: the line says what to correct
3    `watt verify` alone: nothing is wrong, and something is not proved
130  Ctrl-C
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from wattcommons.cli.interruption import INTERRUPTED, INTERRUPTED_TEXT
from wattcommons.errors import RuleError, UserError, WattError

# Typer keeps its usage error to itself; the error it does offer is one.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class OneLineGroup(TyperGroup):
    """A group of commands whose failures are one line each, whoever calls it."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line. Standalone, it exits the program with a code of this module's table."""

        def run() -> Any:
            return super(OneLineGroup, self).main(args, prog_name, standalone_mode=False, **extra)

        if not standalone_mode:
            return run()
        sys.exit(exit_code_of(run))


def exit_code_of(run: Callable[[], Any]) -> int:
    """Run it; what it raises on purpose becomes a line on stderr. A defect keeps its traceback."""
    try:
        result = run()
    except WattError as error:
        _say(error)
        # A broken rule that no layer above explained was broken by a value that was typed in.
        return UserError.exit_code if isinstance(error, RuleError) else error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say(INTERRUPTED_TEXT)
        return INTERRUPTED
    except OSError as error:
        if error.filename is None:
            raise
        _say(f"{error.filename}: {(error.strerror or type(error).__name__).lower()}")
        return UserError.exit_code
    except _UsageError as error:
        return _usage(error)
    if result == INTERRUPTED:
        _say(INTERRUPTED_TEXT)
    return result if isinstance(result, int) else 0


def _usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return 0  # the error itself has printed the help
    command = f"{context.command_path}: " if context is not None else ""
    hint = f" (see `{context.command_path} --help`)" if context is not None else ""
    text = str(error.format_message()).rstrip(".")
    _say(f"{command}{text[:1].lower()}{text[1:]}{hint}")
    return int(error.exit_code)


def _say(what: object) -> None:
    typer.echo(f"watt: {' '.join(str(what).split())}", err=True)
