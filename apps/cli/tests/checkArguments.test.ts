import type { ArgsDef } from 'citty'
import { describe, expect, test } from 'vitest'
import { checkArguments } from '../src/checkArguments.ts'
import { submitCommand } from '../src/customer/submitCommand.ts'
import { UsageError } from '../src/UsageError.ts'

const check = (...given: string[]) => checkArguments('submit', submitCommand.args as ArgsDef, given)

describe('a flag that takes a value', () => {
  test.each([
    [['t.json', '--title', '--estimate'], '--title'],
    [['t.json', '--title', '--no-watch'], '--title'],
    [['t.json', '--budget', '--mistyped', '--json'], '--budget'],
    [['t.json', '--capability', '-x'], '--capability'],
    [['t.json', '--title', '--', 'x'], '--title'],
    [['t.json', '--title'], '--title'],
  ])('does not take the flag behind it: %j', (given, flag) => {
    expect(() => check(...given)).toThrow(UsageError)
    expect(() => check(...given)).toThrow(`${flag} takes a value.`)
  })

  test('takes a number or a range below 0, a pipe, and what an equals sign gives it', () => {
    check('t.json', '--range', '-10:10', '--priority', '-5', '--inputs', '-', '--title=--estimate', '--title', '')
  })
})
