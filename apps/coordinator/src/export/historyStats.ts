/** What a day's file of the history says in sum, in the fields of `GET /datalake/stats`. */
export type HistoryStats = {
  tries: number
  outcomes: Record<string, number>
  /** Of the tries that a node did not give back, the share that succeeded; null where there is none. */
  success_rate: number | null
  /** From claim to end, of those that succeeded. */
  mean_seconds: number | null
  by_type: Record<string, { tries: number; succeeded: number }>
}

type Line = { type: string | null; outcome: string; startedAt: string; endedAt: string }

/** Adds the lines of a file up. One that is no JSON is still being written, and is left out. */
export async function historyStats(lines: AsyncIterable<string> | Iterable<string>): Promise<HistoryStats> {
  const outcomes = new Map<string, number>()
  const types = new Map<string, { tries: number; succeeded: number }>()
  let milliseconds = 0
  for await (const text of lines) {
    const line = parse(text)
    if (line === null) continue
    const { outcome, startedAt, endedAt } = line
    const type = line.type ?? 'unknown'
    const succeeded = outcome === 'succeeded' ? 1 : 0
    const ofType = types.get(type) ?? { tries: 0, succeeded: 0 }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    types.set(type, { tries: ofType.tries + 1, succeeded: ofType.succeeded + succeeded })
    milliseconds += succeeded * (Date.parse(endedAt) - Date.parse(startedAt))
  }
  const tries = [...outcomes.values()].reduce((sum, count) => sum + count, 0)
  const succeeded = outcomes.get('succeeded') ?? 0
  const judged = tries - (outcomes.get('released') ?? 0)
  return {
    tries,
    outcomes: Object.fromEntries(outcomes),
    success_rate: judged === 0 ? null : succeeded / judged,
    mean_seconds: succeeded === 0 ? null : milliseconds / succeeded / 1_000,
    by_type: Object.fromEntries(types),
  }
}

const parse = (text: string): Line | null => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
