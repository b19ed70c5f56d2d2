"""The token contracts deployed once a file, put back to that state after every test."""

from __future__ import annotations

import pytest
from web3 import Web3

from tests.contracts.tokens.kit import Stage, build


@pytest.fixture(scope="module")
def built(chain: Web3) -> Stage:
    """One a file: founding a village for a test lets the chain's clock pass the next gate."""
    return build(chain)


@pytest.fixture
def stage(built: Stage, node: Web3) -> Stage:
    """The contracts as deployed; what the test does is undone."""
    assert built.web3 is node
    return built
