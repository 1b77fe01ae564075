//! What is wrong with a template by what AWS's services say.

/// Hands these codes on, behind those of the subjects before.
macro_rules! services {
    ([$next:ident $($then:ident)*] $($before:tt)*) => {
        $next! {
            [$($then)*]
            $($before)*
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
        }
    };
}
