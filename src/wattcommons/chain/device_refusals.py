"""The contracts' refusals of what an issuing body does, in sentences that say what to do."""

from __future__ import annotations

from typing import Any, Final

from eth_utils.address import to_checksum_address

from wattcommons.chain.enrolment_refusals import interval_text, second_text
from wattcommons.domain.intervals import IntervalLength
from wattcommons.errors import ChainError, RevertedError, RuleError

_LAST_SECOND: Final = 253_402_300_799


def explained(error: RevertedError, length: IntervalLength) -> RuleError | ChainError:
    """A refusal as a sentence and what to do about it; an error that nobody can correct is given back as it is."""
    name, said = error.error, error.arguments
    return _of_right(name, said) or _of_devices(name, said, length) or _of_certificates(name, said) or error


def _of_right(name: str, said: dict[str, Any]) -> RuleError | None:
    match name:
        case "AccessManagedUnauthorized":
            return RuleError(
                f"{to_checksum_address(str(said['caller']))} is no issuing body of this community",
                "use the key of an account that holds the issuing body's role",
            )
        case "AccessManagedRequiredDelay":
            return RuleError(
                f"{to_checksum_address(str(said['caller']))} may act only {said['delay']} seconds after announcing it",
                "use a key of the issuing body that acts at once",
            )
        case _:
            return None


def _of_devices(name: str, said: dict[str, Any], length: IntervalLength) -> RuleError | None:
    match name:
        case "RegistryDeviceUnknown":
            return RuleError(f"there is no device {said['device']}", "`watt device list` shows them all")
        case "RegistryDeviceValidity":
            return RuleError(
                f"the registration cannot hold until {_second(said['validUntil'])}",
                f"choose a moment that lies ahead, at the latest {_second(said['latest'])}: it is checked again "
                "every five years",
            )
        case "RegistryDeviceCodeInvalid":
            code = bytes(said["code"]).rstrip(b"\0").decode("ascii", "replace")
            return RuleError(f"{code!r} is no technology, fuel or country code", "like T010100, F01040100, FR")
        case "RegistryParticipantUnknown":
            return RuleError(f"nobody is participant {said['participant']}", "look up the participant's number")
        case "RegistryParticipantClosed":
            return RuleError(
                f"participant {said['participant']} ends at {interval_text(said['untilInterval'], length)}",
                "bind the device to who comes after, or earlier",
            )
        case "RegistryParticipantNotYetActive":
            return RuleError(
                f"participant {said['participant']} begins at {interval_text(said['fromInterval'], length)}",
                "bind the device from then on, or later",
            )
        case "RegistryParticipantHasDevice":
            return RuleError(
                f"participant {said['participant']} has device {said['device']} then",
                f"unbind that one first: `watt device unbind {said['device']} --from MOMENT`",
            )
        case "IntervalGateClosed":
            return RuleError(
                f"the gate of {interval_text(said['interval'], length)} is closed",
                f"choose {interval_text(said['firstOpen'], length)} or later",
            )
        case "TraceTooManyPending":
            return RuleError(
                f"too many changes are dated after {interval_text(said['from'], length)} already",
                "wait until some of them have begun, or begin later",
            )
        case _:
            return None


def _of_certificates(name: str, said: dict[str, Any]) -> RuleError | None:
    match name:
        case "ERC1155InsufficientBalance":
            holder = to_checksum_address(str(said["sender"]))
            return RuleError(
                f"{holder} holds {said['balance']:,} Wh of it, not {said['needed']:,}",
                "what was cancelled or given away cannot be withdrawn from there",
            )
        case "GuaranteeClaimTooSmall":
            return RuleError(
                f"{said['claimableWh']:,} Wh of it wait in a claim, not {said['wh']:,}",
                "what was claimed already is held by a wallet: --from-holder",
            )
        case "GuaranteeExpired":
            return RuleError(
                f"it has expired at {_second(said['cancellableUntil'])}",
                "what has expired counts to the residual mix and cannot be withdrawn",
            )
        case "GuaranteeNotIssued":
            return RuleError("this is no certificate's number", "it is device × 2^32 + interval")
        case "GuaranteeAmountZero":
            return RuleError("0 Wh cannot be withdrawn", "give 1 Wh or more")
        case _:
            return None


def _second(unix: int) -> str:
    return second_text(unix) if unix <= _LAST_SECOND else f"second {unix}"
