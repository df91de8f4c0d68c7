// What the registry shows is not what a clone needs: prepack puts docs/REGISTRY.md in the README's place and makes
// the shells' completions, postpack takes them away. A pack that was broken off is mended by the next one.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const readme = join(top, 'README.md');
const aside = join(top, '.README.md.aside');
const completions = join(top, 'completions');
const FILES = { bash: 'sanscope.bash', zsh: '_sanscope', fish: 'sanscope.fish' };

function restore() {
  if (existsSync(aside)) renameSync(aside, readme);
  rmSync(completions, { recursive: true, force: true });
}

function stage() {
  restore();
  mkdirSync(completions);
  for (const [shell, file] of Object.entries(FILES)) {
    const script = execFileSync(process.execPath, [
      join(top, 'bin/sanscope.js'),
      'completion',
      shell,
    ]);
    writeFileSync(join(completions, file), script);
  }
  renameSync(readme, aside);
  copyFileSync(join(top, 'docs/REGISTRY.md'), readme);
}

if (process.argv[2] === 'stage') stage();
else restore();
