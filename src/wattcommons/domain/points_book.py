"""A book of points in memory: replay the chain's events into it and compare.

Points come from awards only and move from members to partners only, each time for a voucher. Each method raises
RuleError and changes nothing when a rule says no. Times are unix seconds, amounts mPt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from wattcommons.domain.accounts import Account
from wattcommons.domain.ecopoints import MilliPoint
from wattcommons.domain.units import MemberIndex, ParticipantIndex
from wattcommons.errors import RuleError


class VoucherState(StrEnum):
    """Where a voucher stands; an unused one expires with its offer and is not refunded."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a partner gives for `price` mPt: `stock` vouchers left; over from second `valid_until` on."""

    partner: Account
    price: MilliPoint
    stock: int
    valid_until: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Voucher:
    """A member's right to what an offer promises, good once."""

    offer: int
    member: MemberIndex
    used: bool = False


class PointsBook:
    """Balances, offers and vouchers of one community."""

    def __init__(self) -> None:
        self._balances: Counter[Account] = Counter()
        self._rewarded: set[tuple[ParticipantIndex, int]] = set()
        self._offers: list[Offer] = []
        self._vouchers: list[Voucher] = []
        self.awarded = MilliPoint(0)
        self.redeemed = MilliPoint(0)

    def award(self, participant: ParticipantIndex, period: int, wallet: Account, points: int) -> None:
        """Gives what a participant won in a period to its member's wallet; once a period."""
        if (participant, period) in self._rewarded:
            raise RuleError(f"participant {participant} was rewarded for period {period} before", "once a period")
        if points < 0:
            raise RuleError(f"an award of {points} mPt", "points are only ever given")
        self._rewarded.add((participant, period))
        self._balances[wallet] += points
        self.awarded = MilliPoint(self.awarded + points)

    def publish(self, partner: Account, price: int, stock: int, valid_until: int) -> int:
        """A partner's new offer. Returns its number, from 1."""
        if price <= 0 or stock <= 0:
            raise RuleError(f"an offer of {stock} vouchers for {price} mPt", "both are 1 or more")
        self._offers.append(Offer(partner, MilliPoint(price), stock, valid_until))
        return len(self._offers)

    def close(self, offer: int) -> None:
        """Ends an offer early; vouchers already issued stay good."""
        self._offers[offer - 1] = replace(self.offer(offer), closed=True)

    def redeem(self, offer: int, member: MemberIndex, wallet: Account, at: int) -> int:
        """Pays an offer's price to its partner. Returns the voucher's number, from 1."""
        terms = self.offer(offer)
        if terms.closed or terms.stock == 0 or at >= terms.valid_until:
            raise RuleError(f"offer {offer} is closed, sold out or over", "choose another offer")
        if self._balances[wallet] < terms.price:
            raise RuleError(f"{wallet} has {self._balances[wallet]} mPt, not {terms.price}", "save some more first")
        self._balances[wallet] -= terms.price
        self._balances[terms.partner] += terms.price
        self.redeemed = MilliPoint(self.redeemed + terms.price)
        self._offers[offer - 1] = replace(terms, stock=terms.stock - 1)
        self._vouchers.append(Voucher(offer, member))
        return len(self._vouchers)

    def give(self, giver: Account, partner: Account, points: int) -> None:
        """A member hands points to a partner without a voucher."""
        if not 0 <= points <= self._balances[giver]:
            raise RuleError(f"{giver} has {self._balances[giver]} mPt, not {points}", "give what is there")
        self._balances[giver] -= points
        self._balances[partner] += points

    def use(self, voucher: int, partner: Account, at: int) -> None:
        """The offer's own partner takes a voucher in, once, while it is good."""
        found = self._voucher(voucher)
        if self.offer(found.offer).partner != partner:
            raise RuleError(f"voucher {voucher} is not {partner}'s", "its offer names another partner")
        if self.voucher_state(voucher, at) is not VoucherState.OPEN:
            raise RuleError(f"voucher {voucher} is {self.voucher_state(voucher, at)}", "each is good once, in time")
        self._vouchers[voucher - 1] = replace(found, used=True)

    def recover(self, old: Account, successor: Account) -> MilliPoint:
        """All points of a replaced wallet pass to the member's new one. Returns them."""
        moved = self._balances.pop(old, 0)
        self._balances[successor] += moved
        return MilliPoint(moved)

    def balance(self, account: Account) -> MilliPoint:
        """Points of a member's wallet or of a partner."""
        return MilliPoint(self._balances[account])

    def offer(self, offer: int) -> Offer:
        """An offer by its number."""
        if not 1 <= offer <= len(self._offers):
            raise RuleError(f"there is no offer {offer}", f"offers are 1 to {len(self._offers)}")
        return self._offers[offer - 1]

    def voucher_state(self, voucher: int, at: int) -> VoucherState:
        """Where a voucher stands at second `at`."""
        found = self._voucher(voucher)
        if found.used:
            return VoucherState.USED
        return VoucherState.EXPIRED if at >= self.offer(found.offer).valid_until else VoucherState.OPEN

    @property
    def balanced(self) -> bool:
        """Σ balances = Σ awarded, and Σ redeemed = Σ price of the vouchers issued."""
        paid = sum(self.offer(voucher.offer).price for voucher in self._vouchers)
        return self._balances.total() == self.awarded and paid == self.redeemed

    def _voucher(self, voucher: int) -> Voucher:
        if not 1 <= voucher <= len(self._vouchers):
            raise RuleError(f"there is no voucher {voucher}", f"vouchers are 1 to {len(self._vouchers)}")
        return self._vouchers[voucher - 1]
