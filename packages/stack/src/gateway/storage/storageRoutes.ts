import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { ReadToken } from '../auth/readToken.ts'
import { type Caller, callerOf, type RequestFacts, trustedHeaders } from '../database/asCaller.ts'
import { asRecord } from '../http/asRecord.ts'
import { bodyLimits, limitBody } from '../http/limitBody.ts'
import { parseObjectName } from './objectName.ts'
import {
  checkMayUpload,
  checkUpload,
  find,
  findAsCaller,
  findBucket,
  listAsCaller,
  ownerOf,
  removeAsCaller,
  type StorageServices,
  type StoredObject,
  storeAsCaller,
  storeAsSigned,
} from './objects.ts'
import { readUpload } from './readUpload.ts'
import { noSuchObject, StorageError, storageErrorFrom } from './StorageError.ts'
import { type UrlSigner, uploadSeconds } from './signedUrls.ts'

type Dependencies = {
  services: StorageServices
  signer: UrlSigner
  readToken: ReadToken
  requireApiKey: MiddlewareHandler
  now: () => Date
}

/** The storage door: upload, download, list, remove and signed URLs, as Supabase Storage speaks them. */
export const storageRoutes = ({ services, signer, readToken, requireApiKey, now }: Dependencies): Hono => {
  const app = new Hono()
  // A form adds its boundaries to the file.
  app.use(limitBody(bodyLimits.storage + 64 * 1024))
  app.onError((error, c) => respondError(c, error))

  const who = async (c: Context): Promise<{ caller: Caller; facts: RequestFacts }> => ({
    caller: await callerOf(c.req.header('authorization'), readToken),
    facts: { method: c.req.method, path: pathOf(c, ''), headers: trustedHeaders(c.req.raw.headers) },
  })
  const send = (c: Context, { version, metadata }: StoredObject): Response => {
    c.header('Content-Type', metadata.mimetype)
    c.header('Content-Length', String(metadata.size))
    c.header('Cache-Control', metadata.cacheControl)
    c.header('ETag', metadata.eTag)
    c.header('Last-Modified', new Date(metadata.lastModified).toUTCString())
    // Strangers' bytes on our origin: they must not run as a page of it.
    c.header('Content-Security-Policy', "default-src 'none'; sandbox")
    c.header('X-Content-Type-Options', 'nosniff')
    const download = c.req.query('download')
    if (download !== undefined) c.header('Content-Disposition', disposition(download))
    return c.body(services.blobs.read(version))
  }

  // These two need no key: the bucket is public, or the URL is signed.
  app.get('/object/public/*', async (c) => {
    const place = parseObjectName(pathOf(c, '/object/public/'))
    if (!(await findBucket(services.admin, place.bucket)).public) throw noSuchObject()
    return send(c, await find(services.admin, place))
  })
  app.get('/object/sign/*', async (c) => {
    const place = parseObjectName(pathOf(c, '/object/sign/'))
    await signer.check(c.req.query('token') ?? '', place, 'download')
    return send(c, await find(services.admin, place))
  })
  app.put('/object/upload/sign/*', async (c) => {
    const place = parseObjectName(pathOf(c, '/object/upload/sign/'))
    const { upsert, owner } = await signer.check(c.req.query('token') ?? '', place, 'upload')
    const upload = await readUpload(c)
    checkUpload(await findBucket(services.admin, place.bucket), upload)
    await storeAsSigned(services, place, upload, { upsert, owner, now: now() })
    return c.json({ Key: `${place.bucket}/${place.name}` })
  })

  app.use(requireApiKey)

  app.post('/object/upload/sign/*', async (c) => {
    const place = parseObjectName(pathOf(c, '/object/upload/sign/'))
    const caller = await who(c)
    const upsert = c.req.header('x-upsert') === 'true'
    await findBucket(services.admin, place.bucket)
    await checkMayUpload(services, caller, place, upsert)
    const grant = { purpose: 'upload', upsert, owner: ownerOf(caller.caller) } as const
    const token = await signer.sign(place, grant, uploadSeconds)
    return c.json({ url: `/object/upload/sign/${encodePath(place)}?token=${token}`, token })
  })
  app.post('/object/sign/*', async (c) => {
    const place = parseObjectName(pathOf(c, '/object/sign/'))
    const { expiresIn, transform } = asRecord(await c.req.json())
    if (typeof expiresIn !== 'number' || !Number.isInteger(expiresIn) || expiresIn < 1 || transform !== undefined) {
      const message = 'expiresIn is a whole number of seconds; transformations are not supported.'
      throw new StorageError('400', 'InvalidRequest', 'InvalidRequest', message)
    }
    await findAsCaller(services, await who(c), place)
    const token = await signer.sign(place, { purpose: 'download' }, expiresIn)
    return c.json({ signedURL: `/object/sign/${encodePath(place)}?token=${token}` })
  })
  app.post('/object/list/:bucket', async (c) => {
    const { prefix, limit, offset, sortBy, search } = asRecord(await c.req.json())
    const { column, order } = asRecord(sortBy)
    const listing = {
      prefix: typeof prefix === 'string' ? prefix : '',
      limit: Math.min(countOf(limit, 100), 1000),
      offset: countOf(offset, 0),
      sortBy: typeof column === 'string' ? column : 'name',
      descending: order === 'desc',
      search: typeof search === 'string' ? search : '',
    }
    return c.json(await listAsCaller(services, await who(c), c.req.param('bucket'), listing))
  })

  const upload = (upsertAlways: boolean) => async (c: Context) => {
    const place = parseObjectName(pathOf(c, '/object/'))
    const caller = await who(c)
    const upsert = upsertAlways || c.req.header('x-upsert') === 'true'
    const bucket = await findBucket(services.admin, place.bucket)
    const content = await readUpload(c)
    checkUpload(bucket, content)
    const id = await storeAsCaller(services, caller, place, content, { upsert, now: now() })
    return c.json({ Id: id, Key: `${place.bucket}/${place.name}` })
  }
  const download = (prefix: string) => async (c: Context) =>
    send(c, await findAsCaller(services, await who(c), parseObjectName(pathOf(c, prefix))))

  app.get('/object/authenticated/*', download('/object/authenticated/'))
  app.on(['POST', 'PUT'], reserved, notSupported)
  app.on('GET', ['/object/info/*', '/object/list-v2/*'], notSupported)
  app.post('/object/*', upload(false))
  app.put('/object/*', upload(true))
  app.get('/object/*', download('/object/'))
  app.delete('/object/:bucket', async (c) => {
    const { prefixes } = asRecord(await c.req.json())
    const names = (Array.isArray(prefixes) ? prefixes : []).filter((name) => typeof name === 'string')
    return c.json(await removeAsCaller(services, await who(c), c.req.param('bucket'), names))
  })
  app.all('*', notSupported)
  return app
}

