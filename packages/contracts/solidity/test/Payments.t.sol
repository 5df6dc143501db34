// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {IStewards} from "../IStewards.sol";
import {ICustomers} from "../ICustomers.sol";
import {IProviders} from "../IProviders.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev Deposits, charges and claims where everything goes well, and the sums that they leave.
contract PaymentsTest is SettlementTest {
    function test_deposit_creditsTheSender() public {
        vm.prank(alice);
        token.approve(address(settlement), 100e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.Deposited(alice, 100e6);
        vm.prank(alice);
        settlement.deposit(100e6);
        vm.assertEq(settlement.escrowOf(alice), 100e6, "escrow");
        _assertCounters(100e6, 0, 0);
    }

    function test_deposit_refusesNothing() public {
        vm.expectRevert(ICustomers.OblivionSettlement_NothingToDeposit.selector);
        settlement.deposit(0);
    }

    function test_charge_splitsIntoPoolAndFees() public {
        _deposit(alice, 100e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.Charged(alice, 40e6, 4e6, 40e6, 4e6);
        _charge(alice, 40e6, 4e6);
        vm.assertEq(settlement.escrowOf(alice), 60e6, "escrow");
        vm.assertEq(settlement.chargedOf(alice), 40e6, "charged");
        vm.assertEq(settlement.chargedFeeOf(alice), 4e6, "charged fee");
        _assertCounters(60e6, 36e6, 4e6);
    }

    function test_charge_takesTheDifferenceToANewerTotal() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 4e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.Charged(alice, 50e6, 5e6, 10e6, 1e6);
        _charge(alice, 50e6, 5e6);
        _assertCounters(50e6, 45e6, 5e6);
    }

    function test_charge_ofAShortEscrowServesTheProvidersFirstAndCatchesUpLater() public {
        _deposit(alice, 95e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.Charged(alice, 95e6, 5e6, 95e6, 5e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.ChargeFellShort(alice, 5e6);
        _charge(alice, 100e6, 10e6);
        _assertCounters(0, 90e6, 5e6);

        _deposit(alice, 20e6);
        _charge(alice, 100e6, 10e6);
        _assertCounters(15e6, 90e6, 10e6);
    }

    function test_claim_paysTheProviderWhoeverSendsIt() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 4e6);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 30e6);
        vm.expectEmit(address(settlement));
        emit IProviders.Claimed(provider, 30e6);
        vm.prank(stranger);
        settlement.claim(provider, 30e6, signature);
        vm.assertEq(token.balanceOf(provider), 30e6, "provider paid");
        vm.assertEq(token.balanceOf(stranger), 0, "sender gets nothing");
        vm.assertEq(settlement.settledOf(provider), 30e6, "settled");
        _assertCounters(60e6, 6e6, 4e6);
    }

    function test_claim_paysTheDifferenceToANewerVoucher() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 0);
        _claim(provider, 10e6);
        _claim(provider, 25e6);
        vm.assertEq(token.balanceOf(provider), 25e6, "paid in all");
        _assertCounters(60e6, 15e6, 0);
    }

    function test_claim_paysWhatThePoolHoldsAndTheRestLater() public {
        _deposit(alice, 100e6);
        _charge(alice, 10e6, 0);
        vm.expectEmit(address(settlement));
        emit IProviders.Claimed(provider, 10e6);
        vm.expectEmit(address(settlement));
        emit IProviders.ClaimFellShort(provider, 1e6);
        _claim(provider, 11e6);

        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 11e6);
        vm.expectRevert(abi.encodeWithSelector(IProviders.OblivionSettlement_PoolEmpty.selector, 1e6));
        settlement.claim(provider, 11e6, signature);
        _charge(alice, 20e6, 0);
        settlement.claim(provider, 11e6, signature);
        vm.assertEq(token.balanceOf(provider), 11e6, "paid in all");
    }

    function test_claim_paysWhatTheClaimCapAllowsAndTheRestAsItRefills() public {
        token.mint(address(this), 2_000e6);
        token.approve(address(settlement), 2_000e6);
        settlement.topUp(2_000e6);
        _claim(provider, 1_500e6);
        vm.assertEq(token.balanceOf(provider), CLAIM_CAP, "the cap");
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 1_500e6);
        vm.expectRevert(
            abi.encodeWithSelector(IProviders.OblivionSettlement_ClaimCapReached.selector, CLAIM_CAP)
        );
        settlement.claim(provider, 1_500e6, signature);
        _wait(6 hours);
        vm.assertEq(settlement.claimable(), CLAIM_CAP / 4, "a quarter of a day");
        settlement.claim(provider, 1_500e6, signature);
        vm.assertEq(token.balanceOf(provider), CLAIM_CAP * 5 / 4, "a quarter more");
        _wait(1 days);
        settlement.claim(provider, 1_500e6, signature);
        vm.assertEq(token.balanceOf(provider), 1_500e6, "paid in all");
    }

    function test_claimTo_paysWhereTheProviderSays() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 0);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 30e6);
        vm.expectEmit(address(settlement));
        emit IProviders.Claimed(provider, 30e6);
        vm.prank(provider);
        settlement.claimTo(other, 30e6, signature);
        vm.assertEq(token.balanceOf(other), 30e6, "paid there");
        vm.assertEq(settlement.settledOf(provider), 30e6, "settled for the provider");
        vm.assertEq(settlement.settledOf(other), 0, "and for nobody else");
    }

    function test_claimBatch_fillsTheCapThenStopsAndGoesOnLater() public {
        token.mint(address(this), 2_000e6);
        token.approve(address(settlement), 2_000e6);
        settlement.topUp(2_000e6);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](3);
        rows[0] = IProviders.Voucher(provider, 700e6);
        rows[1] = IProviders.Voucher(other, 400e6);
        rows[2] = IProviders.Voucher(carol, 50e6);
        bytes memory signature = _signVouchers(SETTLER_KEY, rows);
        vm.expectEmit(address(settlement));
        emit IProviders.ClaimFellShort(other, 100e6);
        vm.expectEmit(address(settlement));
        emit IProviders.ClaimFellShort(carol, 50e6);
        settlement.claimBatch(rows, signature);
        vm.assertEq(token.balanceOf(provider), 700e6, "whole");
        vm.assertEq(token.balanceOf(other), 300e6, "the rest of the cap");
        vm.assertEq(settlement.pool(), 1_000e6, "pool");
        _wait(1 days);
        settlement.claimBatch(rows, signature);
        vm.assertEq(token.balanceOf(other), 400e6, "the rest");
        vm.assertEq(token.balanceOf(carol), 1_050e6, "and the one who waited");
    }

    function test_topUp_goesIntoThePool() public {
        vm.prank(carol);
        token.approve(address(settlement), 30e6);
        vm.expectEmit(address(settlement));
        emit IProviders.ToppedUp(carol, 30e6);
        vm.prank(carol);
        settlement.topUp(30e6);
        _assertCounters(0, 30e6, 0);
        vm.expectRevert(IProviders.OblivionSettlement_NothingToTopUp.selector);
        settlement.topUp(0);
    }

    function test_collectFees_goesToTheTreasuryWhoeverCalls() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 4e6);
        vm.expectEmit(address(settlement));
        emit IStewards.FeesCollected(treasury, 4e6);
        vm.prank(stranger);
        settlement.collectFees();
        vm.assertEq(token.balanceOf(treasury), 4e6, "collected");
        _assertCounters(60e6, 36e6, 0);
        vm.assertEq(settlement.chargedFeeOf(alice), 4e6, "what was charged stays");
        vm.recordLogs();
        settlement.collectFees();
        vm.assertEq(vm.getRecordedLogs().length, 0, "none to collect: nothing moves, nothing is reported");
    }

    function test_claimBatch_paysMany() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 0);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](2);
        rows[0] = IProviders.Voucher(provider, 10e6);
        rows[1] = IProviders.Voucher(other, 20e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 10e6, "first");
        vm.assertEq(token.balanceOf(other), 20e6, "second");
        _assertCounters(60e6, 10e6, 0);
    }

    function test_settleBatch_claimsWhatItHasJustCharged() public {
        _deposit(alice, 100e6);
        ICustomers.Charge[] memory charges = new ICustomers.Charge[](1);
        charges[0] = ICustomers.Charge(alice, 40e6, 4e6);
        IProviders.Voucher[] memory vouchers = new IProviders.Voucher[](1);
        vouchers[0] = IProviders.Voucher(provider, 36e6);
        settlement.settleBatch(charges, vouchers, _signSettlement(SETTLER_KEY, charges, vouchers));
        vm.assertEq(token.balanceOf(provider), 36e6, "paid");
        _assertCounters(60e6, 0, 4e6);
    }

    function test_charge_takesNoFeeAboveTheLargest() public {
        _deposit(alice, 100e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.Charged(alice, 100e6, 20e6, 100e6, 20e6);
        _charge(alice, 100e6, 30e6);
        _assertCounters(0, 80e6, 20e6);
    }

    function testFuzz_charge_neverTakesMoreThanOwedOrHeld(
        uint96 escrow,
        uint256 cumulative,
        uint256 cumulativeFee,
        uint256 second,
        uint256 secondFee
    ) public {
        vm.assume(escrow > 0);
        token.mint(alice, escrow);
        _deposit(alice, escrow);
        _charge(alice, cumulative, cumulativeFee);
        uint256 taken = settlement.chargedOf(alice);
        vm.assertEq(taken, _min(cumulative, _min(escrow, DAILY_CAP)), "takes min(owed, escrow, cap)");
        _charge(alice, second, secondFee);
        uint256 most = cumulative > second ? cumulative : second;
        vm.assertLe(settlement.chargedOf(alice), most, "never above the signed");
        vm.assertGe(settlement.chargedOf(alice), taken, "never falls");
        vm.assertLe(
            settlement.chargedFeeOf(alice) * 10_000, settlement.chargedOf(alice) * MAX_FEE_BPS, "fee is a part of it"
        );
        vm.assertEq(settlement.escrowOf(alice) + settlement.chargedOf(alice), escrow, "nothing is lost");
        _assertCounters(
            settlement.escrowOf(alice),
            settlement.chargedOf(alice) - settlement.chargedFeeOf(alice),
            settlement.chargedFeeOf(alice)
        );
    }

    /// @dev M7 as the contract sees it: fees charged in any number of steps add up to the signed total fee.
    function testFuzz_charge_inStepsEqualsOneCharge(uint48[8] memory steps, uint8 feePercent) public {
        settlement = _deploy(address(token), _roles(), _wideTerms());
        uint256 total;
        for (uint256 i = 0; i < 8; ++i) {
            total += steps[i];
        }
        vm.assume(total > 0);
        token.mint(alice, total);
        _deposit(alice, total);
        uint256 running;
        uint256 percent = feePercent % 101;
        for (uint256 i = 0; i < 8; ++i) {
            running += steps[i];
            _charge(alice, running, running * percent / 100);
        }
        _assertCounters(0, total - total * percent / 100, total * percent / 100);
    }

    function testFuzz_claim_paysEachTotalOnce(uint48[6] memory totals) public {
        settlement = _deploy(address(token), _roles(), _wideTerms());
        token.mint(address(this), type(uint96).max);
        token.approve(address(settlement), type(uint96).max);
        settlement.topUp(type(uint96).max);
        uint256 most;
        for (uint256 i = 0; i < 6; ++i) {
            bytes memory signature = _signVoucher(SETTLER_KEY, provider, totals[i]);
            if (totals[i] <= most) {
                vm.expectPartialRevert(IProviders.OblivionSettlement_NothingToClaim.selector);
            } else {
                most = totals[i];
            }
            settlement.claim(provider, totals[i], signature);
            vm.assertEq(token.balanceOf(provider), most, "the largest total, once");
        }
    }

    /// @dev Whatever is signed, and in whatever order, a batch pays what the rows one by one would have been paid.
    function testFuzz_claimBatch_equalsClaims(uint40[4] memory totals, uint256 pooled) public {
        pooled = pooled % 3_000e6 + 1;
        token.mint(address(this), 2 * pooled);
        IOblivionSettlement single = _deploy(address(token), _roles(), _terms());
        IOblivionSettlement batch = settlement;
        token.approve(address(single), pooled);
        token.approve(address(batch), pooled);
        single.topUp(pooled);
        batch.topUp(pooled);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](4);
        for (uint256 i = 0; i < 4; ++i) {
            rows[i] = IProviders.Voucher(i % 2 == 0 ? provider : other, totals[i]);
        }
        batch.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        settlement = single;
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory signature = _signVoucher(SETTLER_KEY, rows[i].provider, rows[i].cumulative);
            try single.claim(rows[i].provider, rows[i].cumulative, signature) {} catch {}
        }
        vm.assertEq(batch.settledOf(provider), single.settledOf(provider), "first");
        vm.assertEq(batch.settledOf(other), single.settledOf(other), "second");
        vm.assertEq(batch.pool(), single.pool(), "pool");
        vm.assertEq(batch.claimable(), single.claimable(), "cap");
    }

    function _wideTerms() private pure returns (IStewards.Terms memory terms) {
        terms = _terms();
        terms.chargeCap = type(uint56).max;
        terms.claimCap = type(uint56).max;
        terms.defaultDailyCap = type(uint56).max;
        terms.maxFeeBps = 10_000;
    }

    function _min(uint256 left, uint256 right) private pure returns (uint256) {
        return left < right ? left : right;
    }
}
