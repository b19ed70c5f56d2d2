"""`watt audit`: re-derive a community's book, or one certificate, without trusting its operator."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.cli.audit_index import audit_index
from wattcommons.cli.audit_view import show_book, show_certificate
from wattcommons.cli.console import Screen
from wattcommons.cli.moments import moment_of
from wattcommons.cli.reconcile import audit_reconcile
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.intervals import IntervalLength, interval_at
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import InputError, RuleError, SettingsError
from wattcommons.services.audit.book import Drawn, book
from wattcommons.services.audit.html_report import html_report
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.audit.sampling import Sample

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Re-derive the book without trusting its operator.", no_args_is_help=True)
    group.command("book")(audit_book)
    group.command("certificate")(audit_certificate)
    group.command("index")(audit_index)
    group.command("reconcile")(audit_reconcile)
    app.add_typer(group, name="audit")


def audit_book(
    from_: Annotated[str | None, typer.Option("--from", help="First day, or a moment in UTC.", metavar="DATE")] = None,
    to: Annotated[str | None, typer.Option(help="Day or moment after the last.", metavar="DATE")] = None,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    as_json: _Json = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a report with plots: one file, no other needed.", metavar="FILE")
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Processes at work; default one a core.", min=1)] = None,
    sample: Annotated[
        int | None, typer.Option(help="Check so many signatures, drawn evenly; all else is complete.", min=1)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Draws the same sample again; default a new one.", min=0)] = None,
) -> None:
    """Re-derive every reading, price, payment and certificate of a period; exit code 1 when one does not follow."""
    contracts = contracts_of(deployment, rpc, load_settings())
    length = contracts.deployment.terms.length
    first = _interval("--from", from_, length, 0)
    end = _interval("--to", to, length, MAX_INDEX)
    if end <= first:
        raise SettingsError("is not after --from", "give a later day", setting="--to")
    if seed is not None and sample is None:
        raise SettingsError("is given without --sample", "say how many signatures to draw", setting="--seed")
    if html is not None and not html.absolute().parent.is_dir():
        raise InputError("cannot be written: its folder is not there", "name a file in a folder", file=html)
    drawn: Drawn | None = None
    if sample is not None:
        drawn = Sample(sample, secrets.randbits(32) if seed is None else seed)
    screen = Screen()
    with screen.progress("reading the chain's records") as step:
        report = book(
            contracts,
            first,
            end,
            progress=step,
            on_stage=lambda text: step(0, label=text),
            processes=processes or len(os.sched_getaffinity(0)),
            sample=drawn,
        )
    if html is not None:
        _write(html, html_report(report))
    if as_json:
        screen.json(report.as_dict())
    else:
        show_book(screen, report)
        if html is not None:
            screen.line(f"Written: {html}")
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


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or type(error).__name__})", "name a file in a folder", file=path
        ) from error
