import type { Context } from 'hono'
import type { Upload } from './objects.ts'
import { StorageError } from './StorageError.ts'

/** The content of an upload: a form with one file (what browsers send for a Blob), or the bare body. */
export const readUpload = async (c: Context): Promise<Upload> => {
  const contentType = c.req.header('content-type') ?? 'application/octet-stream'
  if (!contentType.startsWith('multipart/form-data')) {
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    return { bytes, contentType, cacheControl: c.req.header('cache-control') ?? 'no-cache' }
  }
  const form = await c.req.formData()
  const files = [...form.values()].filter((value) => typeof value !== 'string')
  const [file] = files
  if (file === undefined || files.length > 1) {
    throw new StorageError('400', 'InvalidRequest', 'InvalidRequest', 'A form uploads one file.')
  }
  const cacheControl = form.get('cacheControl')
  return {
    bytes: new Uint8Array(await file.arrayBuffer()),
    contentType: file.type === '' ? 'application/octet-stream' : file.type,
    cacheControl: typeof cacheControl === 'string' ? `max-age=${cacheControl}` : 'no-cache',
  }
}