/** Paths of Supabase Storage that would otherwise be taken for a bucket's name. */
const reserved = ['/object/move', '/object/copy', '/object/list-v2/*', '/object/info/*']

const notSupported = (c: Context): Response => {
  const message = `The local stack does not support ${c.req.method} ${c.req.path}.`
  return c.json({ statusCode: '501', error: 'NotImplemented', code: 'NotImplemented', message }, 501)
}

/** What follows the prefix, decoded once. */
const pathOf = (c: Context, prefix: string): string => {
  const path = new URL(c.req.url).pathname.slice(base.length)
  try {
    return decodeURIComponent(path.slice(prefix.length))
  } catch (cause) {
    throw new StorageError('400', 'InvalidKey', 'InvalidKey', 'Invalid key', cause)
  }
}

const base = '/storage/v1'

const encodePath = ({ bucket, name }: { bucket: string; name: string }): string => `${bucket}/${name}`

const countOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise

const disposition = (name: string): string =>
  name === '' ? 'attachment' : `attachment; filename*=UTF-8''${encodeURIComponent(name)}`

const respondError = (c: Context, error: Error): Response => {
  const known = error instanceof SyntaxError ? invalidJson(error) : storageErrorFrom(error)
  if (known !== null) {
    const { statusCode, error: name, code, message } = known
    return c.json({ statusCode, error: name, code, message }, 400)
  }
  console.error(`gateway: the storage door failed: ${error.message}`)
  return c.json({ statusCode: '500', error: 'Internal', code: 'InternalError', message: 'Internal Server Error' }, 500)
}

const invalidJson = (cause: SyntaxError): StorageError =>
  new StorageError('400', 'InvalidRequest', 'InvalidRequest', 'The body is not JSON.', cause)
