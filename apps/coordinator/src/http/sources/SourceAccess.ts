import type { Configuration } from '../../configuration/readConfiguration.ts'
import type { HealthReport } from '../../health/healthReport.ts'
import type { Logger } from '../../log/createLogger.ts'
import type { Project } from '../../wallet/createWallets.ts'

/** What the doors of the sources need; each call is made in the database as whoever calls. */
export type SourceAccess = {
  readonly project: Project
  readonly log: Logger
  /** How deep the queue is, a moment old. */
  readonly queue: () => HealthReport['queue']
  /** What an operator says; null shuts the doors that are for operators. */
  readonly adminToken: string | null
  readonly bots: Configuration['bots']
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** All nodes with their ids, for an operator. */
  readonly listNodes: () => Promise<unknown>
  /** Ends a node's key and gives its jobs back, by the operator's word. */
  readonly removeNode: (nodeId: string) => Promise<unknown>
}
