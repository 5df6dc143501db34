import type { Frame } from '../pictures/Picture.ts'
import { refuse } from '../refuse.ts'
import type { CardScene } from './cardScenes.ts'
import { drawable, isDot } from './glyphs.ts'

const WIDTH = 256
const HEIGHT = 144
/** Letters a line and lines a card, for the scale that they are drawn in. */
const room = { 3: { letters: 13, lines: 4 }, 2: { letters: 20, lines: 7 } } as const
type Scale = keyof typeof room
/** How bright the letters are while they appear, of 255, and how long each step is shown. */
const APPEAR = [60, 130, 200] as const
const APPEAR_MS = 60

/** Lines of at most so many letters; a longer word is cut. */
const wrap = (text: string, letters: number): string[] => {
  const lines: string[] = []
  for (const word of text.split(' ').flatMap((whole) => whole.match(new RegExp(`.{1,${letters}}`, 'g')) ?? [])) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const drawCard = (lines: readonly string[], scale: Scale, light: number): Uint8Array => {
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4)
  for (let at = 0; at < rgba.length; at += 4) rgba.set([0, 0, 51, 255], at)
  const top = (HEIGHT - lines.length * 9 * scale) >> 1
  lines.forEach((line, number) => {
    const left = (WIDTH - line.length * 6 * scale) >> 1
    for (let x = 0; x < line.length * 6 * scale; x++) {
      const [place, column] = [Math.floor(x / (6 * scale)), Math.floor(x / scale) % 6]
      for (let y = 0; y < 7 * scale; y++) {
        if (column === 5 || !isDot(line.charAt(place), column, Math.floor(y / scale))) continue
        const at = ((top + number * 9 * scale + y) * WIDTH + left + x) * 4
        rgba.fill(light, at, at + 3)
      }
    }
  })
  return rgba
}

/**
 * Scenes of words as a video of title cards: white letters that appear on dark blue. What does not fit on one goes on on the
 * next.
 *
 * @throws {RangeError} for words in another script than the Latin one: there are no letters for them here.
 */
export const drawCards = (scenes: readonly CardScene[]): Frame[] => {
  if (scenes.length === 0) return refuse('query', 'is empty, and nothing else is there to make a video of')
  return scenes.flatMap(({ caption, milliseconds }) => {
    const text = drawable(caption)
    if (text === null)
      return refuse('query', 'has letters that title cards cannot show: bring a video, or Latin letters')
    const scale: Scale = wrap(text, room[3].letters).length <= room[3].lines ? 3 : 2
    const lines = wrap(text, room[scale].letters)
    const cards = Array.from({ length: Math.ceil(lines.length / room[scale].lines) }, (_, card) =>
      lines.slice(card * room[scale].lines, (card + 1) * room[scale].lines),
    )
    return cards.flatMap((card): Frame[] => {
      const size = { width: WIDTH, height: HEIGHT }
      return [
        ...APPEAR.map((light) => ({ ...size, rgba: drawCard(card, scale, light), milliseconds: APPEAR_MS })),
        { ...size, rgba: drawCard(card, scale, 255), milliseconds: Math.ceil(milliseconds / cards.length) },
      ]
    })
  })
}
