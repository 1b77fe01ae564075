/** VPC, subnets, routes, NAT, endpoints and flow logs. */

import { Aws, Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { APP, Environment } from './environments';
import {
  ANYWHERE, EnvironmentStack, NO_EGRESS, Statement, allow, arn, document, keepHistory, key, logGroup, role, tcp, trust,
} from './parts';

type Tier = 'Public' | 'Private' | 'Isolated';

/** Where the blocks of a tier begin, in the third number of the address. */
const TIERS: Record<Tier, number> = { Public: 0, Private: 64, Isolated: 128 };

const ENDPOINTS: Readonly<Record<string, string>> = {
  'ecr.api': 'EcrApi',
  'ecr.dkr': 'EcrDocker',
  logs: 'Logs',
  secretsmanager: 'SecretsManager',
  sqs: 'Sqs',
};

export class NetworkStack extends EnvironmentStack {
  readonly logsKey: CfnKey;
  readonly vpc: ec2.CfnVPC;
  readonly publicSubnets: ec2.CfnSubnet[] = [];
  readonly privateSubnets: ec2.CfnSubnet[] = [];
  readonly isolatedSubnets: ec2.CfnSubnet[] = [];
  readonly natAddresses: ec2.CfnEIP[] = [];

  constructor(scope: Construct, env: Environment) {
    super(scope, env, 'network', 'VPC, subnets, routes, NAT, endpoints and flow logs');
    this.logsKey = key(this, 'LogsKey', 'logs', `Log groups of ${this.prefix}`, keepHistory(env), {
      Sid: 'LogGroupsOfThisEnvironment',
      Effect: 'Allow',
      Principal: { Service: Fn.sub('logs.${AWS::Region}.amazonaws.com') },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            this.path('*'),
            `/aws/rds/instance/${this.prefix}-*`,
            `/aws/ecs/containerinsights/${this.prefix}/*`,
            `aws-waf-logs-${this.prefix}`,
          ].map((name) => arn('logs', `log-group:${name}`)),
        },
      },
    });
    this.vpc = new ec2.CfnVPC(this, 'Vpc', {
      cidrBlock: `${env.addresses}.0.0/16`,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: this.nameTag('vpc'),
    });
    const gateway = new ec2.CfnInternetGateway(this, 'InternetGateway', { tags: this.nameTag('internet') });
    const attachment = new ec2.CfnVPCGatewayAttachment(this, 'InternetGatewayAttachment', {
      vpcId: this.vpc.ref,
      internetGatewayId: gateway.ref,
    });

    const publicRoutes = this.routeTable('PublicRouteTable', 'public');
    const publicRoute = new ec2.CfnRoute(this, 'PublicDefaultRoute', {
      routeTableId: publicRoutes.ref,
      destinationCidrBlock: ANYWHERE,
      gatewayId: gateway.ref,
    });
    publicRoute.addResourceDependency(attachment);
    for (let zone = 1; zone <= env.zones; zone += 1) {
      this.publicSubnets.push(this.subnet('Public', zone, publicRoutes));
    }

    const gateways: ec2.CfnNatGateway[] = [];
    for (let zone = 1; zone <= (env.natPerZone ? env.zones : 1); zone += 1) {
      const address = new ec2.CfnEIP(this, `NatAddress${zone}`, {
        domain: 'vpc',
        tags: this.nameTag(`nat-${zone}`),
      });
      address.addResourceDependency(attachment);
      this.natAddresses.push(address);
      const nat = new ec2.CfnNatGateway(this, `NatGateway${zone}`, {
        subnetId: this.publicSubnets[zone - 1].ref,
        allocationId: address.attrAllocationId,
        tags: this.nameTag(`nat-${zone}`),
      });
      nat.addResourceDependency(publicRoute);
      gateways.push(nat);
    }

    const privateRoutes: ec2.CfnRouteTable[] = [];
    for (let zone = 1; zone <= env.zones; zone += 1) {
      const routes = this.routeTable(`PrivateRouteTable${zone}`, `private-${zone}`);
      new ec2.CfnRoute(this, `PrivateDefaultRoute${zone}`, {
        routeTableId: routes.ref,
        destinationCidrBlock: ANYWHERE,
        natGatewayId: gateways[env.natPerZone ? zone - 1 : 0].ref,
      });
      privateRoutes.push(routes);
      this.privateSubnets.push(this.subnet('Private', zone, routes));
    }
    this.isolated();
    this.endpoints(privateRoutes);
    this.flowLogs();
  }

  private block(tier: Tier, zone: number): string {
    return `${this.values.addresses}.${TIERS[tier] + 16 * (zone - 1)}.0/20`;
  }

  private routeTable(id: string, name: string): ec2.CfnRouteTable {
    return new ec2.CfnRouteTable(this, id, { vpcId: this.vpc.ref, tags: this.nameTag(name) });
  }

  private subnet(tier: Tier, zone: number, routes: ec2.CfnRouteTable): ec2.CfnSubnet {
    const id = `${tier}Subnet${zone}`;
    const subnet = new ec2.CfnSubnet(this, id, {
      vpcId: this.vpc.ref,
      availabilityZone: Fn.select(zone - 1, Fn.getAzs()),
      cidrBlock: this.block(tier, zone),
      mapPublicIpOnLaunch: false,
      tags: this.nameTag(`${tier.toLowerCase()}-${zone}`),
    });
    new ec2.CfnSubnetRouteTableAssociation(this, `${id}Routes`, {
      subnetId: subnet.ref,
      routeTableId: routes.ref,
    });
    return subnet;
  }

  /** Subnets that nothing enters or leaves but PostgreSQL. */
  private isolated(): void {
    const routes = this.routeTable('IsolatedRouteTable', 'isolated');
    const acl = new ec2.CfnNetworkAcl(this, 'IsolatedAcl', {
      vpcId: this.vpc.ref,
      tags: this.nameTag('isolated'),
    });
    for (let zone = 1; zone <= this.values.zones; zone += 1) {
      const rules = [
        { id: 'PostgresIn', egress: false, from: 5432, to: 5432 },
        { id: 'RepliesOut', egress: true, from: 1024, to: 65535 },
      ];
      for (const { id, egress, from, to } of rules) {
        new ec2.CfnNetworkAclEntry(this, `IsolatedAcl${id}${zone}`, {
          networkAclId: acl.ref,
          ruleNumber: 100 * zone,
          egress,
          protocol: 6,
          ruleAction: 'allow',
          cidrBlock: this.block('Private', zone),
          portRange: { from, to },
        });
      }
      const subnet = this.subnet('Isolated', zone, routes);
      new ec2.CfnSubnetNetworkAclAssociation(this, `IsolatedSubnet${zone}Acl`, {
        subnetId: subnet.ref,
        networkAclId: acl.ref,
      });
      this.isolatedSubnets.push(subnet);
    }
  }

  /** AWS services that are reached without leaving the VPC. */
  private endpoints(routes: ec2.CfnRouteTable[]): void {
    new ec2.CfnVPCEndpoint(this, 'S3Endpoint', {
      vpcId: this.vpc.ref,
      vpcEndpointType: 'Gateway',
      serviceName: Fn.sub('com.amazonaws.${AWS::Region}.s3'),
      routeTableIds: routes.map((table) => table.ref),
      policyDocument: document(allow(
        'ImageLayers',
        's3:GetObject',
        Fn.sub('arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*'),
        { Principal: '*' },
      )),
    });
    if (this.values.interfaceEndpoints.length === 0) {
      return;
    }
    const group = new ec2.CfnSecurityGroup(this, 'EndpointSecurityGroup', {
      groupDescription: 'Interface endpoints',
      vpcId: this.vpc.ref,
      securityGroupIngress: this.privateSubnets.map((_, index) => tcp(
        443,
        'HTTPS from a private subnet',
        this.block('Private', index + 1),
      )),
      securityGroupEgress: NO_EGRESS,
      tags: this.nameTag('endpoints'),
    });
    for (const service of this.values.interfaceEndpoints) {
      new ec2.CfnVPCEndpoint(this, `${ENDPOINTS[service]}Endpoint`, {
        vpcId: this.vpc.ref,
        vpcEndpointType: 'Interface',
        serviceName: Fn.sub(`com.amazonaws.\${AWS::Region}.${service}`),
        privateDnsEnabled: true,
        subnetIds: this.privateSubnets.map((subnet) => subnet.ref),
        securityGroupIds: [group.attrGroupId],
        policyDocument: document(...this.endpointPolicy(service)),
      });
    }
  }

  private endpointPolicy(service: string): Statement[] {
    const own = {
      Principal: '*',
      Condition: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    };
    switch (service) {
      case 'ecr.api':
      case 'ecr.dkr':
        return [
          allow('Login', 'ecr:GetAuthorizationToken', '*', own),
          allow(
            'Pull',
            ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            arn('ecr', `repository/${APP}/${this.values.name}/*`),
            own,
          ),
        ];
      case 'logs':
        return [
          allow(
            'WriteLogs',
            ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
            arn('logs', `log-group:${this.path('*')}`),
            own,
          ),
          allow('FindLogGroups', 'logs:DescribeLogGroups', '*', own),
        ];
      case 'secretsmanager':
        return [allow(
          'ReadDatabaseSecrets',
          'secretsmanager:GetSecretValue',
          arn('secretsmanager', 'secret:rds!db-*'),
          own,
        )];
      default:
        return [allow(
          'UseQueues',
          [
            'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl',
            'sqs:ReceiveMessage', 'sqs:SendMessage',
          ],
          arn('sqs', this.name('*')),
          own,
        )];
    }
  }

  private flowLogs(): void {
    const group = logGroup(this, 'FlowLogs', this.path('flow-logs'), this.logsKey.attrArn);
    const writer = role(
      this,
      'FlowLogRole',
      'Writes the VPC flow logs',
      trust('vpc-flow-logs.amazonaws.com', arn('ec2', 'vpc-flow-log/*')),
      'write-flow-logs',
      allow('WriteLogs', ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], group.attrArn),
      allow('FindLogGroups', 'logs:DescribeLogGroups', '*'),
    );
    new ec2.CfnFlowLog(this, 'FlowLog', {
      resourceType: 'VPC',
      resourceId: this.vpc.ref,
      trafficType: 'ALL',
      maxAggregationInterval: 600,
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.ref,
      deliverLogsPermissionArn: writer.attrArn,
      tags: this.nameTag('flow-log'),
    });
  }
}
