import type { ServerErrorCode } from './errorCode.ts'
import type { Reason } from './Reason.ts'

/** The server's reasons, as the SQL functions raise them (`errcode`, `hint`, `detail` as JSON). */
export const serverReasons = {
  OB001: {
    code: 'OB001',
    name: 'not_signed_in',
    sentence: 'This needs a signed-in wallet.',
    hint: 'Connect a wallet and sign in with Ethereum, then try again.',
  },
  OB002: {
    code: 'OB002',
    name: 'wallet_mismatch',
    sentence: 'The address given is not the wallet that is signed in.',
    hint: 'Use the address of your own session, or sign in with the other wallet.',
  },
  OB003: {
    code: 'OB003',
    name: 'node_not_found',
    sentence: 'There is no such node among those that you may act for.',
    hint: 'Register the node again.',
  },
  OB004: {
    code: 'OB004',
    name: 'node_key_invalid',
    sentence: 'The node key is not valid, or a newer one has replaced it.',
    hint: 'Register the node again and use the key from that answer; the same node may be running elsewhere.',
  },
  OB005: {
    code: 'OB005',
    name: 'invalid_input',
    sentence: 'A field has a value that cannot be accepted.',
    hint: 'Correct the field that is named in the values.',
  },
  OB006: {
    code: 'OB006',
    name: 'not_supported',
    sentence: 'This field asks for something that this server cannot do yet.',
    hint: 'Leave the field out.',
  },
  OB007: {
    code: 'OB007',
    name: 'insufficient_balance',
    sentence: 'Your free balance does not cover the budget.',
    hint: 'Deposit the difference, or lower the budget.',
  },
  OB008: {
    code: 'OB008',
    name: 'task_not_found',
    sentence: 'There is no such task of yours.',
    hint: 'Check the id, and that the wallet which created the task is signed in.',
  },
  OB009: {
    code: 'OB009',
    name: 'foreign_url',
    sentence: 'The address points outside our own storage, and no node opens a stranger’s address.',
    hint: 'Put the data into the task itself.',
  },
  OB010: {
    code: 'OB010',
    name: 'job_not_found',
    sentence: 'There is no such job for this caller.',
    hint: 'Ask for the next job instead.',
  },
  OB011: {
    code: 'OB011',
    name: 'result_too_large',
    sentence: 'The result is larger than the job allows.',
    hint: 'Return less per chunk, or cut the task into smaller chunks.',
  },
  OB012: {
    code: 'OB012',
    name: 'no_settlement_instance',
    sentence: 'No settlement contract is known to the ledger yet.',
    hint: 'Start the coordinator, and wait until it has read the chain once.',
  },
  OB013: {
    code: 'OB013',
    name: 'budget_too_small',
    sentence: 'The budget does not cover every chunk at its price.',
    hint: 'Raise the budget to what is needed, or lower the price or the number of chunks.',
  },
  OB014: {
    code: 'OB014',
    name: 'too_many',
    sentence: 'This is more than the server takes at once.',
    hint: 'Stay below the limit in the values.',
  },
  OB015: {
    code: 'OB015',
    name: 'settlement_halted',
    sentence: 'Settlement is halted, because ledger and chain do not agree.',
    hint: 'Nothing is lost; an operator has to look into the reason and resume.',
  },
  OB016: {
    code: 'OB016',
    name: 'instance_mismatch',
    sentence: 'The settlement instance is not the current one.',
    hint: 'Read the current instance again: the contract or the chain has changed.',
  },
  OB017: {
    code: 'OB017',
    name: 'cursor_mismatch',
    sentence: 'The chain events do not continue where the ledger stopped reading.',
    hint: 'Read the cursor again and continue at the block after it.',
  },
  OB018: {
    code: 'OB018',
    name: 'forbidden',
    sentence: 'This caller may not do that.',
    hint: 'Use an account that is allowed to, or ask an operator.',
  },
  OB019: {
    code: 'OB019',
    name: 'name_taken',
    sentence: 'The database already has something else under a name that Oblivion needs.',
    hint: 'Rename what is there, or install into a database of its own; nothing was changed.',
  },
  OB020: {
    code: 'OB020',
    name: 'append_only',
    sentence: 'The ledger is append-only: a booked row is never changed or deleted.',
    hint: 'Book a correcting transaction instead.',
  },
  OB080: {
    code: 'OB080',
    name: 'site_key_invalid',
    sentence: 'This site key is not valid, or it was revoked or suspended.',
    hint: 'The owner of the site finds its state on the dApp’s Embed page.',
  },
  OB081: {
    code: 'OB081',
    name: 'foreign_bridge',
    sentence: 'A site key is taken from the worker’s own frame only.',
    hint: 'Embed the worker by its script tag or frame, unchanged.',
  },
  OB082: {
    code: 'OB082',
    name: 'claim_code_invalid',
    sentence: 'This code was used, is older than 10 minutes, or never existed.',
    hint: 'Ask for a new one in the badge on the page where you computed.',
  },
  OB083: {
    code: 'OB083',
    name: 'already_bound',
    sentence: 'A wallet is bound to these earnings already.',
    hint: 'They go there by themselves.',
  },
  OB084: {
    code: 'OB084',
    name: 'site_not_found',
    sentence: 'There is no such site of yours.',
    hint: 'Check the id, and that the wallet which made the site is signed in.',
  },
  OB040: {
    code: 'OB040',
    name: 'schedule_not_found',
    sentence: 'There is no such schedule among those of this wallet.',
    hint: 'List the schedules; it may have been deleted.',
  },
  OB065: {
    code: 'OB065',
    name: 'program_not_found',
    sentence: 'No program is stored under this hash.',
    hint: 'Send its source once; from then on its hash is enough.',
  },
} as const satisfies { readonly [C in ServerErrorCode]: Reason<C> }
