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

    /// @dev One provider in one word, so that a claim reads and writes it once: its payee (160 bits, zero where none was
    /// ever set), whether another payee waits (8), all that it was paid (88).
    struct Account {
        uint256 word;
    }

    uint256 private constant SETTLED_MASK = type(uint88).max;
    uint256 private constant WAITING = 1 << 88;
    uint256 private constant PAYEE_AT = 96;

    struct NextPayee {
        address payee;
        uint40 effectiveAt;
    }

    mapping(address provider => Account) private _accounts;
    mapping(address provider => NextPayee) private _nextPayees;

    function setPayee(address payee) external nonReentrant {
        if (!_canReceive(payee)) revert OblivionSettlement_PayeeRefused(payee);
        Account storage account = _accounts[msg.sender];
        uint256 word = account.word;
        address present = _payeeOf(msg.sender, word);
        uint256 effectiveAt = block.timestamp;
        word = (word & SETTLED_MASK) | uint256(uint160(present)) << PAYEE_AT;
        if (payee != present) {
            effectiveAt += PERSONAL_DELAY;
            word |= WAITING;
            _nextPayees[msg.sender] = NextPayee(payee, uint40(effectiveAt));
        }
        account.word = word;
        emit PayeeChanged(msg.sender, payee, effectiveAt);
    }

    function topUp(uint256 amount) external nonReentrant {
        if (amount == 0) revert OblivionSettlement_NothingToTopUp();
        _payout.pool = SafeCast.toUint96(_payout.pool + amount);
        emit ToppedUp(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function providerOf(address provider) external view returns (Provider memory) {
        uint256 word = _accounts[provider].word;
        NextPayee memory next = _nextPayees[provider];
        bool waiting = word & WAITING != 0 && block.timestamp < next.effectiveAt;
        return Provider({
            settled: word & SETTLED_MASK,
            payee: _payeeOf(provider, word),
            nextPayee: waiting ? next.payee : address(0),
            nextPayeeAt: waiting ? next.effectiveAt : 0
        });
    }

    function settledOf(address provider) external view returns (uint256) {
        return _accounts[provider].word & SETTLED_MASK;
    }

    function pool() external view returns (uint256) {
        return _payout.pool;
    }

    /// @param to Where the money goes; zero means the payee.
    function _claim(address provider, address to, uint256 cumulative, uint256 cap) internal {
        Account storage account = _accounts[provider];
        uint256 word = account.word;
        uint256 settled = word & SETTLED_MASK;
        if (cumulative <= settled) revert OblivionSettlement_NothingToClaim(provider, cumulative, settled);
        if (to == address(0)) to = _payeeOf(provider, word);
        if (!_canReceive(to)) revert OblivionSettlement_PayeeRefused(to);
        uint256 owed = cumulative - settled;
        Payout memory payout = _payout;
        uint256 level = RefillingCap.available(payout.level, payout.levelAt, cap);
        uint256 amount = Math.min(owed, Math.min(payout.pool, level));
        if (amount == 0) {
            if (level == 0) revert OblivionSettlement_ClaimCapReached(cap);
            revert OblivionSettlement_PoolEmpty(owed);
        }

        // All of it fits: `settled` is bounded by what caps ever let through, the rest falls.
        account.word = word + amount;
        _payout = Payout(uint96(payout.pool - amount), uint56(level - amount), uint40(block.timestamp));
        emit Claimed(provider, amount);
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
        uint256 allowed = Math.min(left, level);
        uint256 paid = allowed - _payEach(vouchers, allowed);
        if (paid == 0) {
            if (toPool > 0) _payout.pool = uint96(left);
            return;
        }
        _payout = Payout(uint96(left - paid), uint56(level - paid), uint40(block.timestamp));
    }

    /// @return What is allowed still after all rows.
    function _payEach(Voucher[] calldata vouchers, uint256 allowed) private returns (uint256) {
        for (uint256 i = 0; i < vouchers.length; ++i) {
            Voucher calldata voucher = vouchers[i];
            address provider = voucher.provider;
            uint256 owed = voucher.cumulative;
            Account storage account = _accounts[provider];
            uint256 word = account.word;
            if (owed <= word & SETTLED_MASK) continue;
            unchecked {
                owed -= word & SETTLED_MASK;
            }
            // Nothing above the sum: no payee was ever named.
            address to = word > SETTLED_MASK ? _payeeOf(provider, word) : provider;
            uint256 amount = owed < allowed ? owed : allowed;
            // `_canReceive`, in place: a jump less in each row.
            if (amount == 0 || to == address(0) || to == address(token) || to == address(this)) {
                emit ClaimFellShort(provider, owed);
                continue;
            }
            // Differences of something larger, and a sum bounded by what caps ever let through.
            unchecked {
                account.word = word + amount;
                if (token.trySafeTransfer(to, amount)) {
                    allowed -= amount;
                    emit Claimed(provider, amount);
                    if (amount < owed) emit ClaimFellShort(provider, owed - amount);
                } else {
                    account.word = word;
                    emit ClaimFellShort(provider, owed);
                }
            }
        }
        return allowed;
    }

    function _payeeOf(address provider, uint256 word) private view returns (address payee) {
        if (word & WAITING != 0) {
            NextPayee memory next = _nextPayees[provider];
            if (block.timestamp >= next.effectiveAt) return next.payee;
        }
        payee = address(uint160(word >> PAYEE_AT));
        if (payee == address(0)) payee = provider;
    }
}
