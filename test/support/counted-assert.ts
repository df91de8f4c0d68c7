// uvu's assertions, counted: what test files get for 'uvu/assert' (counted-assert-hook.mjs), so that the
// runner can refuse a test that passes without asserting anything.

import * as uvu from 'uvu/assert';

let count = 0;

/** How many assertions were made so far. */
export function asserted(): number {
  return count;
}

/** The same check, that of `not.…` and `is.not` beneath it too, with a counter before it. */
function counted<Check extends (...args: never[]) => unknown>(check: Check): Check {
  const counting = (...args: Parameters<Check>): unknown => {
    count++;
    return check(...args);
  };
  const beneath = Object.entries(check).map(([name, other]) =>
    // `not.ok` is `not`.
    [name, other === check ? counting : counted(other)],
  );
  return Object.assign(counting, Object.fromEntries(beneath)) as unknown as Check;
}

export const { Assertion } = uvu;
export const ok = counted(uvu.ok);
export const is = counted(uvu.is);
export const equal = counted(uvu.equal);
export const unreachable = counted(uvu.unreachable);
export const type = counted(uvu.type);
export const instance = counted(uvu.instance);
export const match = counted(uvu.match);
export const snapshot = counted(uvu.snapshot);
export const fixture = counted(uvu.fixture);
export const throws = counted(uvu.throws);
export const not = counted(uvu.not);
