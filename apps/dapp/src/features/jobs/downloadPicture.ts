/** Saves a canvas as a PNG file under a name that every file system takes. */
export async function downloadPicture(canvas: HTMLCanvasElement, title: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('The browser did not encode the picture.')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${fileName(title)}.png`
  link.click()
  URL.revokeObjectURL(link.href)
}

/** @example fileName('Path-traced room') // 'path-traced-room' */
export function fileName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return name || 'picture'
}
