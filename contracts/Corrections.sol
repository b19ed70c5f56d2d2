// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ICorrections} from "./interfaces/ICorrections.sol";
import {IEnergyMarket} from "./interfaces/IEnergyMarket.sol";
import {IGuaranteeOfOrigin} from "./interfaces/IGuaranteeOfOrigin.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {IMeterLedger} from "./interfaces/IMeterLedger.sol";
import {ITariffSchedule} from "./interfaces/ITariffSchedule.sol";
import {PackedEpoch} from "./libraries/PackedEpoch.sol";
import {PackedReadings} from "./libraries/PackedReadings.sol";

/// @title Corrections of readings after settlement
/// @dev Says what follows from a correction; ledger, market and certificates do as this address tells them. Nothing on the
/// way calls a wallet.
contract Corrections is ICorrections, AccessManaged {
    using PackedEpoch for uint224;

    /// @dev A certificate moves for twelve months: whatever is corrected within these is alive.
    uint256 private constant MAX_WINDOW = 300 days;
    uint256 private constant FILL_BYTES = 13;

    IMemberRegistry public immutable registry;
    IMeterLedger public immutable ledger;
    ITariffSchedule public immutable tariffs;
    IEnergyMarket public immutable market;
    IGuaranteeOfOrigin public immutable guarantees;

    /// @inheritdoc ICorrections
    uint32 public immutable windowSeconds;
    uint256 private immutable _intervalLength;

    mapping(uint32 participant => mapping(uint32 interval => uint64[])) private _earlier;

    constructor(
        address authority,
        IMemberRegistry registry_,
        IMeterLedger ledger_,
        ITariffSchedule tariffs_,
        IEnergyMarket market_,
        IGuaranteeOfOrigin guarantees_,
        uint32 windowSeconds_
    ) AccessManaged(authority) {
        require(windowSeconds_ != 0 && windowSeconds_ <= MAX_WINDOW, CorrectionWindowInvalid(windowSeconds_));
        registry = registry_;
        ledger = ledger_;
        tariffs = tariffs_;
        market = market_;
        guarantees = guarantees_;
        windowSeconds = windowSeconds_;
        _intervalLength = registry_.intervalLength();
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc ICorrections
    function correct(
        uint32 participant,
        uint32 interval,
        uint24 productionWh,
        uint24 consumptionWh,
        bytes32 reason,
        FillProof calldata proof
    ) external restricted {
        require(reason != 0, CorrectionReasonMissing());
        uint256 until = correctableUntil(interval);
        require(block.timestamp < until, CorrectionWindowClosed(interval, until));
        _requireCorrectable(participant, interval, productionWh, consumptionWh);
        (uint256 before, uint256 corrected) = ledger.correct(participant, interval, productionWh, consumptionWh);
        _earlier[participant][interval].push(uint64(before));
        int256 traded = PackedReadings.isLate(before) ? int256(0) : _tradedWh(participant, interval, proof);
        (int256 value, int256 booked) = _bookDifference(participant, interval, before, corrected, traded);
        emit ReadingCorrected(participant, interval, before, corrected, traded, value, booked, reason);
        _correctCertificates(participant, interval, before, corrected, traded, reason);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc ICorrections
    function earlierReadings(uint32 participant, uint32 interval) external view returns (uint64[] memory) {
        return _earlier[participant][interval];
    }

    /// @inheritdoc ICorrections
    function correctableUntil(uint32 interval) public view returns (uint256) {
        return (uint256(interval) + 1) * _intervalLength + windowSeconds;
    }

    // ------------------------------------------------------------------ internal

    /// @dev Refuses what is not recorded, not settled, no change or not plausible.
    function _requireCorrectable(
        uint32 participant,
        uint32 interval,
        uint256 productionWh,
        uint256 consumptionWh
    ) private view {
        uint256 stored = ledger.readingsOf(participant, interval, 1)[0];
        require(stored != 0, CorrectionNothingRecorded(participant, interval));
        bool settled =
            PackedReadings.isLate(stored)
                ? market.lateSettled(participant, interval)
                : market.outcomeOf(interval).settled;
        require(settled, CorrectionNotSettled(participant, interval));
        require(
            PackedReadings.productionWh(stored) != productionWh ||
                PackedReadings.consumptionWh(stored) != consumptionWh ||
                PackedReadings.quality(stored) == PackedReadings.ESTIMATED,
            CorrectionChangesNothing(participant, interval)
        );
        (uint224 epoch, ) = registry.epochSegment(participant, interval);
        _requirePlausible(participant, interval, productionWh, epoch.exportW());
        _requirePlausible(participant, interval, consumptionWh, epoch.importW());
    }

    /// @dev Wh <= W × seconds / 3600 × 1.1, rounded down, as for any reading.
    function _requirePlausible(uint32 participant, uint32 interval, uint256 wh, uint256 power) private view {
        uint256 most = (power * _intervalLength * 11) / 36000;
        require(wh <= most, CorrectionImplausible(participant, interval, wh, most));
    }

    /// @dev g(new − traded) − g(old − traded), and what of it the market books.
    function _bookDifference(
        uint32 participant,
        uint32 interval,
        uint256 before,
        uint256 corrected,
        int256 traded
    ) private returns (int256 value, int256 booked) {
        (int256 retail, int256 feedIn, ) = tariffs.pricesAt(interval);
        value =
            _gridValue(PackedReadings.netWh(corrected) - traded, retail, feedIn) -
            _gridValue(PackedReadings.netWh(before) - traded, retail, feedIn);
        (bool collectsGrid, ) = market.collects();
        if (!collectsGrid || value == 0) return (value, 0);
        booked = value;
        market.bookCorrection(participant, value);
    }

    function _correctCertificates(
        uint32 participant,
        uint32 interval,
        uint256 before,
        uint256 corrected,
        int256 traded,
        bytes32 reason
    ) private {
        uint256 production = PackedReadings.productionWh(corrected);
        uint256 ownUse = _min(production, PackedReadings.consumptionWh(corrected));
        uint256 sold = traded > 0 ? _min(uint256(traded), production - ownUse) : 0;
        uint256 entry = (uint256(participant) << 72) | (ownUse << 48) | (sold << 24) | (production - ownUse - sold);
        // Measured (1) and corrected (3) are the odd qualities: estimated production had earned nothing.
        uint256 earned = PackedReadings.quality(before) & 1 == 1 ? PackedReadings.productionWh(before) : 0;
        guarantees.correct(interval, entry, earned, reason);
    }

    /// @dev The participant's fill in the interval's clearing, zero when it is proved to have none.
    function _tradedWh(uint32 participant, uint32 interval, FillProof calldata proof) private view returns (int256) {
        uint256 chunk = proof.chunk;
        // A settled interval without a first chunk has none at all.
        if (market.fillsHash(interval, 0) == 0) return 0;
        _requireFills(interval, chunk, proof.fills);
        uint256 count = proof.fills.length / FILL_BYTES;
        uint256 position = _firstFrom(proof.fills, count, participant);
        if (position < count) {
            (uint32 found, int256 wh) = _fillAt(proof.fills, position);
            if (found == participant) return wh;
        }
        require(position != 0 || chunk == 0, CorrectionFillsElsewhere(participant, interval, chunk));
        if (position == count && market.fillsHash(interval, chunk + 1) != 0) {
            _requireFills(interval, chunk + 1, proof.next);
            (uint32 first, ) = _fillAt(proof.next, 0);
            require(participant < first, CorrectionFillsElsewhere(participant, interval, chunk));
        }
        return 0;
    }

    function _requireFills(uint32 interval, uint256 chunk, bytes calldata fills) private view {
        bytes22 expected = market.fillsHash(interval, chunk);
        bytes22 given = bytes22(keccak256(fills));
        require(given == expected, CorrectionFillsUnknown(interval, chunk, expected, given));
    }

    /// @dev Position of the first of `count` fills, in index order, whose participant is this one or a later one.
    function _firstFrom(bytes calldata fills, uint256 count, uint32 participant) private pure returns (uint256 low) {
        uint256 high = count;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            (uint32 found, ) = _fillAt(fills, middle);
            if (found < participant) low = middle + 1;
            else high = middle;
        }
    }

    function _fillAt(bytes calldata fills, uint256 position) private pure returns (uint32 participant, int256 wh) {
        uint104 packed = uint104(bytes13(fills[position * FILL_BYTES:(position + 1) * FILL_BYTES]));
        return (uint32(packed >> 72), int32(uint32(packed >> 40)));
    }

    function _gridValue(int256 wh, int256 retail, int256 feedIn) private pure returns (int256) {
        return wh * (wh >= 0 ? feedIn : retail);
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
