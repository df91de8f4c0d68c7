// Writes sbom.cdx.json (CycloneDX): what is bundled in dist/, and what is installed beside it. `npm sbom`
// lists all that the lock file has, with what only builds and tests; dist/ says what it holds.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { stdout, status, stderr } = spawnSync(
  'npm',
  ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'],
  { encoding: 'utf8', maxBuffer: 1 << 26 },
);
if (status !== 0) throw new Error(`npm sbom: ${stderr.slice(0, 1000)}`);
const sbom = JSON.parse(stdout);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
// The head of each notice: its name, its version, its licence.
const notices = readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8');
const bundled = new Set(
  [...notices.matchAll(/^(\S+) (\d\S*) \(.*\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  ),
);
const beside = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));

// npm takes the folder's name.
sbom.metadata.component.name = manifest.name;
const own = sbom.metadata.component['bom-ref'];
const missing = new Set(bundled);
sbom.components = sbom.components.filter(({ name, group, version }) => {
  const whole = group && !name.startsWith('@') ? `${group}/${name}` : name;
  missing.delete(`${whole}@${version}`);
  return bundled.has(`${whole}@${version}`) || beside.has(whole);
});
if (missing.size > 0) throw new Error(`not in npm's list: ${[...missing].join(', ')}`);
for (const component of sbom.components) {
  // What npm says of a developer's folder is not what is in the package.
  component.scope = 'required';
  component.properties = undefined;
}
const refs = new Set([own, ...sbom.components.map((component) => component['bom-ref'])]);
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
writeFileSync('sbom.cdx.json', `${JSON.stringify(sbom, undefined, 2)}\n`);
