import type pg from 'pg'
import { asCaller, type Caller, type RequestFacts } from '../database/asCaller.ts'
import { inTransaction } from '../database/inTransaction.ts'
import type { Blobs } from './Blobs.ts'
import { hashOf } from './Blobs.ts'
import type { ObjectName } from './objectName.ts'
import { noSuchBucket, noSuchObject, StorageError } from './StorageError.ts'

export type StorageServices = { callers: pg.Pool; admin: pg.Pool; blobs: Blobs }
export type Upload = { bytes: Uint8Array; contentType: string; cacheControl: string }
export type StoredObject = {
  id: string
  version: string
  metadata: { size: number; mimetype: string; cacheControl: string; eTag: string; lastModified: string }
}

type Bucket = { public: boolean; file_size_limit: string | null; allowed_mime_types: string[] | null }
type Who = { caller: Caller; facts: RequestFacts }

const objectColumns = 'id, version, metadata'

export const findBucket = async (admin: pg.Pool, bucket: string): Promise<Bucket> => {
  const { rows } = await admin.query<Bucket>(
    'select public, file_size_limit, allowed_mime_types from storage.buckets where id = $1',
    [bucket],
  )
  const [found] = rows
  if (found === undefined) throw noSuchBucket()
  return found
}

/** What a bucket says of a content, before anything is written. */
export const checkUpload = (bucket: Bucket, upload: Upload): void => {
  const limit = bucket.file_size_limit === null ? Number.POSITIVE_INFINITY : Number(bucket.file_size_limit)
  if (upload.bytes.byteLength > limit) {
    const message = 'The object exceeded the maximum allowed size'
    throw new StorageError('413', 'Payload too large', 'EntityTooLarge', message)
  }
  const type = upload.contentType.split(';')[0]?.trim() ?? ''
  const types = bucket.allowed_mime_types
  const fits = (wanted: string) => wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)))
  if (types !== null && !types.some(fits)) {
    throw new StorageError('415', 'invalid_mime_type', 'InvalidMimeType', `mime type ${type} is not supported`)
  }
}

/** Whether the caller may upload here: tried, and undone. */
export const checkMayUpload = async (
  { callers }: StorageServices,
  who: Who,
  { bucket, name }: ObjectName,
  upsert: boolean,
): Promise<void> => {
  await asCaller(callers, { ...who, readOnly: false }, async (client) => {
    await client.query('savepoint probe')
    await client.query(insertObject(upsert), [bucket, name, ownerOf(who.caller), null, {}])
    await client.query('rollback to savepoint probe')
  })
}

/** Stores an object as its caller: policies decide whether it may be made and, where it exists, replaced. */
export const storeAsCaller = (
  services: StorageServices,
  who: Who,
  place: ObjectName,
  upload: Upload,
  options: { upsert: boolean; now: Date },
): Promise<string> =>
  asCaller(services.callers, { ...who, readOnly: false }, (client) =>
    store(services, client, place, upload, { ...options, owner: ownerOf(who.caller) }),
  )

/** Stores an object for the holder of a signed upload URL, whose right was checked when it was signed. */
export const storeAsSigned = (
  services: StorageServices,
  place: ObjectName,
  upload: Upload,
  options: { upsert: boolean; owner: string | null; now: Date },
): Promise<string> => inTransaction(services.admin, (client) => store(services, client, place, upload, options))

const store = async (
  { blobs }: StorageServices,
  client: pg.PoolClient,
  { bucket, name }: ObjectName,
  upload: Upload,
  { upsert, owner, now }: { upsert: boolean; owner: string | null; now: Date },
): Promise<string> => {
  const hash = hashOf(upload.bytes)
  const metadata = {
    eTag: `"${hash}"`,
    size: upload.bytes.byteLength,
    mimetype: upload.contentType,
    cacheControl: upload.cacheControl,
    lastModified: now.toISOString(),
    contentLength: upload.bytes.byteLength,
    httpStatusCode: 200,
  }
  // Against a removal of the same content by somebody else: it looks for other objects under the same lock.
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [hash])
  const { rows } = await client.query<{ id: string }>(insertObject(upsert), [bucket, name, owner, hash, metadata])
  await blobs.put(upload.bytes, hash)
  return rows[0]?.id ?? ''
}

