// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Role identifiers at the community's AccessManager
/// @notice 0 is the manager's admin role and type(uint64).max the public one, as OpenZeppelin defines them.
/// Which role may call which function is set at deployment and listed in `contracts/README.md`.
library Roles {
    /// @dev Members, participants, suspension, closure. Can forge no reading, enrolment or clearing.
    uint64 internal constant OPERATOR = 1;

    /// @dev Countersigns gateways, sets plausibility limits, records labelled corrections. Never the operator's account.
    uint64 internal constant METERING_OPERATOR = 2;

    /// @dev Registers devices, withdraws certificates.
    uint64 internal constant ISSUING_BODY = 3;

    /// @dev Mints the community euro against deposits and burns it on withdrawal.
    uint64 internal constant TREASURER = 4;

    /// @dev Sets consumption targets.
    uint64 internal constant COACH = 5;

    /// @dev Makes offers and redeems vouchers.
    uint64 internal constant PARTNER = 6;

    /// @dev Second approval of a lost key's replacement.
    uint64 internal constant RECOVERY_APPROVER = 7;

    /// @dev Asks members for consents. Reads nothing by itself: only a member's consent opens data.
    uint64 internal constant THIRD_PARTY = 8;
}
