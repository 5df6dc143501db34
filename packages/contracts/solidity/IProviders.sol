// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title How providers are paid
/// @notice A voucher is a provider's running total, signed by the settler. A newer one replaces the older, one sent twice
/// moves nothing, and anyone may send it: the money goes to the provider or to the payee that it chose.
interface IProviders {
    /// @notice A provider's running total.
    /// @param provider Who earned it.
    /// @param cumulative All that the provider has earned so far, paid or not.
    struct Voucher {
        address provider;
        uint256 cumulative;
    }

    /// @notice A provider's figures as they are at this block.
    /// @param settled All that the provider was ever paid.
    /// @param payee Where its money goes now.
    /// @param nextPayee Where it will go; zero where no change waits.
    /// @param nextPayeeAt From when, in seconds since the epoch.
    struct Provider {
        uint256 settled;
        address payee;
        address nextPayee;
        uint256 nextPayeeAt;
    }

    /// @notice A provider was paid `amount` out of the pool. The token's own Transfer says to which payee, `settledOf` how
    /// much it is in all: each further word here would cost every payment of a batch more than a percent.
    event Claimed(address indexed provider, uint256 amount);

    /// @notice A voucher asked for `missing` more than could be paid: the claim cap is used up, the pool holds less, or
    /// the token refused. It stays owed.
    event ClaimFellShort(address indexed provider, uint256 missing);

    /// @notice A provider's money goes to `payee` from `effectiveAt` on.
    event PayeeChanged(address indexed provider, address indexed payee, uint256 effectiveAt);

    /// @notice Somebody put `amount` into the pool.
    event ToppedUp(address indexed from, uint256 amount);

    /// @notice The voucher's total was paid already: it was used before, or a newer one was.
    error OblivionSettlement_NothingToClaim(address provider, uint256 cumulative, uint256 settled);

    /// @notice The claim cap is used up; it refills continuously.
    error OblivionSettlement_ClaimCapReached(uint256 claimCap);

    /// @notice The pool is empty.
    error OblivionSettlement_PoolEmpty(uint256 needed);

    /// @notice Money sent there would be lost or would unbalance the counters: zero, the token, this contract.
    error OblivionSettlement_PayeeRefused(address payee);

    /// @notice A top-up of nothing.
    error OblivionSettlement_NothingToTopUp();

    /// @notice Pays a provider the difference between its voucher and what it was paid before, as far as pool and claim
    /// cap reach.
    /// @param provider Who is paid, whoever sends this.
    /// @param cumulative The voucher's total.
    /// @param signature The settler's over `Voucher(address provider,uint256 cumulative)`.
    function claim(address provider, uint256 cumulative, bytes calldata signature) external;

    /// @notice The same for the sender's own voucher, paid to `to`, at once and whatever payee is set.
    function claimTo(address to, uint256 cumulative, bytes calldata signature) external;

    /// @notice Pays many providers under one signature. What cannot be paid is passed over and stays owed.
    /// @param vouchers The rows; a total that was paid before is passed over in silence.
    /// @param signature The settler's over `Vouchers(Voucher[] vouchers)`.
    function claimBatch(Voucher[] calldata vouchers, bytes calldata signature) external;

    /// @notice Sends the sender's pay to `payee` from `personalDelay` from now on; a change that waits is replaced. Naming
    /// the payee of now ends a change that waits.
    function setPayee(address payee) external;

    /// @notice Puts `amount` of the sender's tokens into the pool, so that providers are paid after a loss. Needs an
    /// allowance. Works while paused.
    function topUp(uint256 amount) external;

    /// @notice Everything about a provider in one read.
    function providerOf(address provider) external view returns (Provider memory);

    /// @notice All that a provider was ever paid.
    function settledOf(address provider) external view returns (uint256);

    /// @notice Charged money that waits for providers to claim it.
    function pool() external view returns (uint256);
}
