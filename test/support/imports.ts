// What a source text imports and exports, and which files import each other in a circle.

/** Where it imports from, statically and dynamically, types too. */
export function imports(source: string): string[] {
  const found = source.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)'([^']+)'/g);
  return [...found].map((match) => match[1]);
}

/** From which of our own files it takes which names; `*` is all of them. */
export function namesTaken(source: string): [specifier: string, names: string[]][] {
  const found: [string, string[]][] = [];
  const list = (braces: string): string[] =>
    braces
      .slice(1, -1)
      .split(',')
      .map((part) => part.trim().replace(/^type\s+/, ''))
      .map((part) => part.split(/\s+as\s+|\s*:\s*/)[0])
      .filter((name) => name !== '');
  const statically =
    /\b(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+'(\.[^']+)'/g;
  for (const [, names, from] of source.matchAll(statically)) {
    found.push([from, names.startsWith('{') ? list(names) : ['*']]);
  }
  const dynamically =
    /(?:const\s*(\{[^}]*\})\s*=\s*await\s+)?\bimport\(\s*'(\.[^']+)'\s*\)(?:\)?\.(\w+))?/g;
  for (const [, names, from, name] of source.matchAll(dynamically)) {
    if (names !== undefined) found.push([from, list(names)]);
    else found.push([from, name === undefined || name === 'then' ? ['*'] : [name]]);
  }
  return found;
}

/** Functions, classes and values that it exports. Types are not told: they may describe a signature. */
export function exportedValues(source: string): string[] {
  const found = source.matchAll(
    /^export\s+(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let)\s+(\w+)/gm,
  );
  return [...found].map((match) => match[1]);
}

/** Groups of files that reach each other (Tarjan's strongly connected components), each sorted. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const number = new Map<string, number>();
  const open: string[] = [];

  const visit = (path: string): number => {
    const own = number.size;
    number.set(path, own);
    open.push(path);
    let low = own;
    for (const other of graph.get(path) ?? []) {
      if (!number.has(other)) low = Math.min(low, visit(other));
      else if (open.includes(other)) low = Math.min(low, number.get(other)!);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) found.push(circle.sort());
    }
    return low;
  };

  for (const path of graph.keys()) if (!number.has(path)) visit(path);
  return found;
}
