import type { ApiKey } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'
import { readNames } from './readNames.ts'

/** An API key as its wallet's functions answer it. */
export const readApiKey = (fields: Fields): ApiKey => ({
  keyId: fields.text('keyId'),
  name: fields.text('name'),
  beginning: fields.text('beginning'),
  scopes: readNames(fields, 'scopes', ['read', 'tasks'] as const),
  spendingLimit: fields.orNull('spendingLimit', fields.amount),
  used: fields.amount('used'),
  openTasks: fields.number('openTasks'),
  createdAt: fields.text('createdAt'),
  lastUsedAt: fields.orNull('lastUsedAt', fields.text),
  expiresAt: fields.orNull('expiresAt', fields.text),
  revokedAt: fields.orNull('revokedAt', fields.text),
  state: fields.oneOf('state', ['valid', 'expired', 'revoked']),
})
