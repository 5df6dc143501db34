import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { hostname, networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '@oblivion/core'

/**
 * So many hardware ids of this machine, its name with the lowest numbers that no other worker here has for the same owner,
 * until the process ends: a restart finds its own nodes again, and a second worker ends no key of the first.
 *
 * @param owner Whose nodes they are, and where: names of other owners are others.
 */
export const takeNames = async (count: number, owner: string): Promise<readonly string[]> => {
  const names: string[] = []
  for (let number = 1; names.length < count; number += 1) {
    const name = `${machineName()}-${number}`
    if (await take(placeOf(sha256Hex(`${owner} ${name}`).slice(0, 32)))) names.push(name)
  }
  return names
}

/** This machine's name, and what tells it from others of that name, which would end each other's keys for ever. */
export const machineName = (): string => {
  let id: string
  try {
    id = readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    id = ''
  }
  const cards = Object.values(networkInterfaces()).flatMap((card = []) => card.filter(({ internal }) => !internal))
  const mark = id || cards.map(({ mac }) => mac).sort()[0] || ''
  return `${hostname()}-${sha256Hex(mark).slice(0, 6)}`
}

/** Where a name is held: Linux and Windows free such a place with its process, elsewhere its file outlasts it. */
const placeOf = (name: string): string => {
  if (process.platform === 'linux') return `\0oblivion-${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\oblivion-${name}` : join(tmpdir(), `oblivion-${name}`)
}

/** Whether this process holds the place now; where it cannot be known that another does, it is as if none did. */
export const take = async (place: string): Promise<boolean> => {
  if (await listen(place)) return true
  if (!place.startsWith('/') || (await isHeld(place))) return false
  // Where it is another user's it stays, and its name is passed over.
  await rm(place, { force: true }).catch(() => {})
  return listen(place)
}

const listen = (place: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref()
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
    server.listen(place, () => resolve(true))
  })

const isHeld = (place: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(place, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.unref()
  })
