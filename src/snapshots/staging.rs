//! Where files wait until all of them are written: `.stratiform/` in the folder of the snapshots, so that moving them
//! to their place is one step, and neither git nor anybody who reads snapshots looks there.
//!
//! Each run has a folder of its own in it, with a lock that ends with the run, however that ends. The next run removes
//! what nobody holds any more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder for all runs.
const FOLDER: &str = ".stratiform";

const LOCK: &str = "lock";

/// One run's folder; goes with the value.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    parent: PathBuf,
    /// Held while the value lives.
    lock: File,
}

impl Staging {
    /// A new folder for this run, without what earlier ones left.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(super) fn new(snapshots: &Path) -> io::Result<Staging> {
        /// Another run may remove the folder between any two steps of ours, and then no more.
        const ATTEMPTS: usize = 100;
        let parent = snapshots.join(FOLDER);
        remove_abandoned(&parent);
        let mut attempt = Staging::attempt(&parent);
        for _ in 1..ATTEMPTS {
            match attempt {
                // The latter where the folder for all goes while it is made.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists
                    ) =>
                {
                    attempt = Staging::attempt(&parent);
                }
                other => return other,
            }
        }
        attempt
    }

    fn attempt(parent: &Path) -> io::Result<Staging> {
        fs::create_dir_all(parent)?;
        let folder = tempfile::Builder::new()
            .prefix("")
            .tempdir_in(parent)?
            .keep();
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(LOCK))?;
        // Waits for a run that takes the folder for abandoned, and finds it gone then.
        lock.lock()?;
        fs::metadata(folder.join(LOCK))?;
        // Without it git sees the folder as long as it is there. That is no reason to stop.
        let _ = fs::write(folder.join(".gitignore"), "*\n");
        Ok(Staging {
            folder,
            parent: parent.to_owned(),
            lock,
        })
    }

    /// Writes a file that waits here. It is closed: there may be more of them than a process may have open.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn stage(&self, text: &str) -> io::Result<tempfile::TempPath> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any other new file, less what the user's mask takes away.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut temporary = builder.tempfile_in(&self.folder)?;
        temporary.write_all(text.as_bytes())?;
        Ok(temporary.into_temp_path())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What stays is removed by the next run, and seen by nobody until then.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = self.lock.unlock();
        let _ = fs::remove_dir(&self.parent);
    }
}

/// Removes the folders of runs that are over. What cannot be removed is left: it is in nobody's way.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let folder = entry.path();
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(LOCK));
        // The lock is held until the folder is gone: see `Staging::attempt`.
        if let Ok(lock) = lock
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(&folder);
        }
    }
    let _ = fs::remove_dir(parent);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_goes_and_what_another_run_has_stays() {
        let snapshots = tempfile::tempdir().unwrap();
        let parent = snapshots.path().join(FOLDER);
        let killed = Staging::new(snapshots.path()).unwrap();
        let left = killed.stage("half").unwrap().keep().unwrap();
        let folder = killed.folder.clone();
        // As the system does it: the lock ends, the files stay.
        killed.lock.unlock().unwrap();
        std::mem::forget(killed);
        // Killed between two steps: there is not even a lock.
        fs::create_dir(parent.join("empty")).unwrap();
        assert!(left.exists());

        let running = Staging::new(snapshots.path()).unwrap();
        assert!(!folder.exists() && !parent.join("empty").exists());
        let waiting = running.stage("text").unwrap();
        let another = Staging::new(snapshots.path()).unwrap();
        assert!(waiting.exists());
        drop(another);
        assert!(waiting.exists());
        let place = snapshots.path().join("place");
        waiting.persist(&place).unwrap();
        assert_eq!(fs::read_to_string(place).unwrap(), "text");
        drop(running);
        assert!(!parent.exists());
    }

    #[test]
    fn many_runs_at_once_do_not_take_each_others_files() {
        let snapshots = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for run in 0..8 {
                let folder = snapshots.path();
                scope.spawn(move || {
                    for turn in 0..20 {
                        let staging = Staging::new(folder).unwrap();
                        let file = staging.stage("text").unwrap();
                        file.persist(folder.join(format!("{run}-{turn}"))).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(snapshots.path()).unwrap().count(), 160);
    }
}
