"""Carrying signed runs over a node that answers in good form and tells nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from web3 import Web3
from web3.providers.base import JSONBaseProvider

from tests.support.carriers import carrier_of, fates
from tests.support.community import Community, used
from tests.support.devnet import rpc
from tests.support.village import FLAT
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable, RetryableError
from wattcommons.services.delivery.fate import Fate

pytestmark = pytest.mark.integration


@pytest.fixture
def run(village: Community) -> SignedRun:
    """Two readings whose intervals have ended."""
    village.after(village.first + 1)
    return village.run(FLAT, village.first, used(1), used(2))


class Liar(JSONBaseProvider):
    """Passes everything on but the results of one method, which it makes up."""

    def __init__(self, honest: Any, method: str, result: Any) -> None:
        super().__init__()
        self._honest, self._method, self._result = honest, method, result
        self.told = 0

    def make_request(self, method: Any, params: Any) -> Any:
        return self._told(method, self._honest.make_request(method, params))

    def make_batch_request(self, requests: Any) -> Any:
        answers = self._honest.make_batch_request(requests)
        return [self._told(method, answer) for (method, _), answer in zip(requests, answers, strict=True)]

    def _told(self, method: str, answer: Any) -> Any:
        if method != self._method:
            return answer
        self.told += 1
        return {"jsonrpc": "2.0", "id": answer["id"], "result": self._result}


NONSENSE: list[Any] = [
    None,
    True,
    7,
    "",
    "0x",
    "0xzz",
    "0x1",
    "no",
    [],
    {},
    ["0x1"],
    {"number": "0x1"},
    "0x" + "ff" * 96,
]


@pytest.mark.parametrize(
    "method",
    [
        "eth_getBlockByNumber",
        "eth_call",
        "eth_getTransactionCount",
        "eth_chainId",
        "eth_sendRawTransaction",
        "eth_getTransactionReceipt",
    ],
)
def test_carry__nonsense_for_a_result__retryable_or_waiting_and_right_afterwards(
    village: Community, run: SignedRun, method: str
) -> None:
    for nonsense in NONSENSE:
        taken = rpc(village.web3, "evm_snapshot")
        liar = Liar(village.web3.provider, method, nonsense)
        carrier = carrier_of(village, web3=Web3(liar), receipt_s=0.02)
        try:
            assert fates(carrier, [run]) == [Fate.WAITING], (method, nonsense)
            assert method == "eth_getTransactionReceipt" or nonsense in ("0x1", "0x"), (method, nonsense)
        except RetryableError:
            pass
        assert liar.told
        honest = carrier_of(village)
        assert fates(honest, [run]) == [Fate.FINAL], (method, nonsense)
        rpc(village.web3, "evm_revert", taken)


@pytest.mark.parametrize(
    "word", [1, 8, 1 << 60, 1 << 255]
)  # absent with a flag or an energy, beyond 24 bits, far beyond
def test_carry__reading_that_cannot_be__retryable(village: Community, run: SignedRun, word: int) -> None:
    answer = "0x" + b"".join(one.to_bytes(32, "big") for one in (32, 2, word, word)).hex()
    carrier = carrier_of(village, web3=Web3(Liar(village.web3.provider, "eth_call", answer)))
    with pytest.raises(NodeUnavailable):
        carrier.carry([run])
