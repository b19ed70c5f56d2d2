"""Keys kept in encrypted files (Web3 Secret Storage, version 3), and addresses as people write them."""

from __future__ import annotations

import json
import os
import secrets
import stat
import struct
import tempfile
from pathlib import Path
from typing import Final

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_address, is_checksum_address, to_checksum_address
from eth_utils.exceptions import ValidationError

from wattcommons.errors import InputError, RuleError

_PASSWORD_OCTETS: Final = 32
# The example of the Web3 Secret Storage definition. Stretching protects a password that a person can remember; this
# one is 256 bits of chance, and a small gateway opens its key at every start.
_ROUNDS: Final = 262_144

# What the decoders make of a file of another shape: nothing in it is checked before it is used.
_NO_KEY_FILE: Final = (
    *(ValueError, TypeError, KeyError, AttributeError, AssertionError, OverflowError, RuntimeError, ValidationError),
)

_ACL: Final = "system.posix_acl_access"
_ACL_VERSION: Final = 2
_ACL_USER, _ACL_GROUP_OBJ, _ACL_GROUP, _ACL_MASK = 0x02, 0x04, 0x08, 0x10


def load_keystore(path: Path, password_file: Path) -> LocalAccount:
    """The account in an encrypted key file. Raises InputError naming the file; no message holds key or password.

    Both files are only read, so a credential that systemd hands to a service (mode 0400) serves as either.
    """
    password = _text(password_file, "the password's file").rstrip("\r\n")
    content = _text(path, "the key file")
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(json.loads(content), password))
    except _NO_KEY_FILE as error:
        if "MAC mismatch" in str(error):
            raise InputError(
                "the password does not open this key file", f"it was read from {password_file}", file=path
            ) from None
        raise InputError(
            "this is no encrypted key file (version 3)", "make one with your wallet or client", file=path
        ) from None
    return account


def create_keystore(path: Path, password_file: Path) -> str:
    """Make a new random key, locked with a new random password of 256 bits; its checksummed address.

    Both files are readable by their owner alone (0600) and appear whole or not at all, the password first: there is
    never a key that nobody can open. Neither replaces a file that is there. Raises InputError naming the file, and
    nothing is left behind; no message holds key or password.
    """
    if path.absolute() == password_file.absolute():
        raise InputError("key and password cannot be one file", "give them two names", file=path)
    for one in (password_file, path):
        if os.path.lexists(one):
            raise _in_the_way(one)
    password = secrets.token_urlsafe(_PASSWORD_OCTETS)
    account = Account.create()
    # Not scrypt, though it is what most wallets write: at their setting it takes 256 MB of memory to open the key,
    # which is more than a small gateway has to spare.
    locked = Account.encrypt(account.key, password, kdf="pbkdf2", iterations=_ROUNDS)
    write_private(password_file, f"{password}\n")
    try:
        write_private(path, json.dumps(locked) + "\n")
    except BaseException:
        password_file.unlink()
        raise
    return str(account.address)


def is_private(path: Path) -> bool:
    """Whether a key's or password's file is closed to everybody but its user, who is this one, and root.

    A credential handed over by systemd is private though its group seems to read it: it names its one reader in an
    access list, whose mask is shown in the group's place. Raises InputError when the file cannot be looked at.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"it cannot be looked at ({type(error).__name__})", file=path) from None
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & stat.S_IRWXO:
        return False
    return not found.st_mode & stat.S_IRWXG or _only_this_user(path)


def checked_address(text: str) -> str:
    """An account's address, checksummed. Raises RuleError when it is none, is zero or its checksum is wrong."""
    if not is_address(text):
        raise RuleError(f"{text!r} is no address", "write 0x and 40 hexadecimal digits")
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise RuleError(f"{text} has a wrong checksum", "copy it again: one of its signs is mistaken")
    if not int(digits, 16):
        raise RuleError("the address is zero, which nobody holds", "write the account's own")
    return str(to_checksum_address(text))


def write_private(path: Path, content: str, *, kept: str = "a key is never overwritten") -> None:
    """Write a file of mode 0600 that was not there, whole or not at all, and on the disk when this returns.

    Raises InputError naming the file; `kept` tells why one that is there stays.
    """
    temporary: Path | None = None
    try:
        # A name of its own in the same folder, which mkstemp opens for the owner alone.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        os.link(temporary, path)  # unlike a renaming, it replaces nothing
        _sync_folder(path.absolute().parent)
    except FileExistsError:
        raise _in_the_way(path, kept) from None
    except FileNotFoundError:
        raise InputError("its folder is not there", "make the folder first", file=path) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(
            f"it cannot be written ({reason})", "choose a folder of yours, on a disk with hard links", file=path
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_the_way(path: Path, kept: str = "a key is never overwritten") -> InputError:
    return InputError(
        f"it is there already, and {kept}",
        "choose another name, or move it away when you are sure that nobody needs it",
        file=path,
    )


def _only_this_user(path: Path) -> bool:
    """Whether a file's access list (Linux, acl(5)) lets nobody in but its owner and this user."""
    try:
        packed = os.getxattr(path, _ACL)
    except (OSError, AttributeError):  # none there, or no Linux: then the group's bits are the group's
        return False
    if len(packed) % 8 != 4 or struct.unpack_from("<I", packed)[0] != _ACL_VERSION:
        return False
    entries = [struct.unpack_from("<HHI", packed, at) for at in range(4, len(packed), 8)]
    mask = next((rights for tag, rights, _ in entries if tag == _ACL_MASK), 7)
    return not any(
        rights & mask and (tag in (_ACL_GROUP_OBJ, _ACL_GROUP) or (tag == _ACL_USER and user not in (0, os.geteuid())))
        for tag, rights, user in entries
    )


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{what} is not there", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} cannot be read ({type(error).__name__})", file=path) from None
