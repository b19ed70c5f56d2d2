"""What the fuzz of certificates over months must come across, so that it cannot become empty unseen."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Seen(StrEnum):
    """A situation, in words. The walks reach each of them."""

    ISSUED = "a settlement issues to the producer's wallet"
    ISSUED_TO_CLAIM = "a settlement issues to a claim: the producer may hold nothing"
    ISSUED_EXPIRED = "an interval is settled after its certificates have expired"
    ESTIMATE_SETTLED = "an estimated reading is settled and earns nothing"
    LATE_SETTLED = "a late reading is settled"
    LATE_CORRECTED = "a late reading is corrected after its settlement"
    ESTIMATE_CORRECTED = "a corrected estimate earns its first certificates"

    BARRED_STORAGE = "a storage device earns nothing"
    BARRED_SUPPORTED = "a supported device earns nothing"
    BARRED_SUSPENDED = "a suspended device earns nothing"
    BARRED_LAPSED = "a device whose registration has lapsed earns nothing"
    LAST_COVERED = "an interval that ends when the registration lapses earns still"
    RESUMED = "a device that earned nothing once earns again"

    CORRECTED_UP = "a correction issues more"
    CORRECTED_TO_ZERO = "a correction leaves no production"
    CORRECTED_AGAIN = "a reading is corrected a second time"
    TAKEN_FROM_WALLET = "a correction takes from the producer's wallet"
    TAKEN_FROM_CLAIM = "a correction takes from the producer's claim"
    LAST_CORRECTION = "a correction in the last second of the window"
    CORRECTED_TOO_LATE = "a correction after the window is refused"
    CORRECTED_TOO_MUCH = "a correction beyond the Wh that have a number is refused"

    DEBT_GIVEN_AWAY = "a device owes Wh that its producer gave away"
    DEBT_CANCELLED = "a device owes Wh that its producer cancelled"
    DEBT_KEY_LOST = "a device owes Wh that lie in its producer's lost wallet"
    DEBT_PAID = "an issue pays a device's debt"
    DEBT_PAID_IN_PART = "an issue pays a part of a device's debt"
    DEBT_PAID_BY_CORRECTION = "what a correction issues pays a device's debt"
    DEBT_PAID_BY_ANOTHER = "the device's next owner pays its debt"
    DEBT_KEPT_EXPIRED = "an issue that has expired already pays no debt"

    TRANSFERRED = "Wh change hands"
    TRANSFERRED_MANY = "Wh of several certificates change hands at once"
    MANY_REFUSED = "one bad certificate refuses a whole batch"
    TO_STRANGER_REFUSED = "Wh cannot go to an account of nobody"
    LAST_TRANSFER = "a transfer in the last second of the 12 months"
    TRANSFER_CLOSED = "a transfer at 12 months is refused"
    CANCELLED = "Wh are cancelled"
    LAST_CANCELLATION = "a cancellation in the last second of the 18 months"
    CANCELLATION_EXPIRED = "a cancellation at 18 months is refused"
    WITHDRAWN = "the issuing body withdraws from a holder"
    WITHDRAWN_CLAIM = "the issuing body withdraws from a claim"
    WITHDRAWAL_EXPIRED = "the issuing body comes too late"
    CLAIM_DELIVERED = "a claim is delivered"
    CLAIM_REFUSED = "a claim waits on, for its producer may still hold nothing"
    RECOVERED = "certificates follow a replaced wallet"
    RECOVERED_MANY = "several certificates follow a replaced wallet at once"
    RECOVERY_EXPIRED = "expired certificates follow nobody"
    EXPIRED_HELD = "Wh expire in their holder's wallet"

    GROUPED = "a group is opened"
    GROUP_ADDED = "Wh are added to a group"
    GROUP_TOO_MUCH = "a group takes no more than 1 MWh"
    GROUP_COMPLETE = "a group becomes complete"
    LAST_GROUPING = "Wh are added to a group in the last second of their 12 months"
    GROUPING_CLOSED = "Wh cannot go into a group at 12 months"
    GROUP_RELEASED = "a member takes Wh out of its group"
    GIVEN_BACK = "the issuing body gives Wh of a group back"
    GROUP_OF_ANOTHER = "nobody takes anything out of another's group"
    LAST_RELEASE = "Wh leave a group in the last second of their 18 months"
    RELEASE_EXPIRED = "Wh cannot leave a group at 18 months"
    EXPIRED_STAYS = "living Wh leave a group in which others have expired"
    EXPIRED_GROUPED = "Wh expire in a group"
    RELEASED_TO_HEIR = "Wh leave a group to the wallet that replaced the one they came from"
    OLD_KEY_REFUSED = "a replaced wallet takes nothing out of its member's group"
    RELEASE_TO_CLOSED = "nothing leaves a group while its member's account is closed"
    DECLINED = "the issuing body sends a complete group back"
    EXPORTED = "a group is exported"
    EXPORTED_CLOSED = "a group is exported while its member's account is closed"
    REFERENCE_USED = "a national reference is not given twice"
    LAST_EXPORT = "a group is exported in the last second of its oldest Wh's 12 months"
    EXPORT_TOO_LATE = "a group whose oldest Wh are too old is not exported"
    EXPORT_ANEW = "what is too late in one group, for Wh that have left it, is exported in another"
    DEBT_GROUPED = "a device owes Wh that its producer grouped"
    DEBT_EXPORTED = "a device owes Wh that were exported"
    DEBT_PAID_BESIDE_GROUP = "an issue pays for Wh that stay in their group"


ALWAYS: Final = (
    Seen.ISSUED,
    Seen.LATE_SETTLED,
    Seen.LATE_CORRECTED,
    Seen.BARRED_STORAGE,
    Seen.BARRED_SUPPORTED,
    Seen.RESUMED,
    Seen.CORRECTED_UP,
    Seen.CORRECTED_TO_ZERO,
    Seen.TAKEN_FROM_WALLET,
    Seen.DEBT_GIVEN_AWAY,
    Seen.DEBT_PAID,
    Seen.DEBT_PAID_BY_ANOTHER,
    Seen.TRANSFERRED,
    Seen.CANCELLED,
    Seen.RECOVERED,
    Seen.EXPIRED_HELD,
    Seen.GROUPED,
    Seen.GROUP_COMPLETE,
    Seen.GROUP_RELEASED,
    Seen.EXPORTED,
    Seen.DEBT_GROUPED,
)
"""What even the short run of Hypothesis reaches."""
