import type { Program } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readProgram = (fields: Fields): Program => ({
  kind: fields.oneOf('kind', ['builtin']),
  name: fields.text('name'),
})
