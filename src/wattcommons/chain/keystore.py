"""Keys kept in encrypted files (Web3 Secret Storage, version 3), and addresses as people write them."""

from __future__ import annotations

import json
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_address, is_checksum_address, to_checksum_address

from wattcommons.errors import InputError, RuleError


def load_keystore(path: Path, password_file: Path) -> LocalAccount:
    """The account in an encrypted key file. Raises InputError naming the file; no message holds key or password."""
    password = _text(password_file, "the password's file").rstrip("\r\n")
    try:
        key = Account.decrypt(json.loads(_text(path, "the key file")), password)
    except (ValueError, KeyError, TypeError) as error:
        if "MAC mismatch" in str(error):
            raise InputError(
                "the password does not open this key file", f"it was read from {password_file}", file=path
            ) from None
        raise InputError(
            "this is no encrypted key file (version 3)", "make one with your wallet or client", file=path
        ) from None
    account: LocalAccount = Account.from_key(key)
    return account


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


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{what} is not there", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} cannot be read ({type(error).__name__})", file=path) from None
