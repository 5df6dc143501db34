/** Why a node gets no job: a closed set, in the order in which a claim looks. */
export type ClaimReason =
  | 'not_online'
  | 'node_full'
  /** Its owner is new and holds its one job already. */
  | 'owner_on_probation'
  /** Its owner failed, released or lost too much of late; `values.until`. */
  | 'budget_spent'
  /** As many of its owner's results lie in Storage as may, and nobody has read them yet; `values.unread`. */
  | 'results_unread'
  | 'no_pending_jobs'
  | 'own_tasks_only'
  /** A site's visitor: none of what waits is on its site's list; `values.allowed`. */
  | 'program_not_allowed'
  | 'other_worker_type'
  | 'missing_capability'
  | 'price_too_high'
  | 'buckets_full'
  /** What waits failed before and is given out again at `values.until`. */
  | 'not_due_yet'
  | 'offered_to_others'
  /** Its owner holds or did another replica of every chunk that waits. */
  | 'has_replica'
  /** Its owner had each of them before, and others are online who may take them. */
  | 'tried_before'
  /** Others have had less of scarce work and go first until `values.until`. */
  | 'yielding'
  /** Nothing stands in the way of its next call. */
  | 'job_waiting'

/** The answer to `explain_claim`. */
export interface ClaimExplanation {
  readonly reason: ClaimReason
  /** The reason in a sentence for people. */
  readonly sentence: string
  /** What belongs to the reason; times are ISO 8601, money is a decimal string. */
  readonly values: Readonly<Record<string, unknown>>
}
