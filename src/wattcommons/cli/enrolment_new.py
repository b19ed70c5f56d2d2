"""`watt enrolment new`: from a gateway's code to terms that can be signed."""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from wattcommons.chain.enrolment import Enrolment
from wattcommons.chain.enrolment_code import EnrolmentCode, parse_code
from wattcommons.chain.enrolment_file import as_dict, save_enrolment
from wattcommons.chain.enrolment_reads import closing_of_gate, new_enrolment, new_rotation
from wattcommons.chain.enrolment_terms import MAX_POWER_W, Basis, EnrolmentTerms, Source
from wattcommons.cli.console import Screen
from wattcommons.cli.enrolment_view import show_next, show_terms
from wattcommons.cli.moments import moment_of
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.intervals import IntervalLength, interval_starting
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError, SettingsError

_HASH: Final = re.compile(r"0x([0-9a-fA-F]{64})", re.ASCII)
_COMMITMENT_OCTETS: Final = 32

Value = TypeVar("Value")


class BasisWord(StrEnum):
    """How the metering point is measured."""

    NET = "net"
    GROSS = "gross"


class SourceWord(StrEnum):
    """What stands behind the key's signatures."""

    GATEWAY = "gateway"
    OPERATOR_FILE = "operator_file"
    DECLARED = "declared"


_Until = typer.Option(help="Signatures are void after it; else once the gate closes.", metavar="MOMENT")
_Commitment = typer.Option(help="Salted hash of the point's record; else 32 random bytes.", metavar="HASH")


def new(
    code: Annotated[str, typer.Argument(help="What the gateway shows, in quotes.", metavar="CODE")],
    from_: Annotated[str, typer.Option("--from", help="First interval's start, in UTC.", metavar="MOMENT")],
    member: Annotated[int | None, typer.Option(min=1, max=MAX_INDEX, help="Whose metering point it is.")] = None,
    import_w: Annotated[
        int | None, typer.Option(min=0, max=MAX_POWER_W, help="Highest power drawn.", metavar="W")
    ] = None,
    export_w: Annotated[
        int | None, typer.Option(min=0, max=MAX_POWER_W, help="Highest power fed in or produced.", metavar="W")
    ] = None,
    basis: Annotated[BasisWord | None, typer.Option(help="At the grid point, or all made and used.")] = None,
    source: Annotated[SourceWord, typer.Option(help="Where its readings come from.")] = SourceWord.GATEWAY,
    until: Annotated[str | None, _Until] = None,
    commitment: Annotated[str | None, _Commitment] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; never overwrites.", metavar="FILE")] = None,
    deployment: Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Write the terms of an enrolment, or of a new key for a participant, to be signed.

    The code of a new key (`watt oracle code --participant N`) needs --from alone.
    """
    try:
        found = parse_code(code)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="CODE") from None
    contracts = contracts_of(deployment, rpc, load_settings())
    first = _interval(from_, contracts.deployment.terms.length)
    deadline = closing_of_gate(contracts, first) if until is None else int(moment_of("--until", until).timestamp())
    if found.participant is None:
        terms = EnrolmentTerms(
            _needed("--member", member),
            Basis[_needed("--basis", basis).name],
            Source[source.name],
            _needed("--import-w", import_w),
            _needed("--export-w", export_w),
            found.gateway,
            first,
            secrets.token_bytes(_COMMITMENT_OCTETS) if commitment is None else _hash_of(commitment),
            deadline,
        )
        made = new_enrolment(contracts, found, terms)
    else:
        options = ("--member", "--import-w", "--export-w", "--basis", "--commitment")
        given = zip(options, (member, import_w, export_w, basis, commitment), strict=True)
        _require_none(found, [option for option, value in given if value is not None])
        made = new_rotation(contracts, found, Source[source.name], first, deadline)
    path = out or _usual_name(made)
    save_enrolment(made, path, new=True)
    screen = Screen()
    if as_json:
        screen.json({"file": str(path), **as_dict(made)})
        return
    screen.mark(True, f"{path} is written", indent=0)
    show_terms(screen, made, contracts.deployment.terms.name)
    show_next(screen, made, path)


def _needed(option: str, value: Value | None) -> Value:
    if value is None:
        raise SettingsError("is needed to enrol a metering point", "say what holds for it", setting=option)
    return value


def _require_none(code: EnrolmentCode, options: list[str]) -> None:
    if options:
        raise SettingsError(
            f"has no place beside the code of a new key for participant {code.participant}",
            "whatever else holds for the participant stays as it is",
            setting=options[0],
        )


def _interval(text: str, length: IntervalLength) -> int:
    try:
        return interval_starting(moment_of("--from", text), length)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--from") from None


def _hash_of(text: str) -> bytes:
    found = _HASH.fullmatch(text)
    if found is None:
        raise SettingsError("is no hash", "write 0x and 64 hexadecimal digits", setting="--commitment")
    return bytes.fromhex(found[1])


def _usual_name(made: Enrolment) -> Path:
    whose = made.member if made.code.participant is None else made.code.participant
    return Path(f"{made.kind.value}-{whose}-{made.code.gateway[2:10].lower()}.json")
