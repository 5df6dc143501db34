// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {OblivionSettlement} from "../OblivionSettlement.sol";
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
                IOblivionSettlement.OblivionSettlement_NothingToClaim.selector, provider, 10e6, 10e6
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
                IOblivionSettlement.OblivionSettlement_NothingToClaim.selector, provider, 10e6, 20e6
            )
        );
        settlement.claim(provider, 10e6, older);
    }

    function test_attack_replayOfAChargeTakesNothing() public {
        IOblivionSettlement.Charge[] memory rows = new IOblivionSettlement.Charge[](1);
        rows[0] = IOblivionSettlement.Charge(alice, 50e6, 5e6);
        bytes memory signature = _signCharges(SETTLER_KEY, rows);
        vm.recordLogs();
        settlement.charge(rows, signature);
        vm.assertEq(vm.getRecordedLogs().length, 0, "and reports nothing");
        _assertCounters(50e6, 45e6, 5e6);
    }

    function test_attack_oneVoucherTwiceInABatchIsPaidOnce() public {
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](2);
        rows[0] = IOblivionSettlement.Voucher(provider, 10e6);
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
                IOblivionSettlement.OblivionSettlement_WrongSigner.selector, stranger, vm.addr(SETTLER_KEY)
            )
        );
        settlement.claim(stranger, 10e6, signature);
    }

    function test_attack_signatureOfNothing() public {
        bytes memory empty = "";
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, 10e6, empty);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
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
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6, signature);
    }

    function test_attack_voucherForAnotherAmountOrProvider() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6 + 1, signature);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claim(stranger, 10e6, signature);
    }

    function test_attack_M10_voucherOfAnotherChain() public {
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.chainId(80002);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claim(provider, 10e6, signature);
    }

    function test_attack_M9_voucherOfAnEarlierContract() public {
        OblivionSettlement redeployed = new OblivionSettlement(token, vm.addr(SETTLER_KEY));
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        redeployed.claim(provider, 10e6, signature);
    }

    function test_attack_oneKindOfSignatureForAnother() public {
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](1);
        rows[0] = IOblivionSettlement.Voucher(provider, 10e6);
        bytes memory single = _signVoucher(SETTLER_KEY, provider, 10e6);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
        settlement.claimBatch(rows, single);

        IOblivionSettlement.Charge[] memory none = new IOblivionSettlement.Charge[](0);
        bytes memory batch = _signVouchers(SETTLER_KEY, rows);
        vm.expectPartialRevert(IOblivionSettlement.OblivionSettlement_WrongSigner.selector);
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
        _assertCounters(40e6, 45e6, 15e6);
    }

    function test_attack_M4_oneBadRowDoesNotStopTheOthers() public {
        _deposit(carol, 20e6);
        IOblivionSettlement.Charge[] memory rows = new IOblivionSettlement.Charge[](6);
        rows[0] = IOblivionSettlement.Charge(stranger, 10e6, 1e6); // no escrow at all
        rows[1] = IOblivionSettlement.Charge(alice, 500e6, 5e6); // more than there is
        rows[2] = IOblivionSettlement.Charge(alice, 1, 0); // older than what was taken
        rows[3] = IOblivionSettlement.Charge(address(0), type(uint256).max, type(uint256).max);
        rows[4] = IOblivionSettlement.Charge(address(settlement), type(uint256).max, 0);
        rows[5] = IOblivionSettlement.Charge(carol, 20e6, 2e6);
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
        bytes memory signature = _signVoucher(SETTLER_KEY, provider, 45e6 + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOblivionSettlement.OblivionSettlement_PoolTooLow.selector, 45e6 + 1, 45e6
            )
        );
        settlement.claim(provider, 45e6 + 1, signature);
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
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](4);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory signature = _signVoucher(SETTLER_KEY, payees[i], 1e6);
            vm.expectRevert(
                abi.encodeWithSelector(IOblivionSettlement.OblivionSettlement_PayeeRefused.selector, payees[i])
            );
            settlement.claim(payees[i], 1e6, signature);
            rows[i] = IOblivionSettlement.Voucher(payees[i], 1e6);
        }
        rows[3] = IOblivionSettlement.Voucher(provider, 1e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 1e6, "the good row is paid");
        _assertCounters(50e6, 44e6, 5e6);
    }

    function test_attack_blacklistedPayeeIsSkippedInABatchAndStaysOwed() public {
        token.blacklist(provider);
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](2);
        rows[0] = IOblivionSettlement.Voucher(provider, 10e6);
        rows[1] = IOblivionSettlement.Voucher(other, 20e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.ClaimSkipped(provider, 10e6, 10e6);
        vm.expectEmit(address(settlement));
        emit IOblivionSettlement.Claimed(other, other, 20e6, 20e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(settlement.settledOf(provider), 0, "still owed");
        _assertCounters(50e6, 25e6, 5e6);

        token.unBlacklist(provider);
        _claim(provider, 10e6);
        vm.assertEq(token.balanceOf(provider), 10e6, "paid later");
    }

    function test_attack_aRowAboveThePoolDoesNotStopTheOthers() public {
        IOblivionSettlement.Voucher[] memory rows = new IOblivionSettlement.Voucher[](2);
        rows[0] = IOblivionSettlement.Voucher(other, type(uint256).max);
        rows[1] = IOblivionSettlement.Voucher(provider, 45e6);
        settlement.claimBatch(rows, _signVouchers(SETTLER_KEY, rows));
        vm.assertEq(token.balanceOf(provider), 45e6, "paid");
        vm.assertEq(token.balanceOf(other), 0, "skipped");
    }

    function test_attack_reentryFromTheToken() public {
        ReenteringToken evil = new ReenteringToken();
        OblivionSettlement target = new OblivionSettlement(evil, vm.addr(SETTLER_KEY));
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

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (target == address(0) || tried) return;
        tried = true;
        (succeeded,) = target.call(data);
    }
}
