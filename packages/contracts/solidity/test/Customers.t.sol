// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "../ICustomers.sol";
import {SettlementTest} from "./SettlementTest.t.sol";
import {Vm} from "./Vm.t.sol";

/// @dev What a customer does by itself: daily caps and exits.
contract CustomersTest is SettlementTest {
    function setUp() public override {
        super.setUp();
        _deposit(alice, 900e6);
    }

    function test_customerOf_ofAStranger() public view {
        ICustomers.Customer memory customer = settlement.customerOf(stranger);
        vm.assertEq(customer.dailyCap, DAILY_CAP, "the default cap");
        vm.assertEq(customer.chargeable, DAILY_CAP, "all of it");
        vm.assertEq(customer.escrow + customer.charged + customer.chargedFee, 0, "no money");
        vm.assertEq(customer.raisedCap + customer.raisedAt, 0, "no raise");
        vm.assertEq(customer.exiting + customer.exitRipeAt + customer.exitLapsesAt, 0, "no exit");
    }

    function test_dailyCap_boundsACharge() public {
        vm.expectEmit(address(settlement));
        emit ICustomers.Charged(alice, DAILY_CAP, 0, DAILY_CAP, 0);
        vm.expectEmit(address(settlement));
        emit ICustomers.ChargeFellShort(alice, 100e6);
        _charge(alice, 600e6, 0);
        vm.assertEq(settlement.customerOf(alice).chargeable, 0, "used up");
        _wait(3 hours);
        vm.assertEq(settlement.customerOf(alice).chargeable, DAILY_CAP / 8, "refills continuously");
        _charge(alice, 600e6, 0);
        vm.assertEq(settlement.chargedOf(alice), DAILY_CAP * 9 / 8, "an eighth more");
        _wait(10 days);
        vm.assertEq(settlement.customerOf(alice).chargeable, DAILY_CAP, "and is never more than full");
    }

    function test_setDailyCap_lowersAtOnceAndKeepsWhatIsLeft() public {
        _charge(alice, 100e6, 0);
        vm.expectEmit(address(settlement));
        emit ICustomers.CustomerCapChanged(alice, 50e6, vm.getBlockTimestamp());
        _setCap(alice, 50e6);
        ICustomers.Customer memory customer = settlement.customerOf(alice);
        vm.assertEq(customer.dailyCap, 50e6, "lowered");
        vm.assertEq(customer.chargeable, 400e6, "what was left can still be charged");
        _wait(5 days);
        vm.assertEq(settlement.customerOf(alice).chargeable, 400e6, "but does not grow");
        _charge(alice, 500e6, 0);
        _wait(12 hours);
        vm.assertEq(settlement.customerOf(alice).chargeable, 25e6, "refills by the new cap");
        _wait(5 days);
        vm.assertEq(settlement.customerOf(alice).chargeable, 50e6, "up to the new cap");
    }

    function test_setDailyCap_ofNothingStopsTheRefill() public {
        _charge(alice, 500e6, 0);
        _setCap(alice, 0);
        _wait(5 days);
        _charge(alice, 600e6, 0);
        vm.assertEq(settlement.chargedOf(alice), 500e6, "nothing more");
    }

    function test_setDailyCap_raisesADayLater() public {
        _charge(alice, 500e6, 0);
        uint256 from = vm.getBlockTimestamp() + settlement.personalDelay();
        vm.expectEmit(address(settlement));
        emit ICustomers.CustomerCapChanged(alice, 800e6, from);
        _setCap(alice, 800e6);
        ICustomers.Customer memory customer = settlement.customerOf(alice);
        vm.assertEq(customer.dailyCap, DAILY_CAP, "not yet");
        vm.assertEq(customer.raisedCap, 800e6, "announced");
        vm.assertEq(customer.raisedAt, from, "for then");
        vm.warp(from - 1);
        vm.assertLe(settlement.customerOf(alice).chargeable, DAILY_CAP, "not a second early");
        vm.warp(from);
        customer = settlement.customerOf(alice);
        vm.assertEq(customer.dailyCap, 800e6, "now");
        vm.assertEq(customer.raisedCap + customer.raisedAt, 0, "nothing waits");
        vm.assertEq(customer.chargeable, 800e6, "refilled since it was asked for");
        _charge(alice, 890e6, 0);
        vm.assertEq(settlement.chargedOf(alice), 890e6, "and it can be charged");
        vm.assertEq(settlement.customerOf(alice).chargeable, 800e6 - 390e6, "what is left of it");
        vm.assertEq(settlement.customerOf(alice).dailyCap, 800e6, "the raised cap stays");
    }

    function test_setDailyCap_toTheSameEndsARaise() public {
        _setCap(alice, 800e6);
        _setCap(alice, DAILY_CAP);
        _wait(2 days);
        vm.assertEq(settlement.customerOf(alice).dailyCap, DAILY_CAP, "as before");
        vm.assertEq(settlement.customerOf(alice).raisedCap, 0, "nothing waits");
    }

    function test_setDailyCap_raisedKeepsWhatWasLeftOfALargerCap() public {
        _setCap(alice, 10e6);
        _setCap(alice, 20e6);
        _wait(1 days);
        vm.assertEq(settlement.customerOf(alice).dailyCap, 20e6, "raised");
        vm.assertEq(settlement.customerOf(alice).chargeable, DAILY_CAP, "what was left at the lowering");
        _charge(alice, 400e6, 0);
        vm.assertEq(settlement.chargedOf(alice), 400e6, "can be charged");
    }

    function test_setDailyCap_refusesMoreThanCanBeKept() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICustomers.OblivionSettlement_CapTooLarge.selector, uint256(type(uint56).max) + 1, type(uint56).max
            )
        );
        _setCap(alice, uint256(type(uint56).max) + 1);
        _setCap(alice, type(uint56).max);
    }

    function test_exit_ripensThenPays() public {
        uint256 ripeAt = vm.getBlockTimestamp() + EXIT_DELAY;
        vm.expectEmit(address(settlement));
        emit ICustomers.ExitRequested(alice, 300e6, ripeAt, ripeAt + EXIT_WINDOW);
        _requestExit(alice, 300e6);
        ICustomers.Customer memory customer = settlement.customerOf(alice);
        vm.assertEq(customer.exiting, 300e6, "asked for");
        vm.assertEq(customer.exitRipeAt, ripeAt, "ripe");
        vm.assertEq(customer.exitLapsesAt, ripeAt + EXIT_WINDOW, "lapses");

        vm.warp(ripeAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICustomers.OblivionSettlement_ExitNotRipe.selector, ripeAt, ripeAt - 1)
        );
        vm.prank(alice);
        settlement.withdraw();
        vm.warp(ripeAt);
        vm.expectEmit(address(settlement));
        emit ICustomers.Withdrawn(alice, 300e6);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 400e6, "back in the wallet");
        vm.assertEq(settlement.escrowOf(alice), 600e6, "the rest stays");
        _assertCounters(600e6, 0, 0);

        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.withdraw();
    }

    function test_exit_ofEverythingPaysWhatChargesLeft() public {
        _requestExit(alice, type(uint256).max);
        _charge(alice, 100e6, 0);
        vm.assertEq(settlement.customerOf(alice).exiting, 800e6, "what is left");
        _wait(EXIT_DELAY + EXIT_WINDOW);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 900e6, "the deposit without the charge");
        _assertCounters(0, 100e6, 0);
    }

    function test_exit_ofWhichChargesLeftNothingOnlyEnds() public {
        _charge(alice, 450e6, 0);
        _wait(1 days);
        _requestExit(alice, 450e6);
        _charge(alice, 900e6, 0);
        ICustomers.Customer memory customer = settlement.customerOf(alice);
        vm.assertEq(customer.exiting + customer.exitRipeAt + customer.exitLapsesAt, 0, "not shown any more");
        _wait(EXIT_DELAY);
        vm.recordLogs();
        vm.prank(alice);
        settlement.withdraw();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "no withdrawal, no transfer");
        vm.assertTrue(logs[0].topics[0] == ICustomers.ExitCancelled.selector, "the exit ended");
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.withdraw();
        _assertCounters(0, 900e6, 0);
    }

    function test_exit_lapses() public {
        _requestExit(alice, 300e6);
        uint256 lapsesAt = settlement.customerOf(alice).exitLapsesAt;
        vm.warp(lapsesAt + 1);
        vm.assertEq(settlement.customerOf(alice).exiting, 0, "not shown any more");
        vm.expectRevert(
            abi.encodeWithSelector(ICustomers.OblivionSettlement_ExitLapsed.selector, lapsesAt, lapsesAt + 1)
        );
        vm.prank(alice);
        settlement.withdraw();
    }

    function test_exit_paysWhilePaused() public {
        _requestExit(alice, 300e6);
        _wait(EXIT_DELAY);
        _pause(1 days);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 400e6, "back in the wallet");
    }

    function test_exit_askedForAnewBeginsAnew() public {
        _requestExit(alice, 300e6);
        _wait(EXIT_DELAY - 1);
        _requestExit(alice, 500e6);
        _wait(EXIT_DELAY - 1);
        vm.expectPartialRevert(ICustomers.OblivionSettlement_ExitNotRipe.selector);
        vm.prank(alice);
        settlement.withdraw();
        _wait(1);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 600e6, "the second amount, once");
    }

    function test_exit_canBeCancelled() public {
        _requestExit(alice, 300e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.ExitCancelled(alice, 300e6);
        vm.prank(alice);
        settlement.cancelExit();
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.cancelExit();
        _wait(EXIT_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.withdraw();
    }

    function test_exit_ofNothingIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NothingToExit.selector, alice));
        _requestExit(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NothingToExit.selector, stranger));
        _requestExit(stranger, 1);
    }

    /// @dev I13 in one customer's life: whatever it does with its cap, what it had done within the rule of the ledger
    /// (spent and uncharged + held + charged in the last 24 hours <= cap - 100) can be charged at once. The hundred units
    /// are for rounding: a unit each time that something is charged or the cap is set.
    function testFuzz_dailyCap_coversWhatTheLedgerLetACustomerSpend(uint256[24] memory moves) public {
        token.mint(alice, 1e15);
        _deposit(alice, 1e15);
        uint256[24] memory times;
        uint256[24] memory amounts;
        uint256 spent; // accepted, not charged
        uint256 total;
        for (uint256 i = 0; i < 24; ++i) {
            uint256 seed = moves[i];
            _wait((seed >> 8) % 10 hours);
            if (seed % 4 == 0) _setCap(alice, (seed >> 40) % 1_000e6);
            uint256 last = 0;
            for (uint256 j = 0; j < i; ++j) {
                if (times[j] > vm.getBlockTimestamp() - 1 days) last += amounts[j];
            }
            uint256 cap = settlement.customerOf(alice).dailyCap;
            if (seed % 4 == 1 && cap > last + spent + 100) {
                uint256 room = cap - last - spent - 100;
                spent += (seed >> 100) % 2 == 0 ? room : (seed >> 128) % room;
            }
            vm.assertGe(settlement.customerOf(alice).chargeable, spent, "I13: what was spent can be charged");
            if (seed % 4 == 3) {
                uint256 part = (seed >> 100) % 2 == 0 ? spent : spent / 2;
                total += part;
                _charge(alice, total, 0);
                vm.assertEq(settlement.chargedOf(alice), total, "charged whole");
                spent -= part;
                times[i] = vm.getBlockTimestamp();
                amounts[i] = part;
            }
        }
    }
}
