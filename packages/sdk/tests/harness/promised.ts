/**
 * The limit of a promise in time, in ms: what is promised under `pnpm test:deep` (PROMISES=1), which has the machine to
 * itself. Otherwise a guard that only ends what hangs, since a busy machine takes its own time.
 */
export const promised = (ms: number, guard: number): number => (process.env.PROMISES === undefined ? guard : ms)
