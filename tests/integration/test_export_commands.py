"""`watt export` on a development chain: from a holder's certificates to the file and the national reference."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from typer.testing import CliRunner, Result

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import MILL, TERMS, Eventful
from wattcommons.chain.commitments import text_hash
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.cli.main import build
from wattcommons.domain.units import IntervalIndex
from wattcommons.scenarios.community import Community
from wattcommons.scenarios.spec import CommunitySpec, DeviceSpec, ParticipantSpec

pytestmark = pytest.mark.integration

KEYS = DevnetKeys("watt devnet")
APP = build(["export"])
NAMES = ("1", "2")
"""Wallets of development keys are found by the member's number."""
INTERVALS, MADE = 140, 15_100
ISSUER = ("--devnet-key",)
HOLDER = ("--devnet-key", "--member", "1")


@dataclass
class Desk:
    """A community whose mill has made two groups' worth of certificates; commands in its folder."""

    day: Eventful
    folder: Path
    rpc: str

    def watt(self, *words: object, cwd: Path | None = None) -> Result:
        place = ("--deployment", self.folder / "deployment.json", "--rpc", self.rpc)
        return CliRunner().invoke(APP, [str(word) for word in ("export", *words, *place)])

    def done(self, *words: object) -> dict[str, Any]:
        result = self.watt(*words, "--json")
        assert result.exit_code == 0, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def said(self, *words: object) -> str:
        result = self.watt(*words)
        assert result.exit_code == 0, result.output
        return " ".join(result.stdout.split())

    def refused(self, said: str, *words: object) -> None:
        result = self.watt(*words)
        assert result.exit_code == 2, result.output
        assert result.stderr.startswith("watt: ")
        assert result.stderr.count("\n") == 1
        assert said in result.stderr

    def key(self, account: LocalAccount) -> tuple[object, ...]:
        """An encrypted key file's options."""
        keystore, password = self.folder / f"{account.address}.key", self.folder / "password"
        locked = Account.encrypt(account.key, "word", kdf="pbkdf2", iterations=1)
        keystore.write_text(json.dumps(locked), encoding="utf-8")
        password.write_text("word\n", encoding="utf-8")
        return ("--keystore", keystore, "--password-file", password)

    def state(self, group: int) -> tuple[int, int]:
        """State and Wh that the contract keeps."""
        found = self.day.read("ExportGroups", "groupInfo", group)
        return found[5], found[4]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("exports")
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        web3 = connect(running.ipc_path)
        mill = ParticipantSpec(NAMES[0], export_w=40_000, device=DeviceSpec(40_000))
        spec = CommunitySpec(TERMS, (mill, ParticipantSpec(NAMES[1])), seed="watt devnet")
        community = Community(web3, spec)
        first = int(community.contracts.read("MemberRegistry", "firstOpenInterval"))
        community.join((one, IntervalIndex(first)) for one in spec.participants)
        keys = {index: community.keys.gateway(name) for index, name in enumerate(NAMES, 1)}
        day = Eventful(web3, community, first, first, keys)
        day.clear(day.pass_by(INTERVALS, mill=MADE))
        community.deployment.save(folder / "deployment.json")
        yield Desk(day, folder, running.http_url)


# The tests run in this order: each finds what the one before has left.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan",), "--account: name the holder, by one of the two"),
        (("plan", "--account", "0x12"), "is no address"),
        (("plan", "--member", "9"), "nobody is member 9 (members are 1 to 2)"),
        (("group", *HOLDER), "--yes: is needed where nobody can be asked"),
        (("group", "--devnet-key"), "--devnet-key: whose key is not said"),
        (("group",), "--keystore: a key file and the file of its password are needed"),
        (("list", "--state", "full"), "--state: 'full' is no state"),
        (("release", "1", *HOLDER), "there is no export group 1"),
        (("file", "1", "-o", "x.csv"), "there is no export group 1"),
        (("file", "1", "-o", "x.pdf"), "--out: x.pdf is neither .csv nor .json"),
        (("accept", "1", "--reference", "X", *ISSUER), "there is no export group 1"),
        (("accept", "1", "--reference", "Ä", *ISSUER), "'Ä' is no reference"),
        (("decline", "1", "--reason", " ", *ISSUER), "a reason is missing"),
    ],
)
def test_export__mistake__one_line_and_2(desk: Desk, words: tuple[str, ...], said: str) -> None:
    desk.refused(said, *words)


def test_group__key_of_nobody__refused(desk: Desk) -> None:
    desk.refused("is not the wallet of a member", "group", "--yes", *desk.key(KEYS.service("stranger")))
    desk.refused("is not the wallet of member 2", "group", "--yes", "--member", "2", *desk.key(KEYS.member("1")))


