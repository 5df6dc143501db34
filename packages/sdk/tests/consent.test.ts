import { describe, expect, test } from 'vitest'
import { consentStore, isNewer, newConsent, standing } from '../src/frame/consent.ts'

// What stands of a visitor's answer, and until when: a yes for a day, a no for half a year, neither by another's words.

const HOUR = 3_600_000
const DAY = 24 * HOUR
const now = Date.parse('2026-11-29T12:00:00Z')
const site = {
  name: 'A site',
  origins: ['https://site.example'],
  programs: ['raytrace'],
  ownerBps: 4000,
  maxCpuPercent: 50,
  owner: '0x1234…5678',
}
const yes = newConsent(site, 'yes', 0.3, now)
const no = newConsent(site, 'no', 0.1, now)

describe('a yes', () => {
  test.each([
    ['at once', 0, 'yes'],
    ['after 23 hours', 23 * HOUR, 'yes'],
    ['a millisecond before its day is over', DAY - 1, 'yes'],
    ['after 24 hours', DAY, null],
    ['after a year', 365 * DAY, null],
    // The clock was set back: a day must not become longer by that.
    ['an hour before it was given', -HOUR, null],
  ])('%s', (_, later, stands) => expect(standing(yes, site, now + later)).toBe(stands))

  test('is for what was told: another name, split or program asks again; another cap does not', () => {
    for (const change of [{ name: 'B' }, { ownerBps: 4001 }, { programs: ['raytrace', 'sha256:ab'] }]) {
      expect(standing(yes, { ...site, ...change }, now)).toBeNull()
    }
    expect(standing(yes, { ...site, maxCpuPercent: 5, origins: [] }, now)).toBe('yes')
  })

  test('is for these words: another version of them asks again', () => {
    expect(standing({ ...yes, version: yes.version + 1 }, site, now)).toBeNull()
    expect(standing({ ...yes, version: yes.version - 1 }, site, now)).toBeNull()
  })

  test('of the future, or of longer than a day, was not written by us', () => {
    expect(standing({ ...yes, until: now + DAY + 1 }, site, now)).toBeNull()
    expect(standing({ ...yes, until: Number.POSITIVE_INFINITY }, site, now)).toBeNull()
    expect(standing({ ...yes, until: Number.NaN }, site, now)).toBeNull()
  })

  test('is newer than a stop before it, and not than one after it', () => {
    expect(isNewer(yes, now - 1)).toBe(true)
    expect(isNewer(yes, now)).toBe(false)
    expect(isNewer(no, now - 1)).toBe(false)
    expect(isNewer(null, now)).toBe(false)
  })
})

test('a no is remembered for half a year, whatever the words and terms are by then', () => {
  const others = { ...site, name: 'B', programs: [] }
  for (const later of [0, DAY, 179 * DAY]) {
    expect(standing(no, site, now + later)).toBe('no')
    expect(standing({ ...no, version: 99 }, others, now + later)).toBe('no')
  }
  expect(standing(no, site, now + 180 * DAY)).toBeNull()
  expect(standing(no, site, now - HOUR)).toBeNull()
})

describe('the store', () => {
  const memory = (): Storage => {
    const values = new Map<string, string>()
    return {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
      get length() {
        return values.size
      },
    } as Storage
  }
  /** A browser: what is local is shared by its tabs, and each tab has a session. */
  const browser = (lasting: boolean, localStorage = memory()) => ({
    localStorage,
    openTab: (sessionStorage = memory()) => {
      const storages = { localStorage, sessionStorage }
      return { sessionStorage, ...consentStore('obs_1', lasting, (kind) => storages[kind]) }
    },
  })

  test('keeps a yes for every tab where covers can be seen, else for the tab', () => {
    for (const lasting of [true, false]) {
      const { localStorage, openTab } = browser(lasting)
      const tab = openTab()
      expect(tab.read()).toBeNull()
      tab.write(yes)
      expect(tab.read()).toEqual(yes)
      expect(openTab().read()).toEqual(lasting ? yes : null)
      // The next page in the same tab.
      expect(openTab(tab.sessionStorage).read()).toEqual(yes)
      expect([localStorage.length, tab.sessionStorage.length]).toEqual(lasting ? [1, 0] : [0, 1])
    }
  })

  test('keeps a no for every tab, in place of a yes, and a yes in place of a no', () => {
    for (const lasting of [true, false]) {
      const { openTab } = browser(lasting)
      const [one, other] = [openTab(), openTab()]
      one.write(yes)
      one.write(no)
      expect([one.read(), other.read()]).toEqual([no, no])
      other.write(yes)
      expect(other.read()).toEqual(yes)
    }
  })

  test('forgets for every tab: what one has taken back no other still has', () => {
    const { openTab } = browser(true)
    const [one, other] = [openTab(), openTab()]
    one.write(yes)
    other.write({ ...yes, cpu: 0.1 })
    one.write(null)
    expect([one.read(), other.read()]).toEqual([null, null])
  })

  test('keeps the answer as long as the frame where storage is closed or full', () => {
    const closed = consentStore('obs_1', true, () => {
      throw new DOMException('closed', 'SecurityError')
    })
    const full = browser(true, {
      ...memory(),
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
    }).openTab()
    for (const store of [closed, full]) {
      store.write(yes)
      expect(store.read()).toEqual(yes)
      store.write(null)
      expect(store.read()).toBeNull()
    }
  })

  test.each([
    'null',
    '{',
    '"yes"',
    JSON.stringify({ ...yes, cpu: 2 }),
    JSON.stringify({ ...yes, cpu: 0 }),
    JSON.stringify({ ...yes, answer: 'maybe' }),
    JSON.stringify({ ...yes, until: 'always' }),
    JSON.stringify({ ...yes, terms: undefined }),
  ])('takes %s for no answer', (text) => {
    const { localStorage, openTab } = browser(true)
    localStorage.setItem('oblivion:consent:obs_1', text)
    expect(openTab().read()).toBeNull()
  })
})
