"""Consents: those given, those received, and everything that happened under one."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path

from wattcommons.services.api.dependencies import Ctx, Signed
from wattcommons.services.api.models.consents import (
    ConsentChoices,
    ConsentLine,
    ConsentLog,
    Consents,
    PurposeText,
    ThirdParty,
)
from wattcommons.services.api.problems import not_yours
from wattcommons.services.api.views.consents import consent_models
from wattcommons.services.store.app.consent_reads import reads_under
from wattcommons.services.store.app.private import names_of
from wattcommons.services.store.app.texts import consent_purposes
from wattcommons.services.store.reads.consents import (
    admitted_third_parties,
    consent_history,
    consents_given,
    consents_received,
    find_consent,
)

ConsentPath = Annotated[int, Path(ge=1, le=2**63 - 1, description="number of the consent", examples=[1])]
_MOST_LINES: Final = 500
_ORDER: Final = {kind: place for place, kind in enumerate(("requested", "granted", "read"))}


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["consents"])

    @routes.get("/v1/consents")
    def consents(visitor: Signed, ctx: Ctx) -> Consents:
        """What was given or asked of the member who is signed in, and what the wallet holds as a third party."""
        now = ctx.now()
        with ctx.store.read() as connection:
            given = [] if visitor.member is None else consents_given(connection, visitor.member)
            received = consents_received(connection, visitor.wallet)
            return Consents(
                given=consent_models(connection, given, now, ctx.length, own=True),
                received=consent_models(connection, received, now, ctx.length, own=False),
            )

    @routes.get("/v1/consents/choices")
    def choices(_: Signed, ctx: Ctx) -> ConsentChoices:
        """Purposes that the community knows, and third parties that it has admitted."""
        with ctx.store.read() as connection:
            accounts = admitted_third_parties(connection, ctx.now(ctx.state()))
            names = names_of(connection, accounts)
            return ConsentChoices(
                purposes=[
                    PurposeText(code=one.code, title=one.title, text=one.text) for one in consent_purposes(connection)
                ],
                third_parties=[ThirdParty(account=one, name=names.get(one)) for one in accounts],
            )

    @routes.get("/v1/consents/{consent}/log")
    def log(consent: ConsentPath, visitor: Signed, ctx: Ctx) -> ConsentLog:
        """A consent's life and the reads under it, the newest 500: for its member and for its grantee."""
        now = ctx.now()
        with ctx.store.read() as connection:
            row = find_consent(connection, consent)
            own = row is not None and row.member is not None and row.member == visitor.member
            if row is None or not (own or row.grantee == visitor.wallet):
                raise not_yours()
            [shown] = consent_models(connection, [row], now, ctx.length, own=own)
            lines = [
                ConsentLine(at=one.at, kind=one.kind, account=one.account, first_interval=None, end_interval=None)
                for one in consent_history(connection, [consent])
            ]
            lines += [
                ConsentLine(
                    at=one.at,
                    kind="read",
                    account=one.grantee,
                    first_interval=one.first_interval,
                    end_interval=one.end_interval,
                )
                for one in reads_under(connection, consent, _MOST_LINES)
            ]
        # Of one second: asked for, given, read, ended.
        lines.sort(key=lambda line: (line.at, _ORDER.get(line.kind, len(_ORDER))), reverse=True)
        return ConsentLog(consent=shown, lines=lines)

    return routes
