// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The keys of the operator, and what each may do
/// @notice The settler signs. The guardian stops: it pauses, for a bounded time, and takes the settler its pen. The admin
/// tightens at once and loosens after `changeDelay`, which is longer than `exitDelay`: whoever does not like a change has
/// left before it counts. Nobody sweeps, nobody upgrades.
interface IStewards {
    /// @notice What the admin may change after the delay.
    enum Change {
        Settler,
        Guardian,
        Admin,
        Treasury,
        ChargeCap,
        ClaimCap,
        MaxFeeBps
    }

    /// @notice The accounts of a contract. Settler, guardian and admin are three.
    /// @param settler Whose signature makes a charge or a voucher.
    /// @param guardian Who pauses and revokes.
    /// @param admin Who changes what can be changed.
    /// @param treasury Where collected fees go.
    struct Roles {
        address settler;
        address guardian;
        address admin;
        address treasury;
    }

    /// @notice The limits of a contract. Times in seconds, amounts in the token's smallest unit.
    /// @param exitDelay From asking for an exit to its ripeness; longer than `maxPause + 2 * cadence`, so that what a
    /// customer has spent can be charged before it leaves, a longest pause included.
    /// @param exitWindow For how long a ripe exit can be used.
    /// @param maxPause Paused time in any 30 days; at most 7 days.
    /// @param cadence How often the coordinator charges at the latest.
    /// @param chargeCap What charges of all customers together may take in a day.
    /// @param claimCap What may be paid out in a day.
    /// @param defaultDailyCap The daily cap of a customer that never set its own.
    /// @param maxFeeBps The largest part of a customer's charges that fees may be, in basis points.
    struct Terms {
        uint256 exitDelay;
        uint256 exitWindow;
        uint256 maxPause;
        uint256 cadence;
        uint256 chargeCap;
        uint256 claimCap;
        uint256 defaultDailyCap;
        uint256 maxFeeBps;
    }

    /// @notice Charges, claims and deposits stand still until `until`. Exits go on.
    event Paused(uint256 until);

    /// @notice The admin ended a pause.
    event Resumed();

    /// @notice Nothing that `settler` has signed counts any more.
    event SettlerRevoked(address indexed settler);

    /// @notice The admin wants `change` to be `value` from `executableAt` on; it lapses at `lapsesAt`.
    event ChangeProposed(Change indexed change, uint256 value, uint256 executableAt, uint256 lapsesAt);

    /// @notice A proposed change will not come.
    event ChangeCancelled(Change indexed change, uint256 value);

    /// @notice `change` is `value` now.
    event Changed(Change indexed change, uint256 value);

    /// @notice Collected fees, never zero, went to the treasury.
    event FeesCollected(address indexed treasury, uint256 amount);

    /// @notice An account cannot serve: zero, the token, this contract, an account with another role, or a token without
    /// code.
    error OblivionSettlement_InvalidAddress(address given);

    /// @notice The terms contradict each other: `given` has to be at least (or at most) `bound`.
    error OblivionSettlement_InvalidTerms(uint256 given, uint256 bound);

    /// @notice The sender has not this role.
    error OblivionSettlement_NotAllowed(address sender, address expected);

    /// @notice Charges, claims and deposits stand still.
    error OblivionSettlement_Paused(uint256 until);

    /// @notice There is no pause to end.
    error OblivionSettlement_NotPaused();

    /// @notice The guardian may pause for `left` seconds more.
    error OblivionSettlement_PauseTooLong(uint256 given, uint256 left);

    /// @notice No such change waits.
    error OblivionSettlement_NoChange(Change change);

    /// @notice The change waits until `executableAt`.
    error OblivionSettlement_ChangeTooEarly(uint256 executableAt, uint256 time);

    /// @notice The change was not made in its time. Propose it anew.
    error OblivionSettlement_ChangeLapsed(uint256 lapsedAt, uint256 time);

    /// @notice The value cannot be taken for this change, or does not lower what is there.
    error OblivionSettlement_InvalidValue(Change change, uint256 value);

    /// @notice The signature is not the settler's for these values on this chain and contract, or the settler was revoked.
    /// @param recovered Whose signature it would be; zero where it is no signature at all.
    /// @param settler Whose it must be; zero after a revocation.
    error OblivionSettlement_WrongSigner(address recovered, address settler);

    /// @notice Stops charges, claims and deposits for `duration` seconds, or lengthens a pause by as much. The guardian's.
    /// @dev All pauses together last at most `maxPause`; the count begins anew 30 days after the last one has ended, so
    /// no 30 days contain more.
    function pause(uint256 duration) external;

    /// @notice Ends a pause. The admin's; the time that is left is not used up.
    function resume() external;

    /// @notice Takes back all that the settler has signed and not sent. The guardian's or the admin's.
    function revokeSettler() external;

    /// @notice Lowers a cap or the largest fee at once. The admin's.
    function lower(Change change, uint256 value) external;

    /// @notice Announces a change, in place of one of its kind that waits. The admin's, also while paused.
    function propose(Change change, uint256 value) external;

    /// @notice Takes an announced change back. The admin's.
    function cancel(Change change) external;

    /// @notice Makes an announced change. The admin's, also while paused.
    function execute(Change change) external;

    /// @notice Sends the fees to the treasury, whoever calls. Does nothing where there are none.
    function collectFees() external;

    /// @notice The token of every amount here.
    function token() external view returns (IERC20);

    /// @notice Whose signature makes a charge or a voucher; zero after a revocation.
    function settler() external view returns (address);

    /// @notice Who pauses and revokes.
    function guardian() external view returns (address);

    /// @notice Who changes what can be changed.
    function admin() external view returns (address);

    /// @notice Where collected fees go.
    function treasury() external view returns (address);

    /// @notice Until when charges, claims and deposits stand still; in the past where they do not.
    function pausedUntil() external view returns (uint256);

    /// @notice For how many seconds the guardian may pause from now on.
    function pauseLeft() external view returns (uint256);

    /// @notice What charges of all customers together may take in a day.
    function chargeCap() external view returns (uint256);

    /// @notice What the charge cap allows now.
    function chargeable() external view returns (uint256);

    /// @notice What may be paid out in a day.
    function claimCap() external view returns (uint256);

    /// @notice What the claim cap allows now.
    function claimable() external view returns (uint256);

    /// @notice The largest part of a customer's charges that fees may be, in basis points.
    function maxFeeBps() external view returns (uint256);

    /// @notice A change that waits: its value, from when it may be made, and when it lapses. Zeros where none waits.
    function changeOf(Change change)
        external
        view
        returns (uint256 value, uint256 executableAt, uint256 lapsesAt);

    /// @notice The daily cap of a customer that never set one.
    function defaultDailyCap() external view returns (uint256);

    /// @notice Seconds between asking for an exit and its ripeness.
    function exitDelay() external view returns (uint256);

    /// @notice Seconds for which a ripe exit can be used.
    function exitWindow() external view returns (uint256);

    /// @notice Seconds before a provider's new payee or a customer's raised daily cap counts.
    function personalDelay() external view returns (uint256);

    /// @notice Paused time in any 30 days, in seconds.
    function maxPause() external view returns (uint256);

    /// @notice How often the coordinator charges at the latest, in seconds.
    function cadence() external view returns (uint256);

    /// @notice Seconds between announcing a change and making it: `exitDelay` and two days of notice.
    function changeDelay() external view returns (uint256);
}
