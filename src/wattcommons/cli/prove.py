"""`watt prove`: make a certificate's proof file, or the checkpoint that anchors such files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.proof_reads import ProofReads
from wattcommons.cli.console import Screen
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.errors import InputError
from wattcommons.services.prover.community import community_of
from wattcommons.services.prover.make import prove
from wattcommons.services.prover.path import DEFAULT_EPOCH, checkpoint_at
from wattcommons.verifier.anchors import dump_checkpoint, load_checkpoint

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Make proof files that anyone can check off line.", no_args_is_help=True)
    group.command("certificate")(prove_certificate)
    group.command("checkpoint")(prove_checkpoint)
    app.add_typer(group, name="prove")


def prove_certificate(
    number: Annotated[int, typer.Argument(help="The certificate's number.", metavar="ID", min=1)],
    out: _Out,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    block: Annotated[int | None, typer.Option(help="As of this block, not the newest.", min=0)] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="The checkpoint that readers will use.", metavar="FILE")
    ] = None,
    without_history: Annotated[
        bool, typer.Option("--without-history", help="No receipts of transfers and uses: a smaller file.")
    ] = False,
) -> None:
    """Write everything that a stranger needs to check a certificate without us and without a node."""
    contracts = contracts_of(deployment, rpc, load_settings())
    pinned = None if checkpoint is None else load_checkpoint(_bytes_of(checkpoint))
    made = prove(contracts, number, block=block, checkpoint=pinned, history=not without_history)
    _write(out, made.data)
    screen = Screen()
    screen.line(
        f"{out}: {len(made.data):,} bytes, certificate {number} as of block {made.report.facts['block']:,}.", "bold"
    )
    screen.line("Check it, here or anywhere:")
    screen.command(f"verify {out}")


def prove_checkpoint(
    out: _Out,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    epoch: Annotated[int, typer.Option(help="Blocks of an epoch, as in the genesis file.", min=1)] = DEFAULT_EPOCH,
) -> None:
    """Write the network's validators at the last epoch, for publication: proof files are checked against it."""
    contracts = contracts_of(deployment, rpc, load_settings())
    found = checkpoint_at(ProofReads(contracts), community_of(contracts.deployment), epoch)
    _write(out, dump_checkpoint(found))
    Screen().line(f"{out}: block {found.number:,} and its {len(found.validators)} validators.", "bold")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or type(error).__name__})", file=path) from error


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
