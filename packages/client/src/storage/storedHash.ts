/** The hash of an input that lies in Storage, out of what stands in its place among a task's inputs; null for any other. */
export const storedHash = (input: unknown): string | null => {
  const hash = typeof input === 'object' && input !== null && '$stored' in input ? input.$stored : null
  return typeof hash === 'string' ? hash : null
}
