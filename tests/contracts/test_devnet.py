"""The development chain itself: clock, fees, snapshots, and what it says when it cannot start."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from web3 import Web3

from tests.support.artifacts import deploy
from tests.support.devnet import GENESIS_TIME, set_time
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect, public_url
from wattcommons.errors import NodeUnavailable, SettingsError, WrongChain

pytestmark = pytest.mark.contracts


def test_devnet__port_taken__names_the_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=str(port)), devnet(DevnetOptions(port=port)):
            pass


def test_devnet__program_that_ends__tells_what_it_said(tmp_path: Path) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\necho no such option; exit 3\n")
    program.chmod(0o755)
    with (
        pytest.raises(NodeUnavailable, match="code 3: no such option"),
        devnet(DevnetOptions(binary=program)),
    ):
        pass


def test_devnet__no_state_kept__refused() -> None:
    with pytest.raises(SettingsError, match="states_kept"), devnet(DevnetOptions(states_kept=0)):
        pass


def test_devnet__state_dumped_and_loaded__same_balances(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    receiver = "0x00000000000000000000000000000000000000A1"
    with devnet(DevnetOptions(dump_state=state)) as running:
        web3 = connect(running.ipc_path)
        sent = web3.eth.send_transaction({"to": receiver, "from": web3.eth.accounts[0], "value": 7, "gasPrice": 0})
        web3.eth.wait_for_transaction_receipt(sent)
    with devnet(DevnetOptions(load_state=state)) as running:
        assert connect(running.http_url).eth.get_balance(Web3.to_checksum_address(receiver)) == 7


def test_devnet__stopped__is_gone() -> None:
    with devnet() as running:
        pass
    with pytest.raises(NodeUnavailable):
        connect(running.http_url)


def test_devnet__its_program_killed__ends_as_well() -> None:
    script = (
        "import sys; from wattcommons.chain.devnet import devnet\n"
        "with devnet() as running:\n    print(running.http_url, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        url = program.stdout.readline().decode().strip()
        assert connect(url).eth.block_number == 0
        program.kill()
    deadline = time.monotonic() + 5
    with pytest.raises(NodeUnavailable):
        while time.monotonic() < deadline:
            connect(url)
            time.sleep(0.05)


def test_connect__wrong_chain__names_both(tmp_path: Path) -> None:
    with devnet(DevnetOptions(chain_id=4242)) as running, pytest.raises(WrongChain) as refused:
        connect(running.ipc_path, chain_id=1)
    assert (refused.value.expected, refused.value.found) == (1, 4242)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1", "ftp://host", "http://"])
def test_connect__no_address_of_a_node__refused(url: str) -> None:
    with pytest.raises(SettingsError, match="no address of a node"):
        connect(url)


def test_public_url__access_key__never_shown() -> None:
    assert public_url("https://user:secret@node.example:8545/key/abc?token=x") == "https://node.example:8545"


def test_node__genesis__at_the_time_asked_for(node: Web3) -> None:
    assert node.eth.get_block(0)["timestamp"] == GENESIS_TIME


def test_node__clock_set__block_at_that_time(node: Web3) -> None:
    later = node.eth.get_block("latest")["timestamp"] + 86_400
    set_time(node, later)
    assert node.eth.get_block("latest")["timestamp"] == later


def test_node__deploy__code_at_the_address_without_a_fee(node: Web3) -> None:
    sender = node.eth.accounts[0]
    before = node.eth.get_balance(sender)
    manager = deploy(node, "AccessManager", sender)
    assert node.eth.get_code(manager.address)
    assert node.eth.get_balance(sender) == before
