/** One way to break the contract: `find` stands in `file` exactly once and becomes `replace`. */
export type Mutant = { name: string; file: string; find: string; replace: string }

/** A mutant that no test can kill, with the reason why it changes nothing that anybody can see. */
export type EquivalentMutant = Mutant & { equivalent: string }

/** Each breaks one rule. `node packages/contracts/mutants.ts` runs them all; each has to turn a test red. */
export const mutants: readonly Mutant[] = [
  // Caps.
  {
    name: 'a cap refills at once',
    file: 'RefillingCap.sol',
    find: 'return Math.min(cap, level + cap * (block.timestamp - levelAt) / PERIOD);',
    replace: 'return block.timestamp > levelAt ? cap : level;',
  },
  {
    name: 'a cap refills without end',
    file: 'RefillingCap.sol',
    find: 'return Math.min(cap, level + cap * (block.timestamp - levelAt) / PERIOD);',
    replace: 'return level + cap * (block.timestamp - levelAt) / PERIOD;',
  },
  {
    name: 'the charge cap is not used up',
    file: 'Customers.sol',
    find: '_intake.level = uint56(level - taken);',
    replace: '_intake.level = uint56(level);',
  },
  {
    name: 'a charge does not ask the charge cap',
    file: 'Customers.sol',
    find: 'amount = Math.min(Math.min(owed, balance), Math.min(allowed, level));',
    replace: 'amount = Math.min(Math.min(owed, balance), level); allowed;',
  },
  {
    name: 'a charge does not ask the customer’s own cap',
    file: 'Customers.sol',
    find: 'amount = Math.min(Math.min(owed, balance), Math.min(allowed, level));',
    replace: 'amount = Math.min(Math.min(owed, balance), allowed);',
  },
  {
    name: 'lowering the own cap takes away what was left',
    file: 'Customers.sol',
    find: '            cap = dailyCap;\n        }',
    replace: '            cap = dailyCap;\n            level = Math.min(level, cap);\n        }',
  },
  {
    name: 'a raised own cap counts at once',
    file: 'Customers.sol',
    find: 'effectiveAt += PERSONAL_DELAY;',
    replace: 'effectiveAt += 0;',
  },
  {
    name: 'a raised cap starts full',
    file: 'Customers.sol',
    find: 'level = RefillingCap.available(escrow.raisedLevel, escrow.raisedLevelAt, cap);',
    replace: 'level = cap;',
  },
  {
    name: 'a charge does not count for a raise that waits',
    file: 'Customers.sol',
    find: 'escrow.raisedLevel = uint56(Math.saturatingSub(level, amount));',
    replace: 'escrow.raisedLevel = uint56(level); amount;',
  },
  {
    name: 'a raise in force is read anew at each charge',
    file: 'Customers.sol',
    find: '            escrow.raising = false;\n            return;',
    replace: '            return;',
  },
  {
    name: 'an own claim does not use up the claim cap',
    file: 'Providers.sol',
    find: '_payout = Payout(uint96(payout.pool - amount), uint56(level - amount), uint40(block.timestamp));',
    replace: '_payout = Payout(uint96(payout.pool - amount), uint56(level), uint40(block.timestamp));',
  },
  {
    name: 'a batch does not use up the claim cap',
    file: 'Providers.sol',
    find: '_payout = Payout(uint96(left - paid), uint56(level - paid), uint40(block.timestamp));',
    replace: '_payout = Payout(uint96(left - paid), uint56(level), uint40(block.timestamp));',
  },
  {
    name: 'a batch may pay more than the pool holds',
    file: 'Providers.sol',
    find: 'uint256 allowed = Math.min(left, level);',
    replace: 'uint256 allowed = level;',
  },
  // Charges.
  {
    name: 'a charge takes a total again',
    file: 'Customers.sol',
    find: 'escrow.charged = uint96(charged);',
    replace: 'escrow.charged = uint96(charged - amount);',
  },
  {
    name: 'a short row reverts the others',
    file: 'Customers.sol',
    find: 'if (amount < owed) emit ChargeFellShort(row.customer, owed - amount);',
    replace: 'require(amount == owed, "short");',
  },
  {
    name: 'the fee is taken before the providers’ part',
    file: 'Customers.sol',
    find: 'amount - Math.min(amount, owed - feeOwed), Math.saturatingSub',
    replace: 'Math.min(amount, feeOwed), Math.saturatingSub',
  },
  {
    name: 'fees have no limit',
    file: 'Customers.sol',
    find: 'Math.saturatingSub(charged * feeBps / BPS, chargedFee)',
    replace: 'type(uint256).max - feeBps',
  },
  // Claims.
  {
    name: 'a refused transfer counts as paid',
    file: 'Providers.sol',
    find: '                    account.word = word;\n                    emit ClaimFellShort(provider, owed);',
    replace: '                    emit ClaimFellShort(provider, owed);',
  },
  {
    name: 'a batch sends money to the contract itself',
    file: 'Providers.sol',
    find: ' || to == address(token) || to == address(this)) {',
    replace: ' || to == address(token)) {',
  },
  {
    name: 'an own claim sends money to the contract itself',
    file: 'Stewards.sol',
    find: 'return account != address(0) && account != address(token) && account != address(this);',
    replace: 'return account != address(0) && account != address(token);',
  },
  {
    name: 'a new payee counts at once',
    file: 'Providers.sol',
    find: 'effectiveAt += PERSONAL_DELAY;',
    replace: 'effectiveAt += 0;',
  },
  {
    name: 'a batch ignores the payee',
    file: 'Providers.sol',
    find: 'address to = word > SETTLED_MASK ? _payeeOf(provider, word) : provider;',
    replace: 'address to = provider;',
  },
  // Signatures.
  {
    name: 'no signature counts as the revoked settler’s',
    file: 'OblivionSettlement.sol',
    find: 'if (recovered != gate.settler || recovered == address(0)) {',
    replace: 'if (recovered != gate.settler) {',
  },
  {
    name: 'a voucher does not bind its total',
    file: 'OblivionSettlement.sol',
    find: 'return keccak256(abi.encode(VOUCHER_TYPEHASH, provider, cumulative));',
    replace: 'cumulative; return keccak256(abi.encode(VOUCHER_TYPEHASH, provider, uint256(0)));',
  },
  {
    name: 'claimTo takes anybody’s voucher',
    file: 'OblivionSettlement.sol',
    find: '_claim(msg.sender, to, cumulative, _open(_hashVoucher(msg.sender, cumulative), signature));',
    replace: '_claim(msg.sender, to, cumulative, _open(_hashVoucher(to, cumulative), signature));',
  },
  {
    name: 'a pause stops nothing signed',
    file: 'OblivionSettlement.sol',
    find: '_requireNotPaused(gate.pausedUntil);',
    replace: '',
  },
  // Exits.
  {
    name: 'an exit is not bounded by the balance at request',
    file: 'Customers.sol',
    find: 'uint256 exiting = Math.min(amount, escrow.balance);',
    replace: 'uint256 exiting = Math.min(amount, type(uint96).max);',
  },
  {
    name: 'an exit is ripe at once',
    file: 'Customers.sol',
    find: 'if (block.timestamp < ripeAt) revert',
    replace: 'if (block.timestamp + exitDelay < ripeAt) revert',
  },
  {
    name: 'an exit never lapses',
    file: 'Customers.sol',
    find: 'if (block.timestamp > ripeAt + exitWindow) {',
    replace: 'if (block.timestamp > ripeAt + 100 * exitWindow) {',
  },
  {
    name: 'a deposit does not end an exit',
    file: 'Customers.sol',
    find: 'if (escrow.exitAmount > 0) _endExit(escrow);',
    replace: '',
  },
  {
    name: 'an exit can be used twice',
    file: 'Customers.sol',
    find: '        escrow.exitAmount = 0;\n        escrow.balance -= amount;',
    replace: '        escrow.balance -= amount;',
  },
  {
    name: 'an exit of nothing is shown',
    file: 'Customers.sol',
    find: 'escrow.exitAmount > 0 && escrow.balance > 0 && block.timestamp',
    replace: 'escrow.exitAmount > 0 && block.timestamp',
  },
  {
    name: 'a withdrawal of nothing is reported',
    file: 'Customers.sol',
    find: '        if (amount == 0) {\n            _endExit(escrow);\n            return;\n        }\n',
    replace: '',
  },
  {
    name: 'a pause stops withdrawals',
    file: 'Customers.sol',
    find: 'function withdraw() external nonReentrant {',
    replace: 'function withdraw() external nonReentrant whenNotPaused {',
  },
  // Stewards.
  {
    name: 'an exit may ripen within a pause (M3)',
    file: 'Stewards.sol',
    find: '_requireAtLeast(terms.exitDelay, terms.maxPause + 2 * terms.cadence + 1);',
    replace: '_requireAtLeast(terms.exitDelay, terms.maxPause);',
  },
  {
    name: 'a guardian may pause again and again',
    file: 'Stewards.sol',
    find: '_pauseUsed = uint40(maxPause - left + duration);',
    replace: '_pauseUsed = uint40(duration);',
  },
  {
    name: 'the pause’s count begins anew by the calendar',
    file: 'Stewards.sol',
    find: 'bool begunAnew = block.timestamp >= _gate.pausedUntil + PAUSE_PERIOD;',
    replace: 'bool begunAnew = block.timestamp >= _gate.pausedUntil + PAUSE_PERIOD - 7 days;',
  },
  {
    name: 'anybody pauses',
    file: 'Stewards.sol',
    find: '        _requireSender(guardian);\n        uint256 left',
    replace: '        uint256 left',
  },
  {
    name: 'a change does not wait',
    file: 'Stewards.sol',
    find: 'if (block.timestamp < proposal.executableAt) {',
    replace: 'if (block.timestamp + NOTICE < proposal.executableAt) {',
  },
  {
    name: 'a change never lapses',
    file: 'Stewards.sol',
    find: 'if (block.timestamp > lapsesAt) revert',
    replace: 'if (block.timestamp > 2 * lapsesAt) revert',
  },
  {
    name: 'lowering raises as well',
    file: 'Stewards.sol',
    find: 'if (value >= present) revert',
    replace: 'if (value == present) revert',
  },
  {
    name: 'a changed cap starts full',
    file: 'Stewards.sol',
    find: '_payout.level = uint56(Math.min(level, value));',
    replace: 'level; _payout.level = uint56(value);',
  },
  {
    name: 'fees can be collected twice',
    file: 'Stewards.sol',
    find: '        _totals.fees = 0;\n',
    replace: '',
  },
  {
    name: 'fees of nothing are reported',
    file: 'Stewards.sol',
    find: 'if (amount == 0) return;',
    replace: '',
  },
  {
    name: 'two roles in one hand',
    file: 'Stewards.sol',
    find: 'if (taken && change != Change.Treasury) revert',
    replace: 'if (taken && change == Change.Treasury) revert',
  },
]

export const equivalentMutants: readonly EquivalentMutant[] = [
  {
    name: 'an empty claim batch writes the pool',
    file: 'Providers.sol',
    find: 'if (toPool > 0) _payout.pool = uint96(left);',
    replace: '_payout.pool = uint96(left);',
    equivalent: 'It writes the value that stands there; only the gas of a batch that pays nobody changes.',
  },
]

/** The handful that `pnpm test` runs; `test:deep` runs all. */
export const quickMutants = ['a charge does not ask the customer’s own cap', 'a deposit does not end an exit']
