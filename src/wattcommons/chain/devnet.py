"""A development chain: one anvil process, started, watched and stopped.

    with devnet(DevnetOptions(genesis_time=1_470_000_000)) as node:
        web3 = connect(node.ipc_path)

One block a transaction, zero fees, London to Cancun rules. Its automine is asynchronous: a
transaction sent is not in the state read next, so wait for the receipt.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wattcommons.chain.anvil_binary import find_anvil
from wattcommons.errors import NodeUnavailable, SettingsError

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 30.0  # a state being dumped may take a while
_ATTEMPTS = 3  # the free port may be taken between finding and using it
_POLL_S = 0.02


@dataclass(frozen=True)
class DevnetOptions:
    """How the chain is made. Everything has a value that suits a test.

    `genesis_time` is unix seconds (None: the machine's clock); the chain's clock then runs from there.
    `accounts` is the number of unlocked, funded accounts of `mnemonic`: with zero fees any other
    key can send as well. `gas_limit` is per block. `states_kept` bounds the old states held for reads
    of past blocks, at least 1 (None: anvil's own choice); blocks, logs and receipts are all kept.
    """

    chain_id: int = 31_337
    genesis_time: int | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    accounts: int = 10
    mnemonic: str = "test test test test test test test test test test test junk"
    gas_limit: int = 60_000_000
    states_kept: int | None = None
    load_state: Path | None = None
    dump_state: Path | None = None
    binary: Path | None = None


@dataclass(frozen=True)
class Devnet:
    """A running development chain. The IPC path is three times as fast as HTTP."""

    http_url: str
    ipc_path: str
    chain_id: int
    pid: int


@contextlib.contextmanager
def devnet(options: DevnetOptions | None = None) -> Iterator[Devnet]:
    """Start a chain, yield it when it answers, and stop it whatever happens in between.

    Raises:
        ToolMissing: anvil is not installed.
        SettingsError: the port asked for is taken, or the state to load is not there.
        NodeUnavailable: anvil ends, or does not answer in time; with what it said.
    """
    chosen = options or DevnetOptions()
    binary = find_anvil(chosen.binary)
    _check(chosen)
    with tempfile.TemporaryDirectory(prefix="watt-devnet-") as folder:
        process, node = _start(binary, chosen, Path(folder))
        guard = _guard(process)
        try:
            yield node
        finally:
            _stop(process)
            guard.kill()
            guard.communicate()


def _check(options: DevnetOptions) -> None:
    if options.load_state is not None and not options.load_state.is_file():
        raise SettingsError(f"no state file at {options.load_state}", setting="load_state")
    if options.states_kept is not None and options.states_kept < 1:
        raise SettingsError("at least one state is kept: anvil finds no receipt without", setting="states_kept")
    if options.port is not None and not _is_free(options.host, options.port):
        raise SettingsError(
            f"port {options.port} of {options.host} is taken", "choose another one, or none", setting="port"
        )


def _start(binary: Path, options: DevnetOptions, folder: Path) -> tuple[subprocess.Popen[bytes], Devnet]:
    attempts = 1 if options.port is not None else _ATTEMPTS
    for attempt in range(1, attempts + 1):
        port = options.port or _free_port(options.host)
        ipc_path = folder / f"node-{attempt}.ipc"
        log = folder / f"node-{attempt}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(binary), *_arguments(options, port, ipc_path, folder)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends the work on the chain first, then the chain
            )
        try:
            _wait_until_ready(process, ipc_path, options.chain_id, log)
        except NodeUnavailable:
            _stop(process)
            if attempt == attempts:
                raise
        except BaseException:
            _stop(process)
            raise
        else:
            url = f"http://{options.host}:{port}"
            return process, Devnet(url, str(ipc_path), options.chain_id, process.pid)
    raise AssertionError("the last attempt returns or raises")


def _arguments(options: DevnetOptions, port: int, ipc_path: Path, folder: Path) -> list[str]:
    arguments = {
        "--host": options.host,
        "--port": port,
        "--ipc": ipc_path,
        "--chain-id": options.chain_id,
        "--hardfork": "cancun",
        "--accounts": options.accounts,
        "--mnemonic": options.mnemonic,
        "--gas-limit": options.gas_limit,
        "--gas-price": 0,
        "--block-base-fee-per-gas": 0,
        "--cache-path": folder / "states",
        "--timestamp": options.genesis_time,
        "--load-state": options.load_state,
        "--dump-state": options.dump_state,
        "--prune-history": options.states_kept,
    }
    words = [word for name, value in arguments.items() if value is not None for word in (name, str(value))]
    return [*words, "--order", "fifo", "--no-request-size-limit", "--quiet"]


def _wait_until_ready(process: subprocess.Popen[bytes], ipc_path: Path, chain_id: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            raise NodeUnavailable(f"anvil ended with code {process.returncode}: {said or 'it said nothing'}")
        if _answers(ipc_path, chain_id):
            return
        time.sleep(_POLL_S)
    raise NodeUnavailable(f"anvil did not answer within {START_TIMEOUT_S:.0f} s", "is the machine overloaded?")


def _answers(ipc_path: Path, chain_id: int) -> bool:
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(ipc_path))
            connection.sendall(request)
            answer = json.loads(connection.recv(4096))
    except (OSError, ValueError):
        return False
    return bool(answer.get("result") == hex(chain_id))


def _guard(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """End the node also when this program is killed: its end of the pipe closes, whatever ended it."""
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; kill "$0"', str(process.pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
