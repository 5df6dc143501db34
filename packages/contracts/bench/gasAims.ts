import type { GasFigures } from './measureGas.ts'

/** What a payment may cost at most, as a ratio to a peer of the same run. */
export const aims: Readonly<Record<string, number>> = {
  'claimBatch(100) per provider / plain transfer': 0.47,
  'claimBatch(100) per provider / Merkle claim': 0.3,
  'own claim / Merkle claim': 1.05,
}

/** The ratios that {@link aims} bounds. */
export function ratiosOf(figures: GasFigures): Array<{ name: string; ratio: number }> {
  const gas = (name: string): number => {
    const figure = figures[name]
    if (figure === undefined) throw new Error(`no figure for ${name}`)
    return figure
  }
  const batch = gas('claimBatch(100), per provider')
  const merkle = gas('Merkle claim, 10,000 leaves')
  return [
    { name: 'claimBatch(100) per provider / plain transfer', ratio: batch / gas('plain transfer') },
    { name: 'claimBatch(100) per provider / Merkle claim', ratio: batch / merkle },
    { name: 'own claim / Merkle claim', ratio: gas('claim') / merkle },
  ]
}
