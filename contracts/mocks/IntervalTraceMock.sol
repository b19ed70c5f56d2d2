// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitCount} from "../libraries/BitCount.sol";
import {IntervalTrace} from "../libraries/IntervalTrace.sol";

/// @title The interval trace and the popcount, callable from tests
contract IntervalTraceMock {
    using IntervalTrace for IntervalTrace.Trace;

    IntervalTrace.Trace private _trace;

    function set(uint32 from, uint224 value) external {
        _trace.set(from, value);
    }

    function update(uint32 from, uint224 clear, uint224 bits) external {
        _trace.update(from, clear, bits);
    }

    function valueAt(uint32 interval) external view returns (uint224) {
        return _trace.valueAt(interval);
    }

    function valuesAt(uint32[] calldata intervals) external view returns (uint224[] memory values) {
        values = new uint224[](intervals.length);
        for (uint256 i = 0; i < intervals.length; ++i) {
            values[i] = _trace.valueAt(intervals[i]);
        }
    }

    function segment(uint32 interval) external view returns (uint224 value, uint32 until) {
        return _trace.segment(interval);
    }

    function newest() external view returns (uint224 value, uint32 from) {
        return _trace.newest();
    }

    function ones(uint224 word) external pure returns (uint256) {
        return BitCount.ones(word);
    }
}
