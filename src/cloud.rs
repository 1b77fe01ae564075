//! Whose CloudFormation is called: AWS's, or with `--local` the embedded one, over the same SDK.

use std::path::Path;

use stratiform_aws::{Aws, deployment_configuration};
use stratiform_service::{AccountId, Region};

use crate::report::Failure;
use crate::view::View;

#[cfg(feature = "engine")]
pub(crate) use engine::Engine;
#[cfg(not(feature = "engine"))]
pub(crate) use without_engine::Engine;

/// Whose CloudFormation is called?
pub(crate) enum Cloud {
    /// The one that the SDK's configuration leads to.
    Configured,
    /// The embedded one. It ends with the value.
    Embedded(Engine),
}

impl Cloud {
    /// With `--local` the embedded one, else the one that is configured.
    ///
    /// # Errors
    /// As [`embedded`](Self::embedded).
    pub(crate) fn chosen(local: bool, root: &Path, view: &mut dyn View) -> Result<Cloud, Failure> {
        if local {
            Cloud::embedded(root, view)
        } else {
            Ok(Cloud::Configured)
        }
    }

    /// The embedded one of a project, which says that it is one.
    ///
    /// # Errors
    /// Its state cannot be used; or this program was built without it.
    fn embedded(root: &Path, view: &mut dyn View) -> Result<Cloud, Failure> {
        Engine::start(root, view).map(Cloud::Embedded)
    }

    /// Connects to a region. Credentials of AWS are looked for with the first call; the embedded one takes those of the
    /// account that is meant.
    pub(crate) async fn connect(&self, region: &Region, account: Option<&AccountId>) -> Aws {
        match self {
            Cloud::Configured => Aws::connect(region.as_str()).await,
            Cloud::Embedded(engine) => Aws::new(&engine.configuration(region, account)),
        }
    }

    /// Loses a region: from now on, the embedded CloudFormation refuses every call there. What AWS does is AWS's.
    pub(crate) fn lose(&mut self, region: &Region) {
        if let Cloud::Embedded(engine) = self {
            engine.lose(region);
        }
    }

    /// The same for a deployment: somebody waits, and many calls are made.
    pub(crate) async fn deploying(&self, region: &Region, account: Option<&AccountId>) -> Aws {
        Aws::new(&match self {
            Cloud::Configured => deployment_configuration(region.as_str()).load().await,
            Cloud::Embedded(engine) => engine.configuration(region, account),
        })
    }
}

#[cfg(feature = "engine")]
mod engine {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use stratiform_aws::{SdkConfig, embedded};
    use stratiform_endpoint::{DEFAULT_ACCOUNT, Endpoint, Error, Listener, Options, Running};
    use stratiform_finding::Code;
    use stratiform_service::{AccountId, Region};

    use crate::commands::rehearse::stage::{Stage, configuration};
    use crate::exit::Exit;
    use crate::report::Failure;
    use crate::view::{Event, View, stderr};

    /// Where a project keeps what is its own and nobody else's.
    const FOLDER: &str = ".stratiform";

    /// Where nobody listens.
    const NOBODY: &str = "http://127.0.0.1:1";

    /// The engine, in this process.
    pub(crate) struct Engine {
        way: Way,
        /// Of an environment that names none.
        account: AccountId,
        /// A region in which nothing answers.
        lost: Option<Region>,
    }

    /// How is it called?
    enum Way {
        /// On a port.
        Port(Running),
        /// Without one, where a rehearsal is played.
        Stage(Arc<Stage>),
    }

    impl super::Cloud {
        /// The embedded one of a stage.
        pub(crate) fn on(stage: &Arc<Stage>, account: AccountId) -> super::Cloud {
            let way = Way::Stage(Arc::clone(stage));
            let lost = None;
            super::Cloud::Embedded(Engine { way, account, lost })
        }
    }

    impl Engine {
        /// Starts it with the state that a project has, or a new one.
        pub(super) fn start(root: &Path, view: &mut dyn View) -> Result<Engine, Failure> {
            let folder = root.join(FOLDER);
            fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
            let ignored = folder.join(".gitignore");
            if !ignored.exists() {
                fs::write(&ignored, "*\n")
                    .map_err(|error| Failure::io("write", &ignored, &error))?;
            }
            let state = folder.join("engine.json");
            view.event(&Event::Notice {
                text: format!(
                    "the embedded CloudFormation, not AWS: its state is in `{}`",
                    state.strip_prefix(root).unwrap_or(&state).display()
                ),
            });
            let options = Options {
                state: Some(state),
                listener: Listener::new(|notice| stderr(&format!("{notice}\n"))),
                ..Options::default()
            };
            let running = Endpoint::start(options).map_err(|error| failure(&error))?;
            let account = AccountId::new(DEFAULT_ACCOUNT);
            let account = account.map_err(|malformed| {
                let what = malformed.to_string();
                Failure::new(Exit::Failed, Code::Malformed, what, "")
            })?;
            Ok(Engine {
                way: Way::Port(running),
                account,
                lost: None,
            })
        }

        pub(super) fn configuration(
            &self,
            region: &Region,
            account: Option<&AccountId>,
        ) -> SdkConfig {
            let account = account.unwrap_or(&self.account);
            match &self.way {
                Way::Port(_) if self.lost.as_ref() == Some(region) => {
                    embedded(NOBODY, region.as_str(), account)
                }
                Way::Port(running) => embedded(&running.url(), region.as_str(), account),
                Way::Stage(stage) => configuration(stage, region, account),
            }
        }

        pub(super) fn lose(&mut self, region: &Region) {
            self.lost = Some(region.clone());
        }
    }

    fn failure(error: &Error) -> Failure {
        let (code, help) = match error {
            Error::Address { .. } => (
                Code::Runtime,
                "allow this process to listen on 127.0.0.1, or run without --local",
            ),
            Error::Runtime(_) => (Code::Runtime, error.help()),
            Error::Locked { .. } => (
                Code::File,
                "wait for the other command with --local, or end it",
            ),
            Error::Foreign { .. } | Error::Newer { .. } | Error::Damaged { .. } => (
                Code::File,
                "move the file away to begin with an empty state",
            ),
            Error::File { .. } => (Code::File, error.help()),
        };
        Failure::new(Exit::Failed, code, error.to_string(), help)
    }
}

#[cfg(not(feature = "engine"))]
mod without_engine {
    use std::path::Path;

    use stratiform_aws::SdkConfig;
    use stratiform_finding::Code;
    use stratiform_service::{AccountId, Region};

    use crate::exit::Exit;
    use crate::report::Failure;
    use crate::view::View;

    /// The engine, which this program does not have.
    pub(crate) enum Engine {}

    impl Engine {
        pub(super) fn start(_: &Path, _: &mut dyn View) -> Result<Engine, Failure> {
            Err(Failure::new(
                Exit::Usage,
                Code::WithoutEngine,
                "`--local` uses the embedded CloudFormation, and this program was built without it",
                "build it with the feature `engine` of `stratiform`: with `engine = [\"stratiform/engine\"]` under \
                 `[features]` of your Cargo.toml, `cargo run --features engine -- deploy --local`",
            ))
        }

        pub(super) fn configuration(&self, _: &Region, _: Option<&AccountId>) -> SdkConfig {
            match *self {}
        }

        pub(super) fn lose(&mut self, _: &Region) {
            match *self {}
        }
    }
}
