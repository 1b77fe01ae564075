//! The keys of a request that are AWS's own, the same for every service.
//!
//! Where a key has several values, say which of them must pass: [`Test::for_any_value`](super::Test::for_any_value)
//! or [`Test::for_all_values`](super::Test::for_all_values).
//!
//! Source: IAM user guide, "AWS global condition context keys".

use std::borrow::Cow;
use std::marker::PhantomData;

use super::kind;

/// A key of a request, and what it holds.
#[derive(Clone, Debug)]
pub struct Key<K> {
    name: Cow<'static, str>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Key<K> {
    const fn new(name: &'static str) -> Self {
        Key {
            name: Cow::Borrowed(name),
            kind: PhantomData,
        }
    }
}

/// What names a key that an operator for `K` compares: a [`Key`], or text for the keys of services:
/// `"kms:ViaService"`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no key of a request",
    label = "expected a constant of `key`, or text such as `kms:ViaService`"
)]
pub trait Of<K> {
    /// Its name, as policies have it.
    fn name(self) -> String;
}

impl<K: kind::Compares<J>, J> Of<K> for Key<J> {
    fn name(self) -> String {
        self.name.into_owned()
    }
}

impl<K> Of<K> for &str {
    fn name(self) -> String {
        self.to_owned()
    }
}

impl<K> Of<K> for &String {
    fn name(self) -> String {
        self.clone()
    }
}

impl<K> Of<K> for String {
    fn name(self) -> String {
        self
    }
}

/// A tag of the principal.
pub fn principal_tag(tag: &str) -> Key<kind::Text> {
    tagged("aws:PrincipalTag", tag)
}

/// A tag that the request sets.
pub fn request_tag(tag: &str) -> Key<kind::Text> {
    tagged("aws:RequestTag", tag)
}

/// A tag of the resource.
pub fn resource_tag(tag: &str) -> Key<kind::Text> {
    tagged("aws:ResourceTag", tag)
}

