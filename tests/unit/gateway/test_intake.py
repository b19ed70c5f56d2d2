"""From samples and rows to readings in the journal: held back, refused, cut off and begun again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.gateway.desk import STEP, T0, Desk
from wattcommons.domain.channels import Channel, EnergyRow, MilliWh
from wattcommons.errors import InputError, MeterDataError, StoreFull
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen

pytestmark = pytest.mark.unit


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def row(
    start: int, wh: float, meter: str = "home", channel: Channel = Channel.CONSUMPTION, minutes: int = 30
) -> EnergyRow:
    """A row that begins `start` minutes after T0."""
    return EnergyRow(meter, channel, T0 // 1_000 + start * 60, minutes, MilliWh(round(wh * 1_000)))


# --- samples -------------------------------------------------------------------------------------------


def test_seen__index_that_falls__counted_and_nothing_else(desk: Desk) -> None:
    desk.shows(1_000)
    desk.shows(900, after=60_000)
    assert desk.noticed() == {"index-drop": 1}
    assert desk.intake.facts["home"].problems == {"index-drop": 1}


def test_seen__clock_not_trusted__held_and_dated_once_it_is(desk: Desk) -> None:
    desk.clock.trusted, desk.clock.at = False, 0  # a machine that starts in 1970
    for minute in range(33):
        desk.shows(minute * 10, after=60_000)
    assert (desk.readings(), desk.noticed()) == ([], {"clock-untrusted": 1})
    assert desk.intake.facts["home"].held == 33
    desk.clock.at, desk.clock.trusted = T0 + 31 * 60_000, True  # the first sample was a minute before T0
    desk.shows(330, after=60_000)
    assert desk.readings() == [(1, 0, 0, 300, "measured")]
    assert desk.intake.facts["home"].held == 0


def test_seen__more_held_than_there_is_room__thinned_and_the_energy_kept(desk: Desk) -> None:
    desk.clock.trusted = False
    for second in range(6_000):
        desk.shows(second / 10, after=1_000)
    held = desk.intake.facts["home"].held
    assert held <= 4_096
    desk.clock.trusted = True
    desk.shows(600, after=1_000)
    assert [(place, wh, quality) for _, place, _, wh, quality in desk.readings()] == [
        (1, 180, "measured"),
        (2, 180, "measured"),
    ]


def test_seen__power_cut_between_two_samples__index_bridges_it(desk: Desk) -> None:
    for at, wh in [(-60_000, 0), (120_000, 10), (STEP - 120_000, 500)]:
        desk.shows(wh, after=at)
    desk.intake.checkpoint()
    desk.open()
    desk.shows(620, after=STEP)  # half an hour without power, over a boundary
    assert sum(wh for _, _, _, wh, _ in desk.readings()) < 620
    assert [quality for *_, quality in desk.readings()] == ["estimated"]
    assert desk.noticed()["gap"] == 1


def test_seen__journal_full__sample_never_handed_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.shows(0, after=-30_000)
    desk.shows(10, after=60_000)
    keep = desk.journal.keep

    def full(*_: object, **__: object) -> None:
        raise StoreFull("no space")

    monkeypatch.setattr(desk.journal, "keep", full)
    with pytest.raises(StoreFull):
        desk.shows(500, after=STEP)
    monkeypatch.setattr(desk.journal, "keep", keep)
    desk.shows(500)
    assert [(place, wh) for _, place, _, wh, _ in desk.readings()] == [(0, 486)]


def test_seen__production_and_consumption__one_reading_when_both_are_there(desk: Desk) -> None:
    for at, used, made in [(-10_000, 0, 0), (20_000, 0, 0), (STEP - 20_000, 900, 40), (20_000, 900, 40)]:
        desk.clock.wait(at)
        desk.roof.seen(
            [
                IndexSeen(Channel.CONSUMPTION, MilliWh(used * 1_000)),
                IndexSeen(Channel.PRODUCTION, MilliWh(made * 1_000)),
            ]
        )
    assert desk.readings() == [(2, 0, 40, 900, "measured")]
    assert desk.formed == 1


def test_seen__exchanged_meter__begins_anew_without_a_made_up_energy(desk: Desk) -> None:
    for number, (meter, wh) in enumerate([("old", 50_000), ("old", 50_010), ("new", 3), ("new", 4), ("new", 9)]):
        desk.home.seen([IndexSeen(Channel.CONSUMPTION, MilliWh(wh * 1_000), meter=meter)])
        desk.clock.wait(STEP if number % 2 else 60_000)
    assert desk.noticed()["new-meter"] == 1
    assert all(wh < 10 for _, _, _, wh, _ in desk.readings())


def test_seen__power_alone__estimated_and_silent_over_a_gap(desk: Desk) -> None:
    desk.clock.wait(-60_000)
    for _ in range(63):
        desk.home.seen([PowerSeen(Channel.CONSUMPTION, 1_200)])
        desk.clock.wait(60_000)
    assert desk.readings() == [(1, 0, 0, 600, "estimated"), (1, 1, 0, 600, "estimated")]
    desk.clock.wait(3 * STEP)
    desk.home.seen([PowerSeen(Channel.CONSUMPTION, 1_200)])
    assert len(desk.readings()) == 2
    assert desk.noticed() == {"no-power": 1}


def test_seen__more_power_than_the_connection_carries__refused(desk: Desk) -> None:
    desk.home.seen([PowerSeen(Channel.CONSUMPTION, 9_901)])
    assert desk.intake.facts["home"].problems == {"absurd": 1}


def test_problem__by_kind__told_at_once_and_then_in_sums(desk: Desk) -> None:
    for number in range(3):
        desk.home.problem(MeterDataError("checksum", f"group {number}"))
    assert desk.noticed() == {"checksum": 1}
    desk.intake.checkpoint()
    [line] = desk.journal.notices()
    assert (line.kind, line.count, line.text) == ("checksum", 3, "group 2")


def test_begin_anew__meter_reset_by_a_person__taken_from_its_next_sample_on(desk: Desk) -> None:
    desk.shows(50_000)
    desk.shows(3, after=60_000)
    assert desk.noticed() == {"index-drop": 1}
    desk.journal.begin_anew("home")
    desk.intake.checkpoint()
    for at, wh in [(0, 3), (STEP - 80_000, 100), (60_000, 104), (STEP - 80_000, 500), (60_000, 505)]:
        desk.shows(wh, after=at)
    assert [(place, wh) for _, place, _, wh, _ in desk.readings()] == [(1, 402)]


# --- rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        row(0, -1),
        row(0, 20_000_000),
        row(7, 1),
        EnergyRow("home", Channel.CONSUMPTION, T0 // 1_000, 0, MilliWh(1)),
        row(0, 99, minutes=15),  # overlaps the good row below
    ],
)
def test_rows__one_is_wrong__none_is_kept(desk: Desk, bad: EnergyRow) -> None:
    with pytest.raises(InputError):
        desk.files.rows([row(0, 100), row(30, 100), bad])
    assert desk.readings() == []


def test_rows__meter_of_nobody__named_and_the_others_kept(desk: Desk) -> None:
    taken = desk.files.rows([row(0, 100), row(0, 100, meter="mill")])
    assert (taken.new, taken.unknown) == (1, ("mill",))


def test_rows__halves_of_a_wh__add_up(desk: Desk) -> None:
    desk.files.rows([row(30 * number, 126.5) for number in range(48)])
    assert sum(wh for _, _, _, wh, _ in desk.readings()) == 6_072


def test_rows__finer_steps__summed_and_an_incomplete_interval_left_out(desk: Desk) -> None:
    taken = desk.files.rows(
        [
            row(0, 10, minutes=10),
            row(10, 10, minutes=10),
            row(20, 10, minutes=10),
            row(30, 10, minutes=10),
            row(40, 10, minutes=10),
        ]
    )
    assert (taken.new, taken.incomplete) == (1, 1)
    assert desk.readings() == [(1, 0, 0, 30, "measured")]


def test_rows__coarser_steps__left_out_and_counted(desk: Desk) -> None:
    taken = desk.files.rows([row(0, 101, minutes=60), row(60, 50)])
    assert (taken.coarser, taken.new) == (1, 1)


def test_rows__coarser_steps_to_be_split__estimated_and_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path, split_coarser=True)
    desk.files.rows([row(0, 101, minutes=60)])
    assert desk.readings() == [(1, 0, 0, 50, "estimated"), (1, 1, 0, 51, "estimated")]


def test_rows__same_file_again__known_and_a_differing_value_stays_out(desk: Desk) -> None:
    desk.files.rows([row(0, 100), row(30, 100)])
    assert desk.files.rows([row(0, 100), row(30, 100)]).known == 2
    taken = desk.files.rows([row(0, 101), row(30, 250)])  # a Wh of difference is how a file begins elsewhere
    assert (taken.known, taken.differing) == (1, 1)
    assert [wh for _, _, _, wh, _ in desk.readings()] == [100, 100]


def test_rows__halves_of_a_reading_from_two_files__whole_with_the_second(desk: Desk) -> None:
    desk.files.rows([row(0, 100, meter="roof")])
    assert desk.readings() == []
    desk.open()
    desk.files.rows([row(0, 70, meter="roof", channel=Channel.PRODUCTION)])
    assert desk.readings() == [(2, 0, 70, 100, "measured")]


def test_rows__consumer_with_a_production_column__column_left_out(desk: Desk) -> None:
    desk.files.rows([row(0, 100), row(0, 0, channel=Channel.PRODUCTION)])
    assert desk.readings() == [(1, 0, 0, 100, "measured")]
