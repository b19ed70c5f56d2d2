"""What a clearing depends on, read from the chain alone, and the proposal that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattcommons.chain.batch import Read, read_all, read_wide
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.stored import order_of, reading_of
from wattcommons.domain.auction import equilibria
from wattcommons.domain.readings import ABSENT_READING
from wattcommons.domain.settlement import Seat, build_book
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh, ParticipantIndex
from wattcommons.services.keeper.plan import Proposal

WORD: Final = 224
"""Participants in one word of the roster."""


class BookReader:
    """Reads books of intervals whose readings are all in, or past their deadline."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts

    def proposals(self, intervals: Sequence[IntervalIndex], *, block: int | None = None) -> list[Proposal]:
        """The clearing of each interval, by the state of one block.

        A reading that lands between that block and the freeze makes a proposal wrong: read again then.
        """
        if not intervals:
            return []
        [words] = read_all(self._contracts, [Read("MemberRegistry", "rosterWordCount")], block=block)
        tariffs = self._tariffs(intervals, block)
        seats = self._seats(intervals, words, tariffs, block)
        return [self._propose(interval, tariffs[interval], seats[interval]) for interval in intervals]

    def _propose(self, interval: IntervalIndex, tariff: Tariff, seats: list[Seat]) -> Proposal:
        low = high = 0
        if tariff.has_local_price:
            low, high = equilibria(sorted(build_book(seats, tariff)), tariff.floor, tariff.ceiling)
        producers = sum(seat.reading.production_wh > 0 for seat in seats)
        return Proposal(interval, low, high, len(seats), producers)

    def _tariffs(self, intervals: Sequence[IntervalIndex], block: int | None) -> dict[IntervalIndex, Tariff]:
        reads = [Read("TariffSchedule", "pricesAt", (interval,)) for interval in intervals]
        return {
            interval: Tariff(*(MicroEurPerKwh(price) for price in prices))
            for interval, prices in zip(intervals, read_all(self._contracts, reads, block=block), strict=True)
        }

    def _seats(
        self, intervals: Sequence[IntervalIndex], words: int, tariffs: dict[IntervalIndex, Tariff], block: int | None
    ) -> dict[IntervalIndex, list[Seat]]:
        places = [(interval, word) for interval in intervals for word in range(words)]
        rosters = read_all(
            self._contracts, [Read("MemberRegistry", "rosterWord", place) for place in places], block=block
        )
        reads = []
        for place, (active, _) in zip(places, rosters, strict=True):
            reads.append(Read("MeterLedger", "readingsInWord", (*place, active)))
            reads.append(Read("OrderBook", "ordersInWord", (*place, active)))
        found = iter(read_all(self._contracts, reads, block=block))
        seats: dict[IntervalIndex, list[Seat]] = {interval: [] for interval in intervals}
        for (interval, word), (active, suspended) in zip(places, rosters, strict=True):
            readings, orders = next(found), next(found)
            members = members_of(word, active)
            for participant, stored, packed in zip(members, readings, orders, strict=True):
                reading, late = reading_of(stored)
                seats[interval].append(
                    Seat(
                        participant,
                        ABSENT_READING if late else reading,
                        order_of(participant, packed),
                        suspended=bool(suspended >> ((participant - 1) % WORD) & 1),
                    )
                )
        return self._with_credit(seats, tariffs, block)

    def _with_credit(
        self, seats: dict[IntervalIndex, list[Seat]], tariffs: dict[IntervalIndex, Tariff], block: int | None
    ) -> dict[IntervalIndex, list[Seat]]:
        asked = [
            (interval, seat.participant)
            for interval, here in seats.items()
            if tariffs[interval].has_local_price
            for seat in here
            if seat.trades and seat.reading.net_wh
        ]
        reads = [Read("EnergyMarket", "eligibleAt", (participant, interval)) for interval, participant in asked]
        answers = zip(asked, read_wide(self._contracts, reads, block=block), strict=True)
        barred = {place for place, eligible in answers if not eligible}
        if not barred:
            return seats
        return {
            interval: [
                Seat(
                    seat.participant,
                    seat.reading,
                    seat.order,
                    seat.suspended,
                    (interval, seat.participant) not in barred,
                )
                for seat in here
            ]
            for interval, here in seats.items()
        }


def members_of(word: int, bits: int) -> list[ParticipantIndex]:
    """Participants of a roster word, in index order."""
    base = word * WORD + 1
    return [ParticipantIndex(base + place) for place in range(WORD) if bits >> place & 1]
