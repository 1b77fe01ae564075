//! What the working tree is compared with.

use crate::repository::Repository;
use crate::support::Project;

#[test]
fn unchanged() {
    let repository = Repository::of_guestbook();
    insta::assert_snapshot!(repository.diff("--exit-code --fail-on any"));
}

#[test]
fn a_change_that_is_not_committed_counts() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/prod.yaml", "365", "400");
    let before = repository.project.tree("snapshots");
    insta::assert_snapshot!(repository.diff(""));
    assert_eq!(repository.project.tree("snapshots"), before);
}

#[test]
fn the_default_is_where_the_branch_left_main() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/prod.yaml", "365", "400");
    repository.synth();
    repository.commit();
    // What happens on `main` meanwhile is no part of this change.
    repository.git("checkout --quiet main");
    repository.edit("environments/dev.yaml", "7", "9");
    repository.synth();
    repository.commit();
    repository.git("checkout --quiet change");
    let output = repository.diff("");
    assert!(output.contains("ExpirationInDays  365 → 400"), "{output}");
    assert!(output.contains("(merge base with `main`)"), "{output}");
    assert!(!output.contains("\ndev (eu-west-1)"), "{output}");
}

#[test]
fn a_base_by_any_name() {
    let repository = Repository::of_guestbook();
    repository.git("tag light");
    repository.git("tag --annotate --message heavy heavy");
    let short = repository.git("rev-parse --short=9 HEAD");
    let full = repository.git("rev-parse HEAD");
    repository.edit("environments/prod.yaml", "365", "400");
    repository.synth();
    repository.commit();
    for base in ["main", "light", "heavy", "HEAD~1", "main^{commit}"] {
        let output = repository.diff(&format!("--base {base} --exit-code"));
        assert!(output.starts_with("exit code 3\n"), "{base}: {output}");
        assert!(
            output.contains(&format!("snapshots at [COMMIT] (`{base}`)\n")),
            "{base}: {output}"
        );
    }
    for base in [&short, &full] {
        let output = repository.diff(&format!("--base {base} --exit-code"));
        assert!(
            output.contains("snapshots at [COMMIT]\n"),
            "{base}: {output}"
        );
        assert!(output.starts_with("exit code 3\n"), "{base}: {output}");
    }
    // Both sides are the same at the branch's own tip.
    for base in ["change", "HEAD"] {
        let arguments = format!("--base {base} --exit-code");
        assert_eq!(repository.exit_code(&arguments), 0, "{base}");
    }
}

#[test]
fn main_is_found_under_any_of_its_names() {
    // What there is besides the branch → what it is compared with.
    let cases: [(&[&str], &str); 4] = [
        (&[], "`main`"),
        (&["branch --move main master"], "`master`"),
        (
            &["update-ref refs/remotes/origin/main main"],
            "`origin/main`",
        ),
        (
            &[
                "update-ref refs/remotes/origin/trunk main",
                "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk",
                "branch --delete --force main",
            ],
            "`origin/HEAD`",
        ),
    ];
    for (preparation, expected) in cases {
        let repository = Repository::of_guestbook();
        for step in preparation {
            repository.git(step);
        }
        let output = repository.diff("");
        assert!(
            output.contains(&format!("(merge base with {expected})")),
            "{output}"
        );
    }
}

// Once wrong: a clone of one branch has an `origin/HEAD` that is that branch; then a change that is committed and
// pushed is compared with itself, and "nothing changes". `origin/main` is there and should win.
#[test]
fn a_clone_of_the_branch_itself_is_not_its_own_base() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/prod.yaml", "365", "400");
    repository.synth();
    repository.commit();
    repository.git("update-ref refs/remotes/origin/main main");
    repository.git("update-ref refs/remotes/origin/change change");
    repository.git("symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/change");
    let output = repository.diff("--exit-code");
    assert!(output.starts_with("exit code 3\n"), "{output}");
}

#[test]
fn wherever_the_command_is_run() {
    let repository = Repository::of_guestbook();
    repository.edit("environments/prod.yaml", "365", "400");
    let expected = repository.diff("");
    std::fs::create_dir_all(repository.project.path("docs/deep")).unwrap();
    for (folder, given) in [
        ("docs/deep", ""),
        ("snapshots/dev", ""),
        ("environments", "--environments ."),
        ("", "--environments ./environments"),
        ("docs", "--environments ../environments"),
    ] {
        let mut command = repository.command(given);
        command.current_dir(repository.project.path(folder));
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains("ExpirationInDays  365 → 400"),
            "{folder} {given}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(expected.starts_with("exit code 0\n"), "{expected}");
}

// Once wrong: "cannot start `git`: No such file or directory".
#[test]
fn environments_by_a_relative_name() {
    let repository = Repository::of_guestbook();
    let output = repository.diff("--environments environments");
    assert!(output.starts_with("exit code 0\n"), "{output}");
}

#[test]
fn a_project_in_a_folder_of_the_repository_and_a_path_with_blanks() {
    let repository = Repository::of_guestbook();
    for folder in ["team", "team a/Größe"] {
        let target = repository.project.path(folder);
        std::fs::create_dir_all(&target).unwrap();
        for part in ["environments", "snapshots"] {
            crate::repository::copy(&repository.project.path(part), &target.join(part));
        }
    }
    repository.commit();
    for folder in ["team", "team a/Größe"] {
        let file = format!("{folder}/environments/prod.yaml");
        repository.edit(&file, "365", "400");
        let mut command = repository.command("--base HEAD");
        command.current_dir(repository.project.path(folder));
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("365 → 400"), "{folder}: {text}");
    }
}

#[test]
fn a_worktree_a_detached_head_and_longer_object_names() {
    let repository = Repository::of_guestbook();
    repository.git("checkout --quiet --detach");
    assert_eq!(repository.exit_code(""), 0);
    repository.git("worktree add --quiet tree change");
    let mut command = repository.command("");
    command.current_dir(repository.project.path("tree"));
    assert!(command.output().unwrap().status.success());

    let repository = Repository::without_git(Project::of_guestbook());
    repository.synth();
    repository.git("init --quiet --initial-branch main --object-format sha256");
    repository.commit();
    let output = repository.diff("");
    assert!(output.contains("nothing changes"), "{output}");
}
