"""Green Button feeds: dangerous and contradictory ones first."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import ParsedFile
from wattcommons.services.gateway.files.recognise import read_energy_file

pytestmark = pytest.mark.unit

DAWN = 1_780_272_000  # 2026-06-01T00:00:00Z
POINT = "/espi/1_1/resource/RetailCustomer/1/UsagePoint/front"
VALUES = (282, 323, 294, 331)


def entry(own: str, up: str, content: str, related: str = "") -> str:
    links = f'<link rel="self" href="{own}"/><link rel="up" href="{up}"/>'
    links += f'<link rel="related" href="{related}"/>' if related else ""
    return f"<entry>{links}<content>{content}</content></entry>"


def kind(number: int = 7, flow: int = 1, commodity: int = 1, more: str = "") -> str:
    fields = (
        f"<accumulationBehaviour>4</accumulationBehaviour><commodity>{commodity}</commodity>"
        f"<flowDirection>{flow}</flowDirection><intervalLength>1800</intervalLength>"
        f"<powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom>{more}"
    )
    content = f'<ReadingType xmlns="http://naesb.org/espi">{fields}</ReadingType>'
    return entry(f"/espi/1_1/resource/ReadingType/{number}", "/espi/1_1/resource/ReadingType", content)


def meter_reading(number: int = 1, reading_type: int = 7) -> str:
    own = f"{POINT}/MeterReading/{number}"
    content = '<MeterReading xmlns="http://naesb.org/espi"/>'
    return entry(own, f"{POINT}/MeterReading", content, f"/espi/1_1/resource/ReadingType/{reading_type}")


def interval(start: int, value: int, duration: int = 1_800, quality: str = "") -> str:
    quality = f"<ReadingQuality><quality>{quality}</quality></ReadingQuality>" if quality else ""
    period = f"<timePeriod><duration>{duration}</duration><start>{start}</start></timePeriod>"
    return f"<IntervalReading>{quality}{period}<value>{value}</value></IntervalReading>"


READINGS = "".join(interval(DAWN + number * 1_800, value) for number, value in enumerate(VALUES))


def block(readings: str = READINGS, number: int = 1) -> str:
    up = f"{POINT}/MeterReading/{number}/IntervalBlock"
    content = f'<IntervalBlock xmlns="http://naesb.org/espi">{readings}</IntervalBlock>'
    return entry(f"{up}/173", up, content)


def feed(*entries: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'


WHOLE = feed(kind(), meter_reading(), block())


def read(tmp_path: Path, content: str | bytes, **hints: str) -> ParsedFile:
    path = tmp_path / "feed.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_energy_file(path, **hints)


def refusal(tmp_path: Path, content: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert caught.value.file == str(tmp_path / "feed.xml")
    assert caught.value.hint
    return caught.value


# --- dangerous ---------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declaration",
    [
        f'<!DOCTYPE feed [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE feed [<!ENTITY big "' + "x" * 100_000 + '">]>',
        '<!DOCTYPE feed [<!ENTITY out SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE feed SYSTEM "http://127.0.0.1:1/evil.dtd">',
        '<!DOCTYPE feed [<!ENTITY % out SYSTEM "http://127.0.0.1:1/evil.dtd"> %out;]>',
    ],
    ids=["billion laughs", "quadratic", "external entity", "external type", "parameter entity"],
)
def test_read__document_type__refused(tmp_path: Path, declaration: str) -> None:
    for use in ("&l9;", "&big;", "&out;", ""):
        content = WHOLE.replace("?><feed", f"?>{declaration}<feed").replace("<value>282", f"<value>282{use}")
        assert "document type or entities" in refusal(tmp_path, content).reason


def test_read__nested_deep__refused(tmp_path: Path) -> None:
    assert "nested deeper" in refusal(tmp_path, feed("<a>" * 100_000)).reason


@pytest.mark.parametrize("length", [1, 60, len(WHOLE) // 2, len(WHOLE) - 1])
def test_read__cut_feed__refused(tmp_path: Path, length: int) -> None:
    assert "not XML" in refusal(tmp_path, WHOLE[:length]).reason


@pytest.mark.parametrize("encoding", ["klingon", "utf-7"])
def test_read__unknown_encoding__refused(tmp_path: Path, encoding: str) -> None:
    assert "XML" in refusal(tmp_path, WHOLE.replace("UTF-8", encoding)).reason


def test_read__bytes_that_are_no_utf_8__refused(tmp_path: Path) -> None:
    assert "not XML" in refusal(tmp_path, WHOLE.encode().replace(b"front", b"fr\xf4nt")).reason


# --- wrong content -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (feed(), "no IntervalBlock"),
        (feed(kind(), meter_reading()), "no IntervalBlock"),
        (feed(meter_reading(), block()), "ReadingType cannot be told"),
        (feed(kind(7), kind(8), block()), "ReadingType cannot be told"),
        (WHOLE.replace("<uom>72", "<uom>38"), "uom 38"),
        (WHOLE.replace("<uom>72</uom>", ""), "uom None"),
        (WHOLE.replace("http://naesb.org/espi", "http://naesb.org/other"), "no IntervalBlock"),
        (WHOLE.replace("Behaviour>4<", "Behaviour>3<"), "accumulationBehaviour 3"),
        (WHOLE.replace("<flowDirection>1<", "<flowDirection>4<"), "flowDirection 4"),
        (WHOLE.replace("<flowDirection>1<", "<flowDirection>out<"), "flowDirection is 'out'"),
        (WHOLE.replace("Multiplier>0<", "Multiplier>20<"), "powerOfTenMultiplier 20"),
        (WHOLE.replace("Multiplier>0<", "Multiplier>9<"), "more than 36 MW"),
        (WHOLE.replace("<value>294", "<value>-294"), "negative"),
        (WHOLE.replace("<value>294", "<value>29.4"), "value is '29.4'"),
        (WHOLE.replace("<value>294", "<value>9999999999999999"), "value is '9999999999999999'"),
        (WHOLE.replace("<value>294", "<value>99999999999"), "more than 36 MW"),
        (WHOLE.replace("<value>294</value>", ""), "without its start or its value"),
        (WHOLE.replace(f"<start>{DAWN}</start>", ""), "without its start or its value"),
        (WHOLE.replace(f"<start>{DAWN}<", f"<start>{DAWN + 600}<"), "off the grid of 30 min"),
        (WHOLE.replace(f"<start>{DAWN}<", "<start>-1800<"), "off the grid"),
        (WHOLE.replace(f"<start>{DAWN}<", "<start>99999999999000<"), "off the grid"),
        (WHOLE.replace("<duration>1800", "<duration>0", 1), "a duration of 0 s"),
        (WHOLE.replace("<duration>1800", "<duration>1790", 1), "a duration of 1790 s"),
        (WHOLE.replace("<duration>1800", "<duration>3600", 1), "before the one before it ends"),
        (WHOLE.replace(f"<start>{DAWN + 1_800}<", f"<start>{DAWN}<"), "twice, with different values"),
        (feed(kind(commodity=7), meter_reading(), block()), "no value"),
        (WHOLE.replace("UsagePoint/front", "UsagePoint/" + "&#x85;"), "the meter's number"),
    ],
)
def test_read__bad_content__refused(tmp_path: Path, content: str, reason: str) -> None:
    assert reason in refusal(tmp_path, content).reason


# --- taken -----------------------------------------------------------------------------------------


def test_read__delivered_and_received__both_directions(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, feed(block(number=2), meter_reading(2, 8), kind(8, flow=19), block(), kind(), meter_reading())
    )
    assert [(row.channel, row.start - DAWN, row.minutes, row.energy) for row in parsed.rows] == [
        (channel, number * 1_800, 30, value * 1_000) for channel in Channel for number, value in enumerate(VALUES)
    ]
    assert (parsed.layout, parsed.meters, parsed.gaps.count, parsed.notices) == ("Green Button", ("front",), 0, ())


def test_read__another_prefix_and_line_ends__same_rows(tmp_path: Path) -> None:
    spelt = WHOLE.replace(
        '<IntervalBlock xmlns="http://naesb.org/espi">', '<e:IntervalBlock xmlns:e="http://naesb.org/espi">'
    )
    for name in ("IntervalReading", "timePeriod", "duration", "start", "value"):
        spelt = spelt.replace(f"<{name}>", f"\r\n<e:{name}>").replace(f"</{name}>", f"</e:{name}>")
    spelt = spelt.replace("</IntervalBlock>", "</e:IntervalBlock>")
    assert read(tmp_path, spelt).rows == read(tmp_path, WHOLE).rows


@pytest.mark.parametrize(("power", "energy"), [(-3, 282), (-4, 28), (0, 282_000), (3, 282_000_000)])
def test_read__power_of_ten__applied(tmp_path: Path, power: int, energy: int) -> None:
    content = WHOLE.replace("Multiplier>0<", f"Multiplier>{power}<")
    assert read(tmp_path, content).rows[0].energy == energy


def test_read__tenths_of_a_mwh__carried(tmp_path: Path) -> None:
    parsed = read(tmp_path, WHOLE.replace("Multiplier>0<", "Multiplier>-4<"))
    assert sum(row.energy for row in parsed.rows) == sum(VALUES) // 10


@pytest.mark.parametrize(
    ("quality", "exact"),
    [("0", True), ("14", True), ("17", True), ("18", True), ("19", True), ("7", False), ("8", False), ("9", False),
     ("10", False), ("11", False), ("99", False)],
)  # fmt: skip
def test_read__quality__measured_or_not(tmp_path: Path, quality: str, exact: bool) -> None:
    parsed = read(tmp_path, feed(kind(), meter_reading(), block(interval(DAWN, 5, quality=quality))))
    assert [row.exact for row in parsed.rows] == [exact]


def test_read__two_qualities__the_worse_one_counts(tmp_path: Path) -> None:
    both = interval(DAWN, 5, quality="17</quality></ReadingQuality><ReadingQuality><quality>8")
    assert [row.exact for row in read(tmp_path, feed(kind(), meter_reading(), block(both))).rows] == [False]


def test_read__forecast__no_reading(tmp_path: Path) -> None:
    parsed = read(tmp_path, feed(kind(), meter_reading(), block(READINGS + interval(DAWN + 7_200, 5, quality="12"))))
    assert (len(parsed.rows), parsed.gaps.count) == (4, 1)
    assert "forecasts" in parsed.notices[0]


def test_read__gap_between_blocks__told(tmp_path: Path) -> None:
    later = interval(DAWN + 4 * 3_600, 5)
    parsed = read(tmp_path, feed(kind(), meter_reading(), block(later), block()))
    assert (len(parsed.rows), parsed.gaps.count, parsed.gaps.first[0]) == (5, 4, "2026-06-01T02:00:00Z")


def test_read__reading_twice_and_equal__taken_once(tmp_path: Path) -> None:
    parsed = read(tmp_path, feed(kind(), meter_reading(), block(), block()))
    assert (len(parsed.rows), parsed.notices) == (4, ("some values are there twice and equal: taken once",))


def test_read__no_duration__that_of_the_type(tmp_path: Path) -> None:
    parsed = read(tmp_path, WHOLE.replace("<duration>1800</duration>", ""))
    assert parsed.rows == read(tmp_path, WHOLE).rows


def test_read__no_links__the_only_type_and_no_meter(tmp_path: Path) -> None:
    bare = feed(kind(), block().replace(POINT, "").replace("/MeterReading/1/IntervalBlock", ""))
    parsed = read(tmp_path, bare)
    assert (parsed.meters, parsed.notices) == (("",), ("the file names no meter",))
    assert read(tmp_path, bare, meter_id="front").rows == read(tmp_path, WHOLE).rows


def test_read__gas_beside__left_out_and_told(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, feed(kind(), kind(8, commodity=7), meter_reading(), meter_reading(2, 8), block(), block(number=2))
    )
    assert len(parsed.rows) == 4
    assert "another commodity" in parsed.notices[0]
