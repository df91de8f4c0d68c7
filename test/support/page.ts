// A page of HTML as a strict reader sees it: every tag closed in its order, every attribute quoted.

const VOID = new Set(['meta', 'br']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/y;

/** What is wrong with it; undefined for nothing. */
export function badlyFormed(page: string): string | undefined {
  const body = page.replace(/^<!DOCTYPE html>/, '').replace(/<style>[^<]*<\/style>/, '');
  const open: string[] = [];
  for (let at = body.indexOf('<'); at >= 0; at = body.indexOf('<', at)) {
    TAG.lastIndex = at;
    const match = TAG.exec(body);
    if (match === null) return `no tag: ${body.slice(at, at + 80)}`;
    const [whole, closing, name, , single] = match;
    at += whole.length;
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) return `</${name}> closes <${last}>`;
    } else if (single !== '/' && !VOID.has(name)) open.push(name);
  }
  return open.length > 0 ? `not closed: ${open.join(' ')}` : undefined;
}

/** What would run, or ask somebody: scripts, handlers, addresses, styles that the policy does not know. */
export function reachesOut(page: string): string | undefined {
  const body = page.replace(/<style>[^<]*<\/style>/, '');
  const tags = body.match(/<[a-zA-Z][^>]*>/g) ?? [];
  return tags.find((tag) =>
    /^<(script|link|img|iframe|object|embed|base|form|input|image|use|foreignObject|a href="(?!#))|\son\w+=|\s(src|srcset|style|xlink:href|action|data)=/i.test(
      tag,
    ),
  );
}
