// What the two are given.

import { CfnDeletionPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
export interface Environment {
  prefix: string; terminationProtection: boolean; retentionDays: number;
  historyPolicy: CfnDeletionPolicy; historyReplacePolicy: CfnDeletionPolicy;
  database: { port: number; engineVersion: string; instanceClass: string; name: string; allocatedStorageGib: number;
    maxAllocatedStorageGib: number; multiAz: boolean; backupRetentionDays: number; deletionProtection: boolean };
}
export interface Network { vpc: ec2.CfnVPC; isolatedSubnets: ec2.CfnSubnet[]; logsKey: kms.CfnKey }
export const dev: Environment = { prefix: 'storefront-dev', terminationProtection: false, retentionDays: 14,
  historyPolicy: CfnDeletionPolicy.DELETE, historyReplacePolicy: CfnDeletionPolicy.DELETE,
  database: { port: 5432, engineVersion: '17.6', instanceClass: 'db.t3.micro', name: 'storefront', allocatedStorageGib: 20,
    maxAllocatedStorageGib: 100, multiAz: false, backupRetentionDays: 7, deletionProtection: false } };
