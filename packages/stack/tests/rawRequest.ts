import { connect } from 'node:net'

export type RawAnswer = { status: number; head: string; body: string }

/**
 * One HTTP request written byte for byte: `fetch` and `node:http` tidy paths up and set Host themselves, an attacker
 * does not.
 */
export const rawRequest = (options: {
  port: number
  path: string
  host: string
  method?: string
  headers?: Record<string, string>
  address?: string
}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { port, path, host, method = 'GET', headers = {}, address = '127.0.0.1' } = options
    const socket = connect(port, address)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.once('error', reject)
    socket.once('close', () => {
      const [head = '', body = ''] = [text.split('\r\n\r\n', 1)[0], text.slice(text.indexOf('\r\n\r\n') + 4)]
      resolve({ status: Number(head.split(' ')[1] ?? 0), head, body })
    })
    const lines = Object.entries({ host, connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  })
