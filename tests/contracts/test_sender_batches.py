"""Transactions sent together that do not fit one block."""

from __future__ import annotations

import pytest
from web3 import Web3

from tests.support.community import KEYS
from tests.support.devnet import rpc
from wattcommons.chain import sender as sender_module
from wattcommons.chain.contracts import Call
from wattcommons.chain.sender import Sender

pytestmark = pytest.mark.contracts

BUSY = bytes.fromhex("620186a05b600190038060045700")
"""Creation code that counts down from 100,000: long enough for the next ones to arrive meanwhile."""


@pytest.mark.parametrize("gas", [16_000_000, 58_000_000])
def test_send_all__more_than_a_block_holds__waits_for_none_that_never_comes(node: Web3, gas: int) -> None:
    """The node mines when a transaction arrives, and leaves what does not fit in its pool until another one does."""
    sender = Sender(node, KEYS.service("busy"), gas=gas)
    sent = sender.send_all([Call("", BUSY, "countdown")] * 12)  # type: ignore[arg-type]
    assert [one.error for one in sent] == [None] * 12
    assert all(one.gas_used > 1_000_000 for one in sent)


def test_send_all__the_node_loses_track__given_again_until_all_are_mined(
    node: Web3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Now and then the node keeps a transaction of a batch for ever as one whose turn has not come."""
    monkeypatch.setattr(sender_module, "STALLED_S", 0.2)
    monkeypatch.setattr(sender_module, "RECEIPT_TIMEOUT_S", 5.0)
    sender = Sender(node, KEYS.service("left"))
    rpc(node, "evm_setAutomine", False)
    try:
        sent = sender.send_all([Call("", b"\x00", "waiting")] * 3)  # type: ignore[arg-type]
    finally:
        rpc(node, "evm_setAutomine", True)
    assert [one.error for one in sent] == [None] * 3
