// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";

/// @title Green Coach
/// @notice A consumption target per participant and period, fixed before the period begins and judged on chain from
/// the recorded readings alone. Who used at most the target gets points for every Wh below the expectation.
///
/// A period is judged once, after its end:
/// - every reading of it is measured or corrected: an award if consumption <= target, else a miss;
/// - some are not, and the deadline has passed: no data, no award. Before the deadline it cannot be judged.
/// Readings or corrections that arrive after the judgement (or after its chunk of it was read) change nothing.
interface IGreenCoach is IIntervalClock {
    enum Outcome {
        None,
        Award,
        Miss,
        NoData,
        /// the target was met, but the member's account was closed
        AccountClosed
    }

    /// @notice One participant's target for one period.
    /// @param firstInterval first interval of the period
    /// @param endInterval first interval after it
    /// @param expectationWh what the participant would have used, by the formula
    /// @param targetWh what it may use for an award; at most the expectation
    /// @param formulaHash hash of the formula and inputs shown to the member
    struct Target {
        uint32 firstInterval;
        uint32 endInterval;
        uint64 expectationWh;
        uint64 targetWh;
        bytes32 formulaHash;
    }

    /// @notice How far the judgement of a period has come.
    /// @param nextInterval where the next chunk begins, 0 before the first
    /// @param consumptionWh measured consumption up to there; the whole period's once judged with all readings
    /// @param points mPt awarded
    struct Evaluation {
        Outcome outcome;
        uint32 nextInterval;
        uint64 consumptionWh;
        uint128 points;
    }

    event TargetSet(
        uint32 indexed participant,
        uint32 indexed period,
        uint32 firstInterval,
        uint32 endInterval,
        uint64 expectationWh,
        uint64 targetWh,
        bytes32 formulaHash
    );
    /// @notice A period is judged, for good. `consumptionWh` is partial when the outcome is NoData.
    event Evaluated(
        uint32 indexed participant,
        uint32 indexed period,
        Outcome outcome,
        uint256 consumptionWh,
        uint256 points
    );
    /// @notice Part of a period was read.
    event EvaluationAdvanced(uint32 indexed participant, uint32 indexed period, uint32 nextInterval);

    error CoachParticipantUnknown(uint32 participant);
    error CoachPeriodUnknown(uint32 participant, uint32 period);
    /// @notice Periods are numbered without gaps: the next new one is `next`.
    error CoachPeriodNumber(uint32 period, uint32 next);
    /// @notice The period is empty or longer than `limit` intervals (32 days).
    error CoachPeriodLength(uint32 firstInterval, uint32 endInterval, uint32 limit);
    /// @notice The period overlaps the participant's period `other`, or is not in order with it.
    error CoachPeriodOverlaps(uint32 participant, uint32 other);
    error CoachTargetAboveExpectation(uint64 targetWh, uint64 expectationWh);
    error CoachPeriodNotEnded(uint32 participant, uint32 period, uint256 endsAt);
    error CoachAlreadyEvaluated(uint32 participant, uint32 period);
    /// @notice Readings of this chunk are missing and may still come until `deadline`.
    error CoachReadingsMissing(uint32 firstInterval, uint32 count, uint32 measured, uint256 deadline);
    error CoachMaxIntervalsZero();
    error CoachAddressZero();

    /// @notice Sets the target of a new period (`period` = `periodCount` + 1) or replaces one not begun. Role: coach.
    /// The gate of `firstInterval`, and of the replaced target's, must be open. Periods follow one another in order.
    function setTarget(uint32 participant, uint32 period, Target calldata target) external;

    /// @notice Judges a period, or reads its next part. Anyone; repeat until `evaluationOf` has an outcome.
    /// @param maxIntervals most intervals to read now, not zero
    function evaluate(uint32 participant, uint32 period, uint32 maxIntervals) external returns (Outcome outcome);

    function targetOf(uint32 participant, uint32 period) external view returns (Target memory);
    function evaluationOf(uint32 participant, uint32 period) external view returns (Evaluation memory);
    function periodCount(uint32 participant) external view returns (uint32);

    /// @notice Unix second from which a period with missing readings is judged NoData.
    function deadlineOf(uint32 participant, uint32 period) external view returns (uint256);

    /// @notice Points for each kWh below the expectation: exactly so many mPt for each Wh.
    function pointsPerKwh() external view returns (uint64);

    /// @notice Most mPt one period can bring.
    function maxAward() external view returns (uint128);

    /// @notice Seconds after a period's end in which readings are waited for.
    function dataGrace() external view returns (uint32);
}
