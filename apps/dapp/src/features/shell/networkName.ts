export type NetworkName = { name: string; test: boolean }

const names: Record<number, NetworkName> = {
  137: { name: 'Polygon', test: false },
  80002: { name: 'Polygon Amoy', test: true },
  31337: { name: 'Local chain', test: true },
}

/** How a chain is called on screen, and whether its money is worth nothing. An unknown chain counts as a test. */
export function networkName(chainId: number): NetworkName {
  return names[chainId] ?? { name: `Chain ${chainId}`, test: true }
}
