/** The word mark's sign: a meter at half, for the idle half of a machine put to use. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="shrink-0">
      <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeWidth="1.75" />
      <path d="M10 5a5 5 0 0 1 0 10z" fill="currentColor" />
    </svg>
  )
}
