"""`watt correct`: the metering operator puts settled readings right, one or a file of them; shown before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.correction_plan import Asked, Planned, Verdict, plan
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender, Sent
from wattcommons.cli.console import Screen
from wattcommons.cli.correct_file import interval_at, read_corrections
from wattcommons.cli.correct_view import CorrectView, as_dict
from wattcommons.cli.moments import moment_of
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of, own_key, role_key
from wattcommons.domain.corrections import reason_code
from wattcommons.domain.formatting import Language
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import MAX_INDEX, MAX_WH
from wattcommons.errors import InputError, RuleError, SettingsError

_GAS: Final = 4_000_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("correct")(correct)


def correct(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV: participant, interval_start_datetime, production_wh, consumption_wh; perhaps "
            "interval_end_datetime, reason.",
            metavar="[FILE]",
        ),
    ] = None,
    participant: Annotated[int | None, typer.Option(help="Whose reading.", metavar="N", min=1, max=MAX_INDEX)] = None,
    at: Annotated[str | None, typer.Option(help="Start of the interval, in UTC.", metavar="ISO")] = None,
    production_wh: Annotated[
        int | None, typer.Option(help="What was made, Wh.", metavar="WH", min=0, max=MAX_WH)
    ] = None,
    consumption_wh: Annotated[
        int | None, typer.Option(help="What was used, Wh.", metavar="WH", min=0, max=MAX_WH)
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why, in a few plain words; everybody can read it.", metavar="TEXT")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send what is shown; without it nothing is.")] = False,
    keystore: Annotated[
        Path | None, typer.Option(help="Encrypted key file of the metering operator.", metavar="FILE")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="File with the key file's password.", metavar="FILE")
    ] = None,
    devnet_key: Annotated[
        bool, typer.Option("--devnet-key", help="Use a key that everybody knows; development chains only.")
    ] = False,
    deployment: Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")] = None,
    lang: Annotated[Language | None, typer.Option(help="Language.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Correct settled readings as the metering operator: one, or a file of them.

    It is shown first what each changes: the reading, the money, the certificate. Only --send sends it, and nothing of a
    file where one correction cannot be made. What was corrected to the same values before is left out: give the same
    file again after an interruption.
    """
    settings = load_settings()
    single = (participant, at, production_wh, consumption_wh)
    contracts = contracts_of(deployment, rpc, settings)
    known = contracts.deployment
    wanted = _wanted(file, single, reason, known.terms.length)
    account = None
    if send:
        which = role_key(Role.METERING_OPERATOR)
        account = own_key(keystore, password_file, devnet_key=devnet_key, known=known, which=which)
    screen = Screen()
    view = CorrectView(screen, lang or settings.lang, known.terms.length)
    planned = plan(contracts, wanted)
    if not as_json:
        view.show(known.terms.name, planned)
    sent = _carried_out(contracts, planned, account)
    if as_json:
        screen.json(as_dict(planned, sent))
    ready = [one for one in planned if one.verdict is Verdict.READY]
    if any(one.verdict.stands_in_the_way for one in planned):
        raise InputError(*view.refusal(planned), file=file)
    if as_json:
        pass
    elif not ready:
        view.nothing_to_send()
    elif sent is None:
        view.dry(f"correct {file or '…'} --send --keystore KEY --password-file FILE")
    else:
        view.sent(ready, sent)
    if sent is not None and any(one.error is not None for one in sent):
        raise typer.Exit(1)


def _carried_out(contracts: Contracts, planned: list[Planned], account: SigningAccount | None) -> list[Sent] | None:
    """What was sent; None where nothing was to be, or one cannot be made."""
    if account is None or any(one.verdict.stands_in_the_way for one in planned):
        return None
    calls = [one.call(contracts) for one in planned if one.verdict is Verdict.READY]
    return Sender(contracts.web3, account, gas=_GAS).send_all(calls)


def _wanted(
    file: Path | None,
    single: tuple[int | None, str | None, int | None, int | None],
    reason: str | None,
    length: IntervalLength,
) -> list[Asked]:
    """From the file, or from the options."""
    code = None if reason is None else _reason(reason)
    if file is not None:
        if any(value is not None for value in single):
            raise SettingsError("is given beside a file", "give one of them", setting="--participant, --at or --…-wh")
        return read_corrections(file, length, code)
    names = ("--participant", "--at", "--production-wh", "--consumption-wh")
    for name, value in zip(names, single, strict=True):
        if value is None:
            raise SettingsError("is needed", "name one reading with all of its values, or a file", setting=name)
    participant, at, production, consumption = single
    if code is None:
        raise SettingsError("is needed", "say in a few plain words what was wrong", setting="--reason")
    try:
        interval = interval_at(int(moment_of("--at", str(at)).timestamp()), length)
    except RuleError as error:
        raise SettingsError(f"{at}: {error.message}", error.hint, setting="--at") from error
    return [Asked(int(participant or 0), interval, int(production or 0), int(consumption or 0), code)]


def _reason(text: str) -> bytes:
    try:
        return reason_code(text)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--reason") from error
