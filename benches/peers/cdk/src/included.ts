/** Templates as they are: the stacks of PROJECT/snapshots/ENVIRONMENT, in ACCOUNT. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { SETTINGS } from './settings';

interface Assembly {
  region: string;
  stacks: {
    name: string;
    template: string;
    dependsOn: string[];
    tags: Record<string, string>;
    terminationProtection: boolean;
  }[];
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

const folder = join(variable('PROJECT'), 'snapshots', variable('ENVIRONMENT'));
const assembly: Assembly = JSON.parse(readFileSync(join(folder, 'assembly.json'), 'utf8'));
const app = new App(SETTINGS);
const stacks = new Map<string, Stack>();
// They stand in an order in which each comes after those that it needs.
for (const { name, template, dependsOn, tags, terminationProtection } of assembly.stacks) {
  const stack = new Stack(app, name, {
    env: { account: variable('ACCOUNT'), region: assembly.region },
    tags,
    terminationProtection,
    analyticsReporting: false,
    synthesizer: new BootstraplessSynthesizer(),
  });
  new CfnInclude(stack, 'Template', { templateFile: join(folder, template) });
  for (const needed of dependsOn) {
    stack.addStackDependency(stacks.get(needed)!);
  }
  stacks.set(name, stack);
}
app.synth();
