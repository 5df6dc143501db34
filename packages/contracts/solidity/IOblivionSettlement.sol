// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "./ICustomers.sol";
import {IProviders} from "./IProviders.sol";
import {IStewards} from "./IStewards.sol";

/// @title Escrow of customers, and pay of providers, in one token
/// @notice A customer deposits into an escrow of its own. A charge moves what its accepted chunks cost from that escrow
/// to the pool (the providers' part) and to the fees. A provider's voucher pays it out of the pool.
///
/// Charges and vouchers are running totals signed by the settler (EIP-712). A newer one replaces the older, one sent
/// twice moves nothing, and anyone may send either: the money goes where the signature says, not to the sender.
///
/// What always holds is written in INVARIANTS.md beside this file, and run by the tests.
///
/// The token is native USDC or one that behaves like it: 6 decimals, no fee on transfer, a blacklist that makes a
/// transfer revert. A surplus (somebody's plain transfer) belongs to nobody and changes no counter.
interface IOblivionSettlement is ICustomers, IProviders, IStewards {
    /// @notice Charges, then claims, in one transaction under one signature, so that the claims may spend what the
    /// charges just brought.
    /// @param charges As in `charge`.
    /// @param vouchers As in `claimBatch`.
    /// @param signature The settler's over `Settlement(Charge[] charges,Voucher[] vouchers)`.
    function settleBatch(Charge[] calldata charges, Voucher[] calldata vouchers, bytes calldata signature) external;
}
