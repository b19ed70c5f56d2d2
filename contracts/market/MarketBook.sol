// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMeterLedger} from "../interfaces/IMeterLedger.sol";
import {IOrderBook} from "../interfaces/IOrderBook.sol";
import {BookEntry} from "../libraries/BookEntry.sol";
import {PackedOrder} from "../libraries/PackedOrder.sol";
import {MemoryWords} from "../libraries/MemoryWords.sol";
import {PackedReadings} from "../libraries/PackedReadings.sol";
import {WordBits} from "../libraries/WordBits.sol";
import {MarketOutcomes} from "./MarketOutcomes.sol";

/// @title The book of an interval, read from roster, readings and orders
/// @dev Everything read here is fixed once the interval is frozen, so that it may be read in several calls.
/// Unchecked arithmetic is on indices below 2^17, Wh below 2^24 and prices of 32 bits.
abstract contract MarketBook is MarketOutcomes {
    using BookEntry for uint256;
    using PackedOrder for uint224;

    IOrderBook public immutable orders;
    IMeterLedger public immutable ledger;

    /// @dev What the passes over one interval share: its tariff, µ€/kWh, with `ceiling` = R - f; `cursor` and `end`
    /// count participants by index, `left` is what remains of the caller's count.
    struct Pass {
        uint32 interval;
        int256 retail;
        int256 feedIn;
        int256 fee;
        int256 ceiling;
        uint256 end;
        uint256 cursor;
        uint256 left;
    }

    constructor(IOrderBook orders_, IMeterLedger ledger_) {
        orders = orders_;
        ledger = ledger_;
    }

    function _newPass(uint32 interval, uint256 left) internal view returns (Pass memory pass) {
        pass.interval = interval;
        (pass.retail, pass.feedIn, pass.fee) = tariffs.pricesAt(interval);
        pass.ceiling = pass.retail - pass.fee;
        pass.end = registry.rosterWordCount() * WordBits.PER_WORD;
        pass.left = left < pass.end ? left : pass.end;
    }

    /// @dev False where R - f < F: everybody trades with the grid.
    function _hasPrice(Pass memory pass) internal pure returns (bool) {
        return pass.feedIn <= pass.ceiling;
    }

    function _isDone(Pass memory pass) internal pure returns (bool) {
        return pass.cursor >= pass.end;
    }

    /// @dev Reads the next participants' lines of the book, at most `pass.left` of them, and moves `pass.cursor` on.
    function _load(Pass memory pass) internal view returns (uint256[] memory book) {
        unchecked {
            book = new uint256[](pass.left);
            uint256 length;
            while (pass.left != 0 && !_isDone(pass)) {
                uint256 word = pass.cursor / WordBits.PER_WORD;
                (uint224 active, uint224 suspended) = registry.rosterWord(pass.interval, word);
                uint256 taken = _take(pass, word, active);
                if (taken == 0) continue;
                uint256 barred = _hasPrice(pass) ? suspended | _ineligibleWord(word, pass.interval) : type(uint224).max;
                uint256 count = _loadWord(pass, word, taken, barred, book, length);
                length += count;
                pass.left -= count;
            }
            assembly ("memory-safe") {
                mstore(book, length)
            }
        }
    }

    /// @dev The next bits of the word, at most `pass.left`; moves the cursor after them, or after the whole word.
    function _take(Pass memory pass, uint256 word, uint256 bits) private pure returns (uint256 taken) {
        unchecked {
            uint256 skipped = pass.cursor % WordBits.PER_WORD;
            bits = (bits >> skipped) << skipped;
            uint256 rest = bits;
            for (uint256 i = 0; i < pass.left && rest != 0; ++i) {
                rest &= rest - 1;
            }
            taken = bits ^ rest;
            pass.cursor = rest == 0 ? (word + 1) * WordBits.PER_WORD : word * WordBits.PER_WORD + WordBits.lowest(rest);
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
    ) private view returns (uint256) {
        unchecked {
            uint256[] memory stored = ledger.readingsInWord(pass.interval, word, taken);
            uint256 traders;
            uint256 next = start;
            uint256 participant = word * WordBits.PER_WORD;
            for (uint256 bit = 1; bit <= taken; bit <<= 1) {
                ++participant;
                if (taken & bit == 0) continue;
                uint256 reading = MemoryWords.read(stored, next - start);
                if (reading == 0 || PackedReadings.isLate(reading)) {
                    book[next++] = BookEntry.absent(participant);
                    continue;
                }
                book[next++] = BookEntry.gridOnly(participant, reading);
                if (barred & bit == 0 && PackedReadings.netWh(reading) != 0) traders |= bit;
            }
            if (traders != 0) _addOffers(pass, word, traders, book, start);
            return next - start;
        }
    }

    /// @dev Turns the lines of the word's traders, which begin at `start`, into their offers.
    function _addOffers(
        Pass memory pass,
        uint256 word,
        uint256 traders,
        uint256[] memory book,
        uint256 start
    ) private view {
        unchecked {
            uint256[] memory packed = orders.ordersInWord(pass.interval, word, traders);
            uint256 base = word * WordBits.PER_WORD + 1;
            uint256 count = packed.length;
            uint256 next;
            for (uint256 i = start; next < count; ++i) {
                uint256 entry = MemoryWords.read(book, i);
                if ((traders >> (entry.participant() - base)) & 1 == 1) {
                    book[i] = _offer(pass, entry, uint224(MemoryWords.read(packed, next++)));
                }
            }
        }
    }

    /// @dev The line of a participant that may trade, with its order; unchanged where that offers nothing.
    function _offer(Pass memory pass, uint256 entry, uint224 order) private pure returns (uint256) {
        unchecked {
            if (order == 0) return entry;
            int256 net = PackedReadings.netWh(entry.reading());
            if (net > 0) {
                int256 limit = order.sellEffective(pass.retail, pass.feedIn, pass.fee);
                uint256 offered = _min(uint256(net), order.sellCap());
                if (limit > pass.ceiling || offered == 0) return entry;
                return entry.withOffer(BookEntry.SELLER, limit, offered);
            } else {
                int256 limit = order.buyEffective(pass.retail, pass.feedIn, pass.fee);
                uint256 offered = _min(uint256(-net), order.buyCap());
                if (limit < pass.feedIn || offered == 0) return entry;
                return entry.withOffer(BookEntry.BUYER, limit, offered);
            }
        }
    }

    function _min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }
}
