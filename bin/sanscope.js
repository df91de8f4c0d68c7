#!/usr/bin/env node
const built = await import('../dist/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.url?.endsWith('/dist/main.js')) throw error;
  process.stderr.write('sanscope: not built yet: run npm install (or npm run build) first\n');
});
process.exitCode = built ? await built.main(process.argv.slice(2)) : 3;
