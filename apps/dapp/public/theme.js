// Runs before the first paint, so that a kept theme never flashes. The page's policy forbids inline scripts, hence a file.
try {
  const kept = localStorage.getItem('oblivion.theme')
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept
} catch {
  // Storage is switched off: the system's theme holds.
}
