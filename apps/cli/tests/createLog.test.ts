import { expect, test } from 'vitest'
import { createLog } from '../src/createLog.ts'

const written = (several: boolean): string[] => {
  const lines: string[] = []
  const log = createLog('info', { json: false, several, write: (line) => lines.push(line.slice(10)) })
  log.info({ worker: 'box-1', jobId: 'j' }, 'chunk 1 of “a\u001b[2J\nb” accepted after 1.0 s')
  log.warn({ worker: 'box-2' }, 'gone')
  log.info({ port: 1 }, 'health')
  log.debug({ worker: 'box-1' }, '50 %')
  return lines
}

test('RN-23: where several workers write, a line at a terminal says whose it is; a stranger’s title moves no cursor', () => {
  const accepted = 'chunk 1 of “a\\u001b[2J\\u000ab” accepted after 1.0 s\n'
  expect(written(true)).toEqual([`box-1: ${accepted}`, 'box-2: warn: gone\n', 'health\n'])
  expect(written(false)).toEqual([accepted, 'warn: gone\n', 'health\n'])
})
