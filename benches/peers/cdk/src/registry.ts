/** Image repositories. */

import { Aws, CfnCondition, Fn } from 'aws-cdk-lib';
import { CfnReplicationConfiguration, CfnRepository } from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import { APP, Environment } from './environments';
import { EnvironmentStack, key, onRemoval, title } from './parts';

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: 'Untagged images: 14 days',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'The last 30 images',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
      action: { type: 'expire' },
    },
  ],
};

export class RegistryStack extends EnvironmentStack {
  readonly repositories: Record<string, CfnRepository> = {};

  constructor(scope: Construct, env: Environment) {
    super(scope, env, 'registry', 'image repositories');
    const images = key(this, 'Key', 'registry', `Images of ${this.prefix}`, 'keep');
    for (const service of Object.keys(env.services)) {
      const repository = new CfnRepository(this, `${title(service)}Repository`, {
        repositoryName: `${APP}/${env.name}/${service}`,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS', kmsKey: images.attrArn },
        lifecyclePolicy: { lifecyclePolicyText: JSON.stringify(LIFECYCLE, undefined, 2) },
      });
      onRemoval(repository, 'keep');
      this.repositories[service] = repository;
    }
    if (env.recoveryRegion !== undefined) {
      const replication = new CfnReplicationConfiguration(this, 'Replication', {
        replicationConfiguration: {
          rules: [{
            destinations: [{ region: env.recoveryRegion, registryId: Aws.ACCOUNT_ID }],
            repositoryFilters: [{ filter: `${APP}/${env.name}/`, filterType: 'PREFIX_MATCH' }],
          }],
        },
      });
      replication.cfnOptions.condition = new CfnCondition(this, 'OutsideRecoveryRegion', {
        expression: Fn.conditionNot(Fn.conditionEquals(Aws.REGION, env.recoveryRegion)),
      });
    }
  }
}
