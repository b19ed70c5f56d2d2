"""Enrolling a gateway's key, or replacing one: terms that two people sign, and a third one brings to the registry.

The member and the metering operator each sign the same terms (EIP-712, in the member registry's domain). An operator
submits an enrolment; anybody may submit a rotation, as both signatures say all there is to say. Between them the
terms travel as a file (`chain.enrolment_file`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from eth_account.messages import SignableMessage

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.batch import Read, call_of, try_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.enrolment_code import EnrolmentCode
from wattcommons.chain.enrolment_refusals import explained
from wattcommons.chain.enrolment_terms import EnrolmentTerms, Terms
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import recover, sign
from wattcommons.chain.typed_data import enrolment_message, rotation_message
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import RevertedError, RuleError

REGISTRY: Final = "MemberRegistry"


class Kind(StrEnum):
    """What is agreed to."""

    ENROLMENT = "enrolment"
    ROTATION = "rotation"


class Party(StrEnum):
    """Who has to sign."""

    MEMBER = "member"
    METERING_OPERATOR = "metering-operator"

    @property
    def spoken(self) -> str:
        """As it stands in a sentence."""
        return self.value.replace("-", " ")


@dataclass(frozen=True)
class Signature:
    """Who says to have signed, and 65 bytes r, s, v."""

    signer: str
    octets: bytes


@dataclass(frozen=True)
class Enrolment:
    """The terms, the code of the key they are about, and the signatures gathered so far.

    `member` and `wallet`: who has to sign as member, as the chain said when the terms were written. `length`: of the
    community's intervals. Raises RuleError where the terms are not about the code's key.
    """

    code: EnrolmentCode
    length: IntervalLength
    member: int
    wallet: str
    terms: Terms
    signatures: Mapping[Party, Signature] = field(default_factory=dict)

    def __post_init__(self) -> None:
        terms = self.terms
        if terms.gateway != self.code.gateway:
            raise RuleError(f"the terms are about the key {terms.gateway}, the code about {self.code.gateway}")
        wanted = None if isinstance(terms, EnrolmentTerms) else terms.participant
        if wanted != self.code.participant:
            raise RuleError(f"the terms are {_whose(wanted)}, the code is {_whose(self.code.participant)}")
        if isinstance(terms, EnrolmentTerms) and terms.member != self.member:
            raise RuleError(f"the terms are for member {terms.member}, the file for member {self.member}")

    @property
    def kind(self) -> Kind:
        """Enrolment or rotation."""
        return Kind.ENROLMENT if isinstance(self.terms, EnrolmentTerms) else Kind.ROTATION

    @property
    def message(self) -> SignableMessage:
        """What both sign."""
        make = enrolment_message if self.kind is Kind.ENROLMENT else rotation_message
        return make(self.code.domain, self.terms.struct())

    @property
    def missing(self) -> tuple[Party, ...]:
        """Who has not signed yet."""
        return tuple(party for party in Party if party not in self.signatures)

    def holds(self, party: Party) -> bool:
        """Whether a party's signature is over these very terms, by the account named beside it."""
        found = self.signatures[party]
        return recover(self.message, found.octets) == found.signer


@dataclass(frozen=True)
class Submitted:
    """What became of it: the participant, and the transaction that did it."""

    participant: int
    tx_hash: str
    block: int


def require_community(enrolment: Enrolment | EnrolmentCode, deployment: Deployment) -> None:
    """Raises RuleError unless it was made for this community: for its chain, registry and length of intervals."""
    code = enrolment if isinstance(enrolment, EnrolmentCode) else enrolment.code
    registry = deployment.address(REGISTRY)
    if (code.chain_id, code.registry) != (deployment.chain_id, registry):
        raise RuleError(
            f"it is for another community (chain {code.chain_id}, registry {code.registry}) "
            f"than {deployment.terms.name} (chain {deployment.chain_id}, registry {registry})",
            "name the deployment file of the right community",
        )
    if isinstance(enrolment, Enrolment) and enrolment.length != deployment.terms.length:
        raise RuleError(
            f"it counts intervals of {enrolment.length.minutes} minutes, {deployment.terms.name} has "
            f"{deployment.terms.length.minutes}",
            "the file was changed: make a new one with `watt enrolment new`",
        )


