// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEnergyMarket} from "../interfaces/IEnergyMarket.sol";
import {ClearingMath} from "../libraries/ClearingMath.sol";
import {MarketAccounts} from "./MarketAccounts.sol";

/// @title What the market remembers of intervals: outcomes, unfinished passes, hashes of fills
abstract contract MarketOutcomes is IEnergyMarket, MarketAccounts {
    /// @dev Layout of an outcome, 80 bits, three to a slot: price 32 (high) | matched Wh 40 | flags 8 (low).
    uint256 internal constant CLEARED = 1;
    uint256 internal constant SETTLED = 2;
    uint256 internal constant HAS_PRICE = 4;
    uint256 internal constant LEFT_OUT = 8;
    uint256 private constant OUTCOMES_PER_SLOT = 3;
    uint256 private constant OUTCOME_BITS = 80;
    uint256 private constant OUTCOME_MASK = (1 << OUTCOME_BITS) - 1;

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

    mapping(uint256 group => uint256 outcomes) private _outcomes;
    mapping(uint256 proposal => Verification) internal _verifications;
    mapping(uint32 interval => Settlement) internal _settlements;
    mapping(uint32 interval => mapping(uint256 chunk => bytes32)) internal _fillsHashes;
    uint32 private _mark;

    constructor() {
        FIRST = uint32(block.timestamp / intervalLength);
        _mark = FIRST;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IEnergyMarket
    function catchUp(uint256 maxCount) external {
        _catchUp(maxCount);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEnergyMarket
    function outcomeOf(uint32 interval) external view returns (Outcome memory) {
        uint256 outcome = _outcome(interval);
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
    function fillsHash(uint32 interval, uint256 chunk) external view returns (bytes32) {
        return _fillsHashes[interval][chunk];
    }

    /// @inheritdoc IEnergyMarket
    function provenFill(
        uint32 interval,
        uint256 chunk,
        bytes calldata fills,
        uint256 position
    ) external view returns (uint32 participant, int32 wh, uint40 offset) {
        bytes32 expected = _fillsHashes[interval][chunk];
        bytes32 given = keccak256(fills);
        require(given == expected, MarketFillsUnknown(interval, chunk, expected, given));
        uint256 count = fills.length / FILL_BYTES;
        require(position < count, MarketFillPosition(position, count));
        uint104 packed = uint104(bytes13(fills[position * FILL_BYTES:(position + 1) * FILL_BYTES]));
        return (uint32(packed >> 72), int32(uint32(packed >> 40)), uint40(packed));
    }

    /// @inheritdoc IEnergyMarket
    function progressOf(uint32 interval, int32 lo, int32 hi) external view returns (uint32 cursor) {
        if (_outcome(interval) & CLEARED != 0) return _settlements[interval].cursor;
        return _verifications[_proposalKey(interval, lo, hi)].cursor;
    }

    /// @inheritdoc IEnergyMarket
    function firstUncleared() external view returns (uint32) {
        return _mark;
    }

    // ------------------------------------------------------------------ internal

    function _outcome(uint32 interval) internal view returns (uint256) {
        uint256 shift = (interval % OUTCOMES_PER_SLOT) * OUTCOME_BITS;
        return (_outcomes[interval / OUTCOMES_PER_SLOT] >> shift) & OUTCOME_MASK;
    }

    function _storeOutcome(uint32 interval, uint256 outcome) internal {
        uint256 shift = (interval % OUTCOMES_PER_SLOT) * OUTCOME_BITS;
        uint256 group = interval / OUTCOMES_PER_SLOT;
        _outcomes[group] = (_outcomes[group] & ~(OUTCOME_MASK << shift)) | (outcome << shift);
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

    /// @dev Moves the mark over intervals that are final, or over and empty.
    function _catchUp(uint256 maxCount) internal {
        uint32 mark = _mark;
        for (uint256 i = 0; i < maxCount; ++i) {
            if (_outcome(mark) & SETTLED == 0) {
                if (_endOf(mark) > block.timestamp || registry.rosterCount(mark) != 0) break;
            }
            ++mark;
        }
        _mark = mark;
    }

    function _firstUncleared() internal view override returns (uint32) {
        return _mark;
    }
}
