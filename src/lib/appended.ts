// Lists that mostly hold one thing, and of which there are very many: V8 makes room for 17 with the first push.

/** The list with one more: `list` itself, but for the first. */
export function appended<T>(list: T[], one: T): T[] {
  if (list.length === 0) return [one];
  list.push(one);
  return list;
}
