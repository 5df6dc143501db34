// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {OblivionSettlement} from "../OblivionSettlement.sol";
import {TestUsdc} from "../TestUsdc.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev Everybody at once: customers deposit, the settler signs totals right and wrong, old ones are sent again,
/// accounts are blocked and unblocked, tokens are sent here without a deposit.
contract Crowd is SettlementTest {
    address[3] public customers = [vm.addr(1), vm.addr(2), vm.addr(3)];
    address[3] public providers = [vm.addr(4), vm.addr(5), vm.addr(6)];

    uint256 public deposited;
    uint256 public donated;
    mapping(address => uint256) public signedCharge;
    mapping(address => uint256) public signedVoucher;
    mapping(address => uint256) public lastCharged;
    mapping(address => uint256) public lastSettled;

    constructor() {
        token = new TestUsdc();
        settlement = new OblivionSettlement(token, vm.addr(SETTLER_KEY));
    }

    function setUp() public override {}

    function parts() external view returns (TestUsdc, OblivionSettlement) {
        return (token, settlement);
    }

    function deposit(uint256 who, uint256 seed) external {
        uint256 amount = seed % 1e9 + 1;
        address customer = customers[who % 3];
        token.mint(customer, amount);
        _deposit(customer, amount);
        deposited += amount;
    }

    function donate(uint32 amount) external {
        token.mint(address(settlement), amount);
        donated += amount;
    }

    function charge(uint64[3] calldata cumulative, uint64[3] calldata fee) external {
        IOblivionSettlement.Charge[] memory rows = _rows(cumulative, fee);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
    }

    function claim(uint256 who, uint256 seed) external {
        address provider_ = providers[who % 3];
        uint256 cumulative = _total(signedVoucher[provider_], seed);
        _note(provider_, cumulative);
        bytes memory signature = _signVoucher(SETTLER_KEY, provider_, cumulative);
        try settlement.claim(provider_, cumulative, signature) {} catch {}
    }

    function settle(uint64[3] calldata cumulative, uint64[3] calldata fee, uint64[3] calldata earned) external {
        IOblivionSettlement.Charge[] memory rows = _rows(cumulative, fee);
        IOblivionSettlement.Voucher[] memory vouchers = new IOblivionSettlement.Voucher[](3);
        for (uint256 i = 0; i < 3; ++i) {
            vouchers[i] = IOblivionSettlement.Voucher(providers[i], _total(signedVoucher[providers[i]], earned[i]));
            _note(providers[i], vouchers[i].cumulative);
        }
        settlement.settleBatch(rows, vouchers, _signSettlement(SETTLER_KEY, rows, vouchers));
    }

    function forge(uint256 who, uint64 cumulative) external {
        address provider_ = providers[who % 3];
        bytes memory signature = _signVoucher(STRANGER_KEY, provider_, cumulative);
        try settlement.claim(provider_, cumulative, signature) {
            revert("a forged voucher was paid");
        } catch {}
    }

    function toggleBlock(uint256 who, bool blocked) external {
        if (blocked) token.blacklist(providers[who % 3]);
        else token.unBlacklist(providers[who % 3]);
    }

    function remember() external {
        for (uint256 i = 0; i < 3; ++i) {
            lastCharged[customers[i]] = settlement.chargedOf(customers[i]);
            lastSettled[providers[i]] = settlement.settledOf(providers[i]);
        }
    }

    function _rows(uint64[3] calldata cumulative, uint64[3] calldata fee)
        private
        returns (IOblivionSettlement.Charge[] memory rows)
    {
        rows = new IOblivionSettlement.Charge[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 total = _total(signedCharge[customers[i]], cumulative[i]);
            rows[i] = IOblivionSettlement.Charge(customers[i], total, fee[i] % 4 == 0 ? fee[i] : total / 10);
            if (total > signedCharge[customers[i]]) signedCharge[customers[i]] = total;
        }
    }

    /// @dev Half of the totals grow by a little, as real ones do; the rest are older, or anything at all.
    function _total(uint256 signed, uint256 seed) private pure returns (uint256) {
        if (seed % 2 == 0) return signed + seed % 1e8;
        return seed % 4 == 1 ? signed / 2 : seed % 1e10;
    }

    function _note(address who, uint256 cumulative) private {
        if (cumulative > signedVoucher[who]) signedVoucher[who] = cumulative;
    }
}

contract InvariantsTest is SettlementTest {
    Crowd private crowd;

    function setUp() public override {
        super.setUp();
        crowd = new Crowd();
        (token, settlement) = crowd.parts();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(crowd);
    }

    function invariant_theBalanceCoversTheCounters() external view {
        vm.assertEq(
            token.balanceOf(address(settlement)),
            settlement.totalEscrow() + settlement.pool() + settlement.fees() + crowd.donated(),
            "balance == totalEscrow + pool + fees + surplus"
        );
    }

    function invariant_everyUnitIsSomewhere() external view {
        uint256 settled;
        uint256 escrow;
        uint256 charged;
        uint256 chargedFee;
        for (uint256 i = 0; i < 3; ++i) {
            settled += settlement.settledOf(crowd.providers(i));
            escrow += settlement.escrowOf(crowd.customers(i));
            charged += settlement.chargedOf(crowd.customers(i));
            chargedFee += settlement.chargedFeeOf(crowd.customers(i));
        }
        vm.assertEq(settlement.totalEscrow(), escrow, "totalEscrow is the sum of escrows");
        vm.assertEq(settlement.fees(), chargedFee, "fees is the sum of charged fees");
        vm.assertEq(settlement.pool() + settled, charged - chargedFee, "pool + paid is what was charged without fees");
        vm.assertEq(crowd.deposited(), escrow + charged, "deposits == escrow + charged");
    }

    function invariant_nothingAboveWhatWasSigned() external view {
        for (uint256 i = 0; i < 3; ++i) {
            address who = crowd.providers(i);
            vm.assertLe(settlement.settledOf(who), crowd.signedVoucher(who), "settled <= signed");
            vm.assertEq(token.balanceOf(who), settlement.settledOf(who), "the wallet got what was settled");
            vm.assertGe(settlement.settledOf(who), crowd.lastSettled(who), "settledOf never falls");
            address customer = crowd.customers(i);
            vm.assertLe(settlement.chargedOf(customer), crowd.signedCharge(customer), "charged <= signed");
            vm.assertGe(settlement.chargedOf(customer), crowd.lastCharged(customer), "chargedOf never falls");
        }
    }
}
