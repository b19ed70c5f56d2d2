"""Signing in with an Ethereum account (EIP-4361): the text, built and read strictly, and its signature.

The server writes the text and takes back that text alone: a text of another wording, order or spacing is refused, even
where the standard would allow it. An account of a contract signs by EIP-1271.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from eth_account.messages import SignableMessage, encode_defunct
from eth_utils.address import is_checksum_address
from web3 import Web3

from wattcommons.chain.rpc import ask_all
from wattcommons.chain.signing import digest_of, recover
from wattcommons.errors import RuleError

_MAGIC: Final = bytes.fromhex("1626ba7e")
_GAS: Final = hex(1_000_000)
_ASK: Final = "show the community's own sign-in text to the wallet"
_FORM: Final = re.compile(
    r"(?P<domain>[A-Za-z0-9.\-\[\]:]{1,255}) wants you to sign in with your Ethereum account:\n"
    r"(?P<account>0x[0-9a-fA-F]{40})\n"
    r"\n(?P<statement>[\x20-\x7e]{1,200})\n\n"
    r"URI: (?P<uri>https?://[A-Za-z0-9.\-\[\]:]{1,255})\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain>[1-9][0-9]{0,18})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,32})\n"
    r"Issued At: (?P<issued>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n"
    r"Expiration Time: (?P<expires>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
)


@dataclass(frozen=True)
class SignInText:
    """The fields of a sign-in. `domain`: authority of the pages, `uri`: their origin; times in Unix seconds."""

    domain: str
    account: str
    statement: str
    uri: str
    chain_id: int
    nonce: str
    issued: int
    expires: int

    def text(self) -> str:
        """The text that the wallet shows and signs."""
        return (
            f"{self.domain} wants you to sign in with your Ethereum account:\n{self.account}\n\n{self.statement}\n\n"
            f"URI: {self.uri}\nVersion: 1\nChain ID: {self.chain_id}\nNonce: {self.nonce}\n"
            f"Issued At: {_stamp(self.issued)}\nExpiration Time: {_stamp(self.expires)}"
        )


def parse_sign_in(text: str) -> SignInText:
    """Read a text of `SignInText.text`. Raises RuleError for any other."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise RuleError("this is no sign-in text of this community", _ASK)
    if not is_checksum_address(found["account"]):
        raise RuleError("the account in the text is not written with its checksum", _ASK)
    parsed = SignInText(
        found["domain"],
        found["account"],
        found["statement"],
        found["uri"],
        int(found["chain"]),
        found["nonce"],
        _unix(found["issued"]),
        _unix(found["expires"]),
    )
    if parsed.text() != text:
        raise RuleError("this is no sign-in text of this community", _ASK)
    return parsed


def sign_in_message(text: str) -> SignableMessage:
    """What a wallet signs by `personal_sign`."""
    return encode_defunct(text=text)


def is_signed_by(web3: Web3, account: str, message: SignableMessage, signature: bytes) -> bool:
    """Whether a signature is an account's: by its key, or, where the account is a contract, by its own word (EIP-1271).

    Raises NodeUnavailable when the node has to be asked and does not answer.
    """
    if len(signature) == 65 and recover(message, signature) == account:
        return True
    call = {"to": account, "data": "0x" + _question(digest_of(message), signature).hex(), "gas": _GAS}
    [answer] = ask_all(web3, [("eth_call", [call, "latest"])])
    result = answer.get("result")
    return isinstance(result, str) and result.lower() == "0x" + _MAGIC.hex() + "00" * 28


def _question(digest: bytes, signature: bytes) -> bytes:
    """Calldata of `isValidSignature(bytes32,bytes)`."""
    padded = signature + bytes(-len(signature) % 32)
    return _MAGIC + digest + (64).to_bytes(32, "big") + len(signature).to_bytes(32, "big") + padded


def _stamp(unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _unix(stamp: str) -> int:
    try:
        return int(datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise RuleError(f"{stamp} is no time", _ASK) from error
