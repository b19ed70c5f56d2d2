// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Words of a memory array without the bounds check
library MemoryWords {
    /// @dev Warning: the caller's loop must keep `position` below the array's length.
    function read(uint256[] memory words, uint256 position) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(words, 0x20), shl(5, position)))
        }
    }
}
