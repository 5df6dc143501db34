import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../run.ts'

type Report = { numPassedTests: number; numFailedTests: number }

/** Runs all projects of vitest, shows what it prints, and counts. What went red without a failed test counts as one. */
export async function runVitest(args: string[]): Promise<{ passed: number; failed: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-tests-'))
  const report = join(folder, 'report.json')
  try {
    const vitest = spawn(
      'node_modules/.bin/vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    const [code] = await once(vitest, 'close')
    const { numPassedTests, numFailedTests } = await readReport(report)
    return { passed: numPassedTests, failed: code === 0 ? 0 : Math.max(numFailedTests, 1) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readReport(file: string): Promise<Report> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? { numPassedTests: 0, numFailedTests: 1 } : JSON.parse(text)
}
