"""`watt serve`: the web app and the API of a community, with the index in the same process unless told otherwise."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.endpoint_pool import EndpointPool
from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.keystore import create_keystore, load_keystore
from wattcommons.chain.roles import Role
from wattcommons.cli.chain_wiring import contracts_over
from wattcommons.cli.console import Screen
from wattcommons.cli.logs import Level, LogLevel, configure_logs, forbid_core_dumps
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import DEFAULT_DEPLOYMENT, DEVNET_CHAIN, devnet_keys
from wattcommons.errors import SettingsError
from wattcommons.services.api.config import ServeConfig, read_serve_config
from wattcommons.services.api.context import Prover
from wattcommons.services.api.serve import ApiServer, SendingOn, Work
from wattcommons.services.api.settings import ApiSettings, DevnetKey
from wattcommons.services.gateway.config_sources import read_secret
from wattcommons.services.indexer.follow import Follower
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.prover.make import prove
from wattcommons.services.store.engine import Store, open_store

DEFAULT_CONFIG: Final = Path("serve.toml")
Config = Annotated[Path, typer.Option("--config", "-c", help="The settings.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Serve a community's web app and API.", invoke_without_command=True)
    group.callback()(serve)
    group.command("init")(init)
    app.add_typer(group, name="serve")


def serve(context: typer.Context, config: Config = DEFAULT_CONFIG, log_level: LogLevel = Level.INFO) -> None:
    """Serve the web app and the API, until stopped (Ctrl-C, SIGTERM)."""
    if context.invoked_subcommand is not None:
        return
    configure_logs(log_level)
    forbid_core_dumps()
    settings = read_serve_config(config)
    deployment = load_deployment(settings.deployment)
    store = open_store(_store_url(settings))
    try:
        store.migrate()
        contracts = pooled_contracts(settings.rpc, deployment, settings.timeout_s)
        account = _account(settings, deployment)
        server = ApiServer(
            _with_keys(settings, deployment),
            store,
            contracts,
            SendingOn(account, contracts_over(settings.rpc, deployment, settings.timeout_s)) if account else None,
            beside=[("index", index_work(settings, deployment, store))] if settings.index else (),
            prover=proofs_of(contracts),
        )
        screen = Screen()
        server.run(settings.host, settings.port, lambda _: screen.line(f"Serving at {settings.api.origins[0]}"))
    finally:
        store.close()


def init(
    folder: Annotated[Path, typer.Argument(help="Where to make it, like /etc/watt.", metavar="FOLDER")],
    deployment: Annotated[Path | None, typer.Option(help="The community's deployment file.", metavar="FILE")] = None,
) -> None:
    """Make a folder: settings with comments, and a key that sends on for members. It needs no role, no money."""
    known = deployment or load_settings().deployment or DEFAULT_DEPLOYMENT
    load_deployment(known)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / DEFAULT_CONFIG.name
    try:
        with config.open("x", encoding="utf-8") as output:
            output.write(files("wattcommons.cli").joinpath("texts", "serve.toml").read_text("utf-8"))
    except FileExistsError:
        raise SettingsError(f"{config} is there already", "nothing was changed") from None
    copy = folder / "deployment.json"
    if not copy.exists():
        shutil.copyfile(known, copy)
    address = create_keystore(folder / "serve.key", folder / "serve.password")
    screen = Screen()
    screen.line(f"{config} is written, with the key of account {address} beside it. Look through it, then:")
    screen.command(f"serve --config {config}")


def pooled_contracts(urls: tuple[str, ...], deployment: Deployment, timeout_s: float) -> Contracts:
    """A community's contracts for many threads; nothing is asked yet."""
    pool = EndpointPool(lambda: Endpoints(urls, deployment.chain_id, timeout_s))
    return Contracts(web3_over(pool), deployment, check=False)


def proofs_of(contracts: Contracts) -> Prover:
    """Makes proof files from a community's node; `contracts`: safe from several threads."""

    def made(number: int) -> bytes:
        return prove(contracts, number).data

    return made


def index_work(settings: ServeConfig, deployment: Deployment, store: Store) -> Work:
    """The index as work beside the server."""
    contracts = contracts_over(settings.rpc, deployment, settings.timeout_s)
    source = BlockLogs(contracts.web3, deployment, settings.api.finality)
    follower = Follower(Indexer(store, source, deployment, settings.api.zone))

    def follow(stop: threading.Event) -> None:
        follower.run(stop)

    return follow


def _store_url(settings: ServeConfig) -> str:
    if settings.store_file is None:
        return settings.store
    return read_secret(settings.store_file, "the store's URL").get_secret_value()


def _account(settings: ServeConfig, deployment: Deployment) -> SigningAccount | None:
    """The key that sends on, None to send nothing on. Raises SettingsError."""
    if settings.keystore is not None and settings.password_file is not None:
        return load_keystore(settings.keystore, settings.password_file)
    if not settings.devnet_key:
        return None
    if deployment.chain_id != DEVNET_CHAIN:
        raise SettingsError(
            f"everybody knows this key, and chain {deployment.chain_id} is no development chain",
            "name a keystore",
            setting="devnet.relay_key",
        )
    return devnet_keys().service("orders")


def _with_keys(settings: ServeConfig, deployment: Deployment) -> ApiSettings:
    """The API's settings, with development wallets where there is a development chain."""
    if not settings.api.devnet:
        return settings.api
    if deployment.chain_id != DEVNET_CHAIN:
        raise SettingsError(
            f"chain {deployment.chain_id} is no development chain", "leave [devnet] out", setting="devnet.enabled"
        )
    keys = devnet_keys()
    members = [(name, "member", keys.member(name)) for name in settings.demo_members]
    roles = [(role.name.lower(), role.name.lower(), keys.role(role)) for role in Role if role is not Role.ADMIN]
    shown = tuple(
        DevnetKey(name, role, str(account.address), "0x" + bytes(account.key).hex())
        for name, role, account in (*members, *roles)
    )
    return replace(settings.api, keys=shown)
