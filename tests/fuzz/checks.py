"""Comparing a community on the chain with its model, and with the sums that must hold without any model.

The numbers are those of invariants.py.
"""

from __future__ import annotations

from typing import Any

from eth_utils import keccak

from tests.fuzz.checks_exports import check_exports
from tests.fuzz.clearing_model import Interval
from tests.fuzz.keys import key, role_key
from tests.fuzz.model import ROSTER_WORD
from tests.fuzz.world import World
from wattcommons.chain.batch import Read
from wattcommons.chain.roles import Role
from wattcommons.chain.stored import order_of, reading_of
from wattcommons.domain.accounts import Account
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.guarantees import CertificateId, device_and_interval
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.units import DeviceIndex, IntervalIndex

WATCHED_FINALS = 1
WATCHED_IDS = 8


def check(world: World, step: int, *, whole: bool = False) -> None:
    """All invariants; of long lists a part that changes with `step`, or everything with `whole`."""
    _check_market(world)
    _check_tokens(world, step, whole=whole)
    check_exports(world, whole=whole)
    model = world.model
    settled = [index for index, one in world.clearing.intervals.items() if one.settled]
    watched = world.clearing.unfinished + (settled if whole else settled[-WATCHED_FINALS:])
    for interval in {*watched, model.first_open + step % 6 - 2}:
        _check_inputs(world, interval)


# ---------------------------------------------------------------------- the market: 1, 3, 5, 12, 14, 18


def _check_market(world: World) -> None:
    model = world.model
    intervals = world.clearing.intervals
    reads: list[tuple[str, tuple[Any, ...]]] = [("pooledBalances", ()), ("inSettlement", ()), ("firstUncleared", ())]
    reads += [("balanceOf", (index,)) for index in model.participants]
    reads += [("outcomeOf", (index,)) for index in intervals]
    chunks = [(index, chunk) for index, one in intervals.items() for chunk in range(len(one.chunks) + 1)]
    reads += [("fillsHash", found) for found in chunks]
    begun = [(index, *pair) for index, one in intervals.items() for pair in one.cursors]
    reads += [("progressOf", found) for found in begun]
    answers, supply, held = world.chain.read(
        [
            world.chain.read_market(reads),
            Read("CommunityEuro", "totalSupply"),
            Read("CommunityEuro", "balanceOf", (world.chain.deployment.address("EnergyMarket"),)),
        ]
    )
    values = iter(world.chain.decode_market(reads, answers))
    pooled, in_settlement, mark = next(values), next(values), next(values)
    balances = {index: next(values) for index in model.participants}
    assert sum(balances.values()) + sum(pooled) + in_settlement == held, "I3"
    assert in_settlement == -_half_booked(world), "I3"
    assert held == model.held_by_market, "I4"
    assert supply == model.minted - model.burned, "I4"
    assert balances == {index: one.balance for index, one in model.participants.items()}, "I5"
    assert pooled == (model.grid, model.network), "I5"
    assert mark == model.mark, "oldest interval that is not final"
    for one in intervals.values():
        price, matched, cleared, settled, has_price, left_out = next(values)
        clearing = one.settlement.clearing
        assert (cleared, settled) == (one.cleared, one.settled), "I12, I18"
        if cleared:
            assert has_price is (clearing.price is not None), "I1"
            assert (price, matched) == (clearing.price or 0, clearing.matched_wh), "I1"
            assert left_out is bool(one.settlement.missing), "I1"
        if settled:
            fills = unpack_fills(b"".join(one.chunks))
            assert fills == clearing.fills, "I1"
            assert sum(fill.wh for fill in fills) == 0, "I1"
            assert sum(fill.wh for fill in fills if fill.wh > 0) == matched, "I1"
        _check_energy(one)
    for index, chunk in chunks:
        known = intervals[index].chunks
        expected = keccak(known[chunk])[:22] if chunk < len(known) else bytes(22)
        assert next(values) == expected, f"fills of chunk {chunk} of interval {index}: I1, I12"
    for index, low, high in begun:
        one = intervals[index]
        expected_cursor = one.cursor if one.cleared else one.cursors[low, high]
        assert next(values) == expected_cursor, "I14"


def _check_energy(one: Interval) -> None:
    readings = {seat.participant: seat.reading for seat in one.seats}
    for leg in one.settlement.legs:
        reading = readings[leg.participant]
        assert reading.production_wh == leg.own_use_wh + leg.sold_wh + leg.grid_export_wh, "I2"
        assert reading.consumption_wh == leg.own_use_wh + leg.bought_wh + leg.grid_import_wh, "I2"


