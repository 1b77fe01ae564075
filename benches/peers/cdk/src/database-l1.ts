// The stack of the database of the reference app in the CDK's L1: the same template as `snapshots/dev/database.yaml`.
// docs/from-cdk.md counts its lines and says what becomes of mistakes in it.

import { App, Aws, CfnCondition, CfnDeletionPolicy, CfnParameter, Fn, Stack, StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Environment, Network } from './database-environment';

export class DatabaseStack extends Stack {
  readonly instance: rds.CfnDBInstance;
  readonly key: kms.CfnKey;
  readonly clients: ec2.CfnSecurityGroup;

  constructor(scope: App, id: string, env: Environment, network: Network, props?: StackProps) {
    super(scope, id, props);
    const name = `${env.prefix}-database`;
    const database = env.database;
    this.key = new kms.CfnKey(this, 'Key', {
      description: `Database of ${env.prefix}: storage, snapshots, master secret and Performance Insights`,
      enableKeyRotation: true,
      pendingWindowInDays: env.terminationProtection ? 30 : 7,
      keyPolicy: {
        Version: '2012-10-17',
        Statement: [{
          Sid: 'AccountAdministersKey',
          Effect: 'Allow',
          Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
          Action: 'kms:*',
          Resource: '*',
        }],
      },
    });
    this.key.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    this.key.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    new kms.CfnAlias(this, 'KeyAlias', { aliasName: `alias/${name}`, targetKeyId: this.key.ref });

    const server = new ec2.CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'The database',
      vpcId: network.vpc.ref,
      securityGroupEgress: [{ ipProtocol: '-1', description: 'No outbound traffic', cidrIp: '127.0.0.1/32' }],
      tags: [{ key: 'Name', value: name }],
    });
    this.clients = new ec2.CfnSecurityGroup(this, 'ClientSecurityGroup', {
      groupDescription: 'Whoever carries this group may connect to the database',
      vpcId: network.vpc.ref,
      securityGroupEgress: [{
        ipProtocol: 'tcp',
        description: 'PostgreSQL to the database',
        fromPort: database.port,
        toPort: database.port,
        destinationSecurityGroupId: server.attrGroupId,
      }],
      tags: [{ key: 'Name', value: `${name}-clients` }],
    });
    new ec2.CfnSecurityGroupIngress(this, 'IngressFromClients', {
      ipProtocol: 'tcp',
      description: 'PostgreSQL from the clients',
      groupId: server.attrGroupId,
      fromPort: database.port,
      toPort: database.port,
      sourceSecurityGroupId: this.clients.attrGroupId,
    });
    const subnets = new rds.CfnDBSubnetGroup(this, 'SubnetGroup', {
      dbSubnetGroupDescription: 'Isolated subnets',
      subnetIds: network.isolatedSubnets.map((subnet) => subnet.ref),
    });
    const parameters = new rds.CfnDBParameterGroup(this, 'ParameterGroup', {
      description: `${env.prefix}: TLS only, statements and waits logged`,
      family: `postgres${database.engineVersion.split('.')[0]}`,
      parameters: {
        'rds.force_ssl': '1',
        'log_connections': '1',
        'log_disconnections': '1',
        'log_statement': 'ddl',
        'log_min_duration_statement': '1000',
        'log_lock_waits': '1',
        'log_temp_files': '10240',
        'log_autovacuum_min_duration': '10000',
        'idle_in_transaction_session_timeout': '300000',
      },
    });
    const groups = [['PostgresqlLogs', 'postgresql'], ['UpgradeLogs', 'upgrade']].map(([id, log]) => {
      const group = new logs.CfnLogGroup(this, id, {
        logGroupName: `/aws/rds/instance/${name}/${log}`,
        kmsKeyId: network.logsKey.attrArn,
        retentionInDays: env.retentionDays,
      });
      group.cfnOptions.deletionPolicy = env.historyPolicy;
      group.cfnOptions.updateReplacePolicy = env.historyReplacePolicy;
      return group;
    });
    const osMetrics = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:RDSOSMetrics`;
    const monitoring = new iam.CfnRole(this, 'MonitoringRole', {
      description: 'Enhanced monitoring of the database',
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Principal: { Service: 'monitoring.rds.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
            ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:db:${name}` },
          },
        }],
      },
      policies: [{
        policyName: 'write-os-metrics',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'LogGroup',
              Effect: 'Allow',
              Action: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
              Resource: osMetrics,
            },
            {
              Sid: 'LogStreams',
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'],
              Resource: `${osMetrics}:log-stream:*`,
            },
          ],
        },
      }],
    });
    const snapshot = new CfnParameter(this, 'DatabaseSnapshot', {
      type: 'String',
      default: '',
      description: 'Snapshot that the database is made from, none for an empty one. Another value makes another database',
    });
    const isNew = new CfnCondition(this, 'NewDatabase', { expression: Fn.conditionEquals(snapshot, '') });
    const ifNew = (value: string) => Fn.conditionIf(isNew.logicalId, value, Aws.NO_VALUE).toString();
    this.instance = new rds.CfnDBInstance(this, 'Instance', {
      dbInstanceIdentifier: name,
      dbInstanceClass: database.instanceClass,
      engine: 'postgres',
      engineVersion: database.engineVersion,
      autoMinorVersionUpgrade: true,
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      dbSnapshotIdentifier: Fn.conditionIf(isNew.logicalId, Aws.NO_VALUE, snapshot).toString(),
      dbName: ifNew(database.name),
      masterUsername: ifNew('storefront'),
      manageMasterUserPassword: true,
      masterUserSecret: { kmsKeyId: this.key.attrArn },
      enableIamDatabaseAuthentication: true,
      allocatedStorage: String(database.allocatedStorageGib),
      maxAllocatedStorage: database.maxAllocatedStorageGib,
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: ifNew(this.key.attrArn),
      dbSubnetGroupName: subnets.ref,
      vpcSecurityGroups: [server.attrGroupId],
      port: String(database.port),
      publiclyAccessible: false,
      multiAz: database.multiAz,
      dbParameterGroupName: parameters.ref,
      caCertificateIdentifier: 'rds-ca-rsa2048-g1',
      backupRetentionPeriod: database.backupRetentionDays,
      preferredBackupWindow: '02:00-03:00',
      preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !database.deletionProtection,
      deletionProtection: database.deletionProtection,
      enableCloudwatchLogsExports: ['postgresql', 'upgrade'],
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.attrArn,
      databaseInsightsMode: 'standard',
    });
    this.instance.cfnOptions.deletionPolicy = CfnDeletionPolicy.SNAPSHOT;
    this.instance.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT;
    groups.forEach((group) => this.instance.addDependency(group));
  }
}
