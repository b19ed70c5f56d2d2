// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Groups of 1 MWh for a national registry
/// @notice National registries keep guarantees of origin of exactly 1 MWh (Directive (EU) 2018/2001, article 19(2);
/// EECS). A group collects Wh of one device until they are 1,000,000, to the Wh; what is over stays with its holder for
/// the next group. A Wh in a group is locked: it moves, is cancelled and is withdrawn by nobody, and lies in one group
/// only, for its owner has it no more.
///
/// | path      | who                       | from           | to       | until (exclusive)                            |
/// | --------- | ------------------------- | -------------- | -------- | -------------------------------------------- |
/// | open      | account holder            |                | Open     | production end + 12 months, of each id       |
/// | add       | the group's member        | Open           | Open     | production end + 12 months, of each id       |
/// | release   | the group's member        | Open, Complete | Open     | production end + 18 months, of each id       |
/// | give back | issuing body, to it       | Open, Complete | Open     | production end + 18 months, of each id       |
/// | decline   | issuing body, with reason | Complete       | Open     |                                              |
/// | export    | issuing body              | Complete       | Exported | production end + 12 months, of the oldest id |
///
/// Open and add make a group of 1,000,000 Wh Complete. A member may have several groups at once.
///
/// Exported is final: the Wh live on in the national registry alone. They count neither as held nor as expired here.
interface IExportGroups {
    enum GroupState {
        None,
        Open,
        Complete,
        Exported
    }

    /// @notice A group.
    /// @param member index of the member whose Wh they are; its wallet of the day acts for it
    /// @param firstInterval earliest interval of what was ever put in since the group was last empty: a release does not
    /// move it, so a group can be too late that would not be if it had been made anew
    /// @param lastInterval latest, likewise
    /// @param wh Wh in it, at most 1,000,000
    /// @param nationalReference number the national registry gave it, zero until exported
    struct Group {
        uint32 device;
        uint32 member;
        uint32 firstInterval;
        uint32 lastInterval;
        uint32 wh;
        GroupState state;
        bytes32 nationalReference;
    }

    event GroupOpened(uint256 indexed group, uint32 indexed device, uint32 indexed member);
    event GroupAdded(uint256 indexed group, address indexed holder, uint256[] ids, uint256[] amounts, uint256 totalWh);
    event GroupReleased(
        uint256 indexed group,
        address indexed holder,
        uint256[] ids,
        uint256[] amounts,
        uint256 totalWh
    );
    event GroupDeclined(uint256 indexed group, bytes32 reason);
    event GroupExported(uint256 indexed group, bytes32 nationalReference);

    error ExportGroupUnknown(uint256 group);
    /// @notice The group is in another state than the call needs.
    error ExportGroupState(uint256 group, GroupState state);
    error ExportNotGroupMember(uint256 group, address caller);
    /// @notice The id is of another device than the group.
    error ExportOtherDevice(uint256 id, uint32 device);
    /// @notice More Wh than the group still needs. `wh` are those of the whole call.
    error ExportTooMuch(uint256 group, uint256 wh, uint256 missingWh);
    /// @notice The group has fewer Wh of the id.
    error ExportNotInGroup(uint256 group, uint256 id, uint256 lockedWh, uint256 wh);
    error ExportBatchSize(uint256 ids, uint256 amounts, uint256 limit);
    /// @notice The oldest Wh of the group may no longer change owner.
    error ExportTooLate(uint256 group, uint256 transferableUntil);
    error ExportReferenceZero(uint256 group);
    error ExportReferenceUsed(bytes32 nationalReference, uint256 group);
    error ExportAddressZero();

    /// @notice Opens a group with the first Wh in it.
    /// @param ids 1 to 64 ids of one device
    /// @param amounts Wh of each, not zero; together at most 1,000,000
    /// @return group running number, from 1
    function open(uint256[] calldata ids, uint256[] calldata amounts) external returns (uint256 group);

    /// @notice Adds Wh to an open group of the caller's, which is complete at 1,000,000 Wh. Limits as for `open`.
    function add(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external;

    /// @notice Gives Wh back to the member's wallet, from a group that is not exported; the group is open afterwards.
    /// Limits as for `open`. What has expired stays in its group for good.
    function release(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external;

    /// @notice Gives Wh back to the member's wallet of the day, as `release` does, for the issuing body: what was issued
    /// in error can be withdrawn from there. Role: issuing body.
    function giveBack(uint256 group, uint256[] calldata ids, uint256[] calldata amounts) external;

    /// @notice Sends a complete group back. Role: issuing body. It is open then, and full: to offer it again, its member
    /// takes something out and puts something in.
    /// @param reason code or hash of the reason
    function decline(uint256 group, bytes32 reason) external;

    /// @notice Records that a complete group lives on in the national registry, for good. Role: issuing body.
    /// @param nationalReference number given there, not zero, never used before
    function exportGroup(uint256 group, bytes32 nationalReference) external;

    /// @notice Wh in a full group: 1,000,000.
    function groupSize() external view returns (uint256);

    function groupCount() external view returns (uint256);

    /// @notice Zeros and None for a group never opened.
    function groupInfo(uint256 group) external view returns (Group memory);

    /// @notice Wh of an id that lie in a group; after its export, those that were exported in it.
    function lockedIn(uint256 group, uint256 id) external view returns (uint256);

    /// @notice Wh of a device that were exported.
    function exportedOf(uint32 device) external view returns (uint256);
}
