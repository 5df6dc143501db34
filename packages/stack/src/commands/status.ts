// Says what runs in this data folder; `--json` for machines.
import { readDevFile } from '../home/devFile.ts'
import { homePaths } from '../home/homePaths.ts'
import { lockHolder } from '../home/lock.ts'
import type { RecordedProcess } from '../home/processes.ts'
import { readSecretFile } from '../home/secretFile.ts'
import { isAlive } from '../process/processIdentity.ts'
import { partNames, workerNames } from '../supervisor/parts.ts'
import { drawBox } from '../terminal/box.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

const { values } = readFlags('status [--json]: says what runs in this data folder.', {
  json: { type: 'boolean', default: false },
})
const style = makeStyle(wantsColours(process.stdout, process.env))

await runCommand(style, async () => {
  const paths = homePaths(process.env)
  const holder = lockHolder(paths.lock)
  const dev = holder === null ? null : readDevFile(paths.dev)
  const recorded = readSecretFile<RecordedProcess[]>(paths.processes) ?? []
  // Of workers those that there are: none belong to a stack that was started without.
  const names = [...partNames, ...workerNames.filter((name) => recorded.some((entry) => entry.name === name))]
  const parts = names.map((name) => {
    const entry = recorded.find((candidate) => candidate.name === name)
    return { name, pid: entry !== undefined && isAlive(entry) ? entry.pid : null }
  })
  const state = holder === null ? 'not running' : dev === null ? 'starting or stopping' : 'ready'
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ state, home: paths.home, pid: holder?.pid ?? null, dappUrl: dev?.dappUrl ?? null, parts })}\n`,
    )
    return
  }
  const lines = [
    { label: 'Data', text: paths.home },
    ...(dev === null ? [] : [{ label: 'dApp', text: dev.dappUrl, colour: style.link }]),
    ...(holder === null ? [] : [{ label: 'supervisor', text: `process ${holder.pid}` }]),
    ...(holder === null && parts.every(({ pid }) => pid === null)
      ? []
      : parts.map(({ name, pid }) => ({
          label: name,
          text: pid === null ? 'not running' : `process ${pid}`,
          colour: pid === null ? style.fail : style.work,
        }))),
  ]
  process.stdout.write(`${drawBox(`Oblivion is ${state}.`, lines, process.stdout.isTTY === true)}\n`)
})
