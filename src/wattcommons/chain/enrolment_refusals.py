"""The registry's refusals of an enrolment or a rotation, in sentences that say what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from eth_utils.address import to_checksum_address

from wattcommons.domain.intervals import IntervalLength, start_utc
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import ChainError, RevertedError, RuleError

_NEW_FILE: Final = "make a new file with `watt enrolment new`"


def explained(error: RevertedError, length: IntervalLength) -> RuleError | ChainError:
    """A refusal as a sentence and what to do about it; an error that nobody can correct is given back as it is."""
    return _sentence(error.error, error.arguments, length) or error


def interval_text(interval: int, length: IntervalLength) -> str:
    """When an interval begins: `2026-03-29 01:00 UTC`. Intervals past the year 9999 are told by their number."""
    if interval == MAX_INDEX:
        return "the end of time"
    try:
        return f"{start_utc(interval, length):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return f"interval {interval}"


def second_text(unix: int) -> str:
    """A unix second before the year 10000: `2026-03-29 01:00:00 UTC`."""
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _sentence(name: str, said: dict[str, Any], length: IntervalLength) -> RuleError | None:
    match name:
        case "IntervalGateClosed":
            return RuleError(
                f"the gate of {interval_text(said['interval'], length)} is closed",
                f"{_NEW_FILE} that begins later: at {interval_text(said['firstOpen'], length)} or after, "
                "with time for the signatures",
            )
        case "RegistrySignatureExpired":
            return RuleError(f"the signatures are void since {second_text(said['deadline'])}", _NEW_FILE)
        case "RegistrySignatureInvalid":
            return RuleError(
                f"the signature in the name of {_address(said['expectedSigner'])} is not by that account",
                f"the member's wallet was replaced, or the file was changed: {_NEW_FILE}",
            )
        case "RegistryRotationNonce":
            return RuleError(
                f"the key of participant {said['participant']} is at rotation {said['expected']}, "
                f"this file at {said['given']}",
                f"it was carried out, or another one was: look, and if it is still wanted, {_NEW_FILE}",
            )
        case "RegistryEnrolmentUsed":
            return RuleError("this enrolment was carried out already", "there is nothing left to do")
        case _:
            return _of_people(name, said) or _of_participants(name, said, length)


def _of_people(name: str, said: dict[str, Any]) -> RuleError | None:
    match name:
        case "RegistryNotMeteringOperator":
            return RuleError(
                f"{_address(said['account'])} is no metering operator of this community",
                "an account that holds the metering operator's role has to sign",
            )
        case "RegistrySecondApproverNeeded":
            return RuleError(
                f"{_address(said['account'])} cannot sign as metering operator: it is the member, an operator of the "
                "community or the account that submits",
                "an independent metering operator has to sign",
            )
        case "AccessManagedUnauthorized":
            return RuleError(
                f"{_address(said['caller'])} is no operator of this community",
                "an enrolment is submitted with an operator's key",
            )
        case "AccessManagedRequiredDelay":
            return RuleError(
                f"{_address(said['caller'])} may act only {said['delay']} seconds after announcing it",
                "submit with an operator's key that acts at once",
            )
        case "RegistryMemberUnknown":
            return RuleError(f"nobody is member {said['member']}", "the operator registers the member first")
        case "RegistryMemberInactive":
            return RuleError(f"the account of member {said['member']} is closed", "the operator opens it again first")
        case _:
            return None


def _of_participants(name: str, said: dict[str, Any], length: IntervalLength) -> RuleError | None:
    match name:
        case "RegistryParticipantUnknown":
            return RuleError(f"nobody is participant {said['participant']}", "look up the participant's number")
        case "RegistryParticipantClosed":
            return RuleError(
                f"participant {said['participant']} ends at {interval_text(said['untilInterval'], length)}",
                "its gateway needs no other key from then on",
            )
        case "RegistryParticipantNotYetActive":
            return RuleError(
                f"participant {said['participant']} begins at {interval_text(said['fromInterval'], length)}",
                f"{_NEW_FILE} that does not begin before",
            )
        case "RegistryFull":
            return RuleError(f"the community holds its most, {said['limit']} participants", "nobody can be added")
        case "TraceTooManyPending":
            return RuleError(
                f"too many changes are dated after {interval_text(said['from'], length)} already",
                "wait until some of them have begun, or begin later",
            )
        case _:
            return None


def _address(value: object) -> str:
    # Decoded from a revert, an address has lost its checksum; people compare what they are shown.
    return str(to_checksum_address(str(value)))
