/** What a site's owner sets. Basis points: 10000 is all of it. */
export interface SiteSettings {
  /** As visitors are told it. */
  readonly name: string
  /** Where the key works: `https://example.com`, without a path. */
  readonly origins: readonly string[]
  /** What visitors may run: names of built-in programs, and keys of reviewed ones. */
  readonly programs: readonly string[]
  /** The owner's part of what a visitor earns; the visitor has the rest. */
  readonly ownerBps: number
  /** The most of one core that a visitor can give, in percent. */
  readonly maxCpuPercent: number
  /** Visitors that the site has at most. */
  readonly maxVisitors: number
  readonly registrationsPerHour: number
}

/** A site as its owner sees it. */
export interface Site extends SiteSettings {
  readonly siteId: string
  /** Public: it stands in the pages that embed the worker. */
  readonly siteKey: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly revokedAt: string | null
  /** An operator's reason, where the site was stopped. */
  readonly suspendedReason: string | null
  readonly visitors: number
  /** Of them, computing or waiting for a job now. */
  readonly online: number
}

/** What a claim code stands for. */
export interface VisitorClaim {
  /** The site's name: its owner's text. */
  readonly site: string
  readonly origins: readonly string[]
  /** The visitor's own part so far, in the smallest unit. */
  readonly earned: bigint
  /** The visitor's part of each reward, in basis points. */
  readonly visitorBps: number
  /** Until when the code is good, ISO 8601; null once it was redeemed. */
  readonly expiresAt: string | null
  /** From when it is the wallet's, ISO 8601; null until a wallet is bound. */
  readonly availableAt: string | null
}
