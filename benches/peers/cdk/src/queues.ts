/** Queues and their dead letters. */

import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Environment } from './environments';
import { EnvironmentStack, arn, denyPlaintext, document, keepHistory, key, onRemoval, title } from './parts';

export interface ServiceQueue {
  readonly queue: CfnQueue;
  readonly deadLetters: CfnQueue;
}

export class QueuesStack extends EnvironmentStack {
  readonly encryptionKey: CfnKey;
  readonly queues: Record<string, ServiceQueue> = {};

  constructor(scope: Construct, env: Environment) {
    super(scope, env, 'queues', 'queues and their dead letters');
    this.encryptionKey = key(this, 'Key', 'queues', `Queues of ${this.prefix}`, keepHistory(env));
    const encryption = { kmsMasterKeyId: this.encryptionKey.attrArn, kmsDataKeyReusePeriodSeconds: 3600 };
    for (const [name, service] of Object.entries(env.services)) {
      if (service.queue === undefined) {
        continue;
      }
      const deadLetters = new CfnQueue(this, `${title(name)}DeadLetters`, {
        queueName: this.name(`${name}-dead-letters`),
        messageRetentionPeriod: 1209600,
        ...encryption,
        redriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [arn('sqs', this.name(name))] },
      });
      const queue = new CfnQueue(this, `${title(name)}Queue`, {
        queueName: this.name(name),
        messageRetentionPeriod: service.queue.retentionDays * 86400,
        visibilityTimeout: service.queue.visibilityTimeoutSeconds,
        receiveMessageWaitTimeSeconds: 20,
        ...encryption,
        redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: service.queue.maxReceives },
      });
      for (const [id, each] of [[`${title(name)}Queue`, queue], [`${title(name)}DeadLetters`, deadLetters]] as const) {
        onRemoval(each, keepHistory(env));
        new CfnQueuePolicy(this, `${id}Policy`, {
          queues: [each.ref],
          policyDocument: document(denyPlaintext('sqs:*', each.attrArn)),
        });
      }
      this.queues[name] = { queue, deadLetters };
    }
  }
}
