//! The way to AWS: configuration, and what belongs to an account and a region as a whole.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use stratiform_service::{AccountId, StackStatus, Word};

use crate::answer::WholeAnswer;
use crate::call::Secrets;
use crate::error::{Call, Error, refusal};
use crate::identity::Identity;
use crate::profile;
use crate::repetition::Repetition;

/// How often a call is made before it counts as failed. CloudFormation allows few calls per second in an account,
/// and shares them with everything else that calls it there.
const ATTEMPTS: u32 = 8;

/// How often while something is deployed: whoever deploys tells that it takes longer, and goes on.
pub(crate) const ATTEMPTS_OF_DEPLOYMENT: u32 = 6;

/// How long a connection and an answer are waited for. Together with what [`Aws::call`] adds, less than ten seconds.
pub(crate) const CONNECTION: Duration = Duration::from_secs(3);
pub(crate) const ANSWER: Duration = Duration::from_secs(8);

/// The adaptive mode alone takes ten seconds and more for a call that is throttled once, and says nothing meanwhile.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// One account and region of AWS.
///
/// How often a call is tried and how long it waits is in its configuration: see [`configuration`] and
/// [`deployment_configuration`].
pub struct Aws {
    pub(crate) cloudformation: aws_sdk_cloudformation::Client,
    sts: aws_sdk_sts::Client,
    /// For the services that have no client of the SDK here.
    pub(crate) config: SdkConfig,
    pub(crate) secrets: Secrets,
    pub(crate) webhook: Option<Webhook>,
    /// Whose budget of repetitions it uses; none for the one that the process has for a service in a region.
    pub(crate) budget: Option<RetryPartition>,
}

/// Who is told over the web, at an address that is nobody's to know.
#[derive(Clone)]
pub(crate) struct Webhook {
    /// The variable that has the address.
    pub variable: String,
    pub url: String,
}

/// The SDK's default configuration (environment variables, profiles, SSO, web identity, `AWS_ENDPOINT_URL`) in
/// the given region, whatever else is configured.
///
/// A call is tried up to 8 times, with growing pauses, where another time may succeed. It waits 3 seconds for a
/// connection, 8 for each answer, and three minutes in all.
pub fn configuration(region: &str) -> ConfigLoader {
    // No limit for an attempt as a whole: a `credential_process` may be waiting for a person's code.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECTION)
        .read_timeout(ANSWER)
        .operation_timeout(Duration::from_secs(180))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(http_client())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
}

/// The same for [`Aws::call`]: somebody waits, and many calls are made.
///
/// A call is tried up to 6 times, with the pauses of the SDK's adaptive mode: where AWS throttles, all calls of the
/// process become fewer. No pause is longer than 3 seconds. It waits a minute in all.
pub fn deployment_configuration(region: &str) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECTION)
        .read_timeout(ANSWER)
        .operation_timeout(Duration::from_secs(60))
        .build();
    configuration(region)
        .retry_config(
            RetryConfig::adaptive()
                .with_max_attempts(ATTEMPTS_OF_DEPLOYMENT)
                .with_max_backoff(LONGEST_PAUSE),
        )
        .timeout_config(timeouts)
}

/// The SDK's own HTTP client, except that ring does the cryptography: `docs/decisions/0006-aws-sdk.md`.
fn http_client() -> SharedHttpClient {
    // The shorter `build_https` ignores HTTPS_PROXY.
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.build()
    })
}

impl Aws {
    /// Connects to a region with the default configuration. Credentials are looked for with the first call.
    pub async fn connect(region: &str) -> Aws {
        Aws::new(&configuration(region).load().await)
    }

    /// Uses a configuration, usually [`configuration`], or [`deployment_configuration`] for [`Aws::call`]. An attempt that
    /// nobody answers is not the SDK's to repeat, so that it is told within ten seconds: `call` does so, for a moment. A
    /// limit that is reached is told at once.
    pub fn new(config: &SdkConfig) -> Aws {
        Aws::with(config, None)
    }

    /// The same with a budget of repetitions of its own: what fails elsewhere in this process changes nothing here.
    pub fn apart(config: &SdkConfig) -> Aws {
        let budget = RetryPartition::custom("apart").token_bucket(TokenBucket::default());
        Aws::with(config, Some(budget.build()))
    }

