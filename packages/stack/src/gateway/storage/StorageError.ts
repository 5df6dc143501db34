import { DatabaseError } from 'pg'
import { TokenError } from '../auth/readToken.ts'

/** An answer of the storage door that is an error. Its HTTP status is 400 whatever it is about, as on Supabase. */
export class StorageError extends Error {
  readonly statusCode: string
  readonly error: string
  readonly code: string
  constructor(statusCode: string, error: string, code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StorageError'
    this.statusCode = statusCode
    this.error = error
    this.code = code
  }
}

export const noSuchObject = (): StorageError => new StorageError('404', 'not_found', 'NoSuchKey', 'Object not found')

export const noSuchBucket = (): StorageError =>
  new StorageError('404', 'Bucket not found', 'NoSuchBucket', 'Bucket not found')

/** Turns what went wrong into the storage door's answer; null is this server's own fault. */
export const storageErrorFrom = (error: unknown): StorageError | null => {
  if (error instanceof StorageError) return error
  if (error instanceof TokenError) {
    return new StorageError('403', 'Unauthorized', 'AccessDenied', error.message, error)
  }
  if (!(error instanceof DatabaseError)) return null
  if (error.code === '42501') {
    return new StorageError('403', 'Unauthorized', 'AccessDenied', 'new row violates row-level security policy', error)
  }
  if (error.code === '23505') {
    return new StorageError('409', 'Duplicate', 'KeyAlreadyExists', 'The resource already exists', error)
  }
  // A role that does not exist or that nobody may become.
  if (error.code === '22023') return new StorageError('403', 'Unauthorized', 'AccessDenied', error.message, error)
  return null
}
