//! Services that have no client of the SDK here: requests on top of the SDK's own runtime, which signs, repeats, limits
//! and leads them as it does those of its clients.
//!
//! What lives here: one request, its answer as text, and where it goes. `json` and `query` know two of AWS's protocols, and
//! `xml` reads the answers of the second one. What does not: what is asked (`call`). Why: `docs/decisions/0018`.

mod json;
mod query;
mod refused;
mod xml;

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use stratiform_service::Region;

use crate::aws::Aws;
use crate::error::{Call, Error};
use crate::repetition::Repetition;
use refused::{Refused, refused};

pub(crate) use json::Seconds;
pub(crate) use query::Form;
pub(crate) use xml::{Element, root};

/// A service of AWS.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its name in the SDK's configuration: `AWS_ENDPOINT_URL_` and this, with `_` for spaces.
    pub(crate) id: &'static str,
    /// How its host begins: `ecs`, of `ecs.eu-central-1.amazonaws.com`.
    pub(crate) host: &'static str,
    /// How it begins where FIPS 140 is asked for.
    pub(crate) fips_host: &'static str,
    /// What it is called in signatures.
    pub(crate) signed_as: &'static str,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: &'static str,
    /// Where it goes: scheme and host, and what comes before all paths.
    pub(crate) endpoint: String,
    /// The rest of the address, encoded.
    pub(crate) path: String,
    /// Its headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Its body.
    pub(crate) body: String,
    /// How the path is signed, and whether the body's digest is a header.
    pub(crate) signing: Signing,
    /// How long an answer is waited for, where it is not as long as otherwise.
    pub(crate) patience: Option<Duration>,
}

/// How is a request signed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    /// As of all services but one.
    Usual,
    /// As of S3: the path is signed as it is, and the body's digest is sent.
    S3,
}

impl Aws {
    /// Where a service is called: where the configuration says, or at AWS's own address.
    pub(crate) fn endpoint(&self, service: &Service) -> Endpoint {
        if let Some(url) = self.configured_endpoint(service) {
            return Endpoint::Configured(url.trim_end_matches('/').to_owned());
        }
        let region = self.region();
        let suffix = Region::new(&region).map_or("amazonaws.com", |region| region.url_suffix());
        let host = match self.config.use_fips() {
            Some(true) => service.fips_host,
            _ => service.host,
        };
        Endpoint::Aws(format!("{host}.{region}.{suffix}"))
    }

    /// The address that a program sets comes before what a user configures, and there the service's own before that of all.
    /// So do the SDK's clients.
    fn configured_endpoint(&self, service: &Service) -> Option<String> {
        let of_all = || self.config.endpoint_url().map(str::to_owned);
        if self.config.get_origin("endpoint_url").is_client_config() {
            return of_all();
        }
        let key = ServiceConfigKey::builder().service_id(service.id);
        let key = key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
        let own = self.config.service_config().zip(key.ok());
        own.and_then(|(config, key)| config.load_config(key))
            .or_else(of_all)
    }

    /// The region; empty where none is configured.
    pub fn region(&self) -> String {
        let region = self.config.region();
        region.map_or_else(String::new, |region| region.as_ref().to_owned())
    }

