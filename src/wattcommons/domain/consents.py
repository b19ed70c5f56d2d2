"""Consents: what may be read of a participant, by whom, how often, from when until when.

A consent given is good for reads in [max(given, `valid_from`), end) of data of [`valid_from`, end). The end is the
first of `valid_until`, the end of the participant's ownership, revocation and termination. Time ends a consent by
itself; nobody records it. All times are unix seconds; every end is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from wattcommons.domain.accounts import Account
from wattcommons.domain.units import ParticipantIndex, checked_participant
from wattcommons.errors import RuleError

MAX_PERIOD_S: Final = 1096 * 86_400
"""Three years: between a consent's beginning, or now, and its end."""
REQUEST_LIFE_S: Final = 30 * 86_400
"""How long a request can be answered, and is not made again."""
MAX_READS_PER_DAY: Final = 4
"""Reads a day (UTC) without the member present."""
PURPOSE_BYTES: Final = 32
FOREVER_S: Final = 2**64 - 1
"""End of an ownership that nobody has ended."""


class Granularity(IntEnum):
    """What may be done; each needs a consent of its own. THIRD_PARTY: handing on what another consent lets one read."""

    DAILY = 1
    INTERVAL = 2
    COMPARISON = 3
    THIRD_PARTY = 4


class Directions(IntFlag):
    """Which way the energy went."""

    IMPORT = 1
    EXPORT = 2


class ConsentState(IntEnum):
    """Where a consent stands; final from REJECTED on. EXPIRED follows from time."""

    RECEIVED = 1
    VALID = 2
    REJECTED = 3
    REVOKED_BY_PSU = 4
    EXPIRED = 5
    TERMINATED_BY_TPP = 6


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What is consented to. `purpose`: 32 bytes, a code (`purpose_code`) or a hash of the text shown to the member.

    `reads_per_day`: 1 to 4. `valid_from` in the past opens history. Raises RuleError when a field is out of range.
    """

    participant: ParticipantIndex
    grantee: Account
    directions: Directions
    granularity: Granularity
    reads_per_day: int
    purpose: bytes
    valid_from: int
    valid_until: int

    def __post_init__(self) -> None:
        checked_participant(self.participant)
        if not Directions.IMPORT <= self.directions <= Directions.IMPORT | Directions.EXPORT:
            raise RuleError(f"directions are {int(self.directions)}", "1 for import, 2 for export, 3 for both")
        if self.granularity not in tuple(Granularity):
            raise RuleError(
                f"granularity is {int(self.granularity)}", "1 daily, 2 interval, 3 comparison, 4 handing on"
            )
        if not 1 <= self.reads_per_day <= MAX_READS_PER_DAY:
            raise RuleError(f"{self.reads_per_day} reads a day", f"1 to {MAX_READS_PER_DAY} are possible")
        if len(self.purpose) != PURPOSE_BYTES or not any(self.purpose):
            raise RuleError("the purpose is missing", "a consent says what for: a code or the hash of a text, 32 bytes")
        if not 0 <= self.valid_from < self.valid_until <= self.valid_from + MAX_PERIOD_S:
            raise RuleError(
                f"a consent from {self.valid_from} until {self.valid_until}",
                "the end is later than the beginning, by three years (1,096 days) at most",
            )

    def check_at(self, now: int, owned_until: int) -> None:
        """Whether this can be asked for or given at second `now`, of a participant owned until another second.

        Raises RuleError when it is over or too long already, or the ownership ends before it begins.
        """
        if not now < self.valid_until <= now + MAX_PERIOD_S:
            raise RuleError(
                f"a consent until {self.valid_until}, {self.valid_until - now} s from now",
                "it ends in the future, in three years (1,096 days) at most",
            )
        if now >= owned_until or self.valid_from >= owned_until:
            raise RuleError(
                f"participant {self.participant} changes hands at {owned_until}", "its new owner has a new participant"
            )


@dataclass(slots=True)
class Consent:
    """One consent or request. `requested_at`, `granted_at`, `ended_at`: seconds; 0 for what has not happened.

    `ended_as`: REJECTED, REVOKED_BY_PSU or TERMINATED_BY_TPP once somebody ended it; None before, and when time did.
    """

    terms: ConsentTerms
    requested_at: int = 0
    granted_at: int = 0
    ended_at: int = 0
    ended_as: ConsentState | None = None

    def end(self, owned_until: int) -> int:
        """The second at which it ends or ended, as far as is known; of a request, its last to be answered is before."""
        ends = [self.terms.valid_until, owned_until]
        if not self.granted_at:
            ends.append(self.requested_at + REQUEST_LIFE_S)
        if self.ended_at:
            ends.append(self.ended_at)
        return min(ends)

    def state_at(self, now: int, owned_until: int) -> ConsentState:
        """Where it stands at second `now`, no earlier than the last thing done to it."""
        if self.ended_as is not None:
            return self.ended_as
        if now >= self.end(owned_until):
            return ConsentState.EXPIRED
        return ConsentState.VALID if self.granted_at else ConsentState.RECEIVED

    def is_valid(self, time: int, owned_until: int) -> bool:
        """Whether a read is, or was, allowed at a second."""
        begins = max(self.granted_at, self.terms.valid_from)
        return self.granted_at != 0 and begins <= time < self.end(owned_until)


def purpose_code(code: str) -> bytes:
    """A purpose's code, up to 32 ASCII characters without blanks, as the 32 bytes that stand on the chain.

    Raises RuleError for anything else: no free words, because everybody on the chain can read them.
    """
    if not code or len(code) > PURPOSE_BYTES or not all("!" <= letter <= "~" for letter in code):
        raise RuleError(f"{code!r} is no code of a purpose", "1 to 32 ASCII characters without blanks")
    return code.encode("ascii").ljust(PURPOSE_BYTES, b"\0")


def purpose_of(purpose: bytes) -> str | None:
    """The code in a purpose's 32 bytes; None for a hash."""
    text = purpose.rstrip(b"\0")
    if text and all(0x21 <= byte <= 0x7E for byte in text):
        return text.decode("ascii")
    return None
