import { readStoredResult } from '@oblivion/client'
import type { ChunkResult } from '@oblivion/core'
import { useEffect, useRef, useState } from 'react'
import { walletOptions } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { formatBytes } from '../format/formatBytes.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { fileName, saveFile } from './saveFile.ts'

type StoredResultProps = { address: `0x${string}`; title: string; row: ChunkResult; bytes: number }

/** A result that is too large to be shown: its size, and a button that saves it once its hash was checked. */
export function StoredResult({ address, title, row, bytes }: StoredResultProps) {
  const config = useConfig()
  const [state, setState] = useState<'ready' | 'reading' | Error>('ready')
  const reading = useRef<AbortController | null>(null)
  useEffect(() => () => reading.current?.abort(), [])

  async function save() {
    const controller = new AbortController()
    const { signal } = controller
    reading.current = controller
    setState('reading')
    try {
      const text = await readStoredResult(walletOptions(config, address), { resultHash: row.resultHash, signal })
      if (signal.aborted) return
      const name = `${fileName(title, 'result')}-${row.chunkIndex + 1}.json`
      saveFile(new Blob([text], { type: 'application/json' }), name)
      setState('ready')
    } catch (error) {
      if (!signal.aborted) setState(error as Error)
    }
  }

  const problem = state instanceof Error && errorSentence(state, 'Reading the result')
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="figure text-12 text-ink-2">{formatBytes(bytes)}</span>
      <Button
        size="small"
        busy={state === 'reading'}
        aria-label={`Download the result of chunk ${row.chunkIndex + 1}`}
        onClick={() => void save()}
      >
        Download
      </Button>
      <span role="status" className="text-12 text-fail-ink">
        {problem && `${problem.title} ${problem.hint}`}
      </span>
    </span>
  )
}
