// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev A peer of the gas benchmark and nothing else: pays many out of its own balance, with no counter, signature or cap.
contract BatchTransfer {
    function pay(IERC20 token, address[] calldata receivers, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < receivers.length; ++i) {
            require(token.transfer(receivers[i], amounts[i]), "the token refused");
        }
    }
}
