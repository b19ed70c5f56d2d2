// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IEcopoints} from "./interfaces/IEcopoints.sol";
import {IMemberRegistry} from "./interfaces/IMemberRegistry.sol";
import {Heirs} from "./libraries/Heirs.sol";
import {MemberSignature} from "./libraries/MemberSignature.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Ecopoints, partner offers and vouchers
contract Ecopoints is IEcopoints, ERC20, AccessManaged, EIP712, Nonces {
    using Heirs for IMemberRegistry;

    struct StoredVoucher {
        uint32 member;
        uint32 offer;
        bool used;
    }

    bytes32 private constant REDEMPTION_TYPEHASH = keccak256(
        "Redemption(address member,uint32 offer,uint256 priceMilliPoints,uint256 nonce,uint64 deadline)"
    );

    /// @inheritdoc IEcopoints
    address public immutable coach;

    IMemberRegistry private immutable _registry;

    /// @inheritdoc IEcopoints
    uint32 public offerCount;

    /// @inheritdoc IEcopoints
    uint256 public voucherCount;

    mapping(uint32 offer => Offer) private _offers;
    mapping(uint256 voucher => StoredVoucher) private _vouchers;

    constructor(
        address authority,
        IMemberRegistry registry,
        address coach_
    ) AccessManaged(authority) ERC20("Ecopoints", "ECO") EIP712("Watt Commons Ecopoints", "1") {
        require(coach_ != address(0), EcopointsAddressZero());
        _registry = registry;
        coach = coach_;
    }

    // ------------------------------------------------------------------ writes

    /// @inheritdoc IEcopoints
    function award(address member, uint256 amount, bytes32 awardReference) external {
        require(msg.sender == coach, EcopointsOnlyCoach(msg.sender));
        emit Awarded(member, amount, awardReference);
        _mint(member, amount);
    }

    /// @inheritdoc IEcopoints
    function publishOffer(
        uint128 price,
        uint32 stock,
        uint56 validUntil,
        bytes32 metadata
    ) external restricted returns (uint32 offer) {
        // The restriction may be set wider by mistake; the points would then be stuck at the price of each redemption.
        require(_isPartner(msg.sender), EcopointsNotPartner(msg.sender));
        require(
            price != 0 && stock != 0 && validUntil > block.timestamp,
            EcopointsOfferInvalid(price, stock, validUntil)
        );
        offer = ++offerCount;
        _offers[offer] = Offer(msg.sender, stock, validUntil, false, price, metadata);
        emit OfferPublished(offer, msg.sender, price, stock, validUntil, metadata);
    }

    /// @inheritdoc IEcopoints
    function closeOffer(uint32 offer) external {
        Offer storage terms = _offerOf(offer);
        require(terms.partner == msg.sender, EcopointsNotOfferPartner(offer, msg.sender));
        require(!terms.closed, EcopointsOfferClosed(offer));
        terms.closed = true;
        emit OfferClosed(offer);
    }

    /// @inheritdoc IEcopoints
    function redeem(uint32 offer) external returns (uint256 voucher) {
        return _redeem(msg.sender, offer);
    }

    /// @inheritdoc IEcopoints
    function redeemFor(
        address member,
        uint32 offer,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint256 voucher) {
        require(block.timestamp <= deadline, EcopointsSignatureExpired(deadline));
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REDEMPTION_TYPEHASH,
                    member,
                    offer,
                    uint256(_offerOf(offer).price),
                    _useNonce(member),
                    deadline
                )
            )
        );
        require(MemberSignature.isValid(member, digest, signature), EcopointsSignatureInvalid(member));
        return _redeem(member, offer);
    }

    /// @inheritdoc IEcopoints
    function useVoucher(uint256 voucher) external {
        StoredVoucher storage stored = _vouchers[voucher];
        uint32 offer = stored.offer;
        require(offer != 0, EcopointsVoucherUnknown(voucher));
        Offer storage terms = _offers[offer];
        require(terms.partner == msg.sender, EcopointsNotOfferPartner(offer, msg.sender));
        require(!stored.used, EcopointsVoucherUsed(voucher));
        require(block.timestamp < terms.validUntil, EcopointsVoucherExpired(voucher, terms.validUntil));
        stored.used = true;
        emit VoucherUsed(voucher, offer);
    }

    /// @inheritdoc IEcopoints
    function recover(address oldWallet) external {
        address heir = _registry.heirOf(oldWallet);
        require(heir != address(0), EcopointsNoSuccessor(oldWallet));
        uint256 amount = balanceOf(oldWallet);
        emit Recovered(oldWallet, heir, amount);
        _transfer(oldWallet, heir, amount);
    }

    // ------------------------------------------------------------------ views

    /// @notice One token is a point, its unit a milli-point.
    function decimals() public pure override returns (uint8) {
        return 3;
    }

    /// @inheritdoc IEcopoints
    function offerInfo(uint32 offer) external view returns (Offer memory) {
        return _offerOf(offer);
    }

    /// @inheritdoc IEcopoints
    function voucherInfo(uint256 voucher) external view returns (Voucher memory) {
        StoredVoucher memory stored = _vouchers[voucher];
        if (stored.offer == 0) return Voucher(0, 0, VoucherState.None);
        VoucherState state = VoucherState.Open;
        if (stored.used) state = VoucherState.Used;
        else if (block.timestamp >= _offers[stored.offer].validUntil) state = VoucherState.Expired;
        return Voucher(stored.member, stored.offer, state);
    }

    // ------------------------------------------------------------------ internal

    /// @dev Every movement passes here. Only `award` mints; nothing burns.
    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0)) {
            _requireHolder(to);
        } else if (to == address(0) || _registry.heirOf(from) != to) {
            _requireHolder(from);
            require(_isPartner(to), EcopointsTransferForbidden(from, to));
        }
        super._update(from, to, amount);
    }

    function _redeem(address member, uint32 offer) private returns (uint256 voucher) {
        Offer storage terms = _offerOf(offer);
        require(!terms.closed, EcopointsOfferClosed(offer));
        require(block.timestamp < terms.validUntil, EcopointsOfferExpired(offer, terms.validUntil));
        require(terms.stock != 0, EcopointsOfferSoldOut(offer));
        _requireHolder(member);
        uint32 memberIndex = _registry.memberOfWallet(member);
        --terms.stock;
        voucher = ++voucherCount;
        _vouchers[voucher] = StoredVoucher(memberIndex, offer, false);
        emit VoucherIssued(voucher, offer, memberIndex, member, terms.price);
        _transfer(member, terms.partner, terms.price);
    }

    function _offerOf(uint32 offer) private view returns (Offer storage terms) {
        terms = _offers[offer];
        require(terms.partner != address(0), EcopointsOfferUnknown(offer));
    }

    function _requireHolder(address account) private view {
        require(_registry.isAccountHolder(account), EcopointsNotAccountHolder(account));
    }

    function _isPartner(address account) private view returns (bool isPartner) {
        (isPartner, ) = IAccessManager(authority()).hasRole(Roles.PARTNER, account);
    }
}