def test_plan__two_groups_worth__oldest_first_and_the_rest_named(desk: Desk) -> None:
    [device] = desk.done("plan", "--member", "1")["devices"]
    assert device["device"] == 1
    assert [group["group"] for group in device["groups"]] == [None, None]
    parts = [part for group in device["groups"] for part in group["parts"]]
    assert [part["certificate"] for part in parts] == sorted(part["certificate"] for part in parts)
    for group in device["groups"]:
        assert sum(part["wh"] for part in group["parts"]) == 1_000_000
    held = sum(
        desk.day.read("GuaranteeOfOrigin", "balanceOf", KEYS.member("1").address, 1 << 32 | desk.day.first + back)
        for back in range(INTERVALS)
    )
    assert device["carried_over_wh"] == held - 2_000_000
    assert desk.done("plan", "--member", "2")["devices"] == []


def test_plan__in_both_languages__says_what_stays(desk: Desk) -> None:
    english, french = (desk.said("plan", "--member", "1", "--lang", one) for one in ("en", "fr"))
    assert "groups of 1 MWh that can be made: 2" in english
    assert "stay with the holder until there is 1 MWh" in english
    assert "lots de 1 MWh possibles : 2" in french
    assert "restent au détenteur" in french


def test_group__interrupted_after_the_first_call__continued_by_the_next_run(desk: Desk) -> None:
    first = desk.done("plan", "--member", "1")["devices"][0]["groups"][0]["parts"]
    ids, amounts = ([part[name] for part in first[:64]] for name in ("certificate", "wh"))
    desk.day.act("1", "ExportGroups", "open", ids, amounts)
    again = desk.done("plan", "--member", "1")["devices"][0]["groups"][0]
    assert (again["group"], again["begun_wh"], again["parts"]) == (1, sum(amounts), first[64:])
    steps = desk.done("group", "--yes", "--most", "1", *HOLDER)["steps"]
    assert [(step["group"], step["group_wh"]) for step in steps] == [(1, 1_000_000)]
    assert desk.state(1) == (2, 1_000_000)


def test_group__more_than_64_certificates__several_calls(desk: Desk) -> None:
    said = desk.said("group", "--yes", *desk.key(KEYS.member("1")))
    assert "group 2 is complete: 1 MWh" in said
    assert "export file 2 -o group-2.csv" in said
    [planned] = desk.done("plan", "--member", "1")["devices"]
    assert planned["groups"] == []
    assert "Nothing makes a whole group yet" in desk.said("group", "--yes", *HOLDER)
    assert desk.state(2) == (2, 1_000_000)


def test_list__by_state_and_member__those_alone(desk: Desk) -> None:
    everything = desk.done("list")["groups"]
    assert [(one["group"], one["state"], one["wh"]) for one in everything] == [
        (1, "complete", 1_000_000),
        (2, "complete", 1_000_000),
    ]
    assert desk.done("list", "--state", "open")["groups"] == []
    assert desk.done("list", "--member", "2")["groups"] == []
    assert len(desk.done("list", "--account", KEYS.member("1").address)["groups"]) == 2
    assert "complet" in desk.said("list", "--lang", "fr")


def test_release__of_another_member__refused(desk: Desk) -> None:
    desk.refused("is not of", "release", "1", "--yes", "--devnet-key", "--member", "2")
    desk.refused("has nothing of certificate 7", "release", "1", "--yes", "--certificate", "7", *HOLDER)


def test_file__whole_group__same_bytes_every_time_and_exactly_1_mwh(desk: Desk, tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "a.csv", "b.csv"):
        assert "1 MWh of" in desk.said("file", "1", "-o", tmp_path / name)
    for suffix in ("json", "csv"):
        one, two = (hashlib.sha256((tmp_path / f"{name}.{suffix}").read_bytes()).hexdigest() for name in "ab")
        assert one == two
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (content["wh"], content["national_reference"], content["group"]) == (1_000_000, None, 1)
    assert sum(one["wh"] for one in content["certificates"]) == 1_000_000
    assert content["device"]["capacity_w"] == 40_000
    assert content["production_start"] == content["certificates"][0]["production_start"]
    assert content["production_end"] == content["certificates"][-1]["production_end"]
    kept = {one["certificate"]: one["wh"] for one in content["certificates"]}
    for certificate, wh in kept.items():
        assert desk.day.read("ExportGroups", "lockedIn", 1, int(certificate)) == wh
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["certificate"]: int(row["certificate_wh"]) for row in rows} == kept
    assert {row["wh"] for row in rows} == {"1000000"}


