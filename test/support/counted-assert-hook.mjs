// Whoever imports uvu/assert gets counted-assert.ts, which alone gets uvu's own.

const COUNTED = new URL('counted-assert.ts', import.meta.url).href;

export function resolve(specifier, context, next) {
  if (specifier !== 'uvu/assert' || context.parentURL?.startsWith(COUNTED)) {
    return next(specifier, context);
  }
  return next(COUNTED, context);
}
