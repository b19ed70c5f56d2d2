"""`watt audit`: re-derive a community's book, or one certificate, without trusting its operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wattcommons.cli.audit_view import show_book, show_certificate
from wattcommons.cli.console import Screen
from wattcommons.cli.moments import moment_of
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.intervals import IntervalLength, interval_at
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError, SettingsError
from wattcommons.services.audit.book import book
from wattcommons.services.audit.provenance import certificate

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Re-derive the book without trusting its operator.", no_args_is_help=True)
    group.command("book")(audit_book)
    group.command("certificate")(audit_certificate)
    app.add_typer(group, name="audit")


def audit_book(
    from_: Annotated[str | None, typer.Option("--from", help="First day, or a moment in UTC.", metavar="DATE")] = None,
    to: Annotated[str | None, typer.Option(help="Day or moment after the last.", metavar="DATE")] = None,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    as_json: _Json = False,
) -> None:
    """Re-derive every reading, price, payment and certificate of a period; exit code 1 when one does not follow."""
    contracts = contracts_of(deployment, rpc, load_settings())
    length = contracts.deployment.terms.length
    first = _interval("--from", from_, length, 0)
    end = _interval("--to", to, length, MAX_INDEX)
    if end <= first:
        raise SettingsError("is not after --from", "give a later day", setting="--to")
    screen = Screen()
    with screen.progress("reading the chain's records") as step:
        report = book(contracts, first, end, progress=step)
    if as_json:
        screen.json(report.as_dict())
    else:
        show_book(screen, report)
    if not report.ok:
        raise typer.Exit(1)


def audit_certificate(
    number: Annotated[int, typer.Argument(help="The certificate's number.", metavar="ID", min=1)],
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    as_json: _Json = False,
) -> None:
    """Trace one certificate back to the meter's signature and on to every use."""
    contracts = contracts_of(deployment, rpc, load_settings())
    found = certificate(contracts, number)
    screen = Screen()
    if as_json:
        screen.json(found.as_dict())
    else:
        show_certificate(screen, found)
    if not found.ok:
        raise typer.Exit(1)


def _interval(option: str, text: str | None, length: IntervalLength, default: int) -> int:
    if text is None:
        return default
    try:
        return interval_at(int(moment_of(option, text).timestamp()), length)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting=option) from None
