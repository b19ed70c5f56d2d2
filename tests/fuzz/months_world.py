"""A community for the fuzz of certificates over months: chain and model of one moment, moving together.

Four producers (two of plain devices, one of a storage, one of a supported device), two points without one and an
outside member that only holds. The second plant is so large that a few corrections use up the numbers of a certificate.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import Final

from tests.fuzz.chain_driver import ChainDriver, Done, Ipc
from tests.fuzz.clearing_model import ClearingModel
from tests.fuzz.keys import key, role_key
from tests.fuzz.model import Member, Model
from tests.fuzz.months_seen import Seen
from tests.fuzz.world import FAR, NO_HASH, World
from wattcommons.chain.batch import Read
from wattcommons.chain.deploy import deploy
from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.domain.orders import default_standing_order
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import DeviceIndex, IntervalIndex, MicroEurPerKwh, ParticipantIndex

DAY_S: Final = 86_400
LIFE_S: Final = 3 * 365 * DAY_S
"""How long a community is watched."""
REGISTRATION_S: Final = 800 * DAY_S
TERMS: Final = CommunityTerms(
    interval_minutes=30,
    deadline_s=2 * DAY_S,
    replacement_delay_s=DAY_S,
    correction_window_s=120 * DAY_S,
    credit_limit_neur=10**15,
)


@dataclass(frozen=True)
class Kind:
    """A device at its registration."""

    storage: bool = False
    allows: bool = True


SMALL_W: Final = 9_000
LARGE_W: Final = 12_000_000
CAST: Final = (
    (SMALL_W, Kind()),
    (LARGE_W, Kind()),
    (SMALL_W, Kind(storage=True)),
    (SMALL_W, Kind(allows=False)),
    (SMALL_W, None),
    (SMALL_W, None),
)
"""Export power (W) and device of participants 1 to 6: what the last two produce earns nothing until they get a device.
Member 7 has no participant.
"""
MEMBERS: Final = len(CAST) + 1


class MonthsOrigin:
    """The moment that every example goes back to. `seen`: how often each situation arose, over all examples."""

    def __init__(self, ipc_path: str) -> None:
        web3 = connect(ipc_path)
        holders = {role: role_key(role).address for role in Role if role is not Role.ADMIN}
        deployment = deploy(web3, Sender(web3, key(990)), TERMS, holders, admin=role_key(Role.ADMIN).address)
        self.ipc = Ipc(ipc_path)
        self.seen: Counter[Seen] = Counter()
        chain = ChainDriver(self.ipc, deployment)
        length = TERMS.length.seconds
        chain.travel((chain.now() // length + 1) * length)
        model = Model(TERMS, chain.now())
        [model.mark] = chain.read([Read("EnergyMarket", "firstUncleared")])
        model.start = model.mark
        self._world = World(chain, model, ClearingModel(model))
        _furnish(self._world)
        self._snapshot = chain.snapshot()

    def begin(self) -> World:
        chain = self._world.chain
        chain.back_to(self._snapshot)
        self._snapshot = chain.snapshot()
        clearing = copy.deepcopy(self._world.clearing)
        return World(chain, clearing.model, clearing)


def _must(done: Done) -> None:
    assert done.ok, done.error


def _furnish(world: World) -> None:
    model = world.model
    since = model.first_open + 1
    model.tariffs.add_band(_tariff())
    model.tariffs.set_default(1, IntervalIndex(0), IntervalIndex(0))
    for member in range(1, MEMBERS + 1):
        wallet = key(member).address
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "registerMember", wallet, NO_HASH))
        model.members[member] = Member(member, [wallet])
    model.admit()
    for member, (export_w, kind) in enumerate(CAST, start=1):
        power = (SMALL_W, export_w)
        terms = world.enrolment(member, 10 + member, since, power, member)
        _must(world.as_role(Role.OPERATOR, "MemberRegistry", "enrol", *terms))
        participant = world.add_participant(member, 10 + member, since, power)
        if kind is not None:
            _furnish_device(world, participant, since, kind)
        order = default_standing_order(ParticipantIndex(participant), IntervalIndex(since), 1, FAR)
        _must(world.send(key(1).address, "OrderBook", "placeOrders", [world.signed_order(order, member)]))
        model.participants[participant].orders.place(order, model.first_open)
    world.travel(model.end(since - 1))


def _furnish_device(world: World, participant: int, since: int, kind: Kind) -> None:
    valid_until = world.model.now + REGISTRATION_S
    terms = world.device_terms(allows=kind.allows, storage=kind.storage, valid_until=valid_until)
    _must(world.as_role(Role.ISSUING_BODY, "MemberRegistry", "registerDevice", terms))
    device = world.add_device(terms)
    _must(world.as_role(Role.ISSUING_BODY, "MemberRegistry", "bindDevice", device, participant, since))
    world.model.devices[DeviceIndex(device)].holder.set(since, participant)


def _tariff() -> Tariff:
    return Tariff(*(MicroEurPerKwh(price) for price in (TERMS.retail, TERMS.feed_in, TERMS.network_fee)))
