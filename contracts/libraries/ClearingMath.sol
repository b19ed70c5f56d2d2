// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BookEntry} from "./BookEntry.sol";

/// @title Verification of a clearing and its fills
/// @notice An integer price p is an equilibrium when S<(p) <= D>=(p) and D>(p) <= S<=(p), where S<, S<= are the Wh of
/// sellers with a limit below, or at most, p, and D>, D>= those of buyers above, or at least, p; at F the grid makes
/// D>= infinite, at R - f it makes S<= infinite. The equilibria are the integers of an interval [lo, hi]. So eight
/// sums, over the book in any order, prove that a proposal is that interval.
library ClearingMath {
    using BookEntry for uint256;

    /// @dev Wh of sellers and buyers about one price. A book has fewer than 2^17 lines of less than 2^24 Wh each, so
    /// the sums stay below 2^41 and nothing here can overflow.
    struct Sums {
        uint256 sellersBelow;
        uint256 sellersUpTo;
        uint256 buyersAbove;
        uint256 buyersFrom;
    }

    /// @dev How the fills of an interval follow from its clearing. A side is rationed when `num` < `den`.
    struct Rationing {
        int256 price;
        uint256 matched;
        uint256 sellerNum;
        uint256 sellerDen;
        uint256 buyerNum;
        uint256 buyerDen;
    }

    /// @dev Running sums of the settling pass.
    /// @param sellerCum, buyerCum Wh of the marginal participants passed so far
    /// @param sold, bought Wh of the fills so far: the offset of the next fill of that side
    struct Walk {
        uint256 sellerCum;
        uint256 buyerCum;
        uint256 sold;
        uint256 bought;
    }

    /// @notice Adds a line of the book to the sums about `lo` and about `hi`.
    function add(Sums memory atLo, Sums memory atHi, uint256 entry, int256 lo, int256 hi) internal pure {
        unchecked {
            uint256 side = entry.side();
            if (side == BookEntry.NONE) return;
            int256 limit = entry.limit();
            uint256 wh = entry.offered();
            if (side == BookEntry.SELLER) {
                if (limit > hi) return;
                atHi.sellersUpTo += wh;
                if (limit < hi) atHi.sellersBelow += wh;
                if (limit > lo) return;
                atLo.sellersUpTo += wh;
                if (limit < lo) atLo.sellersBelow += wh;
            } else {
                if (limit < lo) return;
                atLo.buyersFrom += wh;
                if (limit > lo) atLo.buyersAbove += wh;
                if (limit < hi) return;
                atHi.buyersFrom += wh;
                if (limit > hi) atHi.buyersAbove += wh;
            }
        }
    }

    /// @notice Whether [lo, hi] is the whole interval of equilibria within [lowest, highest] = [F, R - f].
    function isEquilibriumInterval(
        Sums memory atLo,
        Sums memory atHi,
        int256 lo,
        int256 hi,
        int256 lowest,
        int256 highest
    ) internal pure returns (bool) {
        bool loHolds =
            (lo == lowest || atLo.sellersBelow <= atLo.buyersFrom) &&
                (lo == highest || atLo.buyersAbove <= atLo.sellersUpTo) &&
                (lo == lowest || atLo.buyersFrom > atLo.sellersBelow);
        bool hiHolds =
            (hi == lowest || atHi.sellersBelow <= atHi.buyersFrom) &&
                (hi == highest || atHi.buyersAbove <= atHi.sellersUpTo) &&
                (hi == highest || atHi.sellersUpTo > atHi.buyersAbove);
        return loHolds && hiHolds;
    }

    /// @notice Price, matched Wh and rationing of a verified clearing.
    /// @dev Strictly between lo and hi there is no limit, so the sums there are those just above lo.
    function ration(
        Sums memory atLo,
        Sums memory atHi,
        int256 lo,
        int256 hi,
        uint256 kPpm
    ) internal pure returns (Rationing memory result) {
        // lo + floor(k (hi - lo)): hi - lo is not negative, so the division rounds down.
        result.price = lo + (int256(kPpm) * (hi - lo)) / 1_000_000;
        Sums memory sums = atHi;
        if (result.price < hi) {
            sums = atLo;
            if (result.price > lo) {
                sums = Sums(atLo.sellersUpTo, atLo.sellersUpTo, atHi.buyersFrom, atHi.buyersFrom);
            }
        }
        uint256 matched = sums.sellersUpTo < sums.buyersFrom ? sums.sellersUpTo : sums.buyersFrom;
        result.matched = matched;
        result.sellerNum = matched - sums.sellersBelow;
        result.sellerDen = sums.sellersUpTo - sums.sellersBelow;
        result.buyerNum = matched - sums.buyersAbove;
        result.buyerDen = sums.buyersFrom - sums.buyersAbove;
    }

    /// @notice Fill of the next line of the book, in index order, and its offset on the line [0, matched].
    /// @dev At the price itself: floor(cumAfter × num / den) - floor(cumBefore × num / den), so that the marginal
    /// fills sum to num exactly; the Wh that rounding leaves falls to the participant that completes it.
    function fill(
        Walk memory walk,
        Rationing memory rationing,
        uint256 entry
    ) internal pure returns (uint256 wh, uint256 offset) {
        unchecked {
            uint256 side = entry.side();
            if (side == BookEntry.NONE) return (0, 0);
            int256 limit = entry.limit();
            wh = entry.offered();
            if (side == BookEntry.SELLER) {
                if (limit > rationing.price) return (0, 0);
                offset = walk.sold;
                if (limit == rationing.price) {
                    uint256 cum = walk.sellerCum;
                    walk.sellerCum = cum + wh;
                    wh = _share(cum, wh, rationing.sellerNum, rationing.sellerDen);
                }
                walk.sold = offset + wh;
            } else {
                if (limit < rationing.price) return (0, 0);
                offset = walk.bought;
                if (limit == rationing.price) {
                    uint256 cum = walk.buyerCum;
                    walk.buyerCum = cum + wh;
                    wh = _share(cum, wh, rationing.buyerNum, rationing.buyerDen);
                }
                walk.bought = offset + wh;
            }
        }
    }

    /// @dev `den` is at least `offered`, which is not zero. Products stay below 2^82.
    function _share(uint256 cum, uint256 offered, uint256 num, uint256 den) private pure returns (uint256) {
        unchecked {
            return ((cum + offered) * num) / den - (cum * num) / den;
        }
    }
}
