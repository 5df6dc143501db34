// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICustomers} from "./ICustomers.sol";
import {RefillingCap} from "./RefillingCap.sol";
import {Stewards} from "./Stewards.sol";

/// @title Customers
/// @dev Deposits, charges, daily caps and exits. Promises: {ICustomers}.
abstract contract Customers is ICustomers, Stewards {
    using SafeERC20 for IERC20;

    /// @dev One customer in four slots; a charge touches the first two, and the others while a raise waits. `hasCap` and `hasLevel` tell an own cap or level
    /// of zero from none at all.
    struct Escrow {
        // What there is, what was taken, and how much of it a day.
        uint96 balance;
        uint96 charged;
        uint56 cap;
        bool hasCap;
        // What the cap had left at `levelAt`.
        uint96 chargedFee;
        uint56 level;
        uint40 levelAt;
        bool hasLevel;
        bool raising;
        // What the customer has announced.
        uint96 exitAmount;
        uint40 exitRipeAt;
        uint56 raisedCap;
        uint40 raisedAt;
        // What the raised cap would have left at `raisedLevelAt`, had it counted from its request on.
        uint56 raisedLevel;
        uint40 raisedLevelAt;
    }

    mapping(address customer => Escrow) private _escrows;

    function deposit(uint256 amount) external nonReentrant whenNotPaused {
        _deposit(amount);
    }

    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        whenNotPaused
    {
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    function setDailyCap(uint256 dailyCap) external nonReentrant {
        if (dailyCap > LARGEST_CAP) revert OblivionSettlement_CapTooLarge(dailyCap, LARGEST_CAP);
        Escrow storage escrow = _escrows[msg.sender];
        (uint256 cap, uint256 level) = _capOf(escrow);
        uint256 effectiveAt = block.timestamp;
        escrow.raising = dailyCap > cap;
        if (escrow.raising) {
            effectiveAt += PERSONAL_DELAY;
            escrow.raisedCap = uint56(dailyCap);
            escrow.raisedAt = uint40(effectiveAt);
            escrow.raisedLevel = uint56(level);
            escrow.raisedLevelAt = uint40(block.timestamp);
        } else {
            cap = dailyCap;
        }
        _keepCap(escrow, cap, level);
        emit CustomerCapChanged(msg.sender, dailyCap, effectiveAt);
    }

    function requestExit(uint256 amount) external nonReentrant {
        Escrow storage escrow = _escrows[msg.sender];
        uint256 exiting = Math.min(amount, escrow.balance);
        if (exiting == 0) revert OblivionSettlement_NothingToExit(msg.sender);
        uint256 ripeAt = block.timestamp + exitDelay;
        escrow.exitAmount = uint96(exiting);
        escrow.exitRipeAt = uint40(ripeAt);
        emit ExitRequested(msg.sender, exiting, ripeAt, ripeAt + exitWindow);
    }

    function cancelExit() external nonReentrant {
        if (_escrows[msg.sender].exitAmount == 0) revert OblivionSettlement_NoExit(msg.sender);
        _endExit(_escrows[msg.sender]);
    }

    function withdraw() external nonReentrant {
        Escrow storage escrow = _escrows[msg.sender];
        uint96 exiting = escrow.exitAmount;
        if (exiting == 0) revert OblivionSettlement_NoExit(msg.sender);
        uint256 ripeAt = escrow.exitRipeAt;
        if (block.timestamp < ripeAt) revert OblivionSettlement_ExitNotRipe(ripeAt, block.timestamp);
        if (block.timestamp > ripeAt + exitWindow) {
            revert OblivionSettlement_ExitLapsed(ripeAt + exitWindow, block.timestamp);
        }
        uint96 amount = exiting < escrow.balance ? exiting : escrow.balance;
        if (amount == 0) {
            _endExit(escrow);
            return;
        }
        escrow.exitAmount = 0;
        escrow.balance -= amount;
        _totals.escrow -= amount;
        emit Withdrawn(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    function customerOf(address customer) external view returns (Customer memory) {
        Escrow storage escrow = _escrows[customer];
        (uint256 cap, uint256 level) = _capOf(escrow);
        bool raising = escrow.raising && block.timestamp < escrow.raisedAt;
        uint256 lapsesAt = escrow.exitRipeAt + exitWindow;
        bool exiting = escrow.exitAmount > 0 && escrow.balance > 0 && block.timestamp <= lapsesAt;
        return Customer({
            escrow: escrow.balance,
            charged: escrow.charged,
            chargedFee: escrow.chargedFee,
            dailyCap: cap,
            chargeable: level,
            raisedCap: raising ? escrow.raisedCap : 0,
            raisedAt: raising ? escrow.raisedAt : 0,
            exiting: exiting ? Math.min(escrow.exitAmount, escrow.balance) : 0,
            exitRipeAt: exiting ? escrow.exitRipeAt : 0,
            exitLapsesAt: exiting ? lapsesAt : 0
        });
    }

    function escrowOf(address customer) external view returns (uint256) {
        return _escrows[customer].balance;
    }

    function chargedOf(address customer) external view returns (uint256) {
        return _escrows[customer].charged;
    }

    function chargedFeeOf(address customer) external view returns (uint256) {
        return _escrows[customer].chargedFee;
    }

    function totalEscrow() external view returns (uint256) {
        return _totals.escrow;
    }

    function fees() external view returns (uint256) {
        return _totals.fees;
    }

    /// @dev Every step is bounded by a minimum, so no signed value, however wrong, makes a row revert (M4).
    /// @return toPool What came into the pool. Fees and escrows are booked here.
    function _charge(Charge[] calldata charges) internal returns (uint256 toPool) {
        Intake memory intake = _intake;
        uint256 level = RefillingCap.available(intake.level, intake.levelAt, intake.cap);
        uint256 taken;
        uint256 fee;
        for (uint256 i = 0; i < charges.length; ++i) {
            (uint256 amount, uint256 feePart) = _chargeOne(charges[i], level - taken, intake.maxFeeBps);
            taken += amount;
            fee += feePart;
        }
        if (taken == 0) return 0;
        // Below the level, which is at most 2^56.
        _intake.level = uint56(level - taken);
        _intake.levelAt = uint40(block.timestamp);
        _totals.escrow -= uint96(taken);
        _totals.fees += uint96(fee);
        return taken - fee;
    }

    /// @dev A short row serves the providers' part before the fee: who did the work is paid first. What exceeds the
    /// largest fee stays with the providers too.
    function _chargeOne(Charge calldata row, uint256 allowed, uint256 feeBps)
        private
        returns (uint256 amount, uint256 fee)
    {
        Escrow storage escrow = _escrows[row.customer];
        uint256 charged = escrow.charged;
        uint256 owed = Math.saturatingSub(row.cumulative, charged);
        if (owed == 0) return (0, 0);
        (uint256 cap, uint256 level) = _capOf(escrow);
        uint256 balance = escrow.balance;
        amount = Math.min(Math.min(owed, balance), Math.min(allowed, level));
        if (amount > 0) {
            uint256 chargedFee = escrow.chargedFee;
            uint256 feeOwed = Math.min(owed, Math.saturatingSub(row.cumulativeFee, chargedFee));
            charged += amount;
            fee = Math.min(
                amount - Math.min(amount, owed - feeOwed), Math.saturatingSub(charged * feeBps / BPS, chargedFee)
            );
            chargedFee += fee;
            // All of it fits: amounts are below 2^56, sums below 2^96.
            escrow.balance = uint96(balance - amount);
            escrow.charged = uint96(charged);
            escrow.chargedFee = uint96(chargedFee);
            if (escrow.raising) _chargeRaise(escrow, amount);
            _keepCap(escrow, cap, level - amount);
            emit Charged(row.customer, charged, chargedFee, amount, fee);
        }
        if (amount < owed) emit ChargeFellShort(row.customer, owed - amount);
    }

    /// @dev The cap and what it has left. A raised cap has refilled since its request, as if it had counted from then on:
    /// adding the difference to what the lower one has left would let both be used at the turn.
    function _capOf(Escrow storage escrow) private view returns (uint256 cap, uint256 level) {
        if (escrow.raising && block.timestamp >= escrow.raisedAt) {
            cap = escrow.raisedCap;
            level = RefillingCap.available(escrow.raisedLevel, escrow.raisedLevelAt, cap);
        } else {
            cap = escrow.hasCap ? escrow.cap : defaultDailyCap;
            level = escrow.hasLevel ? RefillingCap.available(escrow.level, escrow.levelAt, cap) : cap;
        }
    }

    /// @dev A charge counts for a raised cap that waits, too; one that has come into force is kept as the cap after this.
    function _chargeRaise(Escrow storage escrow, uint256 amount) private {
        if (block.timestamp >= escrow.raisedAt) {
            escrow.raising = false;
            return;
        }
        uint256 level = RefillingCap.available(escrow.raisedLevel, escrow.raisedLevelAt, escrow.raisedCap);
        escrow.raisedLevel = uint56(Math.saturatingSub(level, amount));
        escrow.raisedLevelAt = uint40(block.timestamp);
    }

    function _keepCap(Escrow storage escrow, uint256 cap, uint256 level) private {
        escrow.cap = uint56(cap);
        escrow.hasCap = true;
        escrow.level = uint56(level);
        escrow.levelAt = uint40(block.timestamp);
        escrow.hasLevel = true;
    }

    function _deposit(uint256 amount) private {
        if (amount == 0) revert OblivionSettlement_NothingToDeposit();
        Escrow storage escrow = _escrows[msg.sender];
        // The sum of all escrows fits, so each of them does.
        _totals.escrow = SafeCast.toUint96(_totals.escrow + amount);
        escrow.balance += uint96(amount);
        if (escrow.exitAmount > 0) _endExit(escrow);
        emit Deposited(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _endExit(Escrow storage escrow) private {
        emit ExitCancelled(msg.sender, escrow.exitAmount);
        escrow.exitAmount = 0;
    }
}
