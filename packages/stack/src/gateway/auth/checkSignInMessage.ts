import { verifyMessage } from 'viem/utils'
import { SignInRefused } from './AuthError.ts'
import { parseSignInMessage, type SignInMessage } from './parseSignInMessage.ts'

/** As on Supabase: within this time a signed message works, also twice. */
const maximumAgeMs = 10 * 60 * 1000

/**
 * Checks a signed sign-in message as Supabase Auth does, and gives its fields.
 *
 * A message can be replayed while it is young, here as there: to refuse that only here would hide it from whoever builds
 * on it. What a stolen message may do is bounded elsewhere (threats M5).
 *
 * @param allowedOrigins origins of the pages that may ask for signatures
 * @throws SignInRefused
 */
export const checkSignInMessage = async ({
  message,
  signature,
  allowedOrigins,
  now,
}: {
  message: string
  signature: string
  allowedOrigins: ReadonlySet<string>
  now: Date
}): Promise<SignInMessage> => {
  const fields = parseSignInMessage(message)
  const uri = URL.canParse(fields.uri) ? new URL(fields.uri) : null
  if (uri === null || !allowedOrigins.has(uri.origin)) {
    throw new SignInRefused(
      'Signed Ethereum message is using URI which is not allowed on this server, message was signed for another app',
    )
  }
  if (fields.domain !== uri.host) {
    throw new SignInRefused(
      'Signed Ethereum message is using a Domain that does not match the one in URI which is not allowed on this server',
    )
  }
  checkTimes(fields, now)
  if (!(await isSignedBy(fields.address, message, signature))) {
    throw new SignInRefused('Signature does not match address in message')
  }
  return fields
}

const checkTimes = ({ issuedAt, expirationTime, notBefore }: SignInMessage, now: Date): void => {
  if (expirationTime !== null && now >= expirationTime) throw new SignInRefused('Signed Ethereum message is expired')
  if (notBefore !== null && now < notBefore) {
    throw new SignInRefused('Signed Ethereum message becomes valid in the future')
  }
  if (now.getTime() - issuedAt.getTime() > maximumAgeMs) {
    throw new SignInRefused('Ethereum message was issued too long ago')
  }
  // Clocks of browser and server differ; a message from further ahead would outlive its ten minutes.
  if (issuedAt.getTime() - now.getTime() > 60_000) throw new SignInRefused('Ethereum message was issued in the future')
}

const isSignedBy = async (address: `0x${string}`, message: string, signature: string): Promise<boolean> => {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return false
  try {
    return await verifyMessage({ address, message, signature: signature as `0x${string}` })
  } catch {
    // Not a point on the curve: nobody's signature.
    return false
  }
}
