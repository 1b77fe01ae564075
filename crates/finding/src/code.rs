//! The codes of everything that can be wrong, in one list: of every crate and every command.

use std::fmt;
use std::str::FromStr;

use crate::words::nearest;

macro_rules! codes {
    ($($(#[$about:meta])+ $group:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal,)+ })+) => {
        /// What is wrong, as a stable name: the key of `docs/findings.md`, of `--explain` and of suppressions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($($(#[$doc])+ $variant,)+)+
        }

        impl Code {
            /// Every code, in the order of the enum.
            pub const ALL: &[Code] = &[$($(Code::$variant,)+)+];

            /// The code in kebab-case: `duplicate-key`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($(Code::$variant => $text,)+)+
                }
            }
        }

        /// What codes are about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Group {
            $($(#[$about])+ $group,)+
        }

        impl Group {
            /// The codes of the group: each library proves that it gives all of its own.
            pub fn codes(self) -> &'static [Code] {
                match self {
                    $(Group::$group => &[$(Code::$variant,)+],)+
                }
            }
        }
    };
}

codes! {
    /// Texts: YAML, JSON, encodings, limits of reading.
    Texts {
        /// The bytes are not UTF-8.
        InvalidEncoding = "invalid-encoding",
        /// The text is larger than any template may be.
        TemplateTooLarge = "template-too-large",
        /// Collections stand inside each other too many times.
        NestedTooDeep = "nested-too-deep",
        /// The text, or what its aliases expand to, has too many parts.
        TooManyNodes = "too-many-nodes",
        /// The text is not JSON.
        InvalidJson = "invalid-json",
        /// The text is not YAML.
        InvalidYaml = "invalid-yaml",
        /// A tab indents a line of YAML.
        TabIndentation = "tab-indentation",
        /// A key stands twice in one map.
        DuplicateKey = "duplicate-key",
        /// A key is a list, a map or a function.
        KeyNotScalar = "key-not-scalar",
        /// A YAML tag that CloudFormation does not know.
        UnknownTag = "unknown-tag",
        /// A YAML tag whose content does not fit it.
        InvalidTag = "invalid-tag",
        /// An alias without an anchor, or inside its own anchor.
        InvalidAlias = "invalid-alias",
        /// A merge key `<<` with something other than maps.
        InvalidMerge = "invalid-merge",
        /// A key of digits without quotes, which CloudFormation takes for a number.
        NumberAsKey = "number-as-key",
        /// Digits after a zero without quotes, which arrive as another number.
        LeadingZero = "leading-zero",
        /// More than one YAML document.
        MultipleDocuments = "multiple-documents",
    }
    /// Templates: form, names, references.
    Templates {
        /// The template, or a part of it, has the wrong form.
        InvalidStructure = "invalid-structure",
        /// A part that must be there is not.
        MissingMember = "missing-member",
        /// A member that CloudFormation does not know at this place.
        UnknownMember = "unknown-member",
        /// `Fn::…` with a name that CloudFormation does not know.
        UnknownFunction = "unknown-function",
        /// A function with other keys beside it.
        FunctionWithSiblings = "function-with-siblings",
        /// A `null` where CloudFormation refuses it.
        NullValue = "null-value",
        /// No resources.
        NoResources = "no-resources",
        /// A name with characters that CloudFormation refuses.
        InvalidName = "invalid-name",
        /// More of something than CloudFormation allows.
        QuotaExceeded = "quota-exceeded",
        /// `Ref`, `Fn::GetAtt` or `Fn::Sub` of something that is not in the template.
        UnresolvedReference = "unresolved-reference",
        /// `DependsOn` of a resource that is not in the template, or of itself.
        UnresolvedDependsOn = "unresolved-depends-on",
        /// A condition that is not in the template.
        UnresolvedCondition = "unresolved-condition",
        /// `Fn::FindInMap` of a mapping or key that is not in the template.
        UnresolvedMapping = "unresolved-mapping",
        /// Resources or conditions that wait for each other.
        CircularDependency = "circular-dependency",
        /// Two outputs with one export name.
        DuplicateExport = "duplicate-export",
        /// A function whose argument has the wrong form.
        InvalidFunctionArgument = "invalid-function-argument",
        /// A function where CloudFormation does not evaluate any, or not this one.
        FunctionNotAllowed = "function-not-allowed",
        /// A function of `AWS::LanguageExtensions` without that transform.
        MissingTransform = "missing-transform",
    }
    /// Templates: what is used, what leads where, and what collides.
    Usage {
        /// An attribute that a resource's type does not have.
        UnknownAttribute = "unknown-attribute",
        /// A reference to a resource that is not there in some case where the reference is.
        ConditionalReference = "conditional-reference",
        /// A reference to a resource of another kind than the property takes.
        ReferenceKind = "reference-kind",
        /// A branch of `Fn::If` that no case leads to.
        UnreachableBranch = "unreachable-branch",
        /// A comparison that always holds, or never does.
        ConstantCondition = "constant-condition",
        /// A parameter that nothing refers to.
        UnusedParameter = "unused-parameter",
        /// A mapping that nothing looks into.
        UnusedMapping = "unused-mapping",
        /// A condition that nothing asks for.
        UnusedCondition = "unused-condition",
        /// A variable of `Fn::Sub` that its text does not have.
        UnusedVariable = "unused-variable",
        /// `Fn::Sub` of a text without variables.
        NeedlessSub = "needless-sub",
        /// Text with `${Name}` that nothing replaces.
        VariableWithoutSub = "variable-without-sub",
        /// A type that parameters cannot have.
        ParameterType = "parameter-type",
        /// A constraint of a parameter that cannot be read, or does not fit its type.
        ParameterConstraint = "parameter-constraint",
        /// A default that the parameter's own constraints do not allow.
        ParameterDefault = "parameter-default",
        /// An entry of the console's interface that cannot be used.
        InterfaceEntry = "interface-entry",
        /// An attribute beside a resource's properties that its type does not take.
        ResourceAttribute = "resource-attribute",
        /// What a resource holds is kept when it is deleted, or when it is replaced, and not in both cases.
        UnevenPolicies = "uneven-policies",
        /// An output that is no text.
        OutputValue = "output-value",
        /// A `DependsOn` that a reference says already.
        RedundantDependsOn = "redundant-depends-on",
        /// Two resources that would have one name.
        NameCollision = "name-collision",
        /// A parameter and a resource of one name.
        AmbiguousName = "ambiguous-name",
        /// A dynamic reference that cannot be read, or that is not resolved where it stands.
        DynamicReference = "dynamic-reference",
        /// A hidden parameter that an output or the metadata shows.
        HiddenShown = "hidden-shown",
        /// Nearly as much of something as CloudFormation allows.
        NearLimit = "near-limit",
        /// A nested stack that is given other parameters than its template has.
        NestedParameter = "nested-parameter",
        /// An export that is imported and that no stack has.
        ImportWithoutExport = "import-without-export",
        /// An export that no stack imports.
        UnusedExport = "unused-export",
    }
    /// Environments: the files of values.
    Environments {
        /// A key that nothing reads.
        UnknownKey = "unknown-key",
        /// A value that must be there.
        MissingKey = "missing-key",
        /// Text where a number is needed, a list where a map is.
        WrongType = "wrong-type",
        /// None of the values that are allowed.
        NotAllowed = "not-allowed",
        /// Too small or too large.
        OutOfRange = "out-of-range",
        /// Too short or too long, too few or too many.
        WrongLength = "wrong-length",
        /// Text that is not what it should be: no region, no CIDR block.
        Malformed = "malformed",
        /// The same item twice.
        Repeated = "repeated",
        /// Values that are each fine and do not fit together.
        Conflict = "conflict",
        /// The environment's type uses something that the check does not know.
        UnsupportedType = "unsupported-type",
    }
    /// Stacks: definitions in Rust.
    Stacks {
        /// Two stacks of one environment have the same name.
        DuplicateStack = "duplicate-stack",
        /// A stack's name is not one CloudFormation accepts.
        StackName = "stack-name",
        /// A logical ID is used twice in one stack.
        DuplicateLogicalId = "duplicate-logical-id",
        /// A logical ID is not alphanumeric, or longer than 255 characters.
        LogicalId = "logical-id",
        /// Stacks need each other in a circle.
        CyclicStacks = "cyclic-stacks",
        /// `DependsOn` names a resource of another stack.
        DependsOnAcrossStacks = "depends-on-across-stacks",
        /// A name of a mapping, an output or the metadata is used twice in one stack.
        DuplicateName = "duplicate-name",
        /// Two outputs, or two exports, would have the same name.
        ExportCollision = "export-collision",
        /// Another stack uses a resource that exists only where a condition holds.
        ConditionalExport = "conditional-export",
        /// A condition is used in a stack that does not have it.
        ConditionAcrossStacks = "condition-across-stacks",
        /// Another stack uses a hidden parameter, which an output would show.
        SecretAcrossStacks = "secret-across-stacks",
        /// A handle or a stack belongs to another app.
        ForeignHandle = "foreign-handle",
        /// A stack policy is more than a plain document, or set twice.
        StackPolicy = "stack-policy",
        /// A stack policy names a resource that its stack does not have.
        StackPolicyResource = "stack-policy-resource",
        /// A stack protects a resource of another stack.
        ProtectAcrossStacks = "protect-across-stacks",
        /// A part was asked for something that cannot work.
        Part = "part",
        /// The properties of an untyped resource are no map.
        UntypedProperties = "untyped-properties",
        /// A statement of a policy names an action that IAM does not have.
        UnknownAction = "unknown-action",
        /// A condition of a policy has an operator that IAM does not have.
        UnknownOperator = "unknown-operator",
        /// A condition of a policy has a key that AWS does not have.
        UnknownConditionKey = "unknown-condition-key",
    }
    /// Values of properties, held against what the catalog knows of them.
    Values {
        /// A number that is too small or too large.
        ValueOutOfRange = "value-out-of-range",
        /// Text that is too short or too long, a list with too few or too many items.
        ValueLength = "value-length",
        /// Text that does not match the property's pattern, or is an ID or ARN of another kind.
        ValuePattern = "value-pattern",
        /// Text or a number that is none of the property's choices.
        ValueNotAllowed = "value-not-allowed",
        /// A list with an item twice.
        ValueRepeated = "value-repeated",
        /// A value of another kind than the property takes: a list for a text.
        ValueType = "value-type",
        /// A value that fits none of the forms that the property may have.
        ValueForm = "value-form",
        /// A property that its type does not have.
        NoSuchProperty = "no-such-property",
        /// A property that must be there and is not, always or in some case.
        MissingProperty = "missing-property",
        /// Properties that exclude each other.
        ExclusiveProperties = "exclusive-properties",
        /// A property that AWS returns and nobody can set.
        ReadOnlyProperty = "read-only-property",
        /// A type that AWS does not have.
        UnknownType = "unknown-type",
        /// A type that does not exist in the region.
        TypeNotInRegion = "type-not-in-region",
    }
    /// Services: what values must come to together, beyond what the schema of a type says.
    Combinations {
        /// The period of an alarm is one that CloudWatch does not have.
        AlarmPeriod = "alarm-period",
        /// An API has neither a name nor an OpenAPI document.
        ApiName = "api-name",
        /// An instance of Aurora has a property that is its cluster's.
        AuroraInstance = "aurora-instance",
        /// An authorizer caches for longer than its kind can.
        AuthorizerCache = "authorizer-cache",
        /// Backups are kept for longer than RDS can.
        BackupRetention = "backup-retention",
        /// An application load balancer has one subnet.
        BalancerSubnets = "balancer-subnets",
        /// A bucket has an access control list that nothing allows.
        BucketOwnership = "bucket-ownership",
        /// A build reads from S3, or writes there, and does not say where.
        BuildLocation = "build-location",
        /// A group of Valkey does not say whether it encrypts what is sent.
        CacheEncryption = "cache-encryption",
        /// An instance does not fit its cluster.
        ClusterInstance = "cluster-instance",
        /// A database cluster has settings that its kind does not take, or lacks some that it needs.
        ClusterSettings = "cluster-settings",
        /// How cookies are forwarded is none of CloudFront's words.
        CookieForwarding = "cookie-forwarding",
        /// A key is named, and nothing is encrypted with it.
        EncryptionKey = "encryption-key",
        /// AWS has no such version of the engine, or will not have it for long.
        EngineVersion = "engine-version",
        /// No container of a task is essential.
        EssentialContainer = "essential-container",
        /// A source of events has a starting position that it does not take, or lacks one.
        EventSource = "event-source",
        /// A service on Fargate does not fit its tasks, or lacks a network.
        FargateService = "fargate-service",
        /// Fargate has no tasks of this size.
        FargateSize = "fargate-size",
        /// A task for Fargate lacks what Fargate needs, or has what it does not take.
        FargateTask = "fargate-task",
        /// A file system has a size that its kind does not have.
        FileSystemSize = "file-system-size",
        /// A function may run for longer than it can.
        FunctionTimeout = "function-timeout",
        /// A VPN gateway is of a type that cannot be made.
        GatewayType = "gateway-type",
        /// A group's greatest size is below its least, or leaves no room.
        GroupSize = "group-size",
        /// A health check by CloudWatch names no alarm.
        HealthCheck = "health-check",
        /// A property does nothing here.
        IgnoredProperty = "ignored-property",
        /// A function that is an image has a handler, a runtime or layers.
        ImageFunction = "image-function",
        /// Code in a template has a runtime that takes none.
        InlineCode = "inline-code",
        /// The region does not offer this kind of instance.
        InstanceNotOffered = "instance-not-offered",
        /// A layer of AWS is named in a form that may not be there.
        LayerName = "layer-name",
        /// A listener needs a certificate and has none.
        ListenerCertificate = "listener-certificate",
        /// Fargate does not have this log driver.
        LogDriver = "log-driver",
        /// A function has log levels, and logs as text.
        LogLevel = "log-level",
        /// The log driver `awslogs` lacks options that it needs.
        LogOptions = "log-options",
        /// A method is authorized in another way than its authorizer works.
        MethodAuthorizer = "method-authorizer",
        /// Settings of a method have a path that leads nowhere.
        MethodSettings = "method-settings",
        /// Monitoring of a cluster lacks its interval or its role.
        MonitoringRole = "monitoring-role",
        /// Who may call a function is wider than meant, or not who calls.
        PermissionSource = "permission-source",
        /// The ports of a rule do not fit its protocol.
        PortRange = "port-range",
        /// An interface's private address is given twice as the primary one.
        PrivateAddress = "private-address",
        /// A batch of a FIFO queue is too large.
        QueueBatch = "queue-batch",
        /// Messages come back while the function is still at work on them.
        QueueTimeout = "queue-timeout",
        /// A queue has settings of another kind of queue, or a dead-letter queue of another kind.
        QueueType = "queue-type",
        /// The engine has no such replica mode.
        ReplicaMode = "replica-mode",
        /// A function's variable has a name that Lambda keeps for itself.
        ReservedVariable = "reserved-variable",
        /// Nothing says how long something is kept.
        RetentionPeriod = "retention-period",
        /// A record does not have the form of its type, or is an alias that cannot be.
        Route53Record = "route53-record",
        /// Two parts of an API are of different APIs.
        SameApi = "same-api",
        /// A security group and a subnet are of different VPCs.
        SameNetwork = "same-network",
        /// A serverless cluster has a property that it does not take.
        ServerlessCluster = "serverless-cluster",
        /// A subscription's endpoint is not what its protocol delivers to.
        SubscriptionEndpoint = "subscription-endpoint",
        /// A table's billing and its throughput do not fit.
        TableBilling = "table-billing",
        /// A target group has a property that its kind does not take.
        TargetGroup = "target-group",
        /// A volume has settings that its kind does not take, or lacks some.
        VolumeSettings = "volume-settings",
    }
    /// Documents: what several properties say together.
    Documents {
        /// A rule of a security group that says something else than it does.
        FirewallRule = "firewall-rule",
        /// A metric that its service does not measure.
        UnknownMetric = "unknown-metric",
        /// A dimension that its metric does not have, or one that holds something else.
        MetricDimension = "metric-dimension",
    }
    /// Services: documents and values that a service refuses, and no schema says so.
    Services {
        /// A policy that IAM's grammar does not have: an element, a principal, a resource.
        InvalidPolicy = "invalid-policy",
        /// A policy in IAM's old language.
        PolicyVersion = "policy-version",
        /// A state machine that Step Functions refuses.
        StateMachine = "state-machine",
        /// A document of Systems Manager with another version of its schema than its type has.
        SsmDocument = "ssm-document",
        /// A pipeline whose stages, artifacts or variables do not fit together.
        Pipeline = "pipeline",
        /// A schedule that is neither a rate nor a cron expression, or a wrong one.
        Schedule = "schedule",
        /// A pattern that events cannot be matched against.
        EventPattern = "event-pattern",
        /// Something that `cfn-init` fails on, or leaves out.
        CfnInit = "cfn-init",
        /// A runtime of Lambda that no function can be made with.
        RuntimeEnded = "runtime-ended",
        /// A runtime of Lambda that gets no fixes.
        RuntimeDeprecated = "runtime-deprecated",
        /// SnapStart of a runtime that it does not know, or without a version.
        SnapStart = "snap-start",
        /// A subnet outside of its VPC.
        SubnetOutsideVpc = "subnet-outside-vpc",
        /// Two subnets of one VPC with the same addresses.
        SubnetsOverlap = "subnets-overlap",
        /// A subnet with two route tables.
        TwoRouteTables = "two-route-tables",
        /// Two endpoints of a VPC with the private name of one service.
        PrivateNameTwice = "private-name-twice",
        /// A name that is no domain, or not inside of the domain that it belongs to.
        DomainName = "domain-name",
        /// A behavior of CloudFront with an origin that the distribution does not have.
        UnknownOrigin = "unknown-origin",
        /// An API is defined in two ways at once.
        MixedDefinitions = "mixed-definitions",
        /// A name that AWS keeps for itself.
        ReservedName = "reserved-name",
        /// Attributes of a table that are defined and in no key, or the other way round.
        KeyAttributes = "key-attributes",
        /// A replication group in cluster mode that cannot be.
        ClusterMode = "cluster-mode",
        /// A port of the host that does not fit the container's, or the health check.
        HostPort = "host-port",
        /// A role with a path, where a service looks for it by its name.
        RolePath = "role-path",
        /// A type of a service that has been shut down.
        ServiceEnded = "service-ended",
        /// A type of a service that will be shut down, or takes no new customers.
        ServiceEnding = "service-ending",
        /// A password that is written out, or in a parameter that is shown.
        PlainPassword = "plain-password",
        /// A secret that is written out: known by its form, or by its name and its randomness.
        PlainSecret = "plain-secret",
        /// An image in a parameter that could be any text.
        ImageParameter = "image-parameter",
        /// The name of an availability zone, written out.
        HardCodedZone = "hard-coded-zone",
    }
    /// Policies: what must not reach an environment. `crates/validate/src/policy` has them, in the order of the alphabet.
    Policies {
        /// A stack makes an access key that lasts.
        AccessKey = "access-key",
        /// A door to the outside keeps no record of who comes.
        AccessLogs = "access-logs",
        /// A route of an API asks nobody who they are.
        ApiOpen = "api-open",
        /// The backups of a database are kept for too short.
        BackupsKept = "backups-kept",
        /// A bucket's access control list lets everybody in.
        BucketAclPublic = "bucket-acl-public",
        /// A bucket keeps no record of who reads it.
        BucketLogged = "bucket-logged",
        /// A bucket does not keep the public out.
        BucketPublic = "bucket-public",
        /// A bucket is read without TLS, too.
        BucketTlsOnly = "bucket-tls-only",
        /// A bucket keeps no versions.
        BucketVersioned = "bucket-versioned",
        /// A Kubernetes cluster's API is open to all addresses.
        ClusterEndpointPublic = "cluster-endpoint-public",
        /// A container can write to the files of its image.
        ContainerFiles = "container-files",
        /// A task shares what is the machine's.
        ContainerHost = "container-host",
        /// The output of a container is kept nowhere.
        ContainerLogs = "container-logs",
        /// A container has the rights of the machine.
        ContainerPrivileged = "container-privileged",
        /// Data goes with its resource.
        DataKept = "data-kept",
        /// One call deletes a database.
        DeletionProtected = "deletion-protected",
        /// What is done with ECS Exec is not logged.
        ExecLogged = "exec-logged",
        /// Nobody keeps a record of a network's traffic.
        FlowLogs = "flow-logs",
        /// A service calls a function for anybody.
        FunctionCaller = "function-caller",
        /// Events that a function cannot deal with are gone.
        FunctionDeadLetters = "function-dead-letters",
        /// Everybody may call a function by its address.
        FunctionUrlOpen = "function-url-open",
        /// An identity may do everything.
        IamAdmin = "iam-admin",
        /// A statement allows all but what it names.
        IamAllowsAllBut = "iam-allows-all-but",
        /// An identity may read all secrets or data.
        IamDataEverywhere = "iam-data-everywhere",
        /// An identity may hand on any role.
        IamPassRole = "iam-pass-role",
        /// An identity may change permissions of everything.
        IamPermissionsEverywhere = "iam-permissions-everywhere",
        /// A statement allows all that a service has.
        IamServiceWildcard = "iam-service-wildcard",
        /// A single user has permissions of its own.
        IamUserPolicy = "iam-user-policy",
        /// An identity may change everything of a service.
        IamWriteEverywhere = "iam-write-everywhere",
        /// An identity pool gives credentials to whoever asks.
        IdentityPoolGuests = "identity-pool-guests",
        /// An image whose tag says nothing of what runs.
        ImageLatest = "image-latest",
        /// An instance gives its credentials without a token.
        ImdsV2 = "imds-v2",
        /// A load balancer hands on headers that are not valid.
        InvalidHeaders = "invalid-headers",
        /// A key is never renewed.
        KeyRotation = "key-rotation",
        /// A load balancer speaks HTTP without TLS.
        ListenerPlain = "listener-plain",
        /// A log group has no key of yours.
        LogKey = "log-key",
        /// A log group keeps logs for ever.
        LogRetention = "log-retention",
        /// A database does not take minor versions by itself.
        MinorUpgrades = "minor-upgrades",
        /// A name that there can be once keeps a resource from being replaced.
        NameFixed = "name-fixed",
        /// Data is encrypted with a key of AWS's.
        OwnKey = "own-key",
        /// A table cannot go back to what it was.
        PointInTime = "point-in-time",
        /// Everybody reaches a port of machines or data.
        PortInnerOpen = "port-inner-open",
        /// Everybody reaches a port that is not of the web.
        PortOpen = "port-open",
        /// The policy of a resource lets everybody in.
        PrincipalAnyone = "principal-anyone",
        /// A machine or task gets a public address.
        PublicAddress = "public-address",
        /// A database or broker has a public address.
        PubliclyAccessible = "publicly-accessible",
        /// A queue has nowhere to put bad messages.
        QueueDeadLetters = "queue-dead-letters",
        /// Another image can take over a tag.
        RepositoryImmutable = "repository-immutable",
        /// Nobody looks for known holes in images.
        RepositoryScanned = "repository-scanned",
        /// A database runs in one zone.
        SeveralZones = "several-zones",
        /// Something stores data, and does not encrypt it.
        StorageEncrypted = "storage-encrypted",
        /// What waits in a queue or stream is not encrypted.
        StreamEncrypted = "stream-encrypted",
        /// TLS before 1.2 is taken.
        TlsVersion = "tls-version",
        /// What a topic has not delivered is not encrypted.
        TopicEncrypted = "topic-encrypted",
        /// A trail misses regions, or can be changed unseen.
        TrailWhole = "trail-whole",
        /// Data goes over the wire as it is.
        TransitEncrypted = "transit-encrypted",
        /// Anybody may take on a role.
        TrustAnyone = "trust-anyone",
    }
    /// Acceptances: what somebody decided to live with.
    Acceptances {
        /// An acceptance in a template that is not written as it has to be.
        InvalidAcceptance = "invalid-acceptance",
        /// The last day of an acceptance is over, and what it accepts is still there.
        ExpiredAcceptance = "expired-acceptance",
        /// Nothing is found that an acceptance is about.
        UnusedAcceptance = "unused-acceptance",
    }
    /// Rules: the user's own, in the language of Guard.
    Rules {
        /// A template breaks a rule.
        GuardRule = "guard-rule",
        /// A file of rules that cannot be read, or whose rules lead to themselves.
        GuardFile = "guard-file",
        /// A rule that could not be evaluated.
        GuardFailed = "guard-failed",
    }
    /// AWS: calls that failed.
    Aws {
        /// No credentials were found, or AWS does not accept them.
        AwsCredentials = "aws-credentials",
        /// The credentials are good, and may not do this.
        AwsDenied = "aws-denied",
        /// AWS wanted fewer calls, and still did after all attempts.
        AwsThrottled = "aws-throttled",
        /// AWS refused the call for another reason.
        AwsRefused = "aws-refused",
        /// There was no answer, or one that the service is out of order.
        AwsUnavailable = "aws-unavailable",
        /// The answer is not what AWS sends.
        AwsUnreadable = "aws-unreadable",
        /// The credentials are of another account than the environment.
        OtherAccount = "other-account",
    }
    /// Commands: the command line, and the files of a project.
    Commands {
        /// A file or folder that could not be used.
        File = "file",
        /// There is no folder of environments, or nothing in it.
        NoEnvironments = "no-environments",
        /// A file that looks like an environment's, and would not be read.
        EnvironmentFile = "environment-file",
        /// The name of a file that cannot be an environment's.
        EnvironmentName = "environment-name",
        /// No environment has this name.
        UnknownEnvironment = "unknown-environment",
        /// `--against` with several environments, or with none.
        OneEnvironment = "one-environment",
        /// No stack has this name.
        UnknownStack = "unknown-stack",
        /// `explain` of something that a resource does not have.
        UnknownProperty = "unknown-property",
        /// What an image is made from is not there, or not in the repository.
        MissingSource = "missing-source",
        /// AWS has no such region.
        UnknownRegion = "unknown-region",
        /// No finding has this code.
        UnknownCode = "unknown-code",
        /// An editor sent what is no message of the language server protocol.
        MalformedMessage = "malformed-message",
        /// Further findings, which are not shown.
        More = "more",
        /// Two stacks whose snapshots would be the same file.
        FileName = "file-name",
        /// Files where `init` would write its own.
        AlreadyThere = "already-there",
        /// A name that no app can have.
        AppName = "app-name",
        /// A folder that is no clone of stratiform's repository.
        NoClone = "no-clone",
        /// No package whose binary the workflows would build.
        NoPackage = "no-package",
        /// A dependency that is not in the repository, where the workflows would build.
        DependencyOutside = "dependency-outside",
        /// A secret with a name that the workflows or GitHub use themselves.
        SecretName = "secret-name",
        /// A page that could not be made: a mistake of ours.
        Page = "page",
        /// The process could not start what waits for AWS.
        Runtime = "runtime",
        /// What is there before a rehearsal cannot be made.
        NotRehearsed = "not-rehearsed",
        /// Ctrl-C while something was waited for.
        Interrupted = "interrupted",
    }
    /// `diff`: what is compared.
    Diff {
        /// Something other than two templates, or two folders, to compare.
        Files = "files",
        /// A text without what makes a template.
        NoTemplate = "no-template",
        /// A folder without templates.
        NoTemplates = "no-templates",
        /// `--deployed` of a program that was built without what talks to AWS.
        WithoutAws = "without-aws",
        /// A folder with two templates of one name.
        SameName = "same-name",
        /// An `assembly.json` that cannot be read.
        AssemblyFile = "assembly-file",
        /// A file of parameters that is no map of names to values.
        ParametersFile = "parameters-file",
        /// A parameter that no template has.
        UnknownParameter = "unknown-parameter",
        /// Git that is not there, or does not answer as it should.
        Git = "git",
        /// A folder that is in no git repository.
        NoRepository = "no-repository",
        /// A repository of another user, which git does not trust.
        ForeignRepository = "foreign-repository",
        /// Git knows no such revision.
        UnknownRevision = "unknown-revision",
        /// No main branch, or nothing in common with it.
        NoBase = "no-base",
        /// A revision without snapshots.
        NoSnapshots = "no-snapshots",
        /// A snapshot that should be there at a revision, and is not.
        MissingSnapshot = "missing-snapshot",
    }
    /// `deploy`: what is to be deployed, and how.
    Deploy {
        /// The snapshots are not what is synthesized: nobody reviewed what would be deployed.
        StaleSnapshots = "stale-snapshots",
        /// A parameter that nothing gives a value.
        ParameterWithoutValue = "parameter-without-value",
        /// A value that the declaration of its parameter does not allow.
        ParameterValue = "parameter-value",
        /// `--image` or `settings.images` of a service that no stack has an image of.
        UnknownService = "unknown-service",
        /// No stack has a topic of this name.
        UnknownTopic = "unknown-topic",
        /// An image that is not in its repository, or whose repository nobody knows.
        UnknownImage = "unknown-image",
        /// `--allow` of a resource that its stack neither has nor had.
        UnknownResource = "unknown-resource",
        /// A release that git does not know, or that nobody named and that cannot be found out.
        UnknownRelease = "unknown-release",
        /// An export goes that a stack imports.
        ExportInUse = "export-in-use",
        /// `--hotswap` for an environment that people depend on.
        NoHotswap = "no-hotswap",
        /// A task that cannot be: of no service, or with a name that stands twice.
        ReleaseTask = "release-task",
        /// A task of a release failed.
        TaskFailed = "task-failed",
        /// A command of a release failed.
        CommandFailed = "command-failed",
        /// A command of a release needs a secret, and its variable is not set.
        UnsetSecret = "unset-secret",
        /// Something would go back over a task that cannot be undone.
        NotCrossed = "not-crossed",
        /// A rollback to something that AWS never takes back.
        OneWay = "one-way",
        /// A database has no backup that could be restored.
        NoBackup = "no-backup",
        /// `--local` of a program that was built without the engine.
        WithoutEngine = "without-engine",
        /// A file for `--execute` that `--prepare` did not write.
        SealedFile = "sealed-file",
        /// What was sealed is no longer what would be deployed.
        SealMoved = "seal-moved",
        /// CloudFormation's change set would lose data that nobody named.
        DataAtRisk = "data-at-risk",
        /// Something protects an environment that is to be taken down, or a stack of it.
        StackProtected = "stack-protected",
        /// A resource could not be made, changed or deleted, and its stack went back.
        ResourceFailed = "resource-failed",
        /// A stack's change set could not be made or executed; nothing was changed.
        StackRefused = "stack-refused",
        /// Somebody else's operation is going on in a stack.
        StackBusy = "stack-busy",
        /// A stack needs a person.
        StackStuck = "stack-stuck",
        /// What was deployed does not run as it should.
        NotWell = "not-well",
        /// A sealed release cannot be read, or is not what would be deployed.
        SealedRelease = "sealed-release",
        /// What was asked for is not there yet.
        NotThereYet = "not-there-yet",
    }
    /// `bootstrap`: what an account needs first.
    Bootstrap {
        /// A role would need more managed policies than IAM allows.
        RolePolicies = "role-policies",
        /// What the environment's permissions boundary does not limit, and has to.
        PermissionsBoundary = "permissions-boundary",
        /// The environment's file does not say what its bootstrap is.
        NoBootstrap = "no-bootstrap",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The code that was probably meant.
    pub nearest: Option<&'static str>,
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Code, UnknownCode> {
        let known = Code::ALL.iter().find(|code| code.as_str() == text);
        known.copied().ok_or_else(|| UnknownCode {
            nearest: nearest(text, Code::ALL.iter().map(|code| code.as_str())),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_the_names_of_their_variants() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            let mut kebab = String::new();
            for character in format!("{code:?}").chars() {
                if character.is_ascii_uppercase() && !kebab.is_empty() {
                    kebab.push('-');
                }
                kebab.push(character.to_ascii_lowercase());
            }
            assert_eq!(text, kebab);
        }
    }

    #[test]
    fn a_code_is_found_by_its_text_and_a_misspelt_one_by_its_nearest() {
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        let nearest = |text: &str| text.parse::<Code>().map_err(|unknown| unknown.nearest);
        assert_eq!(nearest("duplicate-kye"), Err(Some("duplicate-key")));
        assert_eq!(nearest("DuplicateKey"), Err(Some("duplicate-key")));
        assert_eq!(nearest("zzz"), Err(None));
    }
}
