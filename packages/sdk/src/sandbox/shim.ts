// The script of sandbox.html, inlined there. The frame has an opaque origin and no network; its one link is a port to the
// bridge. It starts one throwaway thread a job, measures what comes back, and keeps floods to itself.
import { type FromSandbox, readFromJob, type ToSandbox } from './messages.ts'

/** `jobThread.ts` as text, written in at build time. */
declare const OBLIVION_JOB_THREAD: string

const serve = (port: MessagePort): void => {
  const send = (message: FromSandbox): void => port.postMessage(message)
  const threadUrl = URL.createObjectURL(new Blob([OBLIVION_JOB_THREAD], { type: 'text/javascript' }))
  // Of a flood of progress only the latest is kept; the bridge asks for it when it wants it.
  let progress = 0
  let end: (() => void) | null = null

  const run = ({ id, source, input, maxLength }: ToSandbox & { type: 'run' }): void => {
    end?.()
    progress = 0
    const thread = new Worker(threadUrl)
    const finish = (message: FromSandbox): void => {
      if (end !== stop) return
      stop()
      send(message)
    }
    const stop = (): void => {
      end = null
      thread.terminate()
    }
    end = stop
    thread.onmessage = ({ data }) => {
      const said = readFromJob(data)
      if (typeof said === 'number') progress = said
      else if (said === null) finish({ type: 'failed', id, error: 'The program spoke out of turn.' })
      else if ('error' in said) finish({ type: 'failed', id, error: said.error })
      // Refused here, before it costs the bridge anything.
      else if (said.text.length > maxLength) finish({ type: 'too_large', id, length: said.text.length })
      else finish({ type: 'done', id, text: said.text })
    }
    thread.onerror = (event) => {
      event.preventDefault()
      finish({ type: 'failed', id, error: String(event.message ?? 'The program did not load.').slice(0, 1000) })
    }
    thread.postMessage({ source, input })
  }

  port.onmessage = ({ data }: MessageEvent<ToSandbox>) => {
    if (data.type === 'ping') send({ type: 'pong', id: data.id, progress })
    else run(data)
  }
  send({ type: 'up' })
}

addEventListener('message', function accept({ source, ports: [port] }) {
  // The frame's embedder is the bridge, and only it: `frame-ancestors` sees to that.
  if (source !== parent || port === undefined) return
  removeEventListener('message', accept)
  serve(port)
})
