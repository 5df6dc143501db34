// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Escrow of customers, and pay of providers, in one token
/// @notice A customer deposits into an escrow of its own. A charge moves what its accepted chunks cost from that escrow
/// to the pool (the providers' part) and to the fees. A provider's voucher pays it out of the pool.
///
/// Charges and vouchers are running totals signed by the settler (EIP-712). A newer one replaces the older, one sent
/// twice moves nothing, and anyone may send either: the money goes where the signature says, not to the sender.
///
/// What always holds:
/// - `token.balanceOf(this) >= totalEscrow + pool + fees`; a surplus (somebody's plain transfer) belongs to nobody
///   and changes no counter.
/// - sum of deposits == totalEscrow + pool + fees + sum of settledOf.
/// - chargedOf(c) and settledOf(p) never fall, and never exceed the largest total that the settler signed.
/// - nobody but the settler's signature moves an escrow or the pool; there is no owner, no sweep and no upgrade.
///
/// The token is native USDC or one that behaves like it: 6 decimals, no fee on transfer, a blacklist that makes a
/// transfer revert.
interface IOblivionSettlement {
    /// @notice One row of a charge: the customer's running totals.
    /// @param customer Whose escrow pays.
    /// @param cumulative All that the customer's accepted chunks have cost so far, fees included.
    /// @param cumulativeFee The part of `cumulative` that is fees.
    struct Charge {
        address customer;
        uint256 cumulative;
        uint256 cumulativeFee;
    }

    /// @notice A provider's running total.
    /// @param provider Who earned it, and who is paid.
    /// @param cumulative All that the provider has earned so far, paid or not.
    struct Voucher {
        address provider;
        uint256 cumulative;
    }

    /// @notice A customer's escrow grew by `amount`.
    event Deposited(address indexed customer, uint256 amount);

    /// @notice A charge took `amount` out of a customer's escrow, `fee` of it as fees.
    /// @param customer Whose escrow paid.
    /// @param cumulative All that was ever taken from this customer, this charge included. Equal to the signed total
    /// unless the escrow fell short.
    /// @param cumulativeFee The part of `cumulative` that became fees.
    /// @param amount What this charge took.
    /// @param fee The part of `amount` that became fees.
    event Charged(
        address indexed customer, uint256 cumulative, uint256 cumulativeFee, uint256 amount, uint256 fee
    );

    /// @notice A charge row asked for `missing` more than the customer's escrow held. The other rows went on.
    event ChargeFellShort(address indexed customer, uint256 missing);

    /// @notice A provider was paid `amount` out of the pool.
    /// @param provider Who earned it.
    /// @param payee Where the money went.
    /// @param cumulative All that this provider was ever paid, this payment included.
    /// @param amount What this payment moved.
    event Claimed(address indexed provider, address indexed payee, uint256 cumulative, uint256 amount);

    /// @notice A row of a batch could not be paid (the token refused, or the pool holds less) and stays owed.
    event ClaimSkipped(address indexed provider, uint256 cumulative, uint256 amount);

    /// @notice The constructor was given an account that cannot serve: zero, or a token without code.
    error OblivionSettlement_InvalidAddress(address given);

    /// @notice A deposit of nothing.
    error OblivionSettlement_NothingToDeposit();

    /// @notice The signature is not the settler's for these values on this chain and contract.
    /// @param recovered Whose signature it would be; zero where it is no signature at all.
    /// @param settler Whose it must be.
    error OblivionSettlement_WrongSigner(address recovered, address settler);

    /// @notice The voucher's total was paid already: it was used before, or a newer one was.
    error OblivionSettlement_NothingToClaim(address provider, uint256 cumulative, uint256 settled);

    /// @notice The pool holds less than the voucher asks for.
    error OblivionSettlement_PoolTooLow(uint256 needed, uint256 pool);

    /// @notice Money sent there would be lost or would unbalance the counters: zero, the token, this contract.
    error OblivionSettlement_PayeeRefused(address payee);

    /// @notice Moves `amount` of the sender's tokens into the sender's escrow. Needs an allowance.
    /// @dev Pulls from the sender and credits the sender, never anybody else: an allowance that somebody left here
    /// cannot be spent by another.
    function deposit(uint256 amount) external;

    /// @notice The same with an EIP-2612 signature of the sender in place of an earlier approval.
    /// @dev A permit that fails is ignored: whoever copies it from the mempool and sends it first has set the very
    /// allowance that the deposit needs. Where the allowance is missing the transfer fails, with the token's reason.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes what each customer owes out of its escrow, at most what the escrow holds. No row reverts the
    /// others.
    /// @param charges The rows; order matters only where one customer stands twice.
    /// @param signature The settler's over `Charges(Charge[] charges)`.
    function charge(Charge[] calldata charges, bytes calldata signature) external;

    /// @notice Pays a provider the difference between its voucher and what it was paid before.
    /// @param provider Who is paid, whoever sends this.
    /// @param cumulative The voucher's total.
    /// @param signature The settler's over `Voucher(address provider,uint256 cumulative)`.
    function claim(address provider, uint256 cumulative, bytes calldata signature) external;

    /// @notice Pays many providers under one signature. What cannot be paid is skipped and stays owed.
    /// @param vouchers The rows; a total that was paid before is passed over in silence.
    /// @param signature The settler's over `Vouchers(Voucher[] vouchers)`.
    function claimBatch(Voucher[] calldata vouchers, bytes calldata signature) external;

    /// @notice Charges, then claims, in one transaction under one signature, so that the claims may spend what the
    /// charges just brought.
    /// @param charges As in `charge`.
    /// @param vouchers As in `claimBatch`.
    /// @param signature The settler's over `Settlement(Charge[] charges,Voucher[] vouchers)`.
    function settleBatch(Charge[] calldata charges, Voucher[] calldata vouchers, bytes calldata signature) external;

    /// @notice The token of every amount here.
    function token() external view returns (IERC20);

    /// @notice Whose signature makes a charge or a voucher.
    function settler() external view returns (address);

    /// @notice Sum of all escrows.
    function totalEscrow() external view returns (uint256);

    /// @notice Charged money that waits for providers to claim it.
    function pool() external view returns (uint256);

    /// @notice Charged money that is the platform's part.
    function fees() external view returns (uint256);

    /// @notice What a customer has deposited and was not charged yet.
    function escrowOf(address customer) external view returns (uint256);

    /// @notice All that was ever taken from a customer, fees included.
    function chargedOf(address customer) external view returns (uint256);

    /// @notice The part of `chargedOf` that became fees.
    function chargedFeeOf(address customer) external view returns (uint256);

    /// @notice All that a provider was ever paid.
    function settledOf(address provider) external view returns (uint256);
}
