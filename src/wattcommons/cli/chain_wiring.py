"""From addresses of nodes to a connection that survives their failures, and to carriers over it."""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.finality import Finality
from wattcommons.chain.sender import Sender
from wattcommons.services.delivery.chain_carrier import ChainCarrier


def contracts_over(urls: Sequence[str], deployment: Deployment, timeout_s: float) -> Contracts:
    """A community's contracts over several nodes; nothing is asked yet."""
    return Contracts(web3_over(Endpoints(urls, deployment.chain_id, timeout_s)), deployment, check=False)


def chain_carrier(
    urls: Sequence[str], deployment: Deployment, sender: SigningAccount | None, finality: int | None, timeout_s: float
) -> ChainCarrier:
    """A carrier over several nodes; without a sender it only says where runs stand."""
    contracts = contracts_over(urls, deployment, timeout_s)
    account = None if sender is None else Sender(contracts.web3, sender)
    return ChainCarrier(contracts, account, Finality(finality))
