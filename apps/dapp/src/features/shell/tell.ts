import { createStore } from './createStore.ts'
import { fetchPart } from './fetchPart.ts'

/** True from the first notice on: its code is loaded then, and not before. */
export const noticesStore = createStore(false)

let tellMounted: () => void = () => {}
// `Promise.withResolvers` would end the whole page as it loads in a browser too old for it, which is to be told so (OB204).
const mounted = new Promise<void>((resolve) => {
  tellMounted = resolve
})

/** Called by the place of the notices once it listens: what is said earlier would go unheard. */
export function noticesMounted(): void {
  tellMounted()
}

async function toaster() {
  noticesStore.set(true)
  const [{ toast }] = await Promise.all([fetchPart(() => import('sonner')), mounted])
  return toast
}

/** Says one thing at the edge of the screen, for a few seconds. */
export function tell(sentence: string): void {
  void toaster().then((toast) => toast(sentence))
}

/** Says what failed and what to do, long enough to be read twice, with a way to close it. */
export function tellError({ title, hint }: { title: string; hint: string }): void {
  void toaster().then((toast) => toast.error(title, { description: hint, duration: 12_000, closeButton: true }))
}
