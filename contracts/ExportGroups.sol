// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExportGroups} from "./interfaces/IExportGroups.sol";
import {IGuaranteeOfOrigin} from "./interfaces/IGuaranteeOfOrigin.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {PackedWh} from "./libraries/PackedWh.sol";

/// @title Groups of 1 MWh for a national registry
/// @dev Keeps which Wh lie in which group. That the Wh exist, are the caller's and may still move is checked by the
/// certificates, which move them at every `lock` and `unlock`. Nothing on the way calls a wallet.
contract ExportGroups is IExportGroups, AccessManaged {
    using PackedWh for mapping(uint256 => uint256);

    uint256 private constant MAX_BATCH = 64;

    /// @inheritdoc IExportGroups
    uint256 public constant groupSize = 1_000_000;

    IMemberRegistry public immutable registry;
    IGuaranteeOfOrigin public immutable guarantees;

    /// @inheritdoc IExportGroups
    uint256 public groupCount;

    mapping(uint256 group => Group) private _groups;
    mapping(uint256 group => mapping(uint256 slot => uint256)) private _locked;
    mapping(bytes32 nationalReference => uint256 group) private _referenceOf;

    /// @inheritdoc IExportGroups
    mapping(uint32 device => uint256) public exportedOf;

    constructor(address authority, IMemberRegistry registry_, IGuaranteeOfOrigin guarantees_) AccessManaged(authority) {
        require(address(registry_) != address(0) && address(guarantees_) != address(0), ExportAddressZero());
        registry = registry_;
        guarantees = guarantees_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IExportGroups
    function open(uint256[] calldata ids, uint256[] calldata amounts) external returns (uint256 group) {
        _requireBatch(ids.length, amounts.length);
        group = ++groupCount;
        Group storage terms = _groups[group];
        // A caller who is no member's wallet fails at the lock.
        (terms.device, terms.member) = (uint32(ids[0] >> 32), registry.memberOfWallet(msg.sender));
        terms.state = GroupState.Open;
        emit GroupOpened(group, terms.device, terms.member);
        _add(group, ids, amounts);
    }

    /// @inheritdoc IExportGroups
    function add(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external {
        _requireBatch(ids.length, amounts.length);
        GroupState state = _requireMember(group);
        require(state == GroupState.Open, ExportGroupState(group, state));
        _add(group, ids, amounts);
    }

    /// @inheritdoc IExportGroups
    function release(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external {
        _requireBatch(ids.length, amounts.length);
        _requireMember(group);
        _release(group, msg.sender, ids, amounts);
    }

    /// @inheritdoc IExportGroups
    function giveBack(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external restricted {
        _requireBatch(ids.length, amounts.length);
        Group storage terms = _groups[group];
        require(terms.state != GroupState.None, ExportGroupUnknown(group));
        (address wallet, , ) = registry.memberInfo(terms.member);
        _release(group, wallet, ids, amounts);
    }

    /// @inheritdoc IExportGroups
    function decline(uint256 group, bytes32 reason) external restricted {
        _requireComplete(group).state = GroupState.Open;
        emit GroupDeclined(group, reason);
    }

    /// @inheritdoc IExportGroups
    function exportGroup(uint256 group, bytes32 nationalReference) external restricted {
        Group storage terms = _requireComplete(group);
        require(nationalReference != 0, ExportReferenceZero(group));
        uint256 other = _referenceOf[nationalReference];
        require(other == 0, ExportReferenceUsed(nationalReference, other));
        uint256 oldest = guarantees.idOf(terms.device, terms.firstInterval);
        uint256 until = guarantees.certificate(oldest).transferableUntil;
        require(block.timestamp < until, ExportTooLate(group, until));
        _referenceOf[nationalReference] = group;
        terms.state = GroupState.Exported;
        terms.nationalReference = nationalReference;
        exportedOf[terms.device] += groupSize;
        emit GroupExported(group, nationalReference);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IExportGroups
    function groupInfo(uint256 group) external view returns (Group memory) {
        return _groups[group];
    }

    /// @inheritdoc IExportGroups
    function lockedIn(uint256 group, uint256 id) external view returns (uint256) {
        return _get(_locked[group], id);
    }

    // ------------------------------------------------------------------ internal

    /// @dev Puts Wh of the caller's into a group that is open.
    function _add(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) private {
        Group memory terms = _groups[group];
        uint256 given = _sum(amounts);
        require(given <= groupSize - terms.wh, ExportTooMuch(group, given, groupSize - terms.wh));
        if (terms.wh == 0) (terms.firstInterval, terms.lastInterval) = (uint32(ids[0]), uint32(ids[0]));
        mapping(uint256 => uint256) storage locked = _locked[group];
        for (uint256 i; i < ids.length; ++i) {
            uint256 id = ids[i];
            require(id >> 32 == terms.device, ExportOtherDevice(id, terms.device));
            if (uint32(id) < terms.firstInterval) terms.firstInterval = uint32(id);
            if (uint32(id) > terms.lastInterval) terms.lastInterval = uint32(id);
            // Cannot spill over: a group's Wh, and so those of each id in it, are fewer than 24 bits hold.
            locked.add(id, amounts[i]);
        }
        terms.wh += uint32(given);
        if (terms.wh == groupSize) terms.state = GroupState.Complete;
        _groups[group] = terms;
        emit GroupAdded(group, msg.sender, ids, amounts, terms.wh);
        guarantees.lock(msg.sender, ids, amounts);
    }

    /// @dev Takes Wh out of a group that is not exported, for its member's wallet of the day.
    function _release(uint256 group, address wallet, uint256[] calldata ids, uint256[] calldata amounts) private {
        Group storage terms = _groups[group];
        require(terms.state != GroupState.Exported, ExportGroupState(group, terms.state));
        mapping(uint256 => uint256) storage locked = _locked[group];
        uint256 left = terms.wh;
        for (uint256 i; i < ids.length; ++i) {
            (uint256 id, uint256 wh) = (ids[i], amounts[i]);
            uint256 lockedWh = _get(locked, id);
            require(wh <= lockedWh, ExportNotInGroup(group, id, lockedWh, wh));
            locked.sub(id, wh);
            left -= wh;
        }
        terms.wh = uint32(left);
        terms.state = GroupState.Open;
        emit GroupReleased(group, wallet, ids, amounts, left);
        guarantees.unlock(wallet, ids, amounts);
    }

    function _requireMember(uint256 group) private view returns (GroupState state) {
        Group storage terms = _groups[group];
        state = terms.state;
        require(state != GroupState.None, ExportGroupUnknown(group));
        require(registry.memberOfWallet(msg.sender) == terms.member, ExportNotGroupMember(group, msg.sender));
    }

    function _requireComplete(uint256 group) private view returns (Group storage terms) {
        terms = _groups[group];
        GroupState state = terms.state;
        require(state != GroupState.None, ExportGroupUnknown(group));
        require(state == GroupState.Complete, ExportGroupState(group, state));
    }

    function _requireBatch(uint256 ids, uint256 amounts) private pure {
        require(ids == amounts && ids != 0 && ids <= MAX_BATCH, ExportBatchSize(ids, amounts, MAX_BATCH));
    }

    /// @dev Zero for a number that is no device and interval.
    function _get(mapping(uint256 => uint256) storage locked, uint256 id) private view returns (uint256) {
        return id >> 64 == 0 ? locked.get(id) : 0;
    }

    /// @dev Saturates: absurd amounts are too many, not an overflow.
    function _sum(uint256[] calldata amounts) private pure returns (uint256 total) {
        for (uint256 i; i < amounts.length; ++i) {
            total = Math.saturatingAdd(total, amounts[i]);
        }
    }
}
