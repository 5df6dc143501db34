import { type Brief, wordsOf } from '../readBrief.ts'
import { summaryOf } from '../text/keyTerms.ts'
import { sentencesIn, wordsIn } from '../text/splitText.ts'

/** One scene of a video that is made of words: what is read, and how long. */
export interface CardScene {
  readonly caption: string
  readonly milliseconds: number
}

/** Cards of one video at most; of a longer text those sentences that hold most of it. */
const MOST = 20
/** Letters of one caption at most, which is two cards; of a longer one the beginning. */
const LETTERS = 240

const cutOff = (caption: string): string => (caption.length > LETTERS ? `${caption.slice(0, LETTERS - 3)}...` : caption)

/** The scenes of a brief that brings words alone: its title, then sentence by sentence, each as long as it takes to read. */
export const cardScenes = (brief: Brief): CardScene[] => {
  const words = wordsOf(brief)
  const sentences = sentencesIn(words)
  const told = sentences.length < MOST ? sentences : summaryOf(words, MOST - 1)
  return [brief.title.trim(), ...told]
    .filter(Boolean)
    .map(cutOff)
    .map((caption) => ({
      caption,
      milliseconds: Math.max(1500, Math.min(8000, wordsIn(caption).length * 300)),
    }))
}
