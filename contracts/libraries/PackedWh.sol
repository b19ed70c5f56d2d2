// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Ten consecutive intervals' Wh of a device in one storage slot
/// @notice 24 bits each, interval i at bits 24·(i mod 10). A certificate's id is device << 32 | interval; ids of the
/// same device and the same group of ten intervals share a slot.
library PackedWh {
    /// @dev Most Wh that a reading, and so a certificate, can hold.
    uint256 internal constant MAX = type(uint24).max;

    uint256 private constant PER_SLOT = 10;
    uint256 private constant BITS = 24;

    /// @notice Wh of an id.
    /// @dev Warning: only for ids below 2^64.
    function get(mapping(uint256 => uint256) storage slots, uint256 id) internal view returns (uint256) {
        (uint256 slot, uint256 shift) = _place(id);
        return (slots[slot] >> shift) & MAX;
    }

    /// @notice Sets the Wh of an id that has none yet.
    /// @return before Wh it has already; when not zero, nothing is set
    /// @dev Warning: `wh` must be at most `MAX`.
    function put(mapping(uint256 => uint256) storage slots, uint256 id, uint256 wh) internal returns (uint256 before) {
        (uint256 slot, uint256 shift) = _place(id);
        uint256 word = slots[slot];
        before = (word >> shift) & MAX;
        if (before == 0) slots[slot] = word | (wh << shift);
    }

    /// @notice Adds Wh to an id.
    /// @dev Warning: the sum must be at most `MAX`, else it spills into the next interval's.
    function add(mapping(uint256 => uint256) storage slots, uint256 id, uint256 wh) internal {
        (uint256 slot, uint256 shift) = _place(id);
        slots[slot] += wh << shift;
    }

    /// @notice Takes Wh from an id, which must have them.
    function sub(mapping(uint256 => uint256) storage slots, uint256 id, uint256 wh) internal {
        (uint256 slot, uint256 shift) = _place(id);
        slots[slot] -= wh << shift;
    }

    function _place(uint256 id) private pure returns (uint256 slot, uint256 shift) {
        uint256 interval = uint32(id);
        // Below 2^32 and 240: nothing here can overflow.
        unchecked {
            uint256 group = interval / PER_SLOT;
            slot = ((id >> 32) << 32) | group;
            shift = (interval - group * PER_SLOT) * BITS;
        }
    }
}
