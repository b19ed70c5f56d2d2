// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Ecopoints
/// @notice An ERC-20 with 3 decimals: its unit is the milli-point (mPt). Awarded by the Green Coach alone, for energy
/// saved. Points move from an active member to a partner (an account with the partner's role) and stay there; the one
/// exception is from a replaced wallet to the wallet that took over. They cannot be burned, sold or given to members.
///
/// A partner publishes an offer, whose terms never change. Redeeming moves its price to the partner and issues a
/// voucher to the member. The partner takes a voucher once, until the offer's `validUntil`: an unused voucher expires
/// then and is not refunded.
interface IEcopoints is IERC20 {
    enum VoucherState {
        None,
        Open,
        Used,
        Expired
    }

    /// @notice What a partner offers.
    /// @param partner account that receives the points and takes the vouchers
    /// @param stock vouchers still to be had
    /// @param validUntil Unix second at which offer and vouchers expire
    /// @param closed no more vouchers are issued; those issued stay good
    /// @param price mPt
    /// @param metadata hash of the description kept off chain
    struct Offer {
        address partner;
        uint32 stock;
        uint56 validUntil;
        bool closed;
        uint128 price;
        bytes32 metadata;
    }

    /// @notice A member's right to what an offer promises. It follows the member, whatever wallet that has.
    struct Voucher {
        uint32 member;
        uint32 offer;
        VoucherState state;
    }

    /// @notice `awardReference` is what the coach rewards: participant << 32 | period.
    event Awarded(address indexed member, uint256 amount, bytes32 indexed awardReference);
    event OfferPublished(
        uint32 indexed offer,
        address indexed partner,
        uint128 price,
        uint32 stock,
        uint56 validUntil,
        bytes32 metadata
    );
    event OfferClosed(uint32 indexed offer);
    event VoucherIssued(
        uint256 indexed voucher,
        uint32 indexed offer,
        uint32 indexed member,
        address wallet,
        uint256 price
    );
    event VoucherUsed(uint256 indexed voucher, uint32 indexed offer);
    event Recovered(address indexed oldWallet, address indexed newWallet, uint256 amount);

    error EcopointsOnlyCoach(address caller);
    /// @notice Points do not move between these two.
    error EcopointsTransferForbidden(address from, address to);
    /// @notice The account is not an active member's wallet.
    error EcopointsNotAccountHolder(address account);
    /// @notice The account does not hold the partner's role.
    error EcopointsNotPartner(address account);
    error EcopointsOfferUnknown(uint32 offer);
    error EcopointsOfferClosed(uint32 offer);
    error EcopointsOfferExpired(uint32 offer, uint256 validUntil);
    error EcopointsOfferSoldOut(uint32 offer);
    error EcopointsOfferInvalid(uint128 price, uint32 stock, uint256 validUntil);
    /// @notice The caller is not the partner whose offer this is.
    error EcopointsNotOfferPartner(uint32 offer, address caller);
    error EcopointsVoucherUnknown(uint256 voucher);
    error EcopointsVoucherUsed(uint256 voucher);
    error EcopointsVoucherExpired(uint256 voucher, uint256 validUntil);
    error EcopointsSignatureExpired(uint64 deadline);
    error EcopointsSignatureInvalid(address member);
    /// @notice The wallet was not replaced.
    error EcopointsNoSuccessor(address wallet);
    error EcopointsAddressZero();

    /// @notice Mints points to an active member. Only the Green Coach.
    /// @param amount mPt
    function award(address member, uint256 amount, bytes32 awardReference) external;

    /// @notice Publishes an offer of the caller's. Role: partner.
    /// @param price mPt, not zero
    /// @param stock number of vouchers, not zero
    /// @param validUntil Unix second, in the future
    function publishOffer(
        uint128 price,
        uint32 stock,
        uint56 validUntil,
        bytes32 metadata
    ) external returns (uint32 offer);

    /// @notice Ends an offer early. Vouchers already issued stay good. Only its partner.
    function closeOffer(uint32 offer) external;

    /// @notice Pays an offer's price to its partner and issues a voucher to the caller, an active member.
    function redeem(uint32 offer) external returns (uint256 voucher);

    /// @notice Redeems by the member's signature. Anyone may send it.
    /// @param deadline last Unix second at which the signature is good
    /// @param signature EIP-712 `Redemption(address member,uint32 offer,uint256 priceMilliPoints,uint256 nonce,uint64
    /// deadline)`, by ECDSA or EIP-1271, with nonce = `nonces(member)`
    function redeemFor(
        address member,
        uint32 offer,
        uint64 deadline,
        bytes calldata signature
    ) external returns (uint256 voucher);

    /// @notice Takes a voucher, once. Only the partner of its offer.
    function useVoucher(uint256 voucher) external;

    /// @notice Moves all of a replaced wallet's points to the wallet that took over. Anyone.
    function recover(address oldWallet) external;

    /// @notice The Green Coach, fixed at deployment.
    function coach() external view returns (address);

    function offerCount() external view returns (uint32);
    function voucherCount() external view returns (uint256);

    /// @notice An offer; reverts for an unknown one.
    function offerInfo(uint32 offer) external view returns (Offer memory);

    /// @notice A voucher now; state None for an unknown one.
    function voucherInfo(uint256 voucher) external view returns (Voucher memory);
}
