"""What becomes of an action: unsigned transactions, rehearsed at the newest block, or something to sign.

The API has no member's key. What it prepares does nothing until its wallet has signed and sent it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wattcommons.chain.accounts import checksummed
from wattcommons.chain.batch import Read, call_of, read_all, try_all
from wattcommons.chain.typed_data import cancellation_request, domain_of
from wattcommons.domain.bundles import BundleState
from wattcommons.errors import RevertedError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Visitor
from wattcommons.services.api.intents import requests
from wattcommons.services.api.intents.refusals import refusal_of
from wattcommons.services.api.models.registry import CancellationRequest, StatementTerms
from wattcommons.services.api.problems import ApiProblem, invalid
from wattcommons.services.api.registry import models, queries, views
from wattcommons.services.api.registry.choice import Chosen, chosen
from wattcommons.services.api.registry.scope import Scope, own_scope, require_own
from wattcommons.services.api.routes.intents import sent_on
from wattcommons.services.store.app.registry import whitelist_of
from wattcommons.services.store.reads.snapshot import Snapshot

SIGNING_S: Final = 3_600
"""How long a message that is answered to be signed is good."""
_GUARANTEE: Final = "GuaranteeOfOrigin"


def transfer(ctx: Context, visitor: Visitor, given: models.Transfer) -> models.ActionAnswer:
    """A transaction that hands bundles over. Raises ApiProblem where the chain or the receiver would not have it."""
    target = checksummed(given.target_id)
    with ctx.store.read() as snapshot:
        picked = mine(ctx, snapshot, visitor, given, (BundleState.HELD,))
        listed = whitelist_of(snapshot, target)
    if target == visitor.wallet:
        raise invalid("target_id", "this is the account they are in", "name another account")
    if listed.only_listed and visitor.wallet not in listed.accounts:
        what = "the other account takes certificates from the accounts on its list alone"
        raise ApiProblem(409, "not_whitelisted", what, "ask its holder to put you on the list", where="target_id")
    ids, amounts = _amounts(picked)
    if len(ids) == 1:
        read = Read(_GUARANTEE, "safeTransferFrom", (visitor.wallet, target, ids[0], amounts[0], b""))
    else:
        read = Read(_GUARANTEE, "safeBatchTransferFrom", (visitor.wallet, target, ids, amounts, b""))
    return answer(ctx, "transfer", picked, prepared(ctx, visitor.wallet, [read]))


def cancel(ctx: Context, visitor: Visitor, given: models.Cancel) -> models.ActionAnswer:
    """What to sign to use bundles up, and the transaction for who pays for it; or, signed, its way to the chain."""
    with ctx.store.read() as snapshot:
        picked = mine(ctx, snapshot, visitor, given, (BundleState.HELD,))
    ids, amounts = _amounts(picked)
    terms = StatementTerms(
        beneficiary=given.beneficiary,
        purpose=given.purpose,
        period_from=given.period_from,
        period_to=given.period_to,
        country=given.country,
        statement_hash=given.statement_hash,
    )
    if given.signature is not None:
        if given.nonce is None or given.deadline is None:
            raise invalid("nonce", "a signature needs the nonce and deadline that were signed", "send all three")
        signed = CancellationRequest(
            holder=visitor.wallet,
            ids=ids,
            amounts_wh=amounts,
            terms=terms,
            nonce=given.nonce,
            deadline=given.deadline,
            signature=given.signature,
        )
        intent = sent_on(ctx, requests.cancellation(ctx.contracts, visitor.wallet, signed))
        made = answer(ctx, "cancel", picked, [])
        return made.model_copy(update={"state": "sent_on", "intent": intent})
    statement = requests.statement_of(terms)
    read = Read(_GUARANTEE, "cancel", (ids, amounts, statement))
    transactions = prepared(ctx, visitor.wallet, [read])
    [nonce] = read_all(ctx.contracts, [Read(_GUARANTEE, "nonces", (visitor.wallet,))])
    deadline = ctx.now() + SIGNING_S if given.deadline is None else given.deadline
    domain = domain_of(ctx.deployment, _GUARANTEE)
    to_sign = cancellation_request(domain, visitor.wallet, ids, amounts, statement, int(nonce), deadline)
    return answer(ctx, "cancel", picked, transactions).model_copy(update={"to_sign": to_sign})


def claim(ctx: Context, visitor: Visitor, given: models.Claim) -> models.ActionAnswer:
    """Transactions that deliver what waits; for what a statement used, the statement: nothing is left to be done."""
    with ctx.store.read() as snapshot:
        picked = mine(ctx, snapshot, visitor, given, (BundleState.WAITING, BundleState.CANCELLED))
    waiting = [one for one in picked if one.state is BundleState.WAITING]
    for one in waiting:
        waits = sum(each.wh for each in views.bundles(one.row) if each.state is BundleState.WAITING)
        if one.wh != waits:
            what = f"{waits} Wh of certificate {one.row.id} wait, and are delivered together"
            raise ApiProblem(409, "bundle_changed", what, "name all of them", where="certificate_quantity")
    reads = [Read(_GUARANTEE, "claim", (one.row.id,)) for one in waiting]
    made = answer(ctx, "claim", picked, prepared(ctx, visitor.wallet, reads))
    used = [each for one in picked if one.state is BundleState.CANCELLED for each in _statements(one)]
    return made.model_copy(update={"state": "prepared" if reads else "done", "statements": sorted(set(used))})


def withdraw(ctx: Context, visitor: Visitor, given: models.Withdraw) -> models.ActionAnswer:
    """Transactions of the issuing body's that take bundles back, one an account and certificate."""
    with ctx.store.read() as snapshot:
        states = (BundleState.HELD, BundleState.WAITING)
        ids = given.granular_certificate_bundle_ids
        picked = chosen(snapshot, ids, given.certificate_quantity, Scope(None), states, {})
    reason = bytes.fromhex(given.reason[2:])
    nobody = "0x" + "00" * 20
    reads = [Read(_GUARANTEE, "withdraw", (one.account or nobody, one.row.id, one.wh, reason)) for one in picked]
    return answer(ctx, "withdraw", picked, prepared(ctx, visitor.wallet, reads))


