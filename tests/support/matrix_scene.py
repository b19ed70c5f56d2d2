"""A scene in which everything of one member's could be read or done by somebody else, if anybody were let.

The owner (the mill's member) has readings, settlements, certificates, an account, a record, bids, an intent, an
enrolment under way, and a consent to the adviser. The neighbour (the flat's member) has a record and readings too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount
from web3 import Web3

from tests.support.api import ApiWorld, anybody
from tests.support.community import KEYS, Community, Founded, made, member_key, used
from tests.support.devnet import rpc
from tests.support.records import OTHER_PARTY, PURPOSE_HEX, THIRD_PARTY, consent_terms, grant, keep_person
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.enrolment import Party, sign_as_member
from wattcommons.chain.enrolment_code import make_code
from wattcommons.chain.enrolment_file import as_dict
from wattcommons.chain.enrolment_reads import new_enrolment
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, Source
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import (
    cancel_message,
    cancellation_message,
    consent_message,
    consent_struct,
    domain_of,
    redemption_message,
    rejection_message,
    revocation_message,
)
from wattcommons.domain.guarantees import certificate_id
from wattcommons.services.store.app.intents import StoredIntent, add_intent

OWNER, NEIGHBOUR = MILL, FLAT
AUDITOR = anybody(0xA0D17)
MARK_WH = 4_321
"""What the owner makes in an interval: a number that stands nowhere else."""
INTENT = f"{0xABC:032x}"
MONTH = "2026-01"
Body = dict[str, Any]


class Scene:
    """The world and the requests that are made in it. Of the owner are `consent` (given), `asked` (for one) and `group`
    (of certificates, just begun).
    """

    def __init__(self, world: ApiWorld) -> None:
        self.world, self.village = world, world.village
        self.deadline = self.village.far_future
        self._trade()
        self.certificate = certificate_id(1, self.village.first)
        self.village.do("ExportGroups.open", [self.certificate], [1], by=member_key(OWNER))
        self.group = 1
        for number in (OWNER, NEIGHBOUR):
            keep_person(world.store, number)
        self.consent = grant(self.village, OWNER)
        self.ended = grant(self.village, OWNER)
        terms = consent_terms(self.village, OWNER, grantee=KEYS.role(Role.THIRD_PARTY).address)
        asking = self.village.do("ConsentRegistry.request", consent_struct(terms), by=KEYS.role(Role.THIRD_PARTY))
        self.asked = int(self.village.events(asking, "ConsentRegistry.ConsentRequested")[0]["consent"])
        world.index()
        self._intent()
        self.enrolment, self.enrolment_signature = self._enrolment()

    def people(self) -> dict[str, LocalAccount | None]:
        """Who asks, the owner last."""
        return {
            "nobody": None,
            "neighbour": member_key(NEIGHBOUR),
            "third party": THIRD_PARTY,
            "operator": self.village.operator,
            "auditor": AUDITOR,
            "owner": member_key(OWNER),
        }

    def sign(self, message: Any) -> str:
        """The owner's signature."""
        return f"0x{sign(member_key(OWNER), message).hex()}"

    # ------------------------------------------------------------------ bodies, all signed by the owner

    def order(self) -> Body:
        order = self.village.order(OWNER, self.village.open(), nonce=50)
        _, signature = self.village.signed_order(order)
        names = ("participant", "standing", "shares", "buy_limit", "sell_limit", "buy_cap_wh", "sell_cap_wh")
        terms = {name: getattr(order, name) for name in (*names, "from_interval", "to_interval", "nonce", "deadline")}
        return {"order": terms, "signature": f"0x{signature.hex()}"}

    def order_end(self) -> Body:
        domain = domain_of(self.village.deployment, "OrderBook")
        message = cancel_message(domain, OWNER, standing=False, nonce=60, deadline=self.deadline)
        return {
            "participant": OWNER,
            "standing": False,
            "nonce": 60,
            "deadline": self.deadline,
            "signature": self.sign(message),
        }

    def cancellation(self) -> Body:
        terms = (b"\1" * 32, b"\2" * 32, 1_767_225_600, 1_777_225_600, b"FR", b"\3" * 32)
        domain, holder = domain_of(self.village.deployment, "GuaranteeOfOrigin"), member_key(OWNER).address
        message = cancellation_message(domain, holder, [self.certificate], [1], terms, 0, self.deadline)
        return {
            "holder": holder,
            "ids": [str(self.certificate)],
            "amounts_wh": [1],
            "terms": {
                "beneficiary": f"0x{terms[0].hex()}",
                "purpose": f"0x{terms[1].hex()}",
                "period_from": terms[2],
                "period_to": terms[3],
                "country": "FR",
                "statement_hash": f"0x{terms[5].hex()}",
            },
            "nonce": 0,
            "deadline": self.deadline,
            "signature": self.sign(message),
        }

    def bundles(self, **more: Any) -> Body:
        """A Wh that the owner holds, in the registry's words; the first ones were sold."""
        held = int(self.village.see("GuaranteeOfOrigin.balanceOf", member_key(OWNER).address, self.certificate))
        first = MARK_WH - held + 1
        return {"granular_certificate_bundle_ids": [f"{self.certificate}:{first}-{first}"], **more}

    def redemption(self) -> Body:
        wallet = member_key(OWNER).address
        domain = domain_of(self.village.deployment, "Ecopoints")
        message = redemption_message(domain, wallet, 1, 1_000, 0, self.deadline)
        signed = {"nonce": 0, "deadline": self.deadline, "signature": self.sign(message)}
        return {"offer": 1, "wallet": wallet, **signed}

    def grant(self) -> Body:
        terms = consent_terms(self.village, OWNER, grantee=OTHER_PARTY.address)
        domain = domain_of(self.village.deployment, "ConsentRegistry")
        nonce = int(self.village.see("ConsentRegistry.nonces", member_key(OWNER).address))
        return {
            "participant": OWNER,
            "grantee": OTHER_PARTY.address,
            "purpose": PURPOSE_HEX,
            "imports": True,
            "exports": True,
            "granularity": "interval",
            "frequency": 4,
            "valid_from": terms.valid_from,
            "valid_until": terms.valid_until,
            "request": 0,
            "nonce": nonce,
            "deadline": self.deadline,
            "signature": self.sign(consent_message(domain, 0, terms, nonce, self.deadline)),
        }

    def consent_end(self) -> Body:
        return self._answer(self.ended, revocation_message)

    def consent_rejection(self) -> Body:
        return self._answer(self.asked, rejection_message)

    def _answer(self, consent: int, message: Any) -> Body:
        domain = domain_of(self.village.deployment, "ConsentRegistry")
        signature = self.sign(message(domain, consent, self.deadline))
        return {"consent": consent, "deadline": self.deadline, "signature": signature}

    def balance_call(self) -> Body:
        """A read of the owner's account."""
        call = self.village.call("EnergyMarket.balanceOf", OWNER)
        question = [{"to": call.to, "data": f"0x{call.data.hex()}"}, "latest"]
        return {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": question}

    # ------------------------------------------------------------------ making it

    def _trade(self) -> None:
        village, first = self.village, self.village.first
        readings = {one: used(400 + one) for one in (SPA, FLAT, LOFT, BARN)} | {
            OWNER: made(MARK_WH),
            ROOF: made(700, 90),
        }
        village.record_interval(first, readings)
        orders = {one: village.standing_order(one, from_interval=first) for one in (MILL, ROOF, SPA, FLAT, LOFT)}
        village.advance(village.settlement(first, readings, orders))
        village.after(first + 1)
        offer = (1_000, 20, village.now() + 86_400, b"\x09" * 32)
        village.do("Ecopoints.publishOffer", *offer, by=KEYS.role(Role.PARTNER))

    def _intent(self) -> None:
        intent = StoredIntent(
            INTENT, "order", member_key(OWNER).address, b"\xab" * 32, "done", {}, None, None, 1, 1
        )  # fmt: skip
        with self.world.store.write() as connection:
            add_intent(connection, intent)

    def _enrolment(self) -> tuple[str, Body]:
        village, gateway = self.village, KEYS.gateway("matrix")
        terms = EnrolmentTerms(
            OWNER, Basis.NET, Source.GATEWAY, 9_000, 0, gateway.address, village.open() + 9, b"\x55" * 32, self.deadline
        )
        enrolment = new_enrolment(village.contracts, make_code(gateway, village.deployment), terms)
        content = {"content": json.dumps(as_dict(enrolment))}
        brought = self.world.signed_in(village.operator).post("/v1/enrolments", content)
        octets = sign_as_member(enrolment, member_key(OWNER)).signatures[Party.MEMBER].octets
        return str(brought.json()["id"]), {"party": "member", "signature": f"0x{octets.hex()}"}


@contextmanager
def scene_of(chain: Web3, founded: Founded, folder: Path) -> Iterator[Scene]:
    """The scene, on the chain as it was founded; afterwards the chain is as before."""
    taken = rpc(chain, "evm_snapshot")
    world = ApiWorld(Community(chain, founded).arrive(), folder, auditors=frozenset({AUDITOR.address}))
    try:
        yield Scene(world)
    finally:
        world.close()
        rpc(chain, "evm_revert", taken)
