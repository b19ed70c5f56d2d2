"""Certificates: what was issued, who holds it, and every step of their lives."""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole, words
from wattcommons.services.store.index_registry_tables import certificate_events, certificates, holdings, statements
from wattcommons.services.store.index_rows import Rows
from wattcommons.services.store.index_tables import devices


class Guarantees:
    """Projects the GuaranteeOfOrigin. Amounts in Wh. `exports`: the contract that has what lies in export groups."""

    def __init__(self, rows: Rows, exports: str) -> None:
        self._rows = rows
        self._exports = exports
        self._recovering: tuple[str, str, str] | None = None
        """Transaction, old and new wallet of a recovery: it is announced before what it moves."""
        self._ending: tuple[str, str] | None = None
        """Transaction and wallet whose Wh ended last: a cancellation is announced after that."""

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "GuaranteeOfOrigin.Issued": self._issued,
            "GuaranteeOfOrigin.IssuedMore": self._issued_more,
            "GuaranteeOfOrigin.DebtSet": self._debt,
            "GuaranteeOfOrigin.Claimed": self._claimed,
            "GuaranteeOfOrigin.CertificateCancelled": self._cancelled,
            "GuaranteeOfOrigin.StatementIssued": self._statement,
            "GuaranteeOfOrigin.Withdrawn": self._withdrawn,
            "GuaranteeOfOrigin.Recovered": self._recovered,
            "GuaranteeOfOrigin.TransferSingle": self._single,
            "GuaranteeOfOrigin.TransferBatch": self._batch,
        }

    def prepare(self, events: Sequence[Event]) -> None:
        """Read at once what these events will ask for one by one."""
        new: set[int] = set()
        moved: list[int] = []
        for event in events:
            if event.contract != "GuaranteeOfOrigin":
                continue
            if event.name == "Issued":
                new.add(whole(event.args["id"]))
            elif event.name == "TransferSingle":
                moved.append(whole(event.args["id"]))
            elif event.name == "TransferBatch":
                moved += [whole(one) for one in event.args["ids"]]
        self._rows.know(holdings, moved, absent=new)

    def _issued(self, event: Event) -> None:
        args = event.args
        waiting = args["mintedWh"] if args["holder"] == NO_ADDRESS else 0
        self._rows.put(
            certificates,
            new=True,
            id=args["id"],
            device=args["id"] >> 32,
            interval=args["id"] & 0xFFFFFFFF,
            participant=args["participant"],
            own_use_wh=args["ownUseWh"],
            sold_wh=args["soldWh"],
            minted_wh=args["mintedWh"],
            more_wh=0,
            claimable_wh=waiting,
            cancelled_wh=0,
            withdrawn_wh=0,
            at=event.timestamp,
        )
        holder = None if args["holder"] == NO_ADDRESS else args["holder"]
        total = args["ownUseWh"] + args["soldWh"] + args["mintedWh"]
        self._life(event, "issued", args["id"], total, target=holder)

    def _issued_more(self, event: Event) -> None:
        """What a correction added, beside what was minted at issue."""
        args = event.args
        holder = None if args["holder"] == NO_ADDRESS else args["holder"]
        self._add(args["id"], more_wh=args["wh"], claimable_wh=0 if holder else args["wh"])
        self._life(event, "issued_more", args["id"], args["wh"], target=holder)

    def _debt(self, event: Event) -> None:
        device = self._rows.change(devices, event.args["device"])
        if device is not None:
            device["debt_wh"] = event.args["debtWh"]

    def _claimed(self, event: Event) -> None:
        args = event.args
        self._add(args["id"], claimable_wh=-args["wh"])
        self._life(event, "claimed", args["id"], args["wh"], target=args["holder"])

    def _cancelled(self, event: Event) -> None:
        args = event.args
        self._add(args["id"], cancelled_wh=args["wh"])
        holder = self._ending[1] if self._ending and self._ending[0] == event.tx_hash else None
        self._life(event, "cancelled", args["id"], args["wh"], source=holder, statement=args["statement"])

    def _statement(self, event: Event) -> None:
        args = event.args
        beneficiary, purpose, first, end, country, statement_hash = args["terms"]
        self._rows.put(
            statements,
            statement=args["statement"],
            holder=args["holder"],
            beneficiary=hexed(beneficiary),
            purpose=hexed(purpose),
            period_from=whole(first),
            period_to=whole(end),
            country=words(country),
            statement_hash=hexed(statement_hash),
            total_wh=args["totalWh"],
            at=event.timestamp,
        )

    def _withdrawn(self, event: Event) -> None:
        args = event.args
        holder = None if args["holder"] == NO_ADDRESS else args["holder"]
        if holder is None:
            self._add(args["id"], withdrawn_wh=args["wh"], claimable_wh=-args["wh"])
        else:
            self._add(args["id"], withdrawn_wh=args["wh"])
        self._life(event, "withdrawn", args["id"], args["wh"], source=holder, reason=args["reason"])

    def _recovered(self, event: Event) -> None:
        self._recovering = (event.tx_hash, event.args["oldWallet"], event.args["newWallet"])

    def _single(self, event: Event) -> None:
        self._move(event, 0, event.args["id"], event.args["value"])

    def _batch(self, event: Event) -> None:
        for part, (one, wh) in enumerate(zip(event.args["ids"], event.args["values"], strict=True)):
            self._move(event, part, one, wh)

    def _move(self, event: Event, part: int, one: int, wh: int) -> None:
        source, target = event.args["from"], event.args["to"]
        for wallet, change in ((source, -wh), (target, wh)):
            if wallet == NO_ADDRESS:
                continue
            row = self._rows.change(holdings, one, wallet)
            if row is None:
                row = self._rows.put(holdings, new=True, id=one, holder=wallet, wh=0)
            row["wh"] += change
            if not row["wh"]:
                self._rows.remove(holdings, one, wallet)
        if target == NO_ADDRESS:
            self._ending = (event.tx_hash, source)
        elif source != NO_ADDRESS and self._exports not in (source, target):  # others have an event of their own
            kind = "recovered" if self._recovering == (event.tx_hash, source, target) else "transferred"
            self._life(event, kind, one, wh, part=part, source=source, target=target)

    def _add(self, one: int, **changes: int) -> None:
        row = self._rows.change(certificates, one)
        if row is not None:
            for name, change in changes.items():
                row[name] += change

    def _life(
        self,
        event: Event,
        kind: str,
        one: int,
        wh: int,
        *,
        part: int = 0,
        source: str | None = None,
        target: str | None = None,
        statement: int | None = None,
        reason: bytes | None = None,
    ) -> None:
        self._rows.add(
            certificate_events,
            **place(event),
            part=part,
            id=one,
            kind=kind,
            source=source,
            target=target,
            wh=wh,
            statement=statement,
            export_group=None,
            reason=None if reason is None else hexed(reason),
            tx_hash=event.tx_hash,
        )
