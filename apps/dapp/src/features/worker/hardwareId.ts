import { keep, kept } from '../shell/keep.ts'

const key = 'oblivion.hardware-id'
/** Where nothing can be kept, it holds for this visit. */
let here: string | null = null

/** The random id by which this browser is the same node again. Kept by this page, not by the bridge: so it can be deleted here. */
export function hardwareId(): string {
  here = kept(key) ?? here ?? crypto.randomUUID()
  keep(key, here)
  return here
}

export function forgetHardwareId(): void {
  here = null
  keep(key, null)
}
