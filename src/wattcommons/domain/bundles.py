"""Bundles: which numbered Wh of a certificate stand where. A view over balances, never a second truth.

The chain keeps balances: the Wh of one certificate are alike. The field's registries number them instead, 1 to issued,
and name a bundle by its first and last Wh. The numbers follow from the certificate's events, by one rule:

1. At issue the lowest numbers are the producer's own use, the next what was sold to neighbours, the rest is minted.
   What a correction issues later gets the numbers above.
2. Whatever moves, is used or is withdrawn takes the lowest numbers that its holder has of the certificate then.
3. Events count in the order of the chain: block, log, place in a batch.

So the numbers of all bundles are 1 to issued, each once, and how many a holder has is its balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from wattcommons.domain.accounts import Account
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.errors import RuleError


class BundleState(StrEnum):
    """Where the Wh of a bundle are. Held, waiting and locked ones may have expired: that follows from time alone.

    Locked: in an export group, that may still give them back. Exported: they live on in a national registry.
    """

    OWN_USE = "own_use"
    SOLD = "sold"
    WAITING = "waiting"
    HELD = "held"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    LOCKED = "locked"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Wh `first` to `last` of a certificate, both included, numbered from 1.

    `account`: who holds them, or held them when they were cancelled, withdrawn or locked; None for what was used at
    issue, what waits and what was withdrawn while it waited. `statement`: number of the cancellation. `group`: the
    export group they lie in, or were exported with.
    """

    first: int
    last: int
    state: BundleState
    account: Account | None = None
    statement: int | None = None
    group: int | None = None

    @property
    def wh(self) -> int:
        """Last − first + 1."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class BundleEvent:
    """What happened to a certificate after its issue: `kind` issued_more, claimed, transferred, recovered, cancelled,
    withdrawn, locked, released or exported, as the index writes it. `source` is None where Wh come out of a claim, out
    of an export `group` or of nothing, `target` where what was issued waits in a claim.
    """

    kind: str
    wh: int
    source: Account | None = None
    target: Account | None = None
    statement: int | None = None
    group: int | None = None


def bundles_of(split: CertificateSplit, holder: Account | None, events: Iterable[BundleEvent]) -> list[Bundle]:
    """The bundles of a certificate after its events, by number; neighbours that stand alike are one.

    `holder`: whom the rest was minted to, None where it waits in a claim. Raises RuleError for an event that takes more
    than there is, or of an unknown kind: such events are none of one chain.
    """
    found: list[Bundle] = []
    minted = BundleState.WAITING if holder is None else BundleState.HELD
    parts = ((split.own_use_wh, BundleState.OWN_USE), (split.sold_wh, BundleState.SOLD), (split.minted_wh, minted))
    number = 1
    for wh, state in parts:
        if wh:
            found.append(Bundle(number, number + wh - 1, state, holder if state is BundleState.HELD else None))
        number += wh
    for event in events:
        found = _joined(_after(found, event))
    return found


def lowest(bundles: Sequence[Bundle], account: Account | None, wh: int) -> list[Bundle]:
    """The `wh` lowest numbers that an account holds (None: that wait), the last bundle split where need be.

    Raises RuleError where it has fewer.
    """
    state = BundleState.WAITING if account is None else BundleState.HELD
    return [replace(one, last=last) for one, last in _cuts(bundles, account, state, wh)]


def _after(bundles: list[Bundle], event: BundleEvent) -> list[Bundle]:
    if event.kind in ("locked", "released", "exported"):
        return _after_export(bundles, event)
    if event.kind == "issued_more":
        return [*bundles, *_more(bundles, event)]
    match event.kind:
        case "claimed":
            source, state, account = None, BundleState.HELD, event.target
        case "transferred" | "recovered":
            source, state, account = event.source, BundleState.HELD, event.target
        case "cancelled":
            source, state, account = event.source, BundleState.CANCELLED, event.source
        case "withdrawn":
            source, state, account = event.source, BundleState.WITHDRAWN, event.source
        case _:
            raise RuleError(f"{event.kind!r} is nothing that happens to a certificate", "the index may be newer")
    if event.kind != "claimed" and event.kind != "withdrawn" and source is None:
        raise RuleError(f"nobody is named whose Wh were {event.kind}", "the index may be incomplete")
    begin = BundleState.WAITING if source is None else BundleState.HELD
    statement = event.statement if state is BundleState.CANCELLED else None
    taken = dict(_cuts(bundles, source, begin, event.wh))
    found: list[Bundle] = []
    for one in bundles:
        if one not in taken:
            found.append(one)
            continue
        last = taken[one]
        found.append(Bundle(one.first, last, state, account, statement))
        if last < one.last:
            found.append(replace(one, first=last + 1))
    return found


def _more(bundles: list[Bundle], event: BundleEvent) -> list[Bundle]:
    """What a correction issued, above all numbers there are."""
    if event.wh <= 0:
        raise RuleError(f"{event.wh} Wh are issued more", "the index may be damaged")
    above = bundles[-1].last if bundles else 0
    state = BundleState.WAITING if event.target is None else BundleState.HELD
    return [Bundle(above + 1, above + event.wh, state, event.target)]


def _after_export(bundles: list[Bundle], event: BundleEvent) -> list[Bundle]:
    """Into an export group, out of it, or with it to a national registry."""
    if event.group is None or (event.kind != "exported" and (event.source or event.target) is None):
        raise RuleError(f"no group or nobody is named whose Wh were {event.kind}", "the index may be incomplete")
    if event.kind == "locked":
        taken = dict(_cuts(bundles, event.source, BundleState.HELD, event.wh))
        after = Bundle(0, 0, BundleState.LOCKED, event.source, group=event.group)
    else:
        taken = dict(_cuts(bundles, None, BundleState.LOCKED, event.wh, event.group))
        released = event.kind == "released"
        after = Bundle(0, 0, BundleState.HELD, event.target) if released else Bundle(0, 0, BundleState.EXPORTED)
    found: list[Bundle] = []
    for one in bundles:
        last = taken.get(one, one.first - 1)
        if one in taken:
            group = None if after.state is BundleState.HELD else event.group
            found.append(replace(after, first=one.first, last=last, account=after.account or one.account, group=group))
        if last < one.last:
            found.append(replace(one, first=last + 1))
    return found


def _cuts(
    bundles: Sequence[Bundle], account: Account | None, state: BundleState, wh: int, group: int | None = None
) -> list[tuple[Bundle, int]]:
    """The bundles that the lowest `wh` numbers of an account, or of an export group, lie in, each with the last number
    taken.
    """
    left, found = wh, []
    for one in bundles:
        if left <= 0:
            break
        if one.state is state and one.group == group and (group is not None or one.account == account):
            taken = min(left, one.wh)
            found.append((one, one.first + taken - 1))
            left -= taken
    if left or wh < 0:
        raise RuleError(f"{wh} Wh are more than there are: {left} too many", "ask for what is held")
    return found


def _joined(bundles: list[Bundle]) -> list[Bundle]:
    found: list[Bundle] = []
    for one in bundles:
        before = found[-1] if found else None
        if before and replace(before, first=one.first, last=one.last) == one:
            found[-1] = replace(before, last=one.last)
        else:
            found.append(one)
    return found
