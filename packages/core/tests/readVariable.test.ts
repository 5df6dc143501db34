import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  type Environment,
  environmentTable,
  readVariable,
  requireVariable,
  VariableInvalidError,
  VariableMissingError,
  type VariableName,
} from '../src/index.ts'

const names = Object.keys(environmentTable) as VariableName[]

describe('the table', () => {
  test.each(names)('%s has a meaning, a reader, and a default that it would accept itself', (name) => {
    const row = environmentTable[name]
    expect(name).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    expect(row.meaning).toMatch(/^[A-Z].*\.$/)
    expect(row.readBy.length).toBeGreaterThan(0)
    if (row.default !== null) expect(() => row.parse(row.default)).not.toThrow()
    const others: readonly string[] = 'alsoReadAs' in row ? row.alsoReadAs : []
    for (const other of others) {
      expect(names).not.toContain(other)
      expect(row.meaning).toContain(`\`${other}\``)
    }
  })
})

describe('readVariable', () => {
  test.each(['', '  ', undefined])('takes the default where the value is %j', (given) => {
    expect(readVariable({ GATEWAY_PORT: given }, 'GATEWAY_PORT')).toBe(54_321)
  })

  test('takes another project’s name for it where its own is unset, and names that one where it is wrong', () => {
    const project = { SUPABASE_URL: ' ', NEXT_PUBLIC_SUPABASE_URL: 'http://a', NEXT_PUBLIC_SUPABASE_ANON_KEY: 'k' }
    expect(readVariable(project, 'SUPABASE_URL')).toBe('http://a')
    expect(readVariable({ ...project, SUPABASE_URL: 'http://b' }, 'SUPABASE_URL')).toBe('http://b')
    expect(readVariable(project, 'SUPABASE_KEY')).toBe('k')
    expect(caught(() => readVariable({ NEXT_PUBLIC_SUPABASE_URL: 'a' }, 'SUPABASE_URL'))).toMatchObject({
      values: { variable: 'NEXT_PUBLIC_SUPABASE_URL' },
    })
    expect(readVariable({ BOT_ID: 'my-bot-3' }, 'HARDWARE_ID')).toBe('my-bot-3')
    expect(readVariable({ BOT_ID: 'my-bot-3', WORKER_ID: 'w' }, 'HARDWARE_ID')).toBe('w')
  })

  test('is null where there is neither a value nor a default, and says so in its type', () => {
    expect(readVariable({}, 'DATABASE_URL')).toBeNull()
    expectTypeOf(readVariable({}, 'DATABASE_URL')).toEqualTypeOf<string | null>()
    expectTypeOf(readVariable({}, 'GATEWAY_PORT')).toEqualTypeOf<number>()
    expectTypeOf(requireVariable<'DATABASE_URL'>).returns.toEqualTypeOf<string>()
  })

  test.each<[VariableName, string, unknown]>([
    ['GATEWAY_PORT', '0', 0],
    ['GATEWAY_PORT', ' 65535 ', 65_535],
    ['OBLIVION_ALLOW_REMOTE_DATABASE', 'true', true],
    ['OBLIVION_ALLOW_REMOTE_DATABASE', '0', false],
    ['RPC_URL', 'http://127.0.0.1:8545/', 'http://127.0.0.1:8545'],
    [
      'DATABASE_URL',
      'postgresql://postgres:p%40ss@127.0.0.1:5432/db',
      'postgresql://postgres:p%40ss@127.0.0.1:5432/db',
    ],
    ['CONTRACT_ADDRESS', `0x${'Ab'.repeat(20)}`, `0x${'ab'.repeat(20)}`],
    ['PLATFORM_FEE_PERCENT', '2.5', 250],
    ['PLATFORM_FEE_PERCENT', '0.01', 1],
    ['PLATFORM_FEE_PERCENT', '100', 10_000],
    ['SETTLER_PRIVATE_KEY', `0x${'aB'.repeat(32)}`, `0x${'aB'.repeat(32)}`],
    ['OBLIVION_API_KEY', `obk_${'0a'.repeat(32)}`, `obk_${'0a'.repeat(32)}`],
    ['ALLOWED_ORIGINS', '', []],
    ['ALLOWED_ORIGINS', 'http://a:1, http://b,', ['http://a:1', 'http://b']],
    ['BENCH_ROUNDS', '12', 12],
    ['FAILURE_RATE', '.5', 0.5],
    ['FAILURE_RATE', '1', 1],
    ['PRICE_PER_HOUR', '0.25', 250_000n],
    ['PRICE_PER_HOUR', '0', 0n],
    ['LOG_LEVEL', 'debug', 'debug'],
    ['OBLIVION_HOME', '/tmp/a b', '/tmp/a b'],
  ])('reads %s=%s', (name, given, value) => {
    expect(readVariable({ [name]: given }, name)).toEqual(value)
  })

  test.each<[VariableName, string]>([
    ['GATEWAY_PORT', '65536'],
    ['GATEWAY_PORT', '-1'],
    ['GATEWAY_PORT', '80.5'],
    ['GATEWAY_PORT', 'http'],
    ['OBLIVION_ALLOW_REMOTE_DATABASE', 'yes'],
    ['RPC_URL', 'localhost:8545'],
    ['RPC_URL', 'ftp://x'],
    ['DATABASE_URL', 'mysql://x'],
    ['CONTRACT_ADDRESS', '0x12'],
    ['PLATFORM_FEE_PERCENT', '100.01'],
    ['PLATFORM_FEE_PERCENT', '2.555'],
    ['PLATFORM_FEE_PERCENT', '10 %'],
    ['LOG_LEVEL', 'verbose'],
    ['SETTLER_PRIVATE_KEY', `0x${'ab'.repeat(31)}`],
    ['SETTLER_PRIVATE_KEY', 'ab'.repeat(32)],
    ['BENCH_ROUNDS', '0'],
    ['FAILURE_RATE', '1.1'],
    ['FAILURE_RATE', '15 %'],
    ['OBLIVION_API_KEY', 'obk_1234…'],
    ['OBLIVION_API_KEY', `obk_${'0A'.repeat(32)}`],
  ])('refuses %s=%s, naming the variable and not the value', (name, given) => {
    const error = caught(() => readVariable({ [name]: given }, name))
    expect(error).toBeInstanceOf(VariableInvalidError)
    expect(error).toMatchObject({ code: 'OB112', values: { variable: name } })
    expect((error as Error).message).toContain(name)
    expect((error as VariableInvalidError).values.reason).not.toContain(given)
  })
})

describe('requireVariable', () => {
  test('names what is missing and what it is for', () => {
    const environment: Environment = { RPC_URL: '' }
    const error = caught(() => requireVariable(environment, 'RPC_URL'))
    expect(error).toBeInstanceOf(VariableMissingError)
    expect(error).toMatchObject({ code: 'OB113', values: { variable: 'RPC_URL' } })
    expect((error as VariableMissingError).hint).toContain('JSON-RPC')
  })

  test('gives what is there', () => {
    expect(requireVariable({ RPC_URL: 'https://rpc.example/v1' }, 'RPC_URL')).toBe('https://rpc.example/v1')
  })
})

const caught = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
