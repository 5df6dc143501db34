/**
 * Seconds until a job is done, from how long its done part took; null while too little is done to say.
 *
 * @param progress 0 to 1.
 * @param elapsedSeconds Since the job began.
 */
export function timeLeft(progress: number, elapsedSeconds: number): number | null {
  if (progress < 0.03 || elapsedSeconds < 0.5) return null
  return (elapsedSeconds / progress) * (1 - progress)
}
