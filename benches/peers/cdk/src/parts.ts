/** What several stacks are made of. */

import { Aws, CfnDeletionPolicy, CfnResource, CfnTag, Fn, Stack, StackProps } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { BootstraplessSynthesizer } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { APP, Environment } from './environments';

export const ANYWHERE = '0.0.0.0/0';

/** A stack of one environment. */
export class EnvironmentStack extends Stack {
  readonly prefix: string;

  constructor(scope: Construct, readonly values: Environment, readonly key: string, description: string) {
    super(scope, `${APP}-${values.name}-${key}`, {
      description: `${APP} ${values.name}: ${description}`,
      terminationProtection: values.protected,
      analyticsReporting: false,
      synthesizer: new BootstraplessSynthesizer(),
      tags: { app: APP, environment: values.name, 'cost-center': 'web-shop', team: 'storefront' },
    } satisfies StackProps);
    this.prefix = `${APP}-${values.name}`;
  }

  name(name: string): string {
    return `${this.prefix}-${name}`;
  }

  path(name: string): string {
    return `/${APP}/${this.values.name}/${name}`;
  }

  nameTag(name: string): CfnTag[] {
    return [{ key: 'Name', value: this.name(name) }];
  }
}

export type Removal = 'delete' | 'keep' | 'snapshot';

/** Sets both policies of a resource. */
export function onRemoval(resource: CfnResource, removal: Removal): void {
  const [deletion, replacement] = {
    delete: [CfnDeletionPolicy.DELETE, CfnDeletionPolicy.DELETE],
    keep: [CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE, CfnDeletionPolicy.RETAIN],
    snapshot: [CfnDeletionPolicy.SNAPSHOT, CfnDeletionPolicy.SNAPSHOT],
  }[removal];
  resource.cfnOptions.deletionPolicy = deletion;
  resource.cfnOptions.updateReplacePolicy = replacement;
}

/** What holds history outlives its stack where the environment is protected. */
export function keepHistory(env: Environment): Removal {
  return env.protected ? 'keep' : 'delete';
}

