"""`watt`: every command, registered by the file of its group.

A group's file offers `register(app)`, which adds its commands; it prints through `cli.console` and lets every
WattError pass: `cli.failures` makes one line and an exit code of it.
"""

from __future__ import annotations

import typer

from wattcommons import __version__
from wattcommons.cli import audit, check, community, demo, deploy, devnet, replay
from wattcommons.cli.failures import OneLineGroup

app = typer.Typer(
    name="watt",
    cls=OneLineGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a defect's traceback shows no local variables: one may be a key
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


@app.callback()
def watt() -> None:
    """The electricity market and certificate registry of an energy community."""


for group in (demo, replay, community, devnet, deploy, check, audit):
    group.register(app)


@app.command()
def version() -> None:
    """Show the version."""
    typer.echo(f"watt {__version__}")