const insertObject = (upsert: boolean): string => `
  insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata)
  values ($1, $2, $3::uuid, $3::text, $4, $5)
  ${upsert ? updateExisting : ''}
  returning id`

const updateExisting = `
  on conflict (bucket_id, name) do update
  set owner = excluded.owner, owner_id = excluded.owner_id, version = excluded.version, metadata = excluded.metadata,
    updated_at = now()`

/** The object as the caller may see it; what it may not see does not exist for it. */
export const findAsCaller = ({ callers }: StorageServices, who: Who, place: ObjectName): Promise<StoredObject> =>
  asCaller(callers, { ...who, readOnly: true }, (client) => find(client, place))

export const find = async (db: pg.Pool | pg.PoolClient, { bucket, name }: ObjectName): Promise<StoredObject> => {
  const { rows } = await db.query<StoredObject>(
    `select ${objectColumns} from storage.objects where bucket_id = $1 and name = $2`,
    [bucket, name],
  )
  const [found] = rows
  if (found === undefined) throw noSuchObject()
  return found
}

/** Removes what the caller may remove of these names, and contents that nothing names any more. */
export const removeAsCaller = async (
  { callers, admin, blobs }: StorageServices,
  who: Who,
  bucket: string,
  names: readonly string[],
): Promise<object[]> => {
  const removed = await asCaller(callers, { ...who, readOnly: false }, async (client) => {
    const { rows } = await client.query<StoredObject>(
      `delete from storage.objects where bucket_id = $1 and name = any ($2)
       returning bucket_id, name, owner, owner_id, created_at, updated_at, last_accessed_at, ${objectColumns}`,
      [bucket, names],
    )
    return rows
  })
  for (const { version } of removed) {
    await inTransaction(admin, async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [version])
      const { rowCount } = await client.query('select from storage.objects where version = $1 limit 1', [version])
      if (rowCount === 0) await blobs.remove(version)
    })
  }
  return removed
}

export type Listing = {
  prefix: string
  limit: number
  offset: number
  sortBy: string
  descending: boolean
  search: string
}

/** Files and folders directly below a prefix, as far as the caller may see them. Folders have no id. */
export const listAsCaller = (
  { callers }: StorageServices,
  who: Who,
  bucket: string,
  { prefix, limit, offset, sortBy, descending, search }: Listing,
): Promise<object[]> =>
  asCaller(callers, { ...who, readOnly: true }, async (client) => {
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
    const { rows } = await client.query<object>(
      `with found as (
         select *, substr(name, char_length($2) + 1) as rest
         from storage.objects where bucket_id = $1 and starts_with(name, $2)
       ), entries as (
         select distinct split_part(rest, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at,
           null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
         from found where position('/' in rest) > 0
         union all
         select rest, id, updated_at, created_at, last_accessed_at, metadata from found where position('/' in rest) = 0
       )
       select name, id, updated_at, created_at, last_accessed_at, metadata
       from entries where position(lower($3) in lower(name)) > 0
       order by id is not null, ${sortColumn(sortBy)} ${descending ? 'desc' : 'asc'}, name limit $4 offset $5`,
      [bucket, folder, search, limit, offset],
    )
    return rows
  })

const sortColumns: ReadonlySet<string> = new Set(['name', 'updated_at', 'created_at', 'last_accessed_at'])

const sortColumn = (name: string): string => {
  if (sortColumns.has(name)) return name
  throw new StorageError('400', 'InvalidRequest', 'InvalidRequest', `Objects cannot be sorted by "${name}".`)
}

export const ownerOf = ({ claims }: Caller): string | null => (typeof claims.sub === 'string' ? claims.sub : null)