export function arn(service: string, resource: string, region = '${AWS::Region}'): string {
  return Fn.sub(`arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`);
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export function document(...statements: Statement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

export function allow(
  Sid: string,
  Action: string | string[],
  Resource: unknown,
  more: Partial<Statement> = {},
): Statement {
  return { Sid, Effect: 'Allow', Action, Resource, ...more };
}

export function denyPlaintext(Action: string, Resource: unknown): Statement {
  return {
    Sid: 'DenyPlaintext',
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

export const OWN_ACCOUNT = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** Trust in a service that acts for this account, or for one resource of it. */
export function trust(service: string, source?: string): object {
  return document({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    Condition: source === undefined ? OWN_ACCOUNT : { ...OWN_ACCOUNT, ArnLike: { 'aws:SourceArn': source } },
  });
}

export function role(
  stack: Stack,
  id: string,
  description: string,
  assumeRolePolicyDocument: object,
  policyName: string,
  ...statements: Statement[]
): CfnRole {
  return new CfnRole(stack, id, {
    description,
    assumeRolePolicyDocument,
    policies: [{ policyName, policyDocument: document(...statements) }],
  });
}

/** A key that IAM policies of the account govern, plus what services may do with it, under an alias. */
export function key(
  stack: EnvironmentStack,
  id: string,
  alias: string,
  description: string,
  removal: Removal,
  ...statements: Statement[]
): CfnKey {
  const administration = allow('AccountAdministersKey', 'kms:*', '*', {
    Principal: { AWS: Fn.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
  });
  const key = new CfnKey(stack, id, {
    description,
    enableKeyRotation: true,
    pendingWindowInDays: stack.values.protected ? 30 : 7,
    keyPolicy: document(administration, ...statements),
  });
  onRemoval(key, removal);
  new CfnAlias(stack, `${id}Alias`, { aliasName: `alias/${stack.name(alias)}`, targetKeyId: key.ref });
  return key;
}

export function logGroup(stack: EnvironmentStack, id: string, logGroupName: string, keyArn: string): CfnLogGroup {
  const group = new CfnLogGroup(stack, id, {
    logGroupName,
    retentionInDays: stack.values.logDays,
    kmsKeyId: keyArn,
  });
  onRemoval(group, keepHistory(stack.values));
  return group;
}

/** No way out. A group without an egress rule gets "allow everything" from EC2; this one leads nowhere. */
export const NO_EGRESS: CfnSecurityGroup.EgressProperty[] = [
  { description: 'No outbound traffic', ipProtocol: '-1', cidrIp: '127.0.0.1/32' },
];

export function tcp(port: number, description: string, cidrIp: string): CfnSecurityGroup.IngressProperty {
  return { description, ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp };
}

/** `api` → `Api`. */
export function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

// Alarms ----------------------------------------------------------------------------------------------------

export type Dimensions = Readonly<Record<string, string>>;

export function dimensions(values: Dimensions): CfnAlarm.DimensionProperty[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

export function metric(
  id: string,
  namespace: string,
  metricName: string,
  stat: string,
  values: Dimensions,
): CfnAlarm.MetricDataQueryProperty {
  return {
    id,
    returnData: false,
    metricStat: { metric: { namespace, metricName, dimensions: dimensions(values) }, period: 60, stat },
  };
}

export function expression(id: string, text: string, label: string): CfnAlarm.MetricDataQueryProperty {
  return { id, expression: text, label, returnData: true };
}

/** 5xx of the targets and of the load balancer itself, in percent of all requests. */
export function errorRate(loadBalancer: string, groups: readonly string[]): CfnAlarm.MetricDataQueryProperty[] {
  const elb = 'AWS/ApplicationELB';
  const queries = groups.flatMap((group, index) => {
    const values = { TargetGroup: group, LoadBalancer: loadBalancer };
    return [
      metric(`requests${index + 1}`, elb, 'RequestCount', 'Sum', values),
      metric(`errors${index + 1}`, elb, 'HTTPCode_Target_5XX_Count', 'Sum', values),
    ];
  });
  const sum = (what: string) => ['balancer', ...groups.map((_, index) => `${what}${index + 1}`)].join(', ');
  return [
    expression('rate', `100 * SUM([${sum('errors')}]) / SUM([${sum('requests')}])`, 'Errors (%)'),
    ...queries,
    metric('balancer', elb, 'HTTPCode_ELB_5XX_Count', 'Sum', { LoadBalancer: loadBalancer }),
  ];
}

export function responseTime(loadBalancer: string, groups: readonly string[]): CfnAlarm.MetricDataQueryProperty[] {
  const queries = groups.map((group, index) => metric(
    `time${index + 1}`,
    'AWS/ApplicationELB',
    'TargetResponseTime',
    'p95',
    { TargetGroup: group, LoadBalancer: loadBalancer },
  ));
  const times = queries.map((query) => query.id).join(', ');
  return [expression('slowest', `MAX([${times}])`, 'p95 (s)'), ...queries];
}

export interface AlarmProps {
  readonly description: string;
  readonly threshold: number;
  readonly periods: number;
  readonly datapoints?: number;
  readonly below?: boolean;
  readonly missing?: 'breaching' | 'notBreaching';
  readonly topic?: string;
  readonly queries?: CfnAlarm.MetricDataQueryProperty[];
  readonly single?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly statistic: string;
    readonly period: number;
    readonly dimensions: Dimensions;
  };
}

export function alarm(stack: Stack, id: string, props: AlarmProps): CfnAlarm {
  const actions = props.topic === undefined ? {} : { alarmActions: [props.topic], okActions: [props.topic] };
  const single = props.single === undefined
    ? {}
    : { ...props.single, dimensions: dimensions(props.single.dimensions) };
  return new CfnAlarm(stack, id, {
    alarmDescription: props.description,
    metrics: props.queries,
    ...single,
    comparisonOperator: props.below ? 'LessThanThreshold' : 'GreaterThanThreshold',
    threshold: props.threshold,
    evaluationPeriods: props.periods,
    datapointsToAlarm: props.datapoints ?? props.periods,
    treatMissingData: props.missing ?? 'notBreaching',
    ...actions,
  });
}

/** The target of a rule that tells the topic. */
export function notification(
  topic: string,
  undelivered: string,
  inputPathsMap: Readonly<Record<string, string>>,
  inputTemplate: string,
) {
  return {
    id: 'notify',
    arn: topic,
    deadLetterConfig: { arn: undelivered },
    retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
    inputTransformer: { inputPathsMap, inputTemplate },
  };
}
