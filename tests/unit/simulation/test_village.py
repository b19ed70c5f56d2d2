"""The village: same seed same village, physics that a person would believe, a market worth having."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from wattcommons.domain.baselines import Policy, monthly_target
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.readings import Quality, is_plausible
from wattcommons.errors import RuleError
from wattcommons.simulation.people import Kind
from wattcommons.simulation.sun import NIGHT, Orientation, clear_sky, on_panel
from wattcommons.simulation.village import PLACE, Village, village

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def april() -> Village:
    return village(homes=30, days=30, seed=1)


@pytest.fixture(scope="module")
def year() -> Village:
    return village(homes=20, days=365, seed=3, interval=IntervalLength.HOUR, start=date(2026, 1, 1))


def _wh(found: Village, kind: Kind, *, production: bool) -> int:
    return sum(
        reading.production_wh if production else reading.consumption_wh
        for person in found.participants
        if person.kind is kind
        for reading in found.readings[person.index]
    )


@pytest.mark.parametrize(("homes", "days"), [(1, 1), (20_001, 1), (2, 0)])
def test_village__number_out_of_range__refused(homes: int, days: int) -> None:
    with pytest.raises(RuleError):
        village(homes, days)


def test_participant__unknown__refused(april: Village) -> None:
    with pytest.raises(RuleError, match="no roof 99"):
        april.participant(Kind.ROOF, 99)


def test_village__same_seed__same_village(april: Village) -> None:
    assert village(homes=30, days=30, seed=1) == april


def test_village__other_seed__other_readings(april: Village) -> None:
    assert village(homes=30, days=30, seed=2).readings != april.readings


def test_village__longer__begins_alike(april: Village) -> None:
    short = village(homes=30, days=3, seed=1)
    assert short.participants == april.participants
    for index, readings in short.readings.items():
        assert april.readings[index][: len(readings)] == readings


def test_village__smaller__has_the_same_homes(april: Village) -> None:
    small = village(homes=5, days=1, seed=1)
    assert small.participants[2:] == april.participants[2:7]
    for person in small.participants[2:]:
        assert small.readings[person.index] == april.readings[person.index][:48]


def test_village__names__in_both_languages(april: Village) -> None:
    named = [(person.name(), person.name("fr"), person.meter_id) for person in april.participants[:4]]
    assert named == [
        ("Mill", "Moulin", "mill"),
        ("Spa", "Thermes", "spa"),
        ("Roof 1", "Toit 1", "roof-1"),
        ("Flat 1", "Appartement 1", "flat-1"),
    ]
    assert len({person.meter_id for person in april.participants}) == 32
    assert [person.index for person in april.participants] == list(range(1, 33))


def test_village__two_homes_in_five__have_panels(april: Village) -> None:
    kinds = [person.kind for person in april.participants]
    assert (kinds.count(Kind.ROOF), kinds.count(Kind.FLAT)) == (12, 18)


def test_readings__every_one__plausible_and_measured(april: Village) -> None:
    for person in april.participants:
        assert len(april.readings[person.index]) == 30 * 48
        for reading in april.readings[person.index]:
            assert is_plausible(reading, person.import_power_w, person.export_power_w, april.length)
            assert reading.quality is Quality.MEASURED


def test_consumption__everybody__always_some(april: Village) -> None:
    assert all(reading.consumption_wh > 0 for readings in april.readings.values() for reading in readings)


def test_roofs__sun_below_the_horizon__nothing(april: Village) -> None:
    roofs = [person for person in april.participants if person.kind is Kind.ROOF]
    nights = [
        n
        for n, index in enumerate(april.period)
        if clear_sky(PLACE, start_unix(index, april.length) + april.length.seconds / 2) is NIGHT
    ]
    assert len(nights) > 30 * 20
    assert all(april.readings[roof.index][n].production_wh == 0 for roof in roofs for n in nights)


def test_flats__no_panels__never_produce(april: Village) -> None:
    assert _wh(april, Kind.FLAT, production=True) == _wh(april, Kind.SPA, production=True) == 0


def test_roofs__a_year__between_1000_and_1400_kwh_a_kwp(year: Village) -> None:
    for person in year.participants:
        if person.kind is Kind.ROOF and person.device is not None:
            made = sum(reading.production_wh for reading in year.readings[person.index])
            assert 1_000 <= made / person.device.capacity_w <= 1_400


def test_roofs__june__make_more_than_twice_december(year: Village) -> None:
    made = dict.fromkeys(range(1, 13), 0)
    for person in year.participants:
        if person.kind is Kind.ROOF:
            for index, reading in zip(year.period, year.readings[person.index], strict=True):
                made[datetime.fromtimestamp(start_unix(index, year.length), UTC).month] += reading.production_wh
    assert made[6] > 2 * made[12]


def test_homes__a_year__like_real_ones(year: Village) -> None:
    uses = [
        sum(reading.consumption_wh for reading in year.readings[person.index]) / 1_000
        for person in year.participants
        if person.household is not None
    ]
    assert min(uses) > 1_000 and max(uses) < 12_000
    assert 2_500 < statistics.mean(uses) < 6_500


def test_mill__spring__more_than_late_summer(year: Village) -> None:
    mill = year.readings[year.participant(Kind.MILL).index]
    assert sum(r.production_wh for r in mill[100 * 24 : 160 * 24]) > sum(
        r.production_wh for r in mill[200 * 24 : 260 * 24]
    )


def test_spa__closed__a_fifth_of_its_power_or_little_more(april: Village) -> None:
    spa = april.readings[april.participant(Kind.SPA).index]
    zone = ZoneInfo("Europe/Paris")
    by_day: dict[bool, list[int]] = {True: [], False: []}
    for index, reading in zip(april.period, spa, strict=True):
        local = datetime.fromtimestamp(start_unix(index, april.length), zone)
        by_day[8 <= local.hour < 20 and local.weekday() != 6].append(reading.consumption_wh)
    assert max(by_day[False]) < min(by_day[True]) / 2


def test_market__april__local_share_plausible_and_both_sides_of_the_price(april: Village) -> None:
    local = used = surplus = 0
    for n in range(len(april.period)):
        nets = [readings[n].net_wh for readings in april.readings.values()]
        offered, wanted = sum(net for net in nets if net > 0), -sum(net for net in nets if net < 0)
        local += min(offered, wanted) + sum(readings[n].own_use_wh for readings in april.readings.values())
        used += sum(readings[n].consumption_wh for readings in april.readings.values())
        surplus += offered > wanted
    assert 0.4 < local / used < 0.9
    assert 0.1 < surplus / len(april.period) < 0.6


def test_tariffs__a_year__few_bands_with_room_for_a_local_price(year: Village) -> None:
    assert 4 <= len(set(year.tariffs)) <= 8
    assert all(tariff.spread > 0 and 40_000 <= tariff.feed_in <= 100_000 for tariff in year.tariffs)
    assert year.tariff(year.period.first) == year.tariffs[0]


def test_tariffs__night__cheaper_by_local_hours_summer_and_winter(year: Village) -> None:
    zone = ZoneInfo("Europe/Paris")
    cheap = {
        datetime.fromtimestamp(start_unix(index, year.length), zone).hour
        for index, tariff in zip(year.period, year.tariffs, strict=True)
        if tariff.retail < 200_000
    }
    assert cheap == {22, 23, 0, 1, 2, 3, 4, 5}


def test_history__homes__twelve_full_months_before_the_start(april: Village) -> None:
    months = april.history(april.participant(Kind.FLAT))
    assert [(month.year, month.month) for month in months] == [
        *[(2025, number) for number in range(4, 13)],
        *[(2026, number) for number in range(1, 4)],
    ]
    assert months[9].used_wh > months[3].used_wh
    assert april.history(april.participant(Kind.MILL)) == ()


def test_targets__april__somebody_wins_and_somebody_misses(april: Village) -> None:
    met = []
    for person in april.participants[2:]:
        target = monthly_target(april.history(person), 2026, 4, april.expected_weather(2026, 4), Policy())
        used = sum(reading.consumption_wh for reading in april.readings[person.index])
        assert 0.5 < used / target.expectation_wh_down < 1.5
        met.append(used <= target.target_wh_up)
    assert 3 <= sum(met) <= 27
    assert met[1]  # the first flat took the coach to heart


def test_sky__solstices_at_noon__sun_as_high_as_astronomy_says() -> None:
    for day, up in (
        (datetime(2026, 6, 21, 11, 52, tzinfo=UTC), 0.9455),
        (datetime(2026, 12, 21, 11, 49, tzinfo=UTC), 0.4116),
    ):
        assert clear_sky(PLACE, day.timestamp()).up == pytest.approx(up, abs=0.006)


def test_panel__winter_noon__south_beats_flat_and_north() -> None:
    noon = clear_sky(PLACE, datetime(2026, 12, 21, 12, tzinfo=UTC).timestamp())
    south, flat, north = (on_panel(noon, Orientation(tilt, turn), 1.0) for tilt, turn in ((30, 0), (0, 0), (30, 180)))
    assert south > flat > north > 0
    assert on_panel(noon, Orientation(30, 0), 0.3) < south / 2


def test_village__thirty_homes_thirty_days__within_a_second_and_a_half() -> None:
    begun = time.process_time()
    village(homes=30, days=30, seed=4)
    assert time.process_time() - begun < 1.5
