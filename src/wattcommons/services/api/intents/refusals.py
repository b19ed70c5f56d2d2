"""Why the contracts refuse what a member signed, in words, and what to do then."""

from __future__ import annotations

import re
from typing import Any, Final

from wattcommons.errors import RevertedError
from wattcommons.services.store.app.intents import StoredRefusal

_AGAIN: Final = "make it anew and sign again"
_ORDER_REASONS: Final[dict[int, tuple[str, str, str]]] = {
    1: ("not_signer", "the signature is not the member's", "sign with the wallet you are enrolled with"),
    2: ("expired", "the time to send it has passed", _AGAIN),
    3: ("nonce_used", "a newer bid, or its end, was sent already", "look at your bids, then " + _AGAIN),
    4: ("gate_closed", "it begins at an interval that is closed already", "let it begin later, and sign again"),
    5: ("period", "it ends before it begins", "choose a later end"),
    6: ("limit", "a price limit is out of range", "choose a price within the range"),
    7: ("too_many_pending", "too many bids are dated ahead", "end some of them first"),
}
_LATE: Final = ("expired", "the time to send it has passed", _AGAIN)
_UNFIT: Final = ("not_signer", "the signature does not fit: of another wallet, or something was sent since", _AGAIN)
ERRORS: Final[dict[str, tuple[str, str, str]]] = {
    "ERC1155InsufficientBalance": ("balance", "you do not hold so much of a certificate", "choose less"),
    "GuaranteeExpired": ("certificate_expired", "a certificate has expired", "leave it out"),
    "GuaranteeNotIssued": ("not_found", "there is no such certificate", "look at your certificates"),
    "GuaranteeAmountZero": ("amount", "an amount is 0", "leave that certificate out"),
    "GuaranteeBatchSize": ("amount", "too many certificates at once", "use fewer at once"),
    "GuaranteePeriodInvalid": ("period", "the time it is used for is not possible", "choose another period"),
    "GuaranteeNotAccountHolder": ("no_account", "an account cannot hold certificates", "choose an active member's"),
    "GuaranteeTransferClosed": ("transfer_closed", "a certificate is too old to change hands", "use it instead"),
    "GuaranteeNothingToClaim": ("nothing_waits", "nothing waits to be claimed", "look at your certificates"),
    "GuaranteeLocked": ("locked", "these Wh lie in a group for a national registry", "release them first"),
    "ExportGroupUnknown": ("not_found", "there is no such group", "look at your groups"),
    "ExportGroupState": ("group_state", "the group does not stand so that this can be done", "look at it again"),
    "ExportNotGroupMember": ("not_yours", "the group is another member's", "choose one of yours"),
    "ExportOtherDevice": ("other_device", "a group is of one device", "choose certificates of its device"),
    "ExportTooMuch": ("amount", "the group needs less than that", "look at it again"),
    "ExportNotInGroup": ("balance", "the group does not have so much of a certificate", "look at it again"),
    "ExportBatchSize": ("amount", "too many certificates at once", "use fewer at once"),
    "ExportTooLate": ("group_too_old", "the group's oldest certificates are too old", "release it, and make another"),
    "ExportReferenceZero": ("reference", "a national reference is missing", "give the national registry's number"),
    "ExportReferenceUsed": ("reference_used", "another group has this reference", "give the group's own number"),
    "GuaranteeSignatureExpired": _LATE,
    "GuaranteeSignatureInvalid": _UNFIT,
    "GuaranteeTooMuch": ("too_much", "more than a certificate can hold", "look at the reading again"),
    "GuaranteeAlreadyIssued": ("already_issued", "the certificate is issued already", "look at your certificates"),
    "GuaranteeOnlyCorrections": ("role", "only a correction of a reading does this", "correct the reading instead"),
    "CorrectionReasonMissing": ("reason", "a correction needs a reason", "say in a few words what was wrong"),
    "CorrectionWindowClosed": ("window_closed", "the time to correct this reading is over", "leave it as it is"),
    "CorrectionNothingRecorded": ("no_reading", "there is no reading to correct", "let the gateway send it first"),
    "CorrectionNotSettled": ("not_settled", "the reading is not settled yet", "wait until it is, then correct it"),
    "CorrectionChangesNothing": ("nothing_changes", "the reading says so already", "nothing is left to do"),
    "CorrectionImplausible": (
        "implausible",
        "more than the connection's power allows",
        "correct the power limits first, or the reading",
    ),
    "CorrectionFillsUnknown": ("fills", "the trades given are not those of the interval", "give them as published"),
    "CorrectionFillsElsewhere": ("fills", "the participant's trade lies in another part", "give the part it lies in"),
    "ERC20InsufficientBalance": ("points", "you have not enough points", "choose an offer that costs less"),
    "EcopointsNotAccountHolder": ("no_account", "this wallet has no account for points", "ask the operator"),
    "EcopointsOfferUnknown": ("not_found", "there is no such offer", "look at the offers"),
    "EcopointsOfferClosed": ("offer_over", "the offer has ended", "choose another one"),
    "EcopointsOfferExpired": ("offer_over", "the offer has ended", "choose another one"),
    "EcopointsOfferSoldOut": ("offer_over", "the offer is sold out", "choose another one"),
    "EcopointsSignatureExpired": _LATE,
    "EcopointsSignatureInvalid": _UNFIT,
    "ConsentUnknown": ("not_found", "there is no such consent", "look at your consents"),
    "ConsentNotMember": ("not_yours", "the participant is another member's", "choose one of yours"),
    "ConsentOwnershipEnded": ("ended", "the participant is not yours any more", "nothing is left to do"),
    "ConsentStateWrong": ("consent_state", "the consent does not stand so that this can be done", "look at it again"),
    "ConsentTermsDiffer": ("consent_terms", "this is not what was asked for", "answer the request to the letter"),
    "ConsentPeriodInvalid": ("period", "the time of the consent is not possible", "choose at most three years"),
    "ConsentSignatureExpired": _LATE,
    "ConsentSignatureInvalid": _UNFIT,
}
"""A contract's error: code, what is wrong, what to do."""


def refusal_of(error: RevertedError) -> StoredRefusal:
    """The words for a contract's refusal."""
    if error.error == "OrderRefused":
        return order_refusal(int(str(error.arguments.get("reason", 0))), error.arguments.get("detail"))
    found = ERRORS.get(error.error)
    if found is not None:
        return StoredRefusal(*found)
    name = error.error or "Refused"
    code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return StoredRefusal(code, f"the community's rules refuse it: {words}", "look at its state again, then " + _AGAIN)


def order_refusal(reason: int, detail: Any = None) -> StoredRefusal:
    """The words for an OrderRefusal of the order book."""
    code, words, advice = _ORDER_REASONS.get(reason, ("refused", "the order book refuses it", _AGAIN))
    if code == "gate_closed" and detail is not None:
        words += f"; the first open one is {detail}"
    return StoredRefusal(code, words, advice)
