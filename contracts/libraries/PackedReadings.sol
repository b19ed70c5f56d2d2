// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Layouts of readings: on the wire, and five to a storage slot
/// @notice Wire, one reading, 7 bytes big endian: production 24 bits | consumption 24 | quality 8.
/// Wire, one run: participant uint32 | first interval uint32 | count uint16 | r bytes32 | vs bytes32 | count readings
/// (`r`, `vs`: compact signature, EIP-2098). Runs follow each other without padding.
/// Stored, one reading, 51 bits: production 24 | consumption 24 | quality 2 | late 1 (low), five to a
/// slot. Energy is in Wh: 24 bits hold 16.7 MWh, more than 16.7 MW over the longest interval.
library PackedReadings {
    /// @notice The run's header or its readings pass the end of the batch.
    error BatchMalformed(uint256 offset, uint256 length);

    uint256 internal constant PER_SLOT = 5;
    uint256 internal constant BITS = 51;
    uint256 internal constant MASK = (1 << BITS) - 1;
    uint256 internal constant HEADER_BYTES = 74;
    uint256 internal constant READING_BYTES = 7;

    uint256 internal constant MEASURED = 1;
    uint256 internal constant ESTIMATED = 2;
    uint256 internal constant CORRECTED = 3;

    /// @dev A run as it lies in the batch; `readings` is the offset of its first reading, `end` that after its last.
    struct Run {
        uint32 participant;
        uint32 first;
        uint256 count;
        bytes32 r;
        bytes32 vs;
        uint256 readings;
        uint256 end;
    }

    /// @notice Reads the header of the run at `offset`.
    function header(bytes calldata batch, uint256 offset) internal pure returns (Run memory run) {
        uint256 start = offset + HEADER_BYTES;
        require(start <= batch.length, BatchMalformed(offset, batch.length));
        uint256 word;
        bytes32 r;
        bytes32 vs;
        assembly ("memory-safe") {
            let position := add(batch.offset, offset)
            word := calldataload(position)
            r := calldataload(add(position, 10))
            vs := calldataload(add(position, 42))
        }
        run.participant = uint32(word >> 224);
        run.first = uint32(word >> 192);
        run.count = uint16(word >> 176);
        run.r = r;
        run.vs = vs;
        run.readings = start;
        run.end = start + run.count * READING_BYTES;
        require(run.end <= batch.length, BatchMalformed(offset, batch.length));
    }

    /// @notice The 56 bits of the reading at `offset`: production 24 | consumption 24 | quality 8.
    /// @dev Warning: reads zeros past the end of the batch; `header` has checked the bounds.
    function wire(bytes calldata batch, uint256 offset) internal pure returns (uint256 reading) {
        assembly ("memory-safe") {
            reading := shr(200, calldataload(add(batch.offset, offset)))
        }
    }

    /// @notice Stored form of a wire reading of valid quality, not late.
    function toStored(uint256 reading) internal pure returns (uint256) {
        return ((reading >> 8) << 3) | ((reading & 3) << 1);
    }

    /// @notice Stored form of a correction of `stored`, which keeps its late flag.
    function corrected(uint256 stored, uint24 production, uint24 consumption) internal pure returns (uint256) {
        return (uint256(production) << 27) | (uint256(consumption) << 3) | (CORRECTED << 1) | (stored & 1);
    }

    function productionWh(uint256 stored) internal pure returns (uint256) {
        return stored >> 27;
    }

    function consumptionWh(uint256 stored) internal pure returns (uint256) {
        return (stored >> 3) & 0xffffff;
    }

    /// @dev Production less consumption, Wh.
    function netWh(uint256 stored) internal pure returns (int256) {
        unchecked {
            return int256(productionWh(stored)) - int256(consumptionWh(stored));
        }
    }

    /// @dev 0 absent, 1 measured, 2 estimated, 3 corrected.
    function quality(uint256 stored) internal pure returns (uint256) {
        return (stored >> 1) & 3;
    }

    /// @dev Whether the reading arrived after its interval was frozen.
    function isLate(uint256 stored) internal pure returns (bool) {
        return stored & 1 == 1;
    }
}
