// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";

/// @title Members' orders
/// @notice An order says up to which price its participant buys and from which price it sells, for intervals whose
/// gate is open when it lands. A newer dated order replaces the older ones from its start on; where no dated order is
/// in force the standing order is, and without one the participant trades with the grid only.
interface IOrderBook is IIntervalClock {
    /// @notice An order.
    /// @param participant participant index
    /// @param standing true for the standing order, in force wherever no dated order is
    /// @param shares limits are shares of the interval's spread (ppm, 0 to 1,000,000) instead of µ€/kWh
    /// @param buyLimit highest price paid, network fee included, µ€/kWh; or its share s: F + s(R - f - F) + f
    /// @param sellLimit lowest price taken, µ€/kWh; or its share s: F + s(R - f - F)
    /// @param buyCapWh most Wh bought from neighbours in an interval; the highest uint24 means no cap
    /// @param sellCapWh most Wh sold to neighbours in an interval; the highest uint24 means no cap
    /// @param fromInterval first interval; 0 means the first open one when it lands
    /// @param toInterval first interval no longer covered; a standing order has the highest uint32
    /// @param nonce higher than any nonce this participant has used
    /// @param deadline Unix second after which it can no longer land
    struct Order {
        uint32 participant;
        bool standing;
        bool shares;
        int32 buyLimit;
        int32 sellLimit;
        uint24 buyCapWh;
        uint24 sellCapWh;
        uint32 fromInterval;
        uint32 toInterval;
        uint40 nonce;
        uint64 deadline;
    }

    /// @notice An order and its member's signature (EIP-712 `Order` or, for shares, `SpreadOrder`).
    struct SignedOrder {
        Order order;
        bytes signature;
    }

    /// @notice Why an order was refused. The detail that goes with it is given in brackets.
    enum OrderRefusal {
        None,
        NotMember, // not signed or sent by the participant's member [the expected wallet]
        Expired, // the deadline has passed [it]
        NonceUsed, // the nonce is not higher than the last one [that]
        GateClosed, // it begins before the first open interval [that]
        PeriodInvalid, // it ends before it begins, or a standing order has an end [its end]
        LimitInvalid, // a limit is out of range [0 buy, 1 sell]
        TooManyPending // more orders are dated after its start than one transaction rewrites [the limit]
    }

    event OrderPlaced(
        uint32 indexed participant,
        bool standing,
        bool shares,
        int32 buyLimit,
        int32 sellLimit,
        uint24 buyCapWh,
        uint24 sellCapWh,
        uint32 fromInterval,
        uint32 toInterval,
        uint40 nonce
    );

    /// @notice From `fromInterval` on no dated order (or no standing order) is in force, and orders signed with a nonce
    /// up to `nonce` can no longer land.
    event OrderCancelled(uint32 indexed participant, bool standing, uint32 fromInterval, uint40 nonce);

    /// @notice An order of a batch had no effect.
    event OrderSkipped(uint32 indexed participant, uint40 indexed nonce, OrderRefusal reason, uint256 detail);

    /// @notice An order, or a cancellation, sent on its own was refused.
    error OrderRefused(uint32 participant, uint40 nonce, OrderRefusal reason, uint256 detail);

    /// @notice Places an order. Only the participant's member.
    function placeOrder(Order calldata order) external;

    /// @notice Places signed orders; a refused one is skipped with an event and hinders no other. Anyone.
    function placeOrders(SignedOrder[] calldata orders) external;

    /// @notice Cancels from the first open interval on. Only the participant's member.
    /// @param standing cancels the standing order too
    /// @param nonce as of an order: also voids signed orders up to it that have not landed
    function cancelOrders(uint32 participant, bool standing, uint40 nonce) external;

    /// @notice Cancels with the member's signature (EIP-712 `Cancel`). Anyone.
    function cancelOrdersFor(
        uint32 participant,
        bool standing,
        uint40 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external;

    /// @notice The order in force at an interval; `exists` is false where the participant trades with the grid only.
    function orderAt(uint32 participant, uint32 interval) external view returns (bool exists, Order memory order);

    /// @notice Packed orders in force (zero for none) of the members set in `bits` of a roster word, in index order;
    /// see `libraries/PackedOrder.sol`.
    function ordersInWord(uint32 interval, uint256 word, uint256 bits) external view returns (uint256[] memory packed);

    /// @notice Highest nonce used by a participant.
    function lastNonce(uint32 participant) external view returns (uint40);
}
