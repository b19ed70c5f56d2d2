// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEnergyMarket} from "../interfaces/IEnergyMarket.sol";
import {ClearingMath} from "../libraries/ClearingMath.sol";
import {MarketAccounts} from "./MarketAccounts.sol";

/// @title What the market remembers of intervals: outcomes, unfinished passes, hashes of fills
abstract contract MarketOutcomes is IEnergyMarket, MarketAccounts {
    /// @dev Layout of an outcome: hash of the first chunk's fills 176 bits (high) | price 32 | matched Wh 40 | flags 8.
    uint256 internal constant CLEARED = 1;
    uint256 internal constant SETTLED = 2;
    uint256 internal constant HAS_PRICE = 4;
    uint256 internal constant LEFT_OUT = 8;
    uint256 private constant HASH_SHIFT = 80;

    uint256 internal constant FILL_BYTES = 13;

    /// @dev The interval of the deployment: nothing before it is cleared here.
    uint32 internal immutable FIRST;

    struct PackedSums {
        uint48 sellersBelow;
        uint48 sellersUpTo;
        uint48 buyersAbove;
        uint48 buyersFrom;
    }

    /// @dev Where a proposal's verification stands. `cursor` counts participants by index.
    struct Verification {
        PackedSums atLo;
        PackedSums atHi;
        uint32 cursor;
        bool leftOut;
    }

    /// @dev Where a cleared interval's settlement stands.
    struct Settlement {
        uint48 sellerNum;
        uint48 sellerDen;
        uint48 buyerNum;
        uint48 buyerDen;
        uint32 cursor;
        uint32 chunks;
        uint48 sellerCum;
        uint48 buyerCum;
        uint48 sold;
        uint48 bought;
    }

    mapping(uint32 interval => uint256) internal _outcomes;
    mapping(uint256 proposal => Verification) internal _verifications;
    mapping(uint32 interval => Settlement) internal _settlements;
    /// @dev Hashes of the second and further chunks; the first one lies in the outcome.
    mapping(uint32 interval => mapping(uint256 chunk => bytes22)) private _fillsHashes;
    uint32 private _mark;

    constructor() {
        FIRST = uint32(block.timestamp / intervalLength);
        _mark = FIRST;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IEnergyMarket
    function catchUp(uint256 maxCount) external {
        uint32 mark = _mark;
        for (uint256 i = 0; i < maxCount; ++i) {
            // The roster first: years in which nobody was active then touch no new slot each.
            bool empty = registry.rosterCount(mark) == 0;
            if (empty ? _endOf(mark) > block.timestamp : _outcomes[mark] & SETTLED == 0) break;
            ++mark;
        }
        _mark = mark;
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEnergyMarket
    function outcomeOf(uint32 interval) external view returns (Outcome memory) {
        uint256 outcome = _outcomes[interval];
        return
            Outcome({
                price: _priceOf(outcome),
                matchedWh: uint40(outcome >> 8),
                cleared: outcome & CLEARED != 0,
                settled: outcome & SETTLED != 0,
                hasPrice: outcome & HAS_PRICE != 0,
                leftOut: outcome & LEFT_OUT != 0
            });
    }

    /// @inheritdoc IEnergyMarket
    function fillsHash(uint32 interval, uint256 chunk) public view returns (bytes22) {
        return chunk == 0 ? bytes22(bytes32(_outcomes[interval])) : _fillsHashes[interval][chunk];
    }

    /// @inheritdoc IEnergyMarket
    function provenFill(
        uint32 interval,
        uint256 chunk,
        bytes calldata fills,
        uint256 position
    ) external view returns (uint32 participant, int32 wh, uint40 offset) {
        bytes22 expected = fillsHash(interval, chunk);
        bytes22 given = bytes22(keccak256(fills));
        require(given == expected, MarketFillsUnknown(interval, chunk, expected, given));
        uint256 count = fills.length / FILL_BYTES;
        require(position < count, MarketFillPosition(position, count));
        uint104 packed = uint104(bytes13(fills[position * FILL_BYTES:(position + 1) * FILL_BYTES]));
        return (uint32(packed >> 72), int32(uint32(packed >> 40)), uint40(packed));
    }

    /// @inheritdoc IEnergyMarket
    function progressOf(uint32 interval, int32 lo, int32 hi) external view returns (uint32 cursor) {
        if (_outcomes[interval] & CLEARED != 0) return _settlements[interval].cursor;
        return _verifications[_proposalKey(interval, lo, hi)].cursor;
    }

    /// @inheritdoc IEnergyMarket
    function firstUncleared() external view returns (uint32) {
        return _mark;
    }

    // ------------------------------------------------------------------ internal

    /// @dev The outcome with the hash of a chunk's fills, which is stored apart for all chunks but the first.
    function _withFills(
        uint256 outcome,
        uint32 interval,
        uint256 chunk,
        bytes memory fills
    ) internal returns (uint256) {
        bytes32 digest = keccak256(fills);
        if (chunk == 0) return outcome | ((uint256(digest) >> HASH_SHIFT) << HASH_SHIFT);
        _fillsHashes[interval][chunk] = bytes22(digest);
        return outcome;
    }

    function _packOutcome(int256 price, uint256 matched, uint256 flags) internal pure returns (uint256) {
        return (uint256(uint32(int32(price))) << 48) | (matched << 8) | flags;
    }

    function _priceOf(uint256 outcome) internal pure returns (int32) {
        return int32(uint32(outcome >> 48));
    }

    function _proposalKey(uint32 interval, int32 lo, int32 hi) internal pure returns (uint256) {
        return (uint256(interval) << 64) | (uint256(uint32(lo)) << 32) | uint32(hi);
    }

    function _packSums(ClearingMath.Sums memory sums) internal pure returns (PackedSums memory) {
        return
            PackedSums(
                uint48(sums.sellersBelow),
                uint48(sums.sellersUpTo),
                uint48(sums.buyersAbove),
                uint48(sums.buyersFrom)
            );
    }

    function _unpackSums(PackedSums memory sums) internal pure returns (ClearingMath.Sums memory) {
        return ClearingMath.Sums(sums.sellersBelow, sums.sellersUpTo, sums.buyersAbove, sums.buyersFrom);
    }

    /// @dev Moves the mark over the intervals that are final from `mark` on.
    function _passSettled(uint256 maxCount) internal {
        uint32 mark = _mark;
        for (uint256 i = 0; i < maxCount && _outcomes[mark] & SETTLED != 0; ++i) {
            ++mark;
        }
        _mark = mark;
    }

    function _firstUncleared() internal view override returns (uint32) {
        return _mark;
    }
}
