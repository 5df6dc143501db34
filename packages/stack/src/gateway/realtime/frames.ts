import { asRecord } from '../http/asRecord.ts'

/** One message of the Phoenix channel protocol. */
export type Frame = {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: Readonly<Record<string, unknown>>
}

/** `1.0.0` writes objects, `2.0.0` (the client's default) arrays, and broadcasts from clients in a binary form. */
export type ProtocolVersion = '1.0.0' | '2.0.0'

export const encodeFrame = (frame: Frame, version: ProtocolVersion): string => {
  const { joinRef, ref, topic, event, payload } = frame
  return version === '2.0.0'
    ? JSON.stringify([joinRef, ref, topic, event, payload])
    : JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
}

/** @throws SyntaxError for anything that is no frame of the version */
export const decodeFrame = (data: Buffer, isBinary: boolean, version: ProtocolVersion): Frame => {
  if (isBinary) return decodeBroadcastPush(data)
  const parsed: unknown = JSON.parse(data.toString('utf8'))
  if (version === '2.0.0') {
    if (!Array.isArray(parsed)) throw new SyntaxError('A frame of version 2.0.0 is an array.')
    const [joinRef, ref, topic, event, payload] = parsed as unknown[]
    return toFrame({ joinRef, ref, topic, event, payload })
  }
  const { join_ref: joinRef, ref, topic, event, payload } = asRecord(parsed)
  return toFrame({ joinRef, ref, topic, event, payload })
}

/** Kind byte of a broadcast that a client pushes, and the encoding byte of a JSON payload. */
const broadcastPush = 3
const jsonEncoding = 1

/** Header: kind, five lengths in bytes, encoding; then join ref, ref, topic, event, metadata, and the payload. */
const decodeBroadcastPush = (data: Buffer): Frame => {
  if (data[0] !== broadcastPush || data[6] !== jsonEncoding) {
    throw new SyntaxError('The local stack takes binary frames only for broadcasts with a JSON payload.')
  }
  let at = 7
  const [joinRef = '', ref = '', topic = '', event = ''] = [1, 2, 3, 4, 5].map((index) => {
    const from = at
    at += data[index] ?? 0
    return data.toString('utf8', from, at)
  })
  const payload: unknown = JSON.parse(data.toString('utf8', at))
  return { joinRef, ref, topic, event: 'broadcast', payload: { type: 'broadcast', event, payload } }
}

const toFrame = (parts: Record<'joinRef' | 'ref' | 'topic' | 'event' | 'payload', unknown>): Frame => {
  if (typeof parts.topic !== 'string' || typeof parts.event !== 'string')
    throw new SyntaxError('A frame has a topic and an event.')
  return {
    joinRef: typeof parts.joinRef === 'string' ? parts.joinRef : null,
    ref: typeof parts.ref === 'string' ? parts.ref : null,
    topic: parts.topic,
    event: parts.event,
    payload: asRecord(parts.payload),
  }
}
