import type { SupabaseClient } from '@supabase/supabase-js'
import { expect } from 'vitest'
import { check } from './Check.ts'
import { alice, bob, type ClientBench } from './clientBench.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255])

type Drawer = { client: SupabaseClient; folder: string }

/** A signed-in user and the folder that the fixture's policies let it use. */
const drawerOf = async (bench: ClientBench, account = alice): Promise<Drawer> => {
  const client = await bench.wallet(account)
  return { client, folder: (await client.auth.getSession()).data.session?.user.id ?? '' }
}

const bytesOf = async (blob: Blob | null): Promise<Uint8Array> => new Uint8Array((await blob?.arrayBuffer()) ?? [])

/** Every check uses names of its own, so that their order means nothing. */
let counter = 0
const fresh = (folder: string): string => {
  counter += 1
  return `${folder}/file-${counter}.png`
}

export const storageChecks = [
  check('bytes go up and come down unchanged', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const path = fresh(folder)
    const { data, error } = await bucket.upload(path, png, { contentType: 'image/png' })
    expect(error).toBeNull()
    expect(data).toMatchObject({ path, fullPath: `check-private/${path}` })
    const down = await bucket.download(path)
    expect(await bytesOf(down.data)).toEqual(png)
    expect(down.data?.type).toBe('image/png')
  }),
  check('a Blob goes up as a form', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const path = fresh(folder)
    expect((await bucket.upload(path, new Blob(['{"a":1}'], { type: 'application/json' }))).error).toBeNull()
    const { data } = await bucket.download(path)
    expect({ type: data?.type, text: await data?.text() }).toEqual({ type: 'application/json', text: '{"a":1}' })
  }),
  check('an object is not overwritten', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const path = fresh(folder)
    await bucket.upload(path, png)
    const { error } = await bucket.upload(path, new Uint8Array([1]))
    expect(error).toMatchObject({ statusCode: '409', message: 'The resource already exists' })
    const upsert = await bucket.upload(path, new Uint8Array([1]), { upsert: true })
    expect(upsert.error).toMatchObject({ statusCode: '403' })
    expect(await bytesOf((await bucket.download(path)).data)).toEqual(png)
  }),
  check('the service key overwrites where it says so', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const path = fresh(folder)
    await client.storage.from('check-private').upload(path, png)
    const service = bench.service().storage.from('check-private')
    expect((await service.upload(path, new Uint8Array([7]), { upsert: true })).error).toBeNull()
    expect(await bytesOf((await service.download(path)).data)).toEqual(new Uint8Array([7]))
  }),
  check('policies decide who may upload and who may see', async (bench) => {
    const [mine, other] = [await drawerOf(bench), await drawerOf(bench, bob)]
    const path = fresh(mine.folder)
    expect((await mine.client.storage.from('check-private').upload(path, png)).error).toBeNull()
    const foreign = await mine.client.storage.from('check-private').upload(fresh(other.folder), png)
    expect(foreign.error).toMatchObject({ statusCode: '403' })
    const stranger = await bench.anon().storage.from('check-private').upload(fresh(mine.folder), png)
    expect(stranger.error).toMatchObject({ statusCode: '403' })
    expect((await other.client.storage.from('check-private').download(path)).error).toMatchObject({ statusCode: '404' })
    expect((await bench.anon().storage.from('check-private').download(path)).error).toMatchObject({ statusCode: '404' })
  }),
  check('a signed URL opens one object to whoever holds it, until it ends', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const [path, other] = [fresh(folder), fresh(folder)]
    await bucket.upload(path, png, { contentType: 'image/png' })
    await bucket.upload(other, png)
    const { data } = await bucket.createSignedUrl(path, 60)
    const url = data?.signedUrl ?? ''
    const answer = await fetch(url)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect((await fetch(url.replace(path, other))).status).toBe(400)
    expect((await fetch(url.slice(0, -2))).status).toBe(400)
    bench.advance(61_000)
    expect((await fetch(url)).status).toBe(400)
  }),
  check('nobody signs a URL for what it may not see', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const path = fresh(folder)
    await client.storage.from('check-private').upload(path, png)
    const other = await bench.wallet(bob)
    expect((await other.storage.from('check-private').createSignedUrl(path, 60)).error).toMatchObject({
      statusCode: '404',
    })
  }),
  check('a signed upload URL takes one object, once', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const path = fresh(folder)
    const signed = await client.storage.from('check-private').createSignedUploadUrl(path)
    expect(signed.error).toBeNull()
    const bucket = bench.anon().storage.from('check-private')
    const token = signed.data?.token ?? ''
    expect((await bucket.uploadToSignedUrl(fresh(folder), token, png)).error).toMatchObject({ statusCode: '400' })
    expect((await bucket.uploadToSignedUrl(path, token, png, { contentType: 'image/png' })).error).toBeNull()
    expect((await bucket.uploadToSignedUrl(path, token, png)).error).toMatchObject({ statusCode: '409' })
    expect(await bytesOf((await client.storage.from('check-private').download(path)).data)).toEqual(png)
  }),
  check('a URL that is signed for reading writes nothing, and the other way round', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const path = fresh(folder)
    const upload = (await bucket.createSignedUploadUrl(path, { upsert: true })).data
    await bucket.uploadToSignedUrl(path, upload?.token ?? '', png)
    const reading = new URL((await bucket.createSignedUrl(path, 60)).data?.signedUrl ?? '')
    const token = reading.searchParams.get('token') ?? ''
    const written = await bucket.uploadToSignedUrl(path, token, new Uint8Array([1]), { upsert: true })
    expect(written.error).toMatchObject({ statusCode: '400' })
    reading.searchParams.set('token', upload?.token ?? '')
    expect((await fetch(reading)).status).toBe(400)
    expect(await bytesOf((await bucket.download(path)).data)).toEqual(png)
  }),
  check('nobody signs an upload where it may not upload, and no upload happens by signing', async (bench) => {
    const [mine, other] = [await drawerOf(bench), await drawerOf(bench, bob)]
    const foreign = await mine.client.storage.from('check-private').createSignedUploadUrl(fresh(other.folder))
    expect(foreign.error).toMatchObject({ statusCode: '403' })
    const path = fresh(mine.folder)
    await mine.client.storage.from('check-private').createSignedUploadUrl(path)
    expect((await mine.client.storage.from('check-private').download(path)).error).toMatchObject({ statusCode: '404' })
  }),
  check('a public bucket is read by URL, a private one is not', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const path = fresh(folder)
    await client.storage.from('check-public').upload(path, png)
    await client.storage.from('check-private').upload(path, png)
    const open = await fetch(client.storage.from('check-public').getPublicUrl(path).data.publicUrl)
    expect(new Uint8Array(await open.arrayBuffer())).toEqual(png)
    const closed = await fetch(client.storage.from('check-private').getPublicUrl(path).data.publicUrl)
    expect(closed.status).toBe(400)
  }),
  check('a folder is listed as far as one may see it', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    for (const name of ['list/b.png', 'list/a.png', 'list/deep/c.png']) await bucket.upload(`${folder}/${name}`, png)
    const { data } = await bucket.list(`${folder}/list`)
    expect(data?.map((entry) => [entry.name, entry.id === null])).toEqual([
      ['deep', true],
      ['a.png', false],
      ['b.png', false],
    ])
    expect(data?.[1]?.metadata?.size).toBe(png.byteLength)
    const page = await bucket.list(`${folder}/list`, {
      limit: 1,
      sortBy: { column: 'name', order: 'desc' },
      search: '.png',
    })
    expect(page.data?.map((entry) => entry.name)).toEqual(['b.png'])
    expect((await (await bench.wallet(bob)).storage.from('check-private').list(`${folder}/list`)).data).toEqual([])
  }),
  check('objects are removed by who may remove them', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const bucket = client.storage.from('check-private')
    const [path, twin] = [fresh(folder), fresh(folder)]
    await bucket.upload(path, png)
    await bucket.upload(twin, png)
    const other = (await bench.wallet(bob)).storage.from('check-private')
    expect((await other.remove([path])).data).toEqual([])
    expect((await bucket.remove([path])).data).toMatchObject([{ name: path }])
    expect((await bucket.download(path)).error).toMatchObject({ statusCode: '404' })
    // The same content under another name is still there.
    expect(await bytesOf((await bucket.download(twin)).data)).toEqual(png)
  }),
  check('a bucket holds its size and its types', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const large = await client.storage.from('check-public').upload(fresh(folder), new Uint8Array(1001))
    expect(large.error).toMatchObject({ statusCode: '413' })
    const images = client.storage.from('check-images')
    const text = await images.upload(fresh(folder), 'text', { contentType: 'text/plain' })
    expect(text.error).toMatchObject({ statusCode: '415' })
    expect((await images.upload(fresh(folder), png, { contentType: 'image/png' })).error).toBeNull()
  }),
  check('a bucket that is not there is an error', async (bench) => {
    const { client, folder } = await drawerOf(bench)
    const { error } = await client.storage.from('check-nothing').upload(fresh(folder), png)
    expect(error).toMatchObject({ statusCode: '404', message: 'Bucket not found' })
  }),
]
