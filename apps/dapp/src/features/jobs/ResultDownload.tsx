import { readStoredResult } from '@oblivion/client'
import { useEffect, useRef, useState } from 'react'
import { walletClient, walletOptions } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { Notice } from '../elements/Notice.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { downloadResults } from './downloadResults.ts'
import { type ResultFormat, resultFormats } from './resultFile.ts'
import { fileName, saveFile } from './saveFile.ts'

type State =
  | { kind: 'ready' }
  | { kind: 'reading'; format: ResultFormat; count: number }
  | { kind: 'failed'; format: ResultFormat; error: Error }

type ResultDownloadProps = {
  address: `0x${string}`
  taskId: string
  title: string
  stage: number | undefined
  /** About how many there are. */
  total: number
}

/** Saves all results so far as a file, and says how far that is. */
export function ResultDownload({ address, taskId, title, stage, total }: ResultDownloadProps) {
  const config = useConfig()
  const [state, setState] = useState<State>({ kind: 'ready' })
  const reading = useRef<AbortController | null>(null)
  useEffect(() => () => reading.current?.abort(), [])

  async function save(format: ResultFormat) {
    const controller = new AbortController()
    reading.current = controller
    setState({ kind: 'reading', format, count: 0 })
    try {
      const blob = await downloadResults(walletClient(config, address), {
        ...{ taskId, stage, format, signal: controller.signal },
        readStored: (resultHash) =>
          readStoredResult(walletOptions(config, address), { resultHash, signal: controller.signal }),
        onProgress: (count) => setState({ kind: 'reading', format, count }),
      })
      saveFile(blob, `${fileName(title, 'results')}.${format}`)
      setState({ kind: 'ready' })
    } catch (error) {
      setState(controller.signal.aborted ? { kind: 'ready' } : { kind: 'failed', format, error: error as Error })
    }
  }

  if (state.kind === 'failed') {
    const { title: what, hint, details } = errorSentence(state.error, 'Reading the results')
    return (
      <div className="basis-full">
        <Notice
          meaning="fail"
          title={what}
          details={details}
          action={
            <Button size="small" onClick={() => void save(state.format)}>
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
    const words = `${state.count.toLocaleString('en-US')} of ${plural(Math.max(total, state.count), 'result')} read`
    return (
      <div className="flex items-center gap-3">
        <span className="w-28">
          <ProgressBar share={state.count / Math.max(1, total)} label="Reading the results" reading={words} />
        </span>
        <span className="figure text-12 text-ink-2">{words}</span>
        <Button size="small" kind="quiet" onClick={() => reading.current?.abort()}>
          Stop
        </Button>
      </div>
    )
  }
  return (
    <fieldset aria-label="Download all results" className="flex items-center gap-2" disabled={total === 0}>
      <span className="text-12 text-ink-3">Download</span>
      {resultFormats.map((format) => (
        <Button key={format} size="small" onClick={() => void save(format)}>
          {format.toUpperCase()}
        </Button>
      ))}
    </fieldset>
  )
}
