import type { Site } from '@oblivion/core'
import { type Fields, unexpected } from './fieldsOf.ts'

/** A list of texts in an answer. */
export const readTexts = (call: string, fields: Fields, name: string): string[] => {
  const list = fields.json(name)
  return Array.isArray(list) && list.every((text) => typeof text === 'string') ? list : unexpected(call, name)
}

/** A site as its owner's functions answer it. */
export const readSite = (call: string, fields: Fields): Site => ({
  siteId: fields.text('siteId'),
  siteKey: fields.text('siteKey'),
  name: fields.text('name'),
  origins: readTexts(call, fields, 'origins'),
  programs: readTexts(call, fields, 'programs'),
  ownerBps: fields.number('ownerBps'),
  maxCpuPercent: fields.number('maxCpuPercent'),
  maxVisitors: fields.number('maxVisitors'),
  registrationsPerHour: fields.number('registrationsPerHour'),
  createdAt: fields.text('createdAt'),
  revokedAt: fields.orNull('revokedAt', fields.text),
  suspendedReason: fields.orNull('suspendedReason', fields.text),
  visitors: fields.number('visitors'),
  online: fields.number('online'),
})
