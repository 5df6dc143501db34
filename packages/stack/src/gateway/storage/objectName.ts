import { StorageError } from './StorageError.ts'

export type ObjectName = { bucket: string; name: string }

/** The characters that Supabase Storage allows in a name. */
const allowed = /^[\w!\-.*'() &$@=;:+,?/]+$/

/**
 * Splits `bucket/folder/file` and refuses names that a file system or a URL could read as another place. The bytes lie
 * under their hash and never under this name, so this guards policies that compare folders.
 */
export const parseObjectName = (path: string): ObjectName => {
  const slash = path.indexOf('/')
  const bucket = slash < 0 ? path : path.slice(0, slash)
  const name = slash < 0 ? '' : path.slice(slash + 1)
  const parts = name.split('/')
  const odd = parts.some((part) => part === '' || part === '.' || part === '..')
  if (bucket === '' || !allowed.test(bucket) || !allowed.test(name) || odd || name.length > 1024) {
    throw new StorageError('400', 'InvalidKey', 'InvalidKey', `Invalid key: ${name}`)
  }
  return { bucket, name }
}
