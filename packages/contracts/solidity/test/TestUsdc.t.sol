// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TestUsdc} from "../TestUsdc.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

contract TestUsdcTest is SettlementTest {
    function test_refusesPolygon() public {
        vm.chainId(137);
        vm.expectRevert(abi.encodeWithSelector(TestUsdc.TestUsdc_RealMoneyChain.selector, 137));
        new TestUsdc();
    }

    function test_onlyTheMinterMintsAndBlocks() public {
        bytes memory refusal =
            abi.encodeWithSelector(TestUsdc.TestUsdc_NotMinter.selector, stranger, address(this));
        vm.expectRevert(refusal);
        vm.prank(stranger);
        token.mint(stranger, 1);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        token.blacklist(alice);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        token.unBlacklist(alice);
    }

    function test_pausedNothingMoves() public {
        token.pause();
        vm.expectRevert(TestUsdc.TestUsdc_Paused.selector);
        vm.prank(alice);
        token.transfer(carol, 1);
        token.unpause();
        vm.prank(alice);
        token.transfer(carol, 1);
        bytes memory refusal =
            abi.encodeWithSelector(TestUsdc.TestUsdc_NotMinter.selector, stranger, address(this));
        vm.expectRevert(refusal);
        vm.prank(stranger);
        token.pause();
        vm.expectRevert(refusal);
        vm.prank(stranger);
        token.unpause();
    }

    function test_aBlockedAccountNeitherSendsNorReceives() public {
        token.blacklist(alice);
        bytes memory refusal = abi.encodeWithSelector(TestUsdc.TestUsdc_Blacklisted.selector, alice);
        vm.expectRevert(refusal);
        vm.prank(alice);
        token.transfer(carol, 1);
        vm.expectRevert(refusal);
        vm.prank(carol);
        token.transfer(alice, 1);
    }

    function test_permitRefusesAnExpiredAndAForeignOne() public {
        vm.warp(1_000);
        vm.expectRevert(abi.encodeWithSelector(TestUsdc.TestUsdc_PermitExpired.selector, 999));
        token.permit(alice, stranger, 1, 999, 27, bytes32(uint256(1)), bytes32(uint256(1)));
        vm.expectPartialRevert(TestUsdc.TestUsdc_PermitWrongSigner.selector);
        token.permit(alice, stranger, 1, 1_000, 27, bytes32(uint256(1)), bytes32(uint256(1)));
        vm.expectPartialRevert(TestUsdc.TestUsdc_PermitWrongSigner.selector);
        token.permit(address(0), stranger, 1, 1_000, 0, 0, 0);
    }
}
