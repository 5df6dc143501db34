import { Page } from '../features/elements/Page.tsx'
import { NewTaskForm } from '../features/jobs/NewTaskForm.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'

/** Order a picture. */
export function NewTaskPage() {
  return (
    <Page
      title="New task"
      sentence="Have a room rendered by whoever is online."
      below="The built-in path tracer draws one scene. You choose how large, how finely cut and how clean."
    >
      <SignInGate purpose="post a task">{(address) => <NewTaskForm address={address} />}</SignInGate>
    </Page>
  )
}
