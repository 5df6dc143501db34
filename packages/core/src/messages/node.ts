/** What kind of runtime a node claims to be. A claim: it gives no trust. */
export type WorkerType = 'browser' | 'server' | 'python'

export interface NodeSettings {
  /** Time between two heartbeats while a job is held, in seconds. */
  readonly heartbeatSeconds: number
  /** How many jobs the node may hold at once. */
  readonly maxJobs: number
  /** The largest input and result of a chunk, in bytes of JSON text. */
  readonly maxInlineBytes: number
}

/** The answer to `register_node`. */
export interface Registration {
  readonly nodeId: string
  /** The node's own key, for the header `x-node-key`: shown this once. Registering again ends it and gives a new one. */
  readonly nodeSecret: string
  readonly settings: NodeSettings
}

/** The answer to `resume_node`. */
export interface Resumption {
  readonly settings: NodeSettings
  /**
   * 0: nothing is held that was not given back. Otherwise another process may be alive with the same key, and this is when
   * to ask again, in milliseconds; where it is not 0 then either, one is.
   */
  readonly waitMs: number
}

/** A node as its wallet sees it. */
export interface OwnNode {
  readonly nodeId: string
  /** What tells this runtime from the wallet's others: its own text. */
  readonly hardwareId: string
  readonly workerType: WorkerType
  readonly online: boolean
  readonly currentJobs: number
  readonly completedJobs: number
  /** False once its key was revoked: until it registers again, it acts by its wallet's session alone. */
  readonly hasKey: boolean
  /** Its last sign of life, ISO 8601. */
  readonly lastSeenAt: string
  /** ISO 8601. */
  readonly registeredAt: string
}

export interface HeartbeatAnswer {
  /** The new end of the lease, ISO 8601; null where no job was named or the attempt no longer stands. */
  readonly leaseExpiresAt: string | null
  /** True: stop computing this job now and report nothing, it is not wanted any more. */
  readonly cancel: boolean
}
