"""A carrier for a test's village, and what its transactions did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eth_account.signers.local import LocalAccount
from web3 import Web3

from tests.support.community import KEYS, Community
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.finality import Finality
from wattcommons.chain.sender import Sender
from wattcommons.domain.packing import SignedRun
from wattcommons.services.delivery.chain_carrier import ChainCarrier
from wattcommons.services.delivery.fate import Fate
from wattcommons.services.delivery.push import PushBudget

CARRIER = KEYS.service("carrier")


class Watch:
    """A clock that a test moves: seconds that never pass by themselves, and waits that take no time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def carrier_of(
    village: Community,
    depth: int | None = 0,
    *,
    web3: Web3 | None = None,
    by: LocalAccount = CARRIER,
    budget: PushBudget | None = None,
    **options: Any,
) -> ChainCarrier:
    """A carrier on the village's chain, or over another connection to it; its clock is the newest block's."""
    connection = web3 or village.web3
    return ChainCarrier(
        Contracts(connection, village.deployment, check=False),
        Sender(connection, by),
        Finality(depth),
        budget or PushBudget(),
        **({"clock": village.now} | options),
    )


def fates(carrier: ChainCarrier, runs: Iterable[SignedRun]) -> list[Fate]:
    """What one question says of each run."""
    return [found.fate for found in carrier.carry(list(runs))]


def sent_by(web3: Web3, account: LocalAccount = CARRIER) -> int:
    """Transactions of an account in blocks."""
    return int(web3.eth.get_transaction_count(account.address, "latest"))


def receipts_of(village: Community) -> list[Any]:
    """Receipts of the carrier's transactions."""
    web3: Any = village.web3
    blocks = (web3.eth.get_block(number, full_transactions=True) for number in range(web3.eth.block_number + 1))
    sent = (one for block in blocks for one in block["transactions"] if one["from"] == CARRIER.address)
    return [web3.eth.get_transaction_receipt(one["hash"]) for one in sent]


def events_of(village: Community, name: str) -> list[dict[str, Any]]:
    """Arguments of the ledger's events of one name in the carrier's transactions."""
    contract = village.contracts["MeterLedger"]
    return [
        dict(event["args"]) for one in receipts_of(village) for event in contract.events[name]().process_receipt(one)
    ]
