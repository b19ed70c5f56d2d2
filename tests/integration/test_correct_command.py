"""`watt correct` on a real chain: shown, sent, sent again, and refused with what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from typer.testing import CliRunner, Result

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import FLAT, MILL, ROOF, SPA, Eventful, found, reading, settled_in_chunks
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.chain.stored import reading_of
from wattcommons.cli.main import build
from wattcommons.domain.intervals import start_utc
from wattcommons.domain.readings import Quality
from wattcommons.domain.units import IntervalIndex
from wattcommons.services.audit.book import book

pytestmark = pytest.mark.integration

APP = build(["correct"])
HEADER = "participant,interval_start_datetime,production_wh,consumption_wh,reason"
WHY = ("--reason", "meter was mixed up")


@dataclass(frozen=True)
class Scene:
    """A community with settled intervals, one of them cleared in chunks of one fill; its key file in a folder."""

    day: Eventful
    folder: Path
    node: str
    chunked: int

    def watt(self, *words: object) -> Result:
        place = ("--deployment", self.folder / "deployment.json", "--rpc", self.node)
        return CliRunner().invoke(APP, ["correct", *map(str, (*words, *place))])

    def told(self, *words: object) -> list[dict[str, Any]]:
        result = self.watt(*words, "--json")
        assert result.exit_code == 0, result.output + result.stderr
        answer: list[dict[str, Any]] = json.loads(result.stdout)["corrections"]
        return answer

    def refused(self, said: str, *words: object) -> None:
        result = self.watt(*words)
        assert result.exit_code == 2, result.output + result.stderr
        assert result.stderr.startswith("watt: ")
        assert said in result.stderr
        assert "Traceback" not in result.output + result.stderr

    @property
    def key(self) -> tuple[object, ...]:
        account = self.day.community.keys.role(Role.METERING_OPERATOR)
        keystore, password = self.folder / "metering.key", self.folder / "password"
        keystore.write_text(json.dumps(Account.encrypt(account.key, "word", kdf="pbkdf2", iterations=1)), "utf-8")
        password.write_text("word\n", "utf-8")
        return ("--send", "--keystore", keystore, "--password-file", password)

    def at(self, interval: int) -> str:
        return f"{start_utc(IntervalIndex(interval), self.day.community.deployment.terms.length):%Y-%m-%dT%H:%M:%SZ}"

    def one(self, participant: int, interval: int, made: int, used: int) -> tuple[object, ...]:
        energies = ("--production-wh", made, "--consumption-wh", used)
        return ("--participant", participant, "--at", self.at(interval), *energies, *WHY)

    def file(self, *rows: tuple[int, int, int, int], reason: str = "drift") -> Path:
        path = self.folder / "corrections.csv"
        lines = [f"{who},{self.at(interval)},{made},{used},{reason}" for who, interval, made, used in rows]
        path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
        return path

    def reading(self, participant: int, interval: int) -> tuple[int, int, Quality]:
        [stored] = self.day.read("MeterLedger", "readingsOf", participant, interval, 1)
        kept, _ = reading_of(stored)
        return kept.production_wh, kept.consumption_wh, kept.quality


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("correct")
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        day = found(connect(running.ipc_path))
        day.settle(6, mill=4_000)
        chunked = settled_in_chunks(day, 1)
        day.community.deployment.save(folder / "deployment.json")
        yield Scene(day, folder, running.http_url, chunked)


# ------------------------------------------------------------------------------------------ refusals


def test_correct__what_cannot_be_corrected__one_line_that_says_what_to_do(scene: Scene) -> None:
    first = scene.day.first
    for said, words in (
        ("there is no such participant", scene.one(99, first, 1, 1)),
        ("there is no reading to correct", scene.one(MILL, scene.day.now + 3, 1, 1)),
        ("the power fed in allows", scene.one(FLAT, first, 9_000_000, 1)),
        ("the reading says so already", scene.one(MILL, first, *scene.reading(MILL, first)[:2])),
        (
            "--at",
            ("--participant", 1, "--at", "2026-01-01T00:10:00Z", "--production-wh", 1, "--consumption-wh", 1, *WHY),
        ),
        ("--reason: is needed", scene.one(MILL, first, 1, 1)[:-2]),
        ("--consumption-wh: is needed", ("--participant", 1, "--at", scene.at(first), "--production-wh", 1, *WHY)),
        ("no reason", (*scene.one(MILL, first, 1, 1)[:-1], "été")),
        ("give one of them", (scene.file((MILL, first, 1, 1)), "--participant", 1)),
        ("--keystore", (*scene.one(MILL, first, 1, 1), "--send")),
    ):
        scene.refused(said, *words)
    assert scene.reading(MILL, first)[2] is Quality.MEASURED


def test_correct__not_settled__said_so(scene: Scene) -> None:
    day = scene.day
    day.record(day.signed(MILL, day.now, reading(5, 5)))
    scene.refused("not settled yet", *scene.one(MILL, day.now, 6, 5))


def test_correct__one_of_a_file_refused__nothing_is_sent(scene: Scene) -> None:
    first = scene.day.first
    before = scene.day.web3.eth.block_number
    scene.refused("1 of 2 corrections", scene.file((MILL, first, 900, 100), (99, first, 1, 1)), *scene.key)
    assert scene.day.web3.eth.block_number == before


def test_correct__other_key__refused_by_the_contracts(scene: Scene) -> None:
    account = scene.day.community.keys.service("stranger")
    scene.key  # noqa: B018  writes the password
    keystore = scene.folder / "stranger.key"
    keystore.write_text(json.dumps(Account.encrypt(account.key, "word", kdf="pbkdf2", iterations=1)), "utf-8")
    result = scene.watt(
        *scene.one(MILL, scene.day.first, 900, 100), "--send", "--keystore", keystore,
        "--password-file", scene.folder / "password",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "AccessManagedUnauthorized" in result.output


def test_correct__broken_file__line_named(scene: Scene) -> None:
    path = scene.file((MILL, scene.day.first, 1, 1))
    path.write_text(path.read_text("utf-8") + f"1,{scene.at(scene.day.first)},x,1,drift\n", "utf-8")
    scene.refused(f"{path}:3: production_wh is 'x'", path)


# ---------------------------------------------------------------------------------------- what it does


def test_correct__without_send__shown_in_both_languages_and_nothing_sent(scene: Scene) -> None:
    first = scene.day.first
    before = scene.day.web3.eth.block_number
    english = scene.watt(*scene.one(MILL, first, 4_500, 100))
    french = scene.watt(*scene.one(MILL, first, 4_500, 100), "--lang", "fr")
    assert (english.exit_code, french.exit_code) == (0, 0)
    for said in (
        "4\xa0kWh → 4.5\xa0kWh (+0.5\xa0kWh)",
        "€0.0",
        "0.5\xa0kWh issued more",
        "Nothing was sent",
        "open until",
    ):
        assert said in english.output
    for said in ("4\xa0kWh → 4,5\xa0kWh (+0,5\xa0kWh)", "émis en plus", "Rien n'a été envoyé", "ouvert jusqu'au"):
        assert said in french.output
    assert scene.day.web3.eth.block_number == before


def test_correct__sent__as_shown_and_done_on_a_rerun(scene: Scene) -> None:
    interval = scene.day.first + 1
    [shown] = scene.told(*scene.one(MILL, interval, 4_600, 100))
    account = scene.day.read("EnergyMarket", "balanceOf", MILL)
    result = scene.watt(*scene.one(MILL, interval, 4_600, 100), *scene.key)
    assert result.exit_code == 0, result.output
    assert "UTC: corrected" in result.output
    assert scene.reading(MILL, interval) == (4_600, 100, Quality.CORRECTED)
    assert scene.day.read("EnergyMarket", "balanceOf", MILL) - account == int(shown["value_neur"])
    assert shown["booked"]
    issued = scene.day.read("GuaranteeOfOrigin", "certificate", 1 << 32 | interval)[6]
    assert (issued, shown["certificate"]["more_wh"]) == (4_600, 4_600 - shown["old"]["production_wh"])
    before = scene.day.web3.eth.block_number
    again = scene.watt(*scene.one(MILL, interval, 4_600, 100), *scene.key)
    assert again.exit_code == 0
    assert "is corrected to these values already" in again.output
    assert scene.day.web3.eth.block_number == before


def test_correct__given_away__owed_as_shown_and_the_next_of_the_file_pays(scene: Scene) -> None:
    day, interval = scene.day, scene.day.first + 2
    one = 1 << 32 | interval
    held = day.read("GuaranteeOfOrigin", "balanceOf", day.wallet(MILL), one)
    day.act("mill", "GuaranteeOfOrigin", "safeTransferFrom", day.wallet(MILL), day.wallet(SPA), one, held - 40, b"")
    path = scene.file((MILL, interval, 500, 100), (MILL, interval + 1, 4_800, 100))
    less, more = scene.told(path)
    assert (less["certificate"]["taken_wh"], less["certificate"]["owed_wh"]) == (40, less["old"]["production_wh"] - 540)
    owed = less["certificate"]["owed_wh"]
    assert more["certificate"]["paid_wh"] == min(owed, more["certificate"]["more_wh"])
    done = scene.told(path, *scene.key)
    assert [entry["error"] for entry in done] == [None, None]
    assert day.read("GuaranteeOfOrigin", "debtOf", 1) == owed - more["certificate"]["paid_wh"]


@pytest.mark.parametrize("participant", [MILL, ROOF, FLAT, SPA])
def test_correct__fills_in_many_chunks__proved_for_everybody(scene: Scene, participant: int) -> None:
    made, used, _ = scene.reading(participant, scene.chunked)
    [done] = scene.told(*scene.one(participant, scene.chunked, made, used + 10), *scene.key)
    assert done["error"] is None
    assert scene.reading(participant, scene.chunked) == (made, used + 10, Quality.CORRECTED)


def test_correct__all_of_it__book_holds(scene: Scene) -> None:
    report = book(scene.day.community.contracts)
    assert report.ok, [str(entry) for entry in report.broken]