    /// Makes a request, as often as the configuration says where that helps, and answers with the body.
    ///
    /// # Errors
    /// The service refuses it, or does not answer. The body of an answer is not looked at.
    pub(crate) async fn send(
        &self,
        service: &'static Service,
        call: &Call,
        request: Request,
    ) -> Result<String, Error> {
        let Some(credentials) = self.config.credentials_provider() else {
            return Err(call.without_credentials());
        };
        let mut signing = SigningOptions::default();
        if request.signing == Signing::S3 {
            signing.double_uri_encode = false;
            signing.normalize_uri_path = false;
            signing.content_sha256_header = true;
        }
        let region = aws_config::Region::new(self.region());
        let mut layer = Layer::new("service");
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(region)),
            name: Some(SigningName::from_static(service.signed_as)),
            signing_options: signing,
            ..SigV4OperationSigningConfig::default()
        });
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(ApiMetadata::new(service.host, env!("CARGO_PKG_VERSION")));
        if let Some(budget) = &self.budget {
            layer.store_put(budget.clone());
        }
        let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let components = RuntimeComponentsBuilder::new("service")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)))
            .with_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials))
            .with_identity_cache(self.config.identity_cache());
        let plugin = StaticRuntimePlugin::new()
            .with_config(layer.freeze())
            .with_runtime_components(components);
        let operation = self
            .operation(service, call, request.patience)
            .endpoint_url(&request.endpoint)
            .runtime_plugin(plugin)
            .serializer(move |()| http(&request))
            .deserializer(answered)
            .build();
        let answer: Result<String, _> = Operation::invoke(&operation, ()).await;
        answer.map_err(|error| call.error(&error))
    }

    /// What all requests have in common: how they are repeated, and how long they are waited for.
    fn operation(
        &self,
        service: &'static Service,
        call: &Call,
        patience: Option<Duration>,
    ) -> OperationBuilder {
        let retries = self.config.retry_config().cloned();
        let timeouts = self.config.timeout_config().cloned();
        let mut timeouts = timeouts
            .unwrap_or_else(|| TimeoutConfig::builder().build())
            .to_builder();
        if let Some(patience) = patience {
            timeouts = timeouts.read_timeout(patience);
        }
        // The name is that of the budget of repetitions, which a service has for itself in every region.
        let mut builder = Operation::builder()
            .service_name(format!("{}-{}", service.signed_as, self.region()))
            .operation_name(call.operation)
            .timeout_config(timeouts.build())
            .standard_retry(&retries.unwrap_or_else(RetryConfig::standard))
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
            .retry_classifier(ServiceClockSkewClassifier::<Refused>::new())
            .retry_classifier(Repetition)
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(InvocationIdInterceptor::new())
            .interceptor(UserAgentInterceptor::new())
            .with_connection_poisoning();
        if let Some(version) = self.config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(client) = self.config.http_client() {
            builder = builder.http_client(client);
        }
        if let Some(sleep) = self.config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(time) = self.config.time_source() {
            builder = builder.time_source(time);
        }
        builder
    }
}

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Where the configuration says: an address without the `/` at its end.
    Configured(String),
    /// At AWS: a host.
    Aws(String),
}

impl Endpoint {
    /// As an address.
    pub(crate) fn url(&self) -> String {
        match self {
            Endpoint::Configured(url) => url.clone(),
            Endpoint::Aws(host) => format!("https://{host}"),
        }
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn http(request: &Request) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(request.body.as_str()));
    http.set_method(request.method)?;
    http.set_uri(request.path.as_str())?;
    for (name, value) in &request.headers {
        http.headers_mut().try_insert(*name, value.clone())?;
    }
    Ok(http)
}

fn answered(response: &HttpResponse) -> Result<String, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(refused(response, body)));
    }
    String::from_utf8(body.to_vec()).map_err(OrchestratorError::other)
}

/// A text in an address: all but letters, digits and `-._~` is encoded, and what is kept is kept.
pub(crate) fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(letter) || kept.contains(letter) {
            out.push(letter);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_types::origin::Origin;
    use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

    use super::{Service, encoded};
    use crate::aws::Aws;

    const ELB: Service = Service {
        id: "Elastic Load Balancing v2",
        host: "elasticloadbalancing",
        fips_host: "elasticloadbalancing-fips",
        signed_as: "elasticloadbalancing",
    };

    #[derive(Debug)]
    struct OfService;

    impl LoadServiceConfig for OfService {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            let (id, name) = (key.service_id().to_owned(), key.env().to_owned());
            (id == ELB.id && name == "AWS_ENDPOINT_URL").then(|| "http://own/".to_owned())
        }
    }

    #[test]
    fn endpoints_are_those_of_the_configuration_or_of_the_region() {
        let latest = BehaviorVersion::latest();
        let of = |region: &str| {
            let config = SdkConfig::builder().behavior_version(latest);
            config.region(Region::new(region.to_owned()))
        };
        let url =
            |config: aws_types::sdk_config::Builder| Aws::new(&config.build()).endpoint(&ELB).url();
        for (region, suffix) in [
            ("eu-central-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
        ] {
            let expected = format!("https://elasticloadbalancing.{region}.{suffix}");
            assert_eq!(url(of(region)), expected);
        }
        let fips = "https://elasticloadbalancing-fips.us-east-1.amazonaws.com";
        assert_eq!(url(of("us-east-1").use_fips(true)), fips);
        assert_eq!(
            url(of("us-east-1").endpoint_url("http://all/")),
            "http://all"
        );
        let both = || {
            of("us-east-1")
                .endpoint_url("http://all")
                .service_config(OfService)
        };
        assert_eq!(url(both()), "http://own");
        let mut both = both();
        both.insert_origin("endpoint_url", Origin::shared_config());
        assert_eq!(url(both), "http://all");
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(encoded("a b/é~+&", "/"), "a%20b/%C3%A9~%2B%26");
        assert_eq!(encoded("a/b", ""), "a%2Fb");
    }
}