def test_file__record_of_another_device__refused(desk: Desk, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    for content, said in (
        ("{}", "this is no record of a device"),
        ('{"salt": "0x00", "record": {}}', "a salt has 1 bytes"),
        (json.dumps({"salt": "00" * 32, "record": {"name": "mill"}}), "it is not what device 1 was registered with"),
    ):
        record.write_text(content, encoding="utf-8")
        desk.refused(said, "file", "1", "-o", tmp_path / "x.json", "--record", record)
    assert not (tmp_path / "x.json").exists()


def test_decline__not_the_issuing_body__refused(desk: Desk) -> None:
    stranger = desk.key(KEYS.member("1"))
    desk.refused("is not the issuing body", "decline", "2", "--reason", "why", "--yes", *stranger)
    desk.refused("is not the issuing body", "accept", "2", "--reference", "X", "--yes", *stranger)


def test_decline__complete_group__open_again_with_the_reasons_hash(desk: Desk) -> None:
    done = desk.done("decline", "2", "--reason", "meter under repair", "--yes", *ISSUER)
    assert done["reason"] == f"0x{text_hash('meter under repair').hex()}"
    assert desk.state(2) == (1, 1_000_000)
    assert "sent back" in desk.said("list", "--state", "open")
    desk.refused("export group 2 is open", "accept", "2", "--reference", "X", "--yes", *ISSUER)


def test_file__of_an_open_group_with_less__refused(desk: Desk, tmp_path: Path) -> None:
    one = desk.done("list")["groups"][1]
    assert one["state"] == "open"
    contents = json.loads(_json_of(desk, 2, tmp_path))["certificates"]
    certificate = contents[0]["certificate"]
    desk.done("release", "2", "--certificate", certificate, "--yes", *HOLDER)
    left = 1_000_000 - contents[0]["wh"]
    assert desk.state(2) == (1, left)
    desk.refused(f"export group 2 has {left:,} Wh", "file", "2", "-o", tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()


def _json_of(desk: Desk, group: int, folder: Path) -> str:
    desk.said("file", group, "-o", folder / "group.json")
    return (folder / "group.json").read_text(encoding="utf-8")


def test_give_back__one_certificate__in_the_members_wallet_to_be_withdrawn(desk: Desk, tmp_path: Path) -> None:
    certificate = int(json.loads(_json_of(desk, 1, tmp_path))["certificates"][0]["certificate"])
    desk.refused("is not the issuing body", "give-back", "1", "--yes", *desk.key(KEYS.member("1")))
    [step] = desk.done("give-back", "1", "--certificate", certificate, "--yes", *ISSUER)["steps"]
    wallet = KEYS.member("1").address
    assert desk.day.read("GuaranteeOfOrigin", "balanceOf", wallet, certificate) == step["wh"] > 0
    assert desk.state(1) == (1, 1_000_000 - step["wh"])
    again = desk.done("group", "--yes", "--most", "1", *HOLDER)["steps"]
    assert [(one["group"], one["group_wh"]) for one in again] == [(1, 1_000_000)]


def test_release__everything__back_in_the_wallet(desk: Desk) -> None:
    before = _held(desk)
    left = desk.state(2)[1]
    steps = desk.done("release", "2", "--yes", *HOLDER)["steps"]
    assert len(steps) == 2
    assert sum(step["wh"] for step in steps) == left
    assert _held(desk) - before == left
    assert desk.state(2) == (1, 0)


def _held(desk: Desk) -> int:
    plans = desk.done("plan", "--member", "1")["devices"]
    planned = sum(part["wh"] for one in plans for group in one["groups"] for part in group["parts"])
    return int(planned + sum(one["carried_over_wh"] for one in plans))


def test_accept__complete_group__exported_for_good_under_its_reference(desk: Desk, tmp_path: Path) -> None:
    done = desk.done("accept", "1", "--reference", "FR-2026-0001", "--yes", *ISSUER)
    assert bytes.fromhex(done["national_reference"][2:]).rstrip(b"\0") == b"FR-2026-0001"
    assert desk.state(1) == (3, 1_000_000)
    assert "group 1 is FR-2026-0001" in desk.said("list", "--state", "exported")
    desk.refused("export group 1 is exported", "release", "1", "--yes", *HOLDER)
    assert json.loads(_json_of(desk, 1, tmp_path))["national_reference"] == done["national_reference"]
    desk.done("group", "--yes", *HOLDER)
    desk.refused("has this reference", "accept", "2", "--reference", "FR-2026-0001", "--yes", *ISSUER)


def test_plan__a_year_later__too_old_and_stale_groups_named(desk: Desk) -> None:
    desk.day.act(Role.ISSUING_BODY, "ExportGroups", "decline", 2, b"\1" * 32)
    one = int(json.loads(_json_of(desk, 2, desk.folder))["certificates"][0]["certificate"])
    wh = int(desk.day.read("ExportGroups", "lockedIn", 2, one))
    desk.day.act(NAMES[MILL - 1], "ExportGroups", "release", 2, [one], [wh])
    desk.day.community.clock.advance_to(GENESIS_TIME + 380 * 86_400)
    [plan] = desk.done("plan", "--member", "1")["devices"]
    assert (plan["groups"], plan["carried_over"], plan["stale_groups"]) == ([], [], [2])
    assert one in [part["certificate"] for part in plan["too_late"]]
    said = desk.said("plan", "--member", "1")
    assert "cannot change owner any more" in said
    assert "group 2" in said
    assert "export release 2" in said