fn tagged(key: &str, tag: &str) -> Key<kind::Text> {
    Key {
        name: format!("{key}/{tag}").into(),
        kind: PhantomData,
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])+ $name:ident: $kind:ident = $key:literal;)+) => {
        $($(#[$doc])+ pub const $name: Key<kind::$kind> = Key::new($key);)+

        /// The names of all of them, without those that end in the name of a tag.
        pub(crate) const ALL: &[&str] = &[$($key,)+];
    };
}

keys! {
    // Of who asks.
    /// The principal: a user, or the role of a session.
    PRINCIPAL_ARN: ResourceName = "aws:PrincipalArn";
    /// The principal's account.
    PRINCIPAL_ACCOUNT: Text = "aws:PrincipalAccount";
    /// The path of the principal's account in its organization. Several values.
    PRINCIPAL_ORG_PATHS: Text = "aws:PrincipalOrgPaths";
    /// The organization of the principal's account.
    PRINCIPAL_ORG_ID: Text = "aws:PrincipalOrgID";
    /// Whether a service of AWS asks as itself.
    PRINCIPAL_IS_AWS_SERVICE: Flag = "aws:PrincipalIsAWSService";
    /// The service that asks as itself.
    PRINCIPAL_SERVICE_NAME: Text = "aws:PrincipalServiceName";
    /// All names of the service that asks as itself. Several values.
    PRINCIPAL_SERVICE_NAMES_LIST: Text = "aws:PrincipalServiceNamesList";
    /// What the principal is: `Account`, `User`, `AssumedRole`.
    PRINCIPAL_TYPE: Text = "aws:PrincipalType";
    /// The principal's unique ID.
    USER_ID: Text = "aws:userid";
    /// The name of the user.
    USER_NAME: Text = "aws:username";
    // Of the session.
    /// Whether the session is one of `sts:AssumeRoot`.
    ASSUMED_ROOT: Flag = "aws:AssumedRoot";
    /// Who vouched for the principal.
    FEDERATED_PROVIDER: Text = "aws:FederatedProvider";
    /// When the temporary credentials were made.
    TOKEN_ISSUE_TIME: Moment = "aws:TokenIssueTime";
    /// Seconds since the principal used a second factor.
    MULTI_FACTOR_AUTH_AGE: Number = "aws:MultiFactorAuthAge";
    /// Whether temporary credentials were made with a second factor.
    MULTI_FACTOR_AUTH_PRESENT: Flag = "aws:MultiFactorAuthPresent";
    /// The chat configuration that the session is for.
    CHATBOT_SOURCE_ARN: ResourceName = "aws:ChatbotSourceArn";
    /// The VPC of the instance that the role's credentials were given to.
    EC2_INSTANCE_SOURCE_VPC: Text = "aws:Ec2InstanceSourceVpc";
    /// The address of the instance that the role's credentials were given to.
    EC2_INSTANCE_SOURCE_PRIVATE_IPV4: Address = "aws:Ec2InstanceSourcePrivateIPv4";
    /// The identity that was set when the role was assumed.
    SOURCE_IDENTITY: Text = "aws:SourceIdentity";
    // Of the network.
    /// The public address that asks.
    SOURCE_IP: Address = "aws:SourceIp";
    /// The VPC that the request comes from, through an endpoint.
    SOURCE_VPC: Text = "aws:SourceVpc";
    /// The ARN of the VPC that the request comes from, through an endpoint.
    SOURCE_VPC_ARN: ResourceName = "aws:SourceVpcArn";
    /// The endpoint that the request comes through.
    SOURCE_VPCE: Text = "aws:SourceVpce";
    /// The account of the endpoint that the request comes through.
    VPCE_ACCOUNT: Text = "aws:VpceAccount";
    /// The path of the endpoint's account in its organization. Several values.
    VPCE_ORG_PATHS: Text = "aws:VpceOrgPaths";
    /// The organization of the endpoint's account.
    VPCE_ORG_ID: Text = "aws:VpceOrgID";
    /// The address in the VPC that asks through an endpoint.
    VPC_SOURCE_IP: Address = "aws:VpcSourceIp";
    // Of the resource.
    /// The account of the resource.
    RESOURCE_ACCOUNT: Text = "aws:ResourceAccount";
    /// The organization of the resource's account.
    RESOURCE_ORG_ID: Text = "aws:ResourceOrgID";
    /// The path of the resource's account in its organization. Several values.
    RESOURCE_ORG_PATHS: Text = "aws:ResourceOrgPaths";
    // Of the request.
    /// The services that asked on the principal's behalf. Several values.
    CALLED_VIA: Text = "aws:CalledVia";
    /// The first of the services that asked on the principal's behalf.
    CALLED_VIA_FIRST: Text = "aws:CalledViaFirst";
    /// The last of the services that asked on the principal's behalf.
    CALLED_VIA_LAST: Text = "aws:CalledViaLast";
    /// The MCP server of AWS that asked on the principal's behalf.
    CALLED_VIA_AWS_MCP: Text = "aws:CalledViaAWSMCP";
    /// Whether a service asks on the principal's behalf, with its credentials.
    VIA_AWS_SERVICE: Flag = "aws:ViaAWSService";
    /// Whether an MCP server of AWS asks on the principal's behalf.
    VIA_AWS_MCP_SERVICE: Flag = "aws:ViaAWSMCPService";
    /// Now.
    CURRENT_TIME: Moment = "aws:CurrentTime";
    /// Now, in seconds since 1970.
    EPOCH_TIME: Moment = "aws:EpochTime";
    /// The page that the browser says it came from. Anyone can write it.
    REFERER: Text = "aws:referer";
    /// The region that is asked.
    REQUESTED_REGION: Text = "aws:RequestedRegion";
    /// The names of the tags in the request. Several values.
    TAG_KEYS: Text = "aws:TagKeys";
    /// Whether the request came with TLS.
    SECURE_TRANSPORT: Flag = "aws:SecureTransport";
    /// The resource for which a service asks.
    SOURCE_ARN: ResourceName = "aws:SourceArn";
    /// The account of the resource for which a service asks.
    SOURCE_ACCOUNT: Text = "aws:SourceAccount";
    /// The account of the resource for which a service asks, of some services and of old.
    SOURCE_OWNER: Text = "aws:SourceOwner";
    /// The path of that account in its organization. Several values.
    SOURCE_ORG_PATHS: Text = "aws:SourceOrgPaths";
    /// The organization of that account.
    SOURCE_ORG_ID: Text = "aws:SourceOrgID";
    /// The program that asks. Anyone can write it.
    USER_AGENT: Text = "aws:UserAgent";
    /// Whether an MCP server of AWS is asked.
    IS_MCP_SERVICE_ACTION: Flag = "aws:IsMcpServiceAction";
}
