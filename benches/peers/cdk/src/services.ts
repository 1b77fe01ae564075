/** Cluster, load balancer, and the services. */

import { Aws, CfnOutput, CfnParameter, CfnResource, Fn } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster, CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { DatabaseStack } from './database';
import { APP, Environment, Service } from './environments';
import { NetworkStack } from './network';
import {
  ANYWHERE, EnvironmentStack, NO_EGRESS, OWN_ACCOUNT, Statement, alarm, allow, arn, denyPlaintext, dimensions, document,
  errorRate, key, logGroup, onRemoval, responseTime, role, tcp, title, trust,
} from './parts';
import { QueuesStack } from './queues';
import { RegistryStack } from './registry';

const TEST_PORT = 8443;

interface Needs {
  readonly network: NetworkStack;
  readonly registry: RegistryStack;
  readonly database: DatabaseStack;
  readonly queues: QueuesStack;
}

/** How the load balancer reaches a service. */
export interface Route {
  readonly targetGroups: elb.CfnTargetGroup[];
  readonly production: elb.CfnListenerRule;
  readonly test?: elb.CfnListenerRule;
  readonly trafficRole?: CfnRole;
  /** Without these, no health check gets through. */
  readonly openings: CfnResource[];
}

export class ServicesStack extends EnvironmentStack {
  readonly cluster: CfnCluster;
  readonly loadBalancer: elb.CfnLoadBalancer;
  readonly services: Record<string, CfnService> = {};
  readonly routes: Record<string, Route> = {};
  private readonly execKey: CfnKey;
  private readonly execLogs: CfnLogGroup;
  private readonly loadBalancerGroup: CfnSecurityGroup;
  private readonly certificate?: CfnParameter;

  constructor(scope: Construct, env: Environment, private readonly needs: Needs) {
    super(
      scope,
      env,
      'services',
      `cluster, load balancer, and the services ${Object.keys(env.services).join(', ')}`,
    );
    const logsKey = needs.network.logsKey.attrArn;
    if (env.https) {
      this.certificate = new CfnParameter(this, 'CertificateArn', {
        type: 'String',
        description: 'Certificate of the load balancer',
        allowedPattern: '^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$',
        constraintDescription: 'must be the ARN of an ACM certificate in this region',
      });
    }
    this.execKey = key(this, 'ExecKey', 'exec', `ECS Exec sessions of ${this.prefix}`, 'delete');
    this.execLogs = logGroup(this, 'ExecLogGroup', this.path('exec'), logsKey);
    // Made before the cluster, which would make it without key and retention.
    const insights = logGroup(
      this,
      'InsightsLogGroup',
      `/aws/ecs/containerinsights/${this.prefix}/performance`,
      logsKey,
    );
    this.cluster = new CfnCluster(this, 'Cluster', {
      clusterName: this.prefix,
      clusterSettings: [{ name: 'containerInsights', value: env.insights }],
      configuration: {
        executeCommandConfiguration: {
          kmsKeyId: this.execKey.attrArn,
          logging: 'OVERRIDE',
          logConfiguration: { cloudWatchLogGroupName: this.execLogs.ref, cloudWatchEncryptionEnabled: true },
        },
      },
    });
    this.cluster.addResourceDependency(insights);

    this.loadBalancerGroup = this.securityGroup();
    this.loadBalancer = this.makeLoadBalancer();
    const { production, test } = this.listeners();
    if (env.waf) {
      this.firewall(logsKey);
    }
    for (const [name, service] of Object.entries(env.services)) {
      this.service(name, service, production, test);
    }
    new CfnOutput(this, 'LoadBalancerAddress', {
      description: 'Where the services are reached; the name of the certificate should be an alias of it',
      value: this.loadBalancer.attrDnsName,
    });
  }

  private get isBlueGreen(): boolean {
    return Object.values(this.values.services).some((service) => service.deployment.strategy === 'blue_green');
  }

