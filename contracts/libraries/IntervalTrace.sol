// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A value that is a function of the interval
/// @notice Holds what is in force from which interval on. Changes may be dated ahead and may arrive in any order of
/// their dates; a change applies to every later date too, which is what "from then on" means. Reading an interval at
/// or after the newest date costs one storage slot; an older one a binary search.
/// @dev An entry packs `from` (32 bits, high) and the value (224 bits, low). Before the first entry the value is zero.
library IntervalTrace {
    struct Trace {
        uint256 latest;
        uint256[] earlier;
    }

    /// @notice More changes lie dated after `from` than one transaction should rewrite.
    error TraceTooManyPending(uint32 from, uint256 limit);

    /// @dev Bounds the walk over entries dated after the change.
    uint256 internal constant MAX_PENDING = 64;

    uint256 private constant VALUE_BITS = 224;
    uint256 private constant VALUE_MASK = type(uint224).max;

    /// @notice The value in force at `interval`.
    function valueAt(Trace storage self, uint32 interval) internal view returns (uint224) {
        uint256 entry = self.latest;
        if (interval >= entry >> VALUE_BITS) return uint224(entry);
        uint256 position = _upperBound(self, interval);
        return position == 0 ? 0 : uint224(self.earlier[position - 1]);
    }

    /// @notice The value in force at `interval` and the interval at which the next one begins.
    /// @return value the value in force
    /// @return until start of the next entry; the highest uint32 when there is none
    function segment(Trace storage self, uint32 interval) internal view returns (uint224 value, uint32 until) {
        uint256 entry = self.latest;
        if (interval >= entry >> VALUE_BITS) return (uint224(entry), type(uint32).max);
        uint256 position = _upperBound(self, interval);
        if (position != 0) value = uint224(self.earlier[position - 1]);
        uint256 next = position == self.earlier.length ? entry : self.earlier[position];
        until = uint32(next >> VALUE_BITS);
    }

    /// @notice The newest value, whatever its date, and that date.
    function newest(Trace storage self) internal view returns (uint224 value, uint32 from) {
        uint256 entry = self.latest;
        return (uint224(entry), uint32(entry >> VALUE_BITS));
    }

    /// @notice True if as many changes as one transaction rewrites are already dated after `from`.
    /// @dev Asked with the first open interval before every addition, it keeps a change from there on possible for ever.
    function isCrowded(Trace storage self, uint32 from) internal view returns (bool) {
        uint256 length = self.earlier.length;
        return length >= MAX_PENDING && self.earlier[length - MAX_PENDING] >> VALUE_BITS > from;
    }

    /// @notice Replaces the value from `from` on: entries dated later are dropped.
    function set(Trace storage self, uint32 from, uint224 value) internal {
        uint256 entry = self.latest;
        if (from > entry >> VALUE_BITS) {
            if (entry != 0) self.earlier.push(entry);
        } else {
            uint256[] storage earlier = self.earlier;
            uint256 length = earlier.length;
            uint256 kept = length;
            while (kept != 0 && earlier[kept - 1] >> VALUE_BITS > from) {
                require(length - kept < MAX_PENDING, TraceTooManyPending(from, MAX_PENDING));
                earlier.pop();
                --kept;
            }
            if (kept != 0 && earlier[kept - 1] >> VALUE_BITS == from) earlier.pop();
        }
        self.latest = (uint256(from) << VALUE_BITS) | value;
    }

    /// @notice Clears and then sets bits of the value from `from` on, in entries dated later too.
    /// @param clear bits put to zero
    /// @param bits bits put to one (after clearing)
    function update(Trace storage self, uint32 from, uint224 clear, uint224 bits) internal {
        uint256 keep = (VALUE_MASK & ~uint256(clear)) | (type(uint256).max << VALUE_BITS);
        uint256 entry = self.latest;
        uint256 latestFrom = entry >> VALUE_BITS;
        if (from > latestFrom) {
            if (entry != 0) self.earlier.push(entry);
            self.latest = (uint256(from) << VALUE_BITS) | (uint224(entry & keep) | bits);
            return;
        }
        self.latest = (entry & keep) | bits;
        if (from < latestFrom) _updateEarlier(self, from, keep, bits);
    }

    /// @dev Applies the change to earlier entries dated at or after `from`; inserts an entry at `from` if there is none.
    function _updateEarlier(Trace storage self, uint32 from, uint256 keep, uint224 bits) private {
        uint256[] storage earlier = self.earlier;
        uint256 length = earlier.length;
        uint256 position = length;
        while (position != 0 && earlier[position - 1] >> VALUE_BITS > from) {
            require(length - position < MAX_PENDING, TraceTooManyPending(from, MAX_PENDING));
            --position;
        }
        if (position != 0 && earlier[position - 1] >> VALUE_BITS == from) {
            earlier[position - 1] = (earlier[position - 1] & keep) | bits;
        } else {
            uint256 before = position == 0 ? 0 : uint256(uint224(earlier[position - 1]));
            earlier.push(0);
            for (uint256 i = length; i > position; --i) {
                earlier[i] = earlier[i - 1];
            }
            earlier[position] = (uint256(from) << VALUE_BITS) | uint224(before & keep) | bits;
            ++length;
            ++position;
        }
        for (uint256 i = position; i < length; ++i) {
            earlier[i] = (earlier[i] & keep) | bits;
        }
    }

    /// @dev Number of earlier entries dated at or before `interval`.
    function _upperBound(Trace storage self, uint32 interval) private view returns (uint256 low) {
        uint256 high = self.earlier.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (self.earlier[middle] >> VALUE_BITS <= interval) low = middle + 1;
            else high = middle;
        }
    }
}
