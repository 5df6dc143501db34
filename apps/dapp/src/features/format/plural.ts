/** `plural(1, 'tile')` is `'1 tile'`, `plural(1200, 'tile')` is `'1,200 tiles'`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
