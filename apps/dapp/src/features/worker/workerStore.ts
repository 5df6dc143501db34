import { createStore } from '../shell/createStore.ts'
import { restingWorker, type WorkerView } from './workerLog.ts'

/** The worker of this tab. It outlives the pages: whoever looks at Jobs goes on earning. */
export const workerStore = createStore<WorkerView>(restingWorker)