  private securityGroup(): CfnSecurityGroup {
    const ingress = this.values.https
      ? [tcp(443, 'HTTPS', ANYWHERE), tcp(80, 'HTTP, redirected to HTTPS', ANYWHERE)]
      : [tcp(80, 'HTTP', ANYWHERE)];
    if (this.isBlueGreen) {
      ingress.push(tcp(
        TEST_PORT,
        'Test traffic from the VPC, private addresses',
        `${this.values.addresses}.0.0/16`,
      ));
      this.needs.network.natAddresses.forEach((address, index) => ingress.push(tcp(
        TEST_PORT,
        `Test traffic from the VPC through NAT gateway ${index + 1}`,
        Fn.sub('${Address}/32', { Address: address.ref }),
      )));
    }
    return new CfnSecurityGroup(this, 'LoadBalancerSecurityGroup', {
      groupDescription: 'The load balancer',
      vpcId: this.needs.network.vpc.ref,
      securityGroupIngress: ingress,
      securityGroupEgress: NO_EGRESS,
      tags: this.nameTag('load-balancer'),
    });
  }

  private makeLoadBalancer(): elb.CfnLoadBalancer {
    const bucket = new CfnBucket(this, 'AccessLogBucket', {
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      versioningConfiguration: { status: 'Enabled' },
      loggingConfiguration: { logFilePrefix: 'bucket/' },
      lifecycleConfiguration: {
        rules: [{
          id: 'expire',
          status: 'Enabled',
          expirationInDays: this.values.logDays,
          noncurrentVersionExpiration: { noncurrentDays: 7 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        }],
      },
    });
    onRemoval(bucket, 'keep');
    const policy = new CfnBucketPolicy(this, 'AccessLogBucketPolicy', {
      bucket: bucket.ref,
      policyDocument: document(
        allow('LoadBalancerLogs', 's3:PutObject', Fn.sub('${AccessLogBucket.Arn}/alb/AWSLogs/${AWS::AccountId}/*'), {
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Condition: { ArnLike: { 'aws:SourceArn': arn('elasticloadbalancing', 'loadbalancer/*') } },
        }),
        allow('BucketLogs', 's3:PutObject', Fn.sub('${AccessLogBucket.Arn}/bucket/*'), {
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Condition: { ...OWN_ACCOUNT, ArnLike: { 'aws:SourceArn': bucket.attrArn } },
        }),
        denyPlaintext('s3:*', [bucket.attrArn, Fn.sub('${AccessLogBucket.Arn}/*')]),
      ),
    });
    const loadBalancer = new elb.CfnLoadBalancer(this, 'LoadBalancer', {
      type: 'application',
      scheme: 'internet-facing',
      ipAddressType: 'ipv4',
      subnets: this.needs.network.publicSubnets.map((subnet) => subnet.ref),
      securityGroups: [this.loadBalancerGroup.attrGroupId],
      loadBalancerAttributes: [
        { key: 'access_logs.s3.enabled', value: 'true' },
        { key: 'access_logs.s3.bucket', value: bucket.ref },
        { key: 'access_logs.s3.prefix', value: 'alb' },
        { key: 'deletion_protection.enabled', value: String(this.values.protected) },
        { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
      ],
    });
    loadBalancer.addResourceDependency(policy);
    return loadBalancer;
  }

  private listeners(): { production: elb.CfnListener; test?: elb.CfnListener } {
    const notFound = {
      type: 'fixed-response',
      fixedResponseConfig: { statusCode: '404', contentType: 'text/plain', messageBody: 'Not found' },
    };
    if (this.certificate === undefined) {
      return {
        production: new elb.CfnListener(this, 'HttpListener', {
          loadBalancerArn: this.loadBalancer.ref,
          port: 80,
          protocol: 'HTTP',
          defaultActions: [notFound],
        }),
      };
    }
    new elb.CfnListener(this, 'HttpListener', {
      loadBalancerArn: this.loadBalancer.ref,
      port: 80,
      protocol: 'HTTP',
      defaultActions: [{
        type: 'redirect',
        redirectConfig: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' },
      }],
    });
    const certificateArn = this.certificate.valueAsString;
    const https = (id: string, port: number) => new elb.CfnListener(this, id, {
      loadBalancerArn: this.loadBalancer.ref,
      port,
      protocol: 'HTTPS',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
      certificates: [{ certificateArn }],
      defaultActions: [notFound],
    });
    return {
      production: https('HttpsListener', 443),
      test: this.isBlueGreen ? https('TestListener', TEST_PORT) : undefined,
    };
  }

  /** AWS WAF with Amazon's managed rules. */
  private firewall(logsKey: string): void {
    const visibility = (name: string): CfnWebACL.VisibilityConfigProperty => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName: this.name(name),
    });
    const managed: [string, string, CfnWebACL.RuleActionOverrideProperty[]?][] = [
      ['ip-reputation', 'AWSManagedRulesAmazonIpReputationList'],
      ['known-bad-inputs', 'AWSManagedRulesKnownBadInputsRuleSet'],
      ['common', 'AWSManagedRulesCommonRuleSet', [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }]],
    ];
    const acl = new CfnWebACL(this, 'WebAcl', {
      description: `In front of the load balancer of ${this.prefix}`,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('web-acl'),
      rules: [
        {
          name: 'rate-limit',
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit: 2000 } },
          visibilityConfig: visibility('rate-limit'),
        },
        ...managed.map(([name, group, ruleActionOverrides], index): CfnWebACL.RuleProperty => ({
          name,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: { vendorName: 'AWS', name: group, ruleActionOverrides },
          },
          visibilityConfig: visibility(name),
        })),
      ],
    });
    new CfnWebACLAssociation(this, 'WebAclAssociation', {
      resourceArn: this.loadBalancer.ref,
      webAclArn: acl.attrArn,
    });
    logGroup(this, 'WebAclLogGroup', `aws-waf-logs-${this.prefix}`, logsKey);
    new CfnLoggingConfiguration(this, 'WebAclLogging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [arn('logs', 'log-group:${WebAclLogGroup}')],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [{
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
        }],
      },
      redactedFields: ['authorization', 'cookie'].map((Name) => ({ singleHeader: { Name } })),
    });
  }

  private service(name: string, service: Service, production: elb.CfnListener, test?: elb.CfnListener): void {
    const id = title(name);
    const { network, registry, database } = this.needs;
    const group = new CfnSecurityGroup(this, `${id}TaskSecurityGroup`, {
      groupDescription: `The tasks of ${name}`,
      vpcId: network.vpc.ref,
      securityGroupEgress: [tcp(443, 'AWS APIs and other HTTPS endpoints', ANYWHERE)],
      tags: this.nameTag(name),
    });
    const route = service.http === undefined
      ? undefined
      : this.route(name, service, service.http, group, production, test);
    if (route !== undefined) {
      this.routes[name] = route;
    }
    const logs = logGroup(this, `${id}Logs`, this.path(`services/${name}`), network.logsKey.attrArn);

    const secret = database.instance.attrMasterUserSecretSecretArn;
    const readSecret = [
      allow('ReadDatabaseSecret', 'secretsmanager:GetSecretValue', secret),
      allow('DecryptDatabaseSecret', 'kms:Decrypt', database.encryptionKey.attrArn, {
        Condition: {
          StringEquals: {
            'kms:ViaService': Fn.sub('secretsmanager.${AWS::Region}.amazonaws.com'),
            'kms:EncryptionContext:SecretARN': secret,
          },
        },
      }),
    ];
    const tasks = trust('ecs-tasks.amazonaws.com', arn('ecs', '*'));
    const execution = role(
      this,
      `${id}ExecutionRole`,
      `Starts the tasks of ${name}`,
      tasks,
      'start-tasks',
      allow('Login', 'ecr:GetAuthorizationToken', '*'),
      allow(
        'Pull',
        ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        registry.repositories[name].attrArn,
      ),
      allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logs.attrArn),
      ...readSecret,
    );
    const task = role(
      this,
      `${id}TaskRole`,
      `What ${name} itself may do`,
      tasks,
      'run',
      allow('ConnectToDatabase', 'rds-db:connect', Fn.sub(
        `arn:\${AWS::Partition}:rds-db:\${AWS::Region}:\${AWS::AccountId}:dbuser:\${Database}/${name}`,
        { Database: database.instance.attrDbiResourceId },
      )),
      ...readSecret,
      ...this.permissions(service, name),
    );
    const definition = this.taskDefinition(name, service, logs, execution, task, secret);
    const watched = this.deploymentAlarms(name, route);

    const { deployment } = service;
    const circuitBreaker = { enable: true, rollback: true };
    const ecs = new CfnService(this, `${id}Service`, {
      serviceName: name,
      cluster: this.cluster.ref,
      taskDefinition: definition.ref,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      availabilityZoneRebalancing: 'ENABLED',
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      enableExecuteCommand: service.executeCommand,
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: {
        strategy: deployment.strategy === 'rolling' ? 'ROLLING' : 'BLUE_GREEN',
        bakeTimeInMinutes: deployment.bakeTimeMinutes,
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        alarms: { alarmNames: watched.map((each) => each.ref), enable: true, rollback: true },
        deploymentCircuitBreaker: deployment.strategy === 'rolling' ? circuitBreaker : undefined,
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: network.privateSubnets.map((subnet) => subnet.ref),
          securityGroups: [group.attrGroupId, database.clientGroup.attrGroupId],
        },
      },
      healthCheckGracePeriodSeconds: route === undefined ? undefined : 60,
      loadBalancers: route && service.http && [{
        containerName: name,
        containerPort: service.http.port,
        targetGroupArn: route.targetGroups[0].ref,
        advancedConfiguration: route.test && route.trafficRole && {
          alternateTargetGroupArn: route.targetGroups[1].ref,
          productionListenerRule: route.production.ref,
          testListenerRule: route.test.ref,
          roleArn: route.trafficRole.attrArn,
        },
      }],
    });
    if (route !== undefined) {
      const needed = route.test === undefined ? [...route.openings, route.production] : route.openings;
      needed.forEach((each) => ecs.addResourceDependency(each));
    }
    this.services[name] = ecs;
    this.scaling(name, service, ecs);
  }

  private route(
    name: string,
    service: Service,
    http: NonNullable<Service['http']>,
    group: CfnSecurityGroup,
    production: elb.CfnListener,
    test?: elb.CfnListener,
  ): Route {
    const id = title(name);
    const between = { ipProtocol: 'tcp', fromPort: http.port, toPort: http.port };
    const ingress = new CfnSecurityGroupIngress(this, `${id}IngressFromLoadBalancer`, {
      description: 'Requests and health checks',
      groupId: group.attrGroupId,
      sourceSecurityGroupId: this.loadBalancerGroup.attrGroupId,
      ...between,
    });
    const egress = new CfnSecurityGroupEgress(this, `${id}EgressOfLoadBalancer`, {
      description: `To the tasks of ${name}`,
      groupId: this.loadBalancerGroup.attrGroupId,
      destinationSecurityGroupId: group.attrGroupId,
      ...between,
    });
    const openings = [ingress, egress];
    const isBlueGreen = service.deployment.strategy === 'blue_green';
    const targetGroups = (isBlueGreen ? ['Blue', 'Green'] : ['Blue']).map((color) => new elb.CfnTargetGroup(
      this,
      `${id}${color}TargetGroup`,
      {
        vpcId: this.needs.network.vpc.ref,
        targetType: 'ip',
        protocol: 'HTTP',
        port: http.port,
        healthCheckProtocol: 'HTTP',
        healthCheckPath: http.healthCheckPath,
        healthCheckIntervalSeconds: 15,
        healthCheckTimeoutSeconds: 5,
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        matcher: { httpCode: '200' },
        targetGroupAttributes: [
          { key: 'deregistration_delay.timeout_seconds', value: '30' },
          { key: 'load_balancing.algorithm.type', value: 'least_outstanding_requests' },
        ],
      },
    ));
    // ECS moves these weights at every deployment.
    const rule = (ruleId: string, listener: elb.CfnListener) => new elb.CfnListenerRule(this, ruleId, {
      listenerArn: listener.ref,
      priority: 100,
      conditions: [{ field: 'path-pattern', pathPatternConfig: { values: ['/*'] } }],
      actions: [{
        type: 'forward',
        forwardConfig: {
          targetGroups: targetGroups.map((each, index) => ({
            targetGroupArn: each.ref,
            weight: index === 0 ? 1 : 0,
          })),
        },
      }],
    });
    const productionRule = rule(`${id}ProductionRule`, production);
    if (!isBlueGreen || test === undefined) {
      return { targetGroups, production: productionRule, openings };
    }
    const testRule = rule(`${id}TestRule`, test);
    const trafficRole = role(
      this,
      `${id}TrafficRole`,
      `ECS moves the traffic of ${name} between blue and green`,
      document({ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      'shift-traffic',
      allow('Describe', [
        'elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth',
      ], '*'),
      allow('ShiftTraffic', 'elasticloadbalancing:ModifyRule', [productionRule.ref, testRule.ref]),
      allow(
        'RegisterTasks',
        ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        targetGroups.map((each) => each.ref),
      ),
    );
    return { targetGroups, production: productionRule, test: testRule, trafficRole, openings };
  }

  private permissions(service: Service, name: string): Statement[] {
    const { queues } = this.needs;
    const viaQueues = { Condition: { StringEquals: { 'kms:ViaService': Fn.sub('sqs.${AWS::Region}.amazonaws.com') } } };
    const statements: Statement[] = [];
    for (const target of service.publishesTo) {
      statements.push(
        allow(
          'SendMessages',
          ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
          queues.queues[target].queue.attrArn,
        ),
        allow(
          'EncryptMessages',
          ['kms:Decrypt', 'kms:GenerateDataKey'],
          queues.encryptionKey.attrArn,
          viaQueues,
        ),
      );
    }
    if (service.queue !== undefined) {
      statements.push(
        allow(
          'ConsumeMessages',
          ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          queues.queues[name].queue.attrArn,
        ),
        allow('DecryptMessages', 'kms:Decrypt', queues.encryptionKey.attrArn, viaQueues),
      );
    }
    if (service.executeCommand) {
      statements.push(
        allow('ExecChannels', [
          'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ], '*'),
        allow('ExecFindLogGroups', 'logs:DescribeLogGroups', '*'),
        allow(
          'ExecLogs',
          ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          this.execLogs.attrArn,
        ),
        allow('ExecSession', 'kms:Decrypt', this.execKey.attrArn),
      );
    }
    return statements;
  }

  private taskDefinition(
    name: string,
    service: Service,
    logs: CfnLogGroup,
    execution: CfnRole,
    task: CfnRole,
    secret: string,
  ): CfnTaskDefinition {
    const { database, queues } = this.needs;
    const repository = `${APP}/${this.values.name}/${name}`;
    const image = new CfnParameter(this, `${title(name)}Image`, {
      type: 'String',
      description: `Image of the service ${name}; a digest runs what was tested`,
      allowedPattern: `^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/${repository}`
        + '(@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$',
      constraintDescription: `must be an image of ${repository} in ECR, with a digest or a tag`,
    });
    const variables: Record<string, string> = {
      ...service.variables,
      DATABASE_HOST: database.instance.attrEndpointAddress,
      DATABASE_PORT: database.instance.attrEndpointPort,
      DATABASE_NAME: APP,
      DATABASE_SECRET_ARN: secret,
      DATABASE_SSLMODE: 'verify-full',
      DATABASE_IAM_USER: name,
      ENVIRONMENT: this.values.name,
    };
    if (service.http !== undefined) {
      variables.PORT = String(service.http.port);
    }
    for (const target of [...service.publishesTo, ...(service.queue === undefined ? [] : [name])]) {
      variables[`${target.toUpperCase()}_QUEUE_URL`] = queues.queues[target].queue.attrQueueUrl;
    }
    const command = service.http === undefined
      ? ['CMD-SHELL', 'find /tmp/alive -mmin -2 | grep -q .']
      : [
        'CMD', 'wget', '-q', '-T', '2', '-O', '/dev/null',
        `http://127.0.0.1:${service.http.port}${service.http.healthCheckPath}`,
      ];
    return new CfnTaskDefinition(this, `${title(name)}TaskDefinition`, {
      family: this.name(name),
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      cpu: String(service.cpu),
      memory: String(service.memoryMib),
      executionRoleArn: execution.attrArn,
      taskRoleArn: task.attrArn,
      // The agent of ECS Exec writes here, and the root file system is read-only.
      volumes: service.executeCommand ? [{ name: 'exec-state' }, { name: 'exec-logs' }] : undefined,
      containerDefinitions: [{
        name,
        image: image.valueAsString,
        essential: true,
        user: '10001:10001',
        readonlyRootFilesystem: true,
        linuxParameters: {
          initProcessEnabled: true,
          capabilities: { drop: ['ALL'] },
          tmpfs: [{ containerPath: '/tmp', size: 64, mountOptions: ['nosuid', 'nodev', 'noexec'] }],
        },
        environment: Object.entries(variables)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([variable, value]) => ({ name: variable, value })),
        secrets: ['password', 'username'].map((part) => ({
          name: `DATABASE_${part.toUpperCase()}`,
          valueFrom: Fn.sub(`\${Secret}:${part}::`, { Secret: secret }),
        })),
        healthCheck: { command, interval: 15, timeout: 5, retries: 3, startPeriod: 60 },
        stopTimeout: service.http === undefined ? 120 : 30,
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': logs.ref,
            'awslogs-region': Aws.REGION,
            'awslogs-stream-prefix': name,
            mode: 'non-blocking',
            'max-buffer-size': '25m',
          },
        },
        portMappings: service.http && [{ name: 'http', containerPort: service.http.port, protocol: 'tcp' }],
        mountPoints: service.executeCommand
          ? [
            { sourceVolume: 'exec-state', containerPath: '/var/lib/amazon/ssm', readOnly: false },
            { sourceVolume: 'exec-logs', containerPath: '/var/log/amazon/ssm', readOnly: false },
          ]
          : undefined,
      }],
    });
  }

  /** Alarms that ECS watches while it deploys. They must not refer to the service. */
  private deploymentAlarms(name: string, route?: Route): CfnAlarm[] {
    const id = title(name);
    if (route === undefined) {
      return [alarm(this, `${id}DeploymentBacklogAlarm`, {
        description: `${name}: a message has waited for more than 900 s, watched during deployments`,
        threshold: 900,
        periods: 3,
        single: {
          namespace: 'AWS/SQS',
          metricName: 'ApproximateAgeOfOldestMessage',
          statistic: 'Maximum',
          period: 60,
          dimensions: { QueueName: this.needs.queues.queues[name].queue.attrQueueName },
        },
      })];
    }
    const loadBalancer = this.loadBalancer.attrLoadBalancerFullName;
    const groups = route.targetGroups.map((group) => group.attrTargetGroupFullName);
    return [
      alarm(this, `${id}DeploymentErrorsAlarm`, {
        description: `${name}: more than 5 % errors, watched during deployments`,
        threshold: 5,
        periods: 3,
        datapoints: 2,
        queries: errorRate(loadBalancer, groups),
      }),
      alarm(this, `${id}DeploymentResponseTimeAlarm`, {
        description: `${name}: slower than 2 s (p95), watched during deployments`,
        threshold: 2,
        periods: 5,
        datapoints: 4,
        queries: responseTime(loadBalancer, groups),
      }),
    ];
  }

  private scaling(name: string, service: Service, ecs: CfnService): void {
    const id = title(name);
    const target = new CfnScalableTarget(this, `${id}ScalableTarget`, {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: Fn.sub(`service/\${Cluster}/\${${id}Service.Name}`),
      minCapacity: service.tasks.minimum,
      maxCapacity: service.tasks.maximum,
    });
    const cooldown = { scaleInCooldown: 300, scaleOutCooldown: 60 };
    new CfnScalingPolicy(this, `${id}ScalingPolicy`, {
      policyName: name,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: service.scaling.metric === 'cpu'
        ? {
          predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          targetValue: service.scaling.targetPercent,
          ...cooldown,
        }
        : {
          customizedMetricSpecification: { metrics: this.backlog(name, ecs) },
          targetValue: service.scaling.messagesPerTask,
          ...cooldown,
        },
    });
  }

  private backlog(name: string, ecs: CfnResource & { attrName: string }): CfnScalingPolicy.TargetTrackingMetricDataQueryProperty[] {
    const metric = (id: string, namespace: string, metricName: string, stat: string, values: Record<string, string>) => ({
      id,
      returnData: false,
      metricStat: { stat, metric: { namespace, metricName, dimensions: dimensions(values) } },
    });
    return [
      { id: 'backlog', label: 'Messages per task', returnData: true, expression: 'visible / running' },
      metric('visible', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Sum', {
        QueueName: this.needs.queues.queues[name].queue.attrQueueName,
      }),
      metric('running', 'ECS/ContainerInsights', 'RunningTaskCount', 'Average', {
        ClusterName: this.cluster.ref,
        ServiceName: ecs.attrName,
      }),
    ];
  }
}
