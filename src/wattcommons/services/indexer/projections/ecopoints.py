"""Ecopoints, offers and vouchers, and the coach's targets."""

from __future__ import annotations

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole
from wattcommons.services.store.index_registry_tables import offers, point_events, points, targets, vouchers
from wattcommons.services.store.index_rows import Row, Rows


class Ecopoints:
    """Projects Ecopoints and GreenCoach. Points in thousandths."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "Ecopoints.Awarded": self._awarded,
            "Ecopoints.Transfer": self._moved,
            "Ecopoints.OfferPublished": self._published,
            "Ecopoints.OfferClosed": self._closed,
            "Ecopoints.VoucherIssued": self._voucher,
            "Ecopoints.VoucherUsed": self._used,
            "GreenCoach.TargetSet": self._target,
            "GreenCoach.Evaluated": self._evaluated,
        }

    def _awarded(self, event: Event) -> None:
        account = self._account(event.args["member"])
        account["awarded_mpt"] = whole(account["awarded_mpt"] + event.args["amount"])
        self._line(event, "awarded", None, event.args["member"], event.args["amount"])

    def _moved(self, event: Event) -> None:
        source, target, amount = event.args["from"], event.args["to"], event.args["value"]
        for wallet, change in ((source, -amount), (target, amount)):
            if wallet != NO_ADDRESS:
                account = self._account(wallet)
                account["balance_mpt"] = whole(account["balance_mpt"] + change)
        if source != NO_ADDRESS:  # an award has an event of its own
            self._line(event, "moved", source, target, amount)

    def _published(self, event: Event) -> None:
        args = event.args
        self._rows.put(
            offers,
            offer=args["offer"],
            partner=args["partner"],
            price_mpt=whole(args["price"]),
            stock=args["stock"],
            issued=0,
            valid_until=args["validUntil"],
            closed=False,
            terms_hash=hexed(args["metadata"]),
        )

    def _closed(self, event: Event) -> None:
        offer = self._rows.change(offers, event.args["offer"])
        if offer is not None:
            offer["closed"] = True

    def _voucher(self, event: Event) -> None:
        args = event.args
        self._rows.put(
            vouchers,
            voucher=whole(args["voucher"]),
            offer=args["offer"],
            member=args["member"],
            used_at=None,
            at=event.timestamp,
        )
        offer = self._rows.change(offers, args["offer"])
        if offer is not None:
            offer["issued"] += 1

    def _used(self, event: Event) -> None:
        voucher = self._rows.change(vouchers, whole(event.args["voucher"]))
        if voucher is not None:
            voucher["used_at"] = event.timestamp

    def _target(self, event: Event) -> None:
        args = event.args
        self._rows.put(
            targets,
            participant=args["participant"],
            period=args["period"],
            first_interval=args["firstInterval"],
            end_interval=args["endInterval"],
            expectation_wh=whole(args["expectationWh"]),
            target_wh=whole(args["targetWh"]),
            formula_hash=hexed(args["formulaHash"]),
            outcome=0,
            consumption_wh=0,
            points_mpt=0,
        )

    def _evaluated(self, event: Event) -> None:
        args = event.args
        target = self._rows.change(targets, args["participant"], args["period"])
        if target is not None:
            target.update(
                outcome=args["outcome"],
                consumption_wh=whole(args["consumptionWh"]),
                points_mpt=whole(args["points"]),
            )

    def _account(self, wallet: str) -> Row:
        account = self._rows.change(points, wallet)
        return account or self._rows.put(points, account=wallet, balance_mpt=0, awarded_mpt=0)

    def _line(self, event: Event, kind: str, source: str | None, target: str, amount: int) -> None:
        self._rows.add(point_events, **place(event), kind=kind, source=source, target=target, amount_mpt=whole(amount))
