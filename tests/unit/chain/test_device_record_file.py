"""Files of a device's record and of what is shown of it: one form, owner's eyes only, every change noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.device_record import KNOWN
from wattcommons.chain.device_commitment import Disclosure, SaltedRecord
from wattcommons.chain.device_record_file import load_device_file, load_record, parsed, save_device_file, text_of
from wattcommons.errors import InputError, RuleError

pytestmark = pytest.mark.unit

RECORD = text_of(KNOWN).encode()
SHOWN = KNOWN.disclose(["address", "support_cents", "note"])
DISCLOSURE = text_of(SHOWN).encode()


def changed(content: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    top = json.loads(content)
    change(top)
    return (json.dumps(top, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


@pytest.mark.parametrize("content", [KNOWN, SHOWN], ids=["record", "disclosure"])
def test_file__written_and_read__the_same_and_private(tmp_path: Path, content: SaltedRecord | Disclosure) -> None:
    path = tmp_path / "device.json"
    save_device_file(content, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_device_file(path) == content
    with pytest.raises(InputError, match="it is there already, and no record is overwritten"):
        save_device_file(content, path)
    assert sorted(tmp_path.iterdir()) == [path]


def test_load_record__disclosure__refused(tmp_path: Path) -> None:
    path = tmp_path / "shown.json"
    save_device_file(SHOWN, path)
    with pytest.raises(InputError, match="is no record"):
        load_record(path)


def test_load__no_such_file__said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_record(tmp_path / "none.json")


@pytest.mark.parametrize("content", [RECORD, DISCLOSURE], ids=["record", "disclosure"])
@given(data=st.data())
def test_parsed__any_octet_changed__refused(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda one: one != content[place]))
    with pytest.raises(RuleError):
        parsed(content[:place] + bytes([octet]) + content[place + 1 :])


@pytest.mark.parametrize("content", [RECORD, DISCLOSURE], ids=["record", "disclosure"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda top: top.update(note="mine"), "the file has a field 'note'"),
        (lambda top: top.pop("commitment"), "the file lacks commitment"),
        (lambda top: top.update(version=2), "of version 2, not 1"),
        (lambda top: top.update(version=True), "of version True"),
        (lambda top: top.update(kind="letter"), "its kind is 'letter'"),
        (lambda top: top.update(schema="0x" + "11" * 32), "another schema"),
        (lambda top: top.update(commitment="0x" + "11" * 32), "commitment"),
        (lambda top: top.update(commitment="0x11"), "commitment is not 0x"),
        (lambda top: top.update(fields=[]), "fields is no JSON object"),
        (lambda top: top["fields"].update(color={}), "color"),
        (lambda top: top["fields"]["address"].update(seen=1), "address has a field 'seen'"),
        (lambda top: top["fields"]["address"].pop("salt"), "address lacks salt"),
        (lambda top: top["fields"]["address"].update(salt="0xAA"), "the salt of address is not 0x"),
        (lambda top: top["fields"]["address"].update(value="2 rue Haute"), "commitment"),
        (lambda top: top["fields"]["address"].update(value=["x"]), "address is neither a text nor"),
        (lambda top: top["fields"]["support_cents"].update(value=True), "support_cents is neither a text nor"),
        (lambda top: top["fields"]["support_cents"].update(value=1.5), "no file of a device's record"),
    ],
)
def test_parsed__content_wrong__says_what(
    content: bytes, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(RuleError, match=said):
        parsed(changed(content, change))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no file of a device's record"),
        (b"[]", "the file is no JSON object"),
        (b"\xff\xfe", "no file of a device's record"),
        (b"[" * 60_000, "no file of a device's record"),
        (b" " * 70_000, "too large"),
        (RECORD.replace(b'"version": 1', b'"version": 1, "version": 1'), "stands twice"),
        (RECORD.replace(b"\n", b"\r\n"), "not written as watt writes it"),
        (RECORD.rstrip(), "not written as watt writes it"),
    ],
)
def test_parsed__no_file_of_ours__refused(content: bytes, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parsed(content)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda top: top["fields"].clear(), "no field is shown"),
        (lambda top: top["fields"]["note"].update(path="up"), "the path of note is no list"),
        (lambda top: top["fields"]["note"]["path"].pop(), "the path of note has 3 steps"),
    ],
)
def test_parsed__disclosure_that_shows_nothing__refused(change: Callable[[dict[str, Any]], object], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parsed(changed(DISCLOSURE, change))


def test_disclosure_file__of_three_fields__holds_nothing_of_the_others() -> None:
    for name, value in KNOWN.record.values.items():
        if value is not None and name not in SHOWN.fields:
            assert str(value).encode() not in DISCLOSURE, name
    for name, salt in zip(KNOWN.record.values, KNOWN.salts, strict=True):
        assert (salt.hex().encode() in DISCLOSURE) == (name in SHOWN.fields)
