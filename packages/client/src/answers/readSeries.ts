import type { NetworkSeries } from '@oblivion/core'
import { type Fields, unexpected } from './fieldsOf.ts'

type Values = readonly (number | null)[]

/**
 * @param path where `fields` lie in the answer, for the error
 * @throws {UnexpectedAnswerError} also where the lists are not equally long.
 */
export const readSeries = (call: string, fields: Fields, path: string): NetworkSeries => {
  const values = (name: string): Values => {
    const list = fields.json(name)
    if (!Array.isArray(list)) return unexpected(call, `${path}.${name}`)
    const wrong = list.findIndex((value) => value !== null && typeof value !== 'number')
    return wrong < 0 ? list : unexpected(call, `${path}.${name}[${wrong}]`)
  }
  const bucketSeconds = fields.number('bucketSeconds')
  const from = fields.text('from')
  const accepted = values('accepted')
  const alike = (name: string): Values => {
    const list = values(name)
    return list.length === accepted.length ? list : unexpected(call, `${path}.${name}`)
  }
  return {
    ...{ bucketSeconds, from, accepted },
    owners: alike('owners'),
    online: alike('online'),
    working: alike('working'),
    medianWaitSeconds: alike('medianWaitSeconds'),
  }
}
