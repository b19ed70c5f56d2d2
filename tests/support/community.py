"""A whole community on the test chain, as deployed: every contract, role, member, meter, device and order.

It is founded once a session (`found`); a `Community` is one test's view of it, with short ways to act, sign,
travel in time and expect refusals. Every act not said to be somebody's is a stranger's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from eth_account.signers.local import LocalAccount
from web3 import Web3

from tests.support.devnet import GENESIS_TIME, rpc, set_time
from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.deploy import deploy
from wattcommons.chain.deployment import CommunityTerms, Deployment
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender, Sent
from wattcommons.chain.signing import sign, sign_run
from wattcommons.chain.typed_data import domain_of, enrolment_message, order_message, order_struct
from wattcommons.domain.orders import FOREVER, NO_CAP, LimitKind, Order, default_standing_order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.settlement import IntervalSettlement, Seat, settle
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RevertedError

KEYS = DevnetKeys("contract tests")
LIFE_S = 10 * 365 * 86_400
"""Signatures and devices last longer than any test travels."""
DEVICE_S = 4 * 365 * 86_400
GAS = 58_000_000
START = GENESIS_TIME + 3 * 86_400
"""When everybody's first interval begins: after all that a session deploys."""
EVERYBODY = 10**6
"""As many participants as there are, for `advance`."""
DEFAULT_TERMS = CommunityTerms(deadline_s=6 * 3600, silence_after=8, replacement_delay_s=3600)


@dataclass(frozen=True)
class Founded:
    """A community in the chain's state. `first`: the interval from which on everybody is active."""

    deployment: Deployment
    size: int
    first: int
    producers: tuple[int, ...]
    """Participants with a device; device `k` belongs to the k-th of them."""


def member_key(participant: int) -> LocalAccount:
    """Wallet of the member behind a participant; both have the same index."""
    return KEYS.member(str(participant))


def gateway_key(participant: int) -> LocalAccount:
    return KEYS.gateway(str(participant))


def device_terms(valid_until: int) -> tuple[Any, ...]:
    """Photovoltaics without support."""
    return (b"T010100", b"F01010100", 9_000, 1_600_000_000, b"FR", 0, True, False, valid_until, b"\x22" * 32)


def found(
    web3: Web3,
    terms: CommunityTerms = DEFAULT_TERMS,
    *,
    size: int = 6,
    power_w: int = 9_000,
    producers: Sequence[int] = (),
    standing: Iterable[int] = (),
    gateway: str | None = None,
) -> Founded:
    """Deploy, and take in participants 1 to `size`; those in `standing` with the default standing order.

    `gateway`: address of one key for all of them; None gives each its own.

    The clock is left alone, so that several communities can be founded on one chain: `Community.arrive` sets it.
    """
    holders = {role: KEYS.role(role).address for role in Role if role is not Role.ADMIN}
    deployer = Sender(web3, KEYS.service("deployer"), gas=GAS)
    deployment = deploy(web3, deployer, terms, holders, admin=KEYS.role(Role.ADMIN).address)
    contracts = Contracts(web3, deployment, check=False)
    first = START // terms.length.seconds
    assert contracts.read("MemberRegistry", "firstOpenInterval") < first
    founded = Founded(deployment, size, first, tuple(producers))
    village = Community(web3, founded)
    members = range(1, size + 1)
    calls = [village.call("MemberRegistry.registerMember", member_key(i).address, b"\x11" * 32) for i in members]
    key = {} if gateway is None else {"gateway": gateway}
    calls += [village.enrolment_call(i, power_w=power_w, **key) for i in members]
    village.all_done(calls, village.operator)
    calls = []
    for device, participant in enumerate(producers, 1):
        calls.append(village.call("MemberRegistry.registerDevice", device_terms(village.now() + DEVICE_S)))
        calls.append(village.call("MemberRegistry.bindDevice", device, participant, first))
    village.all_done(calls, village.issuing_body)
    placed = [village.standing_order(i) for i in standing]
    if placed:
        assert len(village.events(village.place(*placed), "OrderBook.OrderPlaced")) == len(placed)
    return founded


