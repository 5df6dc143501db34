// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {OblivionSettlement} from "../OblivionSettlement.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

contract OblivionSettlementTest is SettlementTest {
    function test_constructor_refusesATokenWithoutCodeAndASettlerOfZero() public {
        vm.expectRevert(
            abi.encodeWithSelector(IOblivionSettlement.OblivionSettlement_InvalidAddress.selector, stranger)
        );
        new OblivionSettlement(IERC20(stranger), alice);
        vm.expectRevert(
            abi.encodeWithSelector(IOblivionSettlement.OblivionSettlement_InvalidAddress.selector, address(0))
        );
        new OblivionSettlement(token, address(0));
    }

    function test_deposit_creditsTheSender() public {
        vm.prank(alice);
        token.approve(address(settlement), 100e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.Deposited(alice, 100e6);
        vm.prank(alice);
        settlement.deposit(100e6);
        vm.assertEq(settlement.escrowOf(alice), 100e6, "escrow");
        _assertCounters(100e6, 0, 0);
    }

    function test_deposit_refusesNothing() public {
        vm.expectRevert(IOblivionSettlement.OblivionSettlement_NothingToDeposit.selector);
        settlement.deposit(0);
    }

    function test_charge_splitsIntoPoolAndFees() public {
        _deposit(alice, 100e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.Charged(alice, 40e6, 4e6, 40e6, 4e6);
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
        emit IOblivionSettlement.Charged(alice, 50e6, 5e6, 10e6, 1e6);
        _charge(alice, 50e6, 5e6);
        _assertCounters(50e6, 45e6, 5e6);
    }

    function test_charge_ofAShortEscrowServesTheProvidersFirstAndCatchesUpLater() public {
        _deposit(alice, 95e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.ChargeFellShort(alice, 5e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.Charged(alice, 95e6, 5e6, 95e6, 5e6);
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
        emit IOblivionSettlement.Claimed(provider, provider, 30e6, 30e6);
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

    function test_claim_saysWhenThePoolIsTooLow() public {
        _deposit(alice, 100e6);
        _charge(alice, 10e6, 0);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 11e6);
        vm.expectRevert(
            abi.encodeWithSelector(IOblivionSettlement.OblivionSettlement_PoolTooLow.selector, 11e6, 10e6)
        );
        settlement.claim(provider, 11e6, signature);
    }

    function test_claimBatch_paysMany() public {
        _deposit(alice, 100e6);
        _charge(alice, 40e6, 0);
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](2);
        rows[0] = IOblivionSettlement.Voucher(provider, 10e6);
        rows[1] = IOblivionSettlement.Voucher(other, 20e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 10e6, "first");
        vm.assertEq(token.balanceOf(other), 20e6, "second");
        _assertCounters(60e6, 10e6, 0);
    }

    function test_settleBatch_claimsWhatItHasJustCharged() public {
        _deposit(alice, 100e6);
        IOblivionSettlement.Charge[] memory charges = new IOblivionSettlement.Charge[](1);
        charges[0] = IOblivionSettlement.Charge(alice, 40e6, 4e6);
        IOblivionSettlement.Voucher[] memory vouchers = new IOblivionSettlement.Voucher[](1);
        vouchers[0] = IOblivionSettlement.Voucher(provider, 36e6);
        settlement.settleBatch(charges, vouchers, _signSettlement(SETTLER_KEY, charges, vouchers));
        vm.assertEq(token.balanceOf(provider), 36e6, "paid");
        _assertCounters(60e6, 0, 4e6);
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
        vm.assertEq(taken, cumulative < escrow ? cumulative : escrow, "takes min(owed, escrow)");
        _charge(alice, second, secondFee);
        uint256 most = cumulative > second ? cumulative : second;
        vm.assertLe(settlement.chargedOf(alice), most, "never above the signed");
        vm.assertGe(settlement.chargedOf(alice), taken, "never falls");
        vm.assertLe(settlement.chargedFeeOf(alice), settlement.chargedOf(alice), "fee is a part of it");
        vm.assertEq(settlement.escrowOf(alice) + settlement.chargedOf(alice), escrow, "nothing is lost");
        _assertCounters(
            settlement.escrowOf(alice),
            settlement.chargedOf(alice) - settlement.chargedFeeOf(alice),
            settlement.chargedFeeOf(alice)
        );
    }

    /// @dev M7 as the contract sees it: fees charged in any number of steps add up to the signed total fee.
    function testFuzz_charge_inStepsEqualsOneCharge(uint64[8] memory steps, uint8 feePercent) public {
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

    function testFuzz_claim_paysEachTotalOnce(uint64[6] memory totals) public {
        token.mint(alice, type(uint96).max);
        _deposit(alice, type(uint96).max);
        _charge(alice, type(uint96).max, 0);
        uint256 most;
        for (uint256 i = 0; i < 6; ++i) {
            bytes memory signature = _signVoucher(SETTLER_KEY, provider, totals[i]);
            if (totals[i] <= most) {
                vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_NothingToClaim.selector);
            } else {
                most = totals[i];
            }
            settlement.claim(provider, totals[i], signature);
            vm.assertEq(token.balanceOf(provider), most, "the largest total, once");
        }
    }
}
