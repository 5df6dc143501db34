import type { Examination } from './examine.ts'
import type { Finding } from './Finding.ts'

const words = { ok: 'ok    ', note: 'note  ', change: 'CHANGE' } as const
const WIDTH = Math.max(...Object.values(words).map((word) => word.length)) + 2

const indented = (text: string): string => text.replaceAll(/^/gm, ' '.repeat(WIDTH + 2))
const show = ({ check, verdict, says, add }: Finding): string =>
  `${words[verdict].padEnd(WIDTH)}${check}: ${says}\n${add ? `${indented(add)}\n` : ''}`

/** For people: one line a finding, and below it what to add; what has to change comes last, where it is read. */
export const showExamination = ({ url, bridgeUrl, findings }: Examination): string => {
  const of = (verdict: Finding['verdict']): Finding[] => findings.filter((finding) => finding.verdict === verdict)
  const changes = of('change').length
  const sum = changes === 0 ? 'The worker can work here.' : `${changes} thing(s) have to change.`
  const lines = [...of('ok'), ...of('note'), ...of('change')].map(show)
  return `${url}, with the worker of ${bridgeUrl}\n\n${lines.join('')}\n${sum}\n`
}
