// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "../ICustomers.sol";
import {IStewards} from "../IStewards.sol";
import {Crowd} from "./Crowd.t.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev The rows of INVARIANTS.md over what the crowd did, beside its books: from outside they would cost ten times as
/// much as the actions themselves.
contract Promises is Crowd {
    function requireAll() external view {
        uint256 escrow;
        uint256 charged;
        uint256 chargedFee;
        uint256 settled;
        for (uint256 i = 0; i < 3; ++i) {
            ICustomers.Customer memory customer = settlement.customerOf(customers[i]);
            escrow += customer.escrow;
            charged += customer.charged;
            chargedFee += customer.chargedFee;
            vm.assertTrue(customer.charged <= signedCharge[customers[i]], "I4: charged <= signed");
            vm.assertTrue(customer.charged >= lastCharged[customers[i]], "I4: chargedOf never falls");
            vm.assertTrue(
                customer.chargedFee * 10_000 <= customer.charged * largestFeeBps, "I8: the largest fee"
            );
            uint256 paidOut = settlement.settledOf(providers[i]);
            settled += paidOut;
            vm.assertTrue(paidOut <= signedVoucher[providers[i]], "I4: settled <= signed");
            vm.assertTrue(paidOut >= lastSettled[providers[i]], "I4: settledOf never falls");
        }
        uint256 total = settlement.totalEscrow();
        uint256 pool = settlement.pool();
        uint256 fees = settlement.fees();
        vm.assertEq(
            token.balanceOf(address(settlement)),
            total + pool + fees + donated,
            "I1: balance == totalEscrow + pool + fees + surplus"
        );
        vm.assertEq(
            deposited + toppedUp,
            total + pool + fees + settled + withdrawn + collected,
            "I2: what came in == what is there + what went out"
        );
        vm.assertEq(total, escrow, "I3: totalEscrow is the sum of escrows");
        vm.assertEq(fees + collected, chargedFee, "I3: fees are the sum of charged fees");
        vm.assertEq(pool + settled, charged - chargedFee + toppedUp, "I3: pool + paid == charges without fees + top-ups");
        _same(IStewards.Change.Settler, uint160(settlement.settler()));
        _same(IStewards.Change.Guardian, uint160(settlement.guardian()));
        _same(IStewards.Change.Admin, uint160(settlement.admin()));
        _same(IStewards.Change.Treasury, uint160(settlement.treasury()));
        _same(IStewards.Change.ChargeCap, settlement.chargeCap());
        _same(IStewards.Change.ClaimCap, settlement.claimCap());
        _same(IStewards.Change.MaxFeeBps, settlement.maxFeeBps());
        for (uint256 i = 0; i < 5; ++i) {
            vm.assertEq(token.balanceOf(payees[i]), paidTo[payees[i]], "I12: paid to the payee of its day");
        }
        // What the model saw while it acted.
        vm.assertTrue(!broken[1], "I1: a deposit was refused without a pause");
        vm.assertTrue(!broken[2], "I2: the treasury got another amount");
        vm.assertTrue(!broken[3], "I3: a charge took another amount than it counts");
        vm.assertTrue(!broken[4], "I4: a signature that does not count moved something");
        vm.assertTrue(!broken[5], "I5: the charge cap");
        vm.assertTrue(!broken[6], "I6: the claim cap");
        vm.assertTrue(!broken[7], "I7: the customer's own cap");
        vm.assertTrue(!broken[9], "I9: pause");
        vm.assertTrue(!broken[10], "I10: exit");
        vm.assertTrue(!broken[11], "I11: a change came too early, too late, or from another");
    }

    function _same(IStewards.Change change, uint256 value) private view {
        vm.assertEq(value, valueOf[change], "I11: nothing else changes a role or a limit");
    }
}

/// @dev One campaign for all rows: each sees every history. I13 is a property of one customer's life and is run in
/// Customers.t.sol.
contract InvariantsTest is SettlementTest {
    Promises private promises;

    function setUp() public override {
        promises = new Promises();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(promises);
    }

    function invariant_everyRowHolds() external view {
        promises.requireAll();
    }

    /// @dev What this run reached, for the test that adds all runs up.
    function afterInvariant() external {
        string memory line;
        for (uint256 i = 0; i < 20; ++i) {
            line = string.concat(line, i == 0 ? "" : ",", vm.toString(promises.reached(i)));
        }
        vm.writeLine("cache/reached.csv", line);
    }
}
