// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Number of ones in a roster word
library BitCount {
    /// @notice Number of ones in `word`, at most 224. Constant cost: pairs, nibbles, bytes, then one product.
    function ones(uint224 word) internal pure returns (uint256) {
        unchecked {
            uint256 x = word;
            x -= (x >> 1) & 0x5555555555555555555555555555555555555555555555555555555555555555;
            x =
                (x & 0x3333333333333333333333333333333333333333333333333333333333333333) +
                ((x >> 2) & 0x3333333333333333333333333333333333333333333333333333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            // The top byte of the product is the sum of all bytes; 224 fits it.
            return (x * 0x0101010101010101010101010101010101010101010101010101010101010101) >> 248;
        }
    }
}
