import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyHouse, type House } from './copyHouse.ts'

let house: House
beforeAll(() => {
  house = copyHouse()
})
afterAll(() => house.remove())

const file = 'packages/core/tests/planted.test.ts'
const program = `
  const { runVitest } = await import('./tools/test/runVitest.ts')
  console.log(JSON.stringify(await runVitest(['${file}'])))`

test.each([
  [
    'a passing and a failing test',
    "test('good', () => {})\ntest('bad', () => expect(1).toBe(2))",
    { passed: 1, failed: 1 },
  ],
  ['a file that cannot be loaded', "test('good', () => {})\nthrow new Error('planted')", { passed: 0, failed: 1 }],
  [
    'a passing test that leaves a rejection behind',
    "test('good', () => void Promise.reject(1))",
    { passed: 1, failed: 1 },
  ],
  ['passing tests', "test('good', () => {})", { passed: 1, failed: 0 }],
])('the last line of `pnpm test` counts %s', async (_, tests, counted) => {
  const text = `import { expect, test } from 'vitest'\nexpect(1).toBe(1)\n${tests}\n`
  const { output } = await house.node(['--input-type=module', '--eval', program], { [file]: () => text })
  expect(output).toContain(JSON.stringify(counted))
})
