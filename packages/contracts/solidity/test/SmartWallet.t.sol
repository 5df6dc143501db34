// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "../ICustomers.sol";
import {IProviders} from "../IProviders.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev A wallet that is a contract: it has no key, so it signs no permit, and its calls come in one transaction.
contract SmartWallet {
    struct Call {
        address target;
        bytes data;
    }

    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function execute(Call[] calldata calls) external {
        require(msg.sender == _owner, "not the owner");
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = calls[i].target.call(calls[i].data);
            if (!done) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
    }
}

/// @dev Customers and providers whose account is a contract, which the ledger pays and charges like any other.
contract SmartWalletTest is SettlementTest {
    SmartWallet private wallet;

    function setUp() public override {
        super.setUp();
        wallet = new SmartWallet(alice);
        token.mint(address(wallet), 900e6);
    }

    function _call(address target, bytes memory data) private {
        SmartWallet.Call[] memory calls = new SmartWallet.Call[](1);
        calls[0] = SmartWallet.Call(target, data);
        vm.prank(alice);
        wallet.execute(calls);
    }

    function _approveAndDeposit(uint256 amount) private {
        SmartWallet.Call[] memory calls = new SmartWallet.Call[](2);
        calls[0] = SmartWallet.Call(address(token), abi.encodeCall(token.approve, (address(settlement), amount)));
        calls[1] = SmartWallet.Call(address(settlement), abi.encodeCall(ICustomers.deposit, (amount)));
        vm.prank(alice);
        wallet.execute(calls);
    }

    function test_smartWallet_approvesAndDepositsInOneTransaction() public {
        vm.expectEmit(address(settlement));
        emit ICustomers.Deposited(address(wallet), 900e6);
        _approveAndDeposit(900e6);
        vm.assertEq(settlement.escrowOf(address(wallet)), 900e6, "the wallet's");
        vm.assertEq(settlement.escrowOf(alice), 0, "and not its owner's");
        vm.assertEq(token.allowance(address(wallet), address(settlement)), 0, "nothing left to pull");
        _assertCounters(900e6, 0, 0);
    }

    function test_smartWallet_isCharged_setsItsCapAndLeaves() public {
        _approveAndDeposit(900e6);
        _charge(address(wallet), 100e6, 10e6);
        _call(address(settlement), abi.encodeCall(ICustomers.setDailyCap, (50e6)));
        vm.assertEq(settlement.customerOf(address(wallet)).dailyCap, 50e6, "its own cap, lowered at once");
        _call(address(settlement), abi.encodeCall(ICustomers.setDailyCap, (200e6)));
        vm.assertEq(settlement.customerOf(address(wallet)).dailyCap, 50e6, "raised a day later");
        _wait(1 days);
        vm.assertEq(settlement.customerOf(address(wallet)).dailyCap, 200e6, "and then it is");

        _call(address(settlement), abi.encodeCall(ICustomers.requestExit, (type(uint256).max)));
        vm.expectPartialRevert(ICustomers.OblivionSettlement_ExitNotRipe.selector);
        _call(address(settlement), abi.encodeCall(ICustomers.withdraw, ()));
        _call(address(settlement), abi.encodeCall(ICustomers.cancelExit, ()));
        vm.assertEq(settlement.customerOf(address(wallet)).exiting, 0, "it stays");
        _call(address(settlement), abi.encodeCall(ICustomers.requestExit, (type(uint256).max)));
        _wait(EXIT_DELAY);
        _call(address(settlement), abi.encodeCall(ICustomers.withdraw, ()));
        vm.assertEq(token.balanceOf(address(wallet)), 800e6, "all that was not charged, to the wallet");
        _assertCounters(0, 90e6, 10e6);
    }

    function test_smartWallet_ownerAndStrangersActForNoWallet() public {
        _approveAndDeposit(900e6);
        vm.expectRevert(abi.encodeWithSelector(ICustomers.OblivionSettlement_NothingToExit.selector, alice));
        vm.prank(alice);
        settlement.requestExit(900e6);
        vm.expectRevert(bytes.concat(bytes4(keccak256("Error(string)")), abi.encode("not the owner")));
        vm.prank(stranger);
        wallet.execute(new SmartWallet.Call[](0));
    }

    function test_smartWallet_hasNoPermit_ofItsOwnersKeyEither() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xa11ce, keccak256("a permit in the wallet's name"));
        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
        _call(
            address(settlement),
            abi.encodeCall(ICustomers.depositWithPermit, (1e6, vm.getBlockTimestamp() + 1 hours, v, r, s))
        );
        vm.assertEq(settlement.escrowOf(address(wallet)), 0, "nothing came");
    }

    function test_smartWallet_asAProvider_isPaidNamesAPayeeAndClaims() public {
        _deposit(carol, 400e6);
        _charge(carol, 400e6, 0);
        address earner = address(wallet);
        bytes memory first = _signVoucher(SETTLER_KEY, earner, 100e6);
        vm.prank(stranger);
        settlement.claim(earner, 100e6, first);
        vm.assertEq(token.balanceOf(earner), 1_000e6, "by whoever sends it");

        vm.expectPartialRevert(IProviders.OblivionSettlement_PayeeRefused.selector);
        _call(address(settlement), abi.encodeCall(IProviders.setPayee, (address(settlement))));
        _call(address(settlement), abi.encodeCall(IProviders.setPayee, (other)));
        _claim(earner, 150e6);
        vm.assertEq(token.balanceOf(earner), 1_050e6, "until a day has passed");
        _wait(1 days);
        _claim(earner, 200e6);
        vm.assertEq(token.balanceOf(other), 50e6, "then to the payee");

        bytes memory signature = _signVoucher(SETTLER_KEY, earner, 250e6);
        _call(address(settlement), abi.encodeCall(IProviders.claimTo, (alice, 250e6, signature)));
        vm.assertEq(token.balanceOf(alice), 1_050e6, "at once, where it says itself");
        vm.assertEq(settlement.settledOf(earner), 250e6, "each total once");
    }

    function test_smartWallet_asAPayee_isPaidWithoutCodeOfItsOwnForTokens() public {
        _deposit(carol, 100e6);
        _charge(carol, 100e6, 0);
        vm.prank(provider);
        settlement.setPayee(address(wallet));
        _wait(1 days);
        _claim(provider, 100e6);
        vm.assertEq(token.balanceOf(address(wallet)), 1_000e6, "paid");
    }
}
