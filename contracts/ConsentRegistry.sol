// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {MemberSignature} from "./libraries/MemberSignature.sol";

/// @title Members' consents, asked for, given, rejected, taken back
/// @notice The third party's role may ask and nothing else: no role can give, keep alive or end a consent.
contract ConsentRegistry is IConsentRegistry, AccessManaged, EIP712, Nonces {
    bytes32 private constant CONSENT_TYPEHASH = keccak256(
        "Consent(uint64 request,uint32 participant,address grantee,uint8 directions,uint8 granularity,"
        "uint8 readsPerDay,bytes32 purpose,uint64 validFromUnix,uint64 validUntilUnix,uint256 nonce,"
        "uint64 deadlineUnix)"
    );
    bytes32 private constant REJECTION_TYPEHASH = keccak256("Rejection(uint64 consent,uint64 deadlineUnix)");
    bytes32 private constant REVOCATION_TYPEHASH = keccak256("Revocation(uint64 consent,uint64 deadlineUnix)");

    /// @dev Import and export.
    uint8 private constant BOTH_DIRECTIONS = 3;

    /// @inheritdoc IConsentRegistry
    uint64 public constant MAX_PERIOD = 1096 days;

    /// @inheritdoc IConsentRegistry
    uint64 public constant REQUEST_LIFE = 30 days;

    /// @inheritdoc IConsentRegistry
    uint8 public constant MAX_READS_PER_DAY = 4;

    /// @inheritdoc IConsentRegistry
    uint256 public constant MAX_PAGE = 100;

    /// @inheritdoc IConsentRegistry
    IMemberRegistry public immutable registry;

    uint64 private immutable _intervalLength;

    /// @inheritdoc IConsentRegistry
    uint64 public consentCount;

    /// @dev States as stored: never Expired.
    mapping(uint64 consent => Consent) private _consents;
    mapping(uint32 participant => uint64[] consents) private _consentsOf;

    /// @dev When a grantee may ask a participant again, for each granularity.
    mapping(uint32 participant => mapping(address grantee => mapping(Granularity => uint64))) private _nextRequestAt;

    constructor(
        address authority,
        IMemberRegistry registry_
    ) AccessManaged(authority) EIP712("Watt Commons ConsentRegistry", "1") {
        registry = registry_;
        _intervalLength = registry_.intervalLength();
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IConsentRegistry
    function request(Terms calldata terms) external restricted returns (uint64 consent) {
        // The role says who may ask at all; in whose name is checked here.
        require(terms.grantee == msg.sender, ConsentNotGrantee(terms.grantee, msg.sender));
        require(registry.walletOf(terms.participant) != address(0), ConsentParticipantUnknown(terms.participant));
        _checkTerms(terms);
        uint64 nextAt = _nextRequestAt[terms.participant][msg.sender][terms.granularity];
        require(block.timestamp >= nextAt, ConsentAskedAlready(terms.participant, msg.sender, nextAt));
        _nextRequestAt[terms.participant][msg.sender][terms.granularity] = _now() + REQUEST_LIFE;
        consent = _add(terms, State.Received);
        _consents[consent].requestedAt = _now();
        emit ConsentRequested(
            consent,
            terms.participant,
            terms.grantee,
            terms.directions,
            terms.granularity,
            terms.readsPerDay,
            terms.purpose,
            terms.validFrom,
            terms.validUntil
        );
    }

    /// @inheritdoc IConsentRegistry
    function grant(uint64 asked, Terms calldata terms) external returns (uint64 consent) {
        _requireMember(terms.participant);
        return _grant(asked, terms);
    }

    /// @inheritdoc IConsentRegistry
    function grantFor(
        uint64 asked,
        Terms calldata terms,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint64 consent) {
        address wallet = _walletOf(terms.participant);
        bytes32 structHash = keccak256(
            abi.encode(
                CONSENT_TYPEHASH,
                asked,
                terms.participant,
                terms.grantee,
                terms.directions,
                terms.granularity,
                terms.readsPerDay,
                terms.purpose,
                terms.validFrom,
                terms.validUntil,
                _useNonce(wallet),
                deadline
            )
        );
        _requireSignature(wallet, structHash, deadline, signature);
        return _grant(asked, terms);
    }

    /// @inheritdoc IConsentRegistry
    function reject(uint64 consent) external {
        _requireMember(_known(consent).terms.participant);
        _reject(consent);
    }

    /// @inheritdoc IConsentRegistry
    function rejectFor(uint64 consent, uint64 deadline, bytes calldata signature) external {
        address wallet = _walletOf(_known(consent).terms.participant);
        _requireSignature(wallet, keccak256(abi.encode(REJECTION_TYPEHASH, consent, deadline)), deadline, signature);
        _reject(consent);
    }

    /// @inheritdoc IConsentRegistry
    function revoke(uint64 consent) external {
        _requireMember(_known(consent).terms.participant);
        _revoke(consent);
    }

    /// @inheritdoc IConsentRegistry
    function revokeFor(uint64 consent, uint64 deadline, bytes calldata signature) external {
        address wallet = _walletOf(_known(consent).terms.participant);
        _requireSignature(wallet, keccak256(abi.encode(REVOCATION_TYPEHASH, consent, deadline)), deadline, signature);
        _revoke(consent);
    }

    /// @inheritdoc IConsentRegistry
    function terminate(uint64 consent) external {
        Terms storage terms = _known(consent).terms;
        address grantee = terms.grantee;
        require(msg.sender == grantee, ConsentNotGrantee(grantee, msg.sender));
        State state = stateOf(consent);
        require(state == State.Received || state == State.Valid, ConsentStateWrong(consent, state));
        _end(consent, State.TerminatedByTpp);
        emit ConsentTerminated(consent, terms.participant, grantee);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IConsentRegistry
    function isValid(uint64 consent, uint64 time) external view returns (bool) {
        Consent storage record = _consents[consent];
        uint64 grantedAt = record.grantedAt;
        return grantedAt != 0 && time >= grantedAt && time >= record.terms.validFrom && time < _endOf(record);
    }

    /// @inheritdoc IConsentRegistry
    function stateOf(uint64 consent) public view returns (State state) {
        Consent storage record = _consents[consent];
        state = record.state;
        bool open = state == State.Received || state == State.Valid;
        if (open && block.timestamp >= _endOf(record)) return State.Expired;
    }

    /// @inheritdoc IConsentRegistry
    function consentInfo(uint64 consent) external view returns (Consent memory found) {
        found = _known(consent);
        found.state = stateOf(consent);
    }

    /// @inheritdoc IConsentRegistry
    function endOf(uint64 consent) external view returns (uint64) {
        return _endOf(_known(consent));
    }

    /// @inheritdoc IConsentRegistry
    function consentsOf(
        uint32 participant,
        uint256 cursor,
        uint256 count
    ) external view returns (uint64[] memory consents, uint256 total) {
        uint64[] storage all = _consentsOf[participant];
        total = all.length;
        uint256 left = cursor < total ? total - cursor : 0;
        if (count > MAX_PAGE) count = MAX_PAGE;
        if (count > left) count = left;
        consents = new uint64[](count);
        for (uint256 i = 0; i < count; ++i) {
            consents[i] = all[cursor + i];
        }
    }

    // ------------------------------------------------------------------ internal

    function _grant(uint64 asked, Terms calldata terms) private returns (uint64 consent) {
        _checkTerms(terms);
        if (asked == 0) {
            consent = _add(terms, State.Valid);
        } else {
            consent = asked;
            Consent storage record = _known(asked);
            require(keccak256(abi.encode(record.terms)) == keccak256(abi.encode(terms)), ConsentTermsDiffer(asked));
            _requireState(asked, State.Received);
            record.state = State.Valid;
        }
        _consents[consent].grantedAt = _now();
        emit ConsentGranted(
            consent,
            terms.participant,
            terms.grantee,
            terms.directions,
            terms.granularity,
            terms.readsPerDay,
            terms.purpose,
            terms.validFrom,
            terms.validUntil
        );
    }

    function _reject(uint64 consent) private {
        _requireState(consent, State.Received);
        _end(consent, State.Rejected);
        Terms storage terms = _consents[consent].terms;
        emit ConsentRejected(consent, terms.participant, terms.grantee);
    }

    function _revoke(uint64 consent) private {
        _requireState(consent, State.Valid);
        _end(consent, State.RevokedByPsu);
        Terms storage terms = _consents[consent].terms;
        emit ConsentRevoked(consent, terms.participant, terms.grantee);
    }

    function _add(Terms calldata terms, State state) private returns (uint64 consent) {
        consent = ++consentCount;
        _consents[consent].terms = terms;
        _consents[consent].state = state;
        _consentsOf[terms.participant].push(consent);
    }

    function _end(uint64 consent, State state) private {
        _consents[consent].state = state;
        _consents[consent].endedAt = _now();
    }

    /// @dev The participant is known to exist.
    function _checkTerms(Terms calldata terms) private view {
        require(terms.grantee != address(0), ConsentAddressZero());
        require(terms.granularity != Granularity.None, ConsentGranularityMissing());
        require(
            terms.directions != 0 && terms.directions <= BOTH_DIRECTIONS,
            ConsentDirectionsInvalid(terms.directions)
        );
        require(
            terms.readsPerDay != 0 && terms.readsPerDay <= MAX_READS_PER_DAY,
            ConsentFrequencyInvalid(terms.readsPerDay)
        );
        require(terms.purpose != bytes32(0), ConsentPurposeMissing());
        (uint64 from, uint64 until) = (terms.validFrom, terms.validUntil);
        require(
            from < until && until > block.timestamp && until - from <= MAX_PERIOD && until <= _now() + MAX_PERIOD,
            ConsentPeriodInvalid(from, until)
        );
        uint64 ownedUntil = _ownershipEnd(terms.participant);
        require(
            block.timestamp < ownedUntil && from < ownedUntil,
            ConsentOwnershipEnded(terms.participant, ownedUntil)
        );
    }

    /// @dev What ends a consent first. The registry only lets ownership end in intervals not begun, so that what was
    /// said of the past stays.
    function _endOf(Consent storage record) private view returns (uint64 end) {
        end = record.terms.validUntil;
        uint64 other = _ownershipEnd(record.terms.participant);
        if (other < end) end = other;
        if (record.grantedAt == 0) {
            other = record.requestedAt + REQUEST_LIFE;
            if (other < end) end = other;
        }
        other = record.endedAt;
        if (other != 0 && other < end) end = other;
    }

    /// @dev Unix second from which the participant is no longer its member's.
    function _ownershipEnd(uint32 participant) private view returns (uint64) {
        (, , uint32 untilInterval, , ) = registry.participantInfo(participant);
        return uint64(untilInterval) * _intervalLength;
    }

    function _known(uint64 consent) private view returns (Consent storage record) {
        record = _consents[consent];
        require(record.state != State.None, ConsentUnknown(consent));
    }

    function _requireState(uint64 consent, State wanted) private view {
        State state = stateOf(consent);
        require(state == wanted, ConsentStateWrong(consent, state));
    }

    function _requireMember(uint32 participant) private view {
        require(msg.sender == _walletOf(participant), ConsentNotMember(participant, msg.sender));
    }

    function _requireSignature(
        address wallet,
        bytes32 structHash,
        uint64 deadline,
        bytes calldata signature
    ) private view {
        require(block.timestamp <= deadline, ConsentSignatureExpired(deadline));
        require(
            MemberSignature.isValid(wallet, _hashTypedDataV4(structHash), signature),
            ConsentSignatureInvalid(wallet)
        );
    }

    /// @dev The wallet of today: after a lost key's replacement, the new one.
    function _walletOf(uint32 participant) private view returns (address wallet) {
        wallet = registry.walletOf(participant);
        require(wallet != address(0), ConsentParticipantUnknown(participant));
    }

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
