// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @dev A peer of the gas benchmark and nothing else: the usual cumulative Merkle claim, one root for all accounts.
contract MerkleClaim {
    using SafeERC20 for IERC20;

    event Claimed(address indexed account, uint256 amount);

    IERC20 public immutable token;
    address public immutable owner;
    bytes32 public root;
    mapping(address account => uint256) public claimedOf;

    constructor(IERC20 token_) {
        token = token_;
        owner = msg.sender;
    }

    function setRoot(bytes32 root_) external {
        require(msg.sender == owner, "not the owner");
        root = root_;
    }

    function claim(address account, uint256 cumulative, bytes32[] calldata proof) external {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, cumulative))));
        require(MerkleProof.verifyCalldata(proof, root, leaf), "no such leaf");
        uint256 amount = cumulative - claimedOf[account];
        require(amount > 0, "nothing to claim");
        claimedOf[account] = cumulative;
        emit Claimed(account, amount);
        token.safeTransfer(account, amount);
    }
}