class Community:
    """One test's view of a founded community."""

    def __init__(self, web3: Web3, founded: Founded) -> None:
        self.web3 = web3
        self.deployment = founded.deployment
        self.terms = founded.deployment.terms
        self.contracts = Contracts(web3, founded.deployment, check=False)
        self.size = founded.size
        self.first = founded.first
        self.producers = founded.producers
        self.length_s = self.terms.length.seconds
        self.tariff: Tariff = self.terms.default_tariff
        self.operator = KEYS.role(Role.OPERATOR)
        self.metering_operator = KEYS.role(Role.METERING_OPERATOR)
        self.issuing_body = KEYS.role(Role.ISSUING_BODY)
        self.treasurer = KEYS.role(Role.TREASURER)
        self.approver = KEYS.role(Role.RECOVERY_APPROVER)
        self.stranger = KEYS.service("stranger")

    @property
    def participants(self) -> range:
        return range(1, self.size + 1)

    # ------------------------------------------------------------------ acting

    def call(self, path: str, *arguments: Any) -> Call:
        """`Contract.function` with arguments, encoded."""
        contract, _, function = path.partition(".")
        return call_of(self.contracts, contract, function, *arguments)

    def do(self, path: str, *arguments: Any, by: LocalAccount | None = None, gas: int | None = None) -> Sent:
        """Mine a call; raises RevertedError when it is refused."""
        return self.sender(by).send(self.call(path, *arguments), gas=gas)

    def all_done(self, calls: Sequence[Call], by: LocalAccount | None = None) -> list[Sent]:
        """Mine calls that must all succeed."""
        done = self.sender(by).send_all(calls) if calls else []
        for sent in done:
            if sent.error is not None:
                raise sent.error
        return done

    def see(self, path: str, *arguments: Any, by: LocalAccount | None = None) -> Any:
        """What a call answers now, several values as a tuple; nothing is sent."""
        contract, _, function = path.partition(".")
        answer = self.contracts.read(contract, function, *arguments, sender=by.address if by else "")
        return tuple(answer) if isinstance(answer, list) else answer

    def see_each(self, path: str, *arguments: tuple[Any, ...]) -> list[Any]:
        """What a call answers to each of several arguments, in one request."""
        contract, _, function = path.partition(".")
        return read_all(self.contracts, [Read(contract, function, each) for each in arguments])

    def refused(self, path: str, *arguments: Any, by: LocalAccount | None = None) -> tuple[Any, ...]:
        """Name and arguments of the error that a call is refused with; addresses in lower case."""
        try:
            self.see(path, *arguments, by=by or self.stranger)
        except RevertedError as error:
            return (error.error, *error.arguments.values())
        raise AssertionError(f"{path} is not refused")

    def events(self, sent: Sent, *names: str) -> list[dict[str, Any]]:
        """Arguments of a transaction's events `Contract.Event`, in order."""
        return [event.args for event in receipt_events(self.deployment, sent) if event.key in names]

    def sender(self, account: LocalAccount | None = None) -> Sender:
        chosen = account or self.stranger
        if chosen.address not in self._senders:
            self._senders[chosen.address] = Sender(self.web3, chosen, gas=GAS)
        return self._senders[chosen.address]

    def address(self, contract: str) -> str:
        return self.deployment.address(contract)

    # ------------------------------------------------------------------ time

    def now(self) -> int:
        """Unix second of the newest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def travel(self, timestamp: int) -> None:
        """Mine a block at that second, unless it is past."""
        if timestamp > self.now():
            set_time(self.web3, timestamp)

    def arrive(self) -> Community:
        """Travel to sixty seconds after the gate before the first interval's has closed."""
        self.travel((self.first - 1) * self.length_s - self.terms.gate_lead_s + 60)
        return self

    def after(self, interval: int) -> int:
        """Travel to the end of an interval; its number."""
        self.travel((interval + 1) * self.length_s)
        return interval

    def past_deadline(self, interval: int) -> None:
        """Travel to where an interval may be cleared without the readings that are missing."""
        self.travel((interval + 1) * self.length_s + self.terms.deadline_s)

    def open(self) -> int:
        """The first interval whose gate is open."""
        return int(self.see("OrderBook.firstOpenInterval"))

    # ------------------------------------------------------------------ registry

    def enrolment_call(self, member: int, *, power_w: int = 9_000, **changes: Any) -> Call:
        """Enrols a participant of a member, signed by both."""
        values = {
            "member": member,
            "basis": 1,
            "source": 1,
            "import_w": power_w,
            "export_w": power_w,
            "gateway": gateway_key(member).address,
            "from_interval": self.first,
            "commitment": b"\x33" * 32,
            "deadline": self.far_future,
        }
        assert changes.keys() <= values.keys()
        terms = tuple((values | changes).values())
        message = enrolment_message(domain_of(self.deployment, "MemberRegistry"), terms)
        signed = sign(member_key(member), message), sign(self.metering_operator, message)
        address = self.metering_operator.address
        return self.call("MemberRegistry.enrol", terms, signed[0], address, signed[1])

    def become(self, address: str, contract: str) -> None:
        """Put a deployed contract's code at a wallet's address."""
        code = self.web3.eth.get_code(Web3.to_checksum_address(contract))
        rpc(self.web3, "anvil_setCode", address, "0x" + bytes(code).hex())

    # ------------------------------------------------------------------ orders

    def order(self, participant: int, first: int, **changes: Any) -> Order:
        """A dated order of one interval with fixed limits in the middle of the default tariff."""
        values: dict[str, Any] = {
            "kind": LimitKind.FIXED,
            "standing": False,
            "buy_limit": 150_000,
            "sell_limit": 100_000,
            "buy_cap_wh": NO_CAP,
            "sell_cap_wh": NO_CAP,
            "from_interval": first,
            "to_interval": first + 1,
            "nonce": 2,
            "deadline": self.far_future,
        }
        assert changes.keys() <= values.keys()
        return Order(participant=participant, **(values | changes))

    def standing_order(self, participant: int, **changes: Any) -> Order:
        """The default standing order, from the first open interval on."""
        return replace(default_standing_order(participant, 0, 1, self.far_future), **changes)

    def signed_order(self, order: Order, by: LocalAccount | None = None) -> tuple[tuple[Any, ...], bytes]:
        """An order as the contract takes it, signed by its member unless said otherwise."""
        message = order_message(domain_of(self.deployment, "OrderBook"), order)
        return order_struct(order), sign(by or member_key(order.participant), message)

    def place(self, *orders: Order) -> Sent:
        """Send orders, signed by their members, in one batch."""
        return self.do("OrderBook.placeOrders", [self.signed_order(order) for order in orders])

    # ------------------------------------------------------------------ readings

    def run(self, participant: int, first: int, *readings: Reading, by: LocalAccount | None = None) -> SignedRun:
        """A signed run, of the participant's own gateway unless said otherwise."""
        domain = domain_of(self.deployment, "MeterLedger")
        return sign_run(by or gateway_key(participant), domain, Run(participant, first, tuple(readings)))

    def record(self, *runs: SignedRun) -> Sent:
        """Submit a batch of runs."""
        return self.do("MeterLedger.record", encode_batch(runs))

    def record_interval(self, interval: int, readings: Mapping[int, Reading]) -> Sent:
        """Record one reading a participant, once the interval has ended."""
        self.after(interval)
        return self.record(*(self.run(participant, interval, reading) for participant, reading in readings.items()))

    def reading(self, participant: int, interval: int) -> tuple[int, int, int, bool]:
        """Production, consumption (Wh), quality and late flag as recorded."""
        found: tuple[int, int, int, bool] = self.see("MeterLedger.readingOf", participant, interval)
        return found

    # ------------------------------------------------------------------ clearing

    def settlement(
        self, interval: int, readings: Mapping[int, Reading], orders: Mapping[int, Order | None], **changes: Any
    ) -> IntervalSettlement:
        """What the domain makes of an interval. `changes`: tariff, k_ppm, and the seats' `suspended`, `ineligible`."""
        suspended, ineligible = changes.get("suspended", ()), changes.get("ineligible", ())
        seats = [
            Seat(
                participant,
                reading,
                orders.get(participant),
                suspended=participant in suspended,
                eligible=participant not in ineligible,
            )
            for participant, reading in readings.items()
        ]
        return settle(interval, changes.get("tariff", self.tariff), seats, changes.get("k_ppm", self.terms.k_ppm))

    def advance(self, settled: IntervalSettlement, count: int = EVERYBODY) -> Sent:
        """Propose what the domain found, once."""
        return self.do("EnergyMarket.advance", *proposal(settled), count)

    def outcome(self, interval: int) -> Outcome:
        return Outcome(*self.see("EnergyMarket.outcomeOf", interval))

    def balances(self) -> dict[int, int]:
        """Accounts of all participants, n€."""
        found = self.see_each("EnergyMarket.balanceOf", *((i,) for i in self.participants))
        return dict(zip(self.participants, found, strict=True))

    @cached_property
    def far_future(self) -> int:
        """A deadline that no test reaches."""
        return self.now() + LIFE_S

    @cached_property
    def _senders(self) -> dict[str, Sender]:
        return {}


@dataclass(frozen=True)
class Outcome:
    """What the market says of an interval."""

    price: int
    matched_wh: int
    cleared: bool
    settled: bool
    has_price: bool
    left_out: bool


def proposal(settled: IntervalSettlement) -> tuple[int, int, int]:
    """Interval, lo and hi as `advance` takes them."""
    return settled.interval, settled.clearing.low or 0, settled.clearing.high or 0


def made(production_wh: int, consumption_wh: int = 0, quality: Quality = Quality.MEASURED) -> Reading:
    """A reading of a producer."""
    return Reading(production_wh, consumption_wh, quality)  # type: ignore[arg-type]


def used(consumption_wh: int, quality: Quality = Quality.MEASURED) -> Reading:
    """A reading of a consumer."""
    return made(0, consumption_wh, quality)


__all__ = [
    "EVERYBODY",
    "FOREVER",
    "Community",
    "Founded",
    "Outcome",
    "found",
    "made",
    "order_struct",
    "proposal",
    "used",
]
