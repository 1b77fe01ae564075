// The same in the CDK's L2: the same instance; groups, key and role as L2 makes them.

import { App, Aws, CfnCondition, CfnDeletionPolicy, CfnParameter, Duration, Fn, RemovalPolicy, Stack, StackProps, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Environment } from './database-environment';

export interface NetworkL2 { vpc: ec2.IVpc; logsKey: kms.IKey }

export class DatabaseStack extends Stack {
  readonly instance: rds.DatabaseInstance;
  readonly key: kms.Key;
  readonly clients: ec2.SecurityGroup;

  constructor(scope: App, id: string, env: Environment, network: NetworkL2, props?: StackProps) {
    super(scope, id, props);
    const name = `${env.prefix}-database`;
    const database = env.database;
    this.key = new kms.Key(this, 'Key', {
      description: `Database of ${env.prefix}: storage, snapshots, master secret and Performance Insights`,
      alias: name,
      enableKeyRotation: true,
      pendingWindow: Duration.days(env.terminationProtection ? 30 : 7),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const server = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'The database',
      allowAllOutbound: false,
    });
    Tags.of(server).add('Name', name);
    this.clients = new ec2.SecurityGroup(this, 'ClientSecurityGroup', {
      vpc: network.vpc,
      description: 'Whoever carries this group may connect to the database',
      allowAllOutbound: false,
    });
    Tags.of(this.clients).add('Name', `${name}-clients`);
    server.connections.allowFrom(this.clients, ec2.Port.tcp(database.port), 'PostgreSQL from the clients');
    const version = rds.PostgresEngineVersion.of(database.engineVersion, database.engineVersion.split('.')[0]);
    const engine = rds.DatabaseInstanceEngine.postgres({ version });
    const parameters = new rds.ParameterGroup(this, 'ParameterGroup', {
      engine,
      description: `${env.prefix}: TLS only, statements and waits logged`,
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
    const groups = ['postgresql', 'upgrade'].map((log) => new logs.LogGroup(this, `${log}Logs`, {
      logGroupName: `/aws/rds/instance/${name}/${log}`,
      encryptionKey: network.logsKey,
      retention: env.retentionDays,
      removalPolicy: env.terminationProtection ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    }));
    const osMetrics = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:RDSOSMetrics`;
    const monitoring = new iam.Role(this, 'MonitoringRole', {
      description: 'Enhanced monitoring of the database',
      assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:db:${name}` },
        },
      }),
      inlinePolicies: {
        'write-os-metrics': new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              sid: 'LogGroup',
              actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
              resources: [osMetrics],
            }),
            new iam.PolicyStatement({
              sid: 'LogStreams',
              actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'],
              resources: [`${osMetrics}:log-stream:*`],
            }),
          ],
        }),
      },
    });
    const snapshot = new CfnParameter(this, 'DatabaseSnapshot', {
      type: 'String',
      default: '',
      description: 'Snapshot that the database is made from, none for an empty one. Another value makes another database',
    });
    const isNew = new CfnCondition(this, 'NewDatabase', { expression: Fn.conditionEquals(snapshot, '') });
    const ifNew = (value: string) => Fn.conditionIf(isNew.logicalId, value, Aws.NO_VALUE).toString();
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      engine,
      instanceIdentifier: name,
      instanceType: new ec2.InstanceType(database.instanceClass.replace('db.', '')),
      vpc: network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [server],
      databaseName: database.name,
      credentials: rds.Credentials.fromUsername('storefront'),
      iamAuthentication: true,
      allocatedStorage: database.allocatedStorageGib,
      maxAllocatedStorage: database.maxAllocatedStorageGib,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      storageEncryptionKey: this.key,
      port: database.port,
      publiclyAccessible: false,
      multiAz: database.multiAz,
      parameterGroup: parameters,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      autoMinorVersionUpgrade: true,
      engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
      backupRetention: Duration.days(database.backupRetentionDays),
      preferredBackupWindow: '02:00-03:00',
      preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !database.deletionProtection,
      deletionProtection: database.deletionProtection,
      cloudwatchLogsExports: ['postgresql', 'upgrade'],
      monitoringInterval: Duration.seconds(60),
      monitoringRole: monitoring,
      databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });
    this.instance.node.addDependency(...groups);
    // What L2 cannot say: RDS's own secret, and a snapshot that may be given when it is deployed.
    const cfn = this.instance.node.defaultChild as rds.CfnDBInstance;
    this.instance.node.tryRemoveChild('Secret');
    cfn.masterUserPassword = undefined;
    cfn.manageMasterUserPassword = true;
    cfn.masterUserSecret = { kmsKeyId: this.key.keyArn };
    cfn.masterUsername = ifNew('storefront');
    cfn.dbName = ifNew(database.name);
    cfn.kmsKeyId = ifNew(this.key.keyArn);
    cfn.dbSnapshotIdentifier = Fn.conditionIf(isNew.logicalId, Aws.NO_VALUE, snapshot).toString();
    const key = this.key.node.defaultChild as kms.CfnKey;
    key.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  }
}
