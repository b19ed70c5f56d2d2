"""Consents of the village: terms, who signs, and the contract's answers by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth_account.signers.local import LocalAccount

from tests.support.community import KEYS, Community, member_key
from tests.support.village import MILL
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sent
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import (
    consent_message,
    consent_struct,
    domain_of,
    rejection_message,
    revocation_message,
)
from wattcommons.domain.consents import ConsentState, ConsentTerms, Directions, Granularity, purpose_code

ADVISER: LocalAccount = KEYS.role(Role.THIRD_PARTY)
"""A third party that the community admitted."""
FRIEND: LocalAccount = KEYS.service("friend")
"""Somebody whom the community knows nothing about."""
DAY_S = 86_400
YEAR_S = 365 * DAY_S
_MESSAGES = {"revokeFor": revocation_message, "rejectFor": rejection_message}


def terms_of(village: Community, **changes: Any) -> ConsentTerms:
    """The mill's load curve of consumption to the adviser, for a year from now on."""
    values: dict[str, Any] = {
        "participant": MILL,
        "grantee": ADVISER.address,
        "directions": Directions.IMPORT,
        "granularity": Granularity.INTERVAL,
        "reads_per_day": 2,
        "purpose": purpose_code("energy-advice"),
        "valid_from": village.now(),
        "valid_until": village.now() + YEAR_S,
    }
    return ConsentTerms(**(values | changes))


def raw_terms(village: Community, **changes: Any) -> tuple[Any, ...]:
    """The contract's struct with values that the types of the package refuse."""
    names = (
        *("participant", "grantee", "directions", "granularity", "reads_per_day", "purpose"),
        *("valid_from", "valid_until"),
    )
    return tuple((dict(zip(names, consent_struct(terms_of(village)), strict=True)) | changes).values())


def asked(village: Community, terms: ConsentTerms | None = None) -> int:
    """The adviser asks; the request's number."""
    struct = consent_struct(terms or terms_of(village))
    [event] = village.events(
        village.do("ConsentRegistry.request", struct, by=ADVISER), "ConsentRegistry.ConsentRequested"
    )
    return int(event["consent"])


def given(village: Community, terms: ConsentTerms | None = None, request: int = 0) -> int:
    """The member gives by its own transaction; the consent's number."""
    wanted = terms or terms_of(village)
    sent = village.do("ConsentRegistry.grant", request, consent_struct(wanted), by=member_key(wanted.participant))
    [event] = village.events(sent, "ConsentRegistry.ConsentGranted")
    return int(event["consent"])


def signed_grant(
    village: Community, terms: ConsentTerms, *, request: int = 0, by: LocalAccount | None = None, **changes: Any
) -> tuple[Any, ...]:
    """What `grantFor` takes, signed by the member unless said otherwise. `changes`: nonce, deadline."""
    wallet = village.see("MemberRegistry.walletOf", terms.participant)
    nonce = changes.get("nonce", village.see("ConsentRegistry.nonces", wallet))
    deadline = changes.get("deadline", village.far_future)
    message = consent_message(domain_of(village.deployment, "ConsentRegistry"), request, terms, nonce, deadline)
    signature = sign(by or member_key(terms.participant), message)
    return request, consent_struct(terms), deadline, signature


def signed_end(
    village: Community, function: str, consent: int, *, by: LocalAccount, deadline: int | None = None
) -> tuple[int, int, bytes]:
    """What `revokeFor` or `rejectFor` takes."""
    last = village.far_future if deadline is None else deadline
    message = _MESSAGES[function](domain_of(village.deployment, "ConsentRegistry"), consent, last)
    return consent, last, sign(by, message)


def state(village: Community, consent: int) -> ConsentState | None:
    """Where a consent stands; None for an unknown one."""
    found = village.see("ConsentRegistry.stateOf", consent)
    return ConsentState(found) if found else None


def valid(village: Community, consent: int, time: int | None = None) -> bool:
    """Whether reads are allowed, now unless said otherwise."""
    return bool(village.see("ConsentRegistry.isValid", consent, village.now() if time is None else time))


def block_time(village: Community, sent: Sent) -> int:
    return int(village.web3.eth.get_block(sent.block)["timestamp"])


def wrong_state(consent: int, found: ConsentState) -> tuple[Any, ...]:
    return ("ConsentStateWrong", consent, int(found))


def changed(terms: ConsentTerms, **changes: Any) -> ConsentTerms:
    return replace(terms, **changes)
