"""The relay's settings, read from a TOML file strictly. Paths are relative to the folder of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wattcommons.services.runtime.toml_table import read_toml

HINT: Final = "make one with `watt relay init FOLDER`"
_DAY_S: Final = 86_400


@dataclass(frozen=True)
class RelayConfig:
    """Everything `watt relay` needs to know.

    `rpc`: nodes, the first that answers is used; may hold access keys. `finality`: blocks on top that make a block
    final, None for the node's own word. `keystore`: of the account that sends; it needs no role. `token_file`: the
    operator's token for /v1/silent, None for nobody. `requests_s`, `request_burst`: of one address a second and at
    once; `runs_s`, `run_burst`: of one participant. `most_each`, `most`: unfinished runs of one participant and in all.
    """

    path: Path
    deployment: Path
    state: Path
    keystore: Path
    password_file: Path
    rpc: tuple[str, ...] = field(repr=False)
    finality: int | None = 0
    timeout_s: int = 30
    host: str = "127.0.0.1"
    port: int = 9751
    token_file: Path | None = None
    silent_after_s: int = _DAY_S
    retention_s: int = 30 * _DAY_S
    requests_s: int = 20
    request_burst: int = 200
    runs_s: int = 5
    run_burst: int = 2_000
    most_each: int = 2_000
    most: int = 200_000


def read_relay_config(path: Path) -> RelayConfig:
    """Read and check a relay's settings. Raises InputError naming the file, the key and what to write."""
    top = read_toml(path, HINT)
    base = path.absolute().parent
    relay, chain, limits = top.table("relay"), top.table("chain"), top.table("limits")
    rpc = chain.texts("rpc", most=512)
    if not rpc:
        raise chain.wrong("rpc", "is missing", 'name one node or several, like ["http://127.0.0.1:8545"]')
    tag = chain.text("finality", "0", most=16)
    if tag != "node" and not (tag.isdigit() and len(tag) < 5):
        raise chain.wrong("finality", f"is {tag!r}", 'write "node", or blocks as text like "0" or "12"')
    token = relay.text("token_file", "", most=512)
    config = RelayConfig(
        path=path,
        deployment=base / relay.text("deployment", "deployment.json", most=512),
        state=base / relay.text("state", "relay.sqlite", most=512),
        keystore=base / chain.text("keystore", "relay.key", most=512),
        password_file=base / chain.text("password_file", "relay.password", most=512),
        rpc=tuple(rpc),
        finality=None if tag == "node" else int(tag),
        timeout_s=chain.whole("timeout_seconds", 30, 1, 300),
        host=relay.text("host", "127.0.0.1", most=255),
        port=relay.whole("port", 9751, 1, 65_535),
        token_file=base / token if token else None,
        silent_after_s=relay.whole("silent_after_hours", 24, 1, 24 * 90) * 3_600,
        retention_s=relay.whole("retention_days", 30, 1, 3_660) * _DAY_S,
        requests_s=limits.whole("requests_a_second", 20, 1, 10_000),
        request_burst=limits.whole("request_burst", 200, 1, 100_000),
        runs_s=limits.whole("runs_a_second", 5, 1, 10_000),
        run_burst=limits.whole("run_burst", 2_000, 1, 100_000),
        most_each=limits.whole("open_runs_each", 2_000, 1, 1_000_000),
        most=limits.whole("open_runs", 200_000, 1, 10_000_000),
    )
    for table in (relay, chain, limits, top):
        table.finish()
    return config
