/*
 * Words and sentences by code points that are named here: \p{L} and Intl.Segmenter know what their engine's Unicode knows,
 * and two nodes must count alike.
 */

/** All but letters, digits, and what joins them: ASCII and Latin-1 signs, and the blocks of punctuation. */
const BETWEEN_WORDS =
  /(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/

/** Latin, Greek and Cyrillic in small letters; other scripts as they are. */
const small = (text: string): string => text.replace(/[^\u0530-\uffff]+/g, (part) => part.toLowerCase())

/** The words of a text in small letters, an apostrophe within one kept. */
export const wordsIn = (text: string): string[] =>
  small(text)
    .split(BETWEEN_WORDS)
    .map((word) => word.replace(/^['\u2019]+|['\u2019]+$/g, ''))
    .filter(Boolean)

/** The sentences of a text, each on one line. */
export const sentencesIn = (text: string): string[] =>
  text
    .split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/)
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter(Boolean)

/** The paragraphs of a text: what empty lines part. */
export const paragraphsIn = (text: string): string[] =>
  text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n+/)
    .map((paragraph) =>
      paragraph
        .replace(/[ \t]+/g, ' ')
        .replace(/ ?\n ?/g, '\n')
        .trim(),
    )
    .filter(Boolean)
