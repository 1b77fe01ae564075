//! What stops a command.

/// Hands these codes on, behind those of the subjects before.
macro_rules! commands {
    ([$next:ident $($then:ident)*] $($before:tt)*) => {
        $next! {
            [$($then)*]
            $($before)*
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
    };
}
