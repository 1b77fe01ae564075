/** What differs between dev, staging and prod: `environments/*.yaml`, merged. */

export interface Service {
  readonly http?: { readonly port: number; readonly healthCheckPath: string };
  readonly cpu: number;
  readonly memoryMib: number;
  readonly tasks: { readonly minimum: number; readonly maximum: number };
  readonly scaling: { readonly metric: 'cpu'; readonly targetPercent: number }
    | { readonly metric: 'queue_backlog'; readonly messagesPerTask: number };
  readonly deployment: { readonly strategy: 'rolling'; readonly bakeTimeMinutes?: number }
    | { readonly strategy: 'blue_green'; readonly bakeTimeMinutes: number };
  readonly queue?: {
    readonly visibilityTimeoutSeconds: number;
    readonly retentionDays: number;
    readonly maxReceives: number;
  };
  readonly publishesTo: readonly string[];
  readonly executeCommand: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

export interface Environment {
  readonly name: string;
  readonly protected: boolean;
  readonly recoveryRegion?: string;
  /** The first two numbers of the VPC's addresses. */
  readonly addresses: string;
  readonly zones: number;
  readonly natPerZone: boolean;
  readonly interfaceEndpoints: readonly string[];
  readonly database: {
    readonly instanceClass: string;
    readonly storageGib: number;
    readonly maxStorageGib: number;
    readonly backupDays: number;
    readonly connectionsAbove: number;
    readonly freeStorageBelowGib: number;
  };
  readonly https: boolean;
  readonly waf: boolean;
  readonly insights: 'enabled' | 'enhanced';
  readonly services: Readonly<Record<string, Service>>;
  readonly logDays: number;
  readonly monthlyUsd: number;
  readonly backup?: { readonly dailyDays: number; readonly monthlyDays: number };
}

export const APP = 'storefront';

const api: Service = {
  http: { port: 8080, healthCheckPath: '/healthz' },
  cpu: 256,
  memoryMib: 512,
  tasks: { minimum: 1, maximum: 2 },
  scaling: { metric: 'cpu', targetPercent: 60 },
  deployment: { strategy: 'rolling' },
  publishesTo: ['worker'],
  executeCommand: false,
  variables: { LOG_LEVEL: 'info' },
};

const worker: Service = {
  cpu: 256,
  memoryMib: 512,
  tasks: { minimum: 1, maximum: 2 },
  scaling: { metric: 'queue_backlog', messagesPerTask: 100 },
  deployment: { strategy: 'rolling' },
  queue: { visibilityTimeoutSeconds: 180, retentionDays: 4, maxReceives: 5 },
  publishesTo: [],
  executeCommand: false,
  variables: { LOG_LEVEL: 'info' },
};

const debugging = { executeCommand: true, variables: { LOG_LEVEL: 'debug' } };

export const ENVIRONMENTS: readonly Environment[] = [
  {
    name: 'dev',
    protected: false,
    addresses: '10.0',
    zones: 2,
    natPerZone: false,
    interfaceEndpoints: [],
    database: {
      instanceClass: 'db.t3.micro',
      storageGib: 20,
      maxStorageGib: 100,
      backupDays: 7,
      connectionsAbove: 80,
      freeStorageBelowGib: 5,
    },
    https: false,
    waf: false,
    insights: 'enabled',
    services: { api: { ...api, ...debugging }, worker: { ...worker, ...debugging } },
    logDays: 14,
    monthlyUsd: 150,
  },
  {
    name: 'staging',
    protected: false,
    addresses: '10.1',
    zones: 2,
    natPerZone: false,
    interfaceEndpoints: [],
    database: {
      instanceClass: 'db.t3.small',
      storageGib: 20,
      maxStorageGib: 100,
      backupDays: 7,
      connectionsAbove: 80,
      freeStorageBelowGib: 5,
    },
    https: true,
    waf: false,
    insights: 'enabled',
    services: {
      api: { ...api, tasks: { minimum: 2, maximum: 4 } },
      worker: { ...worker, tasks: { minimum: 2, maximum: 4 } },
    },
    logDays: 30,
    monthlyUsd: 300,
  },
  {
    name: 'prod',
    protected: true,
    recoveryRegion: 'eu-west-1',
    addresses: '10.2',
    zones: 3,
    natPerZone: true,
    interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'sqs'],
    database: {
      instanceClass: 'db.t3.medium',
      storageGib: 50,
      maxStorageGib: 500,
      backupDays: 30,
      connectionsAbove: 300,
      freeStorageBelowGib: 10,
    },
    https: true,
    waf: true,
    insights: 'enhanced',
    services: {
      api: {
        ...api,
        cpu: 512,
        memoryMib: 1024,
        tasks: { minimum: 3, maximum: 12 },
        deployment: { strategy: 'blue_green', bakeTimeMinutes: 15 },
      },
      worker: {
        ...worker,
        tasks: { minimum: 3, maximum: 12 },
        deployment: { strategy: 'rolling', bakeTimeMinutes: 15 },
      },
    },
    logDays: 365,
    monthlyUsd: 1200,
    backup: { dailyDays: 35, monthlyDays: 365 },
  },
];
