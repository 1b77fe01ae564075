/** Notifications, alarms, dashboard and budget. */

import { Fn } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAlarm, CfnCompositeAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DatabaseStack } from './database';
import { APP, Environment } from './environments';
import {
  AlarmProps, EnvironmentStack, OWN_ACCOUNT, alarm, allow, arn, denyPlaintext, document, errorRate, expression, key,
  metric, notification, onRemoval, responseTime, title,
} from './parts';
import { QueuesStack } from './queues';
import { ServicesStack } from './services';

interface Needs {
  readonly database: DatabaseStack;
  readonly queues: QueuesStack;
  readonly services: ServicesStack;
}

export class AlarmsStack extends EnvironmentStack {
  readonly topic: CfnTopic;
  readonly undelivered: CfnQueue;
  /** The alarms in order, for the dashboard. */
  private readonly alarms: string[] = [];

  constructor(scope: Construct, env: Environment, private readonly needs: Needs) {
    super(scope, env, 'alarms', 'notifications, alarms, dashboard and budget');
    const use = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    const encryption = key(
      this,
      'Key',
      'alarms',
      `Notifications of ${this.prefix}`,
      'delete',
      allow('PublishersOfThisAccount', use, '*', {
        Principal: { Service: ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'] },
        Condition: OWN_ACCOUNT,
      }),
      allow('EventRules', use, '*', { Principal: { Service: 'events.amazonaws.com' } }),
    );
    this.topic = new CfnTopic(this, 'Topic', { displayName: this.prefix, kmsMasterKeyId: encryption.attrArn });
    const topic = this.topic.ref;
    const publish = (sid: string, service: string, source?: string) => allow(sid, 'sns:Publish', topic, {
      Principal: { Service: service },
      Condition: source === undefined ? undefined : { ...OWN_ACCOUNT, ArnLike: { 'aws:SourceArn': source } },
    });
    const topicPolicy = new CfnTopicPolicy(this, 'TopicPolicy', {
      topics: [topic],
      policyDocument: document(
        publish('Alarms', 'cloudwatch.amazonaws.com', arn('cloudwatch', 'alarm:*')),
        publish('Budgets', 'budgets.amazonaws.com', arn('budgets', '*', '')),
        publish('EventRules', 'events.amazonaws.com'),
        denyPlaintext('sns:Publish', topic),
      ),
    });
    this.undelivered = new CfnQueue(this, 'UndeliveredEvents', {
      messageRetentionPeriod: 1209600,
      kmsMasterKeyId: encryption.attrArn,
      kmsDataKeyReusePeriodSeconds: 3600,
    });
    onRemoval(this.undelivered, 'delete');
    new CfnQueuePolicy(this, 'UndeliveredEventsPolicy', {
      queues: [this.undelivered.ref],
      policyDocument: document(
        allow('EventRules', 'sqs:SendMessage', this.undelivered.attrArn, {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ...OWN_ACCOUNT, ArnLike: { 'aws:SourceArn': arn('events', `rule/${this.name('*')}`) } },
        }),
        denyPlaintext('sqs:*', this.undelivered.attrArn),
      ),
    });
    new CfnRule(this, 'FailedDeployments', {
      description: 'Deployments of the services that failed',
      state: 'ENABLED',
      eventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change'],
        resources: Object.values(needs.services.services).map((service) => service.ref),
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      },
      targets: [notification(
        topic,
        this.undelivered.attrArn,
        { service: '$.resources[0]', reason: '$.detail.reason', time: '$.time' },
        '"Deployment failed: <service> at <time>: <reason>"',
      )],
    });

