import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an `authorization` header says ADMIN_TOKEN, looked at in a time that tells nothing of where two words differ. */
export const isOperator = (authorization: string | undefined, adminToken: string): boolean =>
  timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${adminToken}`))

const digest = (word: string): Buffer => createHash('sha256').update(word).digest()
