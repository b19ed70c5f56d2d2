from __future__ import annotations

import pytest

from wattcommons.domain.fills import Fill
from wattcommons.domain.intervals import IntervalLength, IntervalRange
from wattcommons.domain.local_time import local_month
from wattcommons.errors import RuleError
from wattcommons.services.api.exports.keys_csv import KeyColumn, keys_csv
from wattcommons.services.api.exports.keys_profile import KeysProfile
from wattcommons.services.store.reads.fills import Injection

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR
ZONE = "Europe/Paris"
COLUMNS = [KeyColumn(2, "12345678901234"), KeyColumn(5, "P5")]


def file_of(steps: dict[int, Injection], part: IntervalRange, profile: KeysProfile | None = None) -> list[str]:
    return list(keys_csv(steps, COLUMNS, part, HALF, ZONE, profile or KeysProfile()))


@pytest.mark.parametrize("changes", [{"separator": ","}, {"separator": ""}, {"decimal_mark": ";;"}, {"decimals": 7}])
def test_profile__layout_that_cannot_be_read__refused(changes: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        KeysProfile(**changes)  # type: ignore[arg-type]


def test_keys_csv__buyer_without_a_column__refused() -> None:
    step = Injection(1_000, Fill(1, 1_000, 0), [Fill(9, -1_000, 0)])
    with pytest.raises(RuleError, match="participant 9"):
        file_of({100: step}, IntervalRange(100, 101))


def test_keys_csv__default_layout__header_and_percent_with_a_comma() -> None:
    # 1,000 Wh sold at 500..1500 of the line, 600 Wh to the grid; buyers 2 (0..800) and 5 (800..1500)
    step = Injection(1_600, Fill(1, 1_000, 500), [Fill(2, -800, 0), Fill(5, -700, 800)])
    first = local_month(2026, 4, HALF).first
    lines = file_of({first: step}, IntervalRange(first, first + 2))
    assert lines == [
        "\ufeffHorodate;12345678901234;P5\r\n",
        "01/04/2026 00:00;18,75;43,75\r\n",
        "01/04/2026 00:30;0,00;0,00\r\n",
    ]


def test_keys_csv__whole_month_with_a_change_of_clocks__every_step() -> None:
    lines = file_of({}, local_month(2026, 10, HALF))
    assert len(lines) == 1 + 31 * 48 + 2
    assert sum("25/10/2026 02:" in line for line in lines) == 4


def test_keys_csv__injected_and_nothing_sold__zeros() -> None:
    assert file_of({100: Injection(500, None, [])}, IntervalRange(100, 101))[1].endswith(";0,00;0,00\r\n")


def test_keys_csv__other_profile__stamps_the_end_with_offset() -> None:
    profile = KeysProfile(",", ".", 0, "time", "%Y-%m-%dT%H:%M%z", stamps_end=True, byte_order_mark=False)
    first = local_month(2026, 4, HALF).first
    lines = file_of({}, IntervalRange(first, first + 1), profile)
    assert lines == ["time,12345678901234,P5\r\n", "2026-04-01T00:30+0200,0,0\r\n"]
