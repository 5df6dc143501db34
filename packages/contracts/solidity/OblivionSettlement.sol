// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Customers} from "./Customers.sol";
import {IOblivionSettlement} from "./IOblivionSettlement.sol";
import {Providers} from "./Providers.sol";
import {Stewards} from "./Stewards.sol";

/// @title OblivionSettlement
/// @dev The doors that need the settler's signature. Promises, units and signed types: {IOblivionSettlement}.
contract OblivionSettlement is IOblivionSettlement, Customers, Providers, EIP712 {
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

    constructor(IERC20 token_, Roles memory roles, Terms memory terms)
        EIP712("OblivionSettlement", "1")
        Stewards(token_, roles, terms)
    {}

    function charge(Charge[] calldata charges, bytes calldata signature) external nonReentrant {
        _open(keccak256(abi.encode(CHARGES_TYPEHASH, _hashCharges(charges))), signature);
        uint256 toPool = _charge(charges);
        // Fits: a charge is below 2^56, and the pool is bounded by what was ever charged and put in.
        if (toPool > 0) _payout.pool += uint96(toPool);
    }

    function claim(address provider, uint256 cumulative, bytes calldata signature) external nonReentrant {
        _claim(provider, address(0), cumulative, _open(_hashVoucher(provider, cumulative), signature));
    }

    function claimTo(address to, uint256 cumulative, bytes calldata signature) external nonReentrant {
        if (!_canReceive(to)) revert OblivionSettlement_PayeeRefused(to);
        _claim(msg.sender, to, cumulative, _open(_hashVoucher(msg.sender, cumulative), signature));
    }

    function claimBatch(Voucher[] calldata vouchers, bytes calldata signature) external nonReentrant {
        uint256 cap = _open(keccak256(abi.encode(VOUCHERS_TYPEHASH, _hashVouchers(vouchers))), signature);
        _claimEach(vouchers, cap, 0);
    }

    function settleBatch(Charge[] calldata charges, Voucher[] calldata vouchers, bytes calldata signature)
        external
        nonReentrant
    {
        uint256 cap = _open(
            keccak256(abi.encode(SETTLEMENT_TYPEHASH, _hashCharges(charges), _hashVouchers(vouchers))), signature
        );
        _claimEach(vouchers, cap, _charge(charges));
    }

    /// @dev Lets a signed call in: not paused, and signed by a settler who was not revoked.
    /// @return claimCap_ What stands in the same slot.
    function _open(bytes32 structHash, bytes calldata signature) private view returns (uint256 claimCap_) {
        Gate memory gate = _gate;
        _requireNotPaused(gate.pausedUntil);
        (address recovered,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        // A signature that is none recovers zero, which is the settler after a revocation.
        if (recovered != gate.settler || recovered == address(0)) {
            revert OblivionSettlement_WrongSigner(recovered, gate.settler);
        }
        return gate.claimCap;
    }

    function _hashVoucher(address provider, uint256 cumulative) private pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER_TYPEHASH, provider, cumulative));
    }

    /// @dev `keccak256(abi.encodePacked(hashes))` with each row hashed where it lies: a batch hashes a hundred. Bits above
    /// an address, which the copy would take along, make the row's reading revert.
    function _hashVouchers(Voucher[] calldata vouchers) private pure returns (bytes32 hash) {
        bytes32 typeHash = VOUCHER_TYPEHASH;
        assembly ("memory-safe") {
            let row := mload(0x40)
            let hashes := add(row, 0x60)
            let size := shl(5, vouchers.length)
            mstore(row, typeHash)
            for { let at := 0 } lt(at, size) { at := add(at, 0x20) } {
                calldatacopy(add(row, 0x20), add(vouchers.offset, shl(1, at)), 0x40)
                mstore(add(hashes, at), keccak256(row, 0x60))
            }
            hash := keccak256(hashes, size)
        }
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
