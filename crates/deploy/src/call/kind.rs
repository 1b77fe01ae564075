//! The kinds of calls that there are, all of them, for whoever has to say something about each: what it needs.

use super::Call;

/// Declares a kind per call, so that no call is without one, and none is left out of [`Kind::ALL`].
macro_rules! kinds {
    ($($name:ident),+ $(,)?) => {
        /// What is asked: a [`Call`] without its values.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "`Call` says what each is")]
        pub enum Kind {
            $($name),+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Kind] = &[$(Kind::$name),+];
        }

        impl Call {
            /// What is asked.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Call::$name { .. } => Kind::$name),+
                }
            }
        }
    };
}

kinds!(
    Identity,
    DescribeStack,
    GetTemplate,
    GetStackPolicy,
    ListStackResources,
    DetectStackDrift,
    DriftDetectionStatus,
    ResourceDrifts,
    CreateChangeSet,
    DescribeChangeSet,
    ValidationEvents,
    ExecuteChangeSet,
    DeleteChangeSet,
    DeleteStack,
    ContinueUpdateRollback,
    RollbackStack,
    CancelUpdateStack,
    SetStackPolicy,
    UpdateTerminationProtection,
    StackEvents,
    EventsSince,
    ListDeletedStacks,
    ListChangeSets,
    ListImports,
    PutTemplate,
    DescribeServices,
    LatestServiceDeployment,
    DescribeTaskDefinition,
    CopyTaskDefinition,
    UpdateService,
    FindTasks,
    RunTask,
    DescribeTask,
    StopTask,
    TaskLogs,
    Publish,
    Webhook,
    RunCommand,
    DescribeTargetHealth,
    UnprotectLoadBalancer,
    UnprotectDatabase,
    DescribeAlarms,
    DescribeDbInstance,
    CreateDbSnapshot,
    DescribeDbSnapshots,
    Quota,
    CountResources,
    FindResource,
    DescribeImage,
    Http,
);
