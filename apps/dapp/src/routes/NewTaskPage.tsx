import { Page } from '../features/elements/Page.tsx'
import { NewTaskForm } from '../features/jobs/NewTaskForm.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'

/** Order a picture, or a program of one's own. */
export function NewTaskPage() {
  return (
    <Page
      title="New task"
      sentence="Have a room rendered, or a program computed, by whoever is online."
      below="The built-in path tracer draws one scene; a program of your own turns each line of input into a result."
    >
      <SignInGate purpose="post a task">{(address) => <NewTaskForm address={address} />}</SignInGate>
    </Page>
  )
}
