// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Sets of participants as bits of a word
library WordBits {
    /// @notice Participants to a word: as many as an interval trace's value has bits.
    uint256 internal constant PER_WORD = 224;

    /// @notice Word of a participant and its bit there: participants 1 to 224 are in word 0.
    function placeOf(uint32 participant) internal pure returns (uint256 word, uint224 bit) {
        uint256 position = uint256(participant) - 1;
        return (position / PER_WORD, uint224(1) << uint224(position % PER_WORD));
    }

    /// @notice Position of the lowest one. @dev Warning: meaningless for zero.
    function lowest(uint256 bits) internal pure returns (uint256 position) {
        unchecked {
            bits &= 0 - bits;
            if (bits > type(uint128).max) position = 128;
            if (bits >> position > type(uint64).max) position += 64;
            if (bits >> position > type(uint32).max) position += 32;
            if (bits >> position > type(uint16).max) position += 16;
            if (bits >> position > type(uint8).max) position += 8;
            if (bits >> position > 15) position += 4;
            if (bits >> position > 3) position += 2;
            if (bits >> position > 1) position += 1;
        }
    }
}
