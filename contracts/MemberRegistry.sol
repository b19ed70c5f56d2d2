// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {RegistryDevices} from "./registry/Devices.sol";
import {RegistryMembers} from "./registry/Members.sol";
import {RegistryParticipants} from "./registry/Participants.sol";

/// @title Members, participants and devices of one community
/// @notice What every function does is said in `interfaces/IMemberRegistry.sol`; the parts are in `registry/`.
contract MemberRegistry is RegistryDevices {
    /// @param authority the community's AccessManager
    /// @param lengthSeconds interval length: 900, 1800 or 3600
    /// @param leadSeconds how long before an interval its gate closes
    /// @param ledgerAddress the meter ledger, the only one that declares silence
    /// @param delaySeconds from the approval of a key replacement to its execution; the veto's guaranteed window
    constructor(
        address authority,
        uint32 lengthSeconds,
        uint32 leadSeconds,
        address ledgerAddress,
        uint64 delaySeconds
    )
        AccessManaged(authority)
        IntervalClock(lengthSeconds, leadSeconds)
        RegistryMembers(delaySeconds)
        RegistryParticipants(ledgerAddress)
    {}
}
