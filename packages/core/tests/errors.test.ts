import { describe, expect, test } from 'vitest'
import { errorsPage } from '../errorsPage.ts'
import * as core from '../src/index.ts'

type ErrorClass = new (options?: core.OblivionErrorOptions) => core.OblivionError

const classes = Object.entries(core).flatMap(([name, value]: [string, unknown]): [string, ErrorClass][] =>
  typeof value === 'function' && value.prototype instanceof core.OblivionError ? [[name, value as ErrorClass]] : [],
)
const reasons: readonly core.Reason[] = Object.values(core.errorCatalogue)

describe('the catalogue', () => {
  test('files each reason under its own code, and no name twice', () => {
    for (const [code, reason] of Object.entries(core.errorCatalogue)) expect(reason.code).toBe(code)
    expect(new Set(reasons.map(({ name }) => name)).size).toBe(reasons.length)
  })

  test.each(reasons)(
    '$code $name says what happened and what to do, each in a sentence',
    ({ name, sentence, hint }) => {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(sentence).toMatch(/^[A-Z].*\.$/)
      expect(hint).toMatch(/^[A-Z].*\.$/)
      expect(`${sentence} ${hint}`).not.toMatch(/!|oops|something went wrong|\{/i)
    },
  )

  test('has exactly one class per reason, named after it', () => {
    const named = classes.map(([exported, ErrorClass]) => {
      const error = new ErrorClass()
      expect(error.name).toBe(exported)
      return [error.code, snakeCase(exported.replace(/Error$/, ''))]
    })
    expect(named.sort()).toEqual(reasons.map(({ code, name }) => [code, name]).sort())
  })
})

describe('OblivionError', () => {
  test('shows the reason, hints, links, and keeps values and cause', () => {
    const cause = new Error('socket hang up')
    const error = new core.CallTimeoutError({ values: { call: 'work_cycle', milliseconds: 15_000 }, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toBe('OB102')
    expect(error.shortMessage).toBe('The server did not answer in time.')
    expect(error.message).toBe(`${error.shortMessage} ${error.hint} [OB102 {"call":"work_cycle","milliseconds":15000}]`)
    expect(error.values.milliseconds).toBe(15_000)
    expect(error.cause).toBe(cause)
  })

  test('has no cause and names no facts where none were given', () => {
    expect(new core.NotSignedInError({ message: 'No.' }).message).toBe('No. [OB001]')
    expect(Object.hasOwn(new core.NotSignedInError(), 'cause')).toBe(false)
  })

  test('a frame that did not load is named in its hint, where its origin is known', () => {
    const { hint } = new core.BridgeBlockedError({ values: { url: 'https://bridge.example' } })
    expect(hint).toMatch(/^Allow frames and scripts of https:\/\/bridge\.example: /)
    expect(new core.BridgeBlockedError().hint).toBe(core.errorCatalogue.OB202.hint)
    expect(new core.BridgeBlockedError({ values: { url: 'https://b.example' }, hint: 'Other.' }).hint).toBe('Other.')
  })

  test.each(reasons)('$code links to its own heading in docs/errors.md', ({ code }) => {
    const error = new core.OblivionError({ code })
    const anchor = error.docsPath.replace(/^docs\/errors\.md#/, '')
    const headings = [...errorsPage().matchAll(/^### (\S+)$/gm)].map(([, heading]) => heading?.toLowerCase())
    expect(headings.filter((heading) => heading === anchor)).toHaveLength(1)
  })
})

describe('errorFromCode', () => {
  test.each(reasons.filter(({ code }) => code.startsWith('OB0')))('$code becomes its class', ({ code }) => {
    const error = core.errorFromCode(code, { message: 'A sentence.', hint: 'A hint.', values: {} })
    expect(error).toMatchObject({ code, shortMessage: 'A sentence.', hint: 'A hint.' })
    expect(error?.name).toBe(classes.find(([, ErrorClass]) => new ErrorClass().code === code)?.[0])
  })

  test.each(['OB101', 'P0001', '42501', '', 'toString', '__proto__'])('%j is no code of the server', (code) => {
    expect(core.errorFromCode(code)).toBeNull()
  })
})

const snakeCase = (name: string): string => name.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase()
