/** Letters of 5 x 7 dots, as dot-matrix displays have them: seven rows from above, each two hexadecimal figures of five bits. */
const rows: Readonly<Record<string, string>> = {
  A: '0e11111f111111',
  B: '1e11111e11111e',
  C: '0e11101010110e',
  D: '1e11111111111e',
  E: '1f10101e10101f',
  F: '1f10101e101010',
  G: '0e11101711110f',
  H: '1111111f111111',
  I: '0e04040404040e',
  J: '0702020202120c',
  K: '11121418141211',
  L: '1010101010101f',
  M: '111b1515111111',
  N: '11111915131111',
  O: '0e11111111110e',
  P: '1e11111e101010',
  Q: '0e11111115120d',
  R: '1e11111e141211',
  S: '0f10100e01011e',
  T: '1f040404040404',
  U: '1111111111110e',
  V: '11111111110a04',
  W: '1111111515150a',
  X: '11110a040a1111',
  Y: '1111110a040404',
  Z: '1f01020408101f',
  0: '0e11131519110e',
  1: '040c040404040e',
  2: '0e11010204081f',
  3: '1f02040201110e',
  4: '02060a121f0202',
  5: '1f101e0101110e',
  6: '0608101e11110e',
  7: '1f010204080808',
  8: '0e11110e11110e',
  9: '0e11110f01020c',
  '.': '00000000000c0c',
  ',': '000000000c0408',
  '!': '04040404040004',
  '?': '0e110102040004',
  '-': '0000001f000000',
  ':': '000c0c000c0c00',
  ';': '000c0c000c0408',
  "'": '04040800000000',
  '"': '0a0a0000000000',
  '(': '02040808080402',
  ')': '08040202020408',
  '/': '00010204081000',
  '&': '0c12140815120d',
  '%': '18190204081303',
  '+': '0004041f040400',
  '=': '00001f001f0000',
  '*': '00150e1f0e1500',
  '#': '0a0a1f0a1f0a0a',
  '@': '0e11010d15150e',
  $: '040f140e051e04',
  '€': '06091c081c0906',
}

/** Whether the dot in a column and row of a letter is set; of a letter that there is not, none is. */
export const isDot = (letter: string, column: number, row: number): boolean =>
  ((Number.parseInt(rows[letter]?.slice(row * 2, row * 2 + 2) ?? '0', 16) >> (4 - column)) & 1) === 1

const same: Readonly<Record<string, string>> = {
  ...{ '‘': "'", '’': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '–': '-', '—': '-', '…': '...' },
  ...{ ß: 'SS', ẞ: 'SS', Æ: 'AE', Œ: 'OE', Ø: 'O', Ł: 'L', Đ: 'D', Þ: 'TH', Ð: 'D', ı: 'I' },
}

/**
 * A text in capitals that there are, without accents; null where it has letters of another script. Taking accents off is
 * the same in every engine: Unicode promises that decompositions never change.
 */
export const drawable = (text: string): string | null => {
  let drawn = ''
  for (const letter of text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^\u0250-\uffff]+/g, (part) => part.toUpperCase())) {
    if (rows[letter] !== undefined || letter === ' ') drawn += letter
    else if (same[letter] !== undefined) drawn += same[letter]
    else if (letter >= '\u0100' && !(letter >= '\u2000' && letter < '\u2c00')) return null
    else drawn += ' '
  }
  return drawn.replace(/ +/g, ' ').trim()
}
