import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'

/** One function, called as anon, with a node key or without. */
export type Flood = { name: string; key: string | null; sql: string }

const { url, flood, callsPerSecond } = workerData as { url: string; flood: Flood; callsPerSecond: number }
const CONNECTIONS = 4

const clients = await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const headers = JSON.stringify(flood.key === null ? {} : { 'x-node-key': flood.key })
    await client.query(`select set_config('request.headers', $1, false), set_config('role', 'anon', false)`, [headers])
    return client
  }),
)

let sent = 0
let answered = 0
const from = performance.now()
const timer = setInterval(() => {
  const due = ((performance.now() - from) / 1000) * callsPerSecond
  // What the server does not get through is not piled up: the rate that is reported says so.
  while (sent < due && sent - answered < CONNECTIONS * 25) {
    clients[sent % CONNECTIONS]?.query(flood.sql).then(count, count)
    sent += 1
  }
}, 2)
/** A refusal is an answer too. */
const count = (): void => {
  answered += 1
}
parentPort?.once('message', async () => {
  clearInterval(timer)
  const rate = answered / ((performance.now() - from) / 1000)
  await Promise.all(clients.map((client) => client.end()))
  parentPort?.postMessage(rate)
})
parentPort?.postMessage('ready')
