"""`watt verify`: check a proof file, off line, against what the reader trusts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from wattcommons.chain.deployment import load_deployment
from wattcommons.cli.console import Screen
from wattcommons.errors import InputError, SettingsError
from wattcommons.services.prover.community import community_of
from wattcommons.verifier.anchors import Anchor, load_checkpoint
from wattcommons.verifier.canonical import MAX_BYTES
from wattcommons.verifier.report import BEYOND, Line, Report, Standing
from wattcommons.verifier.verify import verify

_Read = TypeVar("_Read")

NOT_PROVED: Final = 3
"""Exit code when nothing is wrong and something is not proved."""

_MARKS: Final = {Standing.PROVED: ("✓", "green"), Standing.BROKEN: ("✗", "red"), Standing.OPEN: ("?", "yellow")}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify_file)


def verify_file(
    file: Annotated[Path, typer.Argument(help="The proof file.", metavar="FILE")],
    checkpoint: Annotated[
        Path | None, typer.Option(help="The community's published checkpoint.", metavar="FILE")
    ] = None,
    block_hash: Annotated[
        list[str] | None, typer.Option(help="Hash of a block you trust; may be repeated.", metavar="0x…")
    ] = None,
    deployment: Annotated[
        Path | None, typer.Option(help="Names the community's contracts, where no checkpoint does.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Check a proof file without a node: 0 all proved, 1 broken, 3 nothing wrong but something not proved."""
    anchor = Anchor(
        checkpoint=None if checkpoint is None else _named(checkpoint, load_checkpoint),
        hashes=frozenset(_hash(text) for text in block_hash or ()),
        community=None if deployment is None else community_of(load_deployment(deployment)),
    )
    report = _named(file, lambda data: verify(data, anchor))
    if as_json:
        Screen().json(report.as_dict())
    else:
        _show(Screen(), report)
    if not report.proved:
        raise typer.Exit(1 if report.broken else NOT_PROVED)


def _show(screen: Screen, report: Report) -> None:
    screen.line(f"Certificate {report.certificate}", "bold")
    for line in report.lines:
        mark, colour = _MARKS[line.standing]
        screen.line(f"{mark} {_sentence(line)}", colour if line.standing is not Standing.PROVED else "")
    screen.line()
    screen.line(_verdict(report), "bold")
    screen.line("No proof file shows:")
    for text in BEYOND:
        screen.item(text)


def _sentence(line: Line) -> str:
    if line.standing is Standing.BROKEN:
        return f"broken ({line.about}): {line.text}: {line.reason}"
    return line.text if line.standing is Standing.PROVED else f"not proved: {line.text}: {line.reason}"


def _verdict(report: Report) -> str:
    if report.broken:
        return "BROKEN: this file proves nothing."
    return "All proved." if report.proved else "Nothing is wrong, and what is marked ? is not proved."


def _named(path: Path, read: Callable[[bytes], _Read]) -> _Read:
    """Reads a file; what is wrong in it is told with its name."""
    with path.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    try:
        return read(data)
    except InputError as error:
        raise InputError(error.reason, error.hint, file=path) from error


def _hash(text: str) -> bytes:
    digits = text.removeprefix("0x")
    if len(digits) != 64 or not all(one in "0123456789abcdefABCDEF" for one in digits):
        raise SettingsError("is not 0x and 64 hexadecimal digits", "copy the whole hash", setting="--block-hash")
    return bytes.fromhex(digits)
