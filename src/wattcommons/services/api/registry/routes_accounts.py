"""Accounts: wallets of members, and what they hold.

A white list is kept by the account that receives, and is off the chain: it binds what this API prepares for others, and
nobody who sends a transaction of its own.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from wattcommons.chain.accounts import checksummed
from wattcommons.domain.guarantees import CANCEL_MONTHS, first_within
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Ctx, Page, Signed, Visitor
from wattcommons.services.api.models.common import Account
from wattcommons.services.api.problems import invalid, not_yours
from wattcommons.services.api.registry import models, queries, views
from wattcommons.services.api.registry import models_more as more
from wattcommons.services.api.registry.idempotency import IdempotencyKey, once
from wattcommons.services.api.registry.scope import READS_ALL, Scope, scope_of
from wattcommons.services.api.views.common import freshness
from wattcommons.services.store.app import registry as kept
from wattcommons.services.store.reads import bundles, certificates
from wattcommons.services.store.reads.certificates import Filter
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.standing import standing_of
from wattcommons.services.store.reads.state import index_state

_PREFIX: Final = "/registry/v1/account"
Number = Annotated[Account, Path(description="wallet")]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["registry"], prefix=_PREFIX)
    _add_reads(routes)
    _add_whitelist(routes)
    return routes


def _add_reads(routes: APIRouter) -> None:
    @routes.get("/{account_id}")
    def account(ctx: Ctx, visitor: Signed, account_id: Number) -> more.RegistryAccount:
        """One's own account; any for auditors and the issuing body."""
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            wallet, scope = _account(snapshot, visitor, account_id, now)
            standing = standing_of(snapshot, wallet, now)
            devices = bundles.devices_of(snapshot, scope.participants)
        return more.RegistryAccount(
            account_id=wallet,
            member=standing.member,
            may_hold=standing.member is not None and standing.active,
            devices=devices,
            roles=sorted(standing.roles),
        )

    @routes.get("/{account_id}/summary")
    def summary(ctx: Ctx, visitor: Signed, account_id: Number) -> more.AccountSummary:
        """Sums over all of an account's certificates."""
        with ctx.store.read() as snapshot:
            state = index_state(snapshot)
            now = ctx.now(state)
            wallet, scope = _account(snapshot, visitor, account_id, now)
            owner = certificates.owner_of(snapshot, wallet, scope.participants)
            sums = certificates.sums(snapshot, owner, Filter())
            alive = certificates.sums(
                snapshot, owner, Filter(first_within(now, CANCEL_MONTHS, ctx.length))
            ).held_wh  # fmt: skip
            reserved = kept.reserved_wh(snapshot, wallet, now, queries.MOST_RESERVATIONS)
            devices = bundles.devices_of(snapshot, scope.participants)
        return more.AccountSummary(
            account_id=wallet,
            held_wh=alive,
            expired_wh=sums.held_wh - alive,
            reserved_wh=reserved.total() if wallet == visitor.wallet else 0,
            cancelled_wh=sums.cancelled_wh,
            own_use_wh=sums.own_use_wh,
            sold_wh=sums.sold_wh,
            devices=len(devices),
            freshness=freshness(state),
        )

    @routes.get("/{account_id}/certificates")
    def held(
        ctx: Ctx,
        visitor: Signed,
        account_id: Number,
        page: Page,
        status: Annotated[
            models.BundleStatus | None,
            Query(alias="certificate_bundle_status", description="only those of this status"),
        ] = None,
    ) -> models.Bundles:
        """Bundles of an account: the query without further conditions."""
        given = models.Query(
            source_id=account_id, certificate_bundle_status=status, cursor=page.cursor, limit=page.limit
        )
        with ctx.store.read() as snapshot:
            now = ctx.now(index_state(snapshot))
            _, scope = _account(snapshot, visitor, account_id, now)
            found = queries.found(ctx, snapshot, scope, given, now)
        return models.Bundles(
            granular_certificate_bundles=[views.shown(part, found.around) for part in found.parts], next=found.next
        )


def _add_whitelist(routes: APIRouter) -> None:
    @routes.get("/{account_id}/whitelist")
    def whitelist(ctx: Ctx, visitor: Signed, account_id: Number) -> more.AccountWhitelist:
        """One's own white list: nobody else's business, whatever the role."""
        wallet = _own(visitor, account_id)
        with ctx.store.read() as snapshot:
            return _shown(wallet, kept.whitelist_of(snapshot, wallet))

    @routes.put("/{account_id}/whitelist")
    def keep(
        ctx: Ctx,
        visitor: Signed,
        account_id: Number,
        given: more.NewWhitelist,
        idempotency_key: IdempotencyKey = None,
    ) -> more.AccountWhitelist:
        """Put a white list in the place of one's own. `only_listed` with no account: take none from anybody."""
        wallet = _own(visitor, account_id)

        def make() -> more.AccountWhitelist:
            return _keep(ctx, wallet, given)

        return once(ctx, visitor, idempotency_key, "whitelist", given, more.AccountWhitelist, make)


def _keep(ctx: Context, wallet: str, given: more.NewWhitelist) -> more.AccountWhitelist:
    accounts = tuple(sorted({checksummed(one) for one in given.accounts}))
    if wallet in accounts:
        raise invalid("accounts", "this is the account itself", "leave it out")
    made = kept.Whitelist(given.only_listed, accounts, int(ctx.clock()))
    with ctx.store.write() as transaction:
        kept.one_at_a_time(transaction)
        kept.keep_whitelist(transaction, wallet, made)
    return _shown(wallet, made)


def _account(snapshot: Snapshot, visitor: Visitor, account: str, now: int) -> tuple[str, Scope]:
    """An account that the visitor may read. Raises ApiProblem 404 for any other."""
    wallet = checksummed(account)
    if wallet != visitor.wallet and not visitor.has(*READS_ALL):
        raise not_yours()
    return wallet, scope_of(snapshot, visitor, wallet, now)


def _own(visitor: Visitor, account: str) -> str:
    if checksummed(account) != visitor.wallet:
        raise not_yours()
    return visitor.wallet


def _shown(wallet: str, found: kept.Whitelist) -> more.AccountWhitelist:
    return more.AccountWhitelist(
        account_id=wallet,
        only_listed=found.only_listed,
        accounts=list(found.accounts),
        changed=found.changed,
        on_chain=False,
    )
