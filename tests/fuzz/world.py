"""A deployed community with some members, and the model of it: where every example starts.

Participants that never lived come first, so that the living ones straddle two words of the roster (of 224), at once
or when one more is enrolled.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from tests.fuzz.chain_driver import ChainDriver, Done, Ipc
from tests.fuzz.clearing_model import ClearingModel
from tests.fuzz.keys import FORMER, key, role_key
from tests.fuzz.model import Device, Member, Model, Participant
from tests.fuzz.steps import Steps
from wattcommons.chain.batch import Read
from wattcommons.chain.deploy import deploy
from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, enrolment_message, order_message, order_struct
from wattcommons.domain.accounts import Account
from wattcommons.domain.order_trace import OrderTrace
from wattcommons.domain.orders import Order, default_standing_order
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import DeviceIndex, IntervalIndex, MicroEurPerKwh, ParticipantIndex

GENESIS = 1_767_225_600
LIVING = 6
NO_HASH = bytes(32)
FAR = 2**40
EUR = 10**9
# Retail, feed-in, network fee, µ€/kWh: usual, with a fee, without a gain, no price possible, below zero, all equal.
BANDS = (
    (201_600, 40_000, 0),
    (180_000, 60_000, 30_000),
    (100_000, 90_000, 10_000),
    (50_000, 80_000, 0),
    (20_000, -70_000, 5_000),
    (-10_000, -10_000, 0),
)
TERMS = CommunityTerms(
    interval_minutes=15,
    deadline_s=3_600,
    silence_after=3,
    replacement_delay_s=1_800,
    credit_limit_neur=4 * 10**9,
    points_per_kwh=3,
    max_award_mpt=1_000,
    data_grace_s=3_600,
    correction_window_s=6 * 3_600,
    retail=BANDS[0][0],
    feed_in=BANDS[0][1],
    network_fee=BANDS[0][2],
)


@dataclass
class World:
    """Chain and model of one moment, moving together."""

    chain: ChainDriver
    model: Model
    clearing: ClearingModel

    def send(self, sender: str, contract: str, function: str, *arguments: Any) -> Done:
        """A transaction; the model's clock follows."""
        done = self.chain.send(sender, contract, function, *arguments)
        self.model.now += 1
        return done

    def as_role(self, role: Role, contract: str, function: str, *arguments: Any) -> Done:
        return self.send(role_key(role).address, contract, function, *arguments)

    def travel(self, timestamp: int) -> None:
        self.chain.travel(timestamp)
        self.model.now = timestamp

    def signed_order(self, order: Order, signer: int) -> tuple[Any, ...]:
        message = order_message(domain_of(self.chain.deployment, "OrderBook"), order)
        return (order_struct(order), sign(key(signer), message))

    def enrolment(self, member: int, gateway: int, since: int, power: tuple[int, int], signer: int) -> tuple[Any, ...]:
        """The four arguments of an enrolment that member and metering operator sign."""
        terms = (member, 1, 1, *power, key(gateway).address, since, NO_HASH, FAR)
        message = enrolment_message(domain_of(self.chain.deployment, "MemberRegistry"), terms)
        metering = role_key(Role.METERING_OPERATOR)
        return (terms, sign(key(signer), message), metering.address, sign(metering, message))

    def add_participant(self, member: int, gateway: int, since: int, power: tuple[int, int]) -> int:
        model = self.model
        model.participant_count += 1
        index = model.participant_count
        model.participants[index] = Participant(
            index, member, since, Steps(gateway), Steps(power), OrderTrace(ParticipantIndex(index))
        )
        return index

    def device_terms(self, *, allows: bool = True, storage: bool = False, valid_until: int) -> tuple[Any, ...]:
        return (b"T010100", b"F01010100", 9_000, GENESIS, b"FR", 0, allows, storage, valid_until, NO_HASH)

    def add_device(self, terms: tuple[Any, ...]) -> int:
        """Its state begins at the first open interval."""
        model = self.model
        index = len(model.devices) + 1
        device = Device(index, terms[7], Steps(0), Steps((False, False, 0)))
        device.terms.set(model.first_open, (terms[6] and not terms[7], False, terms[8]))
        model.devices[index] = device
        return index


