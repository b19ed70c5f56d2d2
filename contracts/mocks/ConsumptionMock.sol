// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Measured consumption, set by hand
contract ConsumptionMock {
    mapping(uint32 participant => mapping(uint32 interval => uint256)) private _stored;

    /// @dev Gives `count` intervals a measured reading of `wh` each.
    function measure(uint32 participant, uint32 first, uint32 count, uint24 wh) external {
        for (uint32 i; i < count; ++i) {
            _stored[participant][first + i] = uint256(wh) + 1;
        }
    }

    function forget(uint32 participant, uint32 interval) external {
        delete _stored[participant][interval];
    }

    function measuredConsumption(
        uint32 participant,
        uint32 first,
        uint32 count
    ) external view returns (uint256 wh, uint32 measured) {
        for (uint32 i; i < count; ++i) {
            uint256 stored = _stored[participant][first + i];
            if (stored == 0) continue;
            wh += stored - 1;
            ++measured;
        }
    }
}
