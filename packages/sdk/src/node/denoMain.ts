// Entry of the process that runs one job: `deno run` with no permission at all, started by createDenoSandbox.
// The order of these imports matters: the job's thread takes hold of the port when it is loaded.
import { readOrder } from './denoPort.ts'
import '../sandbox/jobThread.ts'

// Deno dispatches it by a global function that the lockdown takes away.
const loaded = new Promise((resolve) => addEventListener('load', resolve, { once: true }))

void Promise.all([readOrder(), loaded]).then(([data]) => dispatchEvent(new MessageEvent('message', { data })))
