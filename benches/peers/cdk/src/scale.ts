/** The stacks of `benches/scale`: as many as STACKS says, each with 20 queues. */

import { App, BootstraplessSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { SETTINGS } from './settings';

const stacks = Number(process.env.STACKS);
const app = new App(SETTINGS);
for (let number = 0; number < stacks; number += 1) {
  const stack = new Stack(app, `scale-bench-s${number}`, {
    description: 'Queues',
    analyticsReporting: false,
    synthesizer: new BootstraplessSynthesizer(),
  });
  for (let queue = 0; queue < 20; queue += 1) {
    new CfnQueue(stack, `Queue${queue}`, {
      queueName: `bench_${number}_${queue}`,
      visibilityTimeout: 60,
      messageRetentionPeriod: 345600,
      receiveMessageWaitTimeSeconds: 20,
      delaySeconds: 5,
      sqsManagedSseEnabled: true,
    });
  }
}
app.synth();
