import { errorCatalogue } from './src/errors/errorCatalogue.ts'
import type { Reason } from './src/errors/Reason.ts'

const blocks = [
  { digit: '0', title: 'The server', about: 'Raised by the database, whichever way it is called.' },
  {
    digit: '1',
    title: 'Calls and values',
    about: 'Raised by the client and by functions that check what they are given.',
  },
  {
    digit: '2',
    title: 'The worker in a tab',
    about: 'Raised by the SDK, and the codes of a worker whose state is `failed`.',
  },
  { digit: '3', title: 'Wallet and chain', about: 'Raised where a wallet or a transaction is involved.' },
] as const

const rowOf = ({ code, name, sentence, hint }: Reason): string =>
  `### ${code}\n\n\`${name}\`: ${sentence}\n\nWhat to do: ${hint}\n`

/**
 * The text of `docs/errors.md`. Each code is a heading of its own, since `OblivionError.docsPath` links to it.
 */
export const errorsPage = (): string => {
  const reasons: readonly Reason[] = Object.values(errorCatalogue)
  const sections = blocks.map(({ digit, title, about }) => {
    const rows = reasons.filter(({ code }) => code.startsWith(`OB${digit}`)).map(rowOf)
    return `## ${title}\n\n${about}\n\n${rows.join('\n')}`
  })
  return `<!-- Generated from the error catalogue by \`pnpm generate errors\`. Do not edit. -->

# Errors

Every error has a stable code. Branch on the code and never on the text; a code is never given a second meaning. In SQL
the code is the \`errcode\`, with the \`hint\` and a JSON \`detail\` beside it; in TypeScript it is \`error.code\` of an
\`OblivionError\`, with \`shortMessage\`, \`hint\` and \`values\`.

${sections.join('\n')}`
}
