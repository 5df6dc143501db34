import type { TaskEstimate } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readEstimate = (estimate: Fields): TaskEstimate => ({
  cost: estimate.amount('cost'),
  fee: estimate.amount('fee'),
  reward: estimate.amount('reward'),
})
