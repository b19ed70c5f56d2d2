"""The enrolment file: read strictly, written whole, and the registry's refusals in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils import to_checksum_address

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.enrolment import (
    Enrolment,
    Kind,
    Party,
    require_community,
    require_sound,
    sign_as_member,
    sign_as_metering_operator,
)
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.enrolment_file import as_dict, load_enrolment, save_enrolment
from wattcommons.chain.enrolment_refusals import explained
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, RotationTerms, Source
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import InputError, RevertedError, RuleError

pytestmark = pytest.mark.unit

MEMBER, GATEWAY, METERING = (Account.from_key(number.to_bytes(32, "big")) for number in (1, 2, 3))
ADDRESSES = {name: to_checksum_address(f"0x{number:040x}") for number, name in enumerate(CONTRACTS, 0xABCDEF)}
COMMUNITY = Deployment(31_337, 1, ADDRESSES, CommunityTerms())
FROM = 982_000
TERMS = EnrolmentTerms(
    3, Basis.GROSS, Source.GATEWAY, 9_000, 6_000, GATEWAY.address, FROM, b"\x11" * 32, 1_767_600_000 - 300
)
ENROLMENT = Enrolment(make_code(GATEWAY, COMMUNITY), IntervalLength.HALF_HOUR, 3, MEMBER.address, TERMS)
ROTATION = Enrolment(
    make_code(GATEWAY, COMMUNITY, 7),
    IntervalLength.HALF_HOUR,
    3,
    MEMBER.address,
    RotationTerms(7, GATEWAY.address, Source.OPERATOR_FILE, FROM, 2, 1_767_600_000),
)
SIGNED = sign_as_metering_operator(sign_as_member(ENROLMENT, MEMBER), METERING)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "enrolment.json"


def written(path: Path, change: Change, made: Enrolment = SIGNED) -> Path:
    content = as_dict(made)
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


# ---------------------------------------------------------------------- a file that is not as it was made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(version=2), "of version 2, not 1"),
        (lambda d: d.update(version=True), "version is no whole number"),
        (lambda d: d.update(kind="hand-over"), "its kind is 'hand-over'"),
        (lambda d: d.update(kind="rotation"), "terms lacks participant"),
        (lambda d: d.update(note="mine"), "the file has a field 'note'"),
        (lambda d: d["terms"].update(note="mine"), "terms has a field 'note'"),
        (lambda d: d["terms"].update(participant=7), "terms has a field 'participant'"),
        (lambda d: d["member"].update(name="Jo"), "member has a field 'name'"),
        (lambda d: d["signatures"].update(mayor=None), "signatures has a field 'mayor'"),
        (lambda d: d["signatures"]["member"].update(at=1), "member has a field 'at'"),
        (lambda d: d["signatures"].pop("member"), "signatures lacks member"),
        (lambda d: d["signatures"]["member"].update(signature="0x00"), "signature is not 0x and 130"),
        (lambda d: d.update(terms=[]), "terms is no JSON object"),
        (lambda d: d.update(interval_minutes=20), "its intervals have 20 minutes"),
        (lambda d: d.update(interval_minutes=60), "from_utc does not belong to its number"),
        (lambda d: d["terms"].update(from_interval=FROM + 1), "from_utc does not belong to its number"),
        (lambda d: d["terms"].update(from_utc="2027-01-01T00:00:00Z"), "from_utc does not belong to its number"),
        (lambda d: d["terms"].update(from_interval=2**32 - 1), "begins after the year 9999"),
        (lambda d: d["terms"].update(deadline_unix=2**64 - 1), "the deadline is 18446744073709551615"),
        (lambda d: d["terms"].update(deadline_unix=1.5), "deadline_unix is no whole number"),
        (lambda d: d["terms"].update(basis="grossly"), "basis is none of net, gross"),
        (lambda d: d["terms"].update(source="none"), "source is none of gateway, operator_file, declared"),
        (lambda d: d["terms"].update(import_w=2**24), "the highest power drawn is 16777216 W"),
        (lambda d: d["terms"].update(export_w=-1), "the highest power fed in is -1 W"),
        (lambda d: d["terms"].update(commitment="0x11"), "commitment is not 0x and 64"),
        (lambda d: d["terms"].update(gateway=METERING.address), "the terms are about the key"),
        (lambda d: d["terms"].update(gateway=GATEWAY.address.lower()), "gateway is written without its checksum"),
        (lambda d: d["terms"].update(member=4), "the terms are for member 4, the file for member 3"),
        (lambda d: d.update(code=ROTATION.code.text), "for a new participant, the code is for participant 7"),
        (lambda d: d.update(code=d["code"][:-1] + "0"), "the proof in this enrolment code"),
    ],
)
def test_load__changed__refused_by_name(path: Path, change: Change, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        load_enrolment(written(path, change))
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"no enrolment file \(JSON\)"),
        (b"\xff\xfe{}", r"no enrolment file \(JSON\)"),
        (b"[]", "the file is no JSON object"),
        (b"[" * 60_000, r"no enrolment file \(JSON\)"),
        (b'{"version": NaN}', r"no enrolment file \(JSON\)"),
        (b'{"version": ' + b"9" * 5_000 + b"}", r"no enrolment file \(JSON\)"),
        (b'{"version": 1, "version": 1}', "a field stands twice"),
        (b" " * 70_000, "too large"),
    ],
)
def test_load__no_enrolment_file__refused(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        load_enrolment(path)


def test_load__no_file__said(path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_enrolment(path)


def test_save__new_and_there_already__left_alone(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        save_enrolment(ENROLMENT, path, new=True)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("new", [True, False])
def test_save__disk_is_full__what_was_there_is_still_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    if not new:
        save_enrolment(ENROLMENT, path)
    before = path.read_bytes() if path.exists() else None

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_enrolment(SIGNED, path, new=new)
    assert [one.name for one in path.parent.iterdir()] == ([] if new else [path.name])
    assert new or path.read_bytes() == before


# ---------------------------------------------------------------------- signatures


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["terms"].update(export_w=60_000),
        lambda d: d["terms"].update(commitment="0x" + "22" * 32),
        lambda d: d["signatures"].update(member=d["signatures"]["metering_operator"]),
        lambda d: d["signatures"]["member"].update(signer=METERING.address),
    ],
)
def test_require_sound__changed_after_signing__refused(path: Path, change: Change) -> None:
    found = load_enrolment(written(path, change))
    with pytest.raises(RuleError, match="the file was changed after|is not that of member"):
        require_sound(found)
    with pytest.raises(RuleError, match="the file was changed after|is not that of member"):
        sign_as_metering_operator(found, METERING)


def test_sign__other_party_s_key__refused() -> None:
    with pytest.raises(RuleError, match=f"the key {METERING.address} is not that of member 3"):
        sign_as_member(ENROLMENT, METERING)
    with pytest.raises(RuleError, match="is the member's own"):
        sign_as_metering_operator(ENROLMENT, MEMBER)


def test_sign__own_broken_signature__made_good(path: Path) -> None:
    """Who changes the terms knowingly signs again; the other party's signature then has to be renewed too."""
    alone = sign_as_member(ENROLMENT, MEMBER)
    found = load_enrolment(written(path, lambda d: d["terms"].update(export_w=7_000), alone))
    again = sign_as_member(found, MEMBER)
    require_sound(again)
    assert again.missing == (Party.METERING_OPERATOR,)


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [
        (replace(COMMUNITY, chain_id=1), "it is for another community"),
        (replace(COMMUNITY, addresses=ADDRESSES | {"MemberRegistry": GATEWAY.address}), "it is for another community"),
        (replace(COMMUNITY, terms=CommunityTerms(interval_minutes=60)), "it counts intervals of 30 minutes"),
    ],
)
def test_require_community__another_one__refused(elsewhere: Deployment, said: str) -> None:
    require_community(SIGNED, COMMUNITY)
    with pytest.raises(RuleError, match=said):
        require_community(SIGNED, elsewhere)


