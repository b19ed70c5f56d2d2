// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./interfaces/IIntervalClock.sol";

/// @title Interval arithmetic shared by every contract of a community
abstract contract IntervalClock is IIntervalClock {
    /// @inheritdoc IIntervalClock
    uint32 public immutable intervalLength;

    /// @inheritdoc IIntervalClock
    uint32 public immutable gateLead;

    constructor(uint32 lengthSeconds, uint32 leadSeconds) {
        require(
            lengthSeconds == 900 || lengthSeconds == 1800 || lengthSeconds == 3600,
            IntervalLengthInvalid(lengthSeconds)
        );
        intervalLength = lengthSeconds;
        gateLead = leadSeconds;
    }

    /// @inheritdoc IIntervalClock
    function firstOpenInterval() public view returns (uint32) {
        uint256 length = intervalLength;
        return uint32((block.timestamp + gateLead + length - 1) / length);
    }

    /// @dev Unix second at which the interval ends, exclusive.
    function _endOf(uint256 interval) internal view returns (uint256) {
        return (interval + 1) * intervalLength;
    }

    /// @dev Reverts unless the interval's gate is open.
    function _requireOpen(uint32 interval) internal view {
        uint32 firstOpen = firstOpenInterval();
        require(interval >= firstOpen, IntervalGateClosed(interval, firstOpen));
    }
}
