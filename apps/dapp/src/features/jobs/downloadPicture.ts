import { fileName, saveFile } from './saveFile.ts'

/** Saves a canvas as a PNG file under a name that every file system takes. */
export async function downloadPicture(canvas: HTMLCanvasElement, title: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('The browser did not encode the picture.')
  saveFile(blob, `${fileName(title, 'picture')}.png`)
}
