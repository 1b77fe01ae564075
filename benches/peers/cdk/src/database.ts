/** PostgreSQL. */

import { Aws, CfnCondition, CfnParameter, Fn } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnDBInstance, CfnDBParameterGroup, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { APP, Environment } from './environments';
import { NetworkStack } from './network';
import { EnvironmentStack, NO_EGRESS, allow, arn, key, logGroup, onRemoval, role, trust } from './parts';

export class DatabaseStack extends EnvironmentStack {
  readonly encryptionKey: CfnKey;
  readonly clientGroup: CfnSecurityGroup;
  readonly instance: CfnDBInstance;

  constructor(scope: Construct, env: Environment, network: NetworkStack) {
    super(scope, env, 'database', 'PostgreSQL');
    const identifier = this.name('database');
    const logsKey = network.logsKey.attrArn;
    const vpcId = network.vpc.ref;

    this.encryptionKey = key(
      this,
      'Key',
      'database',
      `Database of ${this.prefix}: storage, snapshots, master secret and Performance Insights`,
      'keep',
    );
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'The database',
      vpcId,
      securityGroupEgress: NO_EGRESS,
      tags: this.nameTag('database'),
    });
    this.clientGroup = new CfnSecurityGroup(this, 'ClientSecurityGroup', {
      groupDescription: 'Whoever carries this group may connect to the database',
      vpcId,
      securityGroupEgress: [{
        description: 'PostgreSQL to the database',
        ipProtocol: 'tcp',
        fromPort: 5432,
        toPort: 5432,
        destinationSecurityGroupId: group.attrGroupId,
      }],
      tags: this.nameTag('database-clients'),
    });
    new CfnSecurityGroupIngress(this, 'IngressFromClients', {
      description: 'PostgreSQL from the clients',
      groupId: group.attrGroupId,
      ipProtocol: 'tcp',
      fromPort: 5432,
      toPort: 5432,
      sourceSecurityGroupId: this.clientGroup.attrGroupId,
    });
    const subnets = new CfnDBSubnetGroup(this, 'SubnetGroup', {
      dbSubnetGroupDescription: 'Isolated subnets',
      subnetIds: network.isolatedSubnets.map((subnet) => subnet.ref),
    });
    const parameters = new CfnDBParameterGroup(this, 'ParameterGroup', {
      family: 'postgres17',
      description: `${this.prefix}: TLS only, statements and waits logged`,
      parameters: {
        'rds.force_ssl': '1',
        log_connections: '1',
        log_disconnections: '1',
        log_statement: 'ddl',
        log_min_duration_statement: '1000',
        log_lock_waits: '1',
        log_temp_files: '10240',
        log_autovacuum_min_duration: '10000',
        idle_in_transaction_session_timeout: '300000',
      },
    });
    const logs = ['postgresql', 'upgrade'].map((kind) => logGroup(
      this,
      kind === 'postgresql' ? 'PostgresqlLogs' : 'UpgradeLogs',
      `/aws/rds/instance/${identifier}/${kind}`,
      logsKey,
    ));
    const monitoring = role(
      this,
      'MonitoringRole',
      'Enhanced monitoring of the database',
      trust('monitoring.rds.amazonaws.com', arn('rds', `db:${identifier}`)),
      'write-os-metrics',
      allow('LogGroup', ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], arn('logs', 'log-group:RDSOSMetrics')),
      allow(
        'LogStreams',
        ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'],
        arn('logs', 'log-group:RDSOSMetrics:log-stream:*'),
      ),
    );
    const snapshot = new CfnParameter(this, 'DatabaseSnapshot', {
      type: 'String',
      description: 'Snapshot that the database is made from, none for an empty one. Another value makes another database',
      default: '',
    });
    const isNew = new CfnCondition(this, 'NewDatabase', {
      expression: Fn.conditionEquals(snapshot.valueAsString, ''),
    });
    const ifNew = (value: string) => Fn.conditionIf(isNew.logicalId, value, Aws.NO_VALUE).toString();
    this.instance = new CfnDBInstance(this, 'Instance', {
      dbSnapshotIdentifier: Fn.conditionIf(isNew.logicalId, Aws.NO_VALUE, snapshot.valueAsString).toString(),
      dbInstanceIdentifier: identifier,
      dbInstanceClass: env.database.instanceClass,
      engine: 'postgres',
      engineVersion: '17.6',
      engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
      autoMinorVersionUpgrade: true,
      dbName: ifNew(APP),
      masterUsername: ifNew(APP),
      manageMasterUserPassword: true,
      masterUserSecret: { kmsKeyId: this.encryptionKey.attrArn },
      enableIamDatabaseAuthentication: true,
      allocatedStorage: String(env.database.storageGib),
      maxAllocatedStorage: env.database.maxStorageGib,
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: ifNew(this.encryptionKey.attrArn),
      dbSubnetGroupName: subnets.ref,
      vpcSecurityGroups: [group.attrGroupId],
      port: '5432',
      publiclyAccessible: false,
      multiAz: false,
      dbParameterGroupName: parameters.ref,
      caCertificateIdentifier: 'rds-ca-rsa2048-g1',
      backupRetentionPeriod: env.database.backupDays,
      preferredBackupWindow: '02:00-03:00',
      preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !env.protected,
      deletionProtection: env.protected,
      enableCloudwatchLogsExports: ['postgresql', 'upgrade'],
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.attrArn,
      databaseInsightsMode: 'standard',
    });
    onRemoval(this.instance, 'snapshot');
    logs.forEach((group) => this.instance.addResourceDependency(group));
  }
}
