"""`watt oracle init | code | rotate`: a gateway's folder, its key, and the code that enrols it."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.keystore import create_keystore
from wattcommons.cli.console import Screen
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, accounts_of, config_of
from wattcommons.cli.qr import show_qr
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT
from wattcommons.domain.formatting import Language
from wattcommons.errors import SettingsError

_MOST_KEYS: Final = 99


def init(
    folder: Annotated[Path, typer.Argument(help="Where to make it, like /etc/watt-oracle.", metavar="FOLDER")],
    deployment: Annotated[Path | None, typer.Option(help="The community's deployment file.", metavar="FILE")] = None,
    lang: Annotated[Language | None, typer.Option(help="Language of its comments and of `check`.")] = None,
) -> None:
    """Make a gateway's folder: settings with comments, a key of its own, and the code that enrols it."""
    settings = load_settings()
    language = lang or settings.lang
    known = deployment or settings.deployment or DEFAULT_DEPLOYMENT
    community = load_deployment(known)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / DEFAULT_CONFIG.name
    template = files("wattcommons.cli").joinpath("texts", f"gateway.{language.value}.toml").read_text("utf-8")
    try:
        with config.open("x", encoding="utf-8") as output:
            output.write(template)
    except FileExistsError:
        raise SettingsError(
            f"{config} is there already", "nothing was changed; `watt oracle code` shows its code"
        ) from None
    copy = folder / "deployment.json"
    if not copy.exists():
        shutil.copyfile(known, copy)
    create_keystore(folder / "gateway-1.key", folder / "gateway-1.password")
    screen = Screen()
    screen.line(f"{config} is written, with a key beside it. Change the settings, then check them:")
    screen.command(f"oracle check --config {config}")
    _show_code(screen, accounts_of(config_of(config)[0])[0], community, None)


def code(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    participant: Annotated[int | None, typer.Option(min=1, help="Where a new key replaces an old one: whose.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Show the code that enrols the newest key of this gateway."""
    settings, community = config_of(config)
    account = accounts_of(settings)[-1]
    screen = Screen()
    if as_json:
        screen.json({"address": account.address, "code": make_code(account, community, participant).text})
        return
    _show_code(screen, account, community, participant)


def rotate(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
) -> None:
    """Make a second key. The old one signs until the chain says otherwise, so no interval is lost."""
    settings, community = config_of(config)
    base = config.absolute().parent
    number = next((one for one in range(1, _MOST_KEYS) if not (base / f"gateway-{one}.key").exists()), None)
    if number is None:
        raise SettingsError(f"{base} holds {_MOST_KEYS} keys", "remove those that no reading needs any more")
    create_keystore(base / f"gateway-{number}.key", base / f"gateway-{number}.password")
    # A table of a list may stand at the end of the file, below everything else.
    with config.open("a", encoding="utf-8") as output:
        output.write(f'\n[[key]]\nkeystore = "gateway-{number}.key"\npassword_file = "gateway-{number}.password"\n')
    screen = Screen()
    screen.line(f"A new key is made and named in {config}. Start the gateway again, then enrol the key:")
    account = accounts_of(config_of(config)[0])[-1]
    for one in settings.participants:
        _show_code(screen, account, community, one.index)


def _show_code(screen: Screen, account: SigningAccount, community: Deployment, participant: int | None) -> None:
    text = make_code(account, community, participant).text
    screen.line()
    screen.facts([("address", str(account.address)), ("community", community.terms.name)])
    whose = "" if participant is None else f" as the new key of meter {participant}"
    screen.line(f"Enrol it{whose} with this code; the member and the metering operator sign it:")
    screen.line()
    show_qr(screen, text)
    screen.out.print(text, soft_wrap=True, highlight=False)
    screen.line()
    screen.command("enrolment new --help")
