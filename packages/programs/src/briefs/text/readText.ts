import { keyTerms, summaryOf } from './keyTerms.ts'
import { textFigures } from './textFigures.ts'

/** What is found in a text: how long it is, what it is about, and its summary in sentences of its own. */
export const readText = (text: string) => ({
  figures: textFigures(text),
  keyTerms: keyTerms(text),
  summary: summaryOf(text),
})
