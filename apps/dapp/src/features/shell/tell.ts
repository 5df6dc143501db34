import { toast } from 'sonner'

/** Says one thing at the edge of the screen, for a few seconds. */
export function tell(sentence: string): void {
  toast(sentence)
}

/** Says what failed and what to do, until it is closed: a failure must not vanish unread. */
export function tellError({ title, hint }: { title: string; hint: string }): void {
  toast.error(title, { description: hint, duration: 12_000, closeButton: true })
}
