import type { VisitorClaim } from '@oblivion/core'
import { fieldsOf } from './fieldsOf.ts'
import { readTexts } from './readSite.ts'

/** What a claim code stands for, as both of its functions answer it. */
export const readClaim = (call: string, answer: unknown): VisitorClaim => {
  const claim = fieldsOf(call, answer)
  return {
    site: claim.text('site'),
    origins: readTexts(call, claim, 'origins'),
    earned: claim.amount('earned'),
    visitorBps: claim.number('visitorBps'),
    expiresAt: claim.orNull('expiresAt', claim.text),
    availableAt: claim.orNull('availableAt', claim.text),
  }
}
