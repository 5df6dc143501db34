// Imported first: citty reads NO_COLOR once, as "1" alone, and colours what goes into a pipe or a file.
const { NO_COLOR } = process.env
if (NO_COLOR || !process.stdout.isTTY || !process.stderr.isTTY) process.env.NO_COLOR = '1'
