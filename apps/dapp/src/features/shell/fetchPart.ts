/** Seconds between the tries, while the browser believes that it has a connection. */
const pauses = [0.5, 1, 2, 4]

/**
 * Fetches a part of the dApp: waits while there is no connection, and tries again where one try fails. What is once
 * thrown to React or to the router ends the page.
 *
 * @throws what the last try threw: after a new release the server may have the part no more.
 */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await load()
    } catch {
      await (navigator.onLine ? sleep(pause) : backOnline())
    }
  }
  return load()
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds))

const backOnline = () => new Promise((resolve) => addEventListener('online', resolve, { once: true }))
