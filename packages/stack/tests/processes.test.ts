import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readVariable } from '@oblivion/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockHolder, takeLock } from '../src/home/lock.ts'
import { createProcessRecord, endLeftovers } from '../src/home/processes.ts'
import { loadSecrets } from '../src/home/secrets.ts'
import { asFitUser, dieWithParent } from '../src/process/boundCommand.ts'
import { decideRestart } from '../src/process/decideRestart.ts'
import { boundLog, logTail } from '../src/process/logFile.ts'
import { isAlive, ownIdentity, startTimeOf } from '../src/process/processIdentity.ts'
import { reservePort } from '../src/process/reservePort.ts'
import { choosePorts, type PortName } from '../src/supervisor/choosePorts.ts'
import { createShutdown } from '../src/supervisor/createShutdown.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oblivion-processes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that only waits, ended after the test. */
const sleeper = () => {
  const child = spawn('sleep', ['60'])
  const { pid } = child
  if (pid === undefined) throw new Error('no process')
  return { child, identity: { pid, startTime: startTimeOf(pid) ?? '' } }
}

describe('which process is meant', () => {
  test('a living one by number and start time, not one that merely has its number', async () => {
    const { child, identity } = sleeper()
    expect(isAlive(identity)).toBe(true)
    expect(isAlive({ ...identity, startTime: 'another' })).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(identity)).toBe(false)
  })

  test('leftovers are ended by what was written down; a stranger with the same number is not', async () => {
    const [ours, stranger] = [sleeper(), sleeper()]
    const file = join(folder, 'processes.json')
    const record = createProcessRecord(file)
    record.add({ ...ours.identity, name: 'gateway', signal: 'SIGTERM' })
    record.add({ ...stranger.identity, startTime: 'before the last boot', name: 'chain', signal: 'SIGINT' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const gone = once(ours.child, 'exit')
    expect(await endLeftovers(file)).toEqual(['gateway'])
    await gone
    expect(isAlive(stranger.identity)).toBe(true)
    stranger.child.kill('SIGKILL')
  })
})

describe('the lock', () => {
  test('refuses while its holder lives, in words that say what to do, and takes over when it is dead', async () => {
    const file = join(folder, 'lock')
    const { child, identity } = sleeper()
    writeFileSync(file, JSON.stringify(identity))
    expect(() => takeLock(file)).toThrow(`process ${identity.pid}`)
    try {
      takeLock(file)
    } catch (error) {
      expect(error).toMatchObject({ code: 'already_running', hint: expect.stringContaining('pnpm@12.21.0 stop') })
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    const release = takeLock(file)
    expect(lockHolder(file)).toEqual(ownIdentity())
    release()
    expect(existsSync(file)).toBe(false)
  })

  test.each(['', '{', '{"pid": 1}', JSON.stringify({ pid: 1, startTime: 'before the last boot' })])(
    'a lock file that says %j is nobody’s',
    (text) => {
      const file = join(folder, 'lock')
      writeFileSync(file, text)
      takeLock(file)()
      expect(existsSync(file)).toBe(false)
    },
  )
})

describe('restarts', () => {
  test('wait longer each time, give up after six deaths in a minute, and forget old ones', () => {
    expect([1, 2, 3, 4, 5].map((count) => decideRestart(Array.from({ length: count }, () => 1_000)))).toEqual([
      250, 500, 1_000, 2_000, 4_000,
    ])
    expect(decideRestart([0, 1, 2, 3, 4, 5])).toBeNull()
    expect(decideRestart([0, 1, 2, 3, 4, 70_000])).toBe(250)
  })
})

describe('a program that refuses root', () => {
  const command = { file: 'postgres', args: ['-D', '/data'] }
  const means = { unfit: true, standIn: 65_534, setpriv: true, userNamespace: true }

  test('runs as it is where we are fit, else through a user namespace, else as somebody with a name', () => {
    expect(asFitUser(command, { ...means, unfit: false })).toEqual(command)
    expect(asFitUser(command, means)).toEqual({
      file: 'unshare',
      args: ['-U', '--map-user=65534', '--map-group=65534', 'postgres', '-D', '/data'],
    })
    expect(asFitUser(command, { ...means, userNamespace: false })).toEqual({ ...command, uid: 65_534, gid: 65_534 })
  })

  test('is tied to its parent, unless the system has no means for it', () => {
    expect(dieWithParent(command, means).file).toBe('setpriv')
    expect(dieWithParent(command, { ...means, setpriv: false })).toEqual(command)
  })
})

describe('ports', () => {
  test('a taken one is replaced by a free one, also where only ::1 is taken', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const other = createServer().listen(0, host)
      await once(other, 'listening')
      const { port: taken } = other.address() as { port: number }
      const reserved = await reservePort(taken)
      expect(reserved.port).not.toBe(taken)
      await reserved.release()
      other.close()
    }
  })

  test('DJ-9: the API is wanted on 3001, the dApp on 5173; each is a setting, and a taken one is another', async () => {
    expect([readVariable({}, 'COORDINATOR_PORT'), readVariable({}, 'DAPP_PORT')]).toEqual([3001, 5173])
    const taken = await reservePort()
    const wanted = await reservePort()
    await wanted.release()
    const any = Object.fromEntries(
      ['BRIDGE', 'SANDBOX', 'EMBED_DEMO', 'GATEWAY', 'POSTGRES', 'CHAIN'].map((part) => [`${part}_PORT`, '0']),
    )
    const chosen = await choosePorts({ ...any, COORDINATOR_PORT: `${taken.port}`, DAPP_PORT: `${wanted.port}` })
    expect(chosen.ports.dapp).toBe(wanted.port)
    expect(chosen.ports.coordinator).not.toBe(taken.port)
    await chosen.release(...(Object.keys(chosen.ports) as PortName[]))
    await taken.release()
  })

  test('a reserved one is given to nobody else until it is released', async () => {
    const first = await reservePort()
    const second = await reservePort(first.port)
    expect(second.port).not.toBe(first.port)
    await first.release()
    const third = await reservePort(first.port)
    expect(third.port).toBe(first.port)
    await Promise.all([second.release(), third.release()])
  })
})

