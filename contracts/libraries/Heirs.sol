// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";

/// @title Who owns what a replaced wallet still holds
library Heirs {
    /// @dev Replacements in a row that are followed at once; successions never form a circle.
    uint256 private constant MAX_SUCCESSIONS = 16;

    /// @notice The wallet that finally took over from `wallet`; zero when it was never replaced.
    function heirOf(IMemberRegistry registry, address wallet) internal view returns (address heir) {
        address next = registry.successorOf(wallet);
        for (uint256 i; next != address(0) && i < MAX_SUCCESSIONS; ++i) {
            heir = next;
            next = registry.successorOf(heir);
        }
    }
}