    this.ofServices();
    this.ofDatabase();
    this.ofQueues();
    this.dashboard();
    this.budget().addResourceDependency(topicPolicy);
  }

  private add(id: string, props: AlarmProps): CfnAlarm {
    this.alarms.push(id);
    return alarm(this, id, { ...props, topic: this.topic.ref });
  }

  private ofServices(): void {
    const { services } = this.needs;
    for (const [name, route] of Object.entries(services.routes)) {
      const loadBalancer = services.loadBalancer.attrLoadBalancerFullName;
      const groups = route.targetGroups.map((group) => group.attrTargetGroupFullName);
      this.add(`${title(name)}ErrorsAlarm`, {
        description: `${name}: more than 5 % errors for 5 minutes`,
        threshold: 5,
        periods: 5,
        queries: errorRate(loadBalancer, groups),
      });
      this.add(`${title(name)}ResponseTimeAlarm`, {
        description: `${name}: slower than 2 s (p95) for 10 minutes`,
        threshold: 2,
        periods: 10,
        queries: responseTime(loadBalancer, groups),
      });
    }
    for (const [name, service] of Object.entries(services.services)) {
      const dimensions = { ClusterName: services.cluster.ref, ServiceName: service.attrName };
      for (const [id, what, metricName] of [
        ['Cpu', 'CPU', 'CPUUtilization'],
        ['Memory', 'memory', 'MemoryUtilization'],
      ]) {
        this.add(`${title(name)}${id}Alarm`, {
          description: `${name}: more than 80 % ${what} for 15 minutes`,
          threshold: 80,
          periods: 3,
          single: { namespace: 'AWS/ECS', metricName, statistic: 'Average', period: 300, dimensions },
        });
      }
      // No numbers means that Container Insights sees no service: that is an alarm, too.
      this.add(`${title(name)}TasksAlarm`, {
        description: `${name}: fewer tasks than desired for 5 minutes`,
        threshold: 0,
        periods: 5,
        missing: 'breaching',
        queries: [
          expression('lacking', 'desired - running', 'Tasks lacking'),
          metric('desired', 'ECS/ContainerInsights', 'DesiredTaskCount', 'Average', dimensions),
          metric('running', 'ECS/ContainerInsights', 'RunningTaskCount', 'Average', dimensions),
        ],
      });
    }
  }

  private ofDatabase(): void {
    const { connectionsAbove, freeStorageBelowGib } = this.values.database;
    const rows: [string, string, string, number, Partial<AlarmProps>][] = [
      ['Load', 'more than 80 % CPU for 15 minutes', 'CPUUtilization', 80, { missing: 'breaching' }],
      [
        'Connections', `more than ${connectionsAbove} connections for 15 minutes`, 'DatabaseConnections',
        connectionsAbove, {},
      ],
      [
        'Storage', `less than ${freeStorageBelowGib} GiB of storage free for 15 minutes`, 'FreeStorageSpace',
        freeStorageBelowGib * 1024 ** 3, { below: true },
      ],
      ['ReadLatency', 'reads slower than 50 ms for 10 minutes', 'ReadLatency', 0.05, { periods: 2 }],
      ['WriteLatency', 'writes slower than 50 ms for 10 minutes', 'WriteLatency', 0.05, { periods: 2 }],
    ];
    for (const [id, description, metricName, threshold, more] of rows) {
      this.add(`Database${id}Alarm`, {
        description: `database: ${description}`,
        threshold,
        periods: 3,
        single: {
          namespace: 'AWS/RDS',
          metricName,
          statistic: 'Average',
          period: 300,
          dimensions: { DBInstanceIdentifier: this.needs.database.instance.ref },
        },
        ...more,
      });
    }
  }

  private ofQueues(): void {
    const visible = 'ApproximateNumberOfMessagesVisible';
    const of = (metricName: string, queue: CfnQueue) => ({
      namespace: 'AWS/SQS',
      metricName,
      statistic: 'Maximum',
      period: 60,
      dimensions: { QueueName: queue.attrQueueName },
    });
    for (const [name, { queue, deadLetters }] of Object.entries(this.needs.queues.queues)) {
      this.add(`${title(name)}DeadLettersAlarm`, {
        description: `${name}: the dead-letter queue is not empty`,
        threshold: 0,
        periods: 1,
        single: of(visible, deadLetters),
      });
      this.add(`${title(name)}MessageAgeAlarm`, {
        description: `${name}: the oldest message is older than 900 s for 5 minutes`,
        threshold: 900,
        periods: 5,
        single: of('ApproximateAgeOfOldestMessage', queue),
      });
    }
    this.add('UndeliveredEventsAlarm', {
      description: 'a notification could not be delivered to the topic',
      threshold: 0,
      periods: 1,
      single: of(visible, this.undelivered),
    });
    // Watched by CloudFormation during deployments. It notifies nobody: its parts do.
    const watched = this.alarms.filter((id) => /(Errors|ResponseTime|Tasks)Alarm$/.test(id));
    new CfnCompositeAlarm(this, 'RollbackAlarm', {
      alarmName: this.name('rollback'),
      alarmDescription: `${this.prefix} is unwell: deployments are rolled back`,
      alarmRule: Fn.sub(watched.map((id) => `ALARM("\${${id}}")`).join(' OR ')),
    });
    this.alarms.push('RollbackAlarm');
  }

  private dashboard(): void {
    const { database, queues, services } = this.needs;
    const variables: Record<string, string> = {
      Balancer: services.loadBalancer.attrLoadBalancerFullName,
      Cluster: services.cluster.ref,
      Database: database.instance.ref,
    };
    const widgets: object[] = [{
      type: 'alarm',
      x: 0,
      y: 0,
      width: 24,
      height: 3,
      properties: { title: `Alarms of ${this.prefix}`, alarms: this.alarms.map((id) => `\${${id}.Arn}`) },
    }];
    const graph = (heading: string, stat: string, metrics: unknown[][], max?: number) => {
      const place = widgets.length - 1;
      widgets.push({
        type: 'metric',
        x: 8 * (place % 3),
        y: 3 + 6 * Math.floor(place / 3),
        width: 8,
        height: 6,
        properties: {
          title: heading,
          region: '${AWS::Region}',
          view: 'timeSeries',
          stat,
          period: 60,
          metrics,
          yAxis: { left: { min: 0, max } },
        },
      });
    };
    const elb = (name: string, more: object) => ['AWS/ApplicationELB', name, 'LoadBalancer', '${Balancer}', more];
    const names = Object.entries(services.services).map(([name, service]) => {
      variables[title(name)] = service.attrName;
      return name;
    });
    const ecs = (namespace: string, metricName: string, name: string, label: string) => [
      namespace, metricName, 'ClusterName', '${Cluster}', 'ServiceName', `\${${title(name)}}`, { label },
    ];
    const sqs = (metricName: string, variable: string, more: object) => [
      'AWS/SQS', metricName, 'QueueName', `\${${variable}}`, more,
    ];
    const rds = (metricName: string, more: object) => [
      'AWS/RDS', metricName, 'DBInstanceIdentifier', '${Database}', more,
    ];
    graph('Requests and errors', 'Sum', [
      elb('RequestCount', { label: 'requests' }),
      elb('HTTPCode_Target_5XX_Count', { label: 'errors of services (5xx)' }),
      elb('HTTPCode_ELB_5XX_Count', { label: 'not delivered (5xx)' }),
      elb('HTTPCode_Target_4XX_Count', { label: 'refused (4xx)' }),
    ]);
    graph('Response time (s)', 'p95', ['p50', 'p95', 'p99'].map(
      (stat) => elb('TargetResponseTime', { stat, label: stat }),
    ));
    graph('Tasks', 'Average', names.flatMap((name) => [
      ecs('ECS/ContainerInsights', 'DesiredTaskCount', name, `${name} desired`),
      ecs('ECS/ContainerInsights', 'RunningTaskCount', name, `${name} running`),
    ]));
    for (const [what, metricName] of [['CPU', 'CPUUtilization'], ['Memory', 'MemoryUtilization']]) {
      graph(`${what} of the services (%)`, 'Average', names.map(
        (name) => ecs('AWS/ECS', metricName, name, name),
      ), 100);
    }
    graph('Messages', 'Maximum', Object.entries(queues.queues).flatMap(([name, { queue, deadLetters }]) => {
      variables[`${title(name)}Queue`] = queue.attrQueueName;
      variables[`${title(name)}DeadLetters`] = deadLetters.attrQueueName;
      return [
        sqs('ApproximateNumberOfMessagesVisible', `${title(name)}Queue`, { label: `${name} waiting` }),
        sqs('ApproximateNumberOfMessagesVisible', `${title(name)}DeadLetters`, { label: `${name} dead` }),
        sqs('ApproximateAgeOfOldestMessage', `${title(name)}Queue`, { label: `${name} oldest (s)`, yAxis: 'right' }),
      ];
    }));
    graph('CPU of the database (%)', 'Average', [rds('CPUUtilization', { label: 'CPU' })], 100);
    graph('Connections and free storage', 'Average', [
      rds('DatabaseConnections', { label: 'connections' }),
      rds('FreeStorageSpace', { label: 'free storage (bytes)', yAxis: 'right' }),
    ]);
    graph('Latency of the database (s)', 'Average', [
      rds('ReadLatency', { label: 'reads' }),
      rds('WriteLatency', { label: 'writes' }),
    ]);
    new CfnDashboard(this, 'Dashboard', {
      // Dashboards are global: the name has to differ in another region.
      dashboardName: Fn.sub(`${this.prefix}-\${AWS::Region}`),
      dashboardBody: Fn.sub(JSON.stringify({ widgets }, undefined, 2), variables),
    });
  }

  private budget(): CfnBudget {
    const tag = (tagKey: string, value: string) => ({
      tags: { key: tagKey, matchOptions: ['EQUALS'], values: [value] },
    });
    return new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: this.values.monthlyUsd, unit: 'USD' },
        metrics: ['UnblendedCost'],
        filterExpression: { and: [tag('app', APP), tag('environment', this.values.name)] },
      },
      notificationsWithSubscribers: ([['ACTUAL', 80], ['ACTUAL', 100], ['FORECASTED', 100]] as const).map(
        ([notificationType, threshold]) => ({
          notification: {
            notificationType,
            threshold,
            thresholdType: 'PERCENTAGE',
            comparisonOperator: 'GREATER_THAN',
          },
          subscribers: [{ subscriptionType: 'SNS', address: this.topic.ref }],
        }),
      ),
    });
  }
}
