"""Refusals of export groups, in sentences that say what to do."""

from __future__ import annotations

from typing import Any, Final

from eth_utils.address import to_checksum_address

from wattcommons.chain.enrolment_refusals import second_text
from wattcommons.domain.export_book import GroupState
from wattcommons.errors import ChainError, RevertedError, RuleError

_PLAN: Final = "see `watt export plan`"
_LIST: Final = "see `watt export list`"


def explained(error: RevertedError) -> RuleError | ChainError:
    """A refusal as a sentence and what to do about it; an error that nobody can correct is given back as it is."""
    return _of_groups(error.error, error.arguments) or _of_certificates(error.error, error.arguments) or error


def state_word(state: int) -> str:
    """open, complete or exported."""
    return GroupState(state).name.lower()


def _of_groups(name: str, said: dict[str, Any]) -> RuleError | None:
    match name:
        case "ExportGroupUnknown":
            return RuleError(f"there is no export group {said['group']}", _LIST)
        case "ExportGroupState":
            return RuleError(
                f"export group {said['group']} is {state_word(said['state'])}",
                "Wh go into an open one, out of one that is not exported; a decision is made on a complete one",
            )
        case "ExportNotGroupMember":
            return RuleError(
                f"export group {said['group']} is not of {_address(said['caller'])}",
                "its member acts with the key of the wallet of the day",
            )
        case "ExportOtherDevice":
            return RuleError(f"certificate {said['id']} is not of device {said['device']}", "a group is of one device")
        case "ExportTooMuch":
            return RuleError(
                f"{said['wh']:,} Wh are more than the {said['missingWh']:,} Wh that export group {said['group']} needs",
                f"somebody added to it meanwhile: {_PLAN}",
            )
        case "ExportNotInGroup":
            return RuleError(
                f"export group {said['group']} has {said['lockedWh']:,} Wh of certificate {said['id']}, "
                f"not {said['wh']:,}",
                _LIST,
            )
        case "ExportTooLate":
            return RuleError(
                f"the oldest Wh of export group {said['group']} could change owner until "
                f"{second_text(said['transferableUntil'])}",
                "its member releases it and makes another of newer ones",
            )
        case "ExportReferenceZero":
            return RuleError("a reference of zeros stands for none", "give the number that the national registry gave")
        case "ExportReferenceUsed":
            return RuleError(f"export group {said['group']} has this reference", "each group has a number of its own")
        case _:
            return None


def _of_certificates(name: str, said: dict[str, Any]) -> RuleError | None:
    match name:
        case "GuaranteeNotAccountHolder":
            return RuleError(
                f"{_address(said['account'])} is not the wallet of a member with an open account",
                "only account holders' certificates go into a group, and out of one",
            )
        case "GuaranteeTransferClosed" | "GuaranteeExpired":
            return RuleError(f"certificate {said['id']} is too old for this", _PLAN)
        case "ERC1155InsufficientBalance":
            return RuleError(
                f"certificate {said['tokenId']}: {said['balance']:,} Wh are held, {said['needed']:,} are asked for",
                f"they moved meanwhile: {_PLAN}",
            )
        case "AccessManagedUnauthorized":
            return RuleError(
                f"{_address(said['caller'])} is not the issuing body", "this is decided with the issuing body's key"
            )
        case _:
            return None


def _address(value: object) -> str:
    # Decoded from a revert, an address has lost its checksum; people compare what they are shown.
    return str(to_checksum_address(str(value)))
