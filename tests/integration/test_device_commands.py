"""`watt device` on a development chain: from a record to suspension, and what is refused on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.community import Community
from tests.support.issuing_desk import PLACE, RECORD, Desk, desk_of, moment, narrow
from tests.support.village import FLAT, MILL, SPA
from wattcommons.domain.devices import latest_validity

pytestmark = pytest.mark.integration

ROOF_TERMS = ("--source", "solar", "--capacity-w", "6000", "--commissioned", "2025-03-01", "--country", "FR")


@pytest.fixture
def desk(village: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_of(village, tmp_path, monkeypatch)


# ---------------------------------------------------------------------- records


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*RECORD,), "does not say where the device stands"),
        ((*RECORD, "--latitude", "45"), "one coordinate alone"),
        ((*RECORD, "--latitude", "north", "--longitude", "5"), "--latitude: 'north' is no number of degrees"),
        ((*RECORD, "--latitude", "91", "--longitude", "5"), "latitude_udeg is 91000000"),
        ((*RECORD, *PLACE, "--support", "12.5"), "--support: '12.5' is no amount of euros"),
        ((*RECORD, *PLACE, "--grid-point", "10YFR-RTE------D"), "wrong check sign"),
        (("--installation", "x", "--name", "y", *PLACE), "does not say where the device feeds in"),
    ],
)
def test_record_new__that_cannot_be__one_line_and_no_file(desk: Desk, words: tuple[str, ...], said: str) -> None:
    desk.refused(said, desk.run("device", "record", "new", *words, "--out", desk.record))
    assert not desk.record.exists()


def test_record__new_show_disclose_check__in_words(desk: Desk) -> None:
    made_one = narrow(desk.run("device", "record", "new", *RECORD, *PLACE, "--out", desk.record))
    assert "only you can read it" in made_one
    assert desk.record.stat().st_mode & 0o777 == 0o600
    again = desk.run("device", "record", "new", *RECORD, *PLACE, "--out", desk.record)
    desk.refused("it is there already, and no record is overwritten", again)
    shown = narrow(desk.run("device", "record", "show", desk.record))
    for text in ("Zoé Martin", "45.188529°", "-5.700000°", "1,250.50 €", "note –"):
        assert text in shown
    assert "others can read this file" not in shown
    desk.record.chmod(0o644)
    assert "others can read this file" in narrow(desk.run("device", "record", "show", desk.record))
    part = desk.folder / "part.json"
    told = narrow(desk.run("device", "record", "disclose", desk.record, "support_cents", "note", "--out", part))
    assert "1,250.50 €" in told
    assert "Martin" not in told + part.read_text(encoding="utf-8")
    commitment = json.loads(desk.record.read_text(encoding="utf-8"))["commitment"]
    assert "it belongs to this commitment" in narrow(
        desk.run("device", "record", "check", part, "--commitment", commitment)
    )


def test_record_check__against_a_device__says_whose_it_is(desk: Desk) -> None:
    desk.new()
    device = desk.done("device", "register", desk.record, *ROOF_TERMS)["device"]
    part = desk.folder / "part.json"
    assert desk.run("device", "record", "disclose", desk.record, "owner", "--out", part).exit_code == 0
    assert f"it belongs to device {device}" in narrow(desk.see("device", "record", "check", part, "--device", device))
    other = desk.see("device", "record", "check", part, "--device", 1)
    assert other.exit_code == 1
    assert "it does not belong to device 1" in " ".join(other.stdout.split())
    assert "Martin" not in other.stdout
    answer = json.loads(desk.see("device", "record", "check", part, "--device", device, "--json").stdout)
    assert (answer["belongs"], answer["fields"]) == (True, {"owner": "Zoé Martin"})


def test_record_check__changed_file_or_nothing_to_check_against__refused(desk: Desk) -> None:
    commitment = desk.new()
    desk.refused("needs one thing to check against", desk.run("device", "record", "check", desk.record))
    desk.refused("--commitment: is no hash", desk.run("device", "record", "check", desk.record, "--commitment", "0x1"))
    desk.refused(
        "no field 'color'",
        desk.run("device", "record", "disclose", desk.record, "color", "--out", desk.folder / "x.json"),
    )
    content = desk.record.read_text(encoding="utf-8")
    desk.record.write_text(content.replace("Zoé", "Zoe"), encoding="utf-8")
    changed = desk.run("device", "record", "check", desk.record, "--commitment", commitment)
    desk.refused("do not lead to its commitment", changed)
    desk.refused("there is no such file", desk.run("device", "record", "show", desk.folder / "none.json"))


# ---------------------------------------------------------------------- register


def test_register__good_record__a_device_with_its_commitment(desk: Desk) -> None:
    commitment = desk.new()
    told = narrow(desk.act("device", "register", desk.record, *ROOF_TERMS, typed="y\n"))
    assert "device 3 is registered" in told
    assert "no support; certificates are allowed" in told
    shown = desk.shown(3)
    assert (shown["commitment"], shown["technology"], shown["fuel"]) == (commitment, "T010100", "F01040100")
    assert (shown["participant"], shown["suspended"], shown["scheme_allows"]) == (None, False, True)
    registered_at = desk.village.now()
    assert latest_validity(registered_at - 600) <= shown["valid_until"] <= latest_validity(registered_at)
    again = desk.act("device", "register", desk.record, *ROOF_TERMS, "--yes")
    desk.refused("this record is registered already, as device 3", again)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ROOF_TERMS[2:], "--source: is needed"),
        ((*ROOF_TERMS, "--technology", "X1"), "technology code 'X1' is malformed"),
        ((*ROOF_TERMS, "--country", "fr"), "country 'fr' is malformed"),
        ((*ROOF_TERMS, "--until", "2020-01-01"), "choose a moment that lies ahead"),
        ((*ROOF_TERMS, "--until", "2036-01-01"), "at the latest 2031-"),
        ((*ROOF_TERMS, "--scheme-allows"), "--scheme-allows: is given without a scheme"),
        ((*ROOF_TERMS, "--until", "soon"), "--until: 'soon' is no day"),
    ],
)
def test_register__terms_that_cannot_be__refused(desk: Desk, words: tuple[str, ...], said: str) -> None:
    desk.new()
    desk.refused(said, desk.act("device", "register", desk.record, *words, "--yes"))
    assert desk.village.see("MemberRegistry.deviceCount") == 2


def test_register__supported__earns_only_when_it_is_said_to_be_allowed(desk: Desk) -> None:
    desk.new()
    supported = (*ROOF_TERMS, "--scheme", "feed_in_tariff")
    device = desk.done("device", "register", desk.record, *supported)["device"]
    assert (desk.shown(device)["scheme"], desk.shown(device)["scheme_allows"]) == ("feed_in_tariff", False)
    assert "feed-in tariff forbids them" in narrow(desk.see("device", "list"))
    assert "certificates are not allowed" in narrow(desk.see("device", "show", device))


def test_act__by_anybody_else__refused_before_it_is_asked(desk: Desk) -> None:
    operator = desk.village.operator
    desk.refused(
        f"{operator.address} is no issuing body of this community", desk.act("device", "suspend", 1, by=operator)
    )
    unnamed = desk.see("device", "suspend", 1)
    desk.refused("--keystore: a key file and the file of its password are needed", unnamed)
    desk.refused("is no issuing body", desk.see("device", "suspend", 1, "--devnet-key"))


# ---------------------------------------------------------------------- the question


def test_act__answered_no__nothing_is_done(desk: Desk) -> None:
    for answer in ("n\n", "\n", "nonsense\n"):
        result = desk.act("device", "suspend", 1, typed=answer)
        assert result.exit_code == 1, result.stderr
        assert "Nothing was done." in result.stdout
    assert desk.shown(1)["suspended"] is False


def test_act__nobody_answers__refused(desk: Desk) -> None:
    result = desk.act("device", "suspend", 1, typed="")
    assert result.exit_code == 2
    assert "--yes: nobody answered whether to do it" in result.stderr
    desk.refused("--json: is given without --yes", desk.act("device", "suspend", 1, "--json"))
    assert desk.shown(1)["suspended"] is False


# ---------------------------------------------------------------------- renew, suspend, resume


def test_suspend_and_resume__from_the_first_open_interval(desk: Desk) -> None:
    village = desk.village
    before, first = desk.shown(1), village.open()
    told = narrow(desk.act("device", "suspend", 1, typed="yes\n"))
    assert f"(interval {first})" in told
    assert village.see("MemberRegistry.issuanceAt", MILL, first)[1] is False
    assert village.see("MemberRegistry.issuanceAt", MILL, first - 1)[1] is False, "it is bound from `first` on"
    desk.refused("device 1 is suspended already", desk.act("device", "suspend", 1, "--yes"))
    assert "suspended" in narrow(desk.see("device", "list"))
    desk.done("device", "resume", 1)
    assert village.see("MemberRegistry.issuanceAt", MILL, first)[1] is True
    assert desk.shown(1) == before
    desk.refused("device 1 is not suspended", desk.act("device", "resume", 1, "--yes"))
    desk.refused("there is no device 9", desk.act("device", "suspend", 9, "--yes"))


def test_renew__suspended_device__longer_and_still_suspended(desk: Desk) -> None:
    desk.done("device", "suspend", 1)
    told = narrow(desk.act("device", "renew", 1, "--until", "2030-06-30", "--yes"))
    assert "device 1 is registered until 2030-06-30 00:00:00 UTC" in told
    shown = desk.shown(1)
    assert (shown["suspended"], shown["valid_until"]) == (True, 1_909_008_000)
    desk.done("device", "renew", 1)
    now = desk.village.now()
    assert latest_validity(now - 600) <= desk.shown(1)["valid_until"] <= latest_validity(now)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2025-01-01", "--until: 2025-01-01 does not lie ahead"),
        ("2031-12-31", "the registration cannot hold until 2031-12-31 00:00:00 UTC (choose a moment"),
        ("9999-12-31", "at the latest 2031-"),
        ("tomorrow", "--until: 'tomorrow' is no day or moment"),
    ],
)
def test_renew__past_or_over_five_years__refused(desk: Desk, until: str, said: str) -> None:
    desk.refused(said, desk.act("device", "renew", 1, "--until", until, "--yes"))


def test_list__lapsing_soon_and_lapsed__come_first(desk: Desk) -> None:
    village = desk.village
    desk.done("device", "renew", 2, "--until", "2026-03-01")
    listed = json.loads(desk.see("device", "list", "--json").stdout)
    assert [one["device"] for one in listed] == [2, 1]
    assert "lapses in 5" in narrow(desk.see("device", "list"))
    village.travel(1_772_323_200)
    assert "lapsed" in narrow(desk.see("device", "list"))
    assert desk.shown(2)["lapsed"] is True
    narrow(desk.see("device", "show", 2))


# ---------------------------------------------------------------------- bind, unbind


def test_bind_and_unbind__from_an_interval__whose_it_is_changes(desk: Desk) -> None:
    village = desk.village
    first = village.open() + 4
    told = narrow(desk.act("device", "bind", 1, SPA, "--from", moment(village, first), typed="y\n"))
    assert "before participant 1" in told
    assert "device 1 is with participant 3" in told
    assert [village.see("MemberRegistry.deviceAt", who, first) for who in (MILL, SPA)] == [0, 1]
    assert village.see("MemberRegistry.deviceAt", MILL, first - 1) == 1
    assert desk.shown(1)["bindings"][-1] == {"participant": SPA, "from_interval": first}
    assert "from then on participant 3" in narrow(desk.see("device", "show", 1))
    dropped = narrow(desk.act("device", "unbind", 1, "--from", moment(village, first - 1), "--yes"))
    assert "no longer participant 3" in dropped
    assert [village.see("MemberRegistry.deviceAt", who, first) for who in (MILL, SPA)] == [0, 0]
    ahead = ("device", "bind", 1, SPA, "--from", moment(village, first + 5), "--yes")
    assert "device 1 is with participant 3" in narrow(desk.act(*ahead))
    early = narrow(desk.act("device", "unbind", 1, "--from", moment(village, first), "--yes"))
    assert "no longer participant 3" in early, "nobody has it then, but somebody would later"
    nobody = desk.act("device", "unbind", 1, "--from", moment(village, first + 9), "--yes")
    desk.refused("device 1 is with nobody then already", nobody)


def test_bind__that_cannot_be__refused_in_words(desk: Desk) -> None:
    village = desk.village
    first = village.open()
    bind = ("device", "bind", 1)
    desk.refused("nobody is participant 99", desk.act(*bind, 99, "--from", moment(village, first), "--yes"))
    desk.refused("participant 2 has device 2 then", desk.act(*bind, 2, "--from", moment(village, first), "--yes"))
    desk.refused("is closed (choose", desk.act(*bind, SPA, "--from", moment(village, first - 1), "--yes"))
    desk.refused(
        "--from: 2026-01-04T00:10:00+00:00 is not a start", desk.act(*bind, SPA, "--from", "2026-01-04T00:10:00Z")
    )
    village.do("MemberRegistry.close", FLAT, first + 2, by=village.operator)
    desk.refused("participant 4 ends at", desk.act(*bind, FLAT, "--from", moment(village, first + 2), "--yes"))
