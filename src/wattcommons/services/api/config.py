"""The settings of `watt serve`, read from a TOML file strictly. Paths are relative to the folder of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wattcommons.chain.accounts import checksummed
from wattcommons.domain.local_time import checked_zone
from wattcommons.services.api.settings import ApiSettings, Limits
from wattcommons.services.runtime.toml_table import Table, read_toml

HINT: Final = "make one with `watt serve init FOLDER`"
_WORDS: Final = {one: one for one in ("community_certificate", "guarantee_of_origin")}


@dataclass(frozen=True)
class ServeConfig:
    """Everything `watt serve` needs to know.

    `store`, `store_file`: the store's URL, or a file that holds it, for it may have a password. `rpc`: nodes, the first
    that answers is used; may hold access keys. `keystore`: of the account that sends on for members, which needs no
    role; None sends nothing on. `devnet_key`: a key that everybody knows instead, on a development chain. `index`:
    whether this process indexes too. `demo_members`: names of development members whose wallets are offered.
    """

    path: Path
    deployment: Path
    host: str
    port: int
    store: str = field(repr=False)
    store_file: Path | None
    rpc: tuple[str, ...] = field(repr=False)
    timeout_s: int
    keystore: Path | None
    password_file: Path | None
    devnet_key: bool
    index: bool
    demo_members: tuple[str, ...]
    api: ApiSettings


def read_serve_config(path: Path) -> ServeConfig:
    """Read and check the settings. Raises InputError naming the file, the key and what to write."""
    top = read_toml(path, HINT)
    base = path.absolute().parent
    serve, store, chain, community, devnet, limits = (
        top.table(name) for name in ("serve", "store", "chain", "community", "devnet", "limits")
    )
    rpc = chain.texts("rpc", most=512)
    if not rpc:
        raise chain.wrong("rpc", "is missing", 'name one node or several, like ["http://127.0.0.1:8545"]')
    tag = chain.text("finality", "0", most=16)
    if tag != "node" and not (tag.isdigit() and len(tag) < 5):
        raise chain.wrong("finality", f"is {tag!r}", 'write "node", or blocks as text like "0" or "12"')
    port = serve.whole("port", 8750, 1, 65_535)
    host = serve.text("host", "127.0.0.1", most=255)
    origins = serve.texts("origins", most=255) or _local(port)
    for origin in origins:
        _require_origin(serve, origin)
    frontend = serve.text("frontend", "", most=512)
    keystore = chain.text("keystore", "", most=512)
    secret = store.text("url_file", "", most=512)
    is_devnet = devnet.flag("enabled", default=False)
    config = ServeConfig(
        path=path,
        deployment=base / serve.text("deployment", "deployment.json", most=512),
        host=host,
        port=port,
        store=_store_url(store.text("url", "community.sqlite", most=512), base),
        store_file=base / secret if secret else None,
        rpc=tuple(rpc),
        timeout_s=chain.whole("timeout_seconds", 30, 1, 300),
        keystore=base / keystore if keystore else None,
        password_file=base / chain.text("password_file", "serve.password", most=512) if keystore else None,
        devnet_key=devnet.flag("relay_key", default=is_devnet and not keystore),
        index=serve.flag("index", default=True),
        demo_members=tuple(devnet.texts("members", most=80)),
        api=ApiSettings(
            origins=tuple(origins),
            zone=community.checked("zone", checked_zone, "Europe/Paris"),
            country=community.text("country", "FR", most=2),
            controller=community.text("controller", "", most=400),
            certificate_word=community.choice("certificate_word", _WORDS, "community_certificate"),
            chain_name=community.text("chain_name", "", most=80),
            devnet=is_devnet,
            speed=devnet.whole("speed", 1, 1, 100_000),
            session_s=serve.whole("session_hours", 8, 1, 24) * 3_600,
            min_group=community.whole("least_group", 10, 2, 1_000),
            curve_group=community.whole("least_step", 3, 1, 1_000),
            auditors=frozenset(_accounts(community, "auditors")),
            frontend=base / frontend if frontend else None,
            finality=None if tag == "node" else int(tag),
            trusted_proxies=frozenset(serve.texts("trusted_proxies", most=64)),
            limits=Limits(
                requests_s=limits.whole("requests_a_second", 20, 1, 100_000),
                burst=limits.whole("request_burst", 200, 1, 1_000_000),
                session_requests_s=limits.whole("session_requests_a_second", 40, 1, 100_000),
                session_burst=limits.whole("session_burst", 400, 1, 1_000_000),
                body_bytes=limits.whole("body_bytes", 1_048_576, 1_024, 64 * 1_048_576),
                streams=limits.whole("streams", 500, 1, 100_000),
                streams_each=limits.whole("streams_each", 8, 1, 1_000),
                batch=limits.whole("rpc_batch", 50, 1, 1_000),
            ),
        ),
    )
    for table in (serve, store, chain, community, devnet, limits, top):
        table.finish()
    return config


def _local(port: int) -> list[str]:
    return [f"http://localhost:{port}", f"http://127.0.0.1:{port}"]


def _store_url(url: str, base: Path) -> str:
    return url if "://" in url else str(base / url)


def _require_origin(table: Table, origin: str) -> None:
    try:
        parts = urlsplit(origin)
        fits = parts.scheme in ("http", "https") and bool(parts.netloc) and origin == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        fits = False
    if not fits or origin != origin.lower() or "@" in origin:
        raise table.wrong("origins", f"holds {origin!r}", 'write addresses without a path, like "https://watt.example"')


def _accounts(table: Table, key: str) -> list[str]:
    found = []
    for account in table.texts(key, most=42):
        try:
            found.append(checksummed(account))
        except ValueError:
            raise table.wrong(key, f"holds {account!r}", "write accounts as 0x and 40 digits") from None
    return found