def mine(
    ctx: Context, snapshot: Snapshot, visitor: Visitor, given: models.Action, states: Sequence[BundleState]
) -> list[Chosen]:
    """The visitor's own bundles that an action is about."""
    require_own(visitor, given.source_id)
    scope = own_scope(snapshot, visitor)
    reserved = queries.reserved_of(snapshot, scope, ctx.now())
    ids = given.granular_certificate_bundle_ids
    return chosen(snapshot, ids, given.certificate_quantity, scope, states, reserved)


def prepared(ctx: Context, sender: str, reads: Sequence[Read]) -> list[models.UnsignedTransaction]:
    """Transactions for a wallet. Raises ApiProblem 409 with the reason where one would be refused now."""
    outcomes = try_all(ctx.contracts, reads, sender=sender) if reads else []
    for outcome in outcomes:
        if isinstance(outcome, RevertedError):
            refusal = refusal_of(outcome)
            raise ApiProblem(409, refusal.code, refusal.detail, refusal.what_to_do)
    return [unsigned(ctx, sender, read) for read in reads]


def unsigned(ctx: Context, sender: str, read: Read) -> models.UnsignedTransaction:
    """A transaction without nonce, gas and signature: the wallet adds them."""
    call = call_of(ctx.contracts, read.contract, read.function, *read.arguments)
    return models.UnsignedTransaction(
        chain_id=ctx.deployment.chain_id,
        sender=sender,
        to=call.to,
        data=f"0x{call.data.hex()}",
        value="0",
        function=call.label,
    )


def answer(
    ctx: Context, action: str, picked: Sequence[Chosen], transactions: list[models.UnsignedTransaction]
) -> models.ActionAnswer:
    """The answer to an action whose transactions are prepared."""
    items = [
        models.ActionItem(
            issuance_id=views.issuance_id(one.row, ctx.length),
            certificate_id=one.row.id,
            account_id=one.account,
            certificate_bundle_id_range_start=bundle.first,
            certificate_bundle_id_range_end=bundle.last,
        )
        for one in picked
        for bundle in one.bundles
    ]
    return models.ActionAnswer(
        action=action,
        state="prepared",
        items=items,
        transactions=transactions,
        to_sign=None,
        intent=None,
        statements=[],
    )


def _amounts(picked: Sequence[Chosen]) -> tuple[list[int], list[int]]:
    return [one.row.id for one in picked], [one.wh for one in picked]


def _statements(one: Chosen) -> list[int]:
    """The statements that used the chosen Wh."""
    return [
        known.statement
        for known in views.bundles(one.row)
        for wanted in one.bundles
        if known.statement is not None and known.first <= wanted.first and wanted.last <= known.last
    ]
