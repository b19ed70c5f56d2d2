"""A community to measure on: random readings, known orders, the reference clearing for the proposals."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from web3.types import RPCEndpoint

from wattcommons.chain.batch import call_of
from wattcommons.chain.codec import function_of
from wattcommons.chain.contracts import Call
from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.sender import Sender, Sent
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.orders import default_standing_order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.settlement import IntervalSettlement, Seat, settle
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.scenarios.community import Community
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec

GENESIS = 1_767_225_600  # 2026-01-01T00:00:00Z
LENGTH_S = 1_800
BLOCK_GAS = 4_000_000_000
TRANSACTION_GAS = 150_000_000  # larger than a real block takes: the table says how large each was
NO_LIMIT = 2**32 - 1


@dataclass
class BenchCommunity:
    """`size` participants, every second one with panels and a device."""

    community: Community
    sender: Sender
    size: int
    first: int
    dice: random.Random
    production_wh: range = range(3_000)
    readings: dict[tuple[int, int], Reading] = field(default_factory=dict)

    def runs(self, first: int, count: int, quality: Quality) -> list[SignedRun]:
        """A signed run of every participant over [first, first + count)."""
        domain = domain_of(self.community.deployment, "MeterLedger")
        return [
            sign_run(
                self.community.keys.gateway(f"meter-{index:05}"),
                domain,
                Run(
                    ParticipantIndex(index),
                    IntervalIndex(first),
                    tuple(self._reading(index, first + step, quality) for step in range(count)),
                ),
            )
            for index in range(1, self.size + 1)
        ]

    def record(self, runs: Sequence[SignedRun], a_batch: int) -> int:
        """Gas of recording the runs, so many to a transaction."""
        calls = [
            self._call("MeterLedger", "record", encode_batch(runs[start : start + a_batch]))
            for start in range(0, len(runs), a_batch)
        ]
        return sum(sent.gas_used for sent in self.send(calls))

    def settlement(self, interval: int) -> IntervalSettlement:
        """The reference clearing of an interval."""
        seats = [
            Seat(
                ParticipantIndex(index),
                self.readings[index, interval],
                default_standing_order(ParticipantIndex(index), IntervalIndex(self.first), 1, 0),
            )
            for index in range(1, self.size + 1)
        ]
        return settle(IntervalIndex(interval), self.community.spec.terms.default_tariff, seats)

    def advance(self, intervals: Sequence[int], max_count: int = NO_LIMIT) -> Sent:
        """One transaction that advances the intervals, each by at most `max_count` participants."""
        advances = []
        for interval in intervals:
            clearing = self.settlement(interval).clearing
            advances.append(
                function_of("EnergyMarket", "advance").encode(interval, clearing.low, clearing.high, max_count)
            )
        [sent] = self.send([self._call("EnergyMarket", "multicall", advances)])
        return sent

    def send(self, calls: Sequence[Call]) -> list[Sent]:
        """Send and insist that nothing was refused."""
        done = self.sender.send_all(calls)
        for sent in done:
            if sent.error is not None:
                raise sent.error
        return done

    def end_of(self, interval: int) -> None:
        """Move the chain's clock to the end of an interval."""
        self.community.clock.advance_to((interval + 1) * LENGTH_S)

    def _call(self, contract: str, function: str, *arguments: object) -> Call:
        return call_of(self.community.contracts, contract, function, *arguments)

    def _reading(self, index: int, interval: int, quality: Quality) -> Reading:
        production = self.dice.choice(self.production_wh) if index % 2 else 0
        reading = Reading(Wh(production), Wh(self.dice.randrange(1, 2_500)), quality)
        self.readings[index, interval] = reading
        return reading


@contextmanager
def many_to_a_block(url: str) -> Iterator[None]:
    """Mines every twentieth of a second instead of at every transaction: taking in thousands needs fewer blocks."""
    web3 = connect(url)
    done = threading.Event()

    def ask(method: str, *parameters: object) -> None:
        web3.provider.make_request(RPCEndpoint(method), list(parameters))

    def mine() -> None:
        while not done.wait(0.05):
            ask("evm_mine")

    ask("evm_setAutomine", False)
    miner = threading.Thread(target=mine, daemon=True)
    miner.start()
    try:
        yield
    finally:
        done.set()
        miner.join()
        ask("evm_setAutomine", True)


@contextmanager
def bench_community(size: int, seed: int = 1) -> Iterator[BenchCommunity]:
    """A community of `size` on a chain of its own."""
    specs = tuple(
        ParticipantSpec(f"meter-{index:05}", device=DeviceSpec(6_000) if index % 2 else None)
        for index in range(1, size + 1)
    )
    with devnet(DevnetOptions(genesis_time=GENESIS, gas_limit=BLOCK_GAS, states_kept=2)) as node:
        web3 = connect(node.ipc_path, timeout_s=300)
        community = Community(web3, CommunitySpec(CommunityTerms(), specs))
        # Far enough ahead for the gate to be open still when the last of them is enrolled.
        first = GENESIS // LENGTH_S + 12
        with many_to_a_block(node.http_url):
            community.join((spec, IntervalIndex(first)) for spec in specs)
        sender = Sender(web3, community.keys.service("bench"), gas=TRANSACTION_GAS)
        yield BenchCommunity(community, sender, size, first, random.Random(seed))  # noqa: S311 - measured data, no secret
