/**
 * What this browser lacks of what the worker needs, by name; empty where it can work. The youngest came in 2024: Chromium
 * 119, Firefox 124, Safari 17.4.
 */
export const missingParts = (): string[] =>
  [
    ['Worker', typeof Worker === 'function'] as const,
    ['navigator.locks', 'locks' in navigator] as const,
    ['Promise.withResolvers', 'withResolvers' in Promise] as const,
    ['AbortSignal.any', typeof AbortSignal === 'function' && 'any' in AbortSignal] as const,
  ].flatMap(([name, present]) => (present ? [] : [name]))
