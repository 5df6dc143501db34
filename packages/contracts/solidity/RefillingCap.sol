// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A limit that refills continuously, by its own size a day
/// @notice A limit per calendar day could be used twice at midnight; this one allows at most `cap` at any moment and
/// `cap * (1 + days)` over any time.
library RefillingCap {
    /// @notice Seconds in which an empty cap is full again.
    uint256 internal constant PERIOD = 1 days;

    /// @notice What may be taken now.
    /// @param level What was left at the time `levelAt`. It may exceed a cap that was lowered since; then it only falls.
    /// @dev Rounded down: a caller writes level and time only where it takes something, so that nobody can hold a small
    /// cap empty by touching it often.
    function available(uint256 level, uint256 levelAt, uint256 cap) internal view returns (uint256) {
        if (level >= cap) return level;
        return Math.min(cap, level + cap * (block.timestamp - levelAt) / PERIOD);
    }
}
