// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {IMeterLedger} from "./interfaces/IMeterLedger.sol";
import {BitCount} from "./libraries/BitCount.sol";
import {PackedEpoch} from "./libraries/PackedEpoch.sol";
import {PackedReadings} from "./libraries/PackedReadings.sol";
import {WordBits} from "./libraries/WordBits.sol";

/// @title Signed interval readings
/// @notice Verifies and records. No role can write here: only gateway signatures, and `Corrections` after settlement.
contract MeterLedger is IMeterLedger, IntervalClock, EIP712 {
    using PackedEpoch for uint224;
    using PackedReadings for bytes;

    bytes32 private constant RUN_TYPEHASH = keccak256("Run(uint32 participant,uint32 firstInterval,bytes readings)");

    /// @dev Eight interval states to a slot, each 32 bits: present count << 1 | frozen.
    uint256 private constant STATES_PER_SLOT = 8;

    IMemberRegistry public immutable registry;
    address public immutable market;

    /// @inheritdoc IMeterLedger
    address public immutable corrections;

    /// @inheritdoc IMeterLedger
    uint32 public immutable deadlineSeconds;

    /// @inheritdoc IMeterLedger
    uint32 public immutable silenceAfter;

    /// @dev interval << 32 | (participant - 1) / 5 => five stored readings, of participants 5k + 1 (low bits) to 5k + 5: a batch
    /// of neighbours' readings, and the clearing of an interval, touch a fifth as many slots as there are readings.
    mapping(uint256 row => uint256 readings) private _readings;

    /// @dev interval / 8 => eight interval states
    mapping(uint256 group => uint256 states) private _states;

    /// @dev The slot of interval states being changed, kept in memory until another one is needed.
    struct StateCache {
        uint256 group;
        uint256 states;
    }

    constructor(
        IMemberRegistry registry_,
        address market_,
        address corrections_,
        uint32 lengthSeconds,
        uint32 leadSeconds,
        uint32 deadlineSeconds_,
        uint32 silenceAfter_
    ) IntervalClock(lengthSeconds, leadSeconds) EIP712("Watt Commons MeterLedger", "1") {
        require(silenceAfter_ != 0 && silenceAfter_ <= 2048, LedgerSettingInvalid("silenceAfter", silenceAfter_));
        registry = registry_;
        market = market_;
        corrections = corrections_;
        deadlineSeconds = deadlineSeconds_;
        silenceAfter = silenceAfter_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IMeterLedger
    function record(bytes calldata runs) external returns (uint256 recorded) {
        StateCache memory cache = StateCache(type(uint256).max, 0);
        bytes memory kept = new bytes(runs.length);
        bytes32 separator = _domainSeparatorV4();
        uint256 keptLength;
        uint256 offset;
        while (offset < runs.length) {
            PackedReadings.Run memory run = runs.header(offset);
            bytes32 digest = _digest(separator, runs, run);
            (Refusal reason, uint256 detail, uint224 epoch, uint256 until) = _inspect(runs, run, digest);
            if (reason != Refusal.None) {
                emit RunSkipped(run.participant, run.first, digest, reason, detail);
            } else {
                uint256 added = _recordRun(runs, run, digest, cache, epoch, until);
                if (added != 0) {
                    recorded += added;
                    uint256 size = run.end - offset;
                    assembly ("memory-safe") {
                        calldatacopy(add(add(kept, 32), keptLength), add(runs.offset, offset), size)
                    }
                    keptLength += size;
                }
            }
            offset = run.end;
        }
        if (cache.group != type(uint256).max) _states[cache.group] = cache.states;
        if (recorded != 0) {
            assembly ("memory-safe") {
                mstore(kept, keptLength)
            }
            emit RunsRecorded(msg.sender, kept);
        }
    }

    /// @inheritdoc IMeterLedger
    function freeze(uint32 interval) external {
        require(msg.sender == market, LedgerOnlyMarket(msg.sender));
        uint256 group = interval / STATES_PER_SLOT;
        uint256 shift = (interval % STATES_PER_SLOT) * 32;
        uint256 states = _states[group];
        if ((states >> shift) & 1 == 1) return;
        uint256 endsAt = _endOf(interval);
        require(block.timestamp >= endsAt, LedgerIntervalNotEnded(interval, endsAt));
        uint256 present = uint32(states >> shift) >> 1;
        uint256 waited = registry.waitedCount(interval);
        uint256 deadline = endsAt + deadlineSeconds;
        require(
            present >= waited || block.timestamp >= deadline,
            LedgerIntervalIncomplete(interval, present, waited, deadline)
        );
        _states[group] = states | (1 << shift);
        emit IntervalFrozen(interval, present, waited);
    }

    /// @inheritdoc IMeterLedger
    function correct(
        uint32 participant,
        uint32 interval,
        uint24 productionWh,
        uint24 consumptionWh
    ) external returns (uint256 before, uint256 corrected) {
        require(msg.sender == corrections, LedgerOnlyCorrections(msg.sender));
        uint256 row = _row(participant, interval);
        uint256 shift = _lane(participant);
        uint256 readings = _readings[row];
        before = (readings >> shift) & PackedReadings.MASK;
        corrected = PackedReadings.corrected(before, productionWh, consumptionWh);
        _readings[row] = readings ^ ((before ^ corrected) << shift);
    }

    /// @inheritdoc IMeterLedger
    function markSilent(uint32 participant) external {
        uint32 current = uint32(block.timestamp / intervalLength);
        require(current > silenceAfter, LedgerParticipantNotSilent(participant, current));
        uint32 first = current - silenceAfter;
        (uint224 epoch, ) = registry.epochSegment(participant, first);
        require(epoch.gatewayOf() != address(0), LedgerParticipantNotSilent(participant, first));
        for (uint32 i = first; i < current; ++i) {
            require(_stored(participant, i) == 0, LedgerParticipantNotSilent(participant, i));
        }
        registry.setSilent(participant, true);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMeterLedger
    function check(bytes calldata run) external view {
        PackedReadings.Run memory parsed = run.header(0);
        require(parsed.end == run.length, PackedReadings.BatchMalformed(parsed.end, run.length));
        bytes32 digest = _digest(_domainSeparatorV4(), run, parsed);
        (Refusal reason, uint256 detail, , ) = _inspect(run, parsed, digest);
        require(reason == Refusal.None, LedgerRunRefused(parsed.participant, parsed.first, reason, detail));
    }

    /// @inheritdoc IMeterLedger
    function readingOf(uint32 participant, uint32 interval) external view returns (Reading memory) {
        uint256 stored = _stored(participant, interval);
        return
            Reading({
                productionWh: uint24(PackedReadings.productionWh(stored)),
                consumptionWh: uint24(PackedReadings.consumptionWh(stored)),
                quality: Quality(PackedReadings.quality(stored)),
                late: PackedReadings.isLate(stored)
            });
    }

    /// @inheritdoc IMeterLedger
    function readingsOf(
        uint32 participant,
        uint32 first,
        uint32 count
    ) external view returns (uint256[] memory stored) {
        stored = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            stored[i] = _stored(participant, uint256(first) + i);
        }
    }

    /// @inheritdoc IMeterLedger
    function readingsInWord(
        uint32 interval,
        uint256 word,
        uint256 bits
    ) external view returns (uint256[] memory stored) {
        stored = new uint256[](BitCount.ones(uint224(bits)));
        unchecked {
            uint256 participant = word * WordBits.PER_WORD;
            uint256 row = type(uint256).max;
            uint256 readings;
            uint256 next;
            for (uint256 bit = 1; bit <= bits; bit <<= 1) {
                ++participant;
                if (bits & bit == 0) continue;
                uint256 wanted = _row(participant, interval);
                if (wanted != row) {
                    row = wanted;
                    readings = _readings[row];
                }
                stored[next++] = (readings >> _lane(participant)) & PackedReadings.MASK;
            }
        }
    }

    /// @inheritdoc IMeterLedger
    function measuredConsumption(
        uint32 participant,
        uint32 first,
        uint32 count
    ) external view returns (uint256 wh, uint32 measured) {
        for (uint256 i = 0; i < count; ++i) {
            uint256 stored = _stored(participant, uint256(first) + i);
            // Measured (1) and corrected (3) are the odd qualities.
            if (PackedReadings.quality(stored) & 1 == 1) {
                wh += PackedReadings.consumptionWh(stored);
                ++measured;
            }
        }
    }

    /// @inheritdoc IMeterLedger
    function completeness(
        uint32 interval
    ) external view returns (uint256 present, uint256 waited, bool frozen, bool ready) {
        uint256 state = uint32(_states[interval / STATES_PER_SLOT] >> ((interval % STATES_PER_SLOT) * 32));
        present = state >> 1;
        frozen = state & 1 == 1;
        waited = registry.waitedCount(interval);
        uint256 endsAt = _endOf(interval);
        ready = block.timestamp >= endsAt && (present >= waited || block.timestamp >= endsAt + deadlineSeconds);
    }

    // ------------------------------------------------------------------ internal

    /// @dev EIP-712 digest of a run. Written over free memory, which no one else uses meanwhile.
    function _digest(
        bytes32 separator,
        bytes calldata batch,
        PackedReadings.Run memory run
    ) private pure returns (bytes32 digest) {
        bytes32 typehash = RUN_TYPEHASH;
        uint256 participant = run.participant;
        uint256 first = run.first;
        uint256 readings = run.readings;
        uint256 size = run.end - readings;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, add(batch.offset, readings), size)
            mstore(add(free, 0x60), keccak256(free, size))
            mstore(free, typehash)
            mstore(add(free, 0x20), participant)
            mstore(add(free, 0x40), first)
            let structHash := keccak256(free, 0x80)
            mstore(free, shl(240, 0x1901))
            mstore(add(free, 0x02), separator)
            mstore(add(free, 0x22), structHash)
            digest := keccak256(free, 0x42)
        }
    }

    /// @dev Why the run would be skipped; otherwise the state at its first interval and where that ends.
    /// The signature comes before the contents, so that nobody but the gateway can have its participant named for
    /// bad contents.
    function _inspect(
        bytes calldata batch,
        PackedReadings.Run memory run,
        bytes32 digest
    ) private view returns (Refusal reason, uint256 detail, uint224 firstEpoch, uint256 firstUntil) {
        unchecked {
            if (run.count == 0) return (Refusal.Empty, 0, 0, 0);
            uint256 end = uint256(run.first) + run.count;
            uint256 endsAt = end * intervalLength;
            if (end > type(uint32).max || endsAt > block.timestamp) return (Refusal.NotEnded, endsAt, 0, 0);
            (firstEpoch, firstUntil) = registry.epochSegment(run.participant, run.first);
            address gateway = firstEpoch.gatewayOf();
            if (gateway == address(0)) return (Refusal.NotActive, run.first, 0, 0);
            // A failed recovery gives the zero address, which is no gateway.
            (address signer, , ) = ECDSA.tryRecover(digest, run.r, run.vs);
            if (signer != gateway) return (Refusal.SignatureInvalid, uint160(signer), 0, 0);
            (uint224 epoch, uint256 until) = (firstEpoch, firstUntil);
            uint256 interval = run.first;
            while (true) {
                uint256 stop = end < until ? end : until;
                (reason, detail) = _inspectReadings(batch, run, interval, stop, epoch);
                if (reason != Refusal.None || stop == end) return (reason, detail, firstEpoch, firstUntil);
                interval = stop;
                (epoch, until) = registry.epochSegment(run.participant, uint32(interval));
                if (epoch.gatewayOf() == address(0)) return (Refusal.NotActive, interval, 0, 0);
                if (epoch.gatewayOf() != gateway) return (Refusal.KeyChanged, interval, 0, 0);
            }
        }
    }

    /// @dev Quality and plausibility of the run's readings of [interval, stop), all of one epoch.
    function _inspectReadings(
        bytes calldata batch,
        PackedReadings.Run memory run,
        uint256 interval,
        uint256 stop,
        uint224 epoch
    ) private view returns (Refusal, uint256) {
        unchecked {
            // Wh <= W × seconds / 3600 × 1.1, rounded down.
            uint256 mostProduction = (uint256(epoch.exportW()) * intervalLength * 11) / 36000;
            uint256 mostConsumption = (uint256(epoch.importW()) * intervalLength * 11) / 36000;
            uint256 offset = run.readings + (interval - run.first) * PackedReadings.READING_BYTES;
            for (; interval < stop; ++interval) {
                uint256 reading = batch.wire(offset);
                offset += PackedReadings.READING_BYTES;
                uint256 quality = reading & 0xff;
                // Neither measured (1) nor estimated (2).
                if (quality - 1 > 1) return (Refusal.QualityInvalid, (interval << 8) | quality);
                uint256 wh = reading >> 32;
                if (wh > mostProduction) {
                    return (Refusal.Implausible, (interval << 64) | (mostProduction << 32) | wh);
                }
                wh = (reading >> 8) & 0xffffff;
                if (wh > mostConsumption) {
                    return (Refusal.Implausible, (interval << 64) | (mostConsumption << 32) | wh);
                }
            }
            return (Refusal.None, 0);
        }
    }

    /// @dev Records an accepted run, epoch by epoch; returns how many readings were new.
    function _recordRun(
        bytes calldata batch,
        PackedReadings.Run memory run,
        bytes32 digest,
        StateCache memory cache,
        uint224 epoch,
        uint256 until
    ) private returns (uint256 added) {
        unchecked {
            uint256 interval = run.first;
            uint256 end = interval + run.count;
            bool heard;
            while (true) {
                bool silent = epoch & PackedEpoch.SILENT != 0;
                uint256 stop = end < until ? end : until;
                uint256 fresh = _recordSpan(batch, run, digest, cache, interval, stop, silent);
                added += fresh;
                if (silent && fresh != 0) heard = true;
                if (stop == end) break;
                interval = stop;
                (epoch, until) = registry.epochSegment(run.participant, uint32(interval));
            }
            if (heard) registry.setSilent(run.participant, false);
        }
    }

    /// @dev Records the run's readings of [interval, stop), all of one epoch.
    function _recordSpan(
        bytes calldata batch,
        PackedReadings.Run memory run,
        bytes32 digest,
        StateCache memory cache,
        uint256 interval,
        uint256 stop,
        bool silent
    ) private returns (uint256 added) {
        unchecked {
            uint256 participant = run.participant;
            uint256 shift = _lane(participant);
            uint256 offset = run.readings + (interval - run.first) * PackedReadings.READING_BYTES;
            for (; interval < stop; ++interval) {
                uint256 given = PackedReadings.toStored(batch.wire(offset));
                offset += PackedReadings.READING_BYTES;
                uint256 row = _row(participant, interval);
                uint256 readings = _readings[row];
                uint256 recorded = (readings >> shift) & PackedReadings.MASK;
                if (recorded == 0) {
                    ++added;
                    _readings[row] = readings | ((given | _arrive(cache, interval, silent)) << shift);
                } else if (
                    recorded >> 1 != given >> 1 && PackedReadings.quality(recorded) != PackedReadings.CORRECTED
                ) {
                    // The late flag is ours, not the gateway's: it does not count as a difference. What was corrected
                    // differs from what the gateway signed, and stays.
                    emit ReadingConflict(run.participant, uint32(interval), digest, recorded, given);
                }
            }
        }
    }

    /// @dev Counts a reading as present, unless it is late (returns 1) or not waited for.
    function _arrive(StateCache memory cache, uint256 interval, bool silent) private returns (uint256 late) {
        unchecked {
            uint256 group = interval / STATES_PER_SLOT;
            if (cache.group != group) {
                if (cache.group != type(uint256).max) _states[cache.group] = cache.states;
                cache.group = group;
                cache.states = _states[group];
            }
            uint256 shift = (interval % STATES_PER_SLOT) * 32;
            if ((cache.states >> shift) & 1 == 1) return 1;
            if (!silent) cache.states += 2 << shift;
        }
    }

    function _stored(uint256 participant, uint256 interval) private view returns (uint256) {
        return (_readings[_row(participant, interval)] >> _lane(participant)) & PackedReadings.MASK;
    }

    function _row(uint256 participant, uint256 interval) private pure returns (uint256) {
        unchecked {
            return (interval << 32) | ((participant - 1) / PackedReadings.PER_SLOT);
        }
    }

    /// @dev Shift of a participant's reading in its row. Participant 0 does not exist and nothing is stored for it.
    function _lane(uint256 participant) private pure returns (uint256) {
        unchecked {
            return ((participant - 1) % PackedReadings.PER_SLOT) * PackedReadings.BITS;
        }
    }
}
