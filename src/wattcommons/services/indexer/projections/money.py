"""Participants' accounts, the pooled ones, and the community's euro in wallets."""

from __future__ import annotations

import json

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.settlement import Legs
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole
from wattcommons.services.store.index_registry_tables import account_lines, accounts, euro_holdings, pools
from wattcommons.services.store.index_rows import Row, Rows
from wattcommons.services.store.index_tables import participant_changes


class Money:
    """Projects the accounts of the EnergyMarket and the CommunityEuro. Amounts in n€."""

    def __init__(self, rows: Rows, terms: CommunityTerms) -> None:
        self._rows = rows
        self._terms = terms
        self._collection = terms.collection

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "EnergyMarket.AccountDeposited": self._deposited,
            "EnergyMarket.AccountWithdrawn": self._withdrawn,
            "EnergyMarket.CreditEligibilitySet": self._eligible,
            "EnergyMarket.CreditLimitSet": self._limit,
            "EnergyMarket.PooledWithdrawn": self._pooled,
            "CommunityEuro.Deposited": self._minted,
            "CommunityEuro.Redeemed": self._redeemed,
            "CommunityEuro.Transfer": self._moved,
        }

    def settled(self, legs: Legs) -> None:
        """Books settled legs as far as they pass through the community's accounts."""
        amount = legs.ledger_neur(self._collection)
        if amount:
            self._add(legs.participant, balance_neur=amount)
        if self._collection.grid and legs.grid_neur:
            self._pool()["grid_neur"] -= legs.grid_neur
        if self._collection.network_fee and legs.fee_neur:
            self._pool()["network_neur"] += legs.fee_neur

    def corrected(self, participant: int, booked_neur: int) -> None:
        """Books the difference of a correction, from the grid to the participant."""
        if booked_neur:
            self._add(participant, balance_neur=booked_neur)
            self._pool()["grid_neur"] -= booked_neur

    def _deposited(self, event: Event) -> None:
        amount = event.args["amount"]
        self._add(event.args["participant"], balance_neur=amount, paid_in_neur=amount)
        self._line(event, "deposited", event.args["participant"], event.args["from"])

    def _withdrawn(self, event: Event) -> None:
        amount = event.args["amount"]
        self._add(event.args["participant"], balance_neur=-amount, paid_out_neur=amount)
        self._line(event, "withdrawn", event.args["participant"], event.args["to"])

    def _eligible(self, event: Event) -> None:
        row = self._rows.change(accounts, event.args["participant"])
        if row is not None:
            row["eligible"] = event.args["eligible"]
        detail = {"eligible": event.args["eligible"]}
        self._rows.add(
            participant_changes,
            **place(event),
            participant=event.args["participant"],
            kind="credit",
            from_interval=event.args["fromInterval"],
            detail=json.dumps(detail),
        )

    def _limit(self, event: Event) -> None:
        participant, limit = event.args["participant"], whole(event.args["creditLimit"])
        if participant:
            row = self._rows.change(accounts, participant)
            if row is not None:
                row.update(credit_limit_neur=limit, own_limit=True)
            return
        self._pool()["credit_limit_neur"] = limit
        for one in self._rows.where(accounts, own_limit=False):
            changed = self._rows.change(accounts, one["participant"])
            if changed is not None:
                changed["credit_limit_neur"] = limit

    def _pooled(self, event: Event) -> None:
        which = "network_neur" if event.args["network"] else "grid_neur"
        pool = self._pool()
        pool[which] = whole(pool[which] - event.args["amount"])
        self._line(event, "pooled", None, event.args["to"])

    def _minted(self, event: Event) -> None:
        args = event.args
        self._line(event, "minted", args["participant"] or None, args["account"], args["depositReference"])

    def _redeemed(self, event: Event) -> None:
        self._line(event, "redeemed", None, event.args["member"], event.args["payoutReference"])

    def _moved(self, event: Event) -> None:
        args = event.args
        for wallet, change in ((args["from"], -args["value"]), (args["to"], args["value"])):
            if wallet == NO_ADDRESS:
                continue
            row = self._rows.change(euro_holdings, wallet)
            if row is None:
                row = self._rows.put(euro_holdings, wallet=wallet, amount_neur=0)
            row["amount_neur"] = whole(row["amount_neur"] + change)

    def _add(self, participant: int, **changes: int) -> None:
        row = self._rows.change(accounts, participant)
        if row is not None:
            for name, change in changes.items():
                row[name] = whole(row[name] + change)

    def _pool(self) -> Row:
        row = self._rows.change(pools, 1)
        if row is None:
            limit = self._terms.credit_limit_neur
            row = self._rows.put(pools, one=1, credit_limit_neur=limit, grid_neur=0, network_neur=0)
        return row

    def _line(
        self, event: Event, kind: str, participant: int | None, account: str, reference: bytes | None = None
    ) -> None:
        self._rows.add(
            account_lines,
            **place(event),
            participant=participant,
            kind=kind,
            account=account,
            amount_neur=whole(event.args["amount"]),
            reference=None if reference is None else hexed(reference),
        )
