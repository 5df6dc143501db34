import { createStore } from './createStore.ts'
import { fetchPart } from './fetchPart.ts'

/** True from the first notice on: its code is loaded then, and not before. */
export const noticesStore = createStore(false)

/** What was last told where the code of the notices cannot be fetched. */
export const unheardStore = createStore('')

let tellMounted: () => void = () => {}
let tellGone: () => void = () => {}
// `Promise.withResolvers` would end the whole page as it loads in a browser too old for it, which is to be told so (OB204).
const mounted = new Promise<void>((resolve, reject) => {
  tellMounted = resolve
  tellGone = reject
})
// Heard by whoever tells something.
mounted.catch(() => {})

/** Called by the place of the notices once it listens: what is said earlier would go unheard. */
export function noticesMounted(): void {
  tellMounted()
}

/** Called where a part of the page cannot be fetched: there may be no place of the notices ever. */
export function noticesGone(): void {
  tellGone()
}

async function say(sentence: string, show: (toast: typeof import('sonner').toast) => unknown): Promise<void> {
  noticesStore.set(true)
  try {
    const [{ toast }] = await Promise.all([fetchPart(() => import('sonner')), mounted])
    show(toast)
  } catch {
    unheardStore.set(sentence)
  }
}

/** Says one thing at the edge of the screen, for a few seconds. */
export function tell(sentence: string): void {
  void say(sentence, (toast) => toast(sentence))
}

/** Says what failed and what to do, long enough to be read twice, with a way to close it. */
export function tellError({ title, hint }: { title: string; hint: string }): void {
  void say(`${title} ${hint}`, (toast) =>
    toast.error(title, { description: hint, duration: 12_000, closeButton: true }),
  )
}