describe('files', () => {
  test('secrets are made once, differ between folders, and are their owner’s alone', () => {
    const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')]
    const made = loadSecrets(first)
    expect(loadSecrets(first)).toEqual(made)
    expect(statSync(first).mode & 0o777).toBe(0o600)
    const other = loadSecrets(second)
    const values = ({ jwtSecret, superuserPassword, passwords, keys }: typeof made) => [
      ...[jwtSecret, superuserPassword],
      ...[...Object.values(passwords), ...Object.values(keys)],
    ]
    expect(new Set([...values(made), ...values(other)]).size).toBe(values(made).length * 2)
  })

  test('a log beyond its bound is set aside, and what is written next is kept', () => {
    const file = join(folder, 'part.log')
    writeFileSync(file, 'old\n'.repeat(100))
    boundLog(file, 500)
    expect(statSync(file).size).toBe(400)
    boundLog(file, 300)
    expect(statSync(file).size).toBe(0)
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('old')
    writeFileSync(file, 'one\ntwo\nthree\n')
    expect(logTail(file, 2)).toBe('two\nthree')
    chmodSync(file, 0o600)
  })
})

describe('a shutdown', () => {
  test('runs in reverse, once, and to its end where a step fails', async () => {
    const shutdown = createShutdown()
    const done: string[] = []
    shutdown.add(() => void done.push('lock'))
    shutdown.add(() => {
      done.push('database')
      throw new Error('stuck')
    })
    shutdown.add(async () => void done.push('gateway'))
    await expect(Promise.all([shutdown.run(), shutdown.run()])).rejects.toThrow('stuck')
    expect(done).toEqual(['gateway', 'database', 'lock'])
  })
})
