// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IProviders} from "./IProviders.sol";
import {RefillingCap} from "./RefillingCap.sol";
import {Stewards} from "./Stewards.sol";

/// @title Providers
/// @dev Vouchers, payees and the pool. Promises: {IProviders}.
abstract contract Providers is IProviders, Stewards {
    using SafeERC20 for IERC20;

    /// @dev One provider in one slot, which is all that a claim reads of it unless a new payee waits. `payee` is zero
    /// where none was ever set.
    struct Account {
        uint88 settled;
        bool changing;
        address payee;
    }

    struct NextPayee {
        address payee;
        uint40 effectiveAt;
    }

    mapping(address provider => Account) private _accounts;
    mapping(address provider => NextPayee) private _nextPayees;

    function setPayee(address payee) external nonReentrant {
        if (!_canReceive(payee)) revert OblivionSettlement_PayeeRefused(payee);
        Account storage account = _accounts[msg.sender];
        address present = _payeeOf(msg.sender, account);
        uint256 effectiveAt = block.timestamp;
        account.payee = present;
        account.changing = payee != present;
        if (account.changing) {
            effectiveAt += PERSONAL_DELAY;
            _nextPayees[msg.sender] = NextPayee(payee, uint40(effectiveAt));
        }
        emit PayeeChanged(msg.sender, payee, effectiveAt);
    }

    function topUp(uint256 amount) external nonReentrant {
        if (amount == 0) revert OblivionSettlement_NothingToTopUp();
        _payout.pool = SafeCast.toUint96(_payout.pool + amount);
        emit ToppedUp(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function providerOf(address provider) external view returns (Provider memory) {
        Account storage account = _accounts[provider];
        NextPayee memory next = _nextPayees[provider];
        bool waiting = account.changing && block.timestamp < next.effectiveAt;
        return Provider({
            settled: account.settled,
            payee: _payeeOf(provider, account),
            nextPayee: waiting ? next.payee : address(0),
            nextPayeeAt: waiting ? next.effectiveAt : 0
        });
    }

    function settledOf(address provider) external view returns (uint256) {
        return _accounts[provider].settled;
    }

    function pool() external view returns (uint256) {
        return _payout.pool;
    }

    /// @param to Where the money goes; zero means the payee.
    function _claim(address provider, address to, uint256 cumulative, uint256 cap) internal {
        Account storage account = _accounts[provider];
        uint256 settled = account.settled;
        if (cumulative <= settled) revert OblivionSettlement_NothingToClaim(provider, cumulative, settled);
        if (to == address(0)) to = _payeeOf(provider, account);
        if (!_canReceive(to)) revert OblivionSettlement_PayeeRefused(to);
        uint256 owed = cumulative - settled;
        Payout memory payout = _payout;
        uint256 level = RefillingCap.available(payout.level, payout.levelAt, cap);
        uint256 amount = Math.min(owed, Math.min(payout.pool, level));
        if (amount == 0) {
            if (level == 0) revert OblivionSettlement_ClaimCapReached(cap);
            revert OblivionSettlement_PoolEmpty(owed);
        }

        settled += amount;
        account.settled = uint88(settled);
        // At most pool and level, both of which fit.
        _payout = Payout(uint96(payout.pool - amount), uint56(level - amount), uint40(block.timestamp));
        emit Claimed(provider, to, settled, amount);
        if (amount < owed) emit ClaimFellShort(provider, owed - amount);
        token.safeTransfer(to, amount);
    }

    /// @dev A provider's counter is written before its transfer and put back where the token refuses. Pool and level are
    /// written once, at the end: in between the guard keeps everybody out of whatever reads them to act.
    /// @param toPool What a charge of the same transaction has brought.
    function _claimEach(Voucher[] calldata vouchers, uint256 cap, uint256 toPool) internal {
        Payout memory payout = _payout;
        uint256 level = RefillingCap.available(payout.level, payout.levelAt, cap);
        uint256 left = payout.pool + toPool;
        uint256 paid;
        for (uint256 i = 0; i < vouchers.length; ++i) {
            paid += _claimOne(vouchers[i].provider, vouchers[i].cumulative, Math.min(left, level) - paid);
        }
        if (paid == 0) {
            if (toPool > 0) _payout.pool = uint96(left);
            return;
        }
        _payout = Payout(uint96(left - paid), uint56(level - paid), uint40(block.timestamp));
    }

    function _claimOne(address provider, uint256 cumulative, uint256 allowed) private returns (uint256 amount) {
        Account storage account = _accounts[provider];
        uint256 settled = account.settled;
        if (cumulative <= settled) return 0;
        uint256 owed = cumulative - settled;
        address to = _payeeOf(provider, account);
        amount = _canReceive(to) ? Math.min(owed, allowed) : 0;
        if (amount > 0) {
            account.settled = uint88(settled + amount);
            if (token.trySafeTransfer(to, amount)) {
                emit Claimed(provider, to, settled + amount, amount);
            } else {
                account.settled = uint88(settled);
                amount = 0;
            }
        }
        if (amount < owed) emit ClaimFellShort(provider, owed - amount);
    }

    function _payeeOf(address provider, Account storage account) private view returns (address payee) {
        payee = account.payee;
        if (account.changing) {
            NextPayee memory next = _nextPayees[provider];
            if (block.timestamp >= next.effectiveAt) return next.payee;
        }
        if (payee == address(0)) payee = provider;
    }
}
