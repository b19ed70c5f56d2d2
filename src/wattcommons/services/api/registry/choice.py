"""From bundle ids to Wh of certificates. The chain moves Wh, not numbers: the lowest ones go first, so only they can be
chosen, and an id of Wh that stand elsewhere by now is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from wattcommons.domain.accounts import Account
from wattcommons.domain.bundles import Bundle, BundleState, lowest
from wattcommons.errors import RuleError
from wattcommons.services.api.problems import ApiProblem, invalid, not_yours
from wattcommons.services.api.registry import views
from wattcommons.services.api.registry.scope import Scope
from wattcommons.services.store.reads import bundles
from wattcommons.services.store.reads.bundles import IssueRow
from wattcommons.services.store.reads.snapshot import Snapshot


class Chosen(NamedTuple):
    """Bundles of one certificate and one account that an action is about, by number."""

    row: IssueRow
    account: Account | None
    state: BundleState
    bundles: tuple[Bundle, ...]

    @property
    def wh(self) -> int:
        """Their sum."""
        return sum(one.wh for one in self.bundles)


def chosen(
    snapshot: Snapshot,
    ids: Sequence[str],
    quantity: int | None,
    scope: Scope,
    states: Sequence[BundleState],
    reserved: Mapping[int, int],
) -> list[Chosen]:
    """What the ids stand for, by certificate. Each bundle is one of `states` that the scope sees.

    Raises ApiProblem: 404 for what the scope does not see, 409 `bundle_changed` for Wh that do not stand together any
    more or are not the lowest ones, `reserved` where they are kept back, 422 for ids that cannot be.
    """
    spans = [_span(text) for text in ids]
    if quantity is not None:
        spans = [_cut(spans, quantity)]
    rows = {row.id: row for row in bundles.by_numbers(snapshot, sorted({number for number, _, _ in spans}))}
    groups: dict[tuple[int, Account | None, BundleState], list[tuple[int, int]]] = {}
    for number, first, last in sorted(spans):
        row = rows.get(number)
        if row is None:
            raise not_yours()
        inside = _inside(row, scope, first, last)
        if inside.state not in states:
            raise _state(inside)
        groups.setdefault((number, inside.account, inside.state), []).append((first, last))
    return [
        _whole(rows[number], account, state, asked, reserved.get(number, 0))
        for (number, account, state), asked in groups.items()
    ]


def _whole(
    row: IssueRow, account: Account | None, state: BundleState, asked: list[tuple[int, int]], reserved_wh: int
) -> Chosen:
    if any(before[1] >= after[0] for before, after in pairwise(asked)):
        raise invalid("granular_certificate_bundle_ids", "two of the bundles overlap", "name each Wh once")
    wh = sum(last - first + 1 for first, last in asked)
    if state not in (BundleState.HELD, BundleState.WAITING):
        return Chosen(row, account, state, tuple(Bundle(first, last, state, account) for first, last in asked))
    have = views.bundles(row)
    if state is BundleState.HELD and account is not None:
        have = views.free(row, account, reserved_wh)
    try:
        given = lowest(have, account, wh)
    except RuleError:
        what = "you have reserved some of these Wh"
        raise ApiProblem(409, "reserved", what, "end the reservation, or choose less") from None
    if _joined([(one.first, one.last) for one in given]) != _joined(asked):
        first = "; ".join(f"{one.first}-{one.last}" for one in given[:4])
        raise ApiProblem(
            409,
            "bundle_changed",
            f"of certificate {row.id} the lowest Wh go first: {first}",
            "ask for the bundles again, and choose the lowest numbers",
            where="granular_certificate_bundle_ids",
        )
    return Chosen(row, account, state, tuple(given))


def _inside(row: IssueRow, scope: Scope, first: int, last: int) -> Bundle:
    """The bundle that Wh lie in, among those that the scope sees."""
    for one in views.bundles(row):
        if scope.sees(row, one) and one.first <= first and last <= one.last:
            return replace(one, first=first, last=last)
    if not any(scope.sees(row, one) for one in views.bundles(row)):
        raise not_yours()
    raise ApiProblem(
        409,
        "bundle_changed",
        f"Wh {first}-{last} of certificate {row.id} are no bundle of this account's",
        "ask for the bundles again",
        where="granular_certificate_bundle_ids",
    )


def _state(bundle: Bundle) -> ApiProblem:
    word = bundle.state.value.replace("_", " ")
    return ApiProblem(409, "bundle_state", f"this cannot be done with Wh that are {word}", "choose other bundles")


def _span(text: str) -> tuple[int, int, int]:
    number, _, span = text.partition(":")
    first, last = (int(one) for one in span.split("-"))
    if int(number) >= 2**63 or first > last:
        raise invalid("granular_certificate_bundle_ids", f"{text} is no bundle", "take the ids that a query answers")
    return int(number), first, last


def _cut(spans: Sequence[tuple[int, int, int]], quantity: int) -> tuple[int, int, int]:
    if len(spans) != 1:
        raise invalid("certificate_quantity", "it counts from the start of one bundle", "name one bundle only")
    [(number, first, last)] = spans
    if quantity > last - first + 1:
        raise invalid("certificate_quantity", f"the bundle has {last - first + 1} Wh", "choose less")
    return number, first, first + quantity - 1


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with those that follow one another put together."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found