    fn with(config: &SdkConfig, budget: Option<RetryPartition>) -> Aws {
        let mut cloudformation = aws_sdk_cloudformation::config::Builder::from(config);
        let mut sts = aws_sdk_sts::config::Builder::from(config);
        cloudformation.set_retry_partition(budget.clone());
        sts.set_retry_partition(budget.clone());
        let cloudformation = cloudformation.retry_classifier(Repetition);
        let sts = sts.retry_classifier(Repetition);
        let cloudformation = cloudformation.interceptor(WholeAnswer).build();
        let sts = sts.interceptor(WholeAnswer).build();
        Aws {
            cloudformation: aws_sdk_cloudformation::Client::from_conf(cloudformation),
            sts: aws_sdk_sts::Client::from_conf(sts),
            config: config.clone(),
            secrets: Secrets::default(),
            webhook: None,
            budget,
        }
    }

    /// Hides these values in what [`Aws::call`] answers: in reasons and messages they are `****`. Values of less than four
    /// bytes are parts of any text, and stay.
    pub fn hiding(self, values: impl IntoIterator<Item = String>) -> Aws {
        Aws {
            secrets: self.secrets.and(values),
            ..self
        }
    }

    /// Has a webhook, at the address that a variable of the process's environment has. The address is in no answer.
    pub fn telling(self, variable: String, url: String) -> Aws {
        let hidden = crate::call::path_of(&url).into_iter();
        let hidden: Vec<String> = hidden.chain([url.clone()]).collect();
        Aws {
            webhook: Some(Webhook { variable, url }),
            ..self.hiding(hidden)
        }
    }

    /// The variable that has the webhook's address: no command sees it.
    pub(crate) fn webhook_variable(&self) -> Option<&str> {
        let webhook = self.webhook.as_ref();
        webhook.map(|webhook| webhook.variable.as_str())
    }

    /// Asks whose credentials these are: [GetCallerIdentity], which needs no permission.
    ///
    /// # Errors
    /// The call fails.
    ///
    /// [GetCallerIdentity]: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    pub async fn identity(&self) -> Result<Identity, Error> {
        let call = Call::new("GetCallerIdentity", "");
        let reply = self.sts.get_caller_identity().send().await;
        let reply = match reply.map_err(|error| call.error(&error)) {
            Ok(reply) => reply,
            // The first call of all: here it shows that there are no credentials.
            Err(Error::Credentials(failure)) => {
                return Err(Error::Credentials(profile::explained(failure).await));
            }
            Err(error) => return Err(error),
        };
        Ok(Identity {
            account: AccountId::new(call.required(reply.account(), "Account")?)
                .map_err(|malformed| call.unreadable(&malformed.to_string()))?,
            arn: call.required(reply.arn(), "Arn")?,
        })
    }

    /// Lists the names of the stacks that exist and whose names start with a prefix: [ListStacks], all pages of it.
    ///
    /// # Errors
    /// A call fails.
    ///
    /// [ListStacks]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
    pub async fn stack_names(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let call = Call::new("ListStacks", "");
        let mut pages = self.cloudformation.list_stacks().into_paginator().send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| call.error(&error))?;
            for stack in page.stack_summaries() {
                let status = stack.stack_status().map(|status| status.as_str());
                let status = status.map(Word::<StackStatus>::new);
                let name = stack.stack_name().unwrap_or_default();
                if status.is_none_or(|status| status.exists()) && name.starts_with(prefix) {
                    names.push(name.to_owned());
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// Lists the names of the stacks that import a value: [ListImports]. None do is an empty list.
    ///
    /// # Errors
    /// A call fails.
    ///
    /// [ListImports]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html
    pub async fn imports(&self, export_name: &str) -> Result<Vec<String>, Error> {
        let call = Call::new("ListImports", export_name);
        let request = self.cloudformation.list_imports().export_name(export_name);
        let imports = request.into_paginator().items().send().try_collect().await;
        match imports {
            // AWS has no empty list here, only this error.
            Err(error) if refusal(&error).is_some_and(|refusal| refusal.is_nobody_imports()) => {
                Ok(Vec::new())
            }
            imports => imports.map_err(|error| call.error(&error)),
        }
    }
}

impl Identity {
    /// Checks that the credentials are of the account that an environment names; it may name none.
    ///
    /// # Errors
    /// They are of another account.
    pub fn expect_account(&self, expected: Option<&AccountId>) -> Result<(), Error> {
        match expected {
            Some(expected) if *expected != self.account => Err(Error::OtherAccount {
                expected: expected.clone(),
                identity: self.clone(),
            }),
            _ => Ok(()),
        }
    }
}
