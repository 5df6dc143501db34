// Entry of bridge.js: wires the bridge to its window. Decides nothing. In our frame on other people's pages, which imports
// it once the visitor has agreed, it only brings `openWorker`.
import { readToBridge, type ToPage } from '../protocol/messages.ts'
import { acceptParent } from './acceptParent.ts'
import { createPageQuestion } from './askPage.ts'
import { openWorker } from './openWorker.ts'
import { readConfig } from './readConfig.ts'

const openBridge = async (): Promise<void> => {
  const { allowedParents, ...server } = readConfig(await (await fetch('config.json')).json())
  const port = await acceptParent(window, allowedParents)
  const send = (message: ToPage): void => port.postMessage(message)
  const question = createPageQuestion((hardwareId) => send({ type: 'register', hardwareId }))
  const worker = openWorker({ ...server, send, register: question.ask })
  port.onmessage = ({ data }) => {
    const message = readToBridge(data)
    // Of another version, or made of an answer that no server of ours gives: the page would wait for its effect for ever.
    if (message === null) send({ type: 'event', event: { type: 'fail', code: 'OB201' } })
    else if (message.type === 'registration') question.answer(message.registration)
    else worker.receive(message)
  }
}

export { openWorker }

if (location.pathname.endsWith('/bridge.html')) void openBridge()
