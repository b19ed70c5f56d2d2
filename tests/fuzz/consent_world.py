"""A small community for the fuzzing of consents: chain and reference book of one moment, moving together."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from eth_account.signers.local import LocalAccount

from tests.fuzz.chain_driver import ChainDriver, Done, Ipc
from tests.support.community import DEFAULT_TERMS, KEYS, START, found, member_key
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import consent_message, domain_of, rejection_message, revocation_message
from wattcommons.domain.accounts import Account
from wattcommons.domain.consent_book import ConsentBook
from wattcommons.domain.consents import ConsentTerms

SIZE = 3
ADVISER = KEYS.role(Role.THIRD_PARTY)
SECOND_ADVISER = KEYS.service("second adviser")
"""Both may ask."""
FRIEND = KEYS.service("friend")
"""May be granted something, and may not ask."""
GRANTEES = (ADVISER, SECOND_ADVISER, FRIEND)
LENGTH_S = DEFAULT_TERMS.length.seconds
_MESSAGES = {"rejectFor": rejection_message, "revokeFor": revocation_message}


@dataclass
class ConsentWorld:
    """`wallets`: each member's keys, the newest last."""

    chain: ChainDriver
    now: int
    book: ConsentBook = field(default_factory=ConsentBook)
    nonces: dict[str, int] = field(default_factory=dict)
    wallets: dict[int, list[LocalAccount]] = field(
        default_factory=lambda: {i: [member_key(i)] for i in range(1, SIZE + 1)}
    )

    def send(self, sender: LocalAccount, contract: str, function: str, *arguments: Any) -> Done:
        """A transaction; the clock follows."""
        done = self.chain.send(sender.address, contract, function, *arguments)
        self.now += 1
        return done

    def travel(self, timestamp: int) -> None:
        self.chain.travel(timestamp)
        self.now = timestamp

    def wallet(self, participant: int) -> LocalAccount:
        """The member's wallet of today."""
        return self.wallets[participant][-1]

    @property
    def everybody(self) -> list[LocalAccount]:
        """Members, present and past, grantees, the operator and a stranger."""
        members = [wallet for wallets in self.wallets.values() for wallet in wallets]
        return [*members, *GRANTEES, KEYS.role(Role.OPERATOR), KEYS.service("stranger")]

    def signed_grant(self, signer: LocalAccount, request: int, terms: ConsentTerms, nonce: int, deadline: int) -> bytes:
        domain = domain_of(self.chain.deployment, "ConsentRegistry")
        return sign(signer, consent_message(domain, request, terms, nonce, deadline))

    def signed_end(self, signer: LocalAccount, function: str, consent: int, deadline: int) -> bytes:
        return sign(signer, _MESSAGES[function](domain_of(self.chain.deployment, "ConsentRegistry"), consent, deadline))

    def nonce(self, wallet: LocalAccount) -> int:
        return self.nonces.get(wallet.address, 0)


class ConsentOrigin:
    """The moment that every example goes back to."""

    def __init__(self, ipc_path: str) -> None:
        founded = found(connect(ipc_path), size=SIZE)
        self.ipc = Ipc(ipc_path)
        chain = ChainDriver(self.ipc, founded.deployment)
        chain.travel(START)
        self._world = ConsentWorld(chain, START)
        admin = KEYS.role(Role.ADMIN)
        grant = ("grantRole", int(Role.THIRD_PARTY), SECOND_ADVISER.address, 0)
        assert self._world.send(admin, "AccessManager", *grant).ok
        self._snapshot = chain.snapshot()

    def begin(self) -> ConsentWorld:
        chain = self._world.chain
        chain.back_to(self._snapshot)
        self._snapshot = chain.snapshot()
        start = self._world
        return ConsentWorld(chain, start.now, copy.deepcopy(start.book))


def account_of(key: LocalAccount) -> Account:
    """A key's address as the domain writes it."""
    return Account(key.address)
