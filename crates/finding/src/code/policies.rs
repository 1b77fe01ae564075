//! What must not reach an environment, and what somebody decided to live with.

/// Hands these codes on, behind those of the subjects before.
macro_rules! policies {
    ([$next:ident $($then:ident)*] $($before:tt)*) => {
        $next! {
            [$($then)*]
            $($before)*
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
        }
    };
}
