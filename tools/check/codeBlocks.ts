export type CodeBlock = { language: string; text: string; line: number }

/** The fenced code blocks of a Markdown text; `line` is where the first line of code stands. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const fences = markdown.matchAll(/^(```+)(\w*)[^\n]*\n([\s\S]*?)^\1\s*$/gm)
  return [...fences].map((fence) => ({
    language: fence[2] ?? '',
    text: fence[3] ?? '',
    line: markdown.slice(0, fence.index).split('\n').length + 1,
  }))
}
