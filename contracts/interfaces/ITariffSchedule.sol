// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIntervalClock} from "./IIntervalClock.sol";

/// @title Retail price, feed-in price and network fee of every interval
/// @notice Prices are signed, in µ€/kWh. A band is a triple of prices and never changes once added. An interval has
/// the band scheduled for it, else the dated default band. A change applies only to intervals whose gate is open, so
/// the tariff of an interval whose orders can no longer change is fixed too.
interface ITariffSchedule is IIntervalClock {
    /// @notice A tariff band, µ€/kWh, each within ±1,000,000,000.
    /// @param retail what a consumer pays the supplier, all included
    /// @param feedIn what a producer gets from the grid
    /// @param networkFee what a buyer pays the network on energy from a neighbour
    struct Band {
        int32 retail;
        int32 feedIn;
        int32 networkFee;
    }

    event BandAdded(uint16 indexed band, int32 retail, int32 feedIn, int32 networkFee);
    /// @notice `band` is the default from `fromInterval` on, until the next such event's date.
    event DefaultBandSet(uint16 indexed band, uint32 indexed fromInterval);
    /// @notice Interval `firstInterval + i` has band `codes[i]`; code 0 takes it back to the default.
    event BandsScheduled(uint32 indexed firstInterval, uint16[] codes);

    /// @notice A price lies outside ±`limit` µ€/kWh.
    error TariffPriceOutOfRange(int256 price, int256 limit);
    /// @notice There are bands 1 to `count` only.
    error TariffBandUnknown(uint16 band, uint16 count);
    /// @notice All 65,535 band numbers are taken.
    error TariffBandsFull(uint256 limit);
    /// @notice The codes are none at all, or reach past the last interval.
    error TariffCodesInvalid(uint32 firstInterval, uint256 count);

    /// @notice Adds a band. Role: operator.
    /// @return band its number; numbers start at 1
    function addBand(int32 retail, int32 feedIn, int32 networkFee) external returns (uint16 band);

    /// @notice Makes `band` the default from an interval on, whose gate must be open; a default dated later is
    /// replaced too. Role: operator.
    function setDefault(uint16 band, uint32 fromInterval) external;

    /// @notice Gives consecutive intervals, whose gates must be open, a band each. Role: operator.
    /// @param codes a band each, 0 for the default; best given in whole groups of 16 (`firstInterval` % 16 = 0)
    function schedule(uint32 firstInterval, uint16[] calldata codes) external;

    /// @notice Prices of an interval, µ€/kWh. Never reverts.
    function pricesAt(uint32 interval) external view returns (int256 retail, int256 feedIn, int256 networkFee);

    /// @notice Number of the band in force in an interval.
    function bandAt(uint32 interval) external view returns (uint16);

    /// @notice Prices of a band; reverts for an unknown one.
    function bandInfo(uint16 band) external view returns (Band memory);

    function bandCount() external view returns (uint16);
}
