/**
 * Takes everything away from the document that a job's thread lies in, should a program ever take it over: no element can
 * be made or put anywhere, and no connection opened. In Chromium the headers close all that as well; Firefox ESR 153 knows
 * no header against WebRTC and `<link rel=preconnect>`.
 *
 * Left are the one name that the shim needs once it is up, and what cannot be deleted (`location`, `top`, an empty
 * `document`): navigation is closed by the `frame-src` of the page around.
 */
export const lockDownDocument = (): void => {
  // Held here, since they go as well.
  const { deleteProperty, getPrototypeOf, ownKeys } = Reflect
  const end = EventTarget.prototype
  // Elements first: whatever an event might hand over has no methods either.
  for (const part of [document.documentElement, document, window]) {
    for (let level: object = part; level !== end; level = getPrototypeOf(level) as object) {
      for (const key of ownKeys(level)) if (key !== 'Worker') deleteProperty(level, key)
    }
  }
}