@pytest.mark.parametrize("made", [ENROLMENT, SIGNED, ROTATION, sign_as_metering_operator(ROTATION, METERING)])
def test_save_and_load__any_stage__the_same(path: Path, made: Enrolment) -> None:
    save_enrolment(made, path, new=True)
    found = load_enrolment(path)
    assert found == made
    require_sound(found)
    assert found.kind is (Kind.ENROLMENT if isinstance(made.terms, EnrolmentTerms) else Kind.ROTATION)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


# ---------------------------------------------------------------------- refusals in words


def test_explained__every_error_of_the_registry__in_words_or_as_it_is() -> None:
    """Arguments as the contract names and types them, so that no sentence asks for one that is not there."""
    samples = {"address": GATEWAY.address.lower(), "bytes32": b"\x11" * 32}
    told = set()
    for item in load_artifact("MemberRegistry").abi:
        if item["type"] == "error":
            arguments = {one["name"]: samples.get(one["type"], FROM) for one in item["inputs"]}
            error = RevertedError(item["name"], arguments)
            found = explained(error, IntervalLength.HALF_HOUR)
            if found is error:
                continue
            told.add(item["name"])
            assert found.message
            assert found.hint
            assert GATEWAY.address.lower() not in found.message
    assert told >= {
        "AccessManagedUnauthorized",
        "IntervalGateClosed",
        "RegistryEnrolmentUsed",
        "RegistryMemberInactive",
        "RegistryMemberUnknown",
        "RegistryNotMeteringOperator",
        "RegistryParticipantClosed",
        "RegistryParticipantNotYetActive",
        "RegistryParticipantUnknown",
        "RegistryRotationNonce",
        "RegistrySecondApproverNeeded",
        "RegistrySignatureExpired",
        "RegistrySignatureInvalid",
    }
