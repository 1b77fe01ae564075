//! What `init` can be asked for.

use std::path::PathBuf;

/// Begin a repository of stacks: a small typed stack, three environments, editor settings and a test.
///
/// `cargo run -- synth` works there at once. Nothing that is there is written over: all files are written, or none.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder; it is made where there is none
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The app's name: the first part of every stack's name [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    source: Source,
}

/// Where the repository takes stratiform from. While nothing of it is on crates.io, that is git, at the tag of the
/// program that is running.
#[derive(Debug, clap::Args)]
struct Source {
    /// Take stratiform from a clone of its repository on this machine
    #[arg(long, value_name = "PATH", conflicts_with_all = ["git", "registry"])]
    path: Option<PathBuf>,
    /// Take stratiform from a git repository [default: its own, at the tag of this version]
    #[arg(long, value_name = "URL", conflicts_with = "registry")]
    git: Option<String>,
    /// The tag to take from there [default: the main branch, which Cargo.lock pins]
    #[arg(long, value_name = "TAG", requires = "git", conflicts_with = "rev")]
    tag: Option<String>,
    /// The commit to take from there
    #[arg(long, value_name = "REV", requires = "git")]
    rev: Option<String>,
    /// Take stratiform from crates.io, in this version. It is not there yet
    #[arg(long)]
    registry: bool,
}

/// Where stratiform is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A clone in a folder.
    Path(PathBuf),
    /// A git repository.
    Git { url: String, at: At },
    /// crates.io.
    Registry,
}

/// Which commit of a git repository?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// That of the main branch at the first build.
    Main,
    /// That of a tag.
    Tag(String),
    /// This one.
    Rev(String),
}

impl Init {
    /// Where stratiform is taken from.
    pub(crate) fn taken(&self) -> Taken {
        let Source {
            path,
            git,
            tag,
            rev,
            registry,
        } = &self.source;
        let at = || match (tag, rev) {
            (Some(tag), _) => At::Tag(tag.clone()),
            (None, Some(rev)) => At::Rev(rev.clone()),
            (None, None) => At::Main,
        };
        match (path, git) {
            (Some(path), _) => Taken::Path(path.clone()),
            (None, Some(url)) => Taken::Git {
                url: url.clone(),
                at: at(),
            },
            (None, None) if *registry => Taken::Registry,
            (None, None) => Taken::Git {
                url: env!("CARGO_PKG_REPOSITORY").to_owned(),
                at: At::Tag(concat!("v", env!("CARGO_PKG_VERSION")).to_owned()),
            },
        }
    }
}
