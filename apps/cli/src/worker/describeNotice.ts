import type { KeptNodeNotice } from '@oblivion/sdk/node'
import type { Description } from './logEvent.ts'

/** What is said of a node that starts with the key that it has. */
export const describeNotice = (notice: KeptNodeNotice): Description => {
  switch (notice.kind) {
    case 'offline':
      return { level: 'warn', sentence: 'the server cannot be reached; trying again by itself' }
    case 'held': {
      const seconds = Math.ceil(notice.waitMs / 1000)
      const sentence = `a process before this one left jobs; they are given back in ${seconds} s unless it is alive`
      return { level: 'info', sentence }
    }
    case 'shared':
      return {
        level: 'warn',
        sentence: 'another process works with this key; give each a node of its own: oblivion register -n',
      }
  }
}
