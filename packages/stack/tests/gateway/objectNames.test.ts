import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parseObjectName } from '../../src/gateway/storage/objectName.ts'
import { type ClientBench, startClientBench } from '../client-checks/clientBench.ts'
import { rawRequest } from '../rawRequest.ts'

let bench: ClientBench
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oblivion-names-'))
  bench = await startClientBench(inject('cluster'), { storageFolder: join(folder, 'storage') })
})
afterAll(async () => {
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
})

const hostile = [
  ...['..', '../a', 'a/../b', 'a/..', './a', 'a/./b', '/a', 'a//b', 'a/', 'a\\..\\b', 'a\0b', 'a\nb', ''],
  ...['a%b', 'C:\\a', `${'x'.repeat(1025)}`, 'a/\u202eb', '<script>', '"a"', '`a`', '~{a}', 'a|b', '#a'],
]

test.each(hostile)('the name %j is refused', (name) => {
  expect(() => parseObjectName(`bucket/${name}`)).toThrow('Invalid key')
})

test.each(['a', 'a/b.png', 'results/0123abcd', "it's (1) &$@=;:+,!.txt", 'a..b', '...a'])(
  'the name %j is taken',
  (name) => {
    expect(parseObjectName(`bucket/${name}`)).toEqual({ bucket: 'bucket', name })
  },
)

test('no path reaches outside, however it is written', async () => {
  const port = Number(new URL(bench.url).port)
  const paths = ['../../a', '..%2f..%2fa', '%2e%2e/%2e%2e/a', 'x/%2e%2e%2f%2e%2e%2fa', '..%5c..%5ca', '%00', '%']
  for (const path of paths) {
    const answer = await rawRequest({
      ...{ port, host: `127.0.0.1:${port}`, method: 'POST', path: `/storage/v1/object/check-private/${path}` },
      headers: { apikey: bench.serviceKey, authorization: `Bearer ${bench.serviceKey}`, 'content-length': '0' },
    })
    expect([path, [400, 403, 404, 501].includes(answer.status)]).toEqual([path, true])
  }
  expect(await bench.database.query('select name from storage.objects')).toEqual([])
})

test('one content lies on disk once, and goes with the last object that names it', async () => {
  const bucket = bench.service().storage.from('check-private')
  const blobs = () =>
    readdirSync(join(folder, 'storage'), { recursive: true }).filter((name) => /[0-9a-f]{64}/.test(String(name)))
  await Promise.all(['a', 'b', 'c'].map((name) => bucket.upload(`same/${name}`, 'one content')))
  expect(blobs()).toHaveLength(1)
  await bucket.remove(['same/a', 'same/b'])
  expect(blobs()).toHaveLength(1)
  await bucket.remove(['same/c'])
  expect(blobs()).toHaveLength(0)
})
