import { downloadFile } from '../elements/downloadFile.ts'

/** Saves a canvas as a PNG file under a name that every file system takes. */
export async function downloadPicture(canvas: HTMLCanvasElement, title: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('The browser did not encode the picture.')
  downloadFile(`${fileName(title)}.png`, blob)
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
