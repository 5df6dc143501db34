import { randomInt } from 'node:crypto'

/**
 * The address that the chain listens on.
 *
 * anvil checks neither Host nor Origin, and `--no-cors` does not cover WebSockets: any web page that finds its port may
 * open one and own the chain (seen with 1.7.1). On Linux all of 127.0.0.0/8 is this machine, so it gets one of some 16
 * million addresses by lot, which no page can search. Elsewhere only its port is by lot.
 */
export const chainAddress = (platform: NodeJS.Platform = process.platform): string =>
  platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}` : '127.0.0.1'