def require_sound(enrolment: Enrolment) -> None:
    """Raises RuleError when a signature that is there is not over these terms, or not by who has to sign."""
    for party, found in enrolment.signatures.items():
        if not enrolment.holds(party):
            raise RuleError(
                f"the {party.spoken}'s signature does not fit: the file was changed after {found.signer} signed it",
                "make a new file with `watt enrolment new`, and have it signed again",
            )
        _require_party(enrolment, party, found.signer)


def sign_as_member(enrolment: Enrolment, account: SigningAccount) -> Enrolment:
    """The same with the member's signature. Raises RuleError when the key is not that of the member's wallet."""
    return _signed(enrolment, Party.MEMBER, account)


def sign_as_metering_operator(enrolment: Enrolment, account: SigningAccount) -> Enrolment:
    """The same with the metering operator's signature. Raises RuleError when the key is the member's own.

    Whether the account holds the role is known to the chain alone: see `obstacles`.
    """
    return _signed(enrolment, Party.METERING_OPERATOR, account)


def submit(contracts: Contracts, enrolment: Enrolment, sender: Sender) -> Submitted:
    """Bring it to the registry: an enrolment with an operator's key, a rotation with anybody's.

    It is tried without sending first. Raises RuleError when something is missing or the registry refuses it for what
    a person can put right, RevertedError when it refuses otherwise, and the errors of sending.
    """
    require_community(enrolment, contracts.deployment)
    if enrolment.missing:
        who = " and the ".join(party.spoken for party in enrolment.missing)
        raise RuleError(f"the {who} did not sign yet", "sign it with `watt enrolment sign`")
    require_sound(enrolment)
    member, metering = (enrolment.signatures[party] for party in Party)
    enrols = enrolment.kind is Kind.ENROLMENT
    function, event = ("enrol", "ParticipantEnrolled") if enrols else ("rotateGateway", "GatewayRotated")
    arguments = (enrolment.terms.struct(), member.octets, metering.signer, metering.octets)
    try:
        [answer] = try_all(contracts, [Read(REGISTRY, function, arguments)], sender=sender.address)
        if isinstance(answer, RevertedError):
            raise answer
        sent = sender.send(call_of(contracts, REGISTRY, function, *arguments))
    except RevertedError as error:
        raise explained(error, enrolment.length) from error
    [done] = [one for one in receipt_events(contracts.deployment, sent) if one.key == f"{REGISTRY}.{event}"]
    return Submitted(int(done.args["participant"]), sent.tx_hash, sent.block)


def _signed(enrolment: Enrolment, party: Party, account: SigningAccount) -> Enrolment:
    others = {one: found for one, found in enrolment.signatures.items() if one is not party}
    require_sound(replace(enrolment, signatures=others))
    signer = str(account.address)
    _require_party(enrolment, party, signer)
    own = Signature(signer, sign(account, enrolment.message))
    return replace(enrolment, signatures={**others, party: own})


def _require_party(enrolment: Enrolment, party: Party, signer: str) -> None:
    is_wallet = signer == enrolment.wallet
    if party is Party.MEMBER and not is_wallet:
        raise RuleError(
            f"the key {signer} is not that of member {enrolment.member}, whose wallet is {enrolment.wallet}",
            "the member signs with the key of that wallet",
        )
    if party is Party.METERING_OPERATOR and is_wallet:
        raise RuleError(
            f"the key {signer} is the member's own", "an independent metering operator has to sign beside the member"
        )


def _whose(participant: int | None) -> str:
    return "for a new participant" if participant is None else f"for participant {participant}"
