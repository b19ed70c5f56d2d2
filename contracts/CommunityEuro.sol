// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ICommunityEuro, IDepositLedger} from "./interfaces/ICommunityEuro.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {Heirs} from "./libraries/Heirs.sol";

/// @title The community's euro
contract CommunityEuro is ICommunityEuro, ERC20Permit, AccessManaged {
    using Heirs for IMemberRegistry;

    /// @inheritdoc ICommunityEuro
    address public immutable market;

    IMemberRegistry private immutable _registry;

    /// @inheritdoc ICommunityEuro
    bool public memberTransfers;

    /// @inheritdoc ICommunityEuro
    mapping(bytes32 depositReference => bool) public depositUsed;

    /// @inheritdoc ICommunityEuro
    mapping(bytes32 payoutReference => bool) public payoutUsed;

    constructor(
        address authority,
        IMemberRegistry registry,
        address market_,
        string memory name_,
        string memory symbol_
    ) AccessManaged(authority) ERC20(name_, symbol_) ERC20Permit(name_) {
        require(market_ != address(0), EuroAddressZero());
        _registry = registry;
        market = market_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc ICommunityEuro
    function mint(address member, uint256 amount, bytes32 depositReference) external restricted {
        require(member != market, EuroTransferForbidden(address(0), member));
        _useReference(depositUsed, depositReference);
        _mintAgainst(member, amount, 0, depositReference);
    }

    /// @inheritdoc ICommunityEuro
    function mintToAccount(uint32 participant, uint256 amount, bytes32 depositReference) external restricted {
        require(_registry.walletOf(participant) != address(0), EuroParticipantUnknown(participant));
        _useReference(depositUsed, depositReference);
        _mintAgainst(market, amount, participant, depositReference);
        IDepositLedger(market).creditDeposit(participant, amount);
    }

    /// @inheritdoc ICommunityEuro
    function redeem(uint256 amount, bytes32 payoutReference) external {
        _redeem(msg.sender, amount, payoutReference);
    }

    /// @inheritdoc ICommunityEuro
    function redeemFrom(address member, uint256 amount, bytes32 payoutReference) external restricted {
        _useReference(payoutUsed, payoutReference);
        _spendAllowance(member, msg.sender, amount);
        _redeem(member, amount, payoutReference);
    }

    /// @inheritdoc ICommunityEuro
    function setMemberTransfers(bool open) external restricted {
        memberTransfers = open;
        emit MemberTransfersSet(open);
    }

    /// @inheritdoc ICommunityEuro
    function recover(address oldWallet) external {
        address heir = _registry.heirOf(oldWallet);
        require(heir != address(0), EuroNoSuccessor(oldWallet));
        uint256 amount = balanceOf(oldWallet);
        emit Recovered(oldWallet, heir, amount);
        _transfer(oldWallet, heir, amount);
    }

    // ------------------------------------------------------------------ views

    /// @notice One token is a euro, its unit a nano-euro.
    function decimals() public pure override returns (uint8) {
        return 9;
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    // ------------------------------------------------------------------ internal

    /// @dev Every movement passes here: mint, burn, transfer and transferFrom alike.
    function _update(address from, address to, uint256 amount) internal override {
        require(_mayMove(from, to), EuroTransferForbidden(from, to));
        super._update(from, to, amount);
    }

    function _mayMove(address from, address to) private view returns (bool) {
        if (from == address(0)) return to == market || _registry.isAccountHolder(to);
        if (from == market) return _isMember(to);
        if (to == address(0)) return _isMember(from);
        if (to == market) return msg.sender == market && _registry.isAccountHolder(from);
        if (memberTransfers && _registry.isAccountHolder(from) && _registry.isAccountHolder(to)) return true;
        return _registry.heirOf(from) == to;
    }

    /// @dev A member's present wallet, whether the account is active or closed.
    function _isMember(address account) private view returns (bool) {
        return _registry.memberOfWallet(account) != 0;
    }

    function _mintAgainst(address account, uint256 amount, uint32 participant, bytes32 depositReference) private {
        require(amount != 0, EuroAmountZero());
        emit Deposited(depositReference, account, participant, amount);
        _mint(account, amount);
    }

    function _redeem(address member, uint256 amount, bytes32 payoutReference) private {
        require(amount != 0, EuroAmountZero());
        emit Redeemed(payoutReference, member, amount);
        _burn(member, amount);
    }

    function _useReference(mapping(bytes32 => bool) storage used, bytes32 given) private {
        require(given != bytes32(0), EuroReferenceZero());
        require(!used[given], EuroReferenceUsed(given));
        used[given] = true;
    }
}
