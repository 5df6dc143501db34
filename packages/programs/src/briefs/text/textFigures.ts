import { paragraphsIn, sentencesIn, wordsIn } from './splitText.ts'

/** How long a text is, and how long it takes to read. */
export interface TextFigures {
  /** UTF-16 code units. */
  readonly characters: number
  readonly words: number
  readonly distinctWords: number
  readonly sentences: number
  readonly paragraphs: number
  /** To one decimal. */
  readonly wordsPerSentence: number
  /** At 230 words a minute: M. Brysbaert, "How many words do we read per minute?", 2019. */
  readonly readingSeconds: number
}

export const textFigures = (text: string): TextFigures => {
  const words = wordsIn(text)
  const sentences = sentencesIn(text).length
  return {
    ...{ characters: text.length, words: words.length, distinctWords: new Set(words).size, sentences },
    paragraphs: paragraphsIn(text).length,
    wordsPerSentence: sentences === 0 ? 0 : Math.round((words.length * 10) / sentences) / 10,
    readingSeconds: Math.ceil((words.length * 60) / 230),
  }
}
