// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {IEcopoints} from "./interfaces/IEcopoints.sol";
import {IGreenCoach} from "./interfaces/IGreenCoach.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {IMeterLedger} from "./interfaces/IMeterLedger.sol";

/// @title Green Coach
contract GreenCoach is IGreenCoach, IntervalClock, AccessManaged {
    uint256 private constant MAX_PERIOD_SECONDS = 32 days;

    IMemberRegistry private immutable _registry;
    IMeterLedger private immutable _ledger;
    IEcopoints private immutable _ecopoints;

    /// @inheritdoc IGreenCoach
    uint64 public immutable pointsPerKwh;

    /// @inheritdoc IGreenCoach
    uint128 public immutable maxAward;

    /// @inheritdoc IGreenCoach
    uint32 public immutable dataGrace;

    /// @inheritdoc IGreenCoach
    mapping(uint32 participant => uint32) public periodCount;

    mapping(uint32 participant => mapping(uint32 period => Target)) private _targets;
    mapping(uint32 participant => mapping(uint32 period => Evaluation)) private _evaluations;

    constructor(
        address authority,
        IMemberRegistry registry,
        IMeterLedger ledger,
        IEcopoints ecopoints,
        uint64 pointsPerKwh_,
        uint128 maxAward_,
        uint32 dataGrace_
    ) AccessManaged(authority) IntervalClock(registry.intervalLength(), registry.gateLead()) {
        require(address(ledger) != address(0) && address(ecopoints) != address(0), CoachAddressZero());
        _registry = registry;
        _ledger = ledger;
        _ecopoints = ecopoints;
        pointsPerKwh = pointsPerKwh_;
        maxAward = maxAward_;
        dataGrace = dataGrace_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IGreenCoach
    function setTarget(uint32 participant, uint32 period, Target calldata target) external restricted {
        require(_registry.walletOf(participant) != address(0), CoachParticipantUnknown(participant));
        uint32 count = periodCount[participant];
        require(period != 0 && period <= count + 1, CoachPeriodNumber(period, count + 1));
        if (period <= count) _requireOpen(_targets[participant][period].firstInterval);
        _requireOpen(target.firstInterval);
        _requirePeriod(participant, period, count, target);
        require(
            target.targetWh <= target.expectationWh,
            CoachTargetAboveExpectation(target.targetWh, target.expectationWh)
        );
        if (period > count) periodCount[participant] = period;
        _targets[participant][period] = target;
        emit TargetSet(
            participant,
            period,
            target.firstInterval,
            target.endInterval,
            target.expectationWh,
            target.targetWh,
            target.formulaHash
        );
    }

    /// @inheritdoc IGreenCoach
    function evaluate(uint32 participant, uint32 period, uint32 maxIntervals) external returns (Outcome outcome) {
        require(maxIntervals != 0, CoachMaxIntervalsZero());
        Target memory target = targetOf(participant, period);
        Evaluation memory progress = _evaluations[participant][period];
        require(progress.outcome == Outcome.None, CoachAlreadyEvaluated(participant, period));
        uint256 endsAt = _startOf(target.endInterval);
        require(block.timestamp >= endsAt, CoachPeriodNotEnded(participant, period, endsAt));

        uint32 first = progress.nextInterval == 0 ? target.firstInterval : progress.nextInterval;
        uint32 count = target.endInterval - first;
        if (count > maxIntervals) count = maxIntervals;
        (uint256 wh, uint32 measured) = _ledger.measuredConsumption(participant, first, count);
        progress.consumptionWh += uint64(wh);
        progress.nextInterval = first + count;
        if (measured < count) {
            uint256 deadline = endsAt + dataGrace;
            require(block.timestamp >= deadline, CoachReadingsMissing(first, count, measured, deadline));
            outcome = Outcome.NoData;
        } else if (progress.nextInterval == target.endInterval) {
            outcome = _judge(participant, target, progress);
        }
        progress.outcome = outcome;
        _evaluations[participant][period] = progress;
        if (outcome == Outcome.None) {
            emit EvaluationAdvanced(participant, period, progress.nextInterval);
            return outcome;
        }
        emit Evaluated(participant, period, outcome, progress.consumptionWh, progress.points);
        if (progress.points != 0) {
            bytes32 awardReference = bytes32((uint256(participant) << 32) | period);
            _ecopoints.award(_registry.walletOf(participant), progress.points, awardReference);
        }
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IGreenCoach
    function targetOf(uint32 participant, uint32 period) public view returns (Target memory target) {
        require(period != 0 && period <= periodCount[participant], CoachPeriodUnknown(participant, period));
        return _targets[participant][period];
    }

    /// @inheritdoc IGreenCoach
    function evaluationOf(uint32 participant, uint32 period) external view returns (Evaluation memory) {
        return _evaluations[participant][period];
    }

    /// @inheritdoc IGreenCoach
    function deadlineOf(uint32 participant, uint32 period) external view returns (uint256) {
        return _startOf(targetOf(participant, period).endInterval) + dataGrace;
    }

    // ------------------------------------------------------------------ internal

    /// @dev All readings are there. Writes the points into `progress`; no point for a closed account.
    function _judge(
        uint32 participant,
        Target memory target,
        Evaluation memory progress
    ) private view returns (Outcome) {
        uint256 consumption = progress.consumptionWh;
        if (consumption > target.targetWh) return Outcome.Miss;
        if (!_registry.isAccountHolder(_registry.walletOf(participant))) return Outcome.AccountClosed;
        uint256 points = (uint256(target.expectationWh) - consumption) * pointsPerKwh;
        progress.points = points > maxAward ? maxAward : uint128(points);
        return Outcome.Award;
    }

    /// @dev Not empty, not too long, after the period before and before the period after.
    function _requirePeriod(uint32 participant, uint32 period, uint32 count, Target calldata target) private view {
        uint32 limit = uint32(MAX_PERIOD_SECONDS / intervalLength);
        require(
            target.firstInterval < target.endInterval && target.endInterval - target.firstInterval <= limit,
            CoachPeriodLength(target.firstInterval, target.endInterval, limit)
        );
        mapping(uint32 => Target) storage targets = _targets[participant];
        require(
            period == 1 || targets[period - 1].endInterval <= target.firstInterval,
            CoachPeriodOverlaps(participant, period - 1)
        );
        require(
            period >= count || target.endInterval <= targets[period + 1].firstInterval,
            CoachPeriodOverlaps(participant, period + 1)
        );
    }

    function _startOf(uint256 interval) private view returns (uint256) {
        return interval * intervalLength;
    }
}
