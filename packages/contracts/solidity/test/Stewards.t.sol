// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "../ICustomers.sol";
import {IProviders} from "../IProviders.sol";
import {IStewards} from "../IStewards.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev What the operator's keys may do, and when.
contract StewardsTest is SettlementTest {
    uint256 private constant MOST = type(uint56).max;

    function test_constructor_setsEverything() public view {
        vm.assertEq(address(settlement.token()), address(token), "token");
        vm.assertEq(settlement.settler(), vm.addr(SETTLER_KEY), "settler");
        vm.assertEq(settlement.guardian(), guardian, "guardian");
        vm.assertEq(settlement.admin(), admin, "admin");
        vm.assertEq(settlement.treasury(), treasury, "treasury");
        vm.assertEq(settlement.chargeCap(), CHARGE_CAP, "chargeCap");
        vm.assertEq(settlement.chargeable(), CHARGE_CAP, "a full cap");
        vm.assertEq(settlement.claimCap(), CLAIM_CAP, "claimCap");
        vm.assertEq(settlement.claimable(), CLAIM_CAP, "a full cap");
        vm.assertEq(settlement.defaultDailyCap(), DAILY_CAP, "defaultDailyCap");
        vm.assertEq(settlement.maxFeeBps(), MAX_FEE_BPS, "maxFeeBps");
        vm.assertEq(settlement.exitDelay(), EXIT_DELAY, "exitDelay");
        vm.assertEq(settlement.exitWindow(), EXIT_WINDOW, "exitWindow");
        vm.assertEq(settlement.maxPause(), MAX_PAUSE, "maxPause");
        vm.assertEq(settlement.cadence(), CADENCE, "cadence");
        vm.assertEq(settlement.changeDelay(), EXIT_DELAY + 2 days, "changeDelay exceeds exitDelay");
        vm.assertEq(settlement.pausedUntil(), 0, "not paused");
        vm.assertEq(settlement.pauseLeft(), MAX_PAUSE, "pauseLeft");
    }

    function test_constructor_refusesATokenWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IStewards.OblivionSettlement_InvalidAddress.selector, stranger));
        _deploy(stranger, _roles(), _terms());
    }

    function test_constructor_refusesRolesThatCannotServe() public {
        IStewards.Roles memory roles = _roles();
        roles.settler = address(0);
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidValue.selector);
        roles = _roles();
        roles.guardian = address(token);
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidValue.selector);
        roles = _roles();
        roles.admin = address(0);
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidValue.selector);
        roles = _roles();
        roles.treasury = address(0);
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidValue.selector);
        // Two roles in one hand are one key.
        roles = _roles();
        roles.guardian = roles.settler;
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidAddress.selector);
        roles = _roles();
        roles.admin = roles.settler;
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidAddress.selector);
        roles = _roles();
        roles.admin = roles.guardian;
        _refuseRoles(roles, IStewards.OblivionSettlement_InvalidAddress.selector);
        // The treasury only receives.
        roles = _roles();
        roles.treasury = roles.admin;
        _deploy(address(token), roles, _terms());
    }

    /// @dev M3: what is spent in the last moment before an exit can be charged before the exit ripens.
    function test_constructor_M3_refusesAnExitThatAPauseCouldCover() public {
        IStewards.Terms memory terms = _terms();
        terms.exitDelay = MAX_PAUSE + 2 * CADENCE;
        _refuseTerms(terms, terms.exitDelay, terms.exitDelay + 1);
        terms.exitDelay += 1;
        _deploy(address(token), _roles(), terms);
    }

    function test_constructor_refusesOtherTermsOutOfBounds() public {
        IStewards.Terms memory terms = _terms();
        terms.maxPause = 7 days + 1;
        _refuseTerms(terms, 7 days + 1, 7 days);
        terms = _terms();
        terms.cadence = 0;
        _refuseTerms(terms, 0, 1);
        terms = _terms();
        terms.exitDelay = 90 days + 1;
        _refuseTerms(terms, 90 days + 1, 90 days);
        terms = _terms();
        terms.exitWindow = 1 days - 1;
        _refuseTerms(terms, 1 days - 1, 1 days);
        terms = _terms();
        terms.exitWindow = 90 days + 1;
        _refuseTerms(terms, 90 days + 1, 90 days);
        terms = _terms();
        terms.defaultDailyCap = MOST + 1;
        _refuseTerms(terms, MOST + 1, MOST);
        terms = _terms();
        terms.chargeCap = MOST + 1;
        _refuseValue(terms, IStewards.Change.ChargeCap, MOST + 1);
        terms = _terms();
        terms.claimCap = MOST + 1;
        _refuseValue(terms, IStewards.Change.ClaimCap, MOST + 1);
        terms = _terms();
        terms.maxFeeBps = 10_001;
        _refuseValue(terms, IStewards.Change.MaxFeeBps, 10_001);
    }

    function test_pause_stopsMoneyAndNotExits() public {
        _deposit(alice, 100e6);
        _charge(alice, 50e6, 0);
        vm.expectEmit(address(settlement));
        emit IStewards.Paused(vm.getBlockTimestamp() + 1 days);
        _pause(1 days);
        bytes memory refusal = abi.encodeWithSelector(
            IStewards.OblivionSettlement_Paused.selector, vm.getBlockTimestamp() + 1 days
        );
        ICustomers.Charge[] memory charges = new ICustomers.Charge[](1);
        charges[0] = ICustomers.Charge(alice, 60e6, 0);
        IProviders.Voucher[] memory vouchers = new IProviders.Voucher[](1);
        vouchers[0] = IProviders.Voucher(provider, 10e6);
        bytes memory signature = _signCharges(SETTLER_KEY, charges);
        vm.expectRevert(refusal);
        settlement.charge(charges, signature);
        signature = _signVouchers(SETTLER_KEY, vouchers);
        vm.expectRevert(refusal);
        settlement.claimBatch(vouchers, signature);
        signature = _signSettlement(SETTLER_KEY, charges, vouchers);
        vm.expectRevert(refusal);
        settlement.settleBatch(charges, vouchers, signature);
        signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectRevert(refusal);
        settlement.claim(provider, 10e6, signature);
        vm.expectRevert(refusal);
        vm.prank(provider);
        settlement.claimTo(other, 10e6, signature);
        vm.expectRevert(refusal);
        vm.prank(alice);
        settlement.deposit(1);
        vm.expectRevert(refusal);
        vm.prank(alice);
        settlement.depositWithPermit(1, 0, 0, 0, 0);

        _requestExit(alice, 10e6);
        vm.prank(alice);
        settlement.cancelExit();
        _setCap(alice, 1e6);
        vm.prank(provider);
        settlement.setPayee(other);
        vm.prank(alice);
        token.approve(address(settlement), 1e6);
        vm.prank(alice);
        settlement.topUp(1e6);
        settlement.collectFees();

        _wait(1 days);
        settlement.claim(provider, 10e6, signature);
        vm.assertEq(settlement.settledOf(provider), 10e6, "it ends by itself");
    }

    function test_pause_ofAtMostSevenDaysInThirty() public {
        _pause(3 days);
        vm.assertEq(settlement.pauseLeft(), 4 days, "left");
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_PauseTooLong.selector, 4 days + 1, 4 days)
        );
        _pause(4 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IStewards.OblivionSettlement_PauseTooLong.selector, 0, 4 days));
        _pause(0);
        _wait(1 days);
        _pause(4 days);
        vm.assertEq(settlement.pausedUntil(), START + 7 days, "lengthened, not overlaid");
        vm.warp(START + 7 days + 30 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IStewards.OblivionSettlement_PauseTooLong.selector, 1, 0));
        _pause(1);
        _wait(1);
        vm.assertEq(settlement.pauseLeft(), MAX_PAUSE, "30 days after the last");
        _pause(7 days);
    }

    function test_resume_givesBackWhatWasNotUsed() public {
        _pause(5 days);
        _wait(1 days);
        vm.expectEmit(address(settlement));
        emit IStewards.Resumed();
        vm.prank(admin);
        settlement.resume();
        vm.assertEq(settlement.pauseLeft(), 6 days, "one day was used");
        _deposit(alice, 1e6);
        vm.expectRevert(IStewards.OblivionSettlement_NotPaused.selector);
        vm.prank(admin);
        settlement.resume();
    }

    function test_revokeSettler_byGuardianOrAdmin() public {
        _deposit(alice, 100e6);
        _charge(alice, 50e6, 0);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectEmit(address(settlement));
        emit IStewards.SettlerRevoked(vm.addr(SETTLER_KEY));
        vm.prank(guardian);
        settlement.revokeSettler();
        vm.expectRevert(
            abi.encodeWithSelector(
                IStewards.OblivionSettlement_WrongSigner.selector, vm.addr(SETTLER_KEY), address(0)
            )
        );
        settlement.claim(provider, 10e6, signature);
        vm.prank(admin);
        settlement.revokeSettler();

        // A new settler after the delay, and providers go on.
        _change(IStewards.Change.Settler, uint160(vm.addr(STRANGER_KEY)));
        settlement.claim(provider, 10e6, _signVoucher(STRANGER_KEY, provider, 10e6));
        vm.assertEq(token.balanceOf(provider), 10e6, "paid");
    }

    function test_lower_countsAtOnce() public {
        vm.expectEmit(address(settlement));
        emit IStewards.Changed(IStewards.Change.ChargeCap, 100e6);
        vm.prank(admin);
        settlement.lower(IStewards.Change.ChargeCap, 100e6);
        vm.assertEq(settlement.chargeable(), 100e6, "what is left is cut too");
        vm.prank(admin);
        settlement.lower(IStewards.Change.ClaimCap, 0);
        vm.assertEq(settlement.claimable(), 0, "nothing");
        vm.prank(admin);
        settlement.lower(IStewards.Change.MaxFeeBps, 100);
        vm.assertEq(settlement.maxFeeBps(), 100, "the fee");
    }

    function test_lower_neitherRaisesNorTouchesRoles() public {
        IStewards.Change[4] memory changes = [
            IStewards.Change.ChargeCap, IStewards.Change.ClaimCap, IStewards.Change.MaxFeeBps, IStewards.Change.Settler
        ];
        uint256[4] memory values = [CHARGE_CAP, CLAIM_CAP, MAX_FEE_BPS, 0];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IStewards.OblivionSettlement_InvalidValue.selector, changes[i], values[i]
                )
            );
            vm.prank(admin);
            settlement.lower(changes[i], values[i]);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IStewards.OblivionSettlement_InvalidValue.selector, changes[i], values[i] + 1
                )
            );
            vm.prank(admin);
            settlement.lower(changes[i], values[i] + 1);
        }
    }

    function test_change_waitsThenLapses() public {
        IStewards.Change change = IStewards.Change.ClaimCap;
        uint256 from = vm.getBlockTimestamp() + settlement.changeDelay();
        vm.expectEmit(address(settlement));
        emit IStewards.ChangeProposed(change, 5_000e6, from, from + 14 days);
        vm.prank(admin);
        settlement.propose(change, 5_000e6);
        (uint256 value, uint256 executableAt, uint256 lapsesAt) = settlement.changeOf(change);
        vm.assertEq(value, 5_000e6, "value");
        vm.assertEq(executableAt, from, "executableAt");
        vm.assertEq(lapsesAt, from + 14 days, "lapsesAt");
        vm.warp(from - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_ChangeTooEarly.selector, from, from - 1)
        );
        vm.prank(admin);
        settlement.execute(change);
        vm.warp(lapsesAt + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_ChangeLapsed.selector, lapsesAt, lapsesAt + 1)
        );
        vm.prank(admin);
        settlement.execute(change);
        vm.warp(lapsesAt);
        vm.expectEmit(address(settlement));
        emit IStewards.Changed(change, 5_000e6);
        vm.prank(admin);
        settlement.execute(change);
        vm.assertEq(settlement.claimCap(), 5_000e6, "changed");
        vm.assertEq(settlement.claimable(), CLAIM_CAP, "and refills from what was left");
        vm.expectRevert(abi.encodeWithSelector(IStewards.OblivionSettlement_NoChange.selector, change));
        vm.prank(admin);
        settlement.execute(change);
        (value, executableAt, lapsesAt) = settlement.changeOf(change);
        vm.assertEq(value + executableAt + lapsesAt, 0, "nothing waits");
    }

    function test_change_canBeCancelled() public {
        vm.prank(admin);
        settlement.propose(IStewards.Change.Guardian, uint160(stranger));
        vm.expectEmit(address(settlement));
        emit IStewards.ChangeCancelled(IStewards.Change.Guardian, uint160(stranger));
        vm.prank(admin);
        settlement.cancel(IStewards.Change.Guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_NoChange.selector, IStewards.Change.Guardian)
        );
        vm.prank(admin);
        settlement.cancel(IStewards.Change.Guardian);
    }

    function test_change_ofEachKind() public {
        _change(IStewards.Change.Guardian, uint160(alice));
        vm.assertEq(settlement.guardian(), alice, "guardian");
        _change(IStewards.Change.Treasury, uint160(carol));
        vm.assertEq(settlement.treasury(), carol, "treasury");
        _change(IStewards.Change.ChargeCap, 9_000e6);
        vm.assertEq(settlement.chargeCap(), 9_000e6, "chargeCap");
        vm.assertEq(settlement.chargeable(), CHARGE_CAP, "what was left");
        _change(IStewards.Change.MaxFeeBps, 3_000);
        vm.assertEq(settlement.maxFeeBps(), 3_000, "maxFeeBps");
        _change(IStewards.Change.Admin, uint160(other));
        vm.assertEq(settlement.admin(), other, "admin");
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_NotAllowed.selector, admin, other)
        );
        vm.prank(admin);
        settlement.resume();
    }

    function test_change_refusesWhatCannotServe() public {
        _refuseChange(IStewards.Change.Settler, 0);
        _refuseChange(IStewards.Change.Treasury, uint160(address(settlement)));
        _refuseChange(IStewards.Change.Admin, uint256(type(uint160).max) + 2);
        _refuseChange(IStewards.Change.ChargeCap, MOST + 1);
        _refuseChange(IStewards.Change.MaxFeeBps, 10_001);
        // Two roles that become one while both wait.
        vm.prank(admin);
        settlement.propose(IStewards.Change.Guardian, uint160(stranger));
        vm.prank(admin);
        settlement.propose(IStewards.Change.Settler, uint160(stranger));
        _wait(settlement.changeDelay());
        vm.prank(admin);
        settlement.execute(IStewards.Change.Guardian);
        vm.expectRevert(abi.encodeWithSelector(IStewards.OblivionSettlement_InvalidAddress.selector, stranger));
        vm.prank(admin);
        settlement.execute(IStewards.Change.Settler);
    }

    function _refuseChange(IStewards.Change change, uint256 value) private {
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_InvalidValue.selector, change, value)
        );
        vm.prank(admin);
        settlement.propose(change, value);
    }

    function _refuseRoles(IStewards.Roles memory roles, bytes4 why) private {
        vm.expectPartialRevert(why);
        _deploy(address(token), roles, _terms());
    }

    function _refuseTerms(IStewards.Terms memory terms, uint256 given, uint256 bound) private {
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_InvalidTerms.selector, given, bound)
        );
        _deploy(address(token), _roles(), terms);
    }

    function _refuseValue(IStewards.Terms memory terms, IStewards.Change change, uint256 value) private {
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_InvalidValue.selector, change, value)
        );
        _deploy(address(token), _roles(), terms);
    }
}