def _half_booked(world: World) -> int:
    """What sellers have got and buyers have not paid yet (or the reverse) in intervals settled halfway, n€."""
    booked = 0
    for one in world.clearing.intervals.values():
        if one.cleared and not one.settled:
            traded = sum(fill.wh for fill in unpack_fills(b"".join(one.chunks)))
            booked += traded * (one.settlement.clearing.price or 0)
    return booked


# ---------------------------------------------------------------------- euro, certificates, points: 4, 6, 7, 8


def _check_tokens(world: World, step: int, *, whole: bool) -> None:
    model = world.model
    wallets = model.wallets
    ids = model.ids
    if not whole and len(ids) > WATCHED_IDS:
        start = step * WATCHED_IDS % len(ids)
        ids = list(dict.fromkeys(ids[start : start + WATCHED_IDS // 2] + ids[-WATCHED_IDS // 2 :]))
    partner = role_key(Role.PARTNER).address
    holdings = [(wallet, one) for wallet in wallets for one in ids]
    answers = iter(
        world.chain.read(
            [
                Read("Ecopoints", "totalSupply"),
                *(Read("Ecopoints", "balanceOf", (wallet,)) for wallet in (*wallets, partner)),
                *(Read("CommunityEuro", "balanceOf", (wallet,)) for wallet in wallets),
                *(Read("GuaranteeOfOrigin", "totalsOf", (device,)) for device in model.devices),
                *(Read("GuaranteeOfOrigin", "debtOf", (device,)) for device in model.devices),
                *(Read("GuaranteeOfOrigin", "certificate", (one,)) for one in ids),
                Read(
                    "GuaranteeOfOrigin",
                    "balanceOfBatch",
                    (tuple(w for w, _ in holdings), tuple(i for _, i in holdings)),
                ),
            ]
        )
    )
    supply = next(answers)
    points = [next(answers) for _ in (*wallets, partner)]
    assert sum(points) == supply == model.points.awarded, "I8"
    assert points == [model.points.balance(Account(one)) for one in (*wallets, partner)], "I8"
    assert model.points.balanced, "I8"
    euro = [next(answers) for _ in wallets]
    assert euro == [model.euro[wallet] for wallet in wallets], "I4"
    assert sum(euro) + model.held_by_market == model.minted - model.burned, "I4"
    totals = [next(answers) for _ in model.devices]
    _check_devices(world, totals)
    _check_debts(world, totals, [next(answers) for _ in model.devices])
    kept = [next(answers) for _ in ids]
    balances = iter(next(answers))
    held = dict.fromkeys(ids, 0)
    register = model.certificates
    for wallet, one in holdings:
        wh = next(balances)
        held[one] += wh
        assert wh == register.balance(CertificateId(one), Account(wallet)), "I6"
    for one, found in zip(ids, kept, strict=True):
        _check_certificate(world, one, found, held[one])


def _check_devices(world: World, totals: list[tuple[int, int, int]]) -> None:
    register = world.model.certificates
    for device, (issued, cancelled, withdrawn) in zip(world.model.devices, totals, strict=True):
        mine = [CertificateId(one) for one in world.model.ids if one >> 32 == device]
        assert issued == sum(register.issued(one) for one in mine), "I6, I7"
        assert cancelled == sum(register.cancelled(one) for one in mine), "I6"
        assert withdrawn == sum(register.withdrawn(one) for one in mine), "I6"
    assert register.totals(world.model.now).balanced, "I6"
    assert len(set(world.model.ids)) == len(world.model.ids), "I7"


def _check_debts(world: World, totals: list[tuple[int, int, int]], debts: list[int]) -> None:
    model = world.model
    for device, (issued, _, withdrawn), debt in zip(model.devices, totals, debts, strict=True):
        assert debt == model.certificates.debt(DeviceIndex(device)), "I25"
        made = 0
        for one in (CertificateId(found) for found in model.ids if found >> 32 == device):
            interval = device_and_interval(one)[1]
            made += model.participants[model.devices[device].holder.at(interval)].readings[interval].production_wh
        corrected_away = withdrawn - model.withdrawn_by_body[device]
        assert issued - corrected_away - debt == made, "I25"


def _check_certificate(world: World, one: int, found: tuple[Any, ...], held: int) -> None:
    model = world.model
    register = model.certificates
    issued, claimable, claimant = found[6:9]
    number = CertificateId(one)
    grouped = register.locked(number) + register.exported(number)
    assert issued == held + claimable + grouped + register.cancelled(number) + register.withdrawn(number), "I6"
    claim = register.waiting(number)
    assert (claimable, claimant) == ((claim.wh, claim.claimant) if claim else (0, 0)), "I6"
    device, interval = device_and_interval(number)
    producer = model.devices[device].holder.at(interval)
    reading = model.participants[producer].readings[interval]
    if interval not in model.participants[producer].earlier:
        assert reading.earns_certificates and issued == reading.production_wh, "I2, I7"


# ---------------------------------------------------------------------- what a clearing reads: 9, 11, 13


def _check_inputs(world: World, interval: int) -> None:
    model = world.model
    known = world.clearing.intervals.get(interval)
    seats = known.seats if known else model.seats(interval)
    roster = [seat.participant for seat in seats]
    words = range(model.words)
    bits = [sum(1 << (p - 1) % ROSTER_WORD for p in roster if (p - 1) // ROSTER_WORD == word) for word in words]
    market = [("eligibleAt", (index, interval)) for index in roster]
    answers = iter(
        world.chain.read(
            [
                world.chain.read_market(market),
                Read("TariffSchedule", "pricesAt", (interval,)),
                Read("MeterLedger", "completeness", (interval,)),
                *(Read("MemberRegistry", "rosterWord", (interval, word)) for word in words),
                *(Read("MeterLedger", "readingsInWord", (interval, word, bits[word])) for word in words),
                *(Read("OrderBook", "ordersInWord", (interval, word, bits[word])) for word in words),
                *(Read("MemberRegistry", "deviceAt", (index, interval)) for index in roster),
                *(Read("MemberRegistry", "epochAt", (index, interval)) for index in model.participants if not known),
            ]
        )
    )
    eligible = world.chain.decode_market(market, next(answers))
    assert eligible == [seat.eligible for seat in seats], f"eligible in {interval}: I9, I11"
    tariff = known.tariff if known else model.tariffs.at(IntervalIndex(interval))
    assert next(answers) == (tariff.retail, tariff.feed_in, tariff.network_fee), f"tariff of {interval}: I9, I11"
    present, waited, frozen, _ready = next(answers)
    assert (present, waited) == (model.present(interval), len(model.waited(interval))), f"{interval}: I9, I17"
    assert frozen is (known is not None), f"frozen {interval}: I17"
    barred = [
        sum(1 << (s.participant - 1) % ROSTER_WORD for s in seats if s.suspended and _in(s.participant, w))
        for w in words
    ]
    assert [next(answers) for _ in words] == list(zip(bits, barred, strict=True)), f"roster of {interval}: I9, I11"
    stored = [one for _ in words for one in next(answers)]
    for seat, (reading, late) in zip(seats, map(reading_of, stored), strict=True):
        one = model.participants[seat.participant]
        assert late is (interval in one.late), f"late in {interval}: I11, I13"
        if late or interval in one.earlier:
            assert reading == one.readings[interval], f"late reading of {interval}: I13"
        else:
            assert reading == seat.reading, f"reading of {interval}: I11, I13"
    packed = [one for _ in words for one in next(answers)]
    for seat, one in zip(seats, packed, strict=True):
        found = order_of(seat.participant, one)
        assert _terms(found) == _terms(seat.order), f"order of {seat.participant} in {interval}: I9, I11"
    for seat in seats:
        assert next(answers) == model.device_at(seat.participant, interval), f"device in {interval}: I9"
    for index, epoch in zip(model.participants, answers, strict=known is None):
        _check_epoch(world, index, interval, epoch)


def _check_epoch(world: World, participant: int, interval: int, found: tuple[Any, ...]) -> None:
    one = world.model.participants[participant]
    if not one.lives(interval):
        assert (int(found[0], 16), *found[1:]) == (0,) * len(found), f"state outside a life, in {interval}: I9"
        return
    gateway, most_import, most_export, _source, _basis, suspended, silent = found
    assert gateway == key(one.gateway.at(interval)).address, f"gateway in {interval}: I9"
    assert (most_import, most_export) == one.limits.at(interval), f"limits in {interval}: I9"
    assert (suspended, silent) == (one.suspended.at(interval), one.silent.at(interval)), f"flags in {interval}: I9"


def _in(participant: int, word: int) -> bool:
    return (participant - 1) // ROSTER_WORD == word


def _terms(order: Order | None) -> tuple[Any, ...] | None:
    if order is None:
        return None
    shares = order.kind is LimitKind.SHARE
    return (shares, order.buy_limit, order.sell_limit, order.buy_cap_wh, order.sell_cap_wh, order.nonce)
