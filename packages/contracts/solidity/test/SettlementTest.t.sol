// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IOblivionSettlement} from "../IOblivionSettlement.sol";
import {OblivionSettlement} from "../OblivionSettlement.sol";
import {TestUsdc} from "../TestUsdc.sol";
import {Vm} from "./Vm.t.sol";

/// @dev A settlement contract, its token, people, and the settler's pen. The digests are spelled out here once more, on
/// purpose: a type string changed in the contract alone makes every signature of these tests wrong.
abstract contract SettlementTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant SETTLER_KEY = 0x5e771e;
    uint256 internal constant STRANGER_KEY = 0xbad;

    TestUsdc internal token;
    OblivionSettlement internal settlement;

    address internal alice = vm.addr(0xa11ce);
    address internal carol = vm.addr(0xca801);
    address internal provider = vm.addr(0x9401);
    address internal other = vm.addr(0x9402);
    address internal stranger = vm.addr(STRANGER_KEY);

    function setUp() public virtual {
        token = new TestUsdc();
        settlement = new OblivionSettlement(token, vm.addr(SETTLER_KEY));
        token.mint(alice, 1_000e6);
        token.mint(carol, 1_000e6);
    }

    function _deposit(address customer, uint256 amount) internal {
        vm.prank(customer);
        token.approve(address(settlement), amount);
        vm.prank(customer);
        settlement.deposit(amount);
    }

    function _charge(address customer, uint256 cumulative, uint256 cumulativeFee) internal {
        IOblivionSettlement.Charge[] memory rows = new IOblivionSettlement.Charge[](1);
        rows[0] = IOblivionSettlement.Charge(customer, cumulative, cumulativeFee);
        settlement.charge(rows, _signCharges(SETTLER_KEY, rows));
    }

    function _claim(address who, uint256 cumulative) internal {
        settlement.claim(who, cumulative, _signVoucher(SETTLER_KEY, who, cumulative));
    }

    function _signVoucher(uint256 key, address who, uint256 cumulative) internal view returns (bytes memory) {
        return _sign(key, _voucherHash(who, cumulative));
    }

    function _signCharges(uint256 key, IOblivionSettlement.Charge[] memory rows) internal view returns (bytes memory) {
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

    function _signVouchers(uint256 key, IOblivionSettlement.Voucher[] memory rows)
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
        IOblivionSettlement.Charge[] memory charges,
        IOblivionSettlement.Voucher[] memory vouchers
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

    function _vouchersHash(IOblivionSettlement.Voucher[] memory rows) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < rows.length; ++i) {
            hashes = bytes.concat(hashes, _voucherHash(rows[i].provider, rows[i].cumulative));
        }
        return keccak256(hashes);
    }

    function _chargesHash(IOblivionSettlement.Charge[] memory rows) private pure returns (bytes32) {
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
