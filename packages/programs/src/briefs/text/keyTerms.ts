import { sentencesIn, wordsIn } from './splitText.ts'

/** Words that say nothing of what a text is about, of the languages that this page is mostly read in. */
const STOP = new Set(
  (
    'a about after again all also am an and any are as at be because been before being but by can could did do does down ' +
    'each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no ' +
    'nor not now of off on one only or other our out over own same she should so some such than that the their them then ' +
    'there these they this those through to too under up us very was we were what when where which while who whom why ' +
    'will with would you your ' +
    'aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer ' +
    'eines er es für hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so über um und uns ' +
    'unter vom von vor war was wenn werden wie wir wird zu zum zur'
  ).split(' '),
)

const count = (terms: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}
const told = (word: string): boolean => word.length > 2 && !STOP.has(word)

/** The most frequent first; of equally frequent ones by code unit. */
const ranked = (counts: Map<string, number>): [string, number][] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))

/** What a text is about: its most frequent words and pairs of words that say something, and how often they stand there. */
export const keyTerms = (text: string, most = 12): { term: string; count: number }[] => {
  const pairs = sentencesIn(text).flatMap((sentence) => {
    const words = wordsIn(sentence)
    return words.flatMap((word, i) => {
      const next = words[i + 1]
      return next !== undefined && told(word) && told(next) ? [`${word} ${next}`] : []
    })
  })
  // A pair that stands once is an accident; one that stands twice is a name.
  const both = new Map([...count(wordsIn(text).filter(told)), ...[...count(pairs)].filter(([, n]) => n > 1)])
  return ranked(both)
    .slice(0, most)
    .map(([term, n]) => ({ term, count: n }))
}

/**
 * The sentences that hold most of what the others say, in their order: each word counts as often as it stands in the text,
 * a sentence the mean of its words (H. P. Luhn, "The automatic creation of literature abstracts", 1958).
 */
export const summaryOf = (text: string, most = 3): string[] => {
  const counts = count(wordsIn(text).filter(told))
  const scored = sentencesIn(text).map((sentence, place) => {
    const words = wordsIn(sentence)
    const sum = words.reduce((total, word) => total + (counts.get(word) ?? 0), 0)
    // Very short sentences would win by one word.
    return { sentence, place, score: sum / Math.max(words.length, 6) }
  })
  return scored
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, most)
    .sort((a, b) => a.place - b.place)
    .map(({ sentence }) => sentence)
}
