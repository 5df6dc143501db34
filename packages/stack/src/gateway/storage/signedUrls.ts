import { jwtVerify, SignJWT } from 'jose'
import type { ObjectName } from './objectName.ts'
import { StorageError } from './StorageError.ts'

/** What a signed URL allows: one object, until a time. */
export type Grant = { purpose: 'download' } | { purpose: 'upload'; upsert: boolean; owner: string | null }

/** As on Supabase: an upload URL works for two hours. */
export const uploadSeconds = 7200

/**
 * Signed URLs carry a JWT of their own audience. It names no role and no subject, so as a bearer token it is worth
 * nothing, and a session's token is no signed URL.
 */
export const urlSigner = (jwtSecret: string, now: () => Date) => {
  const key = new TextEncoder().encode(jwtSecret)
  const audience = 'oblivion-storage'
  return {
    sign: ({ bucket, name }: ObjectName, grant: Grant, seconds: number): Promise<string> =>
      new SignJWT({ url: `${bucket}/${name}`, ...grant })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setAudience(audience)
        .setExpirationTime(Math.floor(now().getTime() / 1000) + seconds)
        .sign(key),
    check: async <P extends Grant['purpose']>(
      token: string,
      { bucket, name }: ObjectName,
      purpose: P,
    ): Promise<Extract<Grant, { purpose: P }>> => {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        audience,
        currentDate: now(),
      }).catch((cause: unknown) => {
        throw invalid(cause instanceof Error ? cause.message : String(cause), cause)
      })
      if (payload.url !== `${bucket}/${name}` || payload.purpose !== purpose)
        throw invalid('The URL is signed for another object or purpose')
      return payload as unknown as Extract<Grant, { purpose: P }>
    },
  }
}

export type UrlSigner = ReturnType<typeof urlSigner>

const invalid = (message: string, cause?: unknown): StorageError =>
  new StorageError('400', 'InvalidJWT', 'InvalidJWT', message, cause)
