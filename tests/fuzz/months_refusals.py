"""What the token refuses, by the name of its error and in the order of its checks; None where it must obey.

Written from IGuaranteeOfOrigin; the register of the domain is asked besides, and knows no names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tests.fuzz.model import Model
from wattcommons.domain.accounts import Account
from wattcommons.domain.guarantees import CertificateId

UNAUTHORISED = "AccessManagedUnauthorized"
NOT_APPROVED = "ERC1155MissingApprovalForAll"
NOT_OF_THE_DOMAIN = frozenset(
    (UNAUTHORISED, NOT_APPROVED, "GuaranteeNoSuccessor", "CorrectionNotSettled", "ExportNotGroupMember")
)
"""Who may call what, and when an interval is final, are no rules of the register."""
Entries = Sequence[tuple[CertificateId, int]]


def transfer_refusal(model: Model, sender: str, source: str, target: str, entries: Entries) -> str | None:
    """`safeTransferFrom` and `safeBatchTransferFrom`; nobody is approved here."""
    if sender != source:
        return NOT_APPROVED
    return _update_refusal(model, source, target, entries)


def cancel_refusal(model: Model, holder: str, entries: Entries) -> str | None:
    if not model.is_holder(holder):
        return "GuaranteeNotAccountHolder"
    return _update_refusal(model, holder, None, entries)


def withdrawal_refusal(model: Model, by_body: bool, holder: str | None, one: CertificateId, wh: int) -> str | None:
    """`holder` is None for a claim."""
    if not by_body:
        return UNAUTHORISED
    if holder is not None:
        return _update_refusal(model, holder, None, [(one, wh)])
    waiting = model.certificates.waiting(one)
    if wh == 0:
        return "GuaranteeAmountZero"
    if model.certificates.lifetime(one).has_expired(model.now):
        return "GuaranteeExpired"
    return "GuaranteeClaimTooSmall" if waiting is None or wh > waiting.wh else None


def claim_refusal(model: Model, one: CertificateId) -> str | None:
    waiting = model.certificates.waiting(one)
    if waiting is None:
        return "GuaranteeNothingToClaim"
    if model.certificates.lifetime(one).has_expired(model.now):
        return "GuaranteeExpired"
    return None if model.is_holder(model.wallet_of(waiting.claimant)) else "GuaranteeNotAccountHolder"


def recovery_refusal(model: Model, old: str, ids: Sequence[CertificateId]) -> str | None:
    heir = model.heir_of(old)
    if heir is None:
        return "GuaranteeNoSuccessor"
    return _update_refusal(model, old, heir, [(one, model.certificates.balance(one, Account(old))) for one in ids])


def lock_refusal(model: Model, holder: str, entries: Entries) -> str | None:
    """Into an export group."""
    if not model.is_holder(holder):
        return "GuaranteeNotAccountHolder"
    return _entries_refusal(model, entries, lambda one: model.certificates.balance(one, Account(holder)), moves=True)


def unlock_refusal(model: Model, holder: str, entries: Entries) -> str | None:
    """Out of an export group."""
    if not model.is_holder(holder):
        return "GuaranteeNotAccountHolder"
    return _entries_refusal(model, entries, model.certificates.locked, moves=False)


def _update_refusal(model: Model, source: str, target: str | None, entries: Entries) -> str | None:
    """The one way that all Wh go; `target` is None at the end of their life."""
    moves = target is not None and model.heir_of(source) != target
    if moves and not model.is_holder(source):
        return "GuaranteeNotAccountHolder"
    if target is not None and not model.is_holder(target):
        return "GuaranteeNotAccountHolder"
    return _entries_refusal(model, entries, lambda one: model.certificates.balance(one, Account(source)), moves=moves)


def _entries_refusal(
    model: Model, entries: Entries, balance: Callable[[CertificateId], int], *, moves: bool
) -> str | None:
    """Of one certificate after the other; `moves`: to another owner."""
    gone: Counter[CertificateId] = Counter()
    for one, wh in entries:
        life = model.certificates.lifetime(one)
        if wh == 0:
            return "GuaranteeAmountZero"
        if moves and model.now >= life.transferable_until:
            return "GuaranteeTransferClosed"
        if life.has_expired(model.now):
            return "GuaranteeExpired"
        gone[one] += wh
        if gone[one] > balance(one):
            return "ERC1155InsufficientBalance"
    return None
