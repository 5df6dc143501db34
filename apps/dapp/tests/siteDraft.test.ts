import type { Site } from '@oblivion/core'
import { expect, test } from 'vitest'
import { changesOf, emptySite, formOf, originsOf, planSite } from '../src/features/embed/siteDraft.ts'

const site: Site = {
  name: 'A blog',
  origins: ['https://blog.example', 'https://www.blog.example'],
  programs: ['raytrace'],
  ownerBps: 3333,
  maxCpuPercent: 30,
  maxVisitors: 200,
  registrationsPerHour: 20,
  siteId: 'site',
  siteKey: 'obs_key',
  createdAt: '2026-11-30T00:00:00Z',
  revokedAt: null,
  suspendedReason: null,
  visitors: 0,
  online: 0,
}
const good = { ...emptySite, name: 'A blog', origins: 'blog.example' }

test('a form says the site that it was made of, and nothing changes by that', () => {
  const { settings, problems } = planSite(formOf(site))
  expect(problems).toEqual({})
  expect(settings && changesOf(site, settings)).toEqual({})
})

test('of a site only what differs is sent; a list means the same in any order', () => {
  const form = { ...formOf(site), ownerBps: '40', origins: 'https://www.blog.example, https://blog.example' }
  const { settings } = planSite(form)
  expect(settings && changesOf(site, settings)).toEqual({ ownerBps: 4000 })
})

test.each([
  ['blog.example/about', 'https://blog.example'],
  ['https://Blog.Example:443/', 'https://blog.example'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['localhost:3000', 'http://localhost:3000'],
  ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080'],
])('the address %s is the origin %s', (text, origin) => {
  expect(originsOf(text)).toEqual([origin])
  expect(planSite({ ...good, origins: text }).settings?.origins).toEqual([origin])
})

test('one address twice is one', () => {
  expect(planSite({ ...good, origins: 'blog.example\nhttps://blog.example/a\n\n' }).settings?.origins).toEqual([
    'https://blog.example',
  ])
})

test.each([
  ['name', ' '],
  ['origins', ''],
  ['origins', 'blog.example\nnot an address'],
  ['origins', 'http://blog.example'],
  ['origins', 'ftp://blog.example'],
  ['origins', 'https://[::1]'],
  ['origins', Array.from({ length: 21 }, (_, at) => `s${at}.example`).join('\n')],
  ['programs', ''],
  ['programs', 'raytrce'],
  ['programs', 'sha256:abc'],
  ['ownerBps', '100.01'],
  ['ownerBps', '33.333'],
  ['ownerBps', '-1'],
  ['maxCpuPercent', '4'],
  ['maxCpuPercent', '50.5'],
  ['maxVisitors', '0'],
  ['registrationsPerHour', '100001'],
] as const)('%s %j is said to be wrong, and nothing else is', (field, text) => {
  const { settings, problems } = planSite({ ...good, [field]: text })
  expect(settings).toBeNull()
  expect(Object.keys(problems)).toEqual([field])
})

test('a program that the site has is no mistake of whoever changes another field', () => {
  const older = { ...formOf(site), programs: 'of_old' }
  expect(planSite(older).problems.programs).toContain('of_old')
  expect(planSite(older, ['of_old']).problems).toEqual({})
})
