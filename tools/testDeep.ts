/**
 * `pnpm test:deep`: at its whole size what `pnpm test` runs shortened. A single run, of another size perhaps, is a line
 * below: RACE_JOBS=50000 pnpm exec vitest run --project database database/tests/racesAtScale.test.ts
 */
import { run } from './run.ts'
import { ensureSystem } from './test/ensureSystem.ts'

/** What makes a file run whole. */
const whole: readonly { readonly project: string; readonly file: string; readonly size: Record<string, string> }[] = [
  { project: 'database', file: 'database/tests/racesAtScale.test.ts', size: { RACE_JOBS: '20000', RACE_PAUSED: '20' } },
  { project: 'database', file: 'database/tests/exitRace.test.ts', size: { EXIT_SCHEDULES: '10000' } },
  { project: 'database', file: 'database/tests/fairness.test.ts', size: { FAIR_OWNERS: '50', FAIR_JOBS_EACH: '16' } },
  { project: 'database', file: 'database/tests/crashes.test.ts', size: { CRASH_RUNS: '20', CRASH_ROUNDS: '300' } },
  { project: 'database', file: 'database/tests/liveness.test.ts', size: { LIVENESS_WORLDS: '1000' } },
  // Some 20 minutes: histories of 1,650 happenings, one after the other, each with its seed.
  { project: 'database', file: 'database/tests/ledger-histories.test.ts', size: { LEDGER_EVENTS: '1000000' } },
  // The rounding of fees, chunk by chunk (M7).
  { project: 'database', file: 'database/tests/ledger.test.ts', size: { FEE_CHUNKS: '1000000' } },
  { project: 'database', file: 'database/tests/ledger-mutants.test.ts', size: { ALL_LEDGER_MUTANTS: '1' } },
  { project: 'database', file: 'database/tests/canonical-json.test.ts', size: { JSON_DOCUMENTS: '100000' } },
  // Registrations on one site key, some 1 ms each.
  { project: 'database', file: 'database/tests/flood.test.ts', size: { FLOOD_REGISTRATIONS: '1000000' } },
  { project: 'database', file: 'database/tests/task-tallies.test.ts', size: { TALLY_CHUNKS: '1000000' } },
  // That each bench runs and prints its figures; and that the steps of `check` that take long find what is wrong.
  { project: 'database', file: 'database/tests/bench.test.ts', size: { BENCH: 'quick' } },
  { project: 'house', file: 'tests/planted/check.test.ts', size: { PLANTED: 'all' } },
  { project: 'stack', file: 'packages/stack/tests/kills/kills.test.ts', size: { KILL_ROUNDS: '100' } },
  // Rescue by the very extension, which waits for the next full minute.
  { project: 'database', file: 'database/tests/rescue.test.ts', size: { PG_CRON: 'real' } },
  // 10,000 fuzz runs, invariants over 1,000 x 128 actions, every mutant of the contract, and its branch coverage, at least 95 %.
  {
    project: 'contracts',
    file: 'packages/contracts/tests/solidity.test.ts',
    size: { FOUNDRY_PROFILE: 'deep', ALL_MUTANTS: '1', BRANCHES: '1' },
  },
  // The coordinator killed, with a reorganisation of each depth from 1 to 64 blocks.
  { project: 'coordinator', file: 'apps/coordinator/tests/drill.test.ts', size: { DRILL_ROUNDS: '64' } },
  // A picture of 16 paths a pixel, and the lease of a killed tab runs out by itself.
  { project: 'e2e', file: 'tests/e2e/spine.test.ts', size: { LEASE: '1' } },
  // What axe-core finds in the dark, in every state of the pages.
  { project: 'pages', file: 'apps/dapp/browser/pages.test.ts', size: { ALL_THEMES: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/rpc.test.ts', size: { RPC_FAULTS: '10000' } },
  { project: 'sdk', file: 'packages/sdk/tests/embed.test.ts', size: { COVERS: '99' } },
  { project: 'sdk', file: 'packages/sdk/tests/guest.test.ts', size: { COVERS: '99' } },
  { project: 'sdk', file: 'packages/sdk/tests/embedFirefox.test.ts', size: { COVERS: '99' } },
  { project: 'sdk', file: 'packages/sdk/tests/isolation.test.ts', size: { ALL_PLACES: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/bombs.test.ts', size: { ALL_BOMBS: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/hosts.test.ts', size: { ALL_HOSTS: '1', PROMISES: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/consentCost.test.ts', size: { ALL_BROWSERS: '1', PROMISES: '1' } },
  // Promises in seconds, which a machine that others use too cannot be held to.
  { project: 'sdk', file: 'packages/sdk/tests/worker.test.ts', size: { PROMISES: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/stack.test.ts', size: { PROMISES: '1' } },
  { project: 'sdk', file: 'packages/sdk/tests/pace.test.ts', size: { PROMISES: '1' } },
  // The leases of a killed tab and of a sleeping device run out by themselves, beside tabs that give theirs back.
  { project: 'sdk', file: 'packages/sdk/tests/leaseEnd.test.ts', size: { LEASE: '1' } },
  {
    project: 'sdk',
    file: 'packages/sdk/tests/lifeCycle.test.ts',
    size: { HIDDEN_SECONDS: '600', TAB_CLOSES: '100', LEADER_KILLS: '200' },
  },
  { project: 'sdk', file: 'packages/sdk/tests/bfcache.test.ts', size: { NAVIGATIONS: '100' } },
]

const missing = await ensureSystem([
  { debianPackage: 'postgresql-15-cron', file: '/usr/lib/postgresql/15/lib/pg_cron.so' },
])
if (missing !== null) {
  console.error(missing)
  process.exit(1)
}

for (const { project, file, size } of whole) {
  const { ok, output } = await run('vitest', ['run', '--project', project, file], size)
  process.stdout.write(output)
  if (!ok) process.exitCode = 1
}
