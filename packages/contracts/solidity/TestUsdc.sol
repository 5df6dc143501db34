// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title Play money with the manners of native USDC
/// @notice 6 decimals, EIP-2612 permit under domain version "2" and with a `version()`, a blacklist under which a
/// transfer reverts, and a pause of all transfers: what the settlement contract and the screens must get right on Polygon. Worth nothing; it refuses
/// to be deployed on Polygon's own chain, so that nobody can take it for the real one there.
contract TestUsdc is ERC20, EIP712, Nonces, IERC20Permit {
    error TestUsdc_RealMoneyChain(uint256 chainId);
    error TestUsdc_NotMinter(address sender, address minter);
    error TestUsdc_Blacklisted(address account);
    error TestUsdc_Paused();
    error TestUsdc_PermitExpired(uint256 deadline);
    error TestUsdc_PermitWrongSigner(address recovered, address owner);

    event Blacklisted(address indexed account);
    event UnBlacklisted(address indexed account);
    event Pause();
    event Unpause();

    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @notice Who may mint and blacklist: whoever deployed it.
    address public immutable minter;
    mapping(address account => bool) public isBlacklisted;
    bool public paused;

    constructor() ERC20("Oblivion test USDC", "tUSDC") EIP712("Oblivion test USDC", "2") {
        if (block.chainid == 137) revert TestUsdc_RealMoneyChain(block.chainid);
        minter = msg.sender;
    }

    modifier onlyMinter() {
        if (msg.sender != minter) revert TestUsdc_NotMinter(msg.sender, minter);
        _;
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function version() external pure returns (string memory) {
        return "2";
    }

    function mint(address to, uint256 amount) external onlyMinter {
        _mint(to, amount);
    }

    function blacklist(address account) external onlyMinter {
        isBlacklisted[account] = true;
        emit Blacklisted(account);
    }

    function unBlacklist(address account) external onlyMinter {
        isBlacklisted[account] = false;
        emit UnBlacklisted(account);
    }

    function pause() external onlyMinter {
        paused = true;
        emit Pause();
    }

    function unpause() external onlyMinter {
        paused = false;
        emit Unpause();
    }

    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert TestUsdc_PermitExpired(deadline);
        bytes32 structHash =
            keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        (address recovered,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), v, r, s);
        if (recovered == address(0) || recovered != owner) revert TestUsdc_PermitWrongSigner(recovered, owner);
        _approve(owner, spender, value);
    }

    function nonces(address owner) public view override(IERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    // The name is fixed by EIP-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _update(address from, address to, uint256 value) internal override {
        if (paused) revert TestUsdc_Paused();
        if (isBlacklisted[from]) revert TestUsdc_Blacklisted(from);
        if (isBlacklisted[to]) revert TestUsdc_Blacklisted(to);
        super._update(from, to, value);
    }
}
