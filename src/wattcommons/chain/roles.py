"""Who may do what: the AccessManager's roles and the functions each role alone may call.

The same table stands in contracts/README.md; a test compares the two and the contracts.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """Role identifiers in the AccessManager (contracts/libraries/Roles.sol); 0 is its administrator."""

    ADMIN = 0
    OPERATOR = 1
    METERING_OPERATOR = 2
    ISSUING_BODY = 3
    TREASURER = 4
    COACH = 5
    PARTNER = 6
    RECOVERY_APPROVER = 7
    THIRD_PARTY = 8


RESTRICTED: Final[dict[str, dict[str, Role]]] = {
    "MemberRegistry": {
        "registerMember": Role.OPERATOR,
        "setMemberActive": Role.OPERATOR,
        "proposeReplacement": Role.OPERATOR,
        "approveReplacement": Role.RECOVERY_APPROVER,
        "enrol": Role.OPERATOR,
        "handOver": Role.OPERATOR,
        "setLimits": Role.METERING_OPERATOR,
        "setSuspended": Role.OPERATOR,
        "close": Role.OPERATOR,
        "registerDevice": Role.ISSUING_BODY,
        "bindDevice": Role.ISSUING_BODY,
        "setDeviceIssuable": Role.ISSUING_BODY,
    },
    "TariffSchedule": {
        "addBand": Role.OPERATOR,
        "setDefault": Role.OPERATOR,
        "schedule": Role.OPERATOR,
    },
    "CommunityEuro": {
        "mint": Role.TREASURER,
        "mintToAccount": Role.TREASURER,
        "redeemFrom": Role.TREASURER,
        "setMemberTransfers": Role.OPERATOR,
    },
    "EnergyMarket": {
        "withdrawPooled": Role.TREASURER,
        "setCreditLimit": Role.TREASURER,
    },
    "GuaranteeOfOrigin": {"withdraw": Role.ISSUING_BODY},
    "Ecopoints": {"publishOffer": Role.PARTNER},
    "GreenCoach": {"setTarget": Role.COACH},
    "ConsentRegistry": {"request": Role.THIRD_PARTY},
    "Corrections": {"correct": Role.METERING_OPERATOR},
    "ExportGroups": {"giveBack": Role.ISSUING_BODY, "decline": Role.ISSUING_BODY, "exportGroup": Role.ISSUING_BODY},
}
"""Contract -> restricted function -> the role that may call it."""
