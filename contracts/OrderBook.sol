// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {IOrderBook} from "./interfaces/IOrderBook.sol";
import {BitCount} from "./libraries/BitCount.sol";
import {IntervalTrace} from "./libraries/IntervalTrace.sol";
import {MemberSignature} from "./libraries/MemberSignature.sol";
import {PackedOrder} from "./libraries/PackedOrder.sol";
import {WordBits} from "./libraries/WordBits.sol";

/// @title Members' orders as functions of the interval
/// @notice No role and no other contract can write here: only members, by transaction or signature.
contract OrderBook is IOrderBook, IntervalClock, EIP712 {
    using IntervalTrace for IntervalTrace.Trace;
    using PackedOrder for uint224;

    /// @dev Both types have the same fields in the same order; their names carry the unit the member signs.
    bytes32 private constant ORDER_TYPEHASH = keccak256(
        "Order(uint32 participant,bool standing,int32 buyLimitMicroEurPerKwh,int32 sellLimitMicroEurPerKwh,"
        "uint24 buyCapWhPerInterval,uint24 sellCapWhPerInterval,uint32 fromInterval,uint32 toInterval,"
        "uint40 nonce,uint64 deadlineUnix)"
    );
    bytes32 private constant SPREAD_ORDER_TYPEHASH = keccak256(
        "SpreadOrder(uint32 participant,bool standing,int32 buySharePpm,int32 sellSharePpm,"
        "uint24 buyCapWhPerInterval,uint24 sellCapWhPerInterval,uint32 fromInterval,uint32 toInterval,"
        "uint40 nonce,uint64 deadlineUnix)"
    );
    bytes32 private constant CANCEL_TYPEHASH = keccak256(
        "Cancel(uint32 participant,bool standing,uint40 nonce,uint64 deadlineUnix)"
    );

    /// @dev Limits beyond 1,000 €/kWh either way are mistakes.
    int256 private constant LIMIT_BOUND = 1_000_000_000;

    IMemberRegistry public immutable registry;

    mapping(uint32 participant => IntervalTrace.Trace) private _dated;
    mapping(uint32 participant => IntervalTrace.Trace) private _standing;

    /// @dev Participants that ever placed or cancelled a dated order: the others' traces need not be read.
    mapping(uint256 word => uint256 bits) private _hasDated;

    constructor(
        IMemberRegistry registry_,
        uint32 lengthSeconds,
        uint32 leadSeconds
    ) IntervalClock(lengthSeconds, leadSeconds) EIP712("Watt Commons OrderBook", "1") {
        registry = registry_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IOrderBook
    function placeOrder(Order calldata order) external {
        address wallet = registry.walletOf(order.participant);
        (OrderRefusal reason, uint256 detail) = msg.sender == wallet
            ? _inspectOrder(order)
            : (OrderRefusal.NotMember, uint256(uint160(wallet)));
        require(reason == OrderRefusal.None, OrderRefused(order.participant, order.nonce, reason, detail));
        _place(order);
    }

    /// @inheritdoc IOrderBook
    function placeOrders(SignedOrder[] calldata orders) external {
        for (uint256 i = 0; i < orders.length; ++i) {
            Order calldata order = orders[i].order;
            (OrderRefusal reason, uint256 detail) = _inspectOrder(order);
            if (reason == OrderRefusal.None) {
                address wallet = registry.walletOf(order.participant);
                if (
                    wallet == address(0) || !MemberSignature.isValid(wallet, _orderDigest(order), orders[i].signature)
                ) {
                    (reason, detail) = (OrderRefusal.NotMember, uint160(wallet));
                }
            }
            if (reason == OrderRefusal.None) _place(order);
            else emit OrderSkipped(order.participant, order.nonce, reason, detail);
        }
    }

    /// @inheritdoc IOrderBook
    function cancelOrders(uint32 participant, bool standing, uint40 nonce) external {
        address wallet = registry.walletOf(participant);
        require(msg.sender == wallet, OrderRefused(participant, nonce, OrderRefusal.NotMember, uint160(wallet)));
        _cancel(participant, standing, nonce);
    }

    /// @inheritdoc IOrderBook
    function cancelOrdersFor(
        uint32 participant,
        bool standing,
        uint40 nonce,
        uint64 deadline,
        bytes calldata signature
    ) external {
        require(block.timestamp <= deadline, OrderRefused(participant, nonce, OrderRefusal.Expired, deadline));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(CANCEL_TYPEHASH, participant, standing, nonce, deadline))
        );
        address wallet = registry.walletOf(participant);
        require(
            wallet != address(0) && MemberSignature.isValid(wallet, digest, signature),
            OrderRefused(participant, nonce, OrderRefusal.NotMember, uint160(wallet))
        );
        _cancel(participant, standing, nonce);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IOrderBook
    function orderAt(uint32 participant, uint32 interval) external view returns (bool exists, Order memory order) {
        uint224 dated = _dated[participant].valueAt(interval);
        uint224 packed = _orderAt(participant, interval);
        exists = packed != 0;
        if (exists) {
            order = packed.unpack(participant);
            order.standing = !dated.inForce(interval);
        }
    }

    /// @inheritdoc IOrderBook
    function ordersInWord(uint32 interval, uint256 word, uint256 bits) external view returns (uint256[] memory packed) {
        packed = new uint256[](BitCount.ones(uint224(bits)));
        unchecked {
            uint256 participant = word * WordBits.PER_WORD;
            uint256 dated = _hasDated[word];
            uint256 next;
            for (uint256 bit = 1; bit <= bits; bit <<= 1) {
                ++participant;
                if (bits & bit == 0) continue;
                packed[next++] =
                    dated & bit == 0
                        ? _standingAt(uint32(participant), interval)
                        : _orderAt(uint32(participant), interval);
            }
        }
    }

    /// @inheritdoc IOrderBook
    function lastNonce(uint32 participant) public view returns (uint40) {
        (uint224 dated, ) = _dated[participant].newest();
        (uint224 standing, ) = _standing[participant].newest();
        return dated.nonce() > standing.nonce() ? dated.nonce() : standing.nonce();
    }

    // ------------------------------------------------------------------ internal

    /// @dev The packed order in force, zero for none.
    function _orderAt(uint32 participant, uint32 interval) private view returns (uint224 order) {
        order = _dated[participant].valueAt(interval);
        if (order.inForce(interval)) return order;
        return _standingAt(participant, interval);
    }

    function _standingAt(uint32 participant, uint32 interval) private view returns (uint224 order) {
        order = _standing[participant].valueAt(interval);
        if (!order.inForce(interval)) return 0;
    }

    /// @dev Replaces the dated order from an interval on.
    function _setDated(uint32 participant, uint32 from, uint224 order) private {
        (uint256 word, uint256 bit) = WordBits.placeOf(participant);
        uint256 dated = _hasDated[word];
        if (dated & bit == 0) _hasDated[word] = dated | bit;
        _dated[participant].set(from, order);
    }

    /// @dev Everything but whose order it is.
    function _inspectOrder(Order calldata order) private view returns (OrderRefusal, uint256) {
        if (block.timestamp > order.deadline) return (OrderRefusal.Expired, order.deadline);
        uint40 last = lastNonce(order.participant);
        if (order.nonce <= last) return (OrderRefusal.NonceUsed, last);
        uint32 firstOpen = firstOpenInterval();
        uint32 from = order.fromInterval == 0 ? firstOpen : order.fromInterval;
        if (from < firstOpen) return (OrderRefusal.GateClosed, firstOpen);
        if (order.toInterval <= from || (order.standing && order.toInterval != type(uint32).max)) {
            return (OrderRefusal.PeriodInvalid, order.toInterval);
        }
        (int256 lowest, int256 highest) = order.shares ? (int256(0), PackedOrder.WHOLE) : (-LIMIT_BOUND, LIMIT_BOUND);
        if (order.buyLimit < lowest || order.buyLimit > highest) return (OrderRefusal.LimitInvalid, 0);
        if (order.sellLimit < lowest || order.sellLimit > highest) return (OrderRefusal.LimitInvalid, 1);
        IntervalTrace.Trace storage trace = order.standing ? _standing[order.participant] : _dated[order.participant];
        if (trace.isCrowded(firstOpen)) {
            return (OrderRefusal.TooManyPending, IntervalTrace.MAX_PENDING);
        }
        return (OrderRefusal.None, 0);
    }

    function _place(Order calldata order) private {
        uint32 from = order.fromInterval == 0 ? firstOpenInterval() : order.fromInterval;
        if (order.standing) _standing[order.participant].set(from, PackedOrder.pack(order));
        else _setDated(order.participant, from, PackedOrder.pack(order));
        emit OrderPlaced(
            order.participant,
            order.standing,
            order.shares,
            order.buyLimit,
            order.sellLimit,
            order.buyCapWh,
            order.sellCapWh,
            from,
            order.toInterval,
            order.nonce
        );
    }

    function _cancel(uint32 participant, bool standing, uint40 nonce) private {
        uint40 last = lastNonce(participant);
        require(nonce > last, OrderRefused(participant, nonce, OrderRefusal.NonceUsed, last));
        uint32 from = firstOpenInterval();
        _setDated(participant, from, PackedOrder.cancelled(nonce));
        if (standing) _standing[participant].set(from, PackedOrder.cancelled(nonce));
        emit OrderCancelled(participant, standing, from, nonce);
    }

    function _orderDigest(Order calldata order) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        order.shares ? SPREAD_ORDER_TYPEHASH : ORDER_TYPEHASH,
                        order.participant,
                        order.standing,
                        order.buyLimit,
                        order.sellLimit,
                        order.buyCapWh,
                        order.sellCapWh,
                        order.fromInterval,
                        order.toInterval,
                        order.nonce,
                        order.deadline
                    )
                )
            );
    }
}
