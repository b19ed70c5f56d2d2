"""What the consent registry says of a consent at the newest block: the last word before data are served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from eth_utils.address import to_checksum_address

from wattcommons.chain.batch import Read, try_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import ConsentState, ConsentTerms, Directions, Granularity
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RevertedError, RuleError

_REGISTRY: Final = "ConsentRegistry"


@dataclass(frozen=True)
class ConsentNow:
    """A consent at a block. `valid`: whether a read is allowed. `granted_at`: Unix second, 0 while it was not.

    `end`: Unix second from which it is over, as far as is known.
    """

    block: int
    terms: ConsentTerms
    state: ConsentState
    valid: bool
    granted_at: int
    end: int


class Newest(NamedTuple):
    """The newest block: its number, its time in Unix seconds."""

    number: int
    time: int


def newest_block(contracts: Contracts) -> Newest:
    """The newest block of the node. Raises NodeUnavailable."""
    header = ask(contracts.web3, "eth_getBlockByNumber", "latest", False)
    if not isinstance(header, dict):
        raise useless(contracts.web3, "the node gave no block")
    return Newest(*(quantity(contracts.web3, header.get(name)) for name in ("number", "timestamp")))


def consent_now(contracts: Contracts, consent: int, not_before: int) -> ConsentNow | None:
    """A consent as the newest block has it, at that block's time or `not_before` (Unix s), whichever is later.

    None for a consent that there is none of. Raises NodeUnavailable.
    """
    block, time = newest_block(contracts)
    reads = [
        Read(_REGISTRY, "consentInfo", (consent,)),
        Read(_REGISTRY, "isValid", (consent, max(time, not_before))),
        Read(_REGISTRY, "endOf", (consent,)),
    ]
    info, valid, end = try_all(contracts, reads, block=block)
    for answer in (info, valid, end):
        if isinstance(answer, RevertedError):
            if answer.error == "ConsentUnknown":
                return None
            raise answer
    values, state, _requested, granted, _ended = info
    participant, grantee, directions, granularity, frequency, purpose, begins, until = values
    try:
        terms = ConsentTerms(
            ParticipantIndex(participant),
            Account(to_checksum_address(grantee)),
            Directions(directions),
            Granularity(granularity),
            frequency,
            bytes(purpose),
            begins,
            until,
        )
        return ConsentNow(block, terms, ConsentState(state), bool(valid), granted, end)
    except (RuleError, ValueError) as error:
        raise useless(contracts.web3, "the node gave a consent that cannot be") from error
