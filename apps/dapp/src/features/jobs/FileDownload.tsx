import { useEffect, useRef, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Notice } from '../elements/Notice.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'
import { plural } from '../format/plural.ts'
import { errorSentence } from '../shell/errorSentence.ts'
import { saveFile } from './saveFile.ts'

/** A file that can be saved, and how it is read: `onProgress` is told how many of its parts are here. */
export type FileChoice = {
  label: string
  /** One of its parts: result, input. */
  noun: string
  /** About how many there are. */
  total: number
  read: (onProgress: (count: number) => void, signal: AbortSignal) => Promise<{ blob: Blob; name: string }>
}

type State =
  | { kind: 'ready' }
  | { kind: 'reading'; file: FileChoice; count: number }
  | { kind: 'failed'; file: FileChoice; error: Error }

type FileDownloadProps = {
  /** What the buttons are about, for who does not see where they stand. */
  legend: string
  files: readonly FileChoice[]
}

/** Saves one of these files, and says how far that is. */
export function FileDownload({ legend, files }: FileDownloadProps) {
  const [state, setState] = useState<State>({ kind: 'ready' })
  const reading = useRef<AbortController | null>(null)
  useEffect(() => () => reading.current?.abort(), [])

  async function save(file: FileChoice) {
    const controller = new AbortController()
    reading.current = controller
    setState({ kind: 'reading', file, count: 0 })
    try {
      const { blob, name } = await file.read((count) => setState({ kind: 'reading', file, count }), controller.signal)
      saveFile(blob, name)
      setState({ kind: 'ready' })
    } catch (error) {
      setState(controller.signal.aborted ? { kind: 'ready' } : { kind: 'failed', file, error: error as Error })
    }
  }

  if (state.kind === 'failed') {
    const { title: what, hint, details } = errorSentence(state.error, `Reading the ${state.file.noun}s`)
    return (
      <div className="basis-full">
        <Notice
          meaning="fail"
          title={what}
          details={details}
          action={
            <Button size="small" onClick={() => void save(state.file)}>
              Try again
            </Button>
          }
        >
          {hint} Nothing was saved.
        </Notice>
      </div>
    )
  }
  if (state.kind === 'reading') {
    const { noun, total } = state.file
    const words = `${state.count.toLocaleString('en-US')} of ${plural(Math.max(total, state.count), noun)} read`
    return (
      <div className="flex items-center gap-3">
        <span className="w-28">
          <ProgressBar share={state.count / Math.max(1, total)} label={`Reading the ${noun}s`} reading={words} />
        </span>
        <span className="figure text-12 text-ink-2">{words}</span>
        <Button size="small" kind="quiet" onClick={() => reading.current?.abort()}>
          Stop
        </Button>
      </div>
    )
  }
  return (
    <fieldset aria-label={legend} className="flex flex-wrap items-center gap-2">
      <span className="text-12 text-ink-3">Download</span>
      {files.map((file) => (
        <Button key={file.label} size="small" disabled={file.total === 0} onClick={() => void save(file)}>
          {file.label}
        </Button>
      ))}
    </fieldset>
  )
}
