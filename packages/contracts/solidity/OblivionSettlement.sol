// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IOblivionSettlement} from "./IOblivionSettlement.sol";

/// @title OblivionSettlement
/// @dev Promises, units and signed types are described in {IOblivionSettlement}.
contract OblivionSettlement is IOblivionSettlement, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    bytes32 private constant CHARGE_TYPEHASH =
        keccak256("Charge(address customer,uint256 cumulative,uint256 cumulativeFee)");
    bytes32 private constant VOUCHER_TYPEHASH = keccak256("Voucher(address provider,uint256 cumulative)");
    bytes32 private constant CHARGES_TYPEHASH = keccak256(
        "Charges(Charge[] charges)Charge(address customer,uint256 cumulative,uint256 cumulativeFee)"
    );
    bytes32 private constant VOUCHERS_TYPEHASH =
        keccak256("Vouchers(Voucher[] vouchers)Voucher(address provider,uint256 cumulative)");
    bytes32 private constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(Charge[] charges,Voucher[] vouchers)Charge(address customer,uint256 cumulative,uint256 cumulativeFee)Voucher(address provider,uint256 cumulative)"
    );

    IERC20 public immutable token;
    address public immutable settler;

    uint256 public totalEscrow;
    uint256 public pool;
    uint256 public fees;
    mapping(address customer => uint256) public escrowOf;
    mapping(address customer => uint256) public chargedOf;
    mapping(address customer => uint256) public chargedFeeOf;
    mapping(address provider => uint256) public settledOf;

    constructor(IERC20 token_, address settler_) EIP712("OblivionSettlement", "1") {
        if (address(token_).code.length == 0) revert OblivionSettlement_InvalidAddress(address(token_));
        if (settler_ == address(0)) revert OblivionSettlement_InvalidAddress(settler_);
        token = token_;
        settler = settler_;
    }

    function deposit(uint256 amount) external nonReentrant {
        _deposit(amount);
    }

    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
    {
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    function charge(Charge[] calldata charges, bytes calldata signature) external nonReentrant {
        _requireSettler(keccak256(abi.encode(CHARGES_TYPEHASH, _hashCharges(charges))), signature);
        _charge(charges);
    }

    function claim(address provider, uint256 cumulative, bytes calldata signature) external nonReentrant {
        _requireSettler(_hashVoucher(provider, cumulative), signature);
        if (!_canReceive(provider)) revert OblivionSettlement_PayeeRefused(provider);
        uint256 settled = settledOf[provider];
        if (cumulative <= settled) revert OblivionSettlement_NothingToClaim(provider, cumulative, settled);
        uint256 amount = cumulative - settled;
        if (amount > pool) revert OblivionSettlement_PoolTooLow(amount, pool);

        settledOf[provider] = cumulative;
        pool -= amount;
        emit Claimed(provider, provider, cumulative, amount);
        token.safeTransfer(provider, amount);
    }

    function claimBatch(Voucher[] calldata vouchers, bytes calldata signature) external nonReentrant {
        _requireSettler(keccak256(abi.encode(VOUCHERS_TYPEHASH, _hashVouchers(vouchers))), signature);
        _claimEach(vouchers);
    }

    function settleBatch(Charge[] calldata charges, Voucher[] calldata vouchers, bytes calldata signature)
        external
        nonReentrant
    {
        _requireSettler(
            keccak256(abi.encode(SETTLEMENT_TYPEHASH, _hashCharges(charges), _hashVouchers(vouchers))), signature
        );
        _charge(charges);
        _claimEach(vouchers);
    }

    function _deposit(uint256 amount) private {
        if (amount == 0) revert OblivionSettlement_NothingToDeposit();
        escrowOf[msg.sender] += amount;
        totalEscrow += amount;
        emit Deposited(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Every step is bounded by a minimum, so no signed value, however wrong, makes a row revert. A short escrow
    /// serves the providers' part before the fee: who did the work is paid first.
    function _charge(Charge[] calldata charges) private {
        for (uint256 i = 0; i < charges.length; ++i) {
            address customer = charges[i].customer;
            uint256 owed = Math.saturatingSub(charges[i].cumulative, chargedOf[customer]);
            uint256 amount = Math.min(owed, escrowOf[customer]);
            if (amount < owed) emit ChargeFellShort(customer, owed - amount);
            if (amount == 0) continue;

            uint256 feeOwed = Math.min(owed, Math.saturatingSub(charges[i].cumulativeFee, chargedFeeOf[customer]));
            uint256 toPool = Math.min(amount, owed - feeOwed);
            uint256 fee = amount - toPool;

            escrowOf[customer] -= amount;
            totalEscrow -= amount;
            pool += toPool;
            fees += fee;
            uint256 cumulative = chargedOf[customer] += amount;
            uint256 cumulativeFee = chargedFeeOf[customer] += fee;
            emit Charged(customer, cumulative, cumulativeFee, amount, fee);
        }
    }

    /// @dev The counters are written before the transfer and put back where it fails; the guard keeps everybody else
    /// out in between.
    function _claimEach(Voucher[] calldata vouchers) private {
        for (uint256 i = 0; i < vouchers.length; ++i) {
            address provider = vouchers[i].provider;
            uint256 cumulative = vouchers[i].cumulative;
            uint256 settled = settledOf[provider];
            if (cumulative <= settled) continue;
            uint256 amount = cumulative - settled;
            if (amount > pool || !_canReceive(provider)) {
                emit ClaimSkipped(provider, cumulative, amount);
                continue;
            }

            settledOf[provider] = cumulative;
            pool -= amount;
            if (token.trySafeTransfer(provider, amount)) {
                emit Claimed(provider, provider, cumulative, amount);
            } else {
                settledOf[provider] = settled;
                pool += amount;
                emit ClaimSkipped(provider, cumulative, amount);
            }
        }
    }

    /// @dev Tokens sent to zero or to the token are lost; sent here they would leave the pool and stay in the balance.
    function _canReceive(address payee) private view returns (bool) {
        return payee != address(0) && payee != address(token) && payee != address(this);
    }

    function _requireSettler(bytes32 structHash, bytes calldata signature) private view {
        (address recovered,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        if (recovered != settler) revert OblivionSettlement_WrongSigner(recovered, settler);
    }

    function _hashVoucher(address provider, uint256 cumulative) private pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER_TYPEHASH, provider, cumulative));
    }

    function _hashVouchers(Voucher[] calldata vouchers) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](vouchers.length);
        for (uint256 i = 0; i < vouchers.length; ++i) {
            hashes[i] = _hashVoucher(vouchers[i].provider, vouchers[i].cumulative);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _hashCharges(Charge[] calldata charges) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](charges.length);
        for (uint256 i = 0; i < charges.length; ++i) {
            hashes[i] = keccak256(
                abi.encode(CHARGE_TYPEHASH, charges[i].customer, charges[i].cumulative, charges[i].cumulativeFee)
            );
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
