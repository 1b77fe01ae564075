/** Backups of the database in a vault, copied to the recovery region. */

import { Fn } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { AlarmsStack } from './alarms';
import { DatabaseStack } from './database';
import { Environment } from './environments';
import { EnvironmentStack, alarm, allow, arn, document, key, notification, onRemoval, role, trust } from './parts';

interface Needs {
  readonly database: DatabaseStack;
  readonly alarms: AlarmsStack;
  readonly backup: NonNullable<Environment['backup']>;
  readonly recoveryRegion: string;
}

export class BackupStack extends EnvironmentStack {
  constructor(scope: Construct, env: Environment, needs: Needs) {
    const { database, alarms, backup, recoveryRegion } = needs;
    super(scope, env, 'backup', `backups of the database, kept here and in ${recoveryRegion}`);
    const encryption = key(this, 'Key', 'backup', `Backup vault of ${this.prefix}`, 'keep');
    const vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: this.prefix,
      encryptionKeyArn: encryption.attrArn,
      lockConfiguration: { minRetentionDays: backup.dailyDays, maxRetentionDays: backup.monthlyDays },
      accessPolicy: document({
        Sid: 'NobodyDeletesBackups',
        Effect: 'Deny',
        Principal: '*',
        Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
        Resource: '*',
      }),
    });
    onRemoval(vault, 'keep');
    const recoveryVault = arn('backup', `backup-vault:${this.name('dr')}`, recoveryRegion);
    const rule = (ruleName: string, scheduleExpression: string, deleteAfterDays: number) => ({
      ruleName,
      targetBackupVault: vault.ref,
      scheduleExpression,
      scheduleExpressionTimezone: 'Etc/UTC',
      startWindowMinutes: 60,
      completionWindowMinutes: 480,
      enableContinuousBackup: false,
      lifecycle: { deleteAfterDays },
      copyActions: [{ destinationBackupVaultArn: recoveryVault, lifecycle: { deleteAfterDays } }],
    });
    const plan = new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: this.prefix,
        backupPlanRule: [
          rule('daily', 'cron(0 22 * * ? *)', backup.dailyDays),
          rule('monthly', 'cron(0 12 1 * ? *)', backup.monthlyDays),
        ],
      },
    });

    const instance = database.instance.attrDbInstanceArn;
    const databaseKey = database.encryptionKey.attrArn;
    const recoveryKeys = arn('kms', 'key/*', recoveryRegion);
    const [here, there] = [arn('rds', 'snapshot:awsbackup:*'), arn('rds', 'snapshot:awsbackup:*', recoveryRegion)];
    const grants = (services: unknown) => ({
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' }, StringEquals: { 'kms:ViaService': services } },
    });
    const writer = role(
      this,
      'Role',
      'Takes, copies and expires the backups of the database',
      trust('backup.amazonaws.com'),
      'back-up-database',
      allow('FindInstances', 'rds:DescribeDBInstances', arn('rds', 'db:*')),
      allow('FindSnapshots', ['rds:DescribeDBSnapshots', 'rds:ListTagsForResource'], [
        arn('rds', 'db:*'), arn('rds', 'snapshot:*'), arn('rds', 'snapshot:*', recoveryRegion),
      ]),
      allow('TakeSnapshots', 'rds:CreateDBSnapshot', [instance, here]),
      allow(
        'ManageSnapshots',
        ['rds:AddTagsToResource', 'rds:CopyDBSnapshot', 'rds:DeleteDBSnapshot'],
        [here, there],
      ),
      allow(
        'UseVaults',
        ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
        [vault.attrBackupVaultArn, recoveryVault],
      ),
      allow('CopyFromVault', 'backup:CopyFromBackupVault', here),
      allow('SeeKeys', 'kms:DescribeKey', [databaseKey, recoveryKeys]),
      allow('GrantDatabaseKey', 'kms:CreateGrant', databaseKey, grants([
        Fn.sub('rds.${AWS::Region}.amazonaws.com'), `rds.${recoveryRegion}.amazonaws.com`,
      ])),
      allow('GrantVaultKey', 'kms:CreateGrant', recoveryKeys, grants(`rds.${recoveryRegion}.amazonaws.com`)),
    );
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.ref,
      backupSelection: { selectionName: 'database', iamRoleArn: writer.attrArn, resources: [instance] },
    });
    new CfnRule(this, 'FailedJobs', {
      description: 'Backups and copies of the database that failed',
      state: 'ENABLED',
      eventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: ['ABORTED', 'EXPIRED', 'FAILED', 'PARTIAL'], iamRoleArn: [writer.attrArn] },
      },
      targets: [notification(
        alarms.topic.ref,
        alarms.undelivered.attrArn,
        { kind: '$.detail-type', state: '$.detail.state', reason: '$.detail.statusMessage', time: '$.time' },
        '"<kind>: <state> at <time>: <reason>"',
      )],
    });
    alarm(this, 'NoBackupAlarm', {
      description: 'backup: none has completed for 30 hours',
      threshold: 1,
      periods: 5,
      below: true,
      missing: 'breaching',
      topic: alarms.topic.ref,
      single: {
        namespace: 'AWS/Backup',
        metricName: 'NumberOfBackupJobsCompleted',
        statistic: 'Sum',
        period: 21600,
        dimensions: { BackupVaultName: vault.ref },
      },
    });
  }
}
