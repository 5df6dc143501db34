// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IProviders} from "../IProviders.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev Where a provider's money goes.
contract ProvidersTest is SettlementTest {
    function setUp() public override {
        super.setUp();
        _deposit(alice, 900e6);
        _charge(alice, 400e6, 0);
    }

    function test_providerOf_ofAStranger() public view {
        IProviders.Provider memory account = settlement.providerOf(stranger);
        vm.assertEq(account.payee, stranger, "its own payee");
        vm.assertEq(account.settled, 0, "nothing yet");
        vm.assertEq(account.nextPayee, address(0), "no change");
        vm.assertEq(account.nextPayeeAt, 0, "no change");
    }

    function test_setPayee_countsADayLater() public {
        uint256 from = vm.getBlockTimestamp() + settlement.personalDelay();
        vm.expectEmit(address(settlement));
        emit IProviders.PayeeChanged(provider, other, from);
        vm.prank(provider);
        settlement.setPayee(other);
        IProviders.Provider memory account = settlement.providerOf(provider);
        vm.assertEq(account.payee, provider, "not yet");
        vm.assertEq(account.nextPayee, other, "announced");
        vm.assertEq(account.nextPayeeAt, from, "for then");
        vm.warp(from - 1);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(provider), 10e6, "still to the provider");
        vm.warp(from);
        account = settlement.providerOf(provider);
        vm.assertEq(account.payee, other, "now");
        vm.assertEq(account.nextPayee, address(0), "nothing waits");
        vm.assertEq(account.nextPayeeAt, 0, "nothing waits");
        vm.expectEmit(address(settlement));
        emit IProviders.Claimed(provider, 20e6);
        _claim(provider, 30e6);
        vm.assertEq(token.balanceOf(other), 20e6, "to the payee");
        vm.assertEq(settlement.settledOf(provider), 30e6, "settled for the provider");
    }

    function test_setPayee_ofTheSamePayeeEndsAChange() public {
        vm.prank(provider);
        settlement.setPayee(other);
        vm.expectEmit(address(settlement));
        emit IProviders.PayeeChanged(provider, provider, vm.getBlockTimestamp());
        vm.prank(provider);
        settlement.setPayee(provider);
        _wait(2 days);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(provider), 10e6, "nothing changed");
    }

    function test_setPayee_anewBeginsAnewFromThePayeeOfNow() public {
        vm.prank(provider);
        settlement.setPayee(other);
        _wait(1 days);
        vm.prank(provider);
        settlement.setPayee(carol);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(other), 10e6, "the change that had come into force stays");
        _wait(1 days);
        _claim(provider, 30e6);
        vm.assertEq(token.balanceOf(carol), 1_020e6, "then the next");
    }

    function test_setPayee_countsInABatchToo() public {
        vm.prank(provider);
        settlement.setPayee(other);
        _wait(1 days);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](1);
        rows[0] = IProviders.Voucher(provider, 10e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(other), 10e6, "to the payee");
    }
}
