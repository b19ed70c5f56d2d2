"""One development chain a test process, put back to where it was after every test.

A conftest.py offers these fixtures to its folder by importing them:

    from tests.support.devnet import chain, node  # noqa: F401
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web3 import Web3
from web3.types import RPCEndpoint

from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect

GENESIS_TIME = 1_767_225_600  # 2026-01-01T00:00:00Z, so that no test depends on the day it runs
ACCOUNTS = 30


@pytest.fixture(scope="session")
def chain() -> Iterator[Web3]:
    """The connection as it is, for fixtures of a wider scope than one test (a deployment)."""
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME, accounts=ACCOUNTS)) as running:
        yield connect(running.ipc_path, chain_id=running.chain_id)


@pytest.fixture
def node(chain: Web3) -> Iterator[Web3]:
    """The connection for one test: state and clock are put back after it."""
    taken = rpc(chain, "evm_snapshot")
    yield chain
    assert rpc(chain, "evm_revert", taken), "the snapshot is gone: did the test revert further back?"


def rpc(web3: Web3, method: str, *parameters: object) -> object:
    """One raw call; fails with the node's own words."""
    answer = web3.provider.make_request(RPCEndpoint(method), list(parameters))
    assert "error" not in answer, f"{method}: {answer['error']}"
    return answer["result"]


def set_time(web3: Web3, timestamp: int) -> None:
    """Mine one block at `timestamp` (unix seconds, later than the latest block)."""
    rpc(web3, "evm_setNextBlockTimestamp", timestamp)
    rpc(web3, "evm_mine")
