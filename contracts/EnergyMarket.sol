// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {ICommunityEuro} from "./interfaces/ICommunityEuro.sol";
import {IEnergyMarket} from "./interfaces/IEnergyMarket.sol";
import {IGuaranteeOfOrigin} from "./interfaces/IGuaranteeOfOrigin.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {IMeterLedger} from "./interfaces/IMeterLedger.sol";
import {IOrderBook} from "./interfaces/IOrderBook.sol";
import {ITariffSchedule} from "./interfaces/ITariffSchedule.sol";
import {BookEntry} from "./libraries/BookEntry.sol";
import {ClearingMath} from "./libraries/ClearingMath.sol";
import {PackedOrder} from "./libraries/PackedOrder.sol";
import {PackedReadings} from "./libraries/PackedReadings.sol";
import {WordBits} from "./libraries/WordBits.sol";
import {MarketAccounts} from "./MarketAccounts.sol";

/// @title The metered call auction of a community
/// @notice No role decides anything about a clearing here: only the right [lo, hi] passes, and settlement follows.
contract EnergyMarket is IEnergyMarket, MarketAccounts, Multicall {
    using BookEntry for uint256;
    using PackedOrder for uint224;

    /// @dev Layout of an outcome, 80 bits, three to a slot: price 32 (high) | matched Wh 40 | flags 8 (low).
    uint256 private constant OUTCOMES_PER_SLOT = 3;
    uint256 private constant OUTCOME_BITS = 80;
    uint256 private constant CLEARED = 1;
    uint256 private constant SETTLED = 2;
    uint256 private constant HAS_PRICE = 4;
    uint256 private constant LEFT_OUT = 8;

    uint256 private constant FILL_BYTES = 13;
    /// @dev Most settled intervals that an `advance` moves the mark over.
    uint256 private constant CATCH_UP = 4;

    IOrderBook public immutable orders;
    IMeterLedger public immutable ledger;
    IGuaranteeOfOrigin public immutable guarantees;

    /// @inheritdoc IEnergyMarket
    uint32 public immutable kPpm;
    bool private immutable COLLECTS_GRID;
    bool private immutable COLLECTS_FEE;
    uint32 private immutable FIRST;

    /// @dev Where a proposal's verification stands. `cursor` counts participants by index.
    struct Verification {
        ClearingMath.Sums atLo;
        uint32 cursor;
        bool leftOut;
        ClearingMath.Sums atHi;
    }

    /// @dev Where a cleared interval's settlement stands.
    struct Settlement {
        uint48 sellerNum;
        uint48 sellerDen;
        uint48 buyerNum;
        uint48 buyerDen;
        uint32 cursor;
        uint32 chunks;
        uint48 sellerCum;
        uint48 buyerCum;
        uint48 sold;
        uint48 bought;
    }

    /// @dev What the passes over one interval share. `cursor` and `end` count participants, `left` is of the count.
    struct Pass {
        uint32 interval;
        int256 retail;
        int256 feedIn;
        int256 fee;
        uint256 end;
        uint256 cursor;
        uint256 left;
    }

    mapping(uint256 group => uint256 outcomes) private _outcomes;
    mapping(uint256 proposal => Verification) private _verifications;
    mapping(uint32 interval => Settlement) private _settlements;
    mapping(uint32 interval => mapping(uint256 chunk => bytes32)) private _fillsHashes;
    mapping(uint32 participant => mapping(uint256 group => uint256 bits)) private _lateSettled;
    uint32 private _mark;

    struct Settings {
        uint32 intervalLength;
        uint32 gateLead;
        uint32 kPpm;
        bool collectsGrid;
        bool collectsFee;
        uint256 creditLimit;
    }

    constructor(
        address authority_,
        IMemberRegistry registry_,
        ITariffSchedule tariffs_,
        IOrderBook orders_,
        IMeterLedger ledger_,
        ICommunityEuro euro_,
        IGuaranteeOfOrigin guarantees_,
        Settings memory settings
    )
        IntervalClock(settings.intervalLength, settings.gateLead)
        EIP712("Watt Commons EnergyMarket", "1")
        MarketAccounts(registry_, euro_, tariffs_, settings.creditLimit)
        AccessManaged(authority_)
    {
        require(settings.kPpm <= 1_000_000, MarketSettingInvalid(settings.kPpm));
        orders = orders_;
        ledger = ledger_;
        guarantees = guarantees_;
        kPpm = settings.kPpm;
        COLLECTS_GRID = settings.collectsGrid;
        COLLECTS_FEE = settings.collectsFee;
        FIRST = uint32(block.timestamp / settings.intervalLength);
        _mark = FIRST;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IEnergyMarket
    function advance(uint32 interval, int32 lo, int32 hi, uint256 maxCount) external returns (bool settled) {
        require(maxCount != 0, MarketCountZero());
        require(interval >= FIRST, MarketIntervalBeforeFirst(interval, FIRST));
        uint256 outcome = _outcome(interval);
        require(outcome & SETTLED == 0, MarketIntervalFinal(interval));
        Pass memory pass = _newPass(interval, maxCount);
        if (outcome & CLEARED == 0) {
            ledger.freeze(interval);
            settled = _verify(pass, lo, hi);
        } else {
            settled = _continueSettlement(pass, outcome);
        }
        if (settled) {
            emit IntervalSettled(interval);
            if (interval == _mark) _catchUp(CATCH_UP);
        }
    }

    /// @inheritdoc IEnergyMarket
    function settleLate(uint32 participant, uint32 first, uint32 count) external returns (uint32 done) {
        uint256[] memory stored = ledger.readingsOf(participant, first, count);
        for (uint256 i = 0; i < count; ++i) {
            uint32 interval = first + uint32(i);
            if (!PackedReadings.isLate(stored[i]) || _outcome(interval) & SETTLED == 0) continue;
            mapping(uint256 => uint256) storage bits = _lateSettled[participant];
            uint256 bit = 1 << (interval % 256);
            if (bits[interval / 256] & bit != 0) continue;
            bits[interval / 256] |= bit;
            ++done;
            emit LateSettled(participant, interval);
            Pass memory pass = _newPass(interval, 0);
            uint256[] memory issues = new uint256[](1);
            (int256 grid, uint256 issued) = _settleGrid(pass, participant, stored[i], 0, issues, 0);
            _bookPooled(grid, 0);
            if (issued != 0) guarantees.issue(interval, issues);
        }
    }

    /// @inheritdoc IEnergyMarket
    function catchUp(uint256 maxCount) external {
        _catchUp(maxCount);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEnergyMarket
    function outcomeOf(uint32 interval) external view returns (Outcome memory) {
        uint256 outcome = _outcome(interval);
        return
            Outcome({
                price: int32(uint32(outcome >> 48)),
                matchedWh: uint40(outcome >> 8),
                cleared: outcome & CLEARED != 0,
                settled: outcome & SETTLED != 0,
                hasPrice: outcome & HAS_PRICE != 0,
                leftOut: outcome & LEFT_OUT != 0
            });
    }

    /// @inheritdoc IEnergyMarket
    function fillsHash(uint32 interval, uint256 chunk) external view returns (bytes32) {
        return _fillsHashes[interval][chunk];
    }

    /// @inheritdoc IEnergyMarket
    function provenFill(
        uint32 interval,
        uint256 chunk,
        bytes calldata fills,
        uint256 position
    ) external view returns (uint32 participant, int32 wh, uint40 offset) {
        bytes32 expected = _fillsHashes[interval][chunk];
        bytes32 given = keccak256(fills);
        require(given == expected, MarketFillsUnknown(interval, chunk, expected, given));
        uint256 count = fills.length / FILL_BYTES;
        require(position < count, MarketFillPosition(position, count));
        bytes13 packed = bytes13(fills[position * FILL_BYTES:(position + 1) * FILL_BYTES]);
        return (uint32(bytes4(packed)), int32(uint32(uint104(packed) >> 40)), uint40(uint104(packed)));
    }

    /// @inheritdoc IEnergyMarket
    function progressOf(uint32 interval, int32 lo, int32 hi) external view returns (uint32 cursor) {
        if (_outcome(interval) & CLEARED != 0) return _settlements[interval].cursor;
        return _verifications[_proposalKey(interval, lo, hi)].cursor;
    }

    /// @inheritdoc IEnergyMarket
    function firstUncleared() external view returns (uint32) {
        return _mark;
    }

    /// @inheritdoc IEnergyMarket
    function collects() external view returns (bool gridLeg, bool networkFee) {
        return (COLLECTS_GRID, COLLECTS_FEE);
    }

    // ------------------------------------------------------------------ verifying

    /// @dev Continues the verification of a proposal. A book read whole in this call is settled at once from memory.
    function _verify(Pass memory pass, int32 lo, int32 hi) private returns (bool settled) {
        int256 highest = pass.retail - pass.fee;
        bool hasPrice = pass.feedIn <= highest;
        require(
            hasPrice ? pass.feedIn <= lo && lo <= hi && hi <= highest : lo == 0 && hi == 0,
            MarketProposalOutOfBand(pass.interval, lo, hi, pass.feedIn, highest)
        );
        uint256 key = _proposalKey(pass.interval, lo, hi);
        Verification memory state;
        uint256 begun = _verifications[key].cursor;
        if (begun != 0) state = _verifications[key];
        pass.cursor = begun;
        uint256[] memory book = _load(pass);
        for (uint256 i = 0; i < book.length; ++i) {
            if (!book[i].isPresent()) state.leftOut = true;
            ClearingMath.add(state.atLo, state.atHi, book[i], lo, hi);
        }
        if (!_isDone(pass)) {
            state.cursor = uint32(pass.cursor);
            _verifications[key] = state;
            return false;
        }
        ClearingMath.Rationing memory rationing;
        if (hasPrice) {
            require(
                ClearingMath.isEquilibriumInterval(state.atLo, state.atHi, lo, hi, pass.feedIn, highest),
                MarketProposalWrong(pass.interval, lo, hi)
            );
            rationing = ClearingMath.ration(state.atLo, state.atHi, lo, hi, kPpm);
        }
        if (begun != 0) delete _verifications[key];
        uint256 flags = CLEARED | (hasPrice ? HAS_PRICE : 0) | (state.leftOut ? LEFT_OUT : 0);
        emit IntervalCleared(
            pass.interval,
            int32(rationing.price),
            lo,
            hi,
            uint40(rationing.matched),
            hasPrice,
            state.leftOut
        );
        if (begun == 0) {
            flags |= SETTLED;
            settled = true;
        } else {
            _settlements[pass.interval] = _packed(rationing);
        }
        _storeOutcome(
            pass.interval,
            (uint256(uint32(int32(rationing.price))) << 48) | (rationing.matched << 8) | flags
        );
        if (settled) {
            ClearingMath.Walk memory walk;
            _settleBook(pass, rationing, walk, book, 0);
        }
    }

    /// @dev Reads the next participants' lines of the book, at most `pass.left` of them, and moves `pass.cursor` on.
    function _load(Pass memory pass) private view returns (uint256[] memory book) {
        book = new uint256[](pass.left);
        uint256 length;
        bool hasPrice = pass.feedIn <= pass.retail - pass.fee;
        while (pass.left != 0 && !_isDone(pass)) {
            uint256 word = pass.cursor / WordBits.PER_WORD;
            (uint224 active, uint224 suspended) = registry.rosterWord(pass.interval, word);
            uint256 bits = (uint256(active) >> (pass.cursor % WordBits.PER_WORD)) << (pass.cursor % WordBits.PER_WORD);
            uint256 taken;
            (taken, pass.cursor) = _take(bits, word, pass.left);
            if (taken == 0) continue;
            uint256 barred = hasPrice ? suspended | _ineligibleWord(word, pass.interval) : type(uint224).max;
            length += _loadWord(pass, word, taken, barred, book, length);
        }
        assembly ("memory-safe") {
            mstore(book, length)
        }
    }

    /// @dev Writes the lines of the taken members of one roster word from `start` on; returns how many.
    function _loadWord(
        Pass memory pass,
        uint256 word,
        uint256 taken,
        uint256 barred,
        uint256[] memory book,
        uint256 start
    ) private view returns (uint256 count) {
        uint256[] memory stored = ledger.readingsInWord(pass.interval, word, taken);
        count = stored.length;
        pass.left -= count;
        uint256 base = word * WordBits.PER_WORD + 1;
        uint256 traders;
        for (uint256 i = 0; i < count; ++i) {
            uint256 bit = taken & (~taken + 1);
            taken ^= bit;
            uint256 participant = base + WordBits.lowest(bit);
            bool inTime = stored[i] != 0 && !PackedReadings.isLate(stored[i]);
            if (inTime && barred & bit == 0 && PackedReadings.netWh(stored[i]) != 0) traders |= bit;
            book[start + i] = inTime
                ? BookEntry.gridOnly(participant, stored[i])
                : BookEntry.absent(participant);
        }
        if (traders == 0) return count;
        uint256[] memory packed = orders.ordersInWord(pass.interval, word, traders);
        uint256 next;
        for (uint256 i = 0; next < packed.length; ++i) {
            uint256 entry = book[start + i];
            uint256 bit = 1 << (entry.participant() - base);
            if (traders & bit != 0) book[start + i] = _offer(pass, entry, uint224(packed[next++]));
        }
    }

    /// @dev The lowest `most` of the bits, and the cursor after them: after the word if they are all.
    function _take(uint256 bits, uint256 word, uint256 most) private pure returns (uint256 taken, uint256 cursor) {
        uint256 rest = bits;
        for (uint256 i = 0; i < most && rest != 0; ++i) {
            rest &= rest - 1;
        }
        taken = bits ^ rest;
        cursor = rest == 0
            ? (word + 1) * WordBits.PER_WORD
            : word * WordBits.PER_WORD + WordBits.lowest(rest);
    }

    /// @dev The line of a participant that may trade, with its order; unchanged where that offers nothing.
    function _offer(Pass memory pass, uint256 entry, uint224 order) private pure returns (uint256) {
        if (order == 0) return entry;
        int256 net = PackedReadings.netWh(entry.reading());
        if (net > 0) {
            int256 limit = order.sellEffective(pass.retail, pass.feedIn, pass.fee);
            uint256 offered = _min(uint256(net), order.sellCap());
            if (limit > pass.retail - pass.fee || offered == 0) return entry;
            return entry.withOffer(BookEntry.SELLER, limit, offered);
        } else {
            int256 limit = order.buyEffective(pass.retail, pass.feedIn, pass.fee);
            uint256 offered = _min(uint256(-net), order.buyCap());
            if (limit < pass.feedIn || offered == 0) return entry;
            return entry.withOffer(BookEntry.BUYER, limit, offered);
        }
    }

    // ------------------------------------------------------------------ settling

    /// @dev Settles the next participants of a cleared interval.
    function _continueSettlement(Pass memory pass, uint256 outcome) private returns (bool settled) {
        Settlement memory state = _settlements[pass.interval];
        pass.cursor = state.cursor;
        ClearingMath.Rationing memory rationing = ClearingMath.Rationing({
            price: int32(uint32(outcome >> 48)),
            matched: uint40(outcome >> 8),
            sellerNum: state.sellerNum,
            sellerDen: state.sellerDen,
            buyerNum: state.buyerNum,
            buyerDen: state.buyerDen
        });
        ClearingMath.Walk memory walk = ClearingMath.Walk(state.sellerCum, state.buyerCum, state.sold, state.bought);
        uint256[] memory book = _load(pass);
        settled = _isDone(pass);
        // What `_settleBook` changes in the walk is known only after it; it calls no one but trusted contracts.
        uint256 chunks = _settleBook(pass, rationing, walk, book, state.chunks);
        if (settled) {
            delete _settlements[pass.interval];
            _storeOutcome(pass.interval, outcome | SETTLED);
        } else {
            state.cursor = uint32(pass.cursor);
            state.chunks = uint32(chunks);
            state.sellerCum = uint48(walk.sellerCum);
            state.buyerCum = uint48(walk.buyerCum);
            state.sold = uint48(walk.sold);
            state.bought = uint48(walk.bought);
            _settlements[pass.interval] = state;
        }
    }

    /// @dev Settles lines of the book: money, fills, certificates. Returns the number of chunks with fills so far.
    function _settleBook(
        Pass memory pass,
        ClearingMath.Rationing memory rationing,
        ClearingMath.Walk memory walk,
        uint256[] memory book,
        uint256 chunks
    ) private returns (uint256) {
        bytes memory fills = new bytes(book.length * FILL_BYTES + 32);
        uint256 filled;
        uint256[] memory issues = new uint256[](book.length);
        uint256 issued;
        int256 gridTotal;
        int256 feeTotal;
        for (uint256 i = 0; i < book.length; ++i) {
            uint256 entry = book[i];
            if (!entry.isPresent()) continue;
            (uint256 wh, uint256 offset) = ClearingMath.fill(walk, rationing, entry);
            uint32 participant = entry.participant();
            int256 fill = entry.side() == BookEntry.BUYER ? -int256(wh) : int256(wh);
            if (wh != 0) {
                filled = _appendFill(fills, filled, participant, fill, offset);
                int256 fee = COLLECTS_FEE && fill < 0 ? -fill * pass.fee : int256(0);
                feeTotal += fee;
                _book(participant, fill * rationing.price - fee);
            }
            int256 grid;
            (grid, issued) = _settleGrid(pass, participant, entry.reading(), fill, issues, issued);
            gridTotal += grid;
        }
        _bookPooled(gridTotal, feeTotal);
        if (filled != 0) {
            assembly ("memory-safe") {
                mstore(fills, mul(filled, 13))
            }
            _fillsHashes[pass.interval][chunks] = keccak256(fills);
            emit FillsSettled(pass.interval, chunks, fills);
            ++chunks;
        }
        if (issued != 0) {
            assembly ("memory-safe") {
                mstore(issues, issued)
            }
            guarantees.issue(pass.interval, issues);
        }
        return chunks;
    }

    /// @dev Books the grid leg of a reading (if collected) and lists what is to be issued for it.
    /// @return grid n€ to book for the grid
    /// @return issued length of `issues` in use
    function _settleGrid(
        Pass memory pass,
        uint32 participant,
        uint256 stored,
        int256 fill,
        uint256[] memory issues,
        uint256 issued
    ) private returns (int256 grid, uint256) {
        uint256 production = PackedReadings.productionWh(stored);
        uint256 consumption = PackedReadings.consumptionWh(stored);
        if (COLLECTS_GRID) {
            int256 toGrid = int256(production) - int256(consumption) - fill;
            grid = -toGrid * (toGrid > 0 ? pass.feedIn : pass.retail);
            _book(participant, -grid);
        }
        // Measured (1) and corrected (3) are the odd qualities: estimated production earns nothing.
        if (production != 0 && PackedReadings.quality(stored) & 1 == 1) {
            uint256 ownUse = _min(production, consumption);
            uint256 sold = fill > 0 ? uint256(fill) : 0;
            issues[issued++] =
                (uint256(participant) << 72) | (ownUse << 48) | (sold << 24) | (production - ownUse - sold);
        }
        return (grid, issued);
    }

    /// @dev Writes the 13 bytes of a fill behind the `filled` ones before it.
    function _appendFill(
        bytes memory fills,
        uint256 filled,
        uint32 participant,
        int256 fill,
        uint256 offset
    ) private pure returns (uint256) {
        uint256 packed = (uint256(participant) << 224) | (uint256(uint32(int32(fill))) << 192) | (offset << 152);
        assembly ("memory-safe") {
            mstore(add(add(fills, 32), mul(filled, 13)), packed)
        }
        return filled + 1;
    }

    // ------------------------------------------------------------------ internal

    function _newPass(uint32 interval, uint256 left) private view returns (Pass memory pass) {
        pass.interval = interval;
        pass.left = left;
        (pass.retail, pass.feedIn, pass.fee) = tariffs.pricesAt(interval);
        pass.end = registry.rosterWordCount() * WordBits.PER_WORD;
        if (left > pass.end) pass.left = pass.end;
    }

    function _isDone(Pass memory pass) private pure returns (bool) {
        return pass.cursor >= pass.end;
    }

    function _packed(ClearingMath.Rationing memory rationing) private pure returns (Settlement memory state) {
        state.sellerNum = uint48(rationing.sellerNum);
        state.sellerDen = uint48(rationing.sellerDen);
        state.buyerNum = uint48(rationing.buyerNum);
        state.buyerDen = uint48(rationing.buyerDen);
    }

    function _proposalKey(uint32 interval, int32 lo, int32 hi) private pure returns (uint256) {
        return (uint256(interval) << 64) | (uint256(uint32(lo)) << 32) | uint32(hi);
    }

    function _outcome(uint32 interval) private view returns (uint256) {
        uint256 shift = (interval % OUTCOMES_PER_SLOT) * OUTCOME_BITS;
        return (_outcomes[interval / OUTCOMES_PER_SLOT] >> shift) & ((1 << OUTCOME_BITS) - 1);
    }

    function _storeOutcome(uint32 interval, uint256 outcome) private {
        uint256 shift = (interval % OUTCOMES_PER_SLOT) * OUTCOME_BITS;
        uint256 group = interval / OUTCOMES_PER_SLOT;
        uint256 others = _outcomes[group] & ~(((1 << OUTCOME_BITS) - 1) << shift);
        _outcomes[group] = others | (outcome << shift);
    }

    /// @dev Moves the mark over intervals that are final, or over and empty.
    function _catchUp(uint256 maxCount) private {
        uint32 mark = _mark;
        for (uint256 i = 0; i < maxCount; ++i) {
            if (_outcome(mark) & SETTLED == 0) {
                if (_endOf(mark) > block.timestamp || registry.rosterCount(mark) != 0) break;
            }
            ++mark;
        }
        _mark = mark;
    }

    function _firstUncleared() internal view override returns (uint32) {
        return _mark;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
