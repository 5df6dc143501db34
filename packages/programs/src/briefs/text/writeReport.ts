import type { TextFigures } from './textFigures.ts'

interface Report {
  readonly title: string
  readonly figures: TextFigures
  readonly summary: readonly string[]
  readonly keyTerms: readonly { readonly term: string; readonly count: number }[]
  readonly text: string
}

/** Signs that Markdown takes for its own, escaped: a customer's text is shown as it is. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&')

/** A text and what was found in it as one Markdown document. */
export const writeReport = ({ title, figures, summary, keyTerms, text }: Report): string => {
  const { words, sentences, readingSeconds } = figures
  const terms = keyTerms.map(({ term, count }) => `| ${plain(term)} | ${count} |`)
  return [
    `# ${plain(title || 'Untitled')}`,
    `${words} words in ${sentences} sentences, about ${Math.ceil(readingSeconds / 60)} min to read.`,
    ...(summary.length === 0 ? [] : ['## Summary', summary.map((sentence) => `- ${plain(sentence)}`).join('\n')]),
    ...(terms.length === 0 ? [] : ['## Key terms', ['| Term | Times |', '|---|---|', ...terms].join('\n')]),
    '## Text',
    ...text.split(/\n\s*\n/).map((paragraph) => plain(paragraph.trim())),
  ]
    .join('\n\n')
    .concat('\n')
}
