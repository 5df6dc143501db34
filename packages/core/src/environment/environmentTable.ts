import {
  address,
  count,
  flag,
  httpUrl,
  list,
  logLevel,
  percentAsBps,
  port,
  postgresUrl,
  privateKey,
  text,
} from './parsers.ts'
import type { Variable } from './Variable.ts'

const ours = 'ours'

/**
 * Every environment variable that a person may set, with its default and its meaning; the README's table is generated
 * from it. What the stack sets for its own child processes is not here: nobody else can set it.
 */
export const environmentTable = {
  OBLIVION_HOME: {
    default: null,
    meaning: 'Folder of the local stack: database, chain, secrets, logs; `.oblivion` in the repository where unset.',
    readBy: ['stack'],
    source: ours,
    parse: text,
  },
  DATABASE_URL: {
    default: null,
    meaning: 'Postgres 15 or newer, instead of the embedded one.',
    readBy: ['stack', 'coordinator'],
    source: 'supabase-worker',
    parse: postgresUrl,
  },
  OBLIVION_ALLOW_REMOTE_DATABASE: {
    default: 'false',
    meaning: 'Lets the local stack use a DATABASE_URL that is not on this machine: it creates roles and tables there.',
    readBy: ['stack'],
    source: ours,
    parse: flag,
  },
  DAPP_PORT: {
    default: '5173',
    meaning: 'Port of the dApp on localhost; the next free one where taken, as for each port below.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  BRIDGE_PORT: {
    default: '5174',
    meaning: 'Port of the bridge on 127.0.0.1.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  SANDBOX_PORT: {
    default: '5175',
    meaning: 'Port of the sandbox on 127.0.0.1.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  GATEWAY_PORT: {
    default: '54321',
    meaning: 'Port of the Supabase-compatible API on 127.0.0.1.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  POSTGRES_PORT: {
    default: '54322',
    meaning: 'Port of the embedded Postgres on 127.0.0.1.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  CHAIN_PORT: {
    default: '0',
    meaning: 'Port of the local chain on 127.0.0.1; browsers reach it through the API, which checks who asks.',
    readBy: ['stack'],
    source: ours,
    parse: port,
  },
  COORDINATOR_PORT: {
    default: '3001',
    meaning: 'Port of the coordinator’s API on 127.0.0.1.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: port,
  },
  RPC_URL: {
    default: null,
    meaning: 'JSON-RPC endpoint of the chain; its chain id and genesis are checked at start.',
    readBy: ['coordinator', 'deploy'],
    source: 'fair-job-distribution',
    parse: httpUrl,
  },
  CONTRACT_ADDRESS: {
    default: null,
    meaning: 'Address of the settlement contract; where set, it has to be the one that the ledger settles with.',
    readBy: ['coordinator'],
    source: 'fair-job-distribution',
    parse: address,
  },
  SETTLER_PRIVATE_KEY: {
    default: null,
    meaning: 'Key that signs charges and vouchers; the contract knows its address.',
    readBy: ['coordinator'],
    source: ours,
    parse: privateKey,
  },
  RELAYER_PRIVATE_KEY: {
    default: null,
    meaning: 'Key that sends charges and pays their gas; it can sign nothing that moves money.',
    readBy: ['coordinator'],
    source: ours,
    parse: privateKey,
  },
  ALLOWED_ORIGINS: {
    default: '',
    meaning: 'Web origins that may read the coordinator’s API, separated by commas.',
    readBy: ['coordinator'],
    source: ours,
    parse: list,
  },
  DEPLOYER_PRIVATE_KEY: {
    default: null,
    meaning: 'Key that deploys the settlement contract.',
    readBy: ['deploy'],
    source: ours,
    parse: privateKey,
  },
  SETTLER_ADDRESS: {
    default: null,
    meaning: 'Address of the settler that a newly deployed contract trusts.',
    readBy: ['deploy'],
    source: ours,
    parse: address,
  },
  TOKEN_ADDRESS: {
    default: null,
    meaning: 'Token that a newly deployed contract settles in; a test token is deployed where unset.',
    readBy: ['deploy'],
    source: ours,
    parse: address,
  },
  DEPLOYMENTS_DIR: {
    default: null,
    meaning: 'Folder of the records of deployments; `packages/contracts/deployments` where unset.',
    readBy: ['deploy'],
    source: ours,
    parse: text,
  },
  PLATFORM_FEE_PERCENT: {
    default: '5',
    meaning: 'The platform’s share of a chunk’s price in percent, frozen per task at its creation.',
    readBy: ['stack'],
    source: 'realtime-task-network',
    parse: percentAsBps,
  },
  LOG_LEVEL: {
    default: 'info',
    meaning: 'The least important lines that are logged: debug, info, warn or error.',
    readBy: ['stack', 'coordinator'],
    source: 'supabase-worker',
    parse: logLevel,
  },
  CHROMIUM_PATH: {
    default: '/usr/bin/chromium',
    meaning: 'The Chromium that tests drive.',
    readBy: ['tests'],
    source: ours,
    parse: text,
  },
  BENCH_ROUNDS: {
    default: '5',
    meaning: 'Rounds of a benchmark.',
    readBy: ['bench'],
    source: ours,
    parse: count,
  },
} as const satisfies { readonly [name: string]: Variable<unknown> }

export type VariableName = keyof typeof environmentTable
