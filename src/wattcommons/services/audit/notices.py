"""Events that change no entry of the book, each with the reason why; and a count of all events, by what reads them.

What is neither recomputed nor listed here is *unexplained*: a kind that came with a later version of the contracts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from wattcommons.services.audit import checks
from wattcommons.services.audit.report import EventKind, Findings

_POWERS: Final = "who may call what: whatever such a call changed is an entry of its own"
_REFUSED: Final = "a refusal: nothing was recorded, so nothing follows from it"
_APPROVAL: Final = "a permission to move tokens: every move is an entry of its own"
_CONSENT_OF_KEYS: Final = "a step towards a new wallet: the replacement itself is an entry"
_REPEATED: Final = "repeats what the token's own transfers say, and those are replayed"
_CREDIT: Final = "a limit or a warning: what follows from it is the dated credit flag"
_TECHNICAL: Final = "tells programs where to look again; moves nothing"

_CONTRACTS: Final = {"AccessManager": _POWERS}
_NAMES: Final = {"AuthorityUpdated": _POWERS, "EIP712DomainChanged": _TECHNICAL}
"""Contracts, and events of any contract, of which the same holds throughout."""
NOTICES: Final = {
    "MemberRegistry.ReplacementProposed": _CONSENT_OF_KEYS,
    "MemberRegistry.ReplacementApproved": _CONSENT_OF_KEYS,
    "MemberRegistry.ReplacementVetoed": _CONSENT_OF_KEYS,
    "OrderBook.OrderSkipped": _REFUSED,
    "MeterLedger.RunSkipped": _REFUSED,
    "CommunityEuro.Approval": _APPROVAL,
    "CommunityEuro.MemberTransfersSet": _APPROVAL,
    "CommunityEuro.Recovered": _REPEATED,
    "GuaranteeOfOrigin.ApprovalForAll": _APPROVAL,
    "GuaranteeOfOrigin.Recovered": _REPEATED,
    "GuaranteeOfOrigin.URI": _TECHNICAL,
    "EnergyMarket.CreditLimitSet": _CREDIT,
    "EnergyMarket.CreditLow": _CREDIT,
    "Ecopoints.Approval": _APPROVAL,
}
"""`Contract.Event` -> why no entry follows from it."""


def reason(key: str) -> str:
    """Why no entry follows from a kind of event; empty when it is not known."""
    contract, _, name = key.partition(".")
    return NOTICES.get(key) or _CONTRACTS.get(contract) or _NAMES.get(name, "")


def explained(seen: Counter[str], read: Collection[str], findings: Findings) -> tuple[EventKind, ...]:
    """All kinds of events that were seen, by name; one that nothing explains is a broken entry."""
    kinds = []
    for key, count in sorted(seen.items()):
        findings.count(checks.EXPLAINED, count)
        if key in read:
            kinds.append(EventKind(key, count, "recomputed"))
        elif why := reason(key):
            kinds.append(EventKind(key, count, "noted", why))
        else:
            kinds.append(EventKind(key, count, "unexplained"))
            found = f"{count:,} of them, which this audit does not know"
            findings.broken(checks.EXPLAINED, f"events {key}", "events that a recomputation explains", found)
    noted = sum(kind.count for kind in kinds if kind.how == "noted")
    findings.note(checks.EXPLAINED, f"{sum(seen.values()) - noted:,} recomputed, {noted:,} change no entry")
    return tuple(kinds)
