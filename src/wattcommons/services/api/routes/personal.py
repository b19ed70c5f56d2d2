"""One's own data: everything that is kept of who is signed in, erasing it, and the word for a metering point.

Erasing needs a fresh signature of the wallet: the session must have been opened in the last ten minutes. It ends every
session, and every consent given before it is served no more, whatever the chain says.
"""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from wattcommons.chain.consent_reads import newest_block
from wattcommons.errors import ChainError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import COOKIE, Ctx, OwnParticipant, Signed
from wattcommons.services.api.downloads import headers
from wattcommons.services.api.models.consents import Erasure
from wattcommons.services.api.models.session import PointLabel
from wattcommons.services.api.problems import ApiProblem
from wattcommons.services.store.app.personal import erase, everything_of
from wattcommons.services.store.app.private import set_label
from wattcommons.services.store.app.sessions import find_session

FRESH_S: Final = 600
"""How old a sign-in may be to be taken as a confirmation."""
_ON_CHAIN: Final = {
    "en": "The community's chain holds readings, bids, settlements, certificates and consents under the numbers of the "
    "member and its metering points, and the wallet's address: no name, address or number of a meter. Download them as "
    "CSV or Green Button.",
    "fr": "La chaîne de la communauté garde les relevés, les prix proposés, les règlements, les certificats et les "
    "accords sous les numéros de l’adhérent et de ses points de livraison, et l’adresse du portefeuille : ni nom, ni "
    "adresse, ni numéro de compteur. Téléchargez-les en CSV ou en Green Button.",
}
STAYS: Final = (
    "On the chain stay readings, settlements and certificates under numbers and the wallet's address, which can no "
    "longer be led back to you through this community's files; the running numbers of your statements, and the day of "
    "this erasure. To end your part in the community, ask its operator to close your metering point."
)

KEPT: Final = ("chain", "statement_numbers", "erasure_day")
"""What `STAYS` says, as codes for pages that have words of their own; of a wallet that is no member's the first."""


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["personal data"])

    @routes.get("/v1/me/data", response_class=JSONResponse)
    def data(visitor: Signed, ctx: Ctx) -> Response:
        """Everything kept of who is signed in, as a JSON file: rows by table, times in Unix seconds."""
        with ctx.store.read() as connection:
            kept = everything_of(connection, visitor.member, visitor.wallet)
        content = {
            "community": ctx.deployment.terms.name,
            "controller": ctx.settings.controller,
            "made": int(ctx.clock()),
            "wallet": visitor.wallet,
            "member": visitor.member,
            "kept": kept,
            "on_the_chain": _ON_CHAIN,
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        return Response(text, media_type="application/json", headers=headers("my-data.json"))

    @routes.put("/v1/participants/{participant}/label", status_code=204, response_class=Response)
    def label(given: PointLabel, participant: OwnParticipant, ctx: Ctx) -> None:
        """Call one's metering point otherwise. Refused where there is no record of it, as after an erasure."""
        with ctx.store.write() as connection:
            if not set_label(connection, participant, given.label):
                raise ApiProblem(
                    409,
                    "no_record",
                    "the community keeps no record of this metering point",
                    "ask the operator to write one down",
                )

    @routes.delete("/v1/me/data")
    def forget(visitor: Signed, ctx: Ctx, response: Response) -> Erasure:
        """Erase everything kept of who is signed in. It cannot be undone."""
        now = int(ctx.clock())
        at = _chain_time(ctx)
        with ctx.store.write() as connection:
            session = find_session(connection, visitor.token_hash)
            if session is None or session.created < now - FRESH_S:
                raise ApiProblem(
                    403,
                    "sign_in_again",
                    "erasing needs a signature of the last ten minutes",
                    "sign in again with your wallet, then erase",
                )
            erased = erase(connection, visitor.member, visitor.wallet, at)
        ctx.store.scrub()
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=ctx.settings.secure)
        kept = KEPT if visitor.member is not None else KEPT[:1]
        return Erasure(erased=sorted(set(erased)), stays=STAYS, kept=list(kept))

    return routes


def _chain_time(ctx: Context) -> int:
    """The chain's newest time; the index's where no node answers: erasing waits for none."""
    known = ctx.now()
    try:
        return max(known, newest_block(ctx.contracts).time)
    except ChainError:
        return known
