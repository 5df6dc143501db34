import { type InputFile, inputFormat, readInputFile, storeInputs } from '@oblivion/client'
import { InvalidInputError } from '@oblivion/core'
import { useEffect, useRef, useState } from 'react'
import { walletOptions } from '../api/walletClient.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { type FilePlan, firstRowsPerChunk } from './filePlan.ts'

/** A file of inputs on its way: looked through, ready, or being kept chunk by chunk. */
export type InputFileState =
  | { step: 'none'; problem: string | null }
  | { step: 'reading'; name: string; share: number }
  | { step: 'ready'; file: File; input: InputFile; rowsTyped: string; problem: string | null }
  | { step: 'storing'; file: File; input: InputFile; rowsTyped: string; done: number; chunks: number }

/** Chooses, reads and keeps a file of inputs; a new file or `clear` ends whatever runs. */
export function useInputFile(address: `0x${string}`) {
  const config = useConfig()
  const [state, setState] = useState<InputFileState>({ step: 'none', problem: null })
  const running = useRef<AbortController | null>(null)
  // What a try that ended had kept already: of this file, cut in this way.
  const kept = useRef<{ rowsPerChunk: number; parts: Map<number, unknown> } | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  /** @param reason Why the person is to know that what ran has ended, as a sentence. */
  const begin = (reason?: string): AbortController => {
    running.current?.abort(reason)
    running.current = new AbortController()
    return running.current
  }
  const clear = () => {
    begin()
    kept.current = null
    setState({ step: 'none', problem: null })
  }

  async function choose(file: File): Promise<void> {
    const { signal } = begin()
    kept.current = null
    setState({ step: 'reading', name: file.name, share: 0 })
    try {
      let percent = 0
      const onProgress = (share: number) => {
        // A large file comes in some ten thousand pieces; the form is drawn anew a hundred times.
        if (signal.aborted || Math.floor(100 * share) === percent) return
        percent = Math.floor(100 * share)
        setState({ step: 'reading', name: file.name, share })
      }
      const input = await readInputFile(file, { format: inputFormat(file.name), signal, onProgress })
      if (signal.aborted) return
      setState({ step: 'ready', file, input, rowsTyped: String(firstRowsPerChunk(input)), problem: null })
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof InvalidInputError)) throw error
      setState({ step: 'none', problem: `${file.name}: ${error.shortMessage}` })
    }
  }

  /**
   * The inputs of a task over the chosen file, its chunks kept in Storage where that is needed; null where it was ended.
   *
   * @throws {InvalidInputError} The file is not what it was. @throws what `storeInputs` throws.
   */
  async function inputsOf({ rowsPerChunk, chunks, stores }: FilePlan): Promise<readonly unknown[] | null> {
    if (state.step !== 'ready') return null
    const { file, input, rowsTyped } = state
    const { signal } = begin()
    if (kept.current?.rowsPerChunk !== rowsPerChunk) kept.current = { rowsPerChunk, parts: new Map() }
    const { parts } = kept.current
    const onProgress = (done: number) => {
      if (!signal.aborted) setState({ step: 'storing', file, input, rowsTyped, done, chunks })
    }
    if (stores) onProgress(parts.size)
    try {
      const inputs = await storeInputs(walletOptions(config, address), {
        ...{ count: chunks, kept: parts, signal, onProgress },
        inputAt: (index) => input.chunk(index, rowsPerChunk),
        addressOf: async () => address,
      })
      return signal.aborted ? null : inputs
    } catch (error) {
      if (signal.aborted) return null
      throw error
    } finally {
      const problem = typeof signal.reason === 'string' ? signal.reason : null
      // Unless another file was chosen meanwhile.
      setState((now) => (now.step === 'storing' ? { step: 'ready', file, input, rowsTyped, problem } : now))
    }
  }
  return {
    state,
    choose,
    clear,
    inputsOf,
    cancel: () => begin(),
    /** The order is another one now than the one that was to be posted: ends the storing and says so. */
    changed: () => {
      if (state.step === 'storing') begin(changedSentence)
    },
    setRows: (rowsTyped: string) => setState((now) => (now.step === 'ready' ? { ...now, rowsTyped } : now)),
    setProblem: (problem: string) => setState((now) => (now.step === 'ready' ? { ...now, problem } : now)),
  }
}

const changedSentence =
  'You changed the task while its chunks were stored, so nothing was posted. Post again to go on: what was stored is not sent twice.'
