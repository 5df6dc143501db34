import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { StackError } from '../src/StackError.ts'
import { drawBox } from '../src/terminal/box.ts'
import { describeError } from '../src/terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../src/terminal/style.ts'

const coloured = makeStyle(true)
const plain = makeStyle(false)

test('colours only in a terminal that wants them', () => {
  expect(wantsColours({ isTTY: true }, {})).toBe(true)
  expect(wantsColours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
  expect(wantsColours({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
  expect(wantsColours({}, {})).toBe(false)
  expect(plain.work('ready')).toBe('ready')
  expect(coloured.work('ready')).toBe('\u001b[32mready\u001b[0m')
})

test('the box lines up, coloured or not, and is plain lines without a terminal', () => {
  const lines = [{ label: 'dApp', text: 'http://localhost:5173', colour: coloured.link }, null, 'Stop with Ctrl-C']
  const box = drawBox('Oblivion', lines, true)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const widths = box.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').length)
  expect(new Set(widths).size).toBe(1)
  expect(drawBox('Oblivion', [{ label: 'dApp', text: 'http://localhost:5173' }], false)).toBe(
    'Oblivion\n\ndApp  http://localhost:5173',
  )
})

test('an error is its sentence and its advice; only what nobody foresaw shows its stack', () => {
  const known = new StackError('port_unavailable', 'No free port.', 'End other servers.')
  expect(describeError(known, plain)).toBe('No free port.\nEnd other servers.')
  expect(describeError(new Error('odd'), plain)).toContain('terminal.test.ts')
})

test('a command says what it does, refuses what it does not take, and until then touches nothing', () => {
  const home = mkdtempSync(join(tmpdir(), 'oblivion-flags-'))
  const secrets = join(home, 'secrets.json')
  writeFileSync(secrets, '{}')
  const run = (command: string, ...args: string[]) => {
    const file = fileURLToPath(new URL(`../src/commands/${command}.ts`, import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      ...{ env: { PATH: process.env.PATH ?? '', OBLIVION_HOME: home }, encoding: 'utf8' },
    })
    return [status, stdout + stderr]
  }
  try {
    expect(run('reset', '--help')).toEqual([0, expect.stringMatching(/^reset: throws away all local data/)])
    expect(run('reset', '--hlep')).toEqual([2, expect.stringMatching(/^Unknown option '--hlep'\.\nreset: throws away/)])
    expect(run('start', 'now')).toEqual([
      2,
      expect.stringMatching(/^It can do nothing with “now”\.\nstart \[--workers 0\] \[--json\]: /),
    ])
    expect(run('start', '--workers', '5')).toEqual([2, expect.stringMatching(/^--workers takes 0 to 4: /)])
    expect(run('logs', '-h')).toEqual([0, expect.stringContaining('coordinator')])
    expect(readFileSync(secrets, 'utf8')).toBe('{}')
    expect(run('reset')).toEqual([0, expect.stringContaining('gone')])
    expect(() => readFileSync(secrets)).toThrow('ENOENT')
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
