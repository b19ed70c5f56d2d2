"""A community on paper: the events an honest chain would have written, and the state it would keep.

Three participants over a few half-hours: 1 and 3 buy, 2 has a roof. The tests doctor the events or the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from tests.unit.audit.paper_state import PaperState
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.chain.signing import sign_run
from wattcommons.chain.state import (
    StoredOutcome,
    fills_hash,
)
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.orders import Order, default_standing_order
from wattcommons.domain.packing import encode_batch
from wattcommons.domain.readings import ABSENT_READING, Reading, Run
from wattcommons.domain.settlement import IntervalSettlement, Legs, Seat, certificate_split, settle, settle_late
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.services.audit.book import Audit
from wattcommons.services.audit.report import AuditReport

START = 1_767_225_600
LENGTH = 1_800
FIRST = START // LENGTH + 2
TERMS = CommunityTerms(collect_grid=True, collect_network_fee=True, network_fee=30_000)
DEPLOYMENT = Deployment(
    chain_id=31_337,
    block=1,
    addresses={name: to_checksum_address((0xC0 + i).to_bytes(20, "big")) for i, name in enumerate(CONTRACTS)},
    terms=TERMS,
)
LEDGER = domain_of(DEPLOYMENT, "MeterLedger")
MARKET = DEPLOYMENT.address("EnergyMarket")


def key(number: int) -> LocalAccount:
    return Account.from_key(number.to_bytes(32, "big"))


def reading(production: int, consumption: int) -> Reading:
    return Reading(Wh(production), Wh(consumption))


class Paper:
    """Writes events as the contracts do. Every call is one transaction in a block of its own."""

    def __init__(self) -> None:
        self.now = START
        self.events: list[Event] = []
        self.state = PaperState()
        self.wallets = {index: key(100 + index).address for index in (1, 2, 3)}
        self.gateways = {index: key(200 + index) for index in (1, 2, 3)}
        self.orders: dict[int, Order | None] = {}
        self.suspended: set[int] = set()
        self.recorded: dict[tuple[int, int], Reading] = {}
        self.late: set[tuple[int, int]] = set()
        self.frozen: set[int] = set()
        self._tx = 0
        self.state.wallets = dict(self.wallets)
        self.state.gateways = {index: account.address for index, account in self.gateways.items()}
        self.state.terms = {name: int(getattr(TERMS, name)) for name in _SETTINGS}

    def emit(self, key: str, **args: Any) -> None:
        """An event in the transaction under way."""
        contract, name = key.split(".")
        tx = f"0x{self._tx:064x}"
        self.events.append(Event(contract, name, args, self._tx, tx, len(self.events), self.now))

    def next_tx(self, at: int | None = None) -> None:
        """A new transaction, at a unix second."""
        self._tx += 1
        self.now = max(self.now, at or 0)

    def found(self) -> None:
        """Deployment, members, participants, the roof's device and standing orders."""
        self.next_tx()
        prices = {"retail": TERMS.retail, "feedIn": TERMS.feed_in, "networkFee": TERMS.network_fee}
        self.emit("TariffSchedule.BandAdded", band=1, **prices)
        self.emit("TariffSchedule.DefaultBandSet", band=1, fromInterval=0)
        for index, wallet in self.wallets.items():
            self.next_tx()
            self.emit("MemberRegistry.MemberRegistered", member=index, wallet=wallet, commitment=bytes(32))
            self.emit(
                "MemberRegistry.ParticipantEnrolled",
                participant=index,
                member=index,
                gateway=self.gateways[index].address,
                basis=1,
                source=1,
                importW=9_000,
                exportW=9_000,
                fromInterval=FIRST,
                commitment=bytes(32),
            )
            self.order(default_standing_order(ParticipantIndex(index), IntervalIndex(FIRST), 1, START))
        self.next_tx()
        until = START + 10**8
        terms = (b"T010100", b"F01040100", 9_000, START, b"FR", 0, True, False, until, bytes(32))
        self.emit("MemberRegistry.DeviceRegistered", device=1, terms=terms)
        self.emit("MemberRegistry.DeviceBound", device=1, participant=2, fromInterval=FIRST)

    def order(self, order: Order) -> None:
        """An order, in force from now on as far as the paper's book goes."""
        self.next_tx()
        self.orders[order.participant] = order
        self.emit(
            "OrderBook.OrderPlaced",
            participant=order.participant,
            standing=order.standing,
            shares=order.shares,
            buyLimit=order.buy_limit,
            sellLimit=order.sell_limit,
            buyCapWh=order.buy_cap_wh,
            sellCapWh=order.sell_cap_wh,
            fromInterval=order.from_interval,
            toInterval=order.to_interval,
            nonce=order.nonce,
        )

    def record(self, participant: int, first: int, *readings: Reading, signer: LocalAccount | None = None) -> None:
        """A signed run, just after its last interval (or now, when that is later)."""
        self.next_tx((first + len(readings)) * LENGTH)
        run = Run(ParticipantIndex(participant), IntervalIndex(first), readings)
        signed = sign_run(signer or self.gateways[participant], LEDGER, run)
        for interval, one in run.items():
            late = interval in self.frozen
            self.recorded[participant, interval] = one
            self.late |= {(participant, interval)} if late else set()
            energy = one.production_wh << 24 | one.consumption_wh
            self.state.kept[participant, interval] = energy << 3 | one.quality << 1 | late
        self.emit("MeterLedger.RunsRecorded", submitter=key(9).address, runs=encode_batch([signed]))

    def clear(self, interval: int) -> IntervalSettlement:
        """Freeze, clear and settle in one transaction."""
        in_time = {
            one: found for (one, at), found in self.recorded.items() if at == interval and (one, at) not in self.late
        }
        self.next_tx((interval + 1) * LENGTH + (0 if len(in_time) == 3 else TERMS.deadline_s))
        self.frozen.add(interval)
        self.emit("MeterLedger.IntervalFrozen", interval=interval, present=len(in_time), waited=3)
        seats = [
            Seat(
                ParticipantIndex(one),
                in_time.get(one, ABSENT_READING),
                self.orders.get(one),
                suspended=one in self.suspended,
            )
            for one in (1, 2, 3)
        ]
        settlement = settle(IntervalIndex(interval), TERMS.default_tariff, seats)
        clearing = settlement.clearing
        assert clearing.price is not None
        left_out = bool(settlement.missing)
        self.emit(
            "EnergyMarket.IntervalCleared",
            interval=interval,
            price=clearing.price,
            lo=clearing.low,
            hi=clearing.high,
            matchedWh=clearing.matched_wh,
            hasPrice=True,
            leftOut=left_out,
        )
        fills = pack_fills(clearing.fills)
        if fills:
            self.emit("EnergyMarket.FillsSettled", interval=interval, chunk=0, fills=fills)
            self.state.hashes[interval, 0] = fills_hash(fills)
        for legs in settlement.legs:
            self._book(legs, interval)
        self.emit("EnergyMarket.IntervalSettled", interval=interval)
        self.state.outcome[interval] = StoredOutcome(clearing.price, clearing.matched_wh, True, True, True, left_out)
        return settlement

    def settle_late(self, participant: int, interval: int) -> None:
        """Settle a late reading against the grid."""
        self.next_tx()
        self.emit("EnergyMarket.LateSettled", participant=participant, interval=interval)
        one = self.recorded[participant, interval]
        self._book(settle_late(ParticipantIndex(participant), one, TERMS.default_tariff), interval)

    def deposit(self, participant: int, amount: int) -> None:
        """The treasurer pays in for a participant."""
        self.next_tx()
        self.emit(
            "CommunityEuro.Deposited",
            depositReference=self._tx.to_bytes(32, "big"),
            account=MARKET,
            participant=participant,
            amount=amount,
        )
        self.emit("CommunityEuro.Transfer", **{"from": NO_ADDRESS, "to": MARKET, "value": amount})
        self.emit(
            "EnergyMarket.AccountDeposited",
            **{"participant": participant, "from": DEPLOYMENT.address("CommunityEuro"), "amount": amount},
        )
        self.state.balances[participant] += amount
        self.state.euro[MARKET] += amount

    def transfer(self, one: int, sender: str, receiver: str, wh: int) -> None:
        """Wh of a certificate to another member."""
        self.next_tx()
        self.moved(one, sender, receiver, wh)
        self.state.held[sender, one] -= wh
        self.state.held[receiver, one] += wh

    def moved(self, one: int, sender: str, receiver: str, wh: int) -> None:
        """The token's own event."""
        args = {"operator": sender, "from": sender, "to": receiver, "id": one, "value": wh}
        self.emit("GuaranteeOfOrigin.TransferSingle", **args)

    def cancel(self, one: int, holder: str, wh: int) -> None:
        """A cancellation with its statement."""
        self.next_tx()
        self.moved(one, holder, NO_ADDRESS, wh)
        self.state.statement_count += 1
        number = self.state.statement_count
        self.emit("GuaranteeOfOrigin.CertificateCancelled", statement=number, id=one, wh=wh)
        terms = (bytes(32), bytes(32), START, START + 10**7, b"FR", bytes(32))
        self.emit("GuaranteeOfOrigin.StatementIssued", statement=number, holder=holder, terms=terms, totalWh=wh)
        self.state.held[holder, one] -= wh
        self.state.totals[one >> 32][1] += wh

    def audit(self, events: Sequence[Event] | None = None, state: PaperState | None = None) -> AuditReport:
        """The report on these events (None: all that were written)."""
        self.state.timestamp = self.now
        self.state.block = self._tx
        audit = Audit(DEPLOYMENT)
        audit.read(self.events if events is None else events)
        return audit.report(state or self.state)

    def _book(self, legs: Legs, interval: int) -> None:
        amount = legs.ledger_neur(TERMS.collection)
        self.state.balances[legs.participant] += amount
        self.state.grid -= legs.grid_neur
        self.state.network += legs.fee_neur
        split = certificate_split(self.recorded[legs.participant, interval], legs.sold_wh)
        if legs.participant != 2 or not split.issued_wh:
            return
        one = 1 << 32 | interval
        holder = self.wallets[2]
        self.emit(
            "GuaranteeOfOrigin.Issued",
            id=one,
            participant=2,
            holder=holder,
            ownUseWh=split.own_use_wh,
            soldWh=split.sold_wh,
            mintedWh=split.minted_wh,
        )
        totals = self.state.totals.setdefault(1, [0, 0, 0])
        totals[0] += split.issued_wh
        totals[1] += split.own_use_wh + split.sold_wh
        self.state.issued[one] = split.issued_wh
        if split.minted_wh:
            self.moved(one, NO_ADDRESS, holder, split.minted_wh)
            self.state.held[holder, one] += split.minted_wh


def changed(events: Sequence[Event], key: str, nth: int = 0, **args: Any) -> tuple[list[Event], Event]:
    """The events with other arguments in the nth of a kind, and that event as it was."""
    found = [position for position, event in enumerate(events) if event.key == key][nth]
    doctored = list(events)
    doctored[found] = replace(events[found], args={**events[found].args, **args})
    return doctored, events[found]


def without(events: Sequence[Event], key: str, nth: int = 0) -> tuple[list[Event], Event]:
    """The events less the nth of a kind, and that one."""
    found = [position for position, event in enumerate(events) if event.key == key][nth]
    return [*events[:found], *events[found + 1 :]], events[found]


_SETTINGS = (
    "interval_minutes",
    "gate_lead_s",
    "k_ppm",
    "collect_grid",
    "collect_network_fee",
    "deadline_s",
    "silence_after",
    "points_per_kwh",
    "max_award_mpt",
    "data_grace_s",
    "correction_window_s",
)
