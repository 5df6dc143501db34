// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title What a customer does with its escrow, and what may be taken from it
/// @notice Money goes in by the customer's own transaction and leaves in two ways: a charge that the settler signed,
/// bounded by the customer's own daily cap, and an exit, which nobody can stop.
interface ICustomers {
    /// @notice One row of a charge: the customer's running totals.
    /// @param customer Whose escrow pays.
    /// @param cumulative All that the customer's accepted chunks have cost so far, fees included.
    /// @param cumulativeFee The part of `cumulative` that is fees.
    struct Charge {
        address customer;
        uint256 cumulative;
        uint256 cumulativeFee;
    }

    /// @notice A customer's figures as they are at this block, in the token's smallest unit and in seconds.
    /// @param escrow What was deposited and neither charged nor withdrawn yet.
    /// @param charged All that was ever taken by charges, fees included.
    /// @param chargedFee The part of `charged` that became fees.
    /// @param dailyCap The most that charges may take in a day; it refills continuously.
    /// @param chargeable What the daily cap lets a charge take now, whatever the escrow holds.
    /// @param raisedCap A higher daily cap that waits for its time; zero where none waits.
    /// @param raisedAt From when `raisedCap` counts.
    /// @param exiting What may be withdrawn between `exitRipeAt` and `exitLapsesAt`; all three are zero where no exit was
    /// asked for, the last one has lapsed, or charges have left nothing of it.
    struct Customer {
        uint256 escrow;
        uint256 charged;
        uint256 chargedFee;
        uint256 dailyCap;
        uint256 chargeable;
        uint256 raisedCap;
        uint256 raisedAt;
        uint256 exiting;
        uint256 exitRipeAt;
        uint256 exitLapsesAt;
    }

    /// @notice A customer's escrow grew by `amount`.
    event Deposited(address indexed customer, uint256 amount);

    /// @notice A charge took `amount` out of a customer's escrow, `fee` of it as fees.
    /// @param customer Whose escrow paid.
    /// @param cumulative All that was ever taken from this customer, this charge included. Equal to the signed total
    /// unless the charge fell short.
    /// @param cumulativeFee The part of `cumulative` that became fees.
    /// @param amount What this charge took.
    /// @param fee The part of `amount` that became fees.
    event Charged(
        address indexed customer, uint256 cumulative, uint256 cumulativeFee, uint256 amount, uint256 fee
    );

    /// @notice A charge row asked for `missing` more than escrow and caps allow now. The other rows went on.
    event ChargeFellShort(address indexed customer, uint256 missing);

    /// @notice A customer's daily cap is `dailyCap` from `effectiveAt` on (seconds since the epoch).
    event CustomerCapChanged(address indexed customer, uint256 dailyCap, uint256 effectiveAt);

    /// @notice A customer may withdraw up to `amount` between `ripeAt` and `lapsesAt`.
    event ExitRequested(address indexed customer, uint256 amount, uint256 ripeAt, uint256 lapsesAt);

    /// @notice An exit of `amount` ended without a withdrawal: by the customer, by a deposit of the customer, or because
    /// charges had left nothing to take.
    event ExitCancelled(address indexed customer, uint256 amount);

    /// @notice A customer took `amount` back, which is never zero.
    event Withdrawn(address indexed customer, uint256 amount);

    /// @notice A deposit of nothing.
    error OblivionSettlement_NothingToDeposit();

    /// @notice There is nothing in the escrow that an exit could ask for.
    error OblivionSettlement_NothingToExit(address customer);

    /// @notice No exit was asked for, or the last one has ended.
    error OblivionSettlement_NoExit(address customer);

    /// @notice The exit ripens later.
    error OblivionSettlement_ExitNotRipe(uint256 ripeAt, uint256 time);

    /// @notice The exit was not used in its time. Ask for a new one.
    error OblivionSettlement_ExitLapsed(uint256 lapsedAt, uint256 time);

    /// @notice A cap is at most `largest`.
    error OblivionSettlement_CapTooLarge(uint256 given, uint256 largest);

    /// @notice Moves `amount` of the sender's tokens into the sender's escrow. Needs an allowance. Ends the sender's exit.
    /// @dev Pulls from the sender and credits the sender, never anybody else: an allowance that somebody left here
    /// cannot be spent by another, and nobody can end another's exit.
    function deposit(uint256 amount) external;

    /// @notice The same with an EIP-2612 signature of the sender in place of an earlier approval.
    /// @dev A permit that fails is ignored: whoever copies it from the mempool and sends it first has set the very
    /// allowance that the deposit needs. Where the allowance is missing the transfer fails, with the token's reason.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes what each customer owes out of its escrow: at most what the escrow holds, what the customer's daily
    /// cap allows and what the contract's charge cap allows. No row reverts the others; what is missing stays owed.
    /// @param charges The rows; order matters where a cap does not suffice for all.
    /// @param signature The settler's over `Charges(Charge[] charges)`.
    function charge(Charge[] calldata charges, bytes calldata signature) external;

    /// @notice Sets the sender's daily cap. A lower one counts at once, a higher one after `personalDelay`.
    /// @dev Lowering stops the refill above the new cap. What the cap has left at that moment can still be charged:
    /// else a customer could have work done and then lower its cap to zero to keep the money.
    function setDailyCap(uint256 dailyCap) external;

    /// @notice Asks to take `amount` (at most the escrow of now) back. It ripens after `exitDelay` and lapses
    /// `exitWindow` later. A new request replaces the one before. Works while paused.
    function requestExit(uint256 amount) external;

    /// @notice Ends the sender's exit; the money stays in escrow.
    function cancelExit() external;

    /// @notice Pays the sender's ripe exit: what was asked for, or what is left of it after charges; where they left nothing
    /// it only ends. Works while paused.
    function withdraw() external;

    /// @notice Everything about a customer in one read.
    function customerOf(address customer) external view returns (Customer memory);

    /// @notice What a customer has deposited and was neither charged nor taken back.
    function escrowOf(address customer) external view returns (uint256);

    /// @notice All that was ever charged to a customer, fees included.
    function chargedOf(address customer) external view returns (uint256);

    /// @notice The part of `chargedOf` that became fees.
    function chargedFeeOf(address customer) external view returns (uint256);

    /// @notice Sum of all escrows.
    function totalEscrow() external view returns (uint256);

    /// @notice Charged money that is the platform's part and was not collected yet.
    function fees() external view returns (uint256);
}
