/** `read`: tasks, results and money of its wallet. `tasks`: post tasks, and pause, resume and cancel those that it posted. */
export type ApiKeyScope = 'read' | 'tasks'

/** What an API key is made with: with the scope `tasks` it has a spending limit, without it none. */
export type ApiKeyDraft = {
  /** What its wallet calls it, 1 to 80 characters. */
  readonly name: string
  /** ISO 8601 with its zone; never where absent. */
  readonly expiresAt?: string
} & (
  | { readonly scopes: readonly ['read']; readonly spendingLimit?: never }
  | {
      readonly scopes: readonly ApiKeyScope[]
      /** The most that its tasks ever hold and spend in all, in the smallest unit of any money. */
      readonly spendingLimit: bigint
    }
)

/** An API key as its wallet sees it: not the key itself. */
export interface ApiKey {
  readonly keyId: string
  readonly name: string
  /** The first characters of the key. */
  readonly beginning: string
  readonly scopes: readonly ApiKeyScope[]
  /** In the smallest unit; null without the scope `tasks`. */
  readonly spendingLimit: bigint | null
  /** What its tasks hold or have spent; what came back to its wallet counts no more. */
  readonly used: bigint
  /** How many of its tasks run or are paused. */
  readonly openTasks: number
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601, to five minutes; null where never. */
  readonly lastUsedAt: string | null
  /** ISO 8601; null: never. */
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  readonly state: 'valid' | 'expired' | 'revoked'
}

/** A new API key, with the key itself: it is shown this once. */
export interface CreatedApiKey extends ApiKey {
  readonly key: string
}
