"""The community that is assumed when readings come without a community file: stated defaults, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.enrolment_terms import Basis
from wattcommons.domain.credit import worst_interval_neur
from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.domain.readings import max_wh
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh
from wattcommons.errors import InputError
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec
from wattcommons.services.gateway.csv_readings import MeterReadings, ReadingsFile
from wattcommons.services.gateway.csv_tariff import TariffFile

POWERS_W: Final = (3_000, 6_000, 9_000, 12_000, 15_000, 18_000, 24_000, 30_000, 36_000)
"""Connections as they are sold in France; above them the next whole 10 kW is assumed."""
_MEDIUM_STEP_W: Final = 10_000
_CREDIT_DAYS: Final = 6
"""An interval with a gap is cleared three days late: so long everything later counts as not cleared yet."""


def length_for(steps: Iterable[int], *, split: bool = False) -> IntervalLength:
    """The interval for a file with rows of these steps (minutes): the shortest into which all of them sum exactly.

    With `split`, coarser rows may be spread, so the finest step decides.
    """
    known = sorted(steps)
    wanted = known[:1] if split else known
    for length in IntervalLength:
        if all(length.minutes % step == 0 for step in wanted):
            return length
    return IntervalLength.HOUR


def assumed_spec(readings: ReadingsFile, terms: CommunityTerms | None = None) -> CommunitySpec:
    """Every meter a participant of its own, with the default standing order and a connection that fits its readings.

    Who produces anything has a solar installation. The credit limit covers a week of the largest connection.
    """
    chosen = replace(terms or CommunityTerms(), interval_minutes=readings.length.minutes)
    participants = tuple(assumed_participant(meter, readings.length) for meter in readings.meters)
    return CommunitySpec(with_credit_for(chosen, participants), participants)


def assumed_participant(meter: MeterReadings, length: IntervalLength) -> ParticipantSpec:
    """A meter as a participant."""
    used = max(reading.consumption_wh for reading in meter.readings.values())
    made = max(reading.production_wh for reading in meter.readings.values())
    exported = power_for(made, length)
    return ParticipantSpec(
        meter_id=meter.meter_id,
        import_w=power_for(used, length),
        export_w=exported,
        basis=Basis.GROSS,
        device=DeviceSpec(capacity_w=exported) if made else None,
    )


def power_for(wh: int, length: IntervalLength) -> int:
    """The smallest usual connection, W, for which so much energy in an interval is plausible."""
    for power in POWERS_W:
        if wh <= max_wh(power, length):
            return power
    power = POWERS_W[-1]
    while wh > max_wh(power, length):
        power = (power // _MEDIUM_STEP_W + 1) * _MEDIUM_STEP_W
    return power


def with_credit_for(terms: CommunityTerms, participants: Iterable[ParticipantSpec]) -> CommunityTerms:
    """Terms whose credit limit bears a week with gaps for the largest connection."""
    length = terms.length
    worst = max(
        worst_interval_neur(max_wh(one.import_w, length), max_wh(one.export_w, length), terms.default_tariff)
        for one in participants
    )
    needed = worst * _CREDIT_DAYS * 86_400 // length.seconds
    return replace(terms, credit_limit_neur=max(terms.credit_limit_neur, needed))


def prices_for(readings: ReadingsFile, tariff: TariffFile, spec: CommunitySpec) -> dict[IntervalIndex, Tariff]:
    """Prices of every interval that has a reading; what the file has no column for is the community's.

    Raises InputError when the file has no price for one of them.
    """
    wanted = sorted({interval for meter in readings.meters for interval in meter.readings})
    prices = {}
    for interval in wanted:
        row = tariff.prices.get(interval)
        if row is None:
            raise InputError(
                f"no price for the interval that starts at {start_utc(interval, readings.length):%Y-%m-%dT%H:%M:%SZ}",
                "bring prices for all of the readings' period, or narrow it with --from and --to",
                file=tariff.path,
            )
        default = spec.prices.get(interval, spec.terms.default_tariff)
        feed_in = default.feed_in if row.feed_in is None else row.feed_in
        fee = default.network_fee if row.network_fee is None else row.network_fee
        prices[interval] = Tariff(row.retail, MicroEurPerKwh(feed_in), MicroEurPerKwh(fee))
    return prices
