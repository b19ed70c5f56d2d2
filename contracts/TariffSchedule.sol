// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IntervalClock} from "./IntervalClock.sol";
import {IIntervalClock} from "./interfaces/IIntervalClock.sol";
import {ITariffSchedule} from "./interfaces/ITariffSchedule.sol";
import {IntervalTrace} from "./libraries/IntervalTrace.sol";

/// @title Tariff schedule of a community
/// @dev Reading an interval costs three slots: its group's codes, the newest default, the band.
contract TariffSchedule is ITariffSchedule, IntervalClock, AccessManaged {
    using IntervalTrace for IntervalTrace.Trace;

    /// @dev Keeps retail - networkFee, and every price and limit derived from them, within int32.
    int256 private constant PRICE_LIMIT = 1_000_000_000;

    uint256 private constant CODES_PER_SLOT = 16;
    uint256 private constant CODE_BITS = 16;

    /// @inheritdoc ITariffSchedule
    uint16 public bandCount;

    mapping(uint256 band => Band) private _bands;
    IntervalTrace.Trace private _defaults;
    mapping(uint256 group => uint256 codes) private _codes;

    /// @param authority the community's AccessManager
    /// @param clock a deployed contract of the same community
    /// @param retail of the first band, the default from interval 0 on, µ€/kWh; likewise the next two
    constructor(
        address authority,
        IIntervalClock clock,
        int32 retail,
        int32 feedIn,
        int32 networkFee
    ) AccessManaged(authority) IntervalClock(clock.intervalLength(), clock.gateLead()) {
        _setDefault(_addBand(retail, feedIn, networkFee), 0);
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc ITariffSchedule
    function addBand(int32 retail, int32 feedIn, int32 networkFee) external restricted returns (uint16 band) {
        return _addBand(retail, feedIn, networkFee);
    }

    /// @inheritdoc ITariffSchedule
    function setDefault(uint16 band, uint32 fromInterval) external restricted {
        _requireOpen(fromInterval);
        require(band != 0, TariffBandUnknown(0, bandCount));
        _requireBand(band);
        _setDefault(band, fromInterval);
    }

    /// @inheritdoc ITariffSchedule
    function schedule(uint32 firstInterval, uint16[] calldata codes) external restricted {
        _requireOpen(firstInterval);
        uint256 interval = firstInterval;
        uint256 end = interval + codes.length;
        require(codes.length != 0 && end - 1 <= type(uint32).max, TariffCodesInvalid(firstInterval, codes.length));
        uint256 next;
        while (interval < end) {
            uint256 group = interval / CODES_PER_SLOT;
            uint256 word = _codes[group];
            do {
                uint16 code = codes[next++];
                _requireBand(code);
                uint256 shift = (interval % CODES_PER_SLOT) * CODE_BITS;
                word = (word & ~(uint256(type(uint16).max) << shift)) | (uint256(code) << shift);
                ++interval;
            } while (interval < end && interval % CODES_PER_SLOT != 0);
            _codes[group] = word;
        }
        emit BandsScheduled(firstInterval, codes);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc ITariffSchedule
    function pricesAt(uint32 interval) external view returns (int256 retail, int256 feedIn, int256 networkFee) {
        Band memory band = _bands[bandAt(interval)];
        return (band.retail, band.feedIn, band.networkFee);
    }

    /// @inheritdoc ITariffSchedule
    function bandAt(uint32 interval) public view returns (uint16 band) {
        band = uint16(_codes[interval / CODES_PER_SLOT] >> ((interval % CODES_PER_SLOT) * CODE_BITS));
        if (band == 0) band = uint16(_defaults.valueAt(interval));
    }

    /// @inheritdoc ITariffSchedule
    function bandInfo(uint16 band) external view returns (Band memory) {
        require(band != 0, TariffBandUnknown(0, bandCount));
        _requireBand(band);
        return _bands[band];
    }

    // ------------------------------------------------------------------ internal

    function _addBand(int32 retail, int32 feedIn, int32 networkFee) private returns (uint16 band) {
        _requireInRange(retail);
        _requireInRange(feedIn);
        _requireInRange(networkFee);
        require(bandCount != type(uint16).max, TariffBandsFull(type(uint16).max));
        band = ++bandCount;
        _bands[band] = Band(retail, feedIn, networkFee);
        emit BandAdded(band, retail, feedIn, networkFee);
    }

    function _setDefault(uint16 band, uint32 fromInterval) private {
        _defaults.set(fromInterval, band);
        emit DefaultBandSet(band, fromInterval);
    }

    function _requireInRange(int256 price) private pure {
        require(price >= -PRICE_LIMIT && price <= PRICE_LIMIT, TariffPriceOutOfRange(price, PRICE_LIMIT));
    }

    /// @dev Code 0, the default, passes.
    function _requireBand(uint16 code) private view {
        uint16 count = bandCount;
        require(code <= count, TariffBandUnknown(code, count));
    }
}
