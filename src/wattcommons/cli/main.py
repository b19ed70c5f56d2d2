"""`watt`: every command, registered by the file of its group.

A group's file offers `register(app)`, which adds its commands; it prints through `cli.console` and lets every
WattError pass: `cli.failures` makes one line and an exit code of it. Loading a group may take a second and tens of
megabytes, so that a command loads its own alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Final

import typer

from wattcommons import __version__
from wattcommons.cli.failures import OneLineGroup

GROUPS: Final = (
    "demo",
    "replay",
    "community",
    "devnet",
    "deploy",
    "check",
    "audit",
    "prove",
    "verify",
    "enrolment",
    "device",
    "certificate",
    "correct",
    "export",
    "oracle",
    "relay",
    "serve",
    "index",
)
"""First words of commands, each a file beside this one, in the order of the help."""


def build(groups: Iterable[str] = GROUPS) -> typer.Typer:
    """The program with the commands of some groups."""
    app = typer.Typer(
        name="watt",
        cls=OneLineGroup,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # a defect's traceback shows no local variables: one may be a key
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    )
    app.callback()(watt)
    for group in groups:
        import_module(f"wattcommons.cli.{group}").register(app)
    app.command("version")(version)
    return app


def needed(words: list[str]) -> Iterable[str]:
    """The groups that a command line needs: its own, or all where its first word is no group's."""
    return [words[0]] if words and words[0] in GROUPS else GROUPS


def watt() -> None:
    """The electricity market and certificate registry of an energy community."""


def version() -> None:
    """Show the version."""
    typer.echo(f"watt {__version__}")
