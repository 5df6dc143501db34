import { RestError } from './RestError.ts'

/** A body as JSON, or PostgREST's error for one that is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RestError(400, { code: 'PGRST102', message: 'Empty or invalid json', cause })
  }
}
