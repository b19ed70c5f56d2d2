// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOrderBook} from "../interfaces/IOrderBook.sol";

/// @title Layout of an order in an interval trace, and its limits
/// @notice to 32 bits (high) | buy limit 32 | sell limit 32 | buy cap 24 | sell cap 24 | nonce 40 | flags 8 (low).
/// Flags: bit 0 the order exists, bit 1 its limits are shares of the spread.
/// Limits and prices have 32 bits, so 256-bit arithmetic on them cannot overflow.
library PackedOrder {
    uint224 internal constant EXISTS = 1;
    uint224 internal constant SHARES = 2;
    int256 internal constant WHOLE = 1_000_000;

    function pack(IOrderBook.Order calldata order) internal pure returns (uint224) {
        return
            (uint224(order.toInterval) << 160) |
            (uint224(uint32(order.buyLimit)) << 128) |
            (uint224(uint32(order.sellLimit)) << 96) |
            (uint224(order.buyCapWh) << 72) |
            (uint224(order.sellCapWh) << 48) |
            (uint224(order.nonce) << 8) |
            (order.shares ? SHARES : 0) |
            EXISTS;
    }

    /// @dev What a cancellation leaves: no order, but the nonce.
    function cancelled(uint40 nonce_) internal pure returns (uint224) {
        return uint224(nonce_) << 8;
    }

    function nonce(uint224 order) internal pure returns (uint40) {
        return uint40(order >> 8);
    }

    function inForce(uint224 order, uint32 interval) internal pure returns (bool) {
        return order & EXISTS != 0 && interval < order >> 160;
    }

    function unpack(uint224 packed, uint32 participant) internal pure returns (IOrderBook.Order memory order) {
        order.participant = participant;
        order.shares = packed & SHARES != 0;
        order.buyLimit = int32(uint32(packed >> 128));
        order.sellLimit = int32(uint32(packed >> 96));
        order.buyCapWh = buyCap(packed);
        order.sellCapWh = sellCap(packed);
        order.toInterval = uint32(packed >> 160);
        order.nonce = nonce(packed);
    }

    function buyCap(uint224 order) internal pure returns (uint24) {
        return uint24(order >> 72);
    }

    function sellCap(uint224 order) internal pure returns (uint24) {
        return uint24(order >> 48);
    }

    /// @notice Effective limit of a buyer on the local price, µ€/kWh: min(l, R) - f.
    /// A share is of a spread that is not negative and is rounded down.
    function buyEffective(
        uint224 order,
        int256 retail,
        int256 feedIn,
        int256 fee
    ) internal pure returns (int256 limit) {
        unchecked {
            limit = int32(uint32(order >> 128));
            if (order & SHARES != 0) limit = feedIn + (limit * (retail - fee - feedIn)) / WHOLE + fee;
            return (limit < retail ? limit : retail) - fee;
        }
    }

    /// @notice Effective limit of a seller, µ€/kWh: max(l, F). A share is rounded down.
    function sellEffective(
        uint224 order,
        int256 retail,
        int256 feedIn,
        int256 fee
    ) internal pure returns (int256 limit) {
        unchecked {
            limit = int32(uint32(order >> 96));
            if (order & SHARES != 0) limit = feedIn + (limit * (retail - fee - feedIn)) / WHOLE;
            return limit > feedIn ? limit : feedIn;
        }
    }
}
