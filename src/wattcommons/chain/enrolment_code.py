"""The enrolment code: what a gateway shows of its new key, as text or as a QR code.

    watt-enrol:1?chain=31337&registry=0x…&gateway=0x…[&participant=7]&proof=0x…

It names the community by its chain and member registry, the key by its address, and for a rotation the participant
whose key is replaced. The proof is a signature by that key itself: whoever enrols it knows that the gateway can sign,
and that no sign of the address was mistyped. Nothing in a code is secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from eth_utils.address import is_checksum_address

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.signing import recover_compact, sign_compact
from wattcommons.chain.typed_data import SIGNED_NAMES, SigningDomain, domain_of, gateway_proof
from wattcommons.domain.units import checked_participant
from wattcommons.errors import RuleError

SCHEME: Final = "watt-enrol"
VERSION: Final = 1

_MOST: Final = 400
"""Signs in the longest code, and some to spare."""
_HINT: Final = "copy the whole code again, as `watt oracle code` shows it"
_SHAPE: Final = re.compile(
    r"chain=(?P<chain>[1-9][0-9]{0,18})"
    r"&registry=(?P<registry>0x[0-9A-Fa-f]{40})"
    r"&gateway=(?P<gateway>0x[0-9A-Fa-f]{40})"
    r"(?:&participant=(?P<participant>[1-9][0-9]{0,9}))?"
    r"&proof=0x(?P<proof>[0-9a-f]{128})",
    re.ASCII,
)


@dataclass(frozen=True)
class EnrolmentCode:
    """A gateway's key, for one community. `participant` None: for an enrolment; else the key replaces that one's.

    `registry`, `gateway`: checksummed addresses. `proof`: 64 bytes r, vs (EIP-2098) by the gateway's key.
    """

    chain_id: int
    registry: str
    gateway: str
    participant: int | None
    proof: bytes

    @property
    def domain(self) -> SigningDomain:
        """Where the proof counts, and the signatures of whoever enrols the key."""
        return SigningDomain(SIGNED_NAMES["MemberRegistry"], self.chain_id, self.registry)

    @property
    def text(self) -> str:
        """The code as it is shown; `parse_code` reads it back."""
        whose = "" if self.participant is None else f"&participant={self.participant}"
        return (
            f"{SCHEME}:{VERSION}?chain={self.chain_id}&registry={self.registry}"
            f"&gateway={self.gateway}{whose}&proof=0x{self.proof.hex()}"
        )


def make_code(account: SigningAccount, deployment: Deployment, participant: int | None = None) -> EnrolmentCode:
    """The code of a gateway's key. `participant`: whose key it replaces, None for a new metering point.

    Raises RuleError for an index outside 1..2^32-1.
    """
    if participant is not None:
        checked_participant(participant)
    domain = domain_of(deployment, "MemberRegistry")
    gateway = str(account.address)
    proof = sign_compact(account, gateway_proof(domain, gateway, participant or 0))
    return EnrolmentCode(domain.chain_id, domain.contract, gateway, participant, proof)


def parse_code(text: str) -> EnrolmentCode:
    """Read a code and check its proof; blanks and line ends that copying put in are left out.

    Raises RuleError saying what is wrong with it.
    """
    if len(text) > 2 * _MOST:
        raise RuleError("this is no enrolment code: it is too long", _HINT)
    scheme, colon, rest = "".join(text.split()).partition(":")
    version, question, fields = rest.partition("?")
    if scheme != SCHEME or not colon or not question:
        raise RuleError(f"this is no enrolment code: it does not begin with {SCHEME}:{VERSION}?", _HINT)
    if version != str(VERSION):
        raise RuleError(
            f"this enrolment code is not of version {VERSION}", "use the same version of watt as the gateway"
        )
    found = _SHAPE.fullmatch(fields)
    if found is None:
        raise RuleError("this enrolment code is not whole, or has something that does not belong in it", _HINT)
    for name in ("registry", "gateway"):
        if not is_checksum_address(found[name]):
            raise RuleError(f"the {name}'s address in this enrolment code has a wrong checksum", _HINT)
    participant = None if found["participant"] is None else checked_participant(int(found["participant"]))
    code = EnrolmentCode(
        int(found["chain"]), found["registry"], found["gateway"], participant, bytes.fromhex(found["proof"])
    )
    message = gateway_proof(code.domain, code.gateway, code.participant or 0)
    if recover_compact(message, code.proof) != code.gateway:
        raise RuleError("the proof in this enrolment code is not by the key that it names", _HINT)
    return code
