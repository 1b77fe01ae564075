/** The reference app, `storefront`, in all its environments. */

import { App } from 'aws-cdk-lib';
import { AlarmsStack } from './alarms';
import { BackupStack } from './backup';
import { DatabaseStack } from './database';
import { ENVIRONMENTS } from './environments';
import { NetworkStack } from './network';
import { QueuesStack } from './queues';
import { RegistryStack } from './registry';
import { ServicesStack } from './services';
import { SETTINGS } from './settings';

const app = new App(SETTINGS);
for (const env of ENVIRONMENTS) {
  const network = new NetworkStack(app, env);
  const registry = new RegistryStack(app, env);
  const database = new DatabaseStack(app, env, network);
  const queues = new QueuesStack(app, env);
  const services = new ServicesStack(app, env, { network, registry, database, queues });
  const alarms = new AlarmsStack(app, env, { database, queues, services });
  if (env.backup !== undefined && env.recoveryRegion !== undefined) {
    new BackupStack(app, env, { database, alarms, backup: env.backup, recoveryRegion: env.recoveryRegion });
  }
}
app.synth();
