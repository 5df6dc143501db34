import {
  address,
  addresses,
  adminToken,
  apiKey,
  count,
  flag,
  hash,
  hostNames,
  httpUrl,
  list,
  listenAddress,
  logLevel,
  percentAsBps,
  port,
  postgresUrl,
  privateKey,
  share,
  stripeSecretKey,
  stripeWebhookSecret,
  text,
  usdc,
} from './parsers.ts'
import type { Variable } from './Variable.ts'

const ours = 'ours'

/**
 * Every environment variable that a person may set, with its default and its meaning; the README's table is generated
 * from it. What the stack sets for its own child processes is not here: nobody else can set it.
 */
export const environmentTable = {
  NODE_ENV: {
    default: 'development',
    meaning:
      'With `production` nothing of the local stack runs, whose keys are published ones: neither `start` nor a worker with `--dev`.',
    readBy: ['stack', 'cli', 'python'],
    source: 'supabase-worker',
    parse: text,
  },
  OBLIVION_HOME: {
    default: null,
    meaning: 'Folder of the local stack: database, chain, secrets, logs; `.oblivion` in the repository where unset.',
    readBy: ['stack', 'cli', 'python'],
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
  EMBED_DEMO_PORT: {
    default: '5176',
    meaning: 'Port of the page on localhost that shows the worker embedded in another origin.',
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
  DATALAKE_FOLDER: {
    default: null,
    meaning:
      'Folder for the history of each day, `results-YYYY-MM-DD.ndjson`; the local stack keeps it in its data folder, elsewhere none is written where unset.',
    readBy: ['stack', 'coordinator'],
    source: 'distributed-job-processing',
    parse: text,
  },
  ADMIN_TOKEN: {
    default: null,
    meaning:
      'What an operator sends as `authorization: Bearer ...` to the coordinator’s doors that are for operators, 16 characters at least; they are shut where unset.',
    readBy: ['stack', 'coordinator'],
    source: 'distributed-job-processing',
    parse: adminToken,
  },
  HEARTBEAT_INTERVAL_MS: {
    default: '30000',
    meaning:
      'What a bot that is registered at the coordinator’s `/bots/register` is told of how often to beat, in milliseconds; a `browser`, whose lease bears no more, at most the server’s own 15 s.',
    readBy: ['stack', 'coordinator'],
    source: 'distributed-job-processing',
    parse: count,
  },
  BOT_DOWN_AFTER_MS: {
    default: '120000',
    meaning:
      'After how long without a sign of life `/bots` of the coordinator calls a bot `down`, in milliseconds; nothing else goes by it.',
    readBy: ['stack', 'coordinator'],
    source: 'distributed-job-processing',
    parse: count,
  },
  OBLIVION_ADMINS: {
    default: '',
    meaning:
      'Wallets that are operators and see the page `/admin`, separated by commas; the local stack names its own operator where unset.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: addresses,
  },
  COORDINATOR_PORT: {
    default: '3001',
    meaning: 'Port of the coordinator’s API.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: port,
  },
  COORDINATOR_ADDRESS: {
    default: '127.0.0.1',
    meaning:
      'IP address on which the coordinator’s API listens; `0.0.0.0` in a container, whose port its proxy alone reaches.',
    readBy: ['coordinator'],
    source: ours,
    parse: listenAddress,
  },
  ALLOWED_HOSTS: {
    default: '',
    meaning:
      'Host names under which the coordinator’s API is asked from outside, as its proxy passes them on, separated by commas; 127.0.0.1, localhost and [::1] always are. Any other `Host` is refused, so that no name which a stranger points at this machine reaches it.',
    readBy: ['coordinator'],
    source: ours,
    parse: hostNames,
  },
  RPC_URL: {
    default: null,
    meaning:
      'JSON-RPC endpoint of the chain; its chain id and genesis are checked at start. A Python node looks whether the contract is there.',
    readBy: ['coordinator', 'deploy', 'python'],
    source: 'fair-job-distribution',
    parse: httpUrl,
  },
  CONTRACT_ADDRESS: {
    default: null,
    meaning: 'Address of the settlement contract; where set, it has to be the one that the ledger settles with.',
    readBy: ['coordinator', 'python'],
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
    meaning: 'Key that sends charges and payouts and pays their gas; it can sign nothing that moves money.',
    readBy: ['coordinator'],
    source: ours,
    parse: privateKey,
  },
  RELAY_MAX_FEE_GWEI: {
    default: '500',
    meaning: 'The most that a unit of gas may cost, in gwei; while it costs more, charges and payouts wait.',
    readBy: ['coordinator'],
    source: ours,
    parse: count,
  },
  ALLOWED_ORIGINS: {
    default: '',
    meaning: 'Web origins that may read the coordinator’s API, separated by commas.',
    readBy: ['coordinator'],
    source: ours,
    parse: list,
  },
  STRIPE_SECRET_KEY: {
    default: null,
    meaning:
      'Secret key of a Stripe account; with it and STRIPE_WEBHOOK_SECRET customers may pay by card, without it the option is absent.',
    readBy: ['stack', 'coordinator'],
    source: 'realtime-task-network',
    parse: stripeSecretKey,
  },
  STRIPE_WEBHOOK_SECRET: {
    default: null,
    meaning: 'Signing secret of the webhook endpoint that Stripe calls, `/api/cards/webhook`.',
    readBy: ['stack', 'coordinator'],
    source: 'realtime-task-network',
    parse: stripeWebhookSecret,
  },
  STRIPE_API_URL: {
    default: 'https://api.stripe.com',
    meaning: 'Where Stripe’s API answers; another one only in tests.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: httpUrl,
  },
  CARD_MAX_USD: {
    default: '500',
    meaning: 'The most that one payment by card may be, in dollars.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: count,
  },
  CARD_PAYER_ADDRESS: {
    default: null,
    meaning:
      'Wallet whose escrow in the contract pays providers for card money once its dispute window has ended; where unset nobody is paid for it.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: address,
  },
  CARD_DISPUTE_WINDOW_DAYS: {
    default: '120',
    meaning: 'For how many days after a task was posted what it paid in card money waits for disputes.',
    readBy: ['stack', 'coordinator'],
    source: ours,
    parse: count,
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
  GUARDIAN_ADDRESS: {
    default: null,
    meaning: 'Address of the guardian of a newly deployed contract: pauses it for a time and revokes its settler.',
    readBy: ['deploy'],
    source: ours,
    parse: address,
  },
  ADMIN_ADDRESS: {
    default: null,
    meaning: 'Address of the admin of a newly deployed contract: tightens at once, loosens after the exit delay.',
    readBy: ['deploy'],
    source: ours,
    parse: address,
  },
  TREASURY_ADDRESS: {
    default: null,
    meaning: 'Where a newly deployed contract sends collected fees; the admin where unset.',
    readBy: ['deploy'],
    source: ours,
    parse: address,
  },
  GENESIS_HASH: {
    default: null,
    meaning: 'Hash of block 0 that RPC_URL must have; known for Polygon and Amoy, so needed for a private chain only.',
    readBy: ['deploy'],
    source: ours,
    parse: hash,
  },
  OBLIVION_ALLOW_POLYGON: {
    default: 'false',
    meaning:
      'The operator’s word that the contract may be deployed to Polygon (chain 137), where the token is real money.',
    readBy: ['deploy'],
    source: ours,
    parse: flag,
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
    meaning:
      'The platform’s share of a chunk’s price in percent, frozen per task at its creation; elsewhere than here `oblivion.set_fee_bps()` sets it.',
    readBy: ['stack'],
    source: 'realtime-task-network',
    parse: percentAsBps,
  },
  DEV_INITIAL_WALLET: {
    default: '1000',
    meaning: 'What each development customer of a new local chain has deposited, in USDC of that chain.',
    readBy: ['stack'],
    source: 'realtime-task-network',
    parse: usdc,
  },
  WALLET_SANDBOX_ENABLED: {
    default: 'false',
    meaning:
      'Play money, to try everything out without a deposit: on test networks alone, the coordinator refuses it elsewhere.',
    readBy: ['stack', 'coordinator'],
    source: 'realtime-task-network',
    parse: flag,
  },
  LOG_LEVEL: {
    default: 'info',
    meaning: 'The least important lines that are logged: debug, info, warn or error.',
    readBy: ['stack', 'coordinator', 'cli', 'python'],
    source: 'supabase-worker',
    parse: logLevel,
  },
  SUPABASE_URL: {
    default: null,
    alsoReadAs: ['NEXT_PUBLIC_SUPABASE_URL'],
    meaning:
      'The project that a worker works for; `NEXT_PUBLIC_SUPABASE_URL` where unset. A coordinator reads large results in it, and asks it whose session calls.',
    readBy: ['coordinator', 'cli', 'python'],
    source: 'fair-job-distribution',
    parse: httpUrl,
  },
  SUPABASE_KEY: {
    default: null,
    alsoReadAs: ['NEXT_PUBLIC_SUPABASE_ANON_KEY'],
    meaning: 'The project’s public key; `NEXT_PUBLIC_SUPABASE_ANON_KEY` where unset.',
    readBy: ['coordinator', 'cli', 'python'],
    source: 'fair-job-distribution',
    parse: text,
  },
  SUPABASE_SERVICE_ROLE_KEY: {
    default: null,
    meaning:
      'Not used, and a worker that finds it says so: it acts by its node’s key, and whoever has this one reads the whole project.',
    readBy: ['cli', 'python'],
    source: 'supabase-worker',
    parse: text,
  },
  OBLIVION_API_KEY: {
    default: null,
    meaning:
      'An API key of the wallet that posts tasks and reads results, made on the dApp’s Wallet page: `oblivion submit`, `watch`, `results` and `cancel` act by it.',
    readBy: ['cli'],
    source: ours,
    parse: apiKey,
  },
  PRIVATE_KEY: {
    default: null,
    meaning:
      'Key of the wallet that a worker earns for; it signs in and sends nothing. Not needed with a NODE_KEY, and not used by a Python node, which says so.',
    readBy: ['cli', 'python'],
    source: 'fair-job-distribution',
    parse: privateKey,
  },
  SIGN_IN_ORIGIN: {
    default: null,
    meaning: 'The dApp’s origin, for which the project takes sign-ins; needed with a PRIVATE_KEY.',
    readBy: ['cli'],
    source: ours,
    parse: httpUrl,
  },
  CHAIN_ID: {
    default: '137',
    meaning: 'The chain that the sign-in’s message names.',
    readBy: ['cli'],
    source: ours,
    parse: count,
  },
  NODE_ID: {
    default: null,
    meaning:
      'A node that is registered already, with its NODE_KEY: such a worker needs no wallet. `oblivion register` prints both; a Python worker takes several, separated by commas.',
    readBy: ['cli', 'python'],
    source: ours,
    parse: text,
  },
  NODE_KEY: {
    default: null,
    meaning: 'The key of NODE_ID, as `oblivion register` showed it once.',
    readBy: ['cli', 'python'],
    source: ours,
    parse: text,
  },
  HARDWARE_ID: {
    default: null,
    alsoReadAs: ['WORKER_ID', 'BOT_ID'],
    meaning:
      'The name under which a worker’s node is registered, `WORKER_ID` or `BOT_ID` where unset; started again under it, it gives back what it held. Without any `oblivion worker` takes its machine’s name with a number, the same after a restart, and a Python node with `--dev` one of its own.',
    readBy: ['cli', 'python'],
    source: 'fair-job-distribution',
    parse: text,
  },
  PRICE_PER_HOUR: {
    default: null,
    meaning:
      'What a worker’s node asks per hour, in USDC: the rate at which metered tasks pay it, and tasks that set a lower limit pass it by. The operator’s default where unset.',
    readBy: ['cli', 'python'],
    source: ours,
    parse: usdc,
  },
  CAPABILITIES: {
    default: '',
    meaning:
      'What a worker’s node can do, as names with commas between them: tasks that ask for one of them go to no other node. Its owner’s word, which nobody proves.',
    readBy: ['cli'],
    source: ours,
    parse: list,
  },
  MAX_CONCURRENT_JOBS: {
    default: '1',
    meaning: 'Jobs at once on each node of a worker, at most what the server allows the node.',
    readBy: ['cli'],
    source: 'supabase-worker',
    parse: count,
  },
  POLL_INTERVAL: {
    default: '1',
    meaning:
      'The shortest time between two polls of a worker, in milliseconds; it only lengthens what the server says.',
    readBy: ['cli', 'python'],
    source: 'realtime-task-network',
    parse: count,
  },
  ENABLE_HEALTH_CHECK: {
    default: 'false',
    meaning: 'Whether a worker answers `GET /health` on 127.0.0.1.',
    readBy: ['cli'],
    source: 'supabase-worker',
    parse: flag,
  },
  HEALTH_CHECK_PORT: {
    default: '3001',
    meaning: 'Port of a worker’s health endpoint; a free one where taken.',
    readBy: ['cli'],
    source: 'supabase-worker',
    parse: port,
  },
  CHROMIUM_PATH: {
    default: '/usr/bin/chromium',
    meaning: 'The Chromium that tests drive.',
    readBy: ['tests'],
    source: ours,
    parse: text,
  },
  FIREFOX_PATH: {
    default: '/usr/bin/firefox-esr',
    meaning: 'The Firefox that tests drive.',
    readBy: ['tests'],
    source: ours,
    parse: text,
  },
  PYTHON_PATH: {
    default: '/usr/bin/python3',
    meaning: 'The Python that tests drive, 3.9 or newer.',
    readBy: ['tests'],
    source: ours,
    parse: text,
  },
  PROCESSING_DURATION_MS: {
    default: '300000',
    meaning:
      'How long a simulated job takes, in milliseconds; load tests alone have such jobs (`pnpm bench:queue --only busy`).',
    readBy: ['bench'],
    source: 'distributed-job-processing',
    parse: count,
  },
  FAILURE_RATE: {
    default: '0.15',
    meaning: 'The share of simulated jobs that fail, by chance: 0 none, 1 all.',
    readBy: ['bench'],
    source: 'distributed-job-processing',
    parse: share,
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
