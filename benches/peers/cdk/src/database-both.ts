// Both in one app.

import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { dev } from './database-environment';
import * as l1 from './database-l1';
import * as l2 from './database-l2';
const app = new App();
const n1 = new Stack(app, 'n1');
const vpc = new ec2.CfnVPC(n1, 'Vpc', { cidrBlock: '10.0.0.0/16' });
const subnets = [1, 2].map((i) => new ec2.CfnSubnet(n1, `S${i}`, { vpcId: vpc.ref, cidrBlock: `10.0.${i}.0/24` }));
const logsKey = new kms.CfnKey(n1, 'LogsKey', { keyPolicy: {} });
new l1.DatabaseStack(app, 'l1', dev, { vpc, isolatedSubnets: subnets, logsKey });
const n2 = new Stack(app, 'n2');
const vpc2 = new ec2.Vpc(n2, 'Vpc', { subnetConfiguration: [{ name: 'i', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, { name: 'p', subnetType: ec2.SubnetType.PUBLIC }] });
new l2.DatabaseStack(app, 'l2', dev, { vpc: vpc2, logsKey: new kms.Key(n2, 'LogsKey') });
app.synth();
