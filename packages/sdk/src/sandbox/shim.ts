// The script of sandbox.html, inlined there. The frame has an opaque origin and no network; its one link is a port to the
// bridge. It starts one throwaway thread a job, measures what comes back, and keeps floods to itself.
import { lockDownDocument } from './lockDownDocument.ts'
import type { FromJob, FromSandbox, ToSandbox } from './messages.ts'

/** `jobThread.ts` as text, written in at build time. */
declare const OBLIVION_JOB_THREAD: string

// Held here, since nothing of it is found any more.
const embedder = parent
const threadUrl = URL.createObjectURL(new Blob([OBLIVION_JOB_THREAD], { type: 'text/javascript' }))

const serve = (port: MessagePort): void => {
  const send = (message: FromSandbox): void => port.postMessage(message)
  // Of a flood of reports only the latest is kept; the bridge asks for it when it wants it.
  let pulse = { progress: 0, rested: 0 }
  let checkpoint: string | null = null
  let paceId = 0
  let thread: Worker | null = null

  const run = ({ type: _, id, maxLength, ...order }: ToSandbox & { type: 'run' }): void => {
    thread?.terminate()
    pulse = { progress: 0, rested: 0 }
    checkpoint = null
    const own = new Worker(threadUrl)
    thread = own
    const finish = (message: FromSandbox): void => {
      if (thread !== own) return
      thread = null
      own.terminate()
      send(message)
    }
    own.onmessage = ({ data }: MessageEvent<FromJob>) => {
      // Our own lines in front of the program say this; it has no way to speak.
      if ('progress' in data) pulse = data
      else if ('checkpoint' in data) checkpoint = data.checkpoint
      else if ('paced' in data) send({ type: 'paced', id: paceId })
      else if ('error' in data) finish({ type: 'failed', id, error: data.error.slice(0, 1000) })
      // Refused here, before it costs the bridge anything.
      else if (data.text.length > maxLength) finish({ type: 'too_large', id, length: data.text.length })
      else finish({ type: 'done', id, ...data })
    }
    own.onerror = (event) => {
      event.preventDefault()
      finish({ type: 'failed', id, error: (event.message ?? 'It did not load.').slice(0, 1000) })
    }
    own.postMessage(order)
  }

  port.onmessage = ({ data }: MessageEvent<ToSandbox>) => {
    if (data.type === 'run') run(data)
    else if (data.type === 'pace') {
      paceId = data.id
      thread?.postMessage(data.pace)
    } else {
      send({ type: 'pong', id: data.id, ...pulse, checkpoint })
      checkpoint = null
    }
  }
  send({ type: 'up' })
}

addEventListener('message', function accept({ source, ports: [port] }) {
  // The frame's embedder is the bridge, and only it: `frame-ancestors` sees to that.
  if (source !== embedder || port === undefined) return
  removeEventListener('message', accept)
  serve(port)
})

lockDownDocument()
