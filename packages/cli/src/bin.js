#!/usr/bin/env node
// Plain JavaScript, since a Node that is too old cannot read the rest: it could not even say so.
const oldest = 24;

if (Number.parseInt(process.versions.node, 10) >= oldest) {
  await import('./bin.ts');
} else {
  console.error(
    `eks-gitops needs Node ${oldest} or newer; this is ${process.version}.\n` +
      'In a clone, run it with `npx eks-gitops`, after `npm ci`; elsewhere with `npx -y -p node@24 -p eks-gitops-actions@VERSION eks-gitops`.',
  );
  process.exitCode = 1;
}
