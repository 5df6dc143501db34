import type { Program } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readProgram = (fields: Fields): Program => {
  const kind = fields.oneOf('kind', ['builtin', 'js', 'wasm'])
  if (kind === 'builtin') return { kind, name: fields.text('name') }
  const stored = { hash: fields.text('hash'), reviewed: fields.orNull('reviewed', fields.flag) ?? false }
  return kind === 'js' ? { kind, ...stored } : { kind, ...stored, maxMemoryMiB: fields.number('maxMemoryMiB') }
}
