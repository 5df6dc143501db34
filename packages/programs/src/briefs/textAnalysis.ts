import type { Program } from '../Program.ts'
import { readBrief, wordsOf } from './readBrief.ts'
import { readText } from './text/readText.ts'

/** `text_analysis`: what a brief's text is about: its figures, its key terms and the sentences that hold most of it. */
export const textAnalysis = (async (input, { progress }) => {
  const brief = readBrief(input)
  await progress(0.1)
  return { mediaType: 'text', ...readText(wordsOf(brief)) }
}) satisfies Program
