"""Points as tokens: awards, offers, vouchers and who holds what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.accounts import Account
from wattcommons.domain.points_book import PointsBook
from wattcommons.domain.units import MemberIndex, ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.points import Points
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State


class Vouchers:
    """Awards against judgements, redemptions against offers, balances against transfers."""

    def __init__(self, points: Points, findings: Findings) -> None:
        self._points = points
        self._findings = findings
        self._book = PointsBook()
        self._balances: Counter[str] = Counter()
        self._pending: dict[str, Counter[tuple[str, str]]] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "Ecopoints.Awarded": self._awarded,
            "Ecopoints.OfferPublished": self._published,
            "Ecopoints.OfferClosed": lambda event: self._do(event, lambda: self._book.close(event.args["offer"])),
            "Ecopoints.VoucherIssued": self._issued,
            "Ecopoints.VoucherUsed": self._used,
            "Ecopoints.Recovered": self._recovered,
            "Ecopoints.Transfer": self._transfer,
        }

    def compare(self, state: State) -> None:
        """Balances and supply are those of the chain, and every point was awarded."""
        for tx, moves in self._pending.items():
            for (what, wallet), points in moves.items():
                # Points that a member gives a partner without a voucher are announced by nothing, and allowed.
                if what == "awarded" or points > 0:
                    entry = f"points {what} by or to {wallet}: announced less transferred, mPt"
                    self._findings.broken(checks.VOUCHERS, entry, 0, points, tx=tx)
        holders = sorted(self._balances.keys() - {NO_ADDRESS})
        for holder, found in zip(holders, state.points_balances(holders), strict=True):
            self._findings.count(checks.VOUCHERS)
            self._findings.equal(checks.VOUCHERS, f"points of {holder}, mPt", self._balances[holder], found)
        supply = state.points_supply()
        self._findings.equal(checks.VOUCHERS, "supply against all awards, mPt", int(self._book.awarded), supply)
        self._findings.note(checks.VOUCHERS, f"{self._book.awarded} mPt awarded, {self._book.redeemed} mPt redeemed")

    def _awarded(self, event: Event) -> None:
        reference, wallet, points = (event.args[name] for name in ("awardReference", "member", "amount"))
        due = self._points.due.pop(reference, None)
        number = int.from_bytes(reference, "big")
        participant, period = number >> 32, number & 0xFFFFFFFF
        self._findings.count(checks.POINTS)
        if due != (wallet, points):
            entry = f"award to {wallet} for period {period} of participant {participant}, mPt"
            expected = "none" if due is None else f"{due[1]} to {due[0]}"
            self._findings.broken(checks.POINTS, entry, expected, points, event=event)
        self._announce(event, "awarded", wallet, points)
        self._do(event, lambda: self._book.award(ParticipantIndex(participant), period, Account(wallet), points))

    def _published(self, event: Event) -> None:
        partner, price, stock, until = (event.args[name] for name in ("partner", "price", "stock", "validUntil"))
        self._do(event, lambda: self._book.publish(Account(partner), price, stock, until))

    def _issued(self, event: Event) -> None:
        offer, member, wallet, price = (event.args[name] for name in ("offer", "member", "wallet", "price"))

        def redeem() -> None:
            number = self._book.redeem(offer, MemberIndex(member), Account(wallet), event.timestamp)
            self._same(event, "number of a voucher", number, event.args["voucher"])
            self._same(event, f"price of offer {offer}, mPt", int(self._book.offer(offer).price), price)

        self._do(event, redeem)
        self._announce(event, "spent", wallet, price)

    def _used(self, event: Event) -> None:
        voucher, offer = event.args["voucher"], event.args["offer"]
        # Only the offer's partner can take a voucher, and the event does not repeat who called.
        self._do(event, lambda: self._book.use(voucher, self._book.offer(offer).partner, event.timestamp))

    def _recovered(self, event: Event) -> None:
        old, new, points = (event.args[name] for name in ("oldWallet", "newWallet", "amount"))
        self._do(event, lambda: self._book.recover(Account(old), Account(new)))
        self._announce(event, "spent", old, points)

    def _transfer(self, event: Event) -> None:
        sender, receiver, points = (event.args[name] for name in ("from", "to", "value"))
        self._balances[sender] -= points
        self._balances[receiver] += points
        if sender == NO_ADDRESS:
            self._announce(event, "awarded", receiver, -points)
            return
        explained = self._pending.get(event.tx_hash, Counter())["spent", sender] >= points
        self._announce(event, "spent", sender, -points)
        if not explained:  # a member gives points to a partner, without a voucher
            self._do(event, lambda: self._book.give(Account(sender), Account(receiver), points))

    def _announce(self, event: Event, what: str, wallet: str, points: int) -> None:
        moves = self._pending.setdefault(event.tx_hash, Counter())
        moves[what, wallet] += points
        if not moves[what, wallet]:
            del moves[what, wallet]
            if not moves:
                del self._pending[event.tx_hash]

    def _same(self, event: Event, entry: str, expected: object, found: object) -> None:
        self._findings.equal(checks.VOUCHERS, entry, expected, found, event=event)

    def _do(self, event: Event, change: Callable[[], object]) -> None:
        self._findings.count(checks.VOUCHERS)
        try:
            change()
        except RuleError as error:
            entry = f"{event.name} in log {event.log_index}"
            self._findings.broken(checks.VOUCHERS, entry, "a move within the rules", error, event=event)