class Origin:
    """The moment that every example goes back to."""

    def __init__(self, ipc_path: str, *, collect: bool, never_lived: int = 218) -> None:
        terms = CommunityTerms(**{**vars(TERMS), "collect_grid": collect, "collect_network_fee": collect})
        web3 = connect(ipc_path)
        holders = {role: role_key(role).address for role in Role if role is not Role.ADMIN}
        deployment = deploy(web3, Sender(web3, key(990)), terms, holders, admin=role_key(Role.ADMIN).address)
        self.ipc = Ipc(ipc_path)
        chain = ChainDriver(self.ipc, deployment)
        # Early in an interval, so that what follows lies in one.
        length = terms.length.seconds
        chain.travel((chain.now() // length + 1) * length)
        model = Model(terms, chain.now())
        [model.mark] = chain.read([Read("EnergyMarket", "firstUncleared")])
        model.start = model.mark
        self._world = World(chain, model, ClearingModel(model))
        _furnish(self._world, never_lived)
        self._snapshot = chain.snapshot()
        self.steps = 0

    def begin(self) -> World:
        chain = self._world.chain
        chain.back_to(self._snapshot)
        self._snapshot = chain.snapshot()
        clearing = copy.deepcopy(self._world.clearing)
        return World(chain, clearing.model, clearing)


def _must(done: Done) -> None:
    assert done.ok, done.error


def _furnish(world: World, never_lived: int) -> None:
    model = world.model
    since = model.first_open
    model.tariffs.add_band(_tariff(BANDS[0]))
    model.tariffs.set_default(1, IntervalIndex(0), IntervalIndex(0))
    for band in BANDS[1:]:
        _must(world.as_role(Role.OPERATOR, "TariffSchedule", "addBand", *band))
        model.tariffs.add_band(_tariff(band))
    model.bands = len(BANDS)
    for index, number in enumerate((FORMER, 1, 2, 3, 4, 5), start=1):
        wallet = key(number).address
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "registerMember", wallet, NO_HASH))
        model.members[index] = Member(index, [wallet])
    for number in range(1, never_lived + 1):
        terms = world.enrolment(1, 10, since, (number, 0), FORMER)
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "enrol", *terms))
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "close", number, since))
    model.participant_count = never_lived
    for number in range(LIVING):
        member, gateway, power = 2 + number % 5, 11 + number, (9_000, 9_000 if number % 2 == 0 else 0)
        terms = world.enrolment(member, gateway, since, power, 1 + number % 5)
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "enrol", *terms))
        _furnish_participant(world, world.add_participant(member, gateway, since, power), number, since)
    model.admit()
    _furnish_purses(world, since)


def _furnish_purses(world: World, since: int) -> None:
    """Some euro, some savings to be aimed at, and something to spend points on."""
    model = world.model
    for index, member in list(model.members.items())[1:]:
        used = (1_000 + index).to_bytes(32, "big")
        _must(world.as_role(Role.TREASURER, "CommunityEuro", "mint", member.wallet, 20 * EUR, used))
        model.euro[member.wallet] += 20 * EUR
        model.minted += 20 * EUR
    for index, one in model.participants.items():
        used = (2_000 + index).to_bytes(32, "big")
        _must(world.as_role(Role.TREASURER, "CommunityEuro", "mintToAccount", index, EUR, used))
        one.balance += EUR
        model.held_by_market += EUR
        model.minted += EUR
        _must(world.as_role(Role.COACH, "GreenCoach", "setTarget", index, 1, (since, since + 2, 4_000, 3_000, NO_HASH)))
        period = {"first": since, "end": since + 2, "expected": 4_000, "target": 3_000}
        one.periods.append({**period, "outcome": 0, "next": since, "used": 0})
    offer = (100, 5, model.now + 90_000)
    _must(world.as_role(Role.PARTNER, "Ecopoints", "publishOffer", *offer, NO_HASH))
    model.points.publish(Account(role_key(Role.PARTNER).address), *offer)


def _furnish_participant(world: World, index: int, number: int, since: int) -> None:
    model = world.model
    if number % 2 == 0:
        terms = world.device_terms(valid_until=model.now + 86_400 * 365)
        _must(world.as_role(Role.ISSUING_BODY, "MemberRegistry", "registerDevice", terms))
        device = world.add_device(terms)
        _must(world.as_role(Role.ISSUING_BODY, "MemberRegistry", "bindDevice", device, index, since))
        model.devices[DeviceIndex(device)].holder.set(since, index)
    if number != LIVING - 1:
        order = default_standing_order(ParticipantIndex(index), IntervalIndex(since), 1, FAR)
        _must(world.send(key(1).address, "OrderBook", "placeOrders", [world.signed_order(order, 1 + number % 5)]))
        model.participants[index].orders.place(order, IntervalIndex(since))


def _tariff(band: tuple[int, int, int]) -> Tariff:
    return Tariff(*(MicroEurPerKwh(price) for price in band))
