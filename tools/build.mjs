// Compiles the whole tree into dist/ and copies the files that code reads at run time.
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const assets = /\.(sql|proto|json|html|css|txt)$/;

if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/ts7/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const folder of ['apps', 'libs', 'tools']) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !assets.test(entry.name)) continue;
    const from = join(entry.parentPath, entry.name);
    cpSync(from, join(root, 'dist', from.slice(root.length)));
  }
}

// The compiler makes no file executable, and npx runs those that package.json names.
for (const program of Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin)) chmodSync(join(root, program), 0o755);
