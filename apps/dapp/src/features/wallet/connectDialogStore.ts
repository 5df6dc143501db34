import { createStore } from '../shell/createStore.ts'

/** Whether the wallet dialog is open; anything on any page may open it. */
export const connectDialogStore = createStore(false)

export function openConnectDialog(): void {
  connectDialogStore.set(true)
}
