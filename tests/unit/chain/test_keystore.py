"""Key files: made once, never overwritten, whole or not there, and closed to others."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account
from eth_utils import keccak

from wattcommons.chain.keystore import create_keystore, is_private, load_keystore
from wattcommons.errors import InputError

pytestmark = pytest.mark.unit

ACL = "system.posix_acl_access"
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NOBODY_IN_PARTICULAR = 0xFFFFFFFF
STRANGER = 54_321


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "gateway.key"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    return tmp_path / "gateway.password"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize("there", ["gateway.key", "gateway.password"])
def test_create__one_file_is_there__nothing_is_written(tmp_path: Path, key: Path, password: Path, there: str) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=f"{there}: it is there already"):
        create_keystore(key, password)
    assert names(tmp_path) == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_create__name_is_a_link_to_nowhere__not_followed(tmp_path: Path, key: Path, password: Path) -> None:
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="it is there already"):
        create_keystore(key, password)
    assert names(tmp_path) == ["gateway.key"]


def test_create__one_name_for_both__refused(tmp_path: Path, key: Path) -> None:
    with pytest.raises(InputError, match="cannot be one file"):
        create_keystore(key, key)
    assert names(tmp_path) == []


def test_create__no_folder_for_the_password__refused(tmp_path: Path, key: Path) -> None:
    with pytest.raises(InputError, match="its folder is not there"):
        create_keystore(key, tmp_path / "missing" / "password")
    assert names(tmp_path) == []


def test_create__no_folder_for_the_key__password_is_taken_back(tmp_path: Path, password: Path) -> None:
    with pytest.raises(InputError, match="its folder is not there"):
        create_keystore(tmp_path / "missing" / "key", password)
    assert names(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_create__disk_fails__nothing_is_left(
    tmp_path: Path, key: Path, password: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(InputError, match="no space left on device"):
        create_keystore(key, password)
    assert names(tmp_path) == []


def test_create__another_makes_the_file_meanwhile__theirs_stays(
    key: Path, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(source: Path, target: Path) -> None:
        if target == key:
            key.write_text("theirs", encoding="utf-8")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(InputError, match="it is there already"):
        create_keystore(key, password)
    assert key.read_text(encoding="utf-8") == "theirs"
    assert not password.exists()


def test_load__wrong_password__said_without_it(key: Path, password: Path) -> None:
    create_keystore(key, password)
    right = password.read_text(encoding="utf-8").strip()
    password.write_text("guessed-wrongly\n", encoding="utf-8")
    with pytest.raises(InputError, match="the password does not open this key file") as caught:
        load_keystore(key, password)
    assert caught.value.__suppress_context__
    for secret in (right, "guessed-wrongly"):
        assert secret not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 3, "crypto": []}',
        b'{"version": 9, "crypto": {}}',
        b'{"version": 3, "crypto": {"kdf": "pbkdf2", "kdfparams": {"prf": "md5", "salt": "", "dklen": 1, "c": 1}}}',
        b'{"version": 3, "crypto": {"kdf": "pbkdf2", "kdfparams": {"prf": 7, "salt": "", "dklen": 1, "c": 1}}}',
    ],
)
def test_load__no_key_file__said(key: Path, password: Path, content: bytes) -> None:
    key.write_bytes(content)
    password.write_text("word", encoding="utf-8")
    with pytest.raises(InputError, match=r"gateway\.key: "):
        load_keystore(key, password)


def test_load__key_of_31_bytes__refused_without_it(key: Path, password: Path) -> None:
    secret = bytes(range(1, 33))
    locked = Account.encrypt(secret, "word", kdf="pbkdf2", iterations=1)
    crypto = locked["crypto"]
    short = bytes.fromhex(crypto["ciphertext"])[:31]
    derived = hashlib.pbkdf2_hmac("sha256", b"word", bytes.fromhex(crypto["kdfparams"]["salt"]), 1)
    crypto |= {"ciphertext": short.hex(), "mac": keccak(derived[16:] + short).hex()}
    key.write_text(json.dumps(locked), encoding="utf-8")
    password.write_text("word", encoding="utf-8")
    with pytest.raises(InputError, match="no encrypted key file") as caught:
        load_keystore(key, password)
    assert secret.hex()[:8] not in str(caught.value)


@pytest.mark.parametrize("missing", ["gateway.key", "gateway.password"])
def test_load__file_missing__named(tmp_path: Path, key: Path, password: Path, missing: str) -> None:
    create_keystore(key, password)
    (tmp_path / missing).unlink()
    with pytest.raises(InputError, match=f"{missing}: the .* is not there"):
        load_keystore(key, password)


def test_is_private__no_file__refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be looked at"):
        is_private(tmp_path / "missing")


# ---------------------------------------------------------------------- what holds


def test_create__new__opens_with_its_password_and_no_two_are_alike(tmp_path: Path, key: Path, password: Path) -> None:
    address = create_keystore(key, password)
    assert load_keystore(key, password).address == address
    assert names(tmp_path) == ["gateway.key", "gateway.password"]
    other = create_keystore(tmp_path / "second.key", tmp_path / "second.password")
    assert other != address
    assert (tmp_path / "second.password").read_text(encoding="utf-8") != password.read_text(encoding="utf-8")


@pytest.mark.usefixtures("open_umask")
def test_create__whatever_the_umask__for_the_owner_alone(key: Path, password: Path) -> None:
    create_keystore(key, password)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (key, password)] == [0o600, 0o600]
    assert is_private(key)
    assert is_private(password)


def test_create__format__version_3_that_little_memory_opens(key: Path, password: Path) -> None:
    address = create_keystore(key, password)
    content = json.loads(key.read_text(encoding="utf-8"))
    assert content["version"] == 3
    assert content["crypto"]["kdf"] == "pbkdf2"
    assert content["address"].lower() == address[2:].lower()
    # 43 signs of 6 bits each hold 256 bits.
    assert len(password.read_text(encoding="utf-8").strip()) >= 43


def test_load__files_that_can_only_be_read__open(key: Path, password: Path) -> None:
    address = create_keystore(key, password)
    for one in (key, password):
        one.chmod(0o400)
    assert load_keystore(key, password).address == address


@pytest.mark.parametrize(
    ("mode", "private"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o620, False), (0o644, False)]
)
def test_is_private__mode__closed_to_group_and_others(key: Path, mode: int, private: bool) -> None:
    key.touch()
    key.chmod(mode)
    assert is_private(key) is private


@pytest.mark.parametrize(
    ("entries", "private"),
    [
        ([(USER, 4, "me")], True),
        ([(USER, 4, STRANGER)], False),
        ([(GROUP, 4, STRANGER)], False),
        ([(USER, 4, "me"), (GROUP_OBJ, 4, NOBODY_IN_PARTICULAR)], False),
        ([(USER, 4, "me"), (OTHER, 4, NOBODY_IN_PARTICULAR)], False),
    ],
)
def test_is_private__access_list__looked_through(
    key: Path, entries: list[tuple[int, int, int | str]], private: bool
) -> None:
    key.touch(mode=0o600)
    plain = {USER_OBJ: 4, GROUP_OBJ: 0, MASK: 4, OTHER: 0}
    plain |= {tag: rights for tag, rights, _ in entries if tag in plain}
    named = [(tag, rights, os.geteuid() if who == "me" else who) for tag, rights, who in entries if tag not in plain]
    whole = sorted([*((tag, rights, NOBODY_IN_PARTICULAR) for tag, rights in plain.items()), *named])
    try:
        os.setxattr(key, ACL, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in whole))
    except OSError as error:
        pytest.skip(f"this file system keeps no access lists ({error.strerror})")
    assert stat.S_IMODE(key.stat().st_mode) & stat.S_IRGRP, "the mask stands in the group's place"
    assert is_private(key) is private
