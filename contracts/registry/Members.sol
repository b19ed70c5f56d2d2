// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IntervalClock} from "../IntervalClock.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";

/// @title Registry, part 1: members, their wallets and the replacement of a lost key
abstract contract RegistryMembers is IMemberRegistry, IntervalClock, AccessManaged {
    struct Member {
        address wallet;
        bool active;
        bytes32 commitment;
    }

    struct Replacement {
        address newWallet;
        uint64 executableAt;
        address proposer;
    }

    /// @inheritdoc IMemberRegistry
    uint64 public immutable replacementDelay;

    /// @inheritdoc IMemberRegistry
    uint32 public memberCount;

    mapping(uint32 member => Member) internal _members;
    mapping(uint32 member => Replacement) private _replacements;

    /// @dev Kept after a replacement: a wallet belongs to one member for ever, so successions cannot form a circle.
    mapping(address wallet => uint32 member) private _memberEver;

    /// @inheritdoc IMemberRegistry
    mapping(address account => address) public successorOf;

    constructor(uint64 delaySeconds) {
        replacementDelay = delaySeconds;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IMemberRegistry
    function registerMember(address wallet, bytes32 commitment) external restricted returns (uint32 member) {
        _requireFree(wallet);
        member = ++memberCount;
        _members[member] = Member(wallet, true, commitment);
        _memberEver[wallet] = member;
        emit MemberRegistered(member, wallet, commitment);
    }

    /// @inheritdoc IMemberRegistry
    function setMemberActive(uint32 member, bool active) external restricted {
        _requireMember(member);
        _members[member].active = active;
        emit MemberActiveSet(member, active);
    }

    /// @inheritdoc IMemberRegistry
    function proposeReplacement(uint32 member, address newWallet) external restricted {
        _requireMember(member);
        _requireFree(newWallet);
        _replacements[member] = Replacement(newWallet, 0, msg.sender);
        emit ReplacementProposed(member, newWallet, msg.sender);
    }

    /// @inheritdoc IMemberRegistry
    function approveReplacement(uint32 member, address newWallet) external restricted {
        Replacement storage pending = _replacements[member];
        require(newWallet != address(0) && pending.newWallet == newWallet, RegistryReplacementNone(member));
        require(pending.proposer != msg.sender, RegistrySecondApproverNeeded(msg.sender));
        require(pending.executableAt == 0, RegistryReplacementAlreadyApproved(member));
        uint64 executableAt = uint64(block.timestamp) + replacementDelay;
        pending.executableAt = executableAt;
        emit ReplacementApproved(member, newWallet, msg.sender, executableAt);
    }

    /// @inheritdoc IMemberRegistry
    function vetoReplacement(uint32 member) external {
        address newWallet = _replacements[member].newWallet;
        require(newWallet != address(0), RegistryReplacementNone(member));
        require(_members[member].wallet == msg.sender, RegistryNotMember(member, msg.sender));
        delete _replacements[member];
        emit ReplacementVetoed(member, newWallet);
    }

    /// @inheritdoc IMemberRegistry
    function executeReplacement(uint32 member) external {
        Replacement memory pending = _replacements[member];
        require(pending.newWallet != address(0), RegistryReplacementNone(member));
        require(pending.executableAt != 0, RegistryReplacementNotApproved(member));
        require(block.timestamp >= pending.executableAt, RegistryReplacementTooEarly(member, pending.executableAt));
        _requireFree(pending.newWallet);
        address oldWallet = _members[member].wallet;
        delete _replacements[member];
        _members[member].wallet = pending.newWallet;
        _memberEver[pending.newWallet] = member;
        successorOf[oldWallet] = pending.newWallet;
        emit WalletReplaced(member, oldWallet, pending.newWallet);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IMemberRegistry
    function memberInfo(uint32 member) external view returns (address wallet, bool active, bytes32 commitment) {
        Member storage record = _members[member];
        return (record.wallet, record.active, record.commitment);
    }

    /// @inheritdoc IMemberRegistry
    function pendingReplacement(
        uint32 member
    ) external view returns (address newWallet, address proposer, uint64 executableAt) {
        Replacement storage pending = _replacements[member];
        return (pending.newWallet, pending.proposer, pending.executableAt);
    }

    /// @inheritdoc IMemberRegistry
    function memberOfWallet(address wallet) external view returns (uint32 member) {
        member = _memberEver[wallet];
        if (_members[member].wallet != wallet) return 0;
    }

    /// @inheritdoc IMemberRegistry
    function isAccountHolder(address account) external view returns (bool) {
        Member storage record = _members[_memberEver[account]];
        return record.active && record.wallet == account;
    }

    // ------------------------------------------------------------------ internal

    function _requireMember(uint32 member) internal view {
        require(member != 0 && member <= memberCount, RegistryMemberUnknown(member));
    }

    function _requireFree(address wallet) private view {
        require(wallet != address(0), RegistryAddressZero());
        uint32 member = _memberEver[wallet];
        require(member == 0, RegistryWalletTaken(wallet, member));
    }
}
