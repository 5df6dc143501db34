import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, run } from '../run.ts'

/** Compiles the Python worker with every warning an error. What is compiled goes to a folder that is gone afterwards. */
export async function checkPython(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'oblivion-python-'))
  try {
    return await run(
      process.env.PYTHON_PATH ?? '/usr/bin/python3',
      ['-W', 'error', '-m', 'compileall', '-q', '-f', 'apps/python-worker'],
      { PYTHONPYCACHEPREFIX: folder },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
