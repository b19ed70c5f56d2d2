// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Corrections of readings after settlement
/// @notice The one labelled exception to "nothing without the gateway's signature": the metering operator, within a window
/// after the interval's end, replaces a settled reading. What stood before stays readable. Price, trades and all
/// other participants' settlements stay as they are; only the grid leg and the certificates of this one follow:
///
/// - money: with g(x) = F·x for x >= 0 and R·x below, at the interval's own prices, g(new − traded) − g(old − traded),
///   booked where the grid leg is, else only valued;
/// - certificates: the difference of the production that earns them is issued to the producer, or withdrawn from what it
///   still holds, or owed by the device. See `IGuaranteeOfOrigin.correct`.
interface ICorrections {
    /// @notice What the participant traded in the interval, proved from the chunks of fills that the market hashed.
    /// @param chunk the chunk its fill lies in; without one, the chunk it would lie in: its index is above the
    /// chunk's first, or the chunk is 0. Any where nobody traded, and for a late reading, which traded nothing.
    /// @param fills the chunk's bytes, as emitted
    /// @param next the next chunk's bytes, if there is one and the participant's index is above this chunk's last
    struct FillProof {
        uint256 chunk;
        bytes fills;
        bytes next;
    }

    /// @notice A reading is corrected.
    /// @param before stored form of the reading that stood there (`libraries/PackedReadings.sol`)
    /// @param corrected stored form of the reading that stands there now
    /// @param tradedWh sold (positive) or bought (negative) in the clearing
    /// @param valueNeur what the correction is worth to the participant at the interval's backup prices, n€
    /// @param bookedNeur what of it was booked: all, or nothing where the grid leg is only valued
    /// @param reason code or hash of the reason
    event ReadingCorrected(
        uint32 indexed participant,
        uint32 indexed interval,
        uint256 before,
        uint256 corrected,
        int256 tradedWh,
        int256 valueNeur,
        int256 bookedNeur,
        bytes32 reason
    );

    error CorrectionReasonMissing();
    error CorrectionWindowClosed(uint32 interval, uint256 until);
    /// @notice There is no reading to correct; the gateway may still send one.
    error CorrectionNothingRecorded(uint32 participant, uint32 interval);
    /// @notice The interval is not final, or the reading is late and not settled: anyone can bring that about.
    error CorrectionNotSettled(uint32 participant, uint32 interval);
    /// @notice The reading says so already. Only an estimated reading may be confirmed as it is.
    error CorrectionChangesNothing(uint32 participant, uint32 interval);
    /// @notice More than power × hours × 1.1.
    error CorrectionImplausible(uint32 participant, uint32 interval, uint256 wh, uint256 mostWh);
    error CorrectionFillsUnknown(uint32 interval, uint256 chunk, bytes22 expected, bytes22 given);
    /// @notice The participant may have a fill in another chunk.
    error CorrectionFillsElsewhere(uint32 participant, uint32 interval, uint256 chunk);
    error CorrectionWindowInvalid(uint256 windowSeconds);

    /// @notice Corrects a settled reading. Role: metering operator.
    /// @param reason code or hash of the reason, not zero
    function correct(
        uint32 participant,
        uint32 interval,
        uint24 productionWh,
        uint24 consumptionWh,
        bytes32 reason,
        FillProof calldata proof
    ) external;

    /// @notice Stored forms of the readings that stood at this place before, oldest first. Empty when never corrected.
    function earlierReadings(uint32 participant, uint32 interval) external view returns (uint64[] memory);

    /// @notice First Unix second at which an interval can no longer be corrected.
    function correctableUntil(uint32 interval) external view returns (uint256);

    /// @notice Seconds after an interval's end in which its readings may be corrected.
    function windowSeconds() external view returns (uint32);
}
