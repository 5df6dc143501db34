// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {ICustomers} from "../ICustomers.sol";
import {IProviders} from "../IProviders.sol";
import {IStewards} from "../IStewards.sol";
import {TestUsdc} from "../TestUsdc.sol";
import {Vm} from "./Vm.t.sol";

/// @dev A settlement contract, its token, people, and the settler's pen. The digests are spelled out here once more, on
/// purpose: a type string changed in the contract alone makes every signature of these tests wrong.
///
/// Tests know the contract by its interface and deploy it by name: a changed line of it compiles alone, which is what
/// makes a run over all mutants bearable.
abstract contract SettlementTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant SETTLER_KEY = 0x5e771e;
    uint256 internal constant STRANGER_KEY = 0xbad;
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant EXIT_DELAY = 9 days;
    uint256 internal constant EXIT_WINDOW = 5 days;
    uint256 internal constant MAX_PAUSE = 7 days;
    uint256 internal constant CADENCE = 6 hours;
    uint256 internal constant CHARGE_CAP = 2_000e6;
    uint256 internal constant CLAIM_CAP = 1_000e6;
    uint256 internal constant DAILY_CAP = 500e6;
    uint256 internal constant MAX_FEE_BPS = 2_000;

    TestUsdc internal token;
    IOblivionSettlement internal settlement;

    address internal alice = vm.addr(0xa11ce);
    address internal carol = vm.addr(0xca801);
    address internal provider = vm.addr(0x9401);
    address internal other = vm.addr(0x9402);
    address internal stranger = vm.addr(STRANGER_KEY);
    address internal guardian = vm.addr(0x9a4d);
    address internal admin = vm.addr(0xad414);
    address internal treasury = vm.addr(0x77ea);

    function setUp() public virtual {
        vm.warp(START);
        token = new TestUsdc();
        settlement = _deploy(address(token), _roles(), _terms());
        token.mint(alice, 1_000e6);
        token.mint(carol, 1_000e6);
    }

    function _roles() internal view returns (IStewards.Roles memory) {
        return IStewards.Roles(vm.addr(SETTLER_KEY), guardian, admin, treasury);
    }

    function _terms() internal pure returns (IStewards.Terms memory) {
        return IStewards.Terms({
            exitDelay: EXIT_DELAY,
            exitWindow: EXIT_WINDOW,
            maxPause: MAX_PAUSE,
            cadence: CADENCE,
            chargeCap: CHARGE_CAP,
            claimCap: CLAIM_CAP,
            defaultDailyCap: DAILY_CAP,
            maxFeeBps: MAX_FEE_BPS
        });
    }

    function _deploy(address token_, IStewards.Roles memory roles, IStewards.Terms memory terms)
        internal
        returns (IOblivionSettlement)
    {
        bytes memory code = bytes.concat(
            vm.getCode("OblivionSettlement.sol:OblivionSettlement"), abi.encode(token_, roles, terms)
        );
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
            if iszero(deployed) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
        return IOblivionSettlement(deployed);
    }

    /// @dev Moves the clock forward.
    function _wait(uint256 time) internal {
        vm.warp(vm.getBlockTimestamp() + time);
    }

    function _setCap(address customer, uint256 cap) internal {
        vm.prank(customer);
        settlement.setDailyCap(cap);
    }

    function _requestExit(address customer, uint256 amount) internal {
        vm.prank(customer);
        settlement.requestExit(amount);
    }

    function _pause(uint256 duration) internal {
        vm.prank(guardian);
        settlement.pause(duration);
    }

    /// @dev Announces and makes a change, as late as it must be.
    function _change(IStewards.Change change, uint256 value) internal {
        vm.prank(admin);
        settlement.propose(change, value);
        _wait(settlement.changeDelay());
        vm.prank(admin);
        settlement.execute(change);
    }

    function _deposit(address customer, uint256 amount) internal {
        vm.prank(customer);
        token.approve(address(settlement), amount);
        vm.prank(customer);
        settlement.deposit(amount);
    }

    function _charge(address customer, uint256 cumulative, uint256 cumulativeFee) internal {
        ICustomers.Charge[] memory rows = new ICustomers.Charge[](1);
        rows[0] = ICustomers.Charge(customer, cumulative, cumulativeFee);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
    }

    function _claim(address who, uint256 cumulative) internal {
        settlement.claim(who, cumulative, _signVoucher(SETTLER_KEY, who, cumulative));
    }

    function _signVoucher(uint256 key, address who, uint256 cumulative) internal view returns (bytes memory) {
        return _sign(key, _voucherHash(who, cumulative));
    }

    function _signCharges(uint256 key, ICustomers.Charge[] memory rows) internal view returns (bytes memory) {
        return _sign(
            key,
            keccak256(
                abi.encode(
                    keccak256(
                        "Charges(Charge[] charges)Charge(address customer,uint256 cumulative,uint256 cumulativeFee)"
                    ),
                    _chargesHash(rows)
                )
            )
        );
    }

    function _signVouchers(uint256 key, IProviders.Voucher[] memory rows)
        internal
        view
        returns (bytes memory)
    {
        return _sign(
            key,
            keccak256(
                abi.encode(
                    keccak256("Vouchers(Voucher[] vouchers)Voucher(address provider,uint256 cumulative)"),
                    _vouchersHash(rows)
                )
            )
        );
    }

    function _signSettlement(
        uint256 key,
        ICustomers.Charge[] memory charges,
        IProviders.Voucher[] memory vouchers
    ) internal view returns (bytes memory) {
        return _sign(
            key,
            keccak256(
                abi.encode(
                    keccak256(
                        "Settlement(Charge[] charges,Voucher[] vouchers)Charge(address customer,uint256 cumulative,uint256 cumulativeFee)Voucher(address provider,uint256 cumulative)"
                    ),
                    _chargesHash(charges),
                    _vouchersHash(vouchers)
                )
            )
        );
    }

    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        return _signFor(key, block.chainid, address(settlement), structHash);
    }

    function _signFor(uint256 key, uint256 chainId, address verifier, bytes32 structHash)
        internal
        pure
        returns (bytes memory)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OblivionSettlement"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _voucherHash(address who, uint256 cumulative) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Voucher(address provider,uint256 cumulative)"), who, cumulative));
    }

    function _vouchersHash(IProviders.Voucher[] memory rows) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < rows.length; ++i) {
            hashes = bytes.concat(hashes, _voucherHash(rows[i].provider, rows[i].cumulative));
        }
        return keccak256(hashes);
    }

    function _chargesHash(ICustomers.Charge[] memory rows) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < rows.length; ++i) {
            hashes = bytes.concat(
                hashes,
                keccak256(
                    abi.encode(
                        keccak256("Charge(address customer,uint256 cumulative,uint256 cumulativeFee)"),
                        rows[i].customer,
                        rows[i].cumulative,
                        rows[i].cumulativeFee
                    )
                )
            );
        }
        return keccak256(hashes);
    }

    function _assertCounters(uint256 escrow, uint256 pool, uint256 fees) internal view {
        vm.assertEq(settlement.totalEscrow(), escrow, "totalEscrow");
        vm.assertEq(settlement.pool(), pool, "pool");
        vm.assertEq(settlement.fees(), fees, "fees");
        vm.assertGe(token.balanceOf(address(settlement)), escrow + pool + fees, "balance covers the counters");
    }
}
