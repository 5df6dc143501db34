/** A WebAssembly module out of a file, as a task carries it. */
export type WasmModule = {
  name: string
  /** Its size in bytes. */
  size: number
  base64: string
}

/** What a program may have; the server holds it too. */
const mostBytes = 65_536
/** `\0asm` and version 1: WebAssembly core specification, 5.5.16. */
const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
/** As many arguments as any engine takes. */
const atOnce = 8192

/** The module in a file, or why it is none, as a sentence. */
export async function readWasmModule(file: File): Promise<{ module: WasmModule } | { problem: string }> {
  if (file.size > mostBytes)
    return { problem: `${file.name} has more than 64 kB. Build it for size, or move its data into the inputs.` }
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await file.arrayBuffer())
  } catch {
    return { problem: `${file.name} cannot be read. Is it still there?` }
  }
  if (!magic.every((byte, at) => bytes[at] === byte)) return { problem: `${file.name} is no WebAssembly module.` }
  let text = ''
  for (let at = 0; at < bytes.length; at += atOnce) text += String.fromCharCode(...bytes.subarray(at, at + atOnce))
  return { module: { name: file.name, size: bytes.length, base64: btoa(text) } }
}
