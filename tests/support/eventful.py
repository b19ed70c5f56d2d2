"""A small community with an eventful day on a development chain: everything an audit has to make sense of.

Mill, roof, flat and spa, half-hourly. In turn: deposits and a withdrawal, plain intervals, a gateway rotation, a
suspension, a dated and a cancelled order, new limits, a lost credit, a conflict, a late reading, silence, a device
taken off and put back, a closed account whose Wh wait, transfers, cancellations, a withdrawal, a replaced wallet,
corrected readings and a device in debt, export groups in each state, targets met, missed, without data, a redemption,
consents, a hand-over, a clearing left half settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eth_account.signers.local import LocalAccount
from web3 import Web3

from tests.support.eventful_corrections import correct_some
from tests.support.eventful_exports import group_and_export
from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender, Sent
from wattcommons.chain.signing import sign, sign_run
from wattcommons.chain.typed_data import (
    consent_struct,
    domain_of,
    enrolment_message,
    order_message,
    order_struct,
    rotation_message,
)
from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity, purpose_code
from wattcommons.domain.orders import NO_CAP, LimitKind, Order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.scenarios.community import TRANSACTION_GAS, Community
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec
from wattcommons.services.keeper.book import BookReader

LENGTH = 1_800
DEADLINE_S = 2 * 3_600
TERMS = CommunityTerms(
    collect_grid=True,
    collect_network_fee=True,
    network_fee=20_000,
    deadline_s=DEADLINE_S,
    silence_after=6,
    replacement_delay_s=60,
    data_grace_s=3_600,
)
MILL, ROOF, FLAT, SPA, HEIR = 1, 2, 3, 4, 5
NAMES = {MILL: "mill", ROOF: "roof", FLAT: "flat", SPA: "spa"}
STATEMENT = (b"\1" * 32, b"\2" * 32, 1_767_225_600, 1_777_225_600, b"FR", b"\3" * 32)


def reading(production: int, consumption: int, quality: Quality = Quality.MEASURED) -> Reading:
    return Reading(Wh(production), Wh(consumption), quality)


@dataclass
class Eventful:
    """The community and short ways to act in it. `first`: its first interval; `now`: the next one to be read."""

    web3: Web3
    community: Community
    first: int
    now: int
    keys: dict[int, LocalAccount] = field(default_factory=dict)

    def act(self, who: Role | str, contract: str, function: str, *arguments: Any) -> Sent:
        """Send a call by a role, by a member's name, or by the keeper; it must succeed."""
        account = self.community.keys.role(who) if isinstance(who, Role) else self.community.keys.member(who)
        call = self.community.contracts.call(contract, function, *arguments)
        return Sender(self.web3, account, gas=TRANSACTION_GAS).send(call)

    def read(self, contract: str, function: str, *arguments: Any) -> Any:
        return self.community.contracts.read(contract, function, *arguments)

    def wallet(self, participant: int) -> str:
        return self.community.keys.member(NAMES[participant]).address

    def signed(self, participant: int, first: int, *readings: Reading) -> SignedRun:
        """A run signed by the participant's present gateway."""
        domain = domain_of(self.community.deployment, "MeterLedger")
        run = Run(ParticipantIndex(participant), IntervalIndex(first), readings)
        return sign_run(self.keys[participant], domain, run)

    def record(self, *runs: SignedRun) -> None:
        """Push runs, after the end of the last of their intervals."""
        self.community.clock.advance_to(max(one.run.end for one in runs) * LENGTH + 1)
        self.act("keeper", "MeterLedger", "record", encode_batch(runs))

    def pass_by(self, count: int, without: Iterable[int] = (), mill: int = 1_200) -> list[int]:
        """Everybody's readings of the next `count` intervals, one run each; `mill`: what it makes, Wh."""
        intervals = list(range(self.now, self.now + count))
        made = {MILL: mill, ROOF: 800}
        used = {MILL: 100, ROOF: 300, FLAT: 450, SPA: 1_700, HEIR: 380}
        self.record(
            *(
                self.signed(one, self.now, *(reading(made.get(one, -i) + i, used[one] + 7 * i) for i in range(count)))
                for one in sorted(self.keys)
                if one not in without
            )
        )
        self.now += count
        return intervals

    def settle(self, count: int, mill: int = 1_200) -> None:
        """The next `count` intervals, read and cleared."""
        if count > 0:
            self.clear(self.pass_by(count, mill=mill))

    def catch_up(self, interval: int | None = None) -> None:
        """Read and clear what lies before an interval (None: before now)."""
        self.settle((self.community.clock.now() // LENGTH if interval is None else interval) - self.now)

    @property
    def opened(self) -> int:
        """The first interval whose gate is open."""
        return int(self.read("MemberRegistry", "firstOpenInterval"))

    def clear(self, intervals: Iterable[int], most: int = 1_000) -> None:
        """One `advance` for each interval, with the right proposal."""
        reader = BookReader(self.community.contracts)
        for proposal in reader.proposals(tuple(IntervalIndex(one) for one in intervals)):
            self.act("keeper", "EnergyMarket", "advance", proposal.interval, proposal.low, proposal.high, most)

    def both(self, participant_or_member: str, terms: tuple[Any, ...], message: Any) -> tuple[Any, ...]:
        """Terms with the signatures of the member and of the metering operator."""
        metering = self.community.keys.role(Role.METERING_OPERATOR)
        member = self.community.keys.member(participant_or_member)
        return terms, sign(member, message), metering.address, sign(metering, message)


def found(web3: Web3) -> Eventful:
    """The community on its first interval, with deposits made."""
    participants = tuple(
        ParticipantSpec(name, device=DeviceSpec(9_000) if name in ("mill", "roof") else None) for name in NAMES.values()
    )
    community = Community(web3, CommunitySpec(TERMS, participants))
    first = int(community.contracts.read("MemberRegistry", "firstOpenInterval"))
    community.join((one, IntervalIndex(first)) for one in participants)
    keys = {index: community.keys.gateway(name) for index, name in NAMES.items()}
    return Eventful(web3, community, first, first, keys)


def live(day: Eventful, *, corrections: bool = False, exports: bool = False) -> Mapping[str, int]:
    """The whole day, with corrections and export groups if wanted. Returns what a test may ask about, by its name."""
    marks: dict[str, int] = {}
    _money(day)
    day.settle(3)
    marks["chunked"] = settled_in_chunks(day, 1)
    _dated_changes(day)
    day.settle(4)
    _late_and_conflict(day, marks)
    _devices(day)
    _certificates(day, marks)
    _coach(day)
    _consents(day)
    _hand_over(day)
    _silence(day)
    if corrections:
        correct_some(day, marks, MILL, SPA)
    marks |= group_and_export(day, MILL) if exports else {}
    _half_settled(day, marks)
    return marks


def _money(day: Eventful) -> None:
    euro = 10**9
    day.act(Role.TREASURER, "CommunityEuro", "mintToAccount", FLAT, 20 * euro, b"\1" * 32)
    day.act(Role.TREASURER, "CommunityEuro", "mint", day.wallet(SPA), 90 * euro, b"\2" * 32)
    market = day.community.deployment.address("EnergyMarket")
    day.act("spa", "CommunityEuro", "approve", market, 80 * euro)
    day.act("spa", "EnergyMarket", "deposit", SPA, 80 * euro)
    day.act("spa", "EnergyMarket", "withdraw", SPA, 2 * euro)
    day.act("spa", "CommunityEuro", "redeem", 3 * euro, b"\3" * 32)


def _dated_changes(day: Eventful) -> None:
    """From the next open interval: rotation, suspension, orders, limits, prices, a credit lost."""
    opened = day.opened
    fresh = day.community.keys.gateway("flat, second")
    terms = (FLAT, fresh.address, 1, opened, 0, day.community.clock.now() + 86_400)
    message = rotation_message(domain_of(day.community.deployment, "MemberRegistry"), terms)
    day.act("keeper", "MemberRegistry", "rotateGateway", *day.both("flat", terms, message))
    day.act(Role.OPERATOR, "MemberRegistry", "setSuspended", SPA, True)
    day.act(Role.METERING_OPERATOR, "MemberRegistry", "setLimits", ROOF, 8_000, 7_000, opened)
    _order(day, ROOF, 200_000, 90_000, opened, opened + 2, 2)
    _order(day, MILL, 0, 60_000, opened + 1, opened + 40, 2)
    _order(day, FLAT, 150_000, 60_000, opened, opened + 40, 2)
    day.act("flat", "OrderBook", "cancelOrders", FLAT, False, 3)
    day.act(Role.OPERATOR, "TariffSchedule", "addBand", 230_000, 50_000, 20_000)
    day.act(Role.OPERATOR, "TariffSchedule", "addBand", 30_000, 50_000, 20_000)
    day.act(Role.OPERATOR, "TariffSchedule", "schedule", opened, [2, 0, 3])
    day.act(Role.TREASURER, "EnergyMarket", "setCreditLimit", ROOF, 0)
    day.act("keeper", "EnergyMarket", "checkCredit", ROOF)
    day.catch_up(opened)
    day.keys[FLAT] = fresh


def _order(day: Eventful, participant: int, buy: int, sell: int, first: int, end: int, nonce: int) -> None:
    order = Order(
        ParticipantIndex(participant),
        LimitKind.FIXED,
        False,
        buy,
        sell,
        Wh(NO_CAP),
        Wh(300),
        IntervalIndex(first),
        IntervalIndex(end),
        nonce,
        day.community.clock.now() + 86_400,
    )
    message = order_message(domain_of(day.community.deployment, "OrderBook"), order)
    signature = sign(day.community.keys.member(NAMES[participant]), message)
    day.act("keeper", "OrderBook", "placeOrders", [(order_struct(order), signature)])


def _late_and_conflict(day: Eventful, marks: dict[str, int]) -> None:
    """The roof's reading comes after the deadline; the flat's gateway contradicts itself."""
    [interval] = day.pass_by(1, without=(ROOF,))
    day.community.clock.advance_to((interval + 1) * LENGTH + DEADLINE_S)
    day.clear([interval])
    day.record(day.signed(ROOF, interval, reading(640, 30)))
    day.act("keeper", "EnergyMarket", "settleLate", ROOF, interval, 1)
    contradicting = day.signed(FLAT, interval, reading(0, 1), reading(0, 410))
    estimated = day.signed(MILL, interval + 1, reading(700, 90, Quality.ESTIMATED))
    rest = [day.signed(one, interval + 1, reading(600 * (one == ROOF), 90)) for one in (ROOF, SPA)]
    day.record(contradicting, estimated, *rest)
    day.now = interval + 2
    day.clear([interval + 1])
    marks["late"] = interval
    day.catch_up()


def _devices(day: Eventful) -> None:
    """The roof's device is taken off and put back; the mill's account closes, and its Wh wait."""
    until = day.community.clock.now() + 10**7
    day.act(Role.ISSUING_BODY, "MemberRegistry", "setDeviceIssuable", 2, True, True, until)
    day.settle(3)
    day.act(Role.ISSUING_BODY, "MemberRegistry", "setDeviceIssuable", 2, True, False, until)
    day.act(Role.OPERATOR, "MemberRegistry", "setMemberActive", MILL, False)
    day.settle(3, mill=4_000)
    day.act(Role.OPERATOR, "MemberRegistry", "setMemberActive", MILL, True)


def _certificates(day: Eventful, marks: dict[str, int]) -> None:
    """Claim, transfers, a cancellation of two certificates, withdrawals, a replaced wallet."""
    claimed, waiting = (1 << 32 | day.now - back for back in (1, 2))
    late = 2 << 32 | marks["late"]
    mill, roof, flat, spa = (day.wallet(one) for one in (MILL, ROOF, FLAT, SPA))
    day.act("keeper", "GuaranteeOfOrigin", "claim", claimed)
    day.act(Role.ISSUING_BODY, "GuaranteeOfOrigin", "withdraw", _NOBODY, waiting, 11, b"\7" * 32)
    day.act("roof", "GuaranteeOfOrigin", "safeTransferFrom", roof, flat, late, 300, b"")
    day.act("mill", "GuaranteeOfOrigin", "safeTransferFrom", mill, flat, claimed, 500, b"")
    day.act("flat", "GuaranteeOfOrigin", "safeBatchTransferFrom", flat, spa, [late, claimed], [10, 20], b"")
    day.act("flat", "GuaranteeOfOrigin", "cancel", [late, claimed], [100, 200], STATEMENT)
    day.act(Role.ISSUING_BODY, "GuaranteeOfOrigin", "withdraw", spa, late, 5, b"\7" * 32)
    successor = _replace(day, FLAT)
    day.act("keeper", "GuaranteeOfOrigin", "recover", flat, [late])
    day.act("flat", "GuaranteeOfOrigin", "safeTransferFrom", flat, successor, claimed, 40, b"")
    marks |= {"claimed": claimed, "traded": late}


def _replace(day: Eventful, participant: int) -> str:
    """A new wallet for the participant's member, who lost the key. Returns it."""
    successor = day.community.keys.member(f"{NAMES[participant]}, second").address
    day.act(Role.OPERATOR, "MemberRegistry", "proposeReplacement", participant, successor)
    day.act(Role.RECOVERY_APPROVER, "MemberRegistry", "approveReplacement", participant, successor)
    day.community.clock.advance_to(day.community.clock.now() + TERMS.replacement_delay_s + 1)
    day.act("keeper", "MemberRegistry", "executeReplacement", participant)
    return successor


def _coach(day: Eventful) -> None:
    """Targets met, met in two parts, missed, and one without data; points spent, and given away."""
    opened = day.opened
    for participant, target in ((FLAT, 90_000), (MILL, 90_000), (SPA, 10), (ROOF, 90_000)):
        day.act(
            Role.COACH, "GreenCoach", "setTarget", participant, 1, (opened, opened + 4, 100_000, target, b"\5" * 32)
        )
    day.catch_up(opened + 3)
    [last] = day.pass_by(1, without=(ROOF,))
    day.community.clock.advance_to((last + 1) * LENGTH + DEADLINE_S)
    day.clear([last])
    for participant in (FLAT, SPA, ROOF):
        day.act("keeper", "GreenCoach", "evaluate", participant, 1, 100)
    day.act("keeper", "GreenCoach", "evaluate", MILL, 1, 3)
    day.act("keeper", "GreenCoach", "evaluate", MILL, 1, 3)
    day.act(Role.PARTNER, "Ecopoints", "publishOffer", 20_000, 2, day.community.clock.now() + 10**6, b"\6" * 32)
    day.act("mill", "Ecopoints", "redeem", 1)
    day.act(Role.PARTNER, "Ecopoints", "useVoucher", 1)
    day.act("mill", "Ecopoints", "transfer", day.community.keys.role(Role.PARTNER).address, 1_000)
    day.act(Role.PARTNER, "Ecopoints", "closeOffer", 1)
    _replace(day, MILL)
    day.act(Role.OPERATOR, "MemberRegistry", "setSuspended", SPA, False)
    day.act("keeper", "Ecopoints", "recover", day.wallet(MILL))
    day.catch_up()


def _consents(day: Eventful) -> None:
    """Asked for and given, rejected, withdrawn; given unasked, taken back, given up; one stays with the flat."""
    adviser = day.community.keys.role(Role.THIRD_PARTY).address
    now = day.community.clock.now()

    def terms(participant: int, granularity: Granularity) -> tuple[Any, ...]:
        both = Directions.IMPORT | Directions.EXPORT
        wanted = (granularity, 2, purpose_code("energy-advice"), now, now + 90 * 86_400)
        return consent_struct(ConsentTerms(ParticipantIndex(participant), Account(adviser), both, *wanted))

    for granularity in (Granularity.DAILY, Granularity.INTERVAL, Granularity.COMPARISON):
        day.act(Role.THIRD_PARTY, "ConsentRegistry", "request", terms(SPA, granularity))
    day.act("spa", "ConsentRegistry", "grant", 1, terms(SPA, Granularity.DAILY))
    day.act("spa", "ConsentRegistry", "reject", 2)
    day.act(Role.THIRD_PARTY, "ConsentRegistry", "terminate", 3)
    day.act("roof", "ConsentRegistry", "grant", 0, terms(ROOF, Granularity.INTERVAL))
    day.act("roof", "ConsentRegistry", "revoke", 4)
    day.act("roof", "ConsentRegistry", "grant", 0, terms(ROOF, Granularity.THIRD_PARTY))
    day.act(Role.THIRD_PARTY, "ConsentRegistry", "terminate", 5)
    day.act("flat, second", "ConsentRegistry", "grant", 0, terms(FLAT, Granularity.INTERVAL))


def _hand_over(day: Eventful) -> None:
    """The flat gets a new owner, a participant of its own."""
    opened = day.opened
    owner, fresh = day.community.keys.member("heir"), day.community.keys.gateway("heir")
    day.act(Role.OPERATOR, "MemberRegistry", "registerMember", owner.address, b"\4" * 32)
    terms = (5, 1, 1, 9_000, 9_000, fresh.address, opened, b"\4" * 32, day.community.clock.now() + 86_400)
    message = enrolment_message(domain_of(day.community.deployment, "MemberRegistry"), terms)
    day.act(Role.OPERATOR, "MemberRegistry", "handOver", FLAT, *day.both("heir", terms, message))
    day.catch_up(opened)
    del day.keys[FLAT]
    day.keys[HEIR] = fresh


def _silence(day: Eventful) -> None:
    """The spa says nothing, is waited for no longer, and comes back late."""
    before = day.pass_by(TERMS.silence_after, without=(SPA,))
    day.act("keeper", "MeterLedger", "markSilent", SPA)
    opened = day.opened
    before += day.pass_by(opened - day.now, without=(SPA,))
    [alone] = day.pass_by(1, without=(SPA,))
    day.clear([alone])
    day.record(day.signed(SPA, alone, reading(0, 5)))
    day.community.clock.advance_to((alone + 1) * LENGTH + DEADLINE_S)
    day.clear(before)
    day.act("keeper", "EnergyMarket", "settleLate", SPA, alone, 1)
    day.catch_up()


def _half_settled(day: Eventful, marks: dict[str, int]) -> None:
    """The network is paid; one interval is cleared two participants at a time, and left when two are settled."""
    day.act(Role.TREASURER, "EnergyMarket", "withdrawPooled", day.wallet(SPA), True, 10_000)
    [half] = day.pass_by(1)
    for _ in range(3):
        day.clear([half], most=2)
    day.record(day.signed(MILL, day.now, reading(5, 5)))
    marks["half"] = half


def settled_in_chunks(day: Eventful, most: int) -> int:
    """An interval cleared and settled by as many calls as it takes."""
    [interval] = day.pass_by(1)
    while not day.read("EnergyMarket", "outcomeOf", interval)[3]:
        day.clear([interval], most)
    return interval


_NOBODY = "0x" + "00" * 20
