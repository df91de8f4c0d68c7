// The names of standard input.

export function isStandardInput(path: string): boolean {
  return path === '-' || path === '/dev/stdin' || path === '/dev/fd/0';
}
