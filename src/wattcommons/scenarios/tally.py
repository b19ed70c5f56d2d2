"""What a community's logs add up to, recomputed by the domain's rules: energy, money, certificates, points.

Integers throughout: Wh, µ€/kWh, n€, thousandths of a point.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.events import Event, read_events
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.packing import decode_batch
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import legs_of
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh, ParticipantIndex


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """One interval as cleared; prices None where no local price was possible. `left_out`: somebody had no reading."""

    interval: IntervalIndex
    price: int | None
    low: int | None
    high: int | None
    matched_wh: int
    left_out: bool


@dataclass(slots=True)
class Sums:
    """Of one participant, or of all: Wh and n€. `readings`: how many are settled, of `recorded`.

    Paid and received are positive both; fees are what the local purchases cost beside the price.
    """

    recorded: int = 0
    readings: int = 0
    production_wh: int = 0
    consumption_wh: int = 0
    self_consumed_wh: int = 0
    bought_wh: int = 0
    sold_wh: int = 0
    grid_import_wh: int = 0
    grid_export_wh: int = 0
    local_paid_neur: int = 0
    local_received_neur: int = 0
    fees_neur: int = 0
    grid_paid_neur: int = 0
    grid_received_neur: int = 0
    saved_neur: int = 0
    issued_wh: int = 0
    cancelled_at_issue_wh: int = 0


@dataclass
class Tally:
    """The whole book. `certificates` counts those issued; `conflicts` and `skipped_runs` are what was refused."""

    clearings: list[ClearingLine] = field(default_factory=list)
    participants: dict[ParticipantIndex, Sums] = field(default_factory=dict)
    settled: set[IntervalIndex] = field(default_factory=set)
    certificates: int = 0
    cancelled_later_wh: int = 0
    withdrawn_wh: int = 0
    points_awarded: int = 0
    points_redeemed: int = 0
    late: int = 0
    skipped_runs: int = 0
    conflicts: int = 0

    def total(self, name: str) -> int:
        """Sum of one field over all participants."""
        return sum(getattr(sums, name) for sums in self.participants.values())

    @property
    def held_wh(self) -> int:
        """Certified Wh not cancelled and not withdrawn."""
        cancelled = self.total("cancelled_at_issue_wh") + self.cancelled_later_wh
        return self.total("issued_wh") - cancelled - self.withdrawn_wh


def tally(contracts: Contracts, last_block: int | None = None) -> Tally:
    """Read all logs up to a block (default the latest) and add them up."""
    block = contracts.web3.eth.block_number if last_block is None else last_block
    book = BookTally()
    for event in read_events(contracts, block):
        book.take(event)
    settled = sorted(book.result.settled)
    reads = [Read("TariffSchedule", "pricesAt", (interval,)) for interval in settled]
    tariffs = {
        interval: Tariff(*(MicroEurPerKwh(price) for price in prices))
        for interval, prices in zip(settled, read_all(contracts, reads), strict=True)
    }
    book.settle(tariffs)
    return book.result


class BookTally:
    """Takes events one by one; `result` is complete after `settle`."""

    def __init__(self) -> None:
        self.result = Tally()
        self._readings: dict[IntervalIndex, dict[ParticipantIndex, Reading]] = {}
        self._fills: dict[IntervalIndex, dict[ParticipantIndex, int]] = {}
        self._prices: dict[IntervalIndex, int | None] = {}

    def take(self, event: Event) -> None:
        """One log."""
        args, result = event.args, self.result
        match event.name:
            case "RunsRecorded":
                self._record(args["runs"])
            case "IntervalCleared":
                self._clear(args)
            case "FillsSettled":
                fills = self._fills.setdefault(args["interval"], {})
                fills |= {fill.participant: fill.wh for fill in unpack_fills(args["fills"])}
            case "IntervalSettled":
                result.settled.add(args["interval"])
            case "Issued":
                sums = self._of(args["participant"])
                cancelled = args["ownUseWh"] + args["soldWh"]
                sums.issued_wh += cancelled + args["mintedWh"]
                sums.cancelled_at_issue_wh += cancelled
                result.certificates += 1
            case "CertificateCancelled":
                result.cancelled_later_wh += args["wh"]
            case "Withdrawn":
                result.withdrawn_wh += args["wh"]
            case "Awarded":
                result.points_awarded += args["amount"]
            case "VoucherIssued":
                result.points_redeemed += args["price"]
            case "LateSettled":
                result.late += 1
            case "RunSkipped":
                result.skipped_runs += 1
            case "ReadingConflict":
                result.conflicts += 1

    def settle(self, tariffs: dict[IntervalIndex, Tariff]) -> None:
        """Add up the legs of every reading of a settled interval, late ones included: those traded nothing."""
        for interval, tariff in tariffs.items():
            fills = self._fills.get(interval, {})
            price = self._prices.get(interval)
            for participant, reading in self._readings.get(interval, {}).items():
                self._add(participant, reading, tariff, price, fills.get(participant, 0))

    def _record(self, batch: bytes) -> None:
        for signed in decode_batch(batch):
            for interval, reading in signed.run.items():
                # The first recorded stays: what differs later is a conflict.
                readings = self._readings.setdefault(interval, {})
                if signed.run.participant not in readings:
                    readings[signed.run.participant] = reading
                    self._of(signed.run.participant).recorded += 1

    def _clear(self, args: dict[str, int]) -> None:
        priced = bool(args["hasPrice"])
        interval = IntervalIndex(args["interval"])
        self._prices[interval] = args["price"] if priced else None
        self.result.clearings.append(
            ClearingLine(
                interval,
                args["price"] if priced else None,
                args["lo"] if priced else None,
                args["hi"] if priced else None,
                args["matchedWh"],
                bool(args["leftOut"]),
            )
        )

    def _add(
        self, participant: ParticipantIndex, reading: Reading, tariff: Tariff, price: int | None, traded: int
    ) -> None:
        legs = legs_of(participant, reading, tariff, price, traded)
        sums = self._of(participant)
        sums.readings += 1
        sums.production_wh += reading.production_wh
        sums.consumption_wh += reading.consumption_wh
        sums.self_consumed_wh += legs.own_use_wh
        sums.bought_wh += legs.bought_wh
        sums.sold_wh += legs.sold_wh
        sums.grid_import_wh += legs.grid_import_wh
        sums.grid_export_wh += legs.grid_export_wh
        sums.local_paid_neur += max(-legs.local_neur, 0)
        sums.local_received_neur += max(legs.local_neur, 0)
        sums.fees_neur += legs.fee_neur
        sums.grid_paid_neur += max(-legs.grid_neur, 0)
        sums.grid_received_neur += max(legs.grid_neur, 0)
        sums.saved_neur += legs.saved_neur

    def _of(self, participant: int) -> Sums:
        return self.result.participants.setdefault(ParticipantIndex(participant), Sums())
