// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IStewards} from "./IStewards.sol";
import {RefillingCap} from "./RefillingCap.sol";

/// @title Stewards
/// @dev Roles, pauses, delayed changes, and the two caps of the whole contract. Promises: {IStewards}.
///
/// Storage is packed by what a claim and a charge read together: a claim touches `_gate`, `_payout` and its provider.
/// Amounts fit their types because caps bound them: no cap exceeds 2^56 units (72 billion USDC) a day, so that a sum of
/// charges or claims needs millions of years to leave 96 bits, and deposits are checked.
abstract contract Stewards is IStewards, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev What each charge and claim asks first.
    struct Gate {
        address settler;
        uint40 pausedUntil;
        uint56 claimCap;
    }

    /// @dev The pool, and what the claim cap had left at `levelAt`.
    struct Payout {
        uint96 pool;
        uint56 level;
        uint40 levelAt;
    }

    /// @dev The limits of charges, and what the charge cap had left at `levelAt`.
    struct Intake {
        uint56 cap;
        uint56 level;
        uint40 levelAt;
        uint16 maxFeeBps;
    }

    /// @dev Both sums of what a charge touches.
    struct Totals {
        uint96 escrow;
        uint96 fees;
    }

    struct Proposal {
        uint256 value;
        uint256 executableAt;
    }

    uint256 internal constant LARGEST_CAP = type(uint56).max;
    uint256 internal constant BPS = 10_000;

    /// @dev A stolen wallet session of a minute must not send the next month's pay elsewhere.
    uint256 internal constant PERSONAL_DELAY = 1 days;

    /// @dev The paused time of any stretch of this length is bounded.
    uint256 private constant PAUSE_PERIOD = 30 days;
    uint256 private constant LONGEST_PAUSE = 7 days;

    /// @dev Between the news of a change and the last moment at which an exit asked for ripens before it.
    uint256 private constant NOTICE = 2 days;

    /// @dev A change that could be made at any later time would be a threat kept in stock.
    uint256 private constant CHANGE_WINDOW = 14 days;

    IERC20 public immutable token;
    uint256 public immutable exitDelay;
    uint256 public immutable exitWindow;
    uint256 public immutable maxPause;
    uint256 public immutable cadence;
    uint256 public immutable defaultDailyCap;

    Gate internal _gate;
    Payout internal _payout;
    Intake internal _intake;
    Totals internal _totals;

    address public guardian;
    /// @dev Paused time since the count began.
    uint40 private _pauseUsed;
    address public admin;
    address public treasury;
    mapping(Change change => Proposal) private _proposals;

    constructor(IERC20 token_, Roles memory roles, Terms memory terms) {
        if (address(token_).code.length == 0) revert OblivionSettlement_InvalidAddress(address(token_));
        token = token_;
        _requireAtMost(terms.maxPause, LONGEST_PAUSE);
        _requireAtLeast(terms.cadence, 1);
        // M3: what is spent in the last moment before an exit is charged before the exit ripens, whoever pauses.
        _requireAtLeast(terms.exitDelay, terms.maxPause + 2 * terms.cadence + 1);
        // Keeps every time in its 40 bits, and an exit a thing that a person lives to see.
        _requireAtMost(terms.exitDelay, 90 days);
        _requireAtLeast(terms.exitWindow, 1 days);
        _requireAtMost(terms.exitWindow, 90 days);
        _requireAtMost(terms.defaultDailyCap, LARGEST_CAP);
        exitDelay = terms.exitDelay;
        exitWindow = terms.exitWindow;
        maxPause = terms.maxPause;
        cadence = terms.cadence;
        defaultDailyCap = terms.defaultDailyCap;

        _apply(Change.Settler, uint160(roles.settler));
        _apply(Change.Guardian, uint160(roles.guardian));
        _apply(Change.Admin, uint160(roles.admin));
        _apply(Change.Treasury, uint160(roles.treasury));
        _apply(Change.ChargeCap, terms.chargeCap);
        _apply(Change.ClaimCap, terms.claimCap);
        _apply(Change.MaxFeeBps, terms.maxFeeBps);
        // Both caps begin full.
        _intake.level = uint56(terms.chargeCap);
        _payout.level = uint56(terms.claimCap);
    }

    modifier onlyAdmin() {
        _requireSender(admin);
        _;
    }

    modifier whenNotPaused() {
        _requireNotPaused(_gate.pausedUntil);
        _;
    }

    function pause(uint256 duration) external nonReentrant {
        _requireSender(guardian);
        uint256 left = pauseLeft();
        if (duration == 0 || duration > left) revert OblivionSettlement_PauseTooLong(duration, left);
        uint256 until = Math.max(_gate.pausedUntil, block.timestamp) + duration;
        // Both fit: a pause is at most 7 days.
        _pauseUsed = uint40(maxPause - left + duration);
        _gate.pausedUntil = uint40(until);
        emit Paused(until);
    }

    function resume() external nonReentrant onlyAdmin {
        uint256 until = _gate.pausedUntil;
        if (block.timestamp >= until) revert OblivionSettlement_NotPaused();
        _pauseUsed -= uint40(until - block.timestamp);
        _gate.pausedUntil = uint40(block.timestamp);
        emit Resumed();
    }

    function revokeSettler() external nonReentrant {
        if (msg.sender != admin) _requireSender(guardian);
        emit SettlerRevoked(_gate.settler);
        _gate.settler = address(0);
    }

    function lower(Change change, uint256 value) external nonReentrant onlyAdmin {
        uint256 present;
        if (change == Change.ChargeCap) present = _intake.cap;
        else if (change == Change.ClaimCap) present = _gate.claimCap;
        else if (change == Change.MaxFeeBps) present = _intake.maxFeeBps;
        if (value >= present) revert OblivionSettlement_InvalidValue(change, value);
        _apply(change, value);
        emit Changed(change, value);
    }

    function propose(Change change, uint256 value) external nonReentrant onlyAdmin {
        _requireValue(change, value);
        uint256 executableAt = block.timestamp + changeDelay();
        _proposals[change] = Proposal(value, executableAt);
        emit ChangeProposed(change, value, executableAt, executableAt + CHANGE_WINDOW);
    }

    function cancel(Change change) external nonReentrant onlyAdmin {
        Proposal memory proposal = _proposalOf(change);
        delete _proposals[change];
        emit ChangeCancelled(change, proposal.value);
    }

    function execute(Change change) external nonReentrant onlyAdmin {
        Proposal memory proposal = _proposalOf(change);
        if (block.timestamp < proposal.executableAt) {
            revert OblivionSettlement_ChangeTooEarly(proposal.executableAt, block.timestamp);
        }
        uint256 lapsesAt = proposal.executableAt + CHANGE_WINDOW;
        if (block.timestamp > lapsesAt) revert OblivionSettlement_ChangeLapsed(lapsesAt, block.timestamp);
        delete _proposals[change];
        _apply(change, proposal.value);
        emit Changed(change, proposal.value);
    }

    function collectFees() external nonReentrant {
        uint96 amount = _totals.fees;
        // Anybody may call this at any time: where nothing moves, nothing is reported.
        if (amount == 0) return;
        address to = treasury;
        _totals.fees = 0;
        emit FeesCollected(to, amount);
        token.safeTransfer(to, amount);
    }

    function settler() external view returns (address) {
        return _gate.settler;
    }

    function pausedUntil() external view returns (uint256) {
        return _gate.pausedUntil;
    }

    function pauseLeft() public view returns (uint256) {
        bool begunAnew = block.timestamp >= _gate.pausedUntil + PAUSE_PERIOD;
        return begunAnew ? maxPause : maxPause - _pauseUsed;
    }

    function chargeCap() external view returns (uint256) {
        return _intake.cap;
    }

    function chargeable() external view returns (uint256) {
        return RefillingCap.available(_intake.level, _intake.levelAt, _intake.cap);
    }

    function claimCap() external view returns (uint256) {
        return _gate.claimCap;
    }

    function claimable() external view returns (uint256) {
        return RefillingCap.available(_payout.level, _payout.levelAt, _gate.claimCap);
    }

    function maxFeeBps() external view returns (uint256) {
        return _intake.maxFeeBps;
    }

    function changeOf(Change change)
        external
        view
        returns (uint256 value, uint256 executableAt, uint256 lapsesAt)
    {
        Proposal memory proposal = _proposals[change];
        if (proposal.executableAt == 0) return (0, 0, 0);
        return (proposal.value, proposal.executableAt, proposal.executableAt + CHANGE_WINDOW);
    }

    function personalDelay() external pure returns (uint256) {
        return PERSONAL_DELAY;
    }

    function changeDelay() public view returns (uint256) {
        return exitDelay + NOTICE;
    }

    /// @dev Tokens sent to zero or to the token are lost; sent here they would leave a counter and stay in the balance.
    function _canReceive(address account) internal view returns (bool) {
        return account != address(0) && account != address(token) && account != address(this);
    }

    function _requireNotPaused(uint256 until) internal view {
        if (block.timestamp < until) revert OblivionSettlement_Paused(until);
    }

    /// @dev A cap keeps what it has left, so that changing it is no way to use it twice, and never more than itself.
    function _apply(Change change, uint256 value) private {
        _requireValue(change, value);
        if (change == Change.Settler) {
            _gate.settler = address(uint160(value));
        } else if (change == Change.Guardian) {
            guardian = address(uint160(value));
        } else if (change == Change.Admin) {
            admin = address(uint160(value));
        } else if (change == Change.Treasury) {
            treasury = address(uint160(value));
        } else if (change == Change.ChargeCap) {
            uint256 level = RefillingCap.available(_intake.level, _intake.levelAt, _intake.cap);
            _intake.level = uint56(Math.min(level, value));
            _intake.levelAt = uint40(block.timestamp);
            _intake.cap = uint56(value);
        } else if (change == Change.ClaimCap) {
            uint256 level = RefillingCap.available(_payout.level, _payout.levelAt, _gate.claimCap);
            _payout.level = uint56(Math.min(level, value));
            _payout.levelAt = uint40(block.timestamp);
            _gate.claimCap = uint56(value);
        } else {
            _intake.maxFeeBps = uint16(value);
        }
    }

    function _requireValue(Change change, uint256 value) private view {
        if (change <= Change.Treasury) {
            address account = address(uint160(value));
            if (value > type(uint160).max || !_canReceive(account)) revert OblivionSettlement_InvalidValue(change, value);
            bool taken = (change != Change.Settler && account == _gate.settler)
                || (change != Change.Guardian && account == guardian) || (change != Change.Admin && account == admin);
            // The treasury only receives: it may be any account.
            if (taken && change != Change.Treasury) revert OblivionSettlement_InvalidAddress(account);
        } else if (value > (change == Change.MaxFeeBps ? BPS : LARGEST_CAP)) {
            revert OblivionSettlement_InvalidValue(change, value);
        }
    }

    function _proposalOf(Change change) private view returns (Proposal memory proposal) {
        proposal = _proposals[change];
        if (proposal.executableAt == 0) revert OblivionSettlement_NoChange(change);
    }

    function _requireSender(address expected) private view {
        if (msg.sender != expected) revert OblivionSettlement_NotAllowed(msg.sender, expected);
    }

    function _requireAtLeast(uint256 given, uint256 bound) private pure {
        if (given < bound) revert OblivionSettlement_InvalidTerms(given, bound);
    }

    function _requireAtMost(uint256 given, uint256 bound) private pure {
        if (given > bound) revert OblivionSettlement_InvalidTerms(given, bound);
    }
}
