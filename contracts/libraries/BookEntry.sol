// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A participant's line in the book of one interval, packed in a word
/// @notice participant 32 bits (high) | effective limit + 2^39, µ€/kWh 40 | offered Wh 24 | side 2 | present 1 |
/// stored reading 51 (low; see `PackedReadings`).
library BookEntry {
    uint256 internal constant NONE = 0;
    uint256 internal constant SELLER = 1;
    uint256 internal constant BUYER = 2;

    int256 private constant BIAS = 1 << 39;
    uint256 private constant PRESENT = 1 << 51;

    /// @dev A participant without a reading in time.
    function absent(uint256 participant_) internal pure returns (uint256) {
        return participant_ << 224;
    }

    /// @dev A participant that trades with the grid only.
    function gridOnly(uint256 participant_, uint256 stored) internal pure returns (uint256) {
        return (participant_ << 224) | PRESENT | stored;
    }

    /// @dev A grid-only line turned into an offer to the neighbours.
    function withOffer(uint256 entry, uint256 side_, int256 limit_, uint256 offered_) internal pure returns (uint256) {
        unchecked {
            return entry | (uint256(limit_ + BIAS) << 184) | (offered_ << 160) | (side_ << 158);
        }
    }

    function participant(uint256 entry) internal pure returns (uint32) {
        return uint32(entry >> 224);
    }

    function limit(uint256 entry) internal pure returns (int256) {
        unchecked {
            return int256((entry >> 184) & 0xffffffffff) - BIAS;
        }
    }

    function offered(uint256 entry) internal pure returns (uint256) {
        return (entry >> 160) & 0xffffff;
    }

    function side(uint256 entry) internal pure returns (uint256) {
        return (entry >> 158) & 3;
    }

    function isPresent(uint256 entry) internal pure returns (bool) {
        return entry & PRESENT != 0;
    }

    function reading(uint256 entry) internal pure returns (uint256) {
        return entry & ((1 << 51) - 1);
    }
}
