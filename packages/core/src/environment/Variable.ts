/** Who reads a variable. */
export type VariableReader = 'stack' | 'coordinator' | 'cli' | 'python' | 'deploy' | 'tests' | 'bench'

/** One row of the table: `parse` throws a plain sentence, which `readVariable` turns into a typed error. */
export interface Variable<T> {
  /** The value where the variable is unset or empty, as text; null where there is none. */
  readonly default: string | null
  /** Names of other projects for the same, read in this order where its own is unset. */
  readonly alsoReadAs?: readonly string[]
  /** What it means here, with its unit. */
  readonly meaning: string
  readonly readBy: readonly VariableReader[]
  /** `ours`, or the source document whose name we keep. */
  readonly source:
    | 'ours'
    | 'fair-job-distribution'
    | 'distributed-job-processing'
    | 'realtime-task-network'
    | 'supabase-worker'
  readonly parse: (text: string) => T
}
