// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The community's settlement clock
/// @notice Interval `i` lasts from `i * length` to `(i + 1) * length` in Unix seconds (UTC).
/// Orders and everything else a clearing reads may change only for intervals whose gate is open:
/// those that start at least `gateLead` seconds from now.
interface IIntervalClock {
    /// @notice The interval length is not 900, 1800 or 3600 seconds.
    error IntervalLengthInvalid(uint32 lengthSeconds);

    /// @notice The interval's gate has closed.
    /// @param interval the interval asked for
    /// @param firstOpen the first interval that can still be changed
    error IntervalGateClosed(uint32 interval, uint32 firstOpen);

    /// @notice Length of an interval in seconds: 900, 1800 or 3600.
    function intervalLength() external view returns (uint32);

    /// @notice Seconds by which the gate closes before an interval begins.
    function gateLead() external view returns (uint32);

    /// @notice The first interval that starts at or after now + `gateLead`.
    function firstOpenInterval() external view returns (uint32);
}
