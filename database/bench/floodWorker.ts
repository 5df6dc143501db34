import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'

/** One function, called as anon, with a node key or without. */
export type Flood = { name: string; key: string | null; sql: string }

const { url, flood, callsPerSecond } = workerData as { url: string; flood: Flood; callsPerSecond: number }
const CONNECTIONS = 8

const clients = await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const headers = JSON.stringify(flood.key === null ? {} : { 'x-node-key': flood.key })
    await client.query(`select set_config('request.headers', $1, false), set_config('role', 'anon', false)`, [headers])
    return client
  }),
)

const idle = [...clients]
let sent = 0
let answered = 0
const from = performance.now()
const seconds = () => (performance.now() - from) / 1000
/** Sends what is due by whoever is free. What the server does not get through the rate tells that is reported. */
const send = (): void => {
  while (sent < seconds() * callsPerSecond) {
    const client = idle.pop()
    if (client === undefined) return
    sent += 1
    // A refusal is an answer too.
    const next = (): void => {
      answered += 1
      idle.push(client)
      send()
    }
    client.query(flood.sql).then(next, next)
  }
}
const timer = setInterval(send, 1)
parentPort?.once('message', async () => {
  clearInterval(timer)
  const rate = answered / seconds()
  sent = Number.POSITIVE_INFINITY
  await Promise.all(clients.map((client) => client.end()))
  parentPort?.postMessage(rate)
})
parentPort?.postMessage('ready')
