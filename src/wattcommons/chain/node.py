"""Connecting to a node by HTTP or by a local socket."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import urlsplit

from web3 import HTTPProvider, IPCProvider, Web3
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import JSONBaseProvider

from wattcommons.chain.rpc import node_errors
from wattcommons.errors import NodeUnavailable, SettingsError, WrongChain

DEFAULT_TIMEOUT_S = 30.0


def connect(url: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, chain_id: int | None = None) -> Web3:
    """A checked connection: the node has answered, on the chain expected when one is given.

    Args:
        url: `http://…`, `https://…`, `ipc://PATH` or the path of a node's socket.
        timeout_s: seconds to wait for one answer.
        chain_id: the chain that has to be there; None for any.

    Raises:
        SettingsError: `url` is none of these.
        NodeUnavailable: nothing answers there.
        WrongChain: another chain does.
    """
    web3 = Web3(_provider(url, timeout_s), ens=None)  # names are never resolved
    # The headers of proof-of-authority networks carry more extra data than the standard allows.
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    try:
        with node_errors():
            found = web3.eth.chain_id
    except NodeUnavailable as error:
        raise NodeUnavailable(
            f"no Ethereum node answers at {public_url(url)} ({type(error.__cause__).__name__})",
            "start one with `watt devnet`, or check the address",
        ) from error
    if chain_id is not None and found != chain_id:
        raise WrongChain(chain_id, found)
    return web3


def public_url(url: str) -> str:
    """`url` without user name, password, path and query: those may hold an access key."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "an address that cannot be read"
    if not parts.netloc or parts.scheme == "ipc":
        return url if parts.scheme in ("", "ipc", "file") else f"{parts.scheme}:…"
    name = f"[{host}]" if host and ":" in host else host or ""
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}"


def no_address(url: str) -> SettingsError:
    """The error for what is no address of a node; it shows the public part alone."""
    return SettingsError(
        f"{public_url(url)!r} is no address of a node",
        "write http://HOST:PORT, https://HOST or the path of a node's IPC socket",
        setting="node",
    )


def _provider(url: str, timeout_s: float) -> JSONBaseProvider:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise no_address(url) from error
    if parts.scheme in ("http", "https") and parts.hostname:
        return HTTPProvider(url, request_kwargs={"timeout": timeout_s})
    if parts.scheme in ("", "ipc", "file"):
        path = Path(url.removeprefix("ipc://").removeprefix("file://")).expanduser()
        if not path.exists():
            raise NodeUnavailable(f"no node has a socket at {path}", "is the node running?")
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise SettingsError(f"{path} is no node's socket", setting="node")
        return IPCProvider(path, timeout=int(timeout_s))
    raise no_address(url)
