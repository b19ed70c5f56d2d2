// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the token contracts ask of the member registry, set by hand
contract MemberRegistryMock {
    struct Issuance {
        uint32 device;
        bool issuable;
        uint32 member;
    }

    uint32 public immutable intervalLength;
    uint32 public immutable gateLead;

    mapping(address wallet => uint32) public memberOfWallet;
    mapping(address wallet => address) public successorOf;
    mapping(uint32 member => address) private _wallets;
    mapping(uint32 member => bool) private _closed;
    mapping(uint32 participant => Issuance) private _participants;

    constructor(uint32 length, uint32 lead) {
        intervalLength = length;
        gateLead = lead;
    }

    function setMember(uint32 member, address wallet) external {
        memberOfWallet[wallet] = member;
        _wallets[member] = wallet;
    }

    function setClosed(uint32 member, bool closed) external {
        _closed[member] = closed;
    }

    function replaceWallet(uint32 member, address wallet) external {
        address old = _wallets[member];
        delete memberOfWallet[old];
        successorOf[old] = wallet;
        memberOfWallet[wallet] = member;
        _wallets[member] = wallet;
    }

    function setParticipant(uint32 participant, uint32 member, uint32 device, bool issuable) external {
        _participants[participant] = Issuance(device, issuable, member);
    }

    function memberInfo(uint32 member) external view returns (address wallet, bool active, bytes32 commitment) {
        return (_wallets[member], !_closed[member], 0);
    }

    function walletOf(uint32 participant) external view returns (address) {
        return _wallets[_participants[participant].member];
    }

    function isAccountHolder(address account) public view returns (bool) {
        uint32 member = memberOfWallet[account];
        return member != 0 && !_closed[member];
    }

    function issuanceAt(
        uint32 participant,
        uint32
    ) external view returns (uint32 device, bool issuable, address wallet, bool holder) {
        Issuance memory known = _participants[participant];
        wallet = _wallets[known.member];
        return (known.device, known.issuable, wallet, isAccountHolder(wallet));
    }
}
