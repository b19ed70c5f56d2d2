"""What the chain says about an enrolment: new terms from its state, and what stands in the way of signed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.enrolment import REGISTRY, Enrolment, Party, require_community
from wattcommons.chain.enrolment_code import EnrolmentCode
from wattcommons.chain.enrolment_refusals import explained
from wattcommons.chain.enrolment_terms import EnrolmentTerms, RotationTerms, Source
from wattcommons.chain.roles import Role
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.domain.intervals import start_unix
from wattcommons.errors import ChainError, RevertedError, RuleError


@dataclass(frozen=True)
class _State:
    """The registry and the clock at one block. `member` is 0 where there is no such participant."""

    now: int
    first_open: int
    members: int
    member: int
    from_interval: int
    until: int
    rotations: int
    wallet: str
    active: bool


def new_enrolment(contracts: Contracts, code: EnrolmentCode, terms: EnrolmentTerms) -> Enrolment:
    """Terms to be signed, for a member as the chain knows him. Raises RuleError saying why they could not be."""
    require_community(code, contracts.deployment)
    state = _read(contracts, terms.member, None)
    return _checked(contracts, Enrolment(code, contracts.deployment.terms.length, terms.member, state.wallet, terms))


def new_rotation(
    contracts: Contracts, code: EnrolmentCode, source: Source, from_interval: int, deadline: int
) -> Enrolment:
    """Terms of a new key for the participant in the code. Raises RuleError saying why they could not be."""
    require_community(code, contracts.deployment)
    if code.participant is None:
        raise RuleError("this code names no participant whose key is replaced")
    length = contracts.deployment.terms.length
    state = _read(contracts, 0, code.participant)
    if not state.member:
        raise explained(RevertedError("RegistryParticipantUnknown", {"participant": code.participant}), length)
    terms = RotationTerms(code.participant, code.gateway, source, from_interval, state.rotations, deadline)
    made = _checked(contracts, Enrolment(code, length, state.member, state.wallet, terms))
    [epoch] = read_all(contracts, [Read(REGISTRY, "epochAt", (code.participant, from_interval))])
    if epoch[0] == code.gateway:
        raise RuleError(
            f"{code.gateway} is the key of participant {code.participant} already", "make a new key with `watt oracle`"
        )
    return made


def closing_of_gate(contracts: Contracts, from_interval: int) -> int:
    """The last unix second at which terms from an interval on can be submitted."""
    terms = contracts.deployment.terms
    return start_unix(from_interval, terms.length) - terms.gate_lead_s


def obstacles(contracts: Contracts, enrolment: Enrolment) -> list[RuleError | ChainError]:
    """Why the registry would refuse it now, signatures that are still missing apart; empty when it would not.

    Raises NodeUnavailable. The signatures themselves are `require_sound`'s.
    """
    state = _read(contracts, enrolment.member, enrolment.code.participant)
    found = [*_of_parties(contracts, enrolment, state), *_of_terms(enrolment, state)]
    return [explained(one, enrolment.length) for one in found]


def _of_parties(contracts: Contracts, enrolment: Enrolment, state: _State) -> list[RevertedError]:
    found = []
    if isinstance(enrolment.terms, EnrolmentTerms):
        if not 1 <= enrolment.member <= state.members:
            return [RevertedError("RegistryMemberUnknown", {"member": enrolment.member})]
        if not state.active:
            found.append(RevertedError("RegistryMemberInactive", {"member": enrolment.member}))
    if state.wallet != enrolment.wallet:
        found.append(RevertedError("RegistrySignatureInvalid", {"expectedSigner": state.wallet}))
    metering = enrolment.signatures.get(Party.METERING_OPERATOR)
    if metering is not None:
        roles = (Role.METERING_OPERATOR, Role.OPERATOR)
        reads = [Read("AccessManager", "hasRole", (int(role), metering.signer)) for role in roles]
        (meters, _), (operates, _) = read_all(contracts, reads)
        if not meters:
            found.append(RevertedError("RegistryNotMeteringOperator", {"account": metering.signer}))
        elif operates:
            found.append(RevertedError("RegistrySecondApproverNeeded", {"account": metering.signer}))
    return found


def _of_terms(enrolment: Enrolment, state: _State) -> list[RevertedError]:
    found, terms = [], enrolment.terms
    if isinstance(terms, RotationTerms):
        named: dict[str, Any] = {"participant": terms.participant}
        if not state.member:
            return [RevertedError("RegistryParticipantUnknown", named)]
        if terms.nonce != state.rotations:
            counts = {"expected": state.rotations, "given": terms.nonce}
            found.append(RevertedError("RegistryRotationNonce", named | counts))
        if terms.from_interval < state.from_interval:
            found.append(
                RevertedError("RegistryParticipantNotYetActive", named | {"fromInterval": state.from_interval})
            )
        if terms.from_interval >= state.until:
            found.append(RevertedError("RegistryParticipantClosed", named | {"untilInterval": state.until}))
    if terms.from_interval < state.first_open:
        gate = {"interval": terms.from_interval, "firstOpen": state.first_open}
        found.append(RevertedError("IntervalGateClosed", gate))
    elif terms.deadline < state.now:
        found.append(RevertedError("RegistrySignatureExpired", {"deadline": terms.deadline}))
    return found


def _checked(contracts: Contracts, made: Enrolment) -> Enrolment:
    for obstacle in obstacles(contracts, made):
        raise obstacle
    return made


def _read(contracts: Contracts, member: int, participant: int | None) -> _State:
    """All at one block, so that the clock and the gate belong together."""
    header = ask(contracts.web3, "eth_getBlockByNumber", "latest", False)
    if not isinstance(header, dict):
        raise useless(contracts.web3, "the node gave no block")
    block, now = (quantity(contracts.web3, header.get(name)) for name in ("number", "timestamp"))
    reads = [
        Read(REGISTRY, "firstOpenInterval"),
        Read(REGISTRY, "memberCount"),
        Read(REGISTRY, "participantInfo", (participant or 0,)),
    ]
    first_open, members, (owner, begins, until, rotations, _) = read_all(contracts, reads, block=block)
    [(wallet, active, _)] = read_all(contracts, [Read(REGISTRY, "memberInfo", (owner or member,))], block=block)
    return _State(now, first_open, members, owner, begins, until, rotations, wallet, active)
