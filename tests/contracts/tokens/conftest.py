"""The token contracts deployed once, put back to that state after every test."""

from __future__ import annotations

import pytest
from web3 import Web3

from tests.contracts.tokens.kit import Stage, build


@pytest.fixture(scope="session")
def built(chain: Web3) -> Stage:
    return build(chain)


@pytest.fixture
def stage(built: Stage, node: Web3) -> Stage:
    """The contracts as deployed; what the test does is undone."""
    assert built.web3 is node
    return built
