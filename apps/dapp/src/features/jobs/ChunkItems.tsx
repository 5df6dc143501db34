import { storedHash } from '@oblivion/client'
import type { ChunkResult } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatBytes } from '../format/formatBytes.ts'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { previewLines } from './previewLines.ts'
import { itemsQuery } from './taskQueries.ts'

type ChunkItemsProps = {
  taskId: string
  address: `0x${string}`
  index: number
  /** Its state, one letter: other results come with another one. */
  letter: string
}

/** What goes into the chosen chunk and what came out of it, each by its first items. */
export function ChunkItems({ taskId, address, index, letter }: ChunkItemsProps) {
  const { data, error } = useQuery(itemsQuery(useConfig(), address, taskId, index, letter))
  if (error && !data)
    return <p className="text-12 text-ink-2">{errorSentence(error, 'Reading its input and result').title}</p>
  if (!data) return null
  const { input, results } = data
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-12">
      {input !== undefined && (
        <Row name="Input">
          {storedHash(input) === null ? <Preview value={input} /> : 'Too large to be shown: the download has it.'}
        </Row>
      )}
      {results.map((result) => (
        <Row key={`${result.provider} ${result.attempt}`} name="Result">
          <ResultPreview result={result} />
        </Row>
      ))}
    </dl>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="flex min-w-0 flex-col text-ink-2">{children}</dd>
    </>
  )
}

function ResultPreview({ result }: { result: ChunkResult }) {
  return result.storedBytes === null ? (
    <Preview value={result.result} />
  ) : (
    `${formatBytes(result.storedBytes)}, too large to be shown: the download has it.`
  )
}

/** A stranger's data, as data. */
function Preview({ value }: { value: unknown }) {
  const { lines, more } = previewLines(value)
  return (
    <>
      {lines.map((line, place) => (
        // Two items may be alike, and none moves.
        <code key={`${place + 1} ${line}`} dir="ltr" className="isolate block truncate font-mono text-ink">
          {line}
        </code>
      ))}
      {more > 0 && <span>and {plural(more, 'more item', 'more items')}</span>}
    </>
  )
}
