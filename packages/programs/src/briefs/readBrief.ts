import { decodeBase64, encodeBase64 } from '../raytrace/base64.ts'
import { refuse } from './refuse.ts'

export type MediaType = 'video' | 'image' | 'audio' | 'text'

/** What a job of a brief is about, read from its input. */
export interface Brief {
  readonly title: string
  readonly description: string
  readonly query: string
  /** What media it brings; where it brings none what it says of itself, else text. */
  readonly mediaType: MediaType
  /** What its customer wrote beside it: `text`, `video_url` and such. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The result of the stage before; of a first stage empty. */
  readonly previous: Readonly<Record<string, unknown>>
}

/** Bytes of one media file at most: in base64 it fits a stored input or result. */
const MAX_MEDIA_BYTES = 8_388_608
const MAX_TEXT = 1_000_000
const media = ['video', 'image', 'audio'] as const

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (record: Readonly<Record<string, unknown>>, field: string): string => {
  const value = record[field] ?? ''
  if (typeof value !== 'string' || value.length > MAX_TEXT)
    return refuse(field, `is a text of at most ${MAX_TEXT} characters`)
  return value
}

/**
 * The input of a first stage, `{title, description, query, mediaType, metadata}`, or of a later one, `{input, previous}`.
 *
 * @throws {RangeError} which names the field that is wrong.
 */
export const readBrief = (input: unknown): Brief => {
  if (!isRecord(input)) return refuse('input', 'must be an object')
  const later = Object.hasOwn(input, 'previous')
  const own = later ? input.input : input
  if (!isRecord(own)) return refuse('input', 'must be an object')
  const previous = later && isRecord(input.previous) ? input.previous : {}
  const metadata = own.metadata ?? {}
  if (!isRecord(metadata)) return refuse('metadata', 'must be an object')
  const said = own.mediaType ?? 'text'
  if (said !== 'text' && media.every((type) => type !== said))
    return refuse('mediaType', 'is video, image, audio or text')
  const brought = media.find((type) => `${type}_url` in previous || `${type}_url` in metadata)
  return {
    ...{ title: text(own, 'title'), description: text(own, 'description'), query: text(own, 'query') },
    mediaType: brought ?? (said as MediaType),
    ...{ metadata, previous },
  }
}

/** Whether a brief brings a video, a picture or a sound, beside its words. */
export const bringsMedia = ({ mediaType, metadata, previous }: Brief): boolean =>
  `${mediaType}_url` in previous || `${mediaType}_url` in metadata

/** The words of a brief: its `metadata.text`, else its query and description. */
export const wordsOf = ({ metadata, query, description }: Brief): string =>
  Object.hasOwn(metadata, 'text') ? text(metadata, 'text') : [query, description].filter(Boolean).join('\n\n')

/**
 * The bytes of a brief's media: of what the stage before made of it, else of what its customer brought.
 *
 * @throws {RangeError} where it brings none, or an address in place of the bytes: no program opens one.
 */
export const mediaOf = ({ metadata, previous }: Brief, type: (typeof media)[number]): Uint8Array => {
  const field = `${type}_url`
  const url = previous[field] ?? metadata[field]
  if (typeof url !== 'string') return refuse(`metadata.${field}`, 'is missing: it brings the media as a data: URL')
  const comma = url.indexOf(',')
  if (!url.startsWith('data:') || !url.slice(0, comma).endsWith(';base64')) {
    return refuse(`metadata.${field}`, 'must be a data: URL in base64')
  }
  const bytes = decodeBase64(url.slice(comma + 1))
  if (bytes === null || bytes.length > MAX_MEDIA_BYTES) {
    return refuse(`metadata.${field}`, `must be base64 of at most ${MAX_MEDIA_BYTES} bytes`)
  }
  return bytes
}

/**
 * Bytes as a `data:` URL, which the next stage reads and a browser shows.
 *
 * @throws {RangeError} where they are more than a result may be.
 */
export const dataUrl = (type: string, bytes: Uint8Array): string =>
  bytes.length > MAX_MEDIA_BYTES
    ? refuse('media', `makes a result of more than ${MAX_MEDIA_BYTES} bytes: bring a smaller or shorter one`)
    : `data:${type};base64,${encodeBase64(bytes)}`
