// The first lines of every job's thread, in front of the program. Bundled to text and put into the shim.
import { lockDown } from './lockdown.ts'

interface Order {
  readonly source: string
  readonly input: unknown
}
type Program = (input: unknown, context: { readonly progress: (fraction: number) => void }) => unknown

const scope = globalThis as unknown as DedicatedWorkerGlobalScope
// Held here, since the program finds none of them any more.
const tell = scope.postMessage.bind(scope)
const text = JSON.stringify
const toUrl = URL.createObjectURL.bind(URL)
const MakeBlob = Blob

const asText = (error: unknown): string => {
  try {
    return String((error as { message?: unknown } | null)?.message ?? error)
  } catch {
    return 'The program threw something that has no text.'
  }
}

scope.addEventListener(
  'message',
  async ({ data }: MessageEvent<Order>) => {
    // Made before the lockdown, fetched after it: a blob's URL opens nothing but itself, and a static import is not
    // possible, since Chromium gives module workers no start in an opaque origin.
    const url = toUrl(new MakeBlob([data.source], { type: 'text/javascript' }))
    lockDown(scope)
    try {
      const { default: program } = (await import(url)) as { default: Program }
      let told = 0
      const progress = (fraction: number): void => {
        // In steps of half a per cent and never back: a program that tells it in every round would bury the frame.
        if (!(fraction >= told + 0.005 && fraction <= 1)) return
        told = fraction
        tell(fraction)
      }
      const result = text(await program(data.input, { progress }))
      // Undefined and functions have no text.
      tell(result === undefined ? { error: 'The program returned no JSON value.' } : { text: result })
    } catch (error) {
      tell({ error: asText(error) })
    }
  },
  { once: true },
)
