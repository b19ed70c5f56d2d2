"""Whose part of the registry somebody may see.

Roles do not inherit from one another, whatever their numbers: each right names its roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.chain.accounts import checksummed
from wattcommons.domain.bundles import Bundle, BundleState
from wattcommons.services.api.dependencies import AUDITOR, Visitor
from wattcommons.services.api.problems import ApiProblem, not_yours
from wattcommons.services.store.reads.bundles import IssueRow
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.standing import participants_of, standing_of

READS_ALL: Final = (AUDITOR, "issuing_body")
"""Who may read every account, device and measurement."""
_AT_ISSUE: Final = (BundleState.OWN_USE, BundleState.SOLD, BundleState.WAITING)


@dataclass(frozen=True)
class Scope:
    """An account, a wallet with the participants of its member; or the whole registry, where `wallet` is None."""

    wallet: str | None
    participants: tuple[int, ...] = ()

    def sees(self, row: IssueRow, bundle: Bundle) -> bool:
        """Whether a bundle is the scope's: held, used or withdrawn there, or of its own production at issue."""
        if self.wallet is None or bundle.account == self.wallet:
            return True
        own = row.participant in self.participants
        return own and bundle.account is None and bundle.state in (*_AT_ISSUE, BundleState.WITHDRAWN)


def scope_of(snapshot: Snapshot, visitor: Visitor, account: str | None, now: int) -> Scope:
    """What is asked for: an account, by default one's own, or for who may read all of them everything.

    Raises ApiProblem 404 for another's account.
    """
    everything = visitor.has(*READS_ALL)
    if account is None:
        return Scope(None) if everything else own_scope(snapshot, visitor)
    wallet = checksummed(account)
    if wallet == visitor.wallet:
        return own_scope(snapshot, visitor)
    if not everything:
        raise not_yours()
    member = standing_of(snapshot, wallet, now).member
    return Scope(wallet, () if member is None else participants_of(snapshot, member))


def own_scope(snapshot: Snapshot, visitor: Visitor) -> Scope:
    """The visitor's own account."""
    return Scope(visitor.wallet, () if visitor.member is None else participants_of(snapshot, visitor.member))


def require_own(visitor: Visitor, account: str | None) -> None:
    """Raises ApiProblem 403 unless an account that is acted for is the visitor's own: no role acts for another."""
    if account is not None and checksummed(account) != visitor.wallet:
        raise ApiProblem(403, "other_wallet", "this is of another account", "sign in with the wallet that holds it")
