/**
 * The fields of one record of CSV (RFC 4180), or null where a quote is out of place. As `oblivion.csv_fields` in SQL.
 *
 * @example csvFields('1,"a ""b"""') // ['1', 'a "b"']
 */
export const csvFields = (record: string): string[] | null => {
  const fields: string[] = []
  // With a comma behind the last field too, each field is one match; what no match covers is a stray quote.
  let covered = 0
  for (const { 0: match, 1: field = '' } of `${record},`.matchAll(/("(?:[^"]|"")*"|[^",]*),/g)) {
    covered += match.length
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
  }
  return covered === record.length + 1 ? fields : null
}
