import { type ReactNode, useState } from 'react'
import { QueryFailed } from './QueryFailed.tsx'

type UnreadProps = {
  query: { data: unknown; error: Error | null; refetch: () => unknown }
  /** What is tried, as the beginning of a sentence: 'Reading your daily cap'. */
  tried: string
  /** Said after the reason. */
  also?: string
  /** Shown until the first answer, whatever it is. */
  children?: ReactNode
}

/** Why something could not be read, or not anew; nothing where all is well. */
export function Unread({ query: { data, error, refetch }, tried, also, children }: UnreadProps) {
  // A query without data forgets its error whenever it asks again: what stands here would come and go with it.
  const [last, setLast] = useState(error)
  if (error !== null && error !== last) setLast(error)
  const shown = error ?? (data === undefined ? last : null)
  if (shown === null) return data === undefined ? children : null
  return <QueryFailed error={shown} tried={data === undefined ? tried : `${tried} anew`} retry={refetch} also={also} />
}
