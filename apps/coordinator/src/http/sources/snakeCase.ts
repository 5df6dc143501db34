type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${Snake<Tail>}`
    : `_${Lowercase<Head>}${Snake<Tail>}`
  : S

/**
 * An object with its own keys as sources of Python and SQL spell them; what lies in it stays as it is.
 *
 * @example
 * snakeCase({ jobId: 1 }) // { job_id: 1 }
 */
export const snakeCase = <T extends object>(row: T) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  ) as { [K in keyof T & string as Snake<K>]: T[K] }
