"""What `advance` should do to an interval, step by step, by the domain's settlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fuzz.model import ROSTER_WORD, Model
from wattcommons.domain.accounts import Account
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import IntervalSettlement, Legs, Seat, certificate_split, settle, settle_late
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import DeviceIndex, IntervalIndex, ParticipantIndex


@dataclass
class Interval:
    """An interval whose inputs are frozen, and how far it has come."""

    seats: list[Seat]
    tariff: Tariff
    settlement: IntervalSettlement
    cursors: dict[tuple[int, int], int] = field(default_factory=dict)
    cleared: bool = False
    settled: bool = False
    cursor: int = 0
    chunks: list[bytes] = field(default_factory=list)

    @property
    def right(self) -> tuple[int, int]:
        return right_proposal(self.settlement)


def right_proposal(settlement: IntervalSettlement) -> tuple[int, int]:
    """The one proposal that passes; (0, 0) where there is no price."""
    clearing = settlement.clearing
    return (0, 0) if clearing.low is None or clearing.high is None else (clearing.low, clearing.high)


class ClearingModel:
    """The market's part of the model: frozen intervals, money and certificates of what is settled."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.intervals: dict[int, Interval] = {}

    @property
    def frozen(self) -> set[int]:
        return set(self.intervals)

    @property
    def unfinished(self) -> list[int]:
        return [index for index, one in self.intervals.items() if not one.settled]

    def settlement(self, interval: int) -> IntervalSettlement:
        """How the interval would be settled if it were frozen now, or as it was when it was frozen."""
        known = self.intervals.get(interval)
        if known is not None:
            return known.settlement
        return settle(
            IntervalIndex(interval), self.model.tariffs.at(IntervalIndex(interval)), self.model.seats(interval)
        )

    def advance(self, interval: int, low: int, high: int, count: int) -> str | None:
        """Do what the contract should do now: the name of its error, or None and everything is booked."""
        model = self.model
        if count == 0:
            return "MarketCountZero"
        if interval < model.start:
            return "MarketIntervalBeforeFirst"
        one = self.intervals.get(interval)
        if one is not None and one.settled:
            return "MarketIntervalFinal"
        if one is None:
            refusal = self._not_due(interval)
            if refusal is not None:
                return refusal
            tariff = model.tariffs.at(IntervalIndex(interval))
            one = Interval(model.seats(interval), tariff, self.settlement(interval))
        if one.cleared:
            taken, one.cursor = self._take(interval, one.cursor, count)
            self._settle(interval, one, taken)
            self._finish(interval, one, one.cursor)
            return None
        return self._verify(interval, one, (low, high), count)

    def _not_due(self, interval: int) -> str | None:
        model = self.model
        if model.now < model.end(interval):
            return "LedgerIntervalNotEnded"
        complete = model.present(interval) >= len(model.waited(interval))
        if not complete and model.now < model.end(interval) + model.terms.deadline_s:
            return "LedgerIntervalIncomplete"
        return None

    def is_due(self, interval: int) -> bool:
        return interval in self.intervals or self._not_due(interval) is None

    def _verify(self, interval: int, one: Interval, proposal: tuple[int, int], count: int) -> str | None:
        low, high = proposal
        tariff = one.tariff
        if tariff.has_local_price:
            if not tariff.floor <= low <= high <= tariff.ceiling:
                return "MarketProposalOutOfBand"
        elif proposal != (0, 0):
            return "MarketProposalOutOfBand"
        begun = one.cursors.get(proposal, 0)
        taken, cursor = self._take(interval, begun, count)
        whole = cursor >= self._end
        if whole and proposal != one.right:
            return "MarketProposalWrong"
        self.intervals[interval] = one
        if not whole:
            one.cursors[proposal] = cursor
            return None
        one.cleared = True
        if begun == 0:
            self._settle(interval, one, taken)
            self._finish(interval, one, cursor)
        return None

    @property
    def _end(self) -> int:
        return self.model.words * ROSTER_WORD

    def _take(self, interval: int, cursor: int, count: int) -> tuple[list[int], int]:
        """The next participants from a cursor on, word by word, and where the cursor is then."""
        roster = self.model.roster(interval)
        taken: list[int] = []
        while count and cursor < self._end:
            word = cursor // ROSTER_WORD
            inside = [p for p in roster if p - 1 >= cursor and (p - 1) // ROSTER_WORD == word]
            taken += inside[:count]
            rest = inside[count:]
            count -= len(inside[:count])
            cursor = rest[0] - 1 if rest else (word + 1) * ROSTER_WORD
        return taken, cursor

    def _settle(self, interval: int, one: Interval, taken: Sequence[int]) -> None:
        legs = {leg.participant: leg for leg in one.settlement.legs}
        readings = {seat.participant: seat.reading for seat in one.seats}
        for participant in taken:
            leg = legs.get(ParticipantIndex(participant))
            if leg is not None:
                self._book(interval, readings[ParticipantIndex(participant)], leg)
        fills = [fill for fill in one.settlement.clearing.fills if fill.participant in taken]
        if fills:
            one.chunks.append(pack_fills(fills))

    def _finish(self, interval: int, one: Interval, cursor: int) -> None:
        if cursor < self._end:
            return
        one.settled = True
        one.cursor = 0
        if interval == self.model.mark:
            self._pass_settled(4)

    def _pass_settled(self, most: int) -> None:
        while most and (one := self.intervals.get(self.model.mark)) is not None and one.settled:
            self.model.mark += 1
            most -= 1

    def catch_up(self, most: int) -> None:
        model = self.model
        for _ in range(most):
            one = self.intervals.get(model.mark)
            if (one is None or not one.settled) and (model.end(model.mark) > model.now or model.roster(model.mark)):
                return
            model.mark += 1

    def settle_late(self, participant: int, first: int, count: int) -> int:
        """Settle a participant's late readings of final intervals; how many."""
        one = self.model.participants[participant]
        done = 0
        for interval in range(first, first + count):
            known = self.intervals.get(interval)
            if interval in one.late and known and known.settled and interval not in one.late_settled:
                one.late_settled.add(interval)
                reading = one.readings[interval]
                self._book(interval, reading, settle_late(ParticipantIndex(participant), reading, known.tariff))
                done += 1
        return done

    def _book(self, interval: int, reading: Reading, leg: Legs) -> None:
        model = self.model
        collection = model.terms.collection
        model.participants[leg.participant].balance += leg.ledger_neur(collection)
        if collection.grid:
            model.grid -= leg.grid_neur
        if collection.network_fee:
            model.network += leg.fee_neur
        split = certificate_split(reading, leg.sold_wh)
        device = model.device_at(leg.participant, interval)
        if split.issued_wh and device and model.may_issue(device, interval):
            certificate = certificate_id(DeviceIndex(device), IntervalIndex(interval))
            wallet = Account(model.wallet_of(leg.participant))
            model.certificates.issue(certificate, leg.participant, wallet, split, model.now)
            model.ids.append(certificate)
