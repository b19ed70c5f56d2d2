// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";

/// @title Signed interval readings
/// @notice Anyone may submit runs of consecutive readings signed by the gateway key that is valid at those intervals
/// (EIP-712 `Run(uint32 participant,uint32 firstInterval,bytes readings)`, layouts in `libraries/PackedReadings.sol`).
/// No gateway ever overwrites: an identical reading is a no-op, a differing one a reported conflict. The one way to change
/// a reading is a labelled correction after settlement, by `Corrections`, which keeps what stood there before.
interface IMeterLedger is IIntervalClock {
    /// @notice absent is not zero; a gateway signs measured or estimated.
    enum Quality {
        Absent,
        Measured,
        Estimated,
        Corrected
    }

    /// @notice Why a run was skipped. The detail that goes with it is given in brackets.
    enum Refusal {
        None,
        Empty, // no reading in the run [0]
        NotActive, // no gateway valid at an interval of the run [that interval]
        KeyChanged, // the gateway key changes within the run: split it there [first interval of the other key]
        NotEnded, // the run's last interval has not ended [its end, Unix seconds]
        SignatureInvalid, // not signed by the gateway key valid then [the recovered address]
        QualityInvalid, // neither measured nor estimated [interval << 8 | quality]
        Implausible // more than power × hours × 1.1 [interval << 64 | highest Wh << 32 | Wh]
    }

    /// @notice A recorded reading, Wh.
    struct Reading {
        uint24 productionWh;
        uint24 consumptionWh;
        Quality quality;
        bool late;
    }

    /// @notice Runs of which at least one reading was recorded now, as they were submitted, signatures included.
    event RunsRecorded(address indexed submitter, bytes runs);

    /// @notice A run had no effect. The digest is the EIP-712 digest that its signature should sign.
    event RunSkipped(
        uint32 indexed participant,
        uint32 indexed firstInterval,
        bytes32 digest,
        Refusal reason,
        uint256 detail
    );

    /// @notice A signed reading differs from the recorded one; the recorded one stays.
    /// @param recorded stored form of the recorded reading
    /// @param given stored form of the differing one
    event ReadingConflict(
        uint32 indexed participant,
        uint32 indexed interval,
        bytes32 digest,
        uint256 recorded,
        uint256 given
    );

    /// @notice From now on readings of this interval are late.
    event IntervalFrozen(uint32 indexed interval, uint256 present, uint256 waited);

    /// @notice Reverting form of a skipped run, for `check`.
    error LedgerRunRefused(uint32 participant, uint32 firstInterval, Refusal reason, uint256 detail);
    error LedgerOnlyMarket(address caller);
    error LedgerOnlyCorrections(address caller);
    error LedgerIntervalNotEnded(uint32 interval, uint256 endsAt);
    /// @notice Readings are missing and the deadline has not passed.
    error LedgerIntervalIncomplete(uint32 interval, uint256 present, uint256 waited, uint256 deadline);
    /// @notice The participant reported within the last `silenceAfter` intervals, or was not active that long.
    error LedgerParticipantNotSilent(uint32 participant, uint32 interval);
    error LedgerSettingInvalid(string setting, uint256 value);

    /// @notice Records a batch of signed runs. A bad run is skipped with an event and hinders no other.
    /// @dev Running out of gas reverts the whole batch; it never looks like a bad run.
    /// @return recorded number of readings recorded now
    function record(bytes calldata runs) external returns (uint256 recorded);

    /// @notice Reverts with `LedgerRunRefused` if the single run given would be skipped now.
    function check(bytes calldata run) external view;

    /// @notice Freezes a complete interval, or one past its deadline. No effect when frozen. Only the market.
    function freeze(uint32 interval) external;

    /// @notice Replaces a recorded reading by a corrected one; the late flag stays. Only `Corrections`, which says when.
    /// @return before stored form of what stood there
    /// @return corrected stored form of what stands there now
    function correct(
        uint32 participant,
        uint32 interval,
        uint24 productionWh,
        uint24 consumptionWh
    ) external returns (uint256 before, uint256 corrected);

    /// @notice Stops waiting for a participant that sent nothing for `silenceAfter` intervals. Anyone.
    function markSilent(uint32 participant) external;

    /// @notice The recorded reading; quality absent where there is none.
    function readingOf(uint32 participant, uint32 interval) external view returns (Reading memory);

    /// @notice Stored forms of consecutive readings; zero where absent.
    function readingsOf(uint32 participant, uint32 first, uint32 count) external view returns (uint256[] memory stored);

    /// @notice Stored forms of one interval's readings for the members set in `bits` of a roster word, in index order.
    function readingsInWord(
        uint32 interval,
        uint256 word,
        uint256 bits
    ) external view returns (uint256[] memory stored);

    /// @notice Sum of measured and corrected consumption over intervals, Wh, and how many of them have such a reading.
    function measuredConsumption(
        uint32 participant,
        uint32 first,
        uint32 count
    ) external view returns (uint256 wh, uint32 measured);

    /// @notice Completeness of an interval.
    /// @return present readings of participants that are waited for
    /// @return waited participants that are waited for
    /// @return frozen whether readings are late from now on
    /// @return ready whether it may be frozen now
    function completeness(
        uint32 interval
    ) external view returns (uint256 present, uint256 waited, bool frozen, bool ready);

    /// @notice The only contract that may correct.
    function corrections() external view returns (address);

    /// @notice Seconds after an interval's end at which it may be cleared without the missing readings.
    function deadlineSeconds() external view returns (uint32);

    /// @notice Number of intervals without a reading after which a participant is no longer waited for.
    function silenceAfter() external view returns (uint32);
}
