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
import {MemoryWords} from "./libraries/MemoryWords.sol";
import {PackedReadings} from "./libraries/PackedReadings.sol";
import {MarketAccounts} from "./market/MarketAccounts.sol";
import {MarketBook} from "./market/MarketBook.sol";

/// @title The metered call auction of a community
/// @notice No role decides anything about a clearing here: only the right [lo, hi] passes, and settlement follows.
contract EnergyMarket is MarketBook, Multicall {
    using BookEntry for uint256;

    /// @dev Most settled intervals that an `advance` moves the mark over.
    uint256 private constant CATCH_UP = 4;

    IGuaranteeOfOrigin public immutable guarantees;

    /// @inheritdoc IEnergyMarket
    uint32 public immutable kPpm;
    bool private immutable COLLECTS_GRID;
    bool private immutable COLLECTS_FEE;

    /// @dev Late readings settled, one bit each.
    mapping(uint32 participant => mapping(uint256 group => uint256 bits)) private _lateSettled;

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
        address corrections_,
        Settings memory settings
    )
        IntervalClock(settings.intervalLength, settings.gateLead)
        EIP712("Watt Commons EnergyMarket", "1")
        AccessManaged(authority_)
        MarketAccounts(registry_, euro_, tariffs_, corrections_, settings.creditLimit)
        MarketBook(orders_, ledger_)
    {
        require(settings.kPpm <= 1_000_000, MarketSettingInvalid(settings.kPpm));
        guarantees = guarantees_;
        kPpm = settings.kPpm;
        COLLECTS_GRID = settings.collectsGrid;
        COLLECTS_FEE = settings.collectsFee;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IEnergyMarket
    function advance(uint32 interval, int32 lo, int32 hi, uint256 maxCount) external returns (bool settled) {
        require(maxCount != 0, MarketCountZero());
        require(interval >= FIRST, MarketIntervalBeforeFirst(interval, FIRST));
        uint256 outcome = _outcomes[interval];
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
            if (interval == _firstUncleared()) _passSettled(CATCH_UP);
        }
    }

    /// @inheritdoc IEnergyMarket
    function settleLate(uint32 participant, uint32 first, uint32 count) external returns (uint32 done) {
        uint256[] memory stored = ledger.readingsOf(participant, first, count);
        for (uint32 i = 0; i < count; ++i) {
            if (PackedReadings.isLate(stored[i]) && _settleLate(participant, first + i, stored[i])) ++done;
        }
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEnergyMarket
    function collects() external view returns (bool gridLeg, bool networkFee) {
        return (COLLECTS_GRID, COLLECTS_FEE);
    }

    /// @inheritdoc IEnergyMarket
    function lateSettled(uint32 participant, uint32 interval) external view returns (bool) {
        return (_lateSettled[participant][interval / 256] >> (interval % 256)) & 1 == 1;
    }

    // ------------------------------------------------------------------ verifying

    /// @dev Continues the verification of a proposal. A book read whole in this call is settled at once from memory.
    function _verify(Pass memory pass, int32 lo, int32 hi) private returns (bool whole) {
        bool hasPrice = _hasPrice(pass);
        require(
            hasPrice ? pass.feedIn <= lo && lo <= hi && hi <= pass.ceiling : lo == 0 && hi == 0,
            MarketProposalOutOfBand(pass.interval, lo, hi, pass.feedIn, pass.ceiling)
        );
        uint256 key = _proposalKey(pass.interval, lo, hi);
        pass.cursor = _verifications[key].cursor;
        whole = pass.cursor == 0;
        ClearingMath.Sums memory atLo;
        ClearingMath.Sums memory atHi;
        bool leftOut;
        if (!whole) {
            Verification memory state = _verifications[key];
            (atLo, atHi, leftOut) = (_unpackSums(state.atLo), _unpackSums(state.atHi), state.leftOut);
        }
        uint256[] memory book = _load(pass);
        if (_addUp(book, atLo, atHi, lo, hi)) leftOut = true;
        if (!_isDone(pass)) {
            _verifications[key] = Verification(_packSums(atLo), _packSums(atHi), uint32(pass.cursor), leftOut);
            return false;
        }
        ClearingMath.Rationing memory rationing;
        if (hasPrice) {
            require(
                ClearingMath.isEquilibriumInterval(atLo, atHi, lo, hi, pass.feedIn, pass.ceiling),
                MarketProposalWrong(pass.interval, lo, hi)
            );
            rationing = ClearingMath.ration(atLo, atHi, lo, hi, kPpm);
        }
        uint256 flags = CLEARED | (hasPrice ? HAS_PRICE : 0) | (leftOut ? LEFT_OUT : 0) | (whole ? SETTLED : 0);
        uint256 outcome = _packOutcome(rationing.price, rationing.matched, flags);
        emit IntervalCleared(
            pass.interval,
            int32(rationing.price),
            lo,
            hi,
            uint40(rationing.matched),
            hasPrice,
            leftOut
        );
        ClearingMath.Walk memory walk;
        if (whole) {
            _settleBook(pass, rationing, walk, book, outcome, 0);
        } else {
            _outcomes[pass.interval] = outcome;
            delete _verifications[key];
            _storeSettlement(pass.interval, rationing, walk, 0, 0);
        }
    }

    /// @dev Adds lines of the book to the sums; true if one of them is of a participant without a reading.
    function _addUp(
        uint256[] memory book,
        ClearingMath.Sums memory atLo,
        ClearingMath.Sums memory atHi,
        int256 lo,
        int256 hi
    ) private pure returns (bool leftOut) {
        unchecked {
            uint256 count = book.length;
            for (uint256 i = 0; i < count; ++i) {
                uint256 entry = MemoryWords.read(book, i);
                if (!entry.isPresent()) leftOut = true;
                ClearingMath.add(atLo, atHi, entry, lo, hi);
            }
        }
    }

    // ------------------------------------------------------------------ settling

    /// @dev Settles the next participants of a cleared interval.
    function _continueSettlement(Pass memory pass, uint256 outcome) private returns (bool settled) {
        Settlement memory state = _settlements[pass.interval];
        pass.cursor = state.cursor;
        ClearingMath.Rationing memory rationing = ClearingMath.Rationing({
            price: _priceOf(outcome),
            matched: uint40(outcome >> 8),
            sellerNum: state.sellerNum,
            sellerDen: state.sellerDen,
            buyerNum: state.buyerNum,
            buyerDen: state.buyerDen
        });
        ClearingMath.Walk memory walk = ClearingMath.Walk(state.sellerCum, state.buyerCum, state.sold, state.bought);
        uint256[] memory book = _load(pass);
        settled = _isDone(pass);
        if (settled) outcome |= SETTLED;
        // What settling changes in the walk is stored after it; it calls nothing but the community's own contracts.
        uint256 chunks = _settleBook(pass, rationing, walk, book, outcome, state.chunks);
        if (settled) {
            delete _settlements[pass.interval];
        } else {
            _storeSettlement(pass.interval, rationing, walk, pass.cursor, chunks);
        }
    }

    function _storeSettlement(
        uint32 interval,
        ClearingMath.Rationing memory rationing,
        ClearingMath.Walk memory walk,
        uint256 cursor,
        uint256 chunks
    ) private {
        _settlements[interval] = Settlement({
            sellerNum: uint48(rationing.sellerNum),
            sellerDen: uint48(rationing.sellerDen),
            buyerNum: uint48(rationing.buyerNum),
            buyerDen: uint48(rationing.buyerDen),
            cursor: uint32(cursor),
            chunks: uint32(chunks),
            sellerCum: uint48(walk.sellerCum),
            buyerCum: uint48(walk.buyerCum),
            sold: uint48(walk.sold),
            bought: uint48(walk.bought)
        });
    }

    /// @dev Settles lines of the book: money, fills, certificates, and stores the outcome before it calls another
    /// contract. Returns the number of chunks with fills so far.
    /// Unchecked: |Wh × price| < 2^56, and fewer than 2^17 of them are added up.
    function _settleBook(
        Pass memory pass,
        ClearingMath.Rationing memory rationing,
        ClearingMath.Walk memory walk,
        uint256[] memory book,
        uint256 outcome,
        uint256 chunks
    ) private returns (uint256) {
        unchecked {
            uint256 count = book.length;
            // The last fill is written as a whole word.
            bytes memory fills = new bytes(count * FILL_BYTES + 32);
            uint256[] memory issues = new uint256[](count);
            uint256 filled;
            uint256 issued;
            int256 gridTotal;
            int256 feeTotal;
            int256 balance;
            for (uint256 i = 0; i < count; ++i) {
                uint256 entry = MemoryWords.read(book, i);
                if (!entry.isPresent()) continue;
                int256 fill;
                int256 amount;
                {
                    (uint256 wh, uint256 offset) = ClearingMath.fill(walk, rationing, entry);
                    if (wh != 0) {
                        fill = entry.side() == BookEntry.BUYER ? -int256(wh) : int256(wh);
                        _writeFill(fills, filled++, entry.participant(), fill, offset);
                        amount = fill * rationing.price;
                        if (COLLECTS_FEE && fill < 0) {
                            int256 fee = -fill * pass.fee;
                            feeTotal += fee;
                            amount -= fee;
                        }
                    }
                }
                if (COLLECTS_GRID) {
                    int256 grid = _gridCost(pass, entry.reading(), fill);
                    gridTotal += grid;
                    amount -= grid;
                }
                _book(entry.participant(), amount);
                balance += amount;
                uint256 issue = _issueOf(entry.participant(), entry.reading(), fill);
                if (issue != 0) issues[issued++] = issue;
            }
            _bookPooled(gridTotal, feeTotal, -(balance + gridTotal + feeTotal));
            if (filled != 0) {
                assembly ("memory-safe") {
                    mstore(fills, mul(filled, 13))
                }
                outcome = _withFills(outcome, pass.interval, chunks, fills);
                emit FillsSettled(pass.interval, chunks, fills);
                ++chunks;
            }
            _outcomes[pass.interval] = outcome;
            if (issued != 0) {
                assembly ("memory-safe") {
                    mstore(issues, issued)
                }
                guarantees.issue(pass.interval, issues);
            }
            return chunks;
        }
    }

    /// @dev Settles a late reading against the grid, once; false if its interval is not final or it was done before.
    function _settleLate(uint32 participant, uint32 interval, uint256 stored) private returns (bool) {
        if (_outcomes[interval] & SETTLED == 0) return false;
        uint256 group = interval / 256;
        uint256 bit = 1 << (interval % 256);
        uint256 bits = _lateSettled[participant][group];
        if (bits & bit != 0) return false;
        _lateSettled[participant][group] = bits | bit;
        emit LateSettled(participant, interval);
        if (COLLECTS_GRID) {
            int256 grid = _gridCost(_newPass(interval, 0), stored, 0);
            _book(participant, -grid);
            _bookPooled(grid, 0, 0);
        }
        uint256[] memory issues = new uint256[](1);
        issues[0] = _issueOf(participant, stored, 0);
        if (issues[0] != 0) guarantees.issue(interval, issues);
        return true;
    }

    /// @dev What a participant owes the grid for what it did not trade, n€: R × import, or -F × export.
    function _gridCost(Pass memory pass, uint256 stored, int256 fill) private pure returns (int256) {
        unchecked {
            int256 toGrid = PackedReadings.netWh(stored) - fill;
            return -toGrid * (toGrid > 0 ? pass.feedIn : pass.retail);
        }
    }

    /// @dev What is to be issued for a reading, packed for `IGuaranteeOfOrigin.issue`; zero for nothing.
    function _issueOf(uint32 participant, uint256 stored, int256 fill) private pure returns (uint256) {
        unchecked {
            uint256 production = PackedReadings.productionWh(stored);
            // Measured (1) and corrected (3) are the odd qualities: estimated production earns nothing.
            if (production == 0 || PackedReadings.quality(stored) & 1 == 0) return 0;
            uint256 ownUse = _min(production, PackedReadings.consumptionWh(stored));
            uint256 sold = fill > 0 ? uint256(fill) : 0;
            return (uint256(participant) << 72) | (ownUse << 48) | (sold << 24) | (production - ownUse - sold);
        }
    }

    /// @dev Writes the 13 bytes of a fill behind the `filled` ones before it.
    function _writeFill(
        bytes memory fills,
        uint256 filled,
        uint32 participant,
        int256 fill,
        uint256 offset
    ) private pure {
        uint256 packed = (uint256(participant) << 224) | (uint256(uint32(int32(fill))) << 192) | (offset << 152);
        assembly ("memory-safe") {
            mstore(add(add(fills, 32), mul(filled, 13)), packed)
        }
    }
}
