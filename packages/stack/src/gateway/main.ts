import { type GatewayOptions, startGateway } from './startGateway.ts'

/** The gateway as a process of its own: configured by its environment, ended with its parent. */
const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`The gateway needs the variable ${name}.`)
  return value
}

const list = (name: string): string[] => required(name).split(',')

const options: GatewayOptions = {
  port: Number(required('GATEWAY_PORT')),
  databases: {
    authenticator: required('AUTHENTICATOR_URL'),
    authAdmin: required('AUTH_ADMIN_URL'),
    storageAdmin: required('STORAGE_ADMIN_URL'),
    realtimeAdmin: required('REALTIME_ADMIN_URL'),
  },
  jwtSecret: required('JWT_SECRET'),
  allowedOrigins: list('ALLOWED_ORIGINS'),
  signInOrigins: list('SIGN_IN_ORIGINS'),
  storageFolder: required('STORAGE_DIR'),
  chainUrl: process.env.RPC_UPSTREAM,
  publicChannels: process.env.REALTIME_PUBLIC_CHANNELS === 'true',
}

const starting = startGateway(options)
const stop = (): void => {
  starting
    .then((gateway) => gateway.close())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    )
}
// Before it is up: a parent that dies meanwhile would leave it behind.
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
process.once('disconnect', stop)
const { port } = await starting
process.send?.({ type: 'ready', port })
