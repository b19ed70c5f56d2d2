// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IntervalTrace} from "../libraries/IntervalTrace.sol";
import {MemberSignature} from "../libraries/MemberSignature.sol";
import {PackedEpoch} from "../libraries/PackedEpoch.sol";
import {Roles} from "../libraries/Roles.sol";
import {RegistryMembers} from "./Members.sol";
import {RegistryRoster} from "./Roster.sol";

/// @title Registry, part 3: participants (metering points), their gateways and limits
/// @dev A participant lives in [from, until). Every change of its state that is dated before `until` is followed by
/// clearing the state from `until` on again, because a change applies to what was dated later too.
abstract contract RegistryParticipants is RegistryMembers, RegistryRoster, EIP712 {
    using IntervalTrace for IntervalTrace.Trace;

    struct Participant {
        uint32 member;
        uint32 from;
        uint32 until;
        uint32 rotations;
        bytes32 commitment;
        IntervalTrace.Trace epochs;
    }

    bytes32 private constant ENROLMENT_TYPEHASH = keccak256(
        "Enrolment(uint32 member,uint8 basis,uint8 source,uint24 importPowerW,uint24 exportPowerW,address gateway,uint32 fromInterval,bytes32 commitment,uint64 deadline)"
    );
    bytes32 private constant ROTATION_TYPEHASH = keccak256(
        "Rotation(uint32 participant,address gateway,uint8 source,uint32 fromInterval,uint32 nonce,uint64 deadline)"
    );

    /// @dev `until` of a participant that is not closed.
    uint32 internal constant OPEN = type(uint32).max;

    /// @inheritdoc IMemberRegistry
    address public immutable ledger;

    mapping(uint32 participant => Participant) internal _participants;
    mapping(bytes32 digest => bool) private _enrolmentUsed;

    constructor(address ledgerAddress) EIP712("Watt Commons MemberRegistry", "1") {
        require(ledgerAddress != address(0), RegistryAddressZero());
        ledger = ledgerAddress;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IMemberRegistry
    function enrol(
        Enrolment calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external restricted returns (uint32 participant) {
        return _enrol(terms, memberSignature, meteringOperator, meteringSignature);
    }

    /// @inheritdoc IMemberRegistry
    function handOver(
        uint32 participant,
        Enrolment calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external restricted returns (uint32 successor) {
        _requireParticipant(participant);
        successor = _enrol(terms, memberSignature, meteringOperator, meteringSignature);
        _moveDevice(participant, successor, terms.fromInterval);
        _close(participant, terms.fromInterval);
    }

    /// @inheritdoc IMemberRegistry
    function rotateGateway(
        Rotation calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) external {
        Participant storage record = _requireLiving(terms.participant, terms.fromInterval);
        require(
            terms.nonce == record.rotations,
            RegistryRotationNonce(terms.participant, record.rotations, terms.nonce)
        );
        _requireGateway(terms.gateway, terms.source, terms.deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    ROTATION_TYPEHASH,
                    terms.participant,
                    terms.gateway,
                    terms.source,
                    terms.fromInterval,
                    terms.nonce,
                    terms.deadline
                )
            )
        );
        _requireBoth(digest, _members[record.member].wallet, memberSignature, meteringOperator, meteringSignature);
        _requireRoom(record.epochs);
        ++record.rotations;
        _updateEpochs(
            record,
            terms.fromInterval,
            PackedEpoch.GATEWAY | PackedEpoch.SOURCE,
            PackedEpoch.pack(terms.gateway, 0, 0, uint8(terms.source), false)
        );
        emit GatewayRotated(terms.participant, terms.gateway, terms.source, terms.fromInterval);
    }

    /// @inheritdoc IMemberRegistry
    function setLimits(uint32 participant, uint24 importW, uint24 exportW, uint32 fromInterval) external restricted {
        Participant storage record = _requireLiving(participant, fromInterval);
        _requireRoom(record.epochs);
        _updateEpochs(
            record,
            fromInterval,
            PackedEpoch.LIMITS,
            PackedEpoch.pack(address(0), importW, exportW, 0, false)
        );
        emit LimitsSet(participant, importW, exportW, fromInterval);
    }

    /// @inheritdoc IMemberRegistry
    function setSuspended(uint32 participant, bool suspended) external restricted {
        Participant storage record = _requireParticipant(participant);
        uint32 from = _nextOf(record);
        require(from < record.until, RegistryParticipantClosed(participant, record.until));
        if (!_setFlag(record, from, PackedEpoch.SUSPENDED, suspended)) return;
        _rosterSuspended(participant, suspended, from, record.until);
        emit SuspensionSet(participant, suspended, from);
    }

    /// @inheritdoc IMemberRegistry
    function setSilent(uint32 participant, bool silent) external {
        require(msg.sender == ledger, RegistryOnlyLedger(msg.sender));
        Participant storage record = _requireParticipant(participant);
        uint32 from = _nextOf(record);
        if (from >= record.until || !_setFlag(record, from, PackedEpoch.SILENT, silent)) return;
        _rosterWaited(participant, !silent, from, record.until);
        emit SilenceSet(participant, silent, from);
    }

    /// @inheritdoc IMemberRegistry
    function close(uint32 participant, uint32 untilInterval) external restricted {
        _requireParticipant(participant);
        _requireOpen(untilInterval);
        _moveDevice(participant, 0, untilInterval);
        _close(participant, untilInterval);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMemberRegistry
    function participantInfo(
        uint32 participant
    )
        external
        view
        returns (uint32 member, uint32 fromInterval, uint32 untilInterval, uint32 rotations, bytes32 commitment)
    {
        Participant storage record = _participants[participant];
        return (record.member, record.from, record.until, record.rotations, record.commitment);
    }

    /// @inheritdoc IMemberRegistry
    function walletOf(uint32 participant) external view returns (address) {
        return _members[_participants[participant].member].wallet;
    }

    /// @inheritdoc IMemberRegistry
    function epochAt(uint32 participant, uint32 interval) external view returns (Epoch memory) {
        uint224 packed = _participants[participant].epochs.valueAt(interval);
        return
            Epoch({
                gateway: PackedEpoch.gatewayOf(packed),
                importW: PackedEpoch.importW(packed),
                exportW: PackedEpoch.exportW(packed),
                source: Source(uint8(packed & PackedEpoch.SOURCE)),
                basis: packed & PackedEpoch.GROSS == 0 ? Basis.Net : Basis.Gross,
                suspended: packed & PackedEpoch.SUSPENDED != 0,
                silent: packed & PackedEpoch.SILENT != 0
            });
    }

    /// @inheritdoc IMemberRegistry
    function epochSegment(uint32 participant, uint32 interval) external view returns (uint224 packed, uint32 until) {
        return _participants[participant].epochs.segment(interval);
    }

    // ------------------------------------------------------------------ internal

    /// @dev Gives the participant's device, from `from` on, to `successor` (0: to nobody).
    function _moveDevice(uint32 participant, uint32 successor, uint32 from) internal virtual;

    function _requireParticipant(uint32 participant) internal view returns (Participant storage) {
        require(participant != 0 && participant <= participantCount, RegistryParticipantUnknown(participant));
        return _participants[participant];
    }

    /// @dev Reverts unless the interval is open and within the participant's life.
    function _requireLiving(uint32 participant, uint32 interval) internal view returns (Participant storage record) {
        record = _requireParticipant(participant);
        _requireOpen(interval);
        require(interval >= record.from, RegistryParticipantNotYetActive(participant, record.from));
        require(interval < record.until, RegistryParticipantClosed(participant, record.until));
    }

    function _enrol(
        Enrolment calldata terms,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) private returns (uint32 participant) {
        _requireMember(terms.member);
        Member storage owner = _members[terms.member];
        require(owner.active, RegistryMemberInactive(terms.member));
        _requireOpen(terms.fromInterval);
        require(meteringOperator != msg.sender, RegistrySecondApproverNeeded(meteringOperator));
        _requireGateway(terms.gateway, terms.source, terms.deadline);
        bytes32 digest = _enrolmentDigest(terms);
        require(!_enrolmentUsed[digest], RegistryEnrolmentUsed(digest));
        _requireBoth(digest, owner.wallet, memberSignature, meteringOperator, meteringSignature);

        _enrolmentUsed[digest] = true;
        return _begin(terms);
    }

    function _begin(Enrolment calldata terms) private returns (uint32 participant) {
        participant = _nextParticipant();
        Participant storage record = _participants[participant];
        record.member = terms.member;
        record.from = terms.fromInterval;
        record.until = OPEN;
        record.commitment = terms.commitment;
        record.epochs.set(
            terms.fromInterval,
            PackedEpoch.pack(
                terms.gateway,
                terms.importW,
                terms.exportW,
                uint8(terms.source),
                terms.basis == Basis.Gross
            )
        );
        _rosterEnter(participant, terms.fromInterval);
        emit ParticipantEnrolled(
            participant,
            terms.member,
            terms.gateway,
            terms.basis,
            terms.source,
            terms.importW,
            terms.exportW,
            terms.fromInterval,
            terms.commitment
        );
    }

    function _close(uint32 participant, uint32 until) private {
        Participant storage record = _participants[participant];
        require(until >= record.from, RegistryParticipantNotYetActive(participant, record.from));
        require(until <= record.until, RegistryParticipantClosed(participant, record.until));
        _requireRoom(record.epochs);
        record.until = until;
        record.epochs.set(until, 0);
        _rosterLeave(participant, until);
        emit ParticipantClosed(participant, until);
    }

    /// @dev A change never outlasts the participant's life.
    function _updateEpochs(Participant storage record, uint32 from, uint224 clear, uint224 bits) private {
        record.epochs.update(from, clear, bits);
        if (record.until != OPEN) record.epochs.set(record.until, 0);
    }

    /// @return changed false when the flag had that value already
    function _setFlag(
        Participant storage record,
        uint32 from,
        uint224 flag,
        bool value
    ) private returns (bool changed) {
        changed = (record.epochs.valueAt(from) & flag != 0) != value;
        if (changed) _updateEpochs(record, from, flag, value ? flag : 0);
    }

    /// @dev The first interval a change made now can act on: open, and not before the participant's life.
    function _nextOf(Participant storage record) private view returns (uint32 from) {
        from = firstOpenInterval();
        if (from < record.from) from = record.from;
    }

    function _requireGateway(address gateway, Source source, uint64 deadline) private view {
        require(gateway != address(0), RegistryAddressZero());
        require(source != Source.None, RegistrySourceInvalid());
        require(block.timestamp <= deadline, RegistrySignatureExpired(deadline));
    }

    /// @dev The metering operator is independent: neither the member nor an operator of the community.
    function _requireBoth(
        bytes32 digest,
        address wallet,
        bytes calldata memberSignature,
        address meteringOperator,
        bytes calldata meteringSignature
    ) private view {
        IAccessManager manager = IAccessManager(authority());
        (bool holds, ) = manager.hasRole(Roles.METERING_OPERATOR, meteringOperator);
        require(holds, RegistryNotMeteringOperator(meteringOperator));
        (holds, ) = manager.hasRole(Roles.OPERATOR, meteringOperator);
        require(!holds && meteringOperator != wallet, RegistrySecondApproverNeeded(meteringOperator));
        require(MemberSignature.isValid(wallet, digest, memberSignature), RegistrySignatureInvalid(wallet));
        require(
            MemberSignature.isValid(meteringOperator, digest, meteringSignature),
            RegistrySignatureInvalid(meteringOperator)
        );
    }

    function _enrolmentDigest(Enrolment calldata terms) private view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        ENROLMENT_TYPEHASH,
                        terms.member,
                        terms.basis,
                        terms.source,
                        terms.importW,
                        terms.exportW,
                        terms.gateway,
                        terms.fromInterval,
                        terms.commitment,
                        terms.deadline
                    )
                )
            );
    }
}
