// Stands for string-width where a report is drawn (tools/build.mjs): what nearly every cell holds is one
// column wide a character, and need not be looked for among all emoji, whose pattern alone takes
// longer to compile than a small capture takes to read.

/** Latin without its control characters and signs that are emoji too, dashes, arrows, boxes, ≤, ≥. */
const NARROW =
  /^[\x20-\x7e\xa0-\xa8\xaa-\xad\xaf-\u02ff\u2010-\u2027\u2190-\u2193\u2264\u2265\u2500-\u257f]*$/;

module.exports = (text) =>
  typeof text === 'string' && NARROW.test(text)
    ? text.length
    : require('string-width/index.js')(text);
