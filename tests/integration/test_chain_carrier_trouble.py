"""Carrying signed runs when the chain goes back, the node fails, or somebody else uses the account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3
from web3.providers.base import JSONBaseProvider

from tests.support.carriers import CARRIER, Watch, carrier_of, fates, sent_by
from tests.support.community import Community, Founded, found, used
from tests.support.devnet import GENESIS_TIME, rpc
from tests.support.flaky_proxy import ALL_BAD, Behaviour, FlakyProxy
from tests.support.village import FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.contracts import Call
from wattcommons.chain.devnet import Devnet, DevnetOptions, devnet
from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.node import connect
from wattcommons.chain.sender import Sender
from wattcommons.domain.packing import SignedRun
from wattcommons.errors import NodeUnavailable, NonceConflict, ReorganisedError, RetryableError
from wattcommons.services.delivery.fate import Fate

pytestmark = pytest.mark.integration

NOTHING = Call("", bytes.fromhex("00"), "nothing")  # type: ignore[arg-type]


@pytest.fixture
def run(village: Community) -> SignedRun:
    """Two readings whose intervals have ended."""
    village.after(village.first + 1)
    return village.run(FLAT, village.first, used(1), used(2))


@pytest.fixture
def by_hand(village: Community) -> Iterator[Callable[[], None]]:
    """The node mines when this is called, not when a transaction comes."""
    rpc(village.web3, "evm_setAutomine", False)
    yield lambda: rpc(village.web3, "evm_mine")
    rpc(village.web3, "anvil_dropAllTransactions")
    rpc(village.web3, "evm_setAutomine", True)


# --- a chain that goes back -------------------------------------------------------------------------


def test_carry__reorganised_before_it_was_final__sent_again_and_final(village: Community, run: SignedRun) -> None:
    carrier = carrier_of(village, 3)
    rpc(village.web3, "anvil_mine", "0x3")
    assert fates(carrier, [run]) == [Fate.RECORDED]
    rpc(village.web3, "anvil_reorg", 1, [])
    assert village.reading(FLAT, village.first)[1] == 0
    assert fates(carrier, [run]) == [Fate.RECORDED]
    rpc(village.web3, "anvil_mine", "0x3")
    assert fates(carrier, [run]) == [Fate.FINAL]
    assert village.reading(FLAT, village.first + 1)[1] == 2


def test_carry__reorganised_below_the_final_block__fatal(village: Community, run: SignedRun) -> None:
    carrier = carrier_of(village, 0)
    assert fates(carrier, [run]) == [Fate.FINAL]
    rpc(village.web3, "anvil_reorg", 1, [])
    with pytest.raises(ReorganisedError):
        carrier.carry([run])


# --- the account ------------------------------------------------------------------------------------


def test_carry__nonce_used_by_another_sender__read_again_within_the_call(
    village: Community, run: SignedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier, other = carrier_of(village), Sender(village.web3, CARRIER, gas=100_000)
    prepare = carrier.sender.prepare

    def prepare_late(call: Call, **options: Any) -> Any:
        prepared = prepare(call, **options)
        if sent_by(village.web3) < 3:
            other.restart()
            other.send(NOTHING)
        return prepared

    monkeypatch.setattr(carrier.sender, "prepare", prepare_late)
    assert fates(carrier, [run]) == [Fate.FINAL]
    assert sent_by(village.web3) == 4


def test_carry__nonce_taken_every_time__conflict_after_a_bounded_number(
    village: Community, run: SignedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = carrier_of(village)
    tries = []

    def conflict(_: object) -> None:
        tries.append(1)
        raise NonceConflict("taken")

    monkeypatch.setattr(carrier.sender, "hand_over", conflict)
    with pytest.raises(NonceConflict):
        carrier.carry([run])
    assert len(tries) == carrier.budget.attempts
    monkeypatch.undo()
    assert fates(carrier, [run]) == [Fate.FINAL]


# --- transactions that wait or vanish ---------------------------------------------------------------


def test_carry__not_mined_in_time__waits_without_sending_again(
    village: Community, run: SignedRun, by_hand: Callable[[], None]
) -> None:
    watch = Watch()
    carrier = carrier_of(village, monotonic=watch, wait=watch.wait, receipt_s=2.0)
    began = watch.now
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert 2 <= watch.now - began < 3
    other = village.run(SPA, village.first, used(3))
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert fates(carrier, [other]) == [Fate.WAITING]  # asked about another run meanwhile
    assert fates(carrier, [run, other]) == [Fate.WAITING] * 2
    by_hand()
    assert fates(carrier, [run, other]) == [Fate.FINAL] * 2
    assert sent_by(village.web3) == 2


def test_carry__transaction_dropped_by_the_node__sent_again_at_once(
    village: Community, run: SignedRun, by_hand: Callable[[], None]
) -> None:
    watch = Watch()
    carrier = carrier_of(village, monotonic=watch, wait=watch.wait, receipt_s=0.1)
    assert fates(carrier, [run]) == [Fate.WAITING]
    rpc(village.web3, "anvil_dropAllTransactions")
    assert fates(carrier, [run]) == [Fate.WAITING]
    by_hand()
    assert fates(carrier, [run]) == [Fate.FINAL]
    assert watch.now < 1_002


class AheadOfItself(JSONBaseProvider):
    """Counts one transaction in wait that it does not have, as a node that lost one out of a row may."""

    def __init__(self, honest: Any) -> None:
        super().__init__()
        self._honest = honest
        self.make_batch_request = honest.make_batch_request  # type: ignore[method-assign]

    def make_request(self, method: Any, params: Any) -> Any:
        answer = self._honest.make_request(method, params)
        if method == "eth_getTransactionCount" and params[1] == "pending":
            answer["result"] = hex(int(answer["result"], 16) + 1)
        return answer


def test_carry__gap_before_its_nonce__filled_after_a_while(village: Community, run: SignedRun) -> None:
    """Behind a gap a transaction waits for ever, and so do all that come after it."""
    watch = Watch()
    web3 = Web3(AheadOfItself(village.web3.provider))
    carrier = carrier_of(village, web3=web3, monotonic=watch, wait=watch.wait, receipt_s=0.1, resend_s=30.0)
    assert fates(carrier, [run]) == [Fate.WAITING]
    watch.now += 29
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert sent_by(village.web3) == 0
    watch.now += 2
    carrier.receipt_s = 5.0
    carrier.wait = time.sleep
    assert fates(carrier, [run]) == [Fate.FINAL]


def test_carry__block_not_mined_in_time__no_more_than_a_blocks_worth_in_wait(
    village: Community, by_hand: Callable[[], None]
) -> None:
    rpc(village.web3, "evm_setBlockGasLimit", hex(3_000_000))
    try:
        village.after(village.first + 99)
        runs = [village.run(p, village.first + at, *[used(1)] * 10) for p in (1, 6) for at in range(0, 100, 10)]
        watch = Watch()
        carrier = carrier_of(village, monotonic=watch, wait=watch.wait, receipt_s=0.1)
        rounds = 0
        while set(fates(carrier, runs)) != {Fate.FINAL}:
            waiting: Any = rpc(village.web3, "txpool_status")
            assert int(waiting["pending"], 16) == 1
            by_hand()
            rounds += 1
        assert rounds > 2
    finally:
        rpc(village.web3, "evm_setBlockGasLimit", hex(60_000_000))


def test_carry__chain_stands_still_and_the_transaction_is_dropped__sent_again_at_once(
    village: Community, by_hand: Callable[[], None]
) -> None:
    watch = Watch()
    run = village.run(FLAT, village.first, used(1))
    end = (village.first + 1) * village.length_s
    carrier = carrier_of(village, clock=lambda: end, monotonic=watch, wait=watch.wait, receipt_s=0.1)
    assert fates(carrier, [run]) == [Fate.WAITING]
    rpc(village.web3, "anvil_dropAllTransactions")
    assert fates(carrier, [run]) == [Fate.WAITING]
    rpc(village.web3, "evm_setNextBlockTimestamp", end)
    by_hand()
    assert fates(carrier, [run]) == [Fate.FINAL]


def test_carry__node_that_never_mines__another_one_is_asked(
    village: Community, run: SignedRun, by_hand: Callable[[], None]
) -> None:
    watch = Watch()
    carrier = carrier_of(village, monotonic=watch, wait=watch.wait, receipt_s=0.1, resend_s=30.0)
    moved: list[int] = []
    village.web3.provider.move_on = lambda: moved.append(1)  # type: ignore[attr-defined]
    try:
        assert fates(carrier, [run]) == [Fate.WAITING]
        assert moved == []
        watch.now += 31
        assert fates(carrier, [run]) == [Fate.WAITING]
        assert moved
    finally:
        del village.web3.provider.move_on  # type: ignore[attr-defined]
    by_hand()
    assert fates(carrier, [run]) == [Fate.FINAL]


# --- a network that fails ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[Devnet, Founded]]:
    """A chain over HTTP, with a community of its own."""
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        yield running, found(connect(running.ipc_path), size=6, producers=(MILL, ROOF), standing=(SPA, LOFT))


@pytest.fixture
def hamlet(own: tuple[Devnet, Founded]) -> Iterator[Community]:
    running, founded = own
    web3 = connect(running.ipc_path)
    taken = rpc(web3, "evm_snapshot")
    yield Community(web3, founded).arrive()
    rpc(web3, "evm_revert", taken)


@pytest.fixture
def proxy(own: tuple[Devnet, Founded]) -> Iterator[FlakyProxy]:
    with FlakyProxy(int(own[0].http_url.rpartition(":")[2])) as between:
        yield between


def through(*urls: str, timeout_s: float = 0.5) -> Web3:
    return web3_over(Endpoints(urls, 31_337, timeout_s))


def test_carry__no_node_at_first__retryable_then_carried(hamlet: Community, proxy: FlakyProxy) -> None:
    hamlet.after(hamlet.first)
    carrier = carrier_of(hamlet, web3=through(proxy.url))
    proxy.behave(Behaviour.REFUSE)
    with pytest.raises(NodeUnavailable):
        carrier.carry([hamlet.run(FLAT, hamlet.first, used(1))])
    proxy.behave(Behaviour.PASS)
    assert fates(carrier, [hamlet.run(FLAT, hamlet.first, used(1))]) == [Fate.FINAL]


@pytest.mark.parametrize("lost", [1, 2])
def test_carry__answer_lost_after_the_transaction_was_taken__not_doubled_and_final(
    hamlet: Community, proxy: FlakyProxy, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hamlet.after(hamlet.first)
    run = hamlet.run(FLAT, hamlet.first, used(1))
    carrier = carrier_of(hamlet, web3=through(proxy.url))
    hand_over = carrier.sender.hand_over
    answers = [Behaviour.LOSE] * lost  # the first is tried again by the connection; two leave it open

    def lossy(prepared: Any) -> None:
        proxy.once(*answers)
        answers.clear()
        hand_over(prepared)

    monkeypatch.setattr(carrier.sender, "hand_over", lossy)
    if lost > 1:
        with pytest.raises(NodeUnavailable):
            carrier.carry([run])
    assert fates(carrier, [run]) == [Fate.FINAL]
    assert sent_by(hamlet.web3) == 1


@pytest.mark.parametrize("seed", range(3))
def test_carry__everything_fails_at_random__all_recorded_once_as_signed(
    hamlet: Community, own: tuple[Devnet, Founded], proxy: FlakyProxy, seed: int
) -> None:
    """As a daemon would: a new carrier now and then, trying until everything is final."""
    count = 12
    hamlet.after(hamlet.first + count - 1)
    runs = [
        hamlet.run(participant, hamlet.first + at, used(100 * participant + at))
        for participant in hamlet.participants
        for at in range(count)
    ]
    bad = tuple(one for one in ALL_BAD if one not in (Behaviour.STALL, Behaviour.HALF_CLOSE, Behaviour.DELAY))
    proxy.random(seed=seed, good_share=0.6, bad=bad)
    web3 = through(proxy.url, proxy.url)
    carrier = carrier_of(hamlet, web3=web3)
    settled: set[int] = set()
    for attempt in range(400):
        if attempt % 7 == 6:
            carrier = carrier_of(hamlet, web3=web3)
        rest = [at for at in range(len(runs)) if at not in settled][: 1 + attempt % 20]
        try:
            said = carrier.carry([runs[at] for at in rest])
        except RetryableError:
            continue
        assert {one.fate for one in said} <= {Fate.FINAL, Fate.WAITING, Fate.RECORDED}
        settled |= {at for at, one in zip(rest, said, strict=True) if one.fate is Fate.FINAL}
        if len(settled) == len(runs):
            break
    assert len(settled) == len(runs)
    for participant in hamlet.participants:
        found_wh = [hamlet.reading(participant, hamlet.first + at)[1] for at in range(count)]
        assert found_wh == [100 * participant + at for at in range(count)]


@pytest.mark.parametrize("depth", [0, 2])
def test_carry__node_restarted_from_its_state__goes_on(tmp_path: Path, depth: int) -> None:
    """A restarted node has forgotten older states until new blocks stand above them: nothing is final meanwhile."""
    state = tmp_path / "state.json"
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME, dump_state=state)) as running:
        web3 = through(running.http_url, timeout_s=5)
        village = Community(web3, found(web3, size=2)).arrive()
        village.after(village.first + 1)
        runs = [village.run(1, village.first + at, used(at + 1)) for at in range(2)]
        carrier = carrier_of(village, depth, web3=web3)
        assert fates(carrier, runs[:1]) == [Fate.RECORDED if depth else Fate.FINAL]
        port = int(running.http_url.rpartition(":")[2])
    with pytest.raises(NodeUnavailable):
        carrier.carry(runs)
    with devnet(DevnetOptions(load_state=state, port=port)):
        assert fates(carrier, runs) == [Fate.RECORDED if depth else Fate.FINAL] * 2
        rpc(web3, "anvil_mine", hex(depth + 1))
        assert fates(carrier, runs) == [Fate.FINAL] * 2
        assert [village.reading(1, village.first + at)[1] for at in range(2)] == [1, 2]
        assert sent_by(web3) == 2
