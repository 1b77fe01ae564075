//! A template held against the policies.

use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Path, Step, Template};

use super::{ALL, Check, Levels, Policy};
use crate::report::NotChecked;
use crate::resource::existing;
use crate::scene::{Scene, Subject};
use crate::schema::Look;
use crate::{globals, hidden};
use stratiform_resolve::written_out;

/// What a policy says of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// It is as it has to be, in every case.
    Holds,
    /// It is not, at least in a case that there can be.
    Broken,
    /// It hangs on something that is not known here.
    Unknown,
}

/// A policy, asked of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// The policy.
    pub code: Code,
    /// How much it matters.
    pub level: Level,
    /// The resource: keys from the top of the template.
    pub path: Vec<String>,
    /// What it says.
    pub answer: Answer,
}

/// What policies say of a template.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What breaks them; each has the path of what is wrong, and no place.
    pub findings: Vec<Finding>,
    /// Each question that was asked.
    pub answers: Vec<Answered>,
    /// What could not be looked at.
    pub not_checked: Vec<NotChecked>,
}

/// Holds a template against the policies, where each matters as much as it is said. Where the template is deployed
/// decides what `AWS::Region` is.
pub fn ask(template: &Template, regions: &[&str], levels: &Levels) -> Asked {
    let look = |template: &Template| {
        let look = |template: &Template| plain(template, regions, levels);
        globals::looked_at(template, look, |asked| &mut asked.findings)
    };
    let Some(written) = written_out(template) else {
        return look(template);
    };
    let mut asked = look(&written.template);
    for finding in &mut asked.findings {
        finding.path = written.origin(std::mem::take(&mut finding.path));
    }
    for answered in &mut asked.answers {
        answered.path = written.origin(std::mem::take(&mut answered.path));
    }
    asked
}

/// The same of one whose resources say all of it themselves.
fn plain(template: &Template, regions: &[&str], levels: &Levels) -> Asked {
    let scene = Scene::new(template, regions);
    let mut asked = Asked::default();
    let section = Path {
        up: None,
        step: Step::Key("Resources"),
    };
    for (logical_id, resource) in template.each_resource() {
        let questions = ALL.iter().filter_map(|policy| {
            let name = resource.resource_type.as_str();
            let check = policy.checks.iter().find(|(about, _)| *about == name);
            Some((*policy, levels.of(policy)?, check?.1))
        });
        let mut questions = questions.peekable();
        if questions.peek().is_none() {
            continue;
        }
        let Some(known) = scene.resource_type(&resource.resource_type) else {
            continue;
        };
        // What never exists needs nothing.
        let Some(base) = existing(&scene, resource) else {
            continue;
        };
        let subject = Subject::new(resource, known, base);
        let path = section.key(logical_id);
        for question in questions {
            one(&scene, &subject, question, &path, &mut asked);
        }
    }
    hidden::count(&scene);
    asked.not_checked = scene.skipped.into_inner();
    asked
}

/// One policy, asked of one resource.
fn one<'t>(
    scene: &Scene<'t>,
    subject: &Subject<'t>,
    (policy, level, check): (&Policy, Level, Check),
    path: &Path<'_>,
    asked: &mut Asked,
) {
    let properties = path.key("Properties");
    let of = &subject.resource.properties;
    let mut look = Look::new(scene, subject);
    // What hangs on no condition is asked once, and so is what goes into the branches of conditions itself.
    let mut is_about = false;
    let looked = match check(&mut look, of, &properties) {
        Ok(()) => {
            is_about = !look.has_passed();
            Ok(())
        }
        Err(_) => {
            look = Look::new(scene, subject);
            look.at_each(&properties, |look| {
                check(look, of, &properties)?;
                is_about |= !look.has_passed();
                Ok(())
            })
        }
    };
    // A macro may change or add anything.
    let is_in_doubt = look.is_in_doubt() || looked.is_err() || scene.is_transformed;
    let mut findings = look.findings();
    if !is_about && findings.is_empty() && !is_in_doubt {
        return;
    }
    for finding in &mut findings {
        // What only values of parameters do is less already.
        finding.level = finding.level.min(level);
    }
    let answer = match (findings.is_empty(), is_in_doubt) {
        (false, _) => Answer::Broken,
        (true, true) => Answer::Unknown,
        (true, false) => Answer::Holds,
    };
    asked.findings.extend(findings);
    asked.answers.push(Answered {
        code: policy.code,
        level,
        path: path.steps(),
        answer,
    });
}
