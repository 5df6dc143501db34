// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICustomers} from "../ICustomers.sol";
import {IProviders} from "../IProviders.sol";
import {IStewards} from "../IStewards.sol";
import {TestUsdc} from "../TestUsdc.sol";
import {SettlementTest} from "./SettlementTest.t.sol";

/// @dev Everybody at once, with a model of each promise beside: whatever an action does, the model says beforehand
/// whether it may, and what it may move. `broken[n]` says that row I<n> of INVARIANTS.md did not hold.
contract Crowd is SettlementTest {
    uint256 internal constant LARGEST_CAP = type(uint56).max;

    /// @dev One movement under a cap, or a change of the cap (amount 0), with the larger of the caps of then.
    struct Movement {
        uint256 time;
        uint256 amount;
        uint256 cap;
    }

    struct Exit {
        uint256 amount;
        uint256 ripeAt;
    }

    /// @dev An own setting that may have a successor which waits.
    struct Waiting {
        uint256 now_;
        uint256 next;
        uint256 nextAt;
    }

    struct Span {
        uint256 from;
        uint256 to;
    }

    address[3] internal customers = [vm.addr(1), vm.addr(2), vm.addr(3)];
    address[3] internal providers = [vm.addr(4), vm.addr(5), vm.addr(6)];
    address[5] internal payees = [vm.addr(4), vm.addr(5), vm.addr(6), vm.addr(7), vm.addr(8)];
    uint256[2] private settlerKeys = [SETTLER_KEY, 0x5e7702];
    address[2] private guardians = [guardian, vm.addr(0x9a4e)];
    address[2] private admins = [admin, vm.addr(0xad415)];
    address[2] private treasuries = [treasury, vm.addr(0x77eb)];

    /// @dev Deriving an address costs more than most actions.
    mapping(uint256 key => uint256 account) private penOf;

    bool[14] internal broken;
    /// @dev What was reached, in the order of {REACHED}.
    uint256[20] public reached;
    string public constant REACHED =
        "charges,chargeCap,customerCap,escrowEmpty,claims,claimCap,poolEmpty,payeeRefusal,pausedRefusals,pauses,pauseBudget,exitsPaid,exitsTooEarly,exitsLapsed,exitsEndedByDeposit,changesMade,changesTooEarly,changesLapsed,revokedRefusals,raisedCaps";

    uint256 internal deposited;
    uint256 internal donated;
    uint256 internal toppedUp;
    uint256 internal withdrawn;
    uint256 internal collected;
    uint256 internal largestFeeBps = MAX_FEE_BPS;
    mapping(address => uint256) internal signedCharge;
    mapping(address => uint256) internal signedVoucher;
    mapping(address => uint256) internal lastCharged;
    mapping(address => uint256) internal lastSettled;
    mapping(address => uint256) internal paidTo;
    mapping(IStewards.Change => uint256) internal valueOf;

    mapping(IStewards.Change => uint256) private proposedValue;
    mapping(IStewards.Change => uint256) private proposedAt;
    mapping(address => Exit) private exits;
    mapping(address => Waiting) private caps;
    mapping(address => uint256) private largestCap;
    mapping(address => Waiting) private payeeOf;
    mapping(address => Movement[]) private takenFrom;
    Movement[] private taken;
    Movement[] private paid;
    Span[] private pauses;

    constructor() {
        vm.warp(START);
        token = new TestUsdc();
        settlement = _deploy(address(token), _roles(), _terms());
        for (uint256 i = 0; i < 3; ++i) {
            caps[customers[i]].now_ = DAILY_CAP;
            largestCap[customers[i]] = DAILY_CAP;
            payeeOf[providers[i]].now_ = uint160(providers[i]);
        }
        penOf[STRANGER_KEY] = uint160(stranger);
        penOf[settlerKeys[0]] = uint160(vm.addr(settlerKeys[0]));
        penOf[settlerKeys[1]] = uint160(vm.addr(settlerKeys[1]));
        valueOf[IStewards.Change.Settler] = penOf[SETTLER_KEY];
        valueOf[IStewards.Change.Guardian] = uint160(guardian);
        valueOf[IStewards.Change.Admin] = uint160(admin);
        valueOf[IStewards.Change.Treasury] = uint160(treasury);
        valueOf[IStewards.Change.ChargeCap] = CHARGE_CAP;
        valueOf[IStewards.Change.ClaimCap] = CLAIM_CAP;
        valueOf[IStewards.Change.MaxFeeBps] = MAX_FEE_BPS;
        // Money to move from the first action on.
        for (uint256 i = 0; i < 3; ++i) {
            token.mint(customers[i], 3_000e6);
            _deposit(customers[i], 3_000e6);
            deposited += 3_000e6;
        }
    }

    function setUp() public override {}

    // Time.

    function pass(uint256 seed) external {
        if (seed % 3 == 0) _wait(seed % 3_600);
        else if (seed % 3 == 1) _wait(seed % 1 days);
        else _wait(seed % 13 days);
    }

    // Customers.

    function deposit(uint256 who, uint256 seed) external {
        address customer = customers[who % 3];
        uint256 amount = seed % 2_000e6 + 1;
        token.mint(customer, amount);
        vm.prank(customer);
        token.approve(address(settlement), amount);
        vm.prank(customer);
        try settlement.deposit(amount) {
            if (_paused()) broken[9] = true;
            deposited += amount;
            if (exits[customer].amount > 0) ++reached[14];
            delete exits[customer];
        } catch {
            if (!_paused()) broken[1] = true;
            ++reached[8];
        }
    }

    function donate(uint32 amount) external {
        token.mint(address(settlement), amount);
        donated += amount;
    }

    function setDailyCap(uint256 who, uint256 cap) external {
        address customer = customers[who % 3];
        cap = cap % 3 == 0 ? cap % 10 : cap % 3_000e6;
        Waiting storage own = _settled(caps[customer]);
        takenFrom[customer].push(Movement(_now(), 0, own.now_));
        // A cap that came into force and was lowered before any charge: what it had left stays.
        if (own.now_ > largestCap[customer]) largestCap[customer] = own.now_;
        if (cap > own.now_) (own.next, own.nextAt) = (cap, _now() + 1 days);
        else (own.now_, own.nextAt) = (cap, 0);
        _setCap(customer, cap);
    }

    function requestExit(uint256 who, uint256 amount) external {
        address customer = customers[who % 3];
        amount = amount % 2 == 0 ? type(uint256).max : amount % 500e6;
        uint256 escrow = settlement.escrowOf(customer);
        uint256 exiting = amount < escrow ? amount : escrow;
        vm.prank(customer);
        try settlement.requestExit(amount) {
            if (exiting == 0) broken[10] = true;
            exits[customer] = Exit(exiting, _now() + EXIT_DELAY);
        } catch {
            if (exiting > 0) broken[10] = true;
        }
    }

    function cancelExit(uint256 who) external {
        address customer = customers[who % 3];
        vm.prank(customer);
        try settlement.cancelExit() {
            if (exits[customer].amount == 0) broken[10] = true;
            delete exits[customer];
        } catch {
            if (exits[customer].amount > 0) broken[10] = true;
        }
    }

    /// @dev Half of the calls wait for the ripeness first, some beyond the lapse: else few exits would end well.
    function withdraw(uint256 who, uint256 seed) external {
        address customer = customers[who % 3];
        Exit memory exit = exits[customer];
        if (exit.amount > 0 && seed % 2 == 0 && _now() < exit.ripeAt) {
            vm.warp(exit.ripeAt + (seed % 8 == 0 ? EXIT_WINDOW + 1 : seed % EXIT_WINDOW));
        }
        bool early = _now() < exit.ripeAt;
        bool late = _now() > exit.ripeAt + EXIT_WINDOW;
        bool allowed = exit.amount > 0 && !early && !late;
        uint256 escrow = settlement.escrowOf(customer);
        uint256 expected = exit.amount < escrow ? exit.amount : escrow;
        uint256 before = token.balanceOf(customer);
        vm.prank(customer);
        try settlement.withdraw() {
            if (!allowed || token.balanceOf(customer) - before != expected) broken[10] = true;
            withdrawn += expected;
            delete exits[customer];
            ++reached[11];
        } catch {
            if (allowed) broken[10] = true;
            if (exit.amount > 0) ++reached[early ? 12 : 13];
        }
    }

    // The settler.

    function charge(uint256[3] calldata totals, uint256[3] calldata feeSeeds, uint256 key) external {
        _remember();
        uint256 signerKey = _pen(key);
        ICustomers.Charge[] memory rows = _rows(totals, feeSeeds, signerKey);
        uint256[3] memory before = _escrows();
        try settlement.charge(rows, _signCharges(signerKey, rows)) {
            _opened(signerKey);
            _noteCharges(rows, before);
        } catch {
            _refused(signerKey);
        }
    }

    function claim(uint256 who, uint256 seed, uint256 key) external {
        _remember();
        uint256 signerKey = _pen(key);
        IProviders.Voucher memory row = _voucher(who, seed, signerKey);
        address payee = address(uint160(_settled(payeeOf[row.provider]).now_));
        try settlement.claim(row.provider, row.cumulative, _signVoucher(signerKey, row.provider, row.cumulative)) {
            _opened(signerKey);
            _noteClaim(row.provider, payee);
        } catch {
            _refused(signerKey);
        }
    }

    function claimTo(uint256 who, uint256 seed, uint256 key) external {
        _remember();
        uint256 signerKey = _pen(key);
        IProviders.Voucher memory row = _voucher(who, seed, signerKey);
        address to = payees[seed % 5];
        bytes memory signature = _signVoucher(signerKey, row.provider, row.cumulative);
        vm.prank(row.provider);
        try settlement.claimTo(to, row.cumulative, signature) {
            _opened(signerKey);
            _noteClaim(row.provider, to);
        } catch {
            _refused(signerKey);
        }
    }

    function settle(
        uint256[3] calldata totals,
        uint256[3] calldata feeSeeds,
        uint256[3] calldata earned,
        uint256 key
    ) external {
        _remember();
        uint256 signerKey = _pen(key);
        ICustomers.Charge[] memory rows = _rows(totals, feeSeeds, signerKey);
        IProviders.Voucher[] memory vouchers = _vouchers(earned, signerKey);
        uint256[3] memory before = _escrows();
        try settlement.settleBatch(rows, vouchers, _signSettlement(signerKey, rows, vouchers)) {
            _opened(signerKey);
            _noteCharges(rows, before);
            _noteClaims();
            _noteShort(vouchers);
        } catch {
            _refused(signerKey);
        }
    }

    function claimBatch(uint256[3] calldata earned, uint256 key) external {
        _remember();
        uint256 signerKey = _pen(key);
        IProviders.Voucher[] memory vouchers = _vouchers(earned, signerKey);
        try settlement.claimBatch(vouchers, _signVouchers(signerKey, vouchers)) {
            _opened(signerKey);
            _noteClaims();
            _noteShort(vouchers);
        } catch {
            _refused(signerKey);
        }
    }

    // Providers and others.

    function setPayee(uint256 who, uint256 seed) external {
        address provider_ = providers[who % 3];
        uint256 payee = uint160(payees[seed % 5]);
        Waiting storage own = _settled(payeeOf[provider_]);
        if (payee == own.now_) own.nextAt = 0;
        else (own.next, own.nextAt) = (payee, _now() + 1 days);
        vm.prank(provider_);
        settlement.setPayee(address(uint160(payee)));
    }

    function topUp(uint256 seed) external {
        uint256 amount = seed % 2_000e6 + 1;
        token.mint(address(this), amount);
        token.approve(address(settlement), amount);
        settlement.topUp(amount);
        toppedUp += amount;
    }

    function toggleBlock(uint256 who, bool blocked) external {
        if (blocked) token.blacklist(payees[who % 5]);
        else token.unBlacklist(payees[who % 5]);
    }

    function collectFees() external {
        uint256 amount = settlement.fees();
        address to = address(uint160(valueOf[IStewards.Change.Treasury]));
        uint256 before = token.balanceOf(to);
        settlement.collectFees();
        if (token.balanceOf(to) - before != amount) broken[2] = true;
        collected += amount;
    }

    // Stewards.

    function pause(uint256 seed, uint256 who) external {
        uint256 duration = seed % 3 == 0 ? seed % 9 days : seed % 1 days;
        address sender = _steward(IStewards.Change.Guardian, who);
        uint256 from = settlement.pausedUntil() > _now() ? settlement.pausedUntil() : _now();
        vm.prank(sender);
        try settlement.pause(duration) {
            if (uint160(sender) != valueOf[IStewards.Change.Guardian]) broken[9] = true;
            pauses.push(Span(from, from + duration));
            _checkPauses();
            ++reached[9];
        } catch {
            if (uint160(sender) == valueOf[IStewards.Change.Guardian] && duration > 0) ++reached[10];
        }
    }

    function resume(uint256 who) external {
        address sender = _steward(IStewards.Change.Admin, who);
        bool allowed = _paused() && uint160(sender) == valueOf[IStewards.Change.Admin];
        vm.prank(sender);
        try settlement.resume() {
            if (!allowed) broken[11] = true;
            for (uint256 i = 0; i < pauses.length; ++i) {
                if (pauses[i].to > _now()) pauses[i].to = _now();
                if (pauses[i].from > _now()) pauses[i].from = _now();
            }
        } catch {
            if (allowed) broken[11] = true;
        }
    }

    /// @dev Rarely: nothing moves until another settler is in force.
    function revokeSettler(uint256 who, uint256 seed) external {
        if (seed % 4 > 0) return;
        address sender = _steward(IStewards.Change.Guardian, who);
        vm.prank(sender);
        try settlement.revokeSettler() {
            bool allowed = uint160(sender) == valueOf[IStewards.Change.Admin]
                || uint160(sender) == valueOf[IStewards.Change.Guardian];
            if (!allowed) broken[11] = true;
            valueOf[IStewards.Change.Settler] = 0;
        } catch {}
    }

    function lower(uint256 kind, uint256 value, uint256 who) external {
        IStewards.Change change = _limit(kind);
        value = _value(change, value);
        address sender = _steward(IStewards.Change.Admin, who);
        bool allowed = uint160(sender) == valueOf[IStewards.Change.Admin] && value < valueOf[change];
        vm.prank(sender);
        try settlement.lower(change, value) {
            if (!allowed) broken[11] = true;
            _noteChange(change, value);
        } catch {
            if (allowed) broken[11] = true;
        }
    }

    function propose(uint256 kind, uint256 value, uint256 who) external {
        IStewards.Change change = _kind(kind);
        value = _value(change, value);
        address sender = _steward(IStewards.Change.Admin, who);
        vm.prank(sender);
        try settlement.propose(change, value) {
            if (uint160(sender) != valueOf[IStewards.Change.Admin]) broken[11] = true;
            (proposedValue[change], proposedAt[change]) = (value, _now());
        } catch {}
    }

    function cancel(uint256 kind, uint256 who) external {
        IStewards.Change change = _kind(kind);
        address sender = _steward(IStewards.Change.Admin, who);
        vm.prank(sender);
        try settlement.cancel(change) {
            if (uint160(sender) != valueOf[IStewards.Change.Admin]) broken[11] = true;
            proposedAt[change] = 0;
        } catch {}
    }

    /// @dev Half of the calls wait for the delay first, some beyond the lapse.
    function execute(uint256 kind, uint256 seed, uint256 who) external {
        IStewards.Change change = _kind(kind);
        uint256 from = proposedAt[change] + EXIT_DELAY + 2 days;
        bool proposed = proposedAt[change] > 0;
        if (proposed && seed % 2 == 0 && _now() < from) vm.warp(from + (seed % 8 == 0 ? 14 days + 1 : seed % 14 days));
        address sender = _steward(IStewards.Change.Admin, who);
        bool early = _now() < from;
        bool late = _now() > from + 14 days;
        bool admins_ = uint160(sender) == valueOf[IStewards.Change.Admin];
        vm.prank(sender);
        try settlement.execute(change) {
            if (!proposed || early || late || !admins_) broken[11] = true;
            proposedAt[change] = 0;
            _noteChange(change, proposedValue[change]);
            ++reached[15];
        } catch {
            if (proposed && admins_ && (early || late)) ++reached[early ? 16 : 17];
        }
    }

    // The model.

    /// @dev What every call remembers of the sums before it.
    function _remember() private {
        for (uint256 i = 0; i < 3; ++i) {
            lastCharged[customers[i]] = settlement.chargedOf(customers[i]);
            lastSettled[providers[i]] = settlement.settledOf(providers[i]);
        }
    }

    function _opened(uint256 signerKey) private {
        if (_paused()) broken[9] = true;
        if (penOf[signerKey] != valueOf[IStewards.Change.Settler]) broken[4] = true;
    }

    function _refused(uint256 signerKey) private {
        if (_paused()) ++reached[8];
        else if (penOf[signerKey] != valueOf[IStewards.Change.Settler]) ++reached[18];
        else if (settlement.claimable() == 0) ++reached[5];
        else if (settlement.pool() == 0) ++reached[6];
    }

    function _noteCharges(ICustomers.Charge[] memory rows, uint256[3] memory before) private {
        uint256 sum;
        for (uint256 i = 0; i < 3; ++i) {
            address customer = customers[i];
            uint256 charged = settlement.chargedOf(customer);
            uint256 amount = charged - lastCharged[customer];
            Waiting storage own = caps[customer];
            if (own.nextAt > 0 && own.nextAt <= _now()) ++reached[19];
            uint256 cap = _settled(own).now_;
            if (cap > largestCap[customer]) largestCap[customer] = cap;
            if (before[i] - settlement.escrowOf(customer) != amount) broken[3] = true;
            if (amount > 0) {
                sum += amount;
                takenFrom[customer].push(Movement(_now(), amount, cap));
                if (!_within(takenFrom[customer], largestCap[customer])) broken[7] = true;
            }
            if (rows[i].cumulative > charged) {
                if (settlement.chargeable() == 0) ++reached[1];
                if (settlement.customerOf(customer).chargeable == 0) ++reached[2];
                if (settlement.escrowOf(customer) == 0) ++reached[3];
            }
        }
        if (sum == 0) return;
        ++reached[0];
        taken.push(Movement(_now(), sum, valueOf[IStewards.Change.ChargeCap]));
        if (!_within(taken, 0)) broken[5] = true;
    }

    function _noteClaims() private {
        for (uint256 i = 0; i < 3; ++i) {
            _noteClaim(providers[i], address(uint160(_settled(payeeOf[providers[i]]).now_)));
        }
    }

    function _noteClaim(address provider_, address payee) private {
        uint256 amount = settlement.settledOf(provider_) - lastSettled[provider_];
        if (amount == 0) return;
        paidTo[payee] += amount;
        ++reached[4];
        paid.push(Movement(_now(), amount, valueOf[IStewards.Change.ClaimCap]));
        if (!_within(paid, 0)) broken[6] = true;
    }

    function _noteShort(IProviders.Voucher[] memory vouchers) private {
        for (uint256 i = 0; i < vouchers.length; ++i) {
            if (settlement.settledOf(vouchers[i].provider) >= vouchers[i].cumulative) continue;
            if (settlement.claimable() == 0) ++reached[5];
            else if (settlement.pool() == 0) ++reached[6];
            else ++reached[7];
        }
    }

    function _noteChange(IStewards.Change change, uint256 value) private {
        if (change == IStewards.Change.ChargeCap) taken.push(Movement(_now(), 0, valueOf[change]));
        if (change == IStewards.Change.ClaimCap) paid.push(Movement(_now(), 0, valueOf[change]));
        if (change == IStewards.Change.MaxFeeBps && value > largestFeeBps) largestFeeBps = value;
        valueOf[change] = value;
    }

    /// @dev Whether the movements up to the last one stayed, from each earlier one on, within cap + cap x days.
    /// @param atOnce What may be taken at once in place of the largest cap of the time looked at, where larger.
    function _within(Movement[] storage movements, uint256 atOnce) private view returns (bool) {
        uint256 until = _now();
        uint256 sum;
        uint256 cap;
        for (uint256 i = movements.length; i > 0; --i) {
            Movement storage movement = movements[i - 1];
            sum += movement.amount;
            if (movement.cap > cap) cap = movement.cap;
            uint256 burst = cap > atOnce ? cap : atOnce;
            if (sum > burst + cap * (until - movement.time) / 1 days + 1) return false;
        }
        return true;
    }

    function _checkPauses() private {
        for (uint256 i = 0; i < pauses.length; ++i) {
            // A worst 30 days end with the end of some pause.
            uint256 until = pauses[i].to;
            uint256 sum;
            for (uint256 j = 0; j <= i; ++j) {
                uint256 from = until - 30 days;
                if (pauses[j].from > from) from = pauses[j].from;
                if (pauses[j].to > from) sum += pauses[j].to - from;
            }
            if (sum > MAX_PAUSE) broken[9] = true;
        }
    }

    function _settled(Waiting storage own) private returns (Waiting storage) {
        if (own.nextAt > 0 && _now() >= own.nextAt) (own.now_, own.nextAt) = (own.next, 0);
        return own;
    }

    function _paused() private view returns (bool) {
        return pauses.length > 0 && _now() < pauses[pauses.length - 1].to;
    }

    function _now() private view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    /// @dev Mostly the settler of now, sometimes another one's or a stranger's pen.
    function _pen(uint256 seed) private view returns (uint256) {
        if (seed % 8 == 0) return STRANGER_KEY;
        uint256 present = penOf[settlerKeys[0]] == valueOf[IStewards.Change.Settler] ? 0 : 1;
        return settlerKeys[seed % 8 == 1 ? 1 - present : present];
    }

    /// @dev Mostly who holds the role now, sometimes somebody else.
    function _steward(IStewards.Change role, uint256 seed) private view returns (address) {
        if (seed % 8 == 0) return stranger;
        if (seed % 8 == 1) return seed % 3 == 0 ? guardians[seed % 2] : admins[seed % 2];
        return address(uint160(valueOf[role]));
    }

    /// @dev A change that waits where one does, so that announcing and making meet.
    function _kind(uint256 seed) private view returns (IStewards.Change) {
        for (uint256 i = 0; i < 7 && seed % 4 > 0; ++i) {
            if (proposedAt[IStewards.Change(i)] > 0) return IStewards.Change(i);
        }
        return IStewards.Change(seed % 7);
    }

    function _limit(uint256 kind) private pure returns (IStewards.Change) {
        return IStewards.Change(uint256(IStewards.Change.ChargeCap) + kind % 3);
    }

    function _value(IStewards.Change change, uint256 seed) private view returns (uint256) {
        if (change == IStewards.Change.Settler) return penOf[settlerKeys[seed % 2]];
        if (change == IStewards.Change.Guardian) return uint160(guardians[seed % 2]);
        if (change == IStewards.Change.Admin) return uint160(admins[seed % 2]);
        if (change == IStewards.Change.Treasury) return uint160(treasuries[seed % 2]);
        if (change == IStewards.Change.MaxFeeBps) return seed % 5_000;
        return seed % 3_000e6;
    }

    function _escrows() private view returns (uint256[3] memory escrows) {
        for (uint256 i = 0; i < 3; ++i) {
            escrows[i] = settlement.escrowOf(customers[i]);
        }
    }

    function _rows(uint256[3] calldata totals, uint256[3] calldata feeSeeds, uint256 signerKey)
        private
        returns (ICustomers.Charge[] memory rows)
    {
        rows = new ICustomers.Charge[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 total = _total(signedCharge[customers[i]], totals[i]);
            rows[i] = ICustomers.Charge(customers[i], total, feeSeeds[i] % 4 == 0 ? feeSeeds[i] : total / 10);
            bool counts = penOf[signerKey] == valueOf[IStewards.Change.Settler];
            if (counts && total > signedCharge[customers[i]]) signedCharge[customers[i]] = total;
        }
    }

    function _vouchers(uint256[3] calldata seeds, uint256 signerKey)
        private
        returns (IProviders.Voucher[] memory vouchers)
    {
        vouchers = new IProviders.Voucher[](3);
        for (uint256 i = 0; i < 3; ++i) {
            vouchers[i] = _voucher(i, seeds[i], signerKey);
        }
    }

    function _voucher(uint256 who, uint256 seed, uint256 signerKey) private returns (IProviders.Voucher memory) {
        address provider_ = providers[who % 3];
        uint256 total = _total(signedVoucher[provider_], seed);
        bool counts = penOf[signerKey] == valueOf[IStewards.Change.Settler];
        if (counts && total > signedVoucher[provider_]) signedVoucher[provider_] = total;
        return IProviders.Voucher(provider_, total);
    }

    /// @dev Half of the totals grow by a little, as real ones do; the rest are older, or much too large.
    function _total(uint256 signed, uint256 seed) private pure returns (uint256) {
        if (seed % 2 == 0) return signed + seed % 400e6;
        return seed % 4 == 1 ? signed / 2 : seed % 10_000e6;
    }
}
