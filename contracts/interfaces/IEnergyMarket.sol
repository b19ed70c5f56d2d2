// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";
import {IMarketAccounts} from "./IMarketAccounts.sol";

/// @title The metered call auction of a community, against the backup price
/// @notice Orders are placed before an interval begins, quantities are what the meters measured, and each interval is
/// cleared once at a uniform price (k-double auction: Wilson; Satterthwaite and Williams). Anyone proposes [lo, hi],
/// the interval of equilibrium prices; the contract verifies it in one pass and settles in another.
/// Wh × µ€/kWh = n€, so no amount is ever rounded.
interface IEnergyMarket is IMarketAccounts, IIntervalClock {
    /// @notice What became of an interval.
    /// @param price clearing price, µ€/kWh; meaningless without `hasPrice`
    /// @param matchedWh Wh traded between participants
    /// @param cleared the price is verified
    /// @param settled every participant is settled: the interval is final
    /// @param hasPrice false where R - f < F: everybody trades with the grid
    /// @param leftOut at least one active participant had no reading in time
    struct Outcome {
        int32 price;
        uint40 matchedWh;
        bool cleared;
        bool settled;
        bool hasPrice;
        bool leftOut;
    }

    /// @notice The price of an interval is verified.
    event IntervalCleared(
        uint32 indexed interval,
        int32 price,
        int32 lo,
        int32 hi,
        uint40 matchedWh,
        bool hasPrice,
        bool leftOut
    );

    /// @notice Fills of a settled chunk in index order, 13 bytes each: participant uint32 | Wh int32 (sold positive,
    /// bought negative) | offset uint40 on the line [0, matched Wh]. The first 22 bytes of their keccak256 are stored.
    event FillsSettled(uint32 indexed interval, uint256 chunk, bytes fills);

    /// @notice The interval is final.
    event IntervalSettled(uint32 indexed interval);

    /// @notice A reading that came after the freeze is settled against the grid.
    event LateSettled(uint32 indexed participant, uint32 indexed interval);

    error MarketIntervalFinal(uint32 interval);
    error MarketIntervalBeforeFirst(uint32 interval, uint32 first);
    /// @notice [lo, hi] is not the interval of equilibrium prices.
    error MarketProposalWrong(uint32 interval, int32 lo, int32 hi);
    /// @notice [lo, hi] does not lie within [F, R - f]. Where that is empty, lo and hi must be 0.
    error MarketProposalOutOfBand(uint32 interval, int32 lo, int32 hi, int256 lowest, int256 highest);
    error MarketCountZero();
    error MarketFillsUnknown(uint32 interval, uint256 chunk, bytes22 expected, bytes22 given);
    error MarketFillPosition(uint256 position, uint256 count);
    error MarketSettingInvalid(uint256 value);

    /// @notice Continues verifying, then settling, an interval. Anyone.
    /// @dev A wrong proposal reverts at its last participant and never touches the right one: what is stored between
    /// calls is keyed by (interval, lo, hi).
    /// @param lo lowest equilibrium price, µ€/kWh
    /// @param hi highest equilibrium price, µ€/kWh
    /// @param maxCount most participants to pass over in this call, verifying and settling counted apart
    /// @return settled whether the interval is final now
    function advance(uint32 interval, int32 lo, int32 hi, uint256 maxCount) external returns (bool settled);

    /// @notice Settles late readings of final intervals in [first, first + count) against the grid. Anyone.
    /// @return done number of readings settled now
    function settleLate(uint32 participant, uint32 first, uint32 count) external returns (uint32 done);

    /// @notice Moves the mark of the oldest interval that is not final, over at most `maxCount` intervals. Anyone.
    function catchUp(uint256 maxCount) external;

    /// @notice What became of an interval.
    function outcomeOf(uint32 interval) external view returns (Outcome memory);

    /// @notice First 22 bytes of keccak256 of a settled chunk's packed fills; zero if there is none. 176 bits share a
    /// slot with the outcome and leave a second preimage as far out of reach as before.
    function fillsHash(uint32 interval, uint256 chunk) external view returns (bytes22);

    /// @notice Proves a fill from a chunk's bytes.
    /// @return participant participant index
    /// @return wh sold (positive) or bought (negative), Wh
    /// @return offset of the fill on the line [0, matched Wh]
    function provenFill(
        uint32 interval,
        uint256 chunk,
        bytes calldata fills,
        uint256 position
    ) external view returns (uint32 participant, int32 wh, uint40 offset);

    /// @notice Where a clearing stands that was begun with this proposal: participants up to `cursor` are verified
    /// (or, once the interval is cleared, settled).
    function progressOf(uint32 interval, int32 lo, int32 hi) external view returns (uint32 cursor);

    /// @notice Whether a late reading is settled.
    function lateSettled(uint32 participant, uint32 interval) external view returns (bool);

    /// @notice The oldest interval that is not final; intervals nobody was active in count as final.
    function firstUncleared() external view returns (uint32);

    /// @notice k of the clearing price lo + floor(k (hi - lo)), ppm.
    function kPpm() external view returns (uint32);

    /// @notice Whether the grid leg and the network fee are booked; otherwise they are only valued.
    function collects() external view returns (bool gridLeg, bool networkFee);
}
