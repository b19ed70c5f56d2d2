// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Layout of a participant's state at an interval
/// @notice gateway 160 bits (high) | importW 24 | exportW 24 | flags 16 (low).
/// Flags: bits 0-1 source, bit 2 gross basis, bit 3 suspended, bit 4 silent. No gateway: not active.
library PackedEpoch {
    uint224 internal constant SOURCE = 0x3;
    uint224 internal constant GROSS = 1 << 2;
    uint224 internal constant SUSPENDED = 1 << 3;
    uint224 internal constant SILENT = 1 << 4;
    uint224 internal constant LIMITS = uint224(type(uint48).max) << 16;
    uint224 internal constant GATEWAY = uint224(type(uint160).max) << 64;

    function pack(
        address gateway,
        uint24 importPower,
        uint24 exportPower,
        uint8 source,
        bool gross
    ) internal pure returns (uint224) {
        return
            (uint224(uint160(gateway)) << 64) |
            (uint224(importPower) << 40) |
            (uint224(exportPower) << 16) |
            (gross ? GROSS : 0) |
            source;
    }

    function gatewayOf(uint224 epoch) internal pure returns (address) {
        return address(uint160(epoch >> 64));
    }

    /// @dev Highest power drawn, W.
    function importW(uint224 epoch) internal pure returns (uint24) {
        return uint24(epoch >> 40);
    }

    /// @dev Highest power produced, W.
    function exportW(uint224 epoch) internal pure returns (uint24) {
        return uint24(epoch >> 16);
    }
}
