// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICustomers} from "../ICustomers.sol";
import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {IProviders} from "../IProviders.sol";
import {IStewards} from "../IStewards.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {TestUsdc} from "../TestUsdc.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev Each test is an attack that must fail, named after what it tries; `M..` names the row of the threat table.
contract AttacksTest is SettlementTest {
    function setUp() public override {
        super.setUp();
        _deposit(alice, 100e6);
        _charge(alice, 50e6, 5e6);
    }

    function test_attack_replayOfAVoucher() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        settlement.claim(provider, 10e6, signature);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProviders.OblivionSettlement_NothingToClaim.selector, provider, 10e6, 10e6
            )
        );
        settlement.claim(provider, 10e6, signature);
        vm.assertEq(token.balanceOf(provider), 10e6, "paid once");
    }

    function test_attack_olderVoucherAfterANewerOne() public {
        bytes memory older = _signVoucher(SETTLER_KEY, provider, 10e6);
        _claim(provider, 20e6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProviders.OblivionSettlement_NothingToClaim.selector, provider, 10e6, 20e6
            )
        );
        settlement.claim(provider, 10e6, older);
    }

    function test_attack_replayOfAChargeTakesNothing() public {
        ICustomers.Charge[] memory rows = new ICustomers.Charge[](1);
        rows[0] = ICustomers.Charge(alice, 50e6, 5e6);
        bytes memory signature = _signCharges(SETTLER_KEY, rows);
        vm.recordLogs();
        settlement.charge(rows, signature);
        vm.assertEq(vm.getRecordedLogs().length, 0, "and reports nothing");
        _assertCounters(50e6, 45e6, 5e6);
    }

    function test_attack_oneVoucherTwiceInABatchIsPaidOnce() public {
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](2);
        rows[0] = IProviders.Voucher(provider, 10e6);
        rows[1] = rows[0];
        bytes memory signature = _signVouchers(SETTLER_KEY, rows);
        settlement.claimBatch(rows, signature);
        vm.assertEq(token.balanceOf(provider), 10e6, "paid once");
        vm.recordLogs();
        settlement.claimBatch(rows, signature);
        vm.assertEq(vm.getRecordedLogs().length, 0, "a batch sent again moves and reports nothing");
    }

    function test_attack_wrongSigner() public {
        bytes memory signature = _signVoucher(STRANGER_KEY, stranger, 10e6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IStewards.OblivionSettlement_WrongSigner.selector, stranger, vm.addr(SETTLER_KEY)
            )
        );
        settlement.claim(stranger, 10e6, signature);
    }

    function test_attack_signatureOfNothing() public {
        bytes memory empty = "";
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, 10e6, empty);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, 10e6, new bytes(65));
        // The mirrored signature (s above half the curve's order) is no second valid one.
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        bytes32 s;
        assembly ("memory-safe") {
            s := mload(add(signature, 0x40))
        }
        bytes32 mirrored =
            bytes32(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 - uint256(s));
        assembly ("memory-safe") {
            mstore(add(signature, 0x40), mirrored)
        }
        signature[64] = signature[64] == bytes1(uint8(27)) ? bytes1(uint8(28)) : bytes1(uint8(27));
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6, signature);
    }

    function test_attack_voucherForAnotherAmountOrProvider() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6 + 1, signature);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, 10e6, signature);
    }

    function test_attack_M10_voucherOfAnotherChain() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.chainId(80002);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6, signature);
    }

    function test_attack_M9_voucherOfAnEarlierContract() public {
        IOblivionSettlement redeployed = _deploy(address(token), _roles(), _terms());
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        redeployed.claim(provider, 10e6, signature);
    }

    function test_attack_oneKindOfSignatureForAnother() public {
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](1);
        rows[0] = IProviders.Voucher(provider, 10e6);
        bytes memory single = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claimBatch(rows, single);

        ICustomers.Charge[] memory none = new ICustomers.Charge[](0);
        bytes memory batch = _signVouchers(SETTLER_KEY, rows);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.settleBatch(none, rows, batch);
    }

    function test_attack_chargeAboveTheEscrow() public {
        _charge(alice, type(uint256).max, 5e6);
        vm.assertEq(settlement.escrowOf(alice), 0, "all that was there");
        vm.assertEq(settlement.chargedOf(alice), 100e6, "and no more");
        _assertCounters(0, 95e6, 5e6);
    }

    function test_attack_feeAboveTheCharge() public {
        _charge(alice, 60e6, type(uint256).max);
        // 12 of 60 is a fifth, the largest fee; the rest stays with the providers.
        _assertCounters(40e6, 48e6, 12e6);
    }

    function test_attack_M4_oneBadRowDoesNotStopTheOthers() public {
        _deposit(carol, 20e6);
        ICustomers.Charge[] memory rows = new ICustomers.Charge[](6);
        rows[0] = ICustomers.Charge(stranger, 10e6, 1e6); // no escrow at all
        rows[1] = ICustomers.Charge(alice, 500e6, 5e6); // more than there is
        rows[2] = ICustomers.Charge(alice, 1, 0); // older than what was taken
        rows[3] = ICustomers.Charge(address(0), type(uint256).max, type(uint256).max);
        rows[4] = ICustomers.Charge(address(settlement), type(uint256).max, 0);
        rows[5] = ICustomers.Charge(carol, 20e6, 2e6);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
        vm.assertEq(settlement.chargedOf(carol), 20e6, "the last row was taken whole");
        vm.assertEq(settlement.chargedOf(stranger), 0, "nothing from nothing");
        _assertCounters(0, 45e6 + 50e6 + 18e6, 5e6 + 2e6);
    }

    function test_attack_M6_donationChangesNoCounter() public {
        vm.prank(carol);
        token.transfer(address(settlement), 7e6);
        _assertCounters(50e6, 45e6, 5e6);
        vm.assertEq(token.balanceOf(address(settlement)), 107e6, "it lies there");
        _claim(provider, 45e6 + 1);
        vm.assertEq(token.balanceOf(provider), 45e6, "and pays nobody");
        _assertCounters(50e6, 0, 5e6);
    }

    function test_attack_M13_somebodyElsesAllowance() public {
        vm.prank(carol);
        token.approve(address(settlement), 500e6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(settlement), 0, 500e6
            )
        );
        vm.prank(stranger);
        settlement.deposit(500e6);
        vm.assertEq(token.balanceOf(carol), 1_000e6, "untouched");
    }

    function test_attack_M13_somebodyElsesPermit() public {
        uint256 carolKey = 0xca801;
        (uint8 v, bytes32 r, bytes32 s) = _permit(carolKey, 50e6);
        // The stranger uses carol's permit for a deposit of its own: it is not the stranger's, so it is ignored.
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(settlement), 0, 50e6
            )
        );
        vm.prank(stranger);
        settlement.depositWithPermit(50e6, block.timestamp, v, r, s);
        // The stranger sends carol's permit to the token first: carol's own deposit still goes through.
        vm.prank(stranger);
        token.permit(carol, address(settlement), 50e6, block.timestamp, v, r, s);
        vm.prank(carol);
        settlement.depositWithPermit(50e6, block.timestamp, v, r, s);
        vm.assertEq(settlement.escrowOf(carol), 50e6, "credited to carol");
        vm.assertEq(settlement.escrowOf(stranger), 0, "and to nobody else");
    }

    function test_attack_M14_payeeThatWouldLoseTheMoney() public {
        address[3] memory payees = [address(0), address(token), address(settlement)];
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](4);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory signature = _signVoucher(SETTLER_KEY, payees[i], 1e6);
            vm.expectRevert(
                abi.encodeWithSelector(IProviders.OblivionSettlement_PayeeRefused.selector, payees[i])
            );
            settlement.claim(payees[i], 1e6, signature);
            rows[i] = IProviders.Voucher(payees[i], 1e6);
        }
        rows[3] = IProviders.Voucher(provider, 1e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 1e6, "the good row is paid");
        _assertCounters(50e6, 44e6, 5e6);
    }

    function test_attack_blacklistedPayeeIsSkippedInABatchAndStaysOwed() public {
        token.blacklist(provider);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](2);
        rows[0] = IProviders.Voucher(provider, 10e6);
        rows[1] = IProviders.Voucher(other, 20e6);
        vm.expectEmit(address(settlement));
        emit IProviders.ClaimFellShort(provider, 10e6);
        vm.expectEmit(address(settlement));
        emit IProviders.Claimed(other, 20e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(settlement.settledOf(provider), 0, "still owed");
        _assertCounters(50e6, 25e6, 5e6);

        token.unBlacklist(provider);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(provider), 10e6, "paid later");
    }

    function test_attack_aRowAboveThePoolDoesNotStopTheOthers() public {
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](3);
        rows[0] = IProviders.Voucher(provider, 40e6);
        rows[1] = IProviders.Voucher(other, type(uint256).max);
        rows[2] = IProviders.Voucher(carol, 1e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 40e6, "paid");
        vm.assertEq(token.balanceOf(other), 5e6, "what there was");
        vm.assertEq(token.balanceOf(carol), 1_000e6, "nothing was left");
        _assertCounters(50e6, 0, 5e6);
    }

    function test_attack_reentryFromTheToken() public {
        ReenteringToken evil = new ReenteringToken();
        IOblivionSettlement target = _deploy(address(evil), _roles(), _terms());
        evil.mint(address(this), 100e6);
        evil.approve(address(target), 100e6);
        target.deposit(100e6);
        settlement = target; // so that the pens sign for it
        _charge(address(this), 100e6, 0);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        evil.arm(address(target), abi.encodeCall(target.claim, (provider, 10e6, signature)));
        target.claim(provider, 10e6, signature);
        vm.assertTrue(evil.tried() && !evil.succeeded(), "the second entry was refused");
        vm.assertEq(target.settledOf(provider), 10e6, "paid once");
        vm.assertEq(evil.balanceOf(provider), 10e6, "paid once");
    }

    /// @dev M2: an exit asked for before the work, kept ripe, used in the block before the charge.
    function test_attack_M2_ripeExitKeptInStock() public {
        _requestExit(alice, type(uint256).max);
        _wait(EXIT_DELAY);
        // The deposit that is to be spent and taken back ends the exit.
        vm.prank(alice);
        token.approve(address(settlement), 200e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.ExitCancelled(alice, 50e6);
        vm.prank(alice);
        settlement.deposit(200e6);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.withdraw();
        _charge(alice, 250e6, 0);
        vm.assertEq(settlement.chargedOf(alice), 250e6, "the work is paid");
    }

    function test_attack_M2_exitForMoreThanThereIsDoesNotGrowWithTheEscrow() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NothingToExit.selector, stranger));
        settlement.requestExit(type(uint256).max);
        _requestExit(alice, type(uint256).max);
        vm.assertEq(settlement.customerOf(alice).exiting, 50e6, "bounded by the balance at request");
    }

    function test_attack_M2_staleRipeExit() public {
        _requestExit(alice, 50e6);
        _wait(EXIT_DELAY + EXIT_WINDOW + 1);
        vm.expectPartialRevert(ICustomers.OblivionSettlement_ExitLapsed.selector);
        vm.prank(alice);
        settlement.withdraw();
        // And asking again does not revive the old time.
        _requestExit(alice, 50e6);
        vm.expectPartialRevert(ICustomers.OblivionSettlement_ExitNotRipe.selector);
        vm.prank(alice);
        settlement.withdraw();
    }

    function test_attack_M2_withdrawTwice() public {
        _deposit(carol, 100e6);
        _requestExit(alice, 20e6);
        _wait(EXIT_DELAY);
        vm.prank(alice);
        settlement.withdraw();
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, alice));
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(settlement.escrowOf(alice), 30e6, "once");
    }

    function test_attack_somebodyElsesExit() public {
        _requestExit(alice, 50e6);
        _wait(EXIT_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, stranger));
        vm.prank(stranger);
        settlement.withdraw();
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NoExit.selector, stranger));
        vm.prank(stranger);
        settlement.cancelExit();
        // Nor can anybody end it by a deposit: deposits credit their sender.
        _deposit(carol, 1e6);
        vm.prank(alice);
        settlement.withdraw();
    }

    /// @dev M4: the withdrawal stands in the block before the charge; the other customers are charged all the same.
    function test_attack_M4_withdrawFrontRunsCharge() public {
        _deposit(carol, 20e6);
        _requestExit(alice, 50e6);
        _wait(EXIT_DELAY);
        vm.prank(alice);
        settlement.withdraw();
        ICustomers.Charge[] memory rows = new ICustomers.Charge[](2);
        rows[0] = ICustomers.Charge(alice, 90e6, 0);
        rows[1] = ICustomers.Charge(carol, 20e6, 0);
        vm.expectEmit(address(settlement));
        emit ICustomers.ChargeFellShort(alice, 40e6);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
        vm.assertEq(settlement.chargedOf(carol), 20e6, "carol's row was taken whole");
    }

    /// @dev Two caps at a window's edge: a cap per calendar day would give twice its size around midnight.
    function test_attack_twoCapsAtAWindowsEdge() public {
        token.mint(address(this), 5_000e6);
        token.approve(address(settlement), 5_000e6);
        settlement.topUp(5_000e6);
        vm.warp((vm.getBlockTimestamp() / 1 days + 2) * 1 days - 1);
        _claim(provider, 3_000e6);
        _wait(2);
        _claim(provider, 3_000e6);
        vm.assertLe(token.balanceOf(provider), CLAIM_CAP + 2 * CLAIM_CAP / 1 days, "one cap and two seconds of refill");
        vm.assertGe(token.balanceOf(provider), CLAIM_CAP + 1, "which do refill");
        _deposit(carol, 1_000e6);
        _charge(carol, 1_000e6, 0);
        uint256 charged = settlement.chargedOf(carol);
        _wait(2);
        _charge(carol, 1_000e6, 0);
        vm.assertLe(settlement.chargedOf(carol) - charged, 2 * DAILY_CAP / 1 days, "the same for a customer's cap");
    }

    function test_attack_aSmallCapIsNotHeldEmptyByTouchingIt() public {
        _charge(alice, 100e6, 5e6);
        _setCap(carol, 1_000);
        _deposit(carol, 1e6);
        // Uses up what was left of the larger cap, so that only the refill of 1,000 units a day remains.
        token.mint(carol, DAILY_CAP);
        _deposit(carol, DAILY_CAP);
        _charge(carol, DAILY_CAP, 0);
        for (uint256 i = 0; i < 24 * 60; ++i) {
            _wait(60);
            _charge(carol, DAILY_CAP + 1e6, 0);
        }
        vm.assertGe(settlement.chargedOf(carol), DAILY_CAP + 700, "most of a day's refill, whoever charges how often");
    }

    /// @dev M3: spend, pause for as long as it goes, leave. The charge still comes first.
    function test_attack_M3_pauseThenExit() public {
        _requestExit(alice, 50e6);
        _pause(MAX_PAUSE);
        _wait(MAX_PAUSE);
        // Two cadences are left at least.
        _wait(2 * CADENCE);
        vm.expectPartialRevert(ICustomers.OblivionSettlement_ExitNotRipe.selector);
        vm.prank(alice);
        settlement.withdraw();
        vm.expectPartialRevert(IStewards.OblivionSettlement_PauseTooLong.selector);
        _pause(1);
        _charge(alice, 100e6, 5e6);
        vm.assertEq(settlement.chargedOf(alice), 100e6, "charged whole");
        _wait(2 days);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(settlement.escrowOf(alice), 0, "and nothing was left to take");
    }

    /// @dev M3: have work done, lower the own cap to nothing, leave.
    function test_attack_M3_lowerTheCapThenExit() public {
        _setCap(alice, 0);
        _requestExit(alice, 50e6);
        _charge(alice, 100e6, 5e6);
        vm.assertEq(settlement.chargedOf(alice), 100e6, "what the cap had left can be charged");
    }

    function test_attack_M3_spendAboveCapTimesDelayThenExit() public {
        token.mint(alice, 10_000e6);
        _deposit(alice, 10_000e6);
        _requestExit(alice, type(uint256).max);
        // Charged at once and at every day until the exit ripens: cap x delay, and no more.
        for (uint256 i = 0; i < 9; ++i) {
            _charge(alice, 10_000e6, 0);
            _wait(1 days);
        }
        vm.assertEq(settlement.chargedOf(alice), 50e6 + (DAILY_CAP - 50e6) + 8 * DAILY_CAP, "cap x days");
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(settlement.escrowOf(alice), 0, "the rest left: the ledger must never let it be spent");
    }

    /// @dev M5: the settler's key is stolen; the customer's own cap bounds what it takes from the customer.
    function test_attack_M5_stolenSettlerWithinTheCustomersOwnCap() public {
        _setCap(alice, 10e6);
        _charge(alice, 50e6 + DAILY_CAP, 0);
        _wait(3 days);
        token.mint(alice, 1_000e6);
        _deposit(alice, 1_000e6);
        uint256 before = settlement.chargedOf(alice);
        for (uint256 i = 0; i < 48; ++i) {
            _charge(alice, type(uint256).max, 0);
            _wait(1 hours);
        }
        uint256 taken = settlement.chargedOf(alice) - before;
        vm.assertLe(taken, DAILY_CAP + 2 * 10e6, "what was left of the old cap, and two days of the new");
        vm.assertGe(taken, 10e6, "it does take");
    }

    /// @dev M5: what was left of the lowered cap just before a raise counts, and the raised cap just after.
    function test_attack_M5_twoCapsAtTheTurnOfARaise() public {
        token.mint(alice, 2_000e6);
        _deposit(alice, 2_000e6);
        _wait(1 days);
        _setCap(alice, 0);
        _setCap(alice, DAILY_CAP);
        _wait(1 days - 1);
        uint256 before = settlement.chargedOf(alice);
        _charge(alice, type(uint256).max, 0);
        vm.assertEq(settlement.chargedOf(alice) - before, DAILY_CAP, "what was left of the cap before");
        _wait(1);
        _charge(alice, type(uint256).max, 0);
        vm.assertLe(
            settlement.chargedOf(alice) - before, DAILY_CAP + 2 * DAILY_CAP / 1 days, "and a second's refill, not another cap"
        );
    }

    function test_attack_M5_thiefRaisesTheCapWithTheSettlersKey() public {
        vm.prank(vm.addr(SETTLER_KEY));
        settlement.setDailyCap(1_000e6);
        vm.assertEq(settlement.customerOf(alice).dailyCap, DAILY_CAP, "each sets its own");
    }

    /// @dev A stolen settler against the whole contract: at most the claim cap and its refill until the guardian acts.
    function test_attack_stolenSettlerUntilTheGuardianRevokes() public {
        token.mint(address(this), 50_000e6);
        token.approve(address(settlement), 50_000e6);
        settlement.topUp(50_000e6);
        for (uint256 i = 0; i < 12; ++i) {
            _claim(stranger, type(uint256).max);
            _wait(1 hours);
        }
        vm.prank(guardian);
        settlement.revokeSettler();
        bytes memory signature = _signVoucher(SETTLER_KEY, stranger, type(uint256).max);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, type(uint256).max, signature);
        vm.assertLe(token.balanceOf(stranger), CLAIM_CAP + CLAIM_CAP * 11 / 24, "cap + refill x time");
    }

    function test_attack_signatureOfNothingAfterARevocation() public {
        vm.prank(guardian);
        settlement.revokeSettler();
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_WrongSigner.selector, address(0), address(0))
        );
        settlement.claim(stranger, 10e6, new bytes(65));
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](1);
        rows[0] = IProviders.Voucher(stranger, 10e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        settlement.claimBatch(rows, "");
    }

    function test_attack_stolenGuardianPausesForEver() public {
        _pause(MAX_PAUSE);
        for (uint256 i = 0; i < 29; ++i) {
            _wait(1 days);
            vm.expectPartialRevert(IStewards.OblivionSettlement_PauseTooLong.selector);
            _pause(1 hours);
        }
        vm.assertLe(settlement.pausedUntil(), vm.getBlockTimestamp(), "it has ended");
    }

    /// @dev Seven days at the end of one 30 days and seven at the beginning of the next would be fourteen.
    function test_attack_stolenGuardianPausesAtAWindowsEdge() public {
        _pause(1);
        _wait(29 days);
        _pause(MAX_PAUSE - 1);
        _wait(MAX_PAUSE);
        vm.expectPartialRevert(IStewards.OblivionSettlement_PauseTooLong.selector);
        _pause(1);
    }

    function test_attack_theAdminReplacesAStolenGuardianWhilePaused() public {
        _pause(1 days);
        vm.prank(admin);
        settlement.propose(IStewards.Change.Guardian, uint160(carol));
        vm.prank(admin);
        settlement.resume();
        _wait(settlement.changeDelay() - 3 days);
        _pause(MAX_PAUSE);
        _wait(3 days);
        vm.prank(admin);
        settlement.execute(IStewards.Change.Guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_NotAllowed.selector, guardian, carol)
        );
        _pause(1);
    }

    /// @dev A stolen admin announces a settler of its own; whoever asks for an exit within the notice leaves before it.
    function test_attack_stolenAdminIsSlowerThanAnExit() public {
        vm.prank(admin);
        settlement.propose(IStewards.Change.Settler, uint160(stranger));
        _wait(2 days);
        _requestExit(alice, type(uint256).max);
        _wait(EXIT_DELAY - 1);
        vm.expectPartialRevert(IStewards.OblivionSettlement_ChangeTooEarly.selector);
        vm.prank(admin);
        settlement.execute(IStewards.Change.Settler);
        _wait(1);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 950e6, "gone with all of it");
    }

    /// @dev An announced change that could be made at any later time would be a threat kept in stock, as a ripe exit is.
    function test_attack_ripeChangeKeptInStock() public {
        vm.prank(admin);
        settlement.propose(IStewards.Change.ClaimCap, 1_000_000e6);
        _wait(settlement.changeDelay() + 14 days + 1);
        vm.expectPartialRevert(IStewards.OblivionSettlement_ChangeLapsed.selector);
        vm.prank(admin);
        settlement.execute(IStewards.Change.ClaimCap);
    }

    function test_attack_aChangeIsNotSwappedWhileItWaits() public {
        vm.prank(admin);
        settlement.propose(IStewards.Change.ClaimCap, 1_001e6);
        _wait(settlement.changeDelay());
        vm.prank(admin);
        settlement.propose(IStewards.Change.ClaimCap, 1_000_000e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_ChangeTooEarly.selector);
        vm.prank(admin);
        settlement.execute(IStewards.Change.ClaimCap);
    }

    function test_attack_doorsOfTheStewards() public {
        address[4] memory senders = [stranger, vm.addr(SETTLER_KEY), guardian, admin];
        for (uint256 i = 0; i < 4; ++i) {
            address sender = senders[i];
            if (sender != guardian) {
                _expectNotAllowed(sender, guardian);
                settlement.pause(1);
            }
            if (sender != guardian && sender != admin) {
                _expectNotAllowed(sender, guardian);
                settlement.revokeSettler();
            }
            if (sender == admin) continue;
            _expectNotAllowed(sender, admin);
            settlement.resume();
            _expectNotAllowed(sender, admin);
            settlement.lower(IStewards.Change.ClaimCap, 0);
            _expectNotAllowed(sender, admin);
            settlement.propose(IStewards.Change.Admin, uint160(sender));
            _expectNotAllowed(sender, admin);
            settlement.execute(IStewards.Change.Admin);
            _expectNotAllowed(sender, admin);
            settlement.cancel(IStewards.Change.Admin);
        }
    }

    function test_attack_M14_payeeThatIsRefused() public {
        address[3] memory payees = [address(0), address(token), address(settlement)];
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 1e6);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory refusal =
                abi.encodeWithSelector(IProviders.OblivionSettlement_PayeeRefused.selector, payees[i]);
            vm.expectRevert(refusal);
            vm.prank(provider);
            settlement.setPayee(payees[i]);
            vm.expectRevert(refusal);
            vm.prank(provider);
            settlement.claimTo(payees[i], 1e6, signature);
        }
    }

    function test_attack_M14_phishedPayeeIsNoticedWithinADay() public {
        vm.prank(provider);
        settlement.setPayee(stranger);
        _wait(1 days - 1);
        vm.prank(provider);
        settlement.setPayee(provider);
        _wait(2 days);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(stranger), 0, "never in force");
        vm.assertEq(token.balanceOf(provider), 10e6, "paid to the provider");
    }

    function test_attack_claimToWithSomebodyElsesVoucher() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IStewards.OblivionSettlement_WrongSigner.selector);
        vm.prank(stranger);
        settlement.claimTo(stranger, 10e6, signature);
    }

    /// @dev M15: one large provider empties the cap; the others are paid as it refills, whatever the order.
    function test_attack_M15_capFilledByOneProvider() public {
        token.mint(address(this), 5_000e6);
        token.approve(address(settlement), 5_000e6);
        settlement.topUp(5_000e6);
        _claim(provider, 4_000e6);
        bytes memory signature = _signVoucher(SETTLER_KEY, other, 10e6);
        vm.expectRevert(
            abi.encodeWithSelector(IProviders.OblivionSettlement_ClaimCapReached.selector, CLAIM_CAP)
        );
        settlement.claim(other, 10e6, signature);
        _wait(1 hours);
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](2);
        rows[0] = IProviders.Voucher(other, 10e6);
        rows[1] = IProviders.Voucher(provider, 4_000e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(other), 10e6, "the small one first");
    }

    function test_attack_chargeCapFilledByOneCustomerDoesNotRevertTheOthers() public {
        _deposit(carol, 20e6);
        vm.prank(admin);
        settlement.lower(IStewards.Change.ChargeCap, 10e6);
        ICustomers.Charge[] memory rows = new ICustomers.Charge[](2);
        rows[0] = ICustomers.Charge(alice, 100e6, 5e6);
        rows[1] = ICustomers.Charge(carol, 20e6, 0);
        vm.expectEmit(address(settlement));
        emit ICustomers.ChargeFellShort(alice, 40e6);
        vm.expectEmit(address(settlement));
        emit ICustomers.ChargeFellShort(carol, 20e6);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
        vm.assertEq(settlement.chargedOf(alice), 60e6, "what the cap allowed");
        vm.assertEq(settlement.chargeable(), 0, "used up");
    }

    /// @dev A cap that was changed to a higher one must not be usable twice.
    function test_attack_aChangedCapDoesNotStartFull() public {
        token.mint(address(this), 50_000e6);
        token.approve(address(settlement), 50_000e6);
        settlement.topUp(50_000e6);
        vm.prank(admin);
        settlement.propose(IStewards.Change.ClaimCap, 20_000e6);
        _wait(settlement.changeDelay());
        _claim(provider, 1_000e6);
        vm.prank(admin);
        settlement.execute(IStewards.Change.ClaimCap);
        vm.assertEq(settlement.claimable(), 0, "empty as before");
        vm.prank(admin);
        settlement.lower(IStewards.Change.ClaimCap, 500e6);
        vm.assertEq(settlement.claimable(), 0, "and lowering gives nothing either");
    }

    function test_attack_reentryIntoTheExit() public {
        ReenteringToken evil = new ReenteringToken();
        IOblivionSettlement target = _deploy(address(evil), _roles(), _terms());
        evil.mint(address(evil), 100e6);
        evil.act(address(evil), abi.encodeCall(evil.approve, (address(target), 100e6)));
        evil.act(address(target), abi.encodeCall(target.deposit, (100e6)));
        evil.act(address(target), abi.encodeCall(target.requestExit, (50e6)));
        _wait(EXIT_DELAY);
        evil.arm(address(target), abi.encodeCall(target.withdraw, ()));
        evil.act(address(target), abi.encodeCall(target.withdraw, ()));
        vm.assertTrue(evil.tried() && !evil.succeeded(), "the second entry was refused");
        vm.assertEq(evil.balanceOf(address(evil)), 50e6, "paid once");
    }

    function test_attack_blacklistedCustomerKeepsItsEscrow() public {
        _requestExit(alice, 50e6);
        _wait(EXIT_DELAY);
        token.blacklist(alice);
        vm.expectPartialRevert(TestUsdc.TestUsdc_Blacklisted.selector);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(settlement.escrowOf(alice), 50e6, "still its own");
        token.unBlacklist(alice);
        vm.prank(alice);
        settlement.withdraw();
        vm.assertEq(token.balanceOf(alice), 950e6, "paid later");
    }

    /// @dev M17: the issuer pauses the token. Nothing is lost, and everything stays owed.
    function test_attack_M17_thePausedToken() public {
        token.pause();
        IProviders.Voucher[] memory rows = new IProviders.Voucher[](1);
        rows[0] = IProviders.Voucher(provider, 10e6);
        bytes memory signature = _signVouchers(SETTLER_KEY, rows);
        settlement.claimBatch(rows, signature);
        _assertCounters(50e6, 45e6, 5e6);
        vm.assertEq(settlement.settledOf(provider), 0, "still owed");
        token.unpause();
        settlement.claimBatch(rows, signature);
        vm.assertEq(token.balanceOf(provider), 10e6, "paid later");
    }

    function test_attack_depositThatOverflowsTheEscrows() public {
        token.mint(carol, type(uint96).max);
        vm.prank(carol);
        token.approve(address(settlement), type(uint256).max);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        vm.prank(carol);
        settlement.deposit(type(uint96).max);
        vm.expectPartialRevert(SafeCast.SafeCastOverflowedUintDowncast.selector);
        vm.prank(carol);
        settlement.topUp(type(uint96).max);
    }

    function _expectNotAllowed(address sender, address expected) private {
        vm.expectRevert(
            abi.encodeWithSelector(IStewards.OblivionSettlement_NotAllowed.selector, sender, expected)
        );
        vm.prank(sender);
    }

    function _permit(uint256 ownerKey, uint256 value) private view returns (uint8 v, bytes32 r, bytes32 s) {
        address owner = vm.addr(ownerKey);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                owner,
                address(settlement),
                value,
                token.nonces(owner),
                block.timestamp
            )
        );
        return vm.sign(ownerKey, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash)));
    }
}

/// @dev A token that calls back into whatever it was armed with, in the middle of a transfer.
contract ReenteringToken is ERC20("Reentering", "RE") {
    bool public tried;
    bool public succeeded;
    address private target;
    bytes private data;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(address target_, bytes calldata data_) external {
        target = target_;
        data = data_;
    }

    /// @dev Makes this token a customer of the target.
    function act(address target_, bytes calldata data_) external {
        (bool done,) = target_.call(data_);
        require(done, "the act failed");
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (target == address(0) || tried) return;
        tried = true;
        (succeeded,) = target.call(data);
    }
}
