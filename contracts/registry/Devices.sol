// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {CalendarMonths} from "../libraries/CalendarMonths.sol";
import {IntervalTrace} from "../libraries/IntervalTrace.sol";
import {RegistryParticipants} from "./Participants.sol";

/// @title Registry, part 4: production devices and whose they are
/// @dev Two traces: a device's state, which names its holder and decides, and per participant the device bound last,
/// which only says where to look. A participant's device at an interval is the hinted one if that one's holder is
/// the participant; so an interval of a device has one participant, and one of a participant at most one device.
abstract contract RegistryDevices is RegistryParticipants {
    using IntervalTrace for IntervalTrace.Trace;

    /// @dev RED and EECS: a registration is checked again at most every five years.
    uint256 private constant MAX_VALIDITY_MONTHS = 60;

    // A device's state: validUntil 64 bits | suspended 1 | issuable by kind and scheme 1 | member 32 | participant 32.
    uint224 private constant HOLDER = type(uint64).max;
    uint224 private constant ALLOWED = 1 << 64;
    uint224 private constant SUSPENDED = 1 << 65;
    uint224 private constant TERMS = ~HOLDER;
    uint256 private constant VALID_UNTIL_SHIFT = 66;

    /// @inheritdoc IMemberRegistry
    uint32 public deviceCount;

    mapping(uint32 device => Device) private _devices;
    mapping(uint32 device => IntervalTrace.Trace) private _states;
    mapping(uint32 participant => IntervalTrace.Trace) private _hints;

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IMemberRegistry
    function registerDevice(Device calldata terms) external restricted returns (uint32 device) {
        _requireCodes(terms.technology, terms.fuel, terms.country);
        _requireValidity(terms.validUntil, block.timestamp + 1);
        device = ++deviceCount;
        _devices[device] = terms;
        _states[device].set(
            firstOpenInterval(),
            _packTerms(terms.schemeAllows && !terms.storage_, false, terms.validUntil)
        );
        emit DeviceRegistered(device, terms);
    }

    /// @inheritdoc IMemberRegistry
    function bindDevice(uint32 device, uint32 participant, uint32 fromInterval) external restricted {
        _requireDevice(device);
        if (participant == 0) {
            _requireOpen(fromInterval);
            _bind(device, 0, fromInterval);
            return;
        }
        Participant storage record = _requireLiving(participant, fromInterval);
        (uint224 hint, uint32 hintFrom) = _hints[participant].newest();
        _requireNoOther(participant, device, _deviceAt(participant, fromInterval));
        if (hintFrom > fromInterval) _requireNoOther(participant, device, _heldOf(participant, uint32(hint), hintFrom));
        _bind(device, participant, fromInterval);
        if (record.until != OPEN) _bind(device, 0, record.until);
    }

    /// @inheritdoc IMemberRegistry
    function setDeviceIssuable(
        uint32 device,
        bool schemeAllows,
        bool suspended,
        uint64 validUntil
    ) external restricted {
        _requireDevice(device);
        _requireValidity(validUntil, 0);
        Device storage record = _devices[device];
        record.schemeAllows = schemeAllows;
        record.validUntil = validUntil;
        uint32 from = firstOpenInterval();
        _states[device].update(from, TERMS, _packTerms(schemeAllows && !record.storage_, suspended, validUntil));
        emit DeviceIssuableSet(device, schemeAllows, suspended, validUntil, from);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMemberRegistry
    function deviceInfo(uint32 device) external view returns (Device memory) {
        return _devices[device];
    }

    /// @inheritdoc IMemberRegistry
    function deviceAt(uint32 participant, uint32 interval) external view returns (uint32) {
        return _deviceAt(participant, interval);
    }

    /// @inheritdoc IMemberRegistry
    function issuanceAt(
        uint32 participant,
        uint32 interval
    ) external view returns (uint32 device, bool issuable, address wallet, bool holder) {
        uint32 member;
        device = uint32(_hints[participant].valueAt(interval));
        if (device != 0) {
            uint224 state = _states[device].valueAt(interval);
            if (uint32(state) == participant) {
                // Saves reading the participant's own record.
                member = uint32(state >> 32);
                issuable = state & (ALLOWED | SUSPENDED) == ALLOWED && _endOf(interval) <= state >> VALID_UNTIL_SHIFT;
            } else {
                device = 0;
            }
        }
        if (member == 0) member = _participants[participant].member;
        Member storage owner = _members[member];
        wallet = owner.wallet;
        holder = owner.active;
    }

    // ------------------------------------------------------------------ internal

    /// @dev A device whose binding begins later than `from` moves at that later date. One that the issuing body has
    /// dated away from the participant already is left to the issuing body: nobody else overrides its decision. An
    /// unbinding at the end that the participant's life had so far is no such decision, but followed from that end.
    function _moveDevice(uint32 participant, uint32 successor, uint32 from) internal override {
        (uint224 hint, uint32 hintFrom) = _hints[participant].newest();
        uint32 device = uint32(hint);
        if (hintFrom > from) from = hintFrom;
        (uint224 state, uint32 stateFrom) = _states[device].newest();
        bool ends = uint32(state) == 0 && stateFrom == _participants[participant].until;
        if (_heldOf(participant, device, from) != 0 && (ends || uint32(state) == participant)) {
            _bind(device, successor, from);
        }
    }

    function _bind(uint32 device, uint32 participant, uint32 from) private {
        uint224 holder = participant;
        if (participant != 0) {
            holder |= uint224(_participants[participant].member) << 32;
            _hints[participant].set(from, device);
        }
        _states[device].update(from, HOLDER, holder);
        emit DeviceBound(device, participant, from);
    }

    function _deviceAt(uint32 participant, uint32 interval) private view returns (uint32) {
        return _heldOf(participant, uint32(_hints[participant].valueAt(interval)), interval);
    }

    /// @dev The device itself when `participant` holds it at `interval`, else 0. Device 0 has no state, so is held by none.
    function _heldOf(uint32 participant, uint32 device, uint32 interval) private view returns (uint32) {
        return participant != 0 && uint32(_states[device].valueAt(interval)) == participant ? device : 0;
    }

    function _packTerms(bool allowed, bool suspended, uint64 validUntil) private pure returns (uint224) {
        return
            (uint224(validUntil) << uint224(VALID_UNTIL_SHIFT)) | (allowed ? ALLOWED : 0) | (suspended ? SUSPENDED : 0);
    }

    function _requireDevice(uint32 device) private view {
        require(device != 0 && device <= deviceCount, RegistryDeviceUnknown(device));
    }

    function _requireNoOther(uint32 participant, uint32 device, uint32 bound) private pure {
        require(bound == 0 || bound == device, RegistryParticipantHasDevice(participant, bound));
    }

    function _requireValidity(uint64 validUntil, uint256 earliest) private view {
        uint64 latest = uint64(CalendarMonths.addMonths(block.timestamp, MAX_VALIDITY_MONTHS));
        require(validUntil >= earliest && validUntil <= latest, RegistryDeviceValidity(validUntil, latest));
    }

    function _requireCodes(bytes7 technology, bytes9 fuel, bytes2 country) private pure {
        require(_isCode(technology, "T", 7), RegistryDeviceCodeInvalid(technology));
        require(_isCode(fuel, "F", 9), RegistryDeviceCodeInvalid(fuel));
        require(
            country[0] >= "A" && country[0] <= "Z" && country[1] >= "A" && country[1] <= "Z",
            RegistryDeviceCodeInvalid(country)
        );
    }

    /// @dev One letter, then digits only.
    function _isCode(bytes9 code, bytes1 letter, uint256 length) private pure returns (bool) {
        if (code[0] != letter) return false;
        for (uint256 i = 1; i < length; ++i) {
            if (code[i] < "0" || code[i] > "9") return false;
        }
        return true;
    }
}
