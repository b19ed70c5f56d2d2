// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IntervalClock} from "../IntervalClock.sol";
import {BitCount} from "../libraries/BitCount.sol";
import {IntervalTrace} from "../libraries/IntervalTrace.sol";

/// @title Registry, part 2: who takes part in an interval, 224 participants a word
/// @dev Warning: at most `IntervalTrace.MAX_PENDING` distinct dates may lie ahead in one word: date the enrolments and
/// closures of a batch alike. The limit is kept where dates are added, so that what acts at once, such as a recording
/// that ends a participant's silence, never meets it.
abstract contract RegistryRoster is IMemberRegistry, IntervalClock {
    using IntervalTrace for IntervalTrace.Trace;

    struct Word {
        IntervalTrace.Trace active;
        IntervalTrace.Trace suspended;
        /// Active and not silent: those a clearing waits for.
        IntervalTrace.Trace waited;
    }

    uint256 internal constant WORD_BITS = 224;

    /// @dev Bounds the loops over words.
    uint256 internal constant MAX_PARTICIPANTS = WORD_BITS * 512;

    /// @inheritdoc IMemberRegistry
    uint32 public participantCount;

    mapping(uint256 word => Word) private _words;

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMemberRegistry
    function rosterWordCount() public view returns (uint256) {
        return (participantCount + WORD_BITS - 1) / WORD_BITS;
    }

    /// @inheritdoc IMemberRegistry
    function rosterWord(uint32 interval, uint256 word) external view returns (uint224 active, uint224 suspended) {
        Word storage record = _words[word];
        return (record.active.valueAt(interval), record.suspended.valueAt(interval));
    }

    /// @inheritdoc IMemberRegistry
    function rosterCount(uint32 interval) external view returns (uint256 count) {
        uint256 words = rosterWordCount();
        for (uint256 word = 0; word < words; ++word) {
            count += BitCount.ones(_words[word].active.valueAt(interval));
        }
    }

    /// @inheritdoc IMemberRegistry
    function waitedCount(uint32 interval) external view returns (uint256 count) {
        uint256 words = rosterWordCount();
        for (uint256 word = 0; word < words; ++word) {
            count += BitCount.ones(_words[word].waited.valueAt(interval));
        }
    }

    // ------------------------------------------------------------------ internal

    function _nextParticipant() internal returns (uint32 participant) {
        require(participantCount < MAX_PARTICIPANTS, RegistryFull(MAX_PARTICIPANTS));
        participant = ++participantCount;
    }

    function _rosterEnter(uint32 participant, uint32 from) internal {
        (Word storage word, uint224 bit) = _place(participant);
        _requireRoom(word.waited);
        word.active.update(from, 0, bit);
        word.waited.update(from, 0, bit);
    }

    function _rosterLeave(uint32 participant, uint32 from) internal {
        (Word storage word, uint224 bit) = _place(participant);
        _requireRoom(word.waited);
        word.active.update(from, bit, 0);
        word.waited.update(from, bit, 0);
        word.suspended.update(from, bit, 0);
    }

    /// @param until end of the participant's life, which the change must not outlast
    function _rosterSuspended(uint32 participant, bool suspended, uint32 from, uint32 until) internal {
        (Word storage word, uint224 bit) = _place(participant);
        _put(word.suspended, bit, suspended, from, until);
    }

    /// @param until end of the participant's life, which the change must not outlast
    function _rosterWaited(uint32 participant, bool waited, uint32 from, uint32 until) internal {
        (Word storage word, uint224 bit) = _place(participant);
        _put(word.waited, bit, waited, from, until);
    }

    /// @dev Reverts if no further date ahead may be added to the trace.
    function _requireRoom(IntervalTrace.Trace storage trace) internal view {
        uint32 firstOpen = firstOpenInterval();
        require(!trace.isCrowded(firstOpen), IntervalTrace.TraceTooManyPending(firstOpen, IntervalTrace.MAX_PENDING));
    }

    function _put(IntervalTrace.Trace storage trace, uint224 bit, bool value, uint32 from, uint32 until) private {
        trace.update(from, bit, value ? bit : 0);
        if (value && until != type(uint32).max) trace.update(until, bit, 0);
    }

    function _place(uint32 participant) private view returns (Word storage word, uint224 bit) {
        uint256 index = uint256(participant) - 1;
        return (_words[index / WORD_BITS], uint224(1) << uint224(index % WORD_BITS));
    }
}
