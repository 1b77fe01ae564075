/** Off is what would slow synthesis down and is not in the templates. */

import { AppProps } from 'aws-cdk-lib';

export const SETTINGS: AppProps = {
  analyticsReporting: false,
  treeMetadata: false,
  context: {
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    'aws:cdk:disable-stack-trace': true,
    'aws:cdk:disable-creation-stack-traces': true,
    'aws:cdk:disable-logicalId-metadata': true,
  },
};
