"""The community rebuilt from events: every dated thing as a function of the interval."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.unit.audit.paper import FIRST, START, TERMS, Paper
from wattcommons.chain.events import NO_ADDRESS
from wattcommons.domain.devices import NotIssuable
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import Check, Findings
from wattcommons.services.audit.roster import MAX_SUCCESSIONS
from wattcommons.services.audit.spans import spans
from wattcommons.services.audit.traces import Trace
from wattcommons.services.audit.world import World

pytestmark = pytest.mark.unit

LATER = FIRST + 10


class Told:
    """A world, and the paper on which its events are written."""

    def __init__(self) -> None:
        self.paper = Paper()
        self.findings = Findings(checks.ALL)
        self.world = World(TERMS, self.findings)
        self._read = 0

    def tell(self, key: str, **args: Any) -> None:
        self.paper.next_tx()
        self.paper.emit(key, **args)
        self.catch_up()

    def catch_up(self) -> None:
        handlers = self.world.handlers()
        for event in self.paper.events[self._read :]:
            if event.key in handlers:
                handlers[event.key](event)
        self._read = len(self.paper.events)

    @property
    def dates(self) -> Check:
        return next(check for check in self.findings.checks() if check.name == checks.DATES)


@pytest.fixture
def told() -> Told:
    community = Told()
    community.paper.found()
    community.catch_up()
    return community


@pytest.mark.parametrize(
    ("key", "args"),
    [
        ("MemberRegistry.SuspensionSet", {"participant": 9, "suspended": True, "fromInterval": LATER}),
        ("MemberRegistry.ParticipantClosed", {"participant": 9, "untilInterval": LATER}),
        ("MemberRegistry.MemberActiveSet", {"member": 9, "active": False}),
        ("MemberRegistry.DeviceBound", {"device": 9, "participant": 1, "fromInterval": LATER}),
        ("TariffSchedule.DefaultBandSet", {"band": 7, "fromInterval": LATER}),
        ("TariffSchedule.BandsScheduled", {"firstInterval": LATER, "codes": [7]}),
        ("TariffSchedule.BandsScheduled", {"firstInterval": FIRST - 2, "codes": [1]}),
        ("OrderBook.OrderCancelled", {"participant": 1, "standing": True, "fromInterval": LATER, "nonce": 1}),
    ],
)
def test_world__event_that_cannot_be__named(told: Told, key: str, args: dict[str, Any]) -> None:
    told.tell(key, **args)
    [broken] = told.dates.broken
    assert broken.entry.startswith(key)
    assert broken.tx == told.paper.events[-1].tx_hash


def test_roster__limits_after_a_dated_rotation__both_hold_from_their_dates(told: Told) -> None:
    told.tell(
        "MemberRegistry.GatewayRotated", participant=1, gateway=NO_ADDRESS[:-1] + "7", source=2, fromInterval=LATER
    )
    told.tell("MemberRegistry.LimitsSet", participant=1, importW=5, exportW=6, fromInterval=FIRST + 2)
    first, second, third = (told.world.roster.epoch(1, at) for at in (FIRST, FIRST + 2, LATER))
    assert (first.import_w, second.import_w, third.import_w) == (9_000, 5, 5)
    assert first.gateway == second.gateway != third.gateway
    assert told.dates.ok


def test_roster__closed_participant__gone_from_its_end_whatever_comes_later(told: Told) -> None:
    told.tell("MemberRegistry.ParticipantClosed", participant=1, untilInterval=LATER)
    told.tell("MemberRegistry.SuspensionSet", participant=1, suspended=True, fromInterval=FIRST)
    assert [index for index, _ in told.world.roster.active(LATER - 1)] == [1, 2, 3]
    assert [index for index, _ in told.world.roster.active(LATER)] == [2, 3]
    assert told.world.roster.epoch(1, LATER - 1).suspended


def test_roster__replaced_wallets__the_last_is_the_heir_and_the_holder(told: Told) -> None:
    wallets = [told.paper.wallets[1], *(f"0x{number:040x}" for number in range(1, 20))]
    for old, new in pairwise(wallets[:4]):
        told.tell("MemberRegistry.WalletReplaced", member=1, oldWallet=old, newWallet=new)
    roster = told.world.roster
    assert roster.heir_of(wallets[0]) == wallets[3]
    assert roster.heir_of(wallets[3]) is None
    assert roster.is_holder(wallets[3])
    assert not roster.is_holder(wallets[0])
    for old, new in pairwise(wallets[3:]):
        told.tell("MemberRegistry.WalletReplaced", member=1, oldWallet=old, newWallet=new)
    assert roster.heir_of(wallets[0]) == wallets[MAX_SUCCESSIONS]


def test_devices__rebound__one_participant_an_interval(told: Told) -> None:
    told.tell("MemberRegistry.DeviceBound", device=1, participant=3, fromInterval=LATER)
    devices = told.world.devices
    for interval, owner in ((FIRST, 2), (LATER - 1, 2), (LATER, 3)):
        found = [index for index in (1, 2, 3) if devices.of(index, interval) is not None]
        assert found == [owner]


def test_devices__terms__refuse_by_interval(told: Told) -> None:
    devices = told.world.devices
    device = devices.of(2, FIRST)
    assert devices.refusal(None, FIRST) is NotIssuable.NO_DEVICE
    assert devices.refusal(device, FIRST) is None
    until = (LATER + 2) * 1_800
    args = {"device": 1, "validUntil": until}
    told.tell("MemberRegistry.DeviceIssuableSet", **args, schemeAllows=True, suspended=True, fromInterval=FIRST + 2)
    told.tell("MemberRegistry.DeviceIssuableSet", **args, schemeAllows=False, suspended=False, fromInterval=FIRST + 4)
    told.tell("MemberRegistry.DeviceIssuableSet", **args, schemeAllows=True, suspended=False, fromInterval=LATER)
    reasons = [devices.refusal(device, at) for at in (FIRST, FIRST + 2, FIRST + 4, LATER + 1, LATER + 2)]
    assert reasons == [None, NotIssuable.SUSPENDED, NotIssuable.SUPPORTED, None, NotIssuable.LAPSED]


def test_seats__suspension_and_credit__by_interval(told: Told) -> None:
    told.tell("MemberRegistry.SuspensionSet", participant=1, suspended=True, fromInterval=LATER)
    told.tell("EnergyMarket.CreditEligibilitySet", participant=3, eligible=False, fromInterval=LATER)
    before, after = (told.world.seats(at, {}) for at in (LATER - 1, LATER))
    assert [(seat.suspended, seat.eligible) for seat in before] == [(False, True)] * 3
    assert [(seat.suspended, seat.eligible) for seat in after] == [(True, True), (False, True), (False, False)]
    assert all(seat.order is not None for seat in after)


def test_tariff__scheduled_band__for_its_intervals_only(told: Told) -> None:
    told.tell("TariffSchedule.BandAdded", band=2, retail=5, feedIn=-7, networkFee=1)
    told.tell("TariffSchedule.BandsScheduled", firstInterval=LATER, codes=[2, 0])
    assert told.world.tariff(LATER).feed_in == -7
    assert told.world.tariff(LATER + 1).feed_in == TERMS.feed_in
    assert told.dates.ok
    assert told.paper.now == START


def test_trace__earlier_change_after_a_later_one__applies_to_both() -> None:
    trace: Trace[frozenset[str]] = Trace(frozenset())
    trace.update(10, lambda now: now | {"later"})
    trace.update(5, lambda now: now | {"earlier"})
    assert [sorted(trace.at(interval)) for interval in (4, 5, 9, 10)] == [
        [],
        ["earlier"],
        ["earlier"],
        ["earlier", "later"],
    ]


def test_spans__many__first_eight_and_how_many_more() -> None:
    assert spans([]) == ""
    assert spans([1, 2, 3, 7]) == "1-3, 7"
    assert spans(range(0, 20, 2)) == "0, 2, 4, 6, 8, 10, 12, 14 and 2 spans more"
