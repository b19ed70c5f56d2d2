"""Paying in and out."""

from __future__ import annotations

from eth_account.signers.local import LocalAccount

from tests.support.community import Community, member_key
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import SigningDomain, domain_of, permit_message, withdrawal_message

EURO = 10**9
"""n€"""


def reference(number: int) -> bytes:
    """A bank transfer's reference."""
    return number.to_bytes(32, "big")


def pay_in(bank: Community, participant: int, amount: int, number: int = 1) -> None:
    """By bank, to a participant's account."""
    bank.do("CommunityEuro.mintToAccount", participant, amount, reference(number), by=bank.treasurer)


def purse(bank: Community, participant: int, amount: int, number: int = 2) -> LocalAccount:
    """A member whose wallet holds euro."""
    member = member_key(participant)
    bank.do("CommunityEuro.mint", member.address, amount, reference(number), by=bank.treasurer)
    return member


def without_reserve(bank: Community, participant: int) -> None:
    """Give a participant a connection through which nothing is drawn, so that nothing is reserved."""
    bank.do("MemberRegistry.setLimits", participant, 0, 9_000, bank.open(), by=bank.metering_operator)
    assert bank.see("EnergyMarket.reserveOf", participant) == 0


def withdrawal(
    bank: Community,
    participant: int,
    amount: int,
    nonce: int,
    deadline: int,
    by: LocalAccount | None = None,
    domain: SigningDomain | None = None,
) -> tuple[int, int, int, int, bytes]:
    """The arguments of `withdrawFor`, signed by the member unless said otherwise."""
    message = withdrawal_message(
        domain or domain_of(bank.deployment, "EnergyMarket"), participant, amount, nonce, deadline
    )
    return participant, amount, nonce, deadline, sign(by or member_key(participant), message)


def permit(
    bank: Community, owner: LocalAccount, amount: int, deadline: int, nonce: int = 0
) -> tuple[int, bytes, bytes]:
    """v, r, s of a permit for the market."""
    domain = domain_of(bank.deployment, "CommunityEuro")
    message = permit_message(domain, owner.address, bank.address("EnergyMarket"), amount, 0, deadline)
    signature = sign(owner, message)
    return signature[64], signature[:32], signature[32:64]


def held(bank: Community) -> int:
    """Euro the market holds, n€."""
    return int(bank.see("CommunityEuro.balanceOf", bank.address("EnergyMarket")))


def owed(bank: Community) -> int:
    """Sum of all accounts, grid and network included, n€."""
    return sum(bank.balances().values()) + sum(bank.see("EnergyMarket.pooledBalances"))
