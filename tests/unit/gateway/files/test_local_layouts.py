"""Layouts whose times carry no offset: days of 46, 48 and 50 half-hours, and what a doubled hour leaves open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.support.energy_files import (
    AUTUMN,
    HALF_HOUR,
    LOCAL_LAYOUTS,
    ORDINARY,
    SPRING,
    Curve,
    data_connect_5,
    data_connect_2026,
    day_curve,
    edf,
    enedis_flat,
    local,
    unix,
)
from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

Make = Callable[[Curve], bytes]
layouts = pytest.mark.parametrize(("layout", "make"), LOCAL_LAYOUTS.items(), ids=[*LOCAL_LAYOUTS])

FIRST_PASS = (unix("2026-10-25T02:00:00+02:00"), unix("2026-10-25T02:30:00+02:00"))
SECOND_PASS = (unix("2026-10-25T02:00:00+01:00"), unix("2026-10-25T02:30:00+01:00"))


def read(tmp_path: Path, content: bytes, zone: str = "Europe/Paris") -> ParsedFile:
    path = tmp_path / "consumption"
    path.write_bytes(content)
    return read_energy_file(path, zone)


def without(curve: Curve, ends: tuple[int, ...]) -> Curve:
    return [(end, power) for end, power in curve if end not in ends]


# --- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [edf, enedis_flat, data_connect_5, data_connect_2026])
def test_read__value_at_a_time_that_never_comes__refused(tmp_path: Path, make: Make) -> None:
    content = make(day_curve(SPRING)).replace(b"03:30:00", b"02:30:00")
    with pytest.raises(InputError, match="2026-03-29 02:30:00.*there is no such time in Europe/Paris"):
        read(tmp_path, content)


def test_read__zero_at_a_time_that_never_comes__left_out_and_told(tmp_path: Path) -> None:
    curve = day_curve(SPRING)
    content = enedis_flat([(end, 0 if local(end).hour == 3 else power) for end, power in curve])
    parsed = read(tmp_path, content.replace(b"03:30:00", b"02:30:00"))
    assert (len(parsed.rows), parsed.gaps.count) == (45, 1)
    assert "zeros at times that Europe/Paris never has" in parsed.notices[0]


@layouts
def test_read__unknown_zone__refused(tmp_path: Path, layout: str, make: Make) -> None:
    with pytest.raises(InputError, match="Mars"):
        read(tmp_path, make(day_curve(ORDINARY)), zone="Mars/Olympus")


# --- days ------------------------------------------------------------------------------------------


@layouts
@pytest.mark.parametrize(("day", "steps"), [(SPRING, 46), (ORDINARY, 48), (AUTUMN, 50)])
def test_read__whole_day__every_half_hour_at_its_moment(
    tmp_path: Path, layout: str, make: Make, day: date, steps: int
) -> None:
    curve = day_curve(day)
    parsed = read(tmp_path, make(curve))
    assert parsed.layout == layout
    assert [(row.start, row.minutes) for row in parsed.rows] == [(end - HALF_HOUR, 30) for end, _power in curve]
    assert [row.energy for row in parsed.rows] == [(power or 0) * 500 for _end, power in curve]
    assert {(row.channel, row.exact) for row in parsed.rows} == {(Channel.CONSUMPTION, True)}
    assert (len(parsed.rows), parsed.gaps.count, parsed.ambiguous.count) == (steps, 0, 0)


@layouts
@pytest.mark.parametrize("missing", [FIRST_PASS, SECOND_PASS])
def test_read__doubled_hour_once__flagged_whichever_it_was(
    tmp_path: Path, layout: str, make: Make, missing: tuple[int, ...]
) -> None:
    curve = without(day_curve(AUTUMN), missing)
    parsed = read(tmp_path, make(curve))
    assert (len(parsed.rows), parsed.ambiguous.count, parsed.gaps.count) == (46, 2, 2)
    assert all("2026-10-25 02:" in text and "comes twice" in text for text in parsed.ambiguous.first)
    certain = {end - HALF_HOUR for end, _power in without(curve, (*FIRST_PASS, *SECOND_PASS))}
    assert {row.start for row in parsed.rows} == certain


@layouts
def test_read__doubled_hour_with_a_loss__order_still_tells(tmp_path: Path, layout: str, make: Make) -> None:
    parsed = read(tmp_path, make(without(day_curve(AUTUMN), (FIRST_PASS[0],))))
    assert (len(parsed.rows), parsed.ambiguous.count, parsed.gaps.count) == (49, 0, 1)
    assert FIRST_PASS[0] - HALF_HOUR not in {row.start for row in parsed.rows}


@layouts
def test_read__doubled_hour_with_half_of_each__flagged(tmp_path: Path, layout: str, make: Make) -> None:
    """02:00 of the first pass and 02:30 of the second rise as one pass does."""
    parsed = read(tmp_path, make(without(day_curve(AUTUMN), (FIRST_PASS[1], SECOND_PASS[0]))))
    assert (len(parsed.rows), parsed.ambiguous.count) == (46, 2)


@layouts
def test_read__empty_value__gap(tmp_path: Path, layout: str, make: Make) -> None:
    curve = day_curve(ORDINARY)
    curve[20] = (curve[20][0], None)
    parsed = read(tmp_path, make(curve))
    assert (len(parsed.rows), parsed.gaps.count, parsed.gaps.first) == (47, 1, ("2026-06-01T08:00:00Z",))


@layouts
def test_read__missing_line__gap(tmp_path: Path, layout: str, make: Make) -> None:
    curve = day_curve(ORDINARY)
    del curve[20:23]
    parsed = read(tmp_path, make(curve))
    assert (len(parsed.rows), parsed.gaps.count) == (45, 3)


@layouts
def test_read__another_zone__other_moments(tmp_path: Path, layout: str, make: Make) -> None:
    curve = day_curve(ORDINARY)
    parsed = read(tmp_path, make(curve), zone="UTC")
    assert parsed.rows[0].start == curve[0][0] - HALF_HOUR + 7_200
