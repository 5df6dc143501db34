import { change, type Finding, note, ok } from './Finding.ts'
import type { Sight } from './lookInChromium.ts'

/** What really happened in a browser, which counts more than what the headers say. */
export const judgeSight = (sight: Sight | null): Finding => {
  const check = 'in Chromium'
  if (sight === null) {
    return note(check, 'Not tried: there is no Chromium at CHROMIUM_PATH.', 'Only the headers were looked at.')
  }
  const { frame, blocked, state, complaints } = sight
  const why = complaints.join('\n') || 'Its console may say more.'
  if (state?.status === 'failed') return change(check, `The worker ended with ${state.code ?? 'no code'}.`, why)
  if (blocked) return change(check, 'The browser refused the frame.', why)
  if (state !== null) return ok(check, `The worker is there: ${state.status}.`)
  if (frame !== null) return ok(check, `The frame of ${frame.origin} is there.`)
  if (complaints.length > 0) return change(check, 'No worker came, and the browser says why.', why)
  return note(check, 'No worker came within some seconds.', 'Does the page start it later, at a click perhaps?')
}
