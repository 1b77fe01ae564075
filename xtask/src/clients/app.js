// A small app for `cargo xtask ci clients`: what it deploys depends on DISPLAY_NAME.
const { App, BootstraplessSynthesizer, CfnOutput, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const sns = require('aws-cdk-lib/aws-sns');
const subscriptions = require('aws-cdk-lib/aws-sns-subscriptions');
const sqs = require('aws-cdk-lib/aws-sqs');
const ssm = require('aws-cdk-lib/aws-ssm');

const app = new App();
const stack = new Stack(app, 'SmallApp', {
  env: { account: process.env.AWS_ACCESS_KEY_ID, region: process.env.AWS_REGION },
  synthesizer: new BootstraplessSynthesizer(),
});
const topic = new sns.Topic(stack, 'Topic', { displayName: process.env.DISPLAY_NAME });
const queue = new sqs.Queue(stack, 'Queue', { visibilityTimeout: Duration.seconds(30), removalPolicy: RemovalPolicy.DESTROY });
topic.addSubscription(new subscriptions.SqsSubscription(queue));
new ssm.StringParameter(stack, 'QueueName', { stringValue: queue.queueName });
new CfnOutput(stack, 'TopicArn', { value: topic.topicArn });
