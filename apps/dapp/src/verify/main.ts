import './verify.css'
import { OblivionError, resultHash } from '@oblivion/core'
import { checkBooks, type Finding } from './checkBooks.ts'
import { checkChain } from './checkChain.ts'
import { type EarningsExport, readExport } from './readExport.ts'

const words: Record<Finding['state'], string> = {
  proven: 'Proven',
  consistent: 'Adds up',
  open: 'Not proven',
  wrong: 'Wrong',
}
const never: Finding[] = [
  {
    state: 'open',
    title: 'Single receipts',
    text: 'A receipt carries no signature of its own: that this chunk paid this much is the word of the ledger. What is signed is the sum.',
  },
  {
    state: 'open',
    title: 'The contract itself',
    text: 'Whether this contract is the one that you agreed to work for. Compare its address with the one that your operator publishes. And whether the node behind the RPC URL tells the truth: ask another one.',
  },
]

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page lacks ${id}.`)
  return found as T
}
const input = element<HTMLTextAreaElement>('export')
const rpc = element<HTMLInputElement>('rpc')
const file = element<HTMLInputElement>('file')
const result = element<HTMLTextAreaElement>('result')
const button = element<HTMLButtonElement>('check')
const verdict = element('verdict')
const findings = element<HTMLOListElement>('findings')

const show = (sentence: string, list: readonly Finding[]): void => {
  verdict.textContent = sentence
  findings.replaceChildren(
    ...list.map(({ state, title, text }) => {
      const item = document.createElement('li')
      item.dataset.state = state
      const [mark, name, body] = [
        document.createElement('span'),
        document.createElement('h2'),
        document.createElement('p'),
      ]
      mark.className = 'mark'
      mark.textContent = words[state]
      name.textContent = title
      body.textContent = text
      item.append(mark, name, body)
      return item
    }),
  )
}

/** Which receipt a result belongs to, by the hash of its canonical JSON. */
const checkResult = (found: EarningsExport, text: string): Finding => {
  let hash: string
  try {
    hash = resultHash(JSON.parse(text))
  } catch (error) {
    const why = error instanceof OblivionError ? error.message : 'It is no JSON.'
    return { state: 'wrong', title: 'Result', text: `The result cannot be hashed. ${why}` }
  }
  const receipt = found.entries.find((entry) => entry.resultHash === hash)
  return receipt
    ? {
        state: 'consistent',
        title: 'Result',
        text: `Its hash ${hash} stands in the receipt for chunk ${(receipt.chunkIndex ?? 0) + 1} of “${receipt.title ?? receipt.taskId}”.`,
      }
    : { state: 'wrong', title: 'Result', text: `Its hash ${hash} stands in no receipt of this export.` }
}

const sentenceOf = (list: readonly Finding[], asked: boolean): string => {
  const wrong = list.filter(({ state }) => state === 'wrong').length
  if (wrong > 0) return wrong === 1 ? 'One thing is wrong.' : `${wrong} things are wrong.`
  if (!asked) return 'It adds up. Enter an RPC URL to hold it against the chain.'
  return list.some(({ title, state }) => title === 'Signature' && state === 'proven')
    ? 'The voucher is good.'
    : 'Nothing is wrong, and no voucher is here to prove.'
}

const check = async (): Promise<void> => {
  let found: EarningsExport
  try {
    found = readExport(input.value)
  } catch (error) {
    return show(error instanceof Error ? error.message : String(error), [])
  }
  const list = checkBooks(found)
  if (result.value.trim() !== '') list.push(checkResult(found, result.value))
  const url = rpc.value.trim()
  if (url !== '') {
    show('Asking the chain.', list)
    try {
      list.unshift(...(await checkChain(found, url)))
    } catch (error) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      return show('The chain could not be asked. Check the RPC URL, or try another node.', [
        { state: 'open', title: 'Chain', text: reason },
        ...list,
      ])
    }
  }
  show(sentenceOf(list, url !== ''), [...list, ...never])
}

button.addEventListener('click', () => {
  button.disabled = true
  void check().finally(() => {
    button.disabled = false
  })
})
const take = async (dropped: File | undefined): Promise<void> => {
  if (!dropped) return
  input.value = await dropped.text()
  show('Read. Press Check.', [])
}
file.addEventListener('change', () => void take(file.files?.[0]))
document.addEventListener('dragover', (event) => event.preventDefault())
document.addEventListener('drop', (event) => {
  event.preventDefault()
  void take(event.dataTransfer?.files[0])
})
