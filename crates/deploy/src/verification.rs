//! Whether what was deployed works: asked of what runs, and not of the stacks' statuses.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_service::{StackId, Timestamp};

use crate::call::{Call, Database, Failure, Reply, Resource, Service, Target};
use crate::plan::Pace;
use crate::run::later;

const MINUTE: i64 = 60_000;

/// For how many rounds something may be not well that was: one may be an accident.
const DOUBTS: u32 = 1;

/// What has to be true after a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// ECS services run the tasks that they should, of the task definition that was deployed.
    pub services: bool,
    /// All targets of the services' target groups are healthy.
    pub targets: bool,
    /// No alarm of the stacks is in ALARM.
    pub alarms: bool,
    /// Databases are available.
    pub database: bool,
    /// Web servers that answer.
    pub http: Vec<HttpCheck>,
    /// How long it must stay true, in minutes.
    pub bake_minutes: u32,
    /// How long it may take to become true, in minutes.
    pub patience_minutes: u32,
}

/// A web server that has to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    /// Its address.
    pub url: String,
    /// The status that is expected.
    pub status: u16,
    /// A text that the body has.
    pub contains: Option<String>,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// What a stack has.
    Stack(StackId),
    /// An ECS service: cluster and service.
    Service(String, String),
    /// A target group, by its ARN.
    TargetGroup(String),
    /// Alarms.
    Alarms,
    /// A database, by its identifier.
    Database(String),
    /// A web server, by its address.
    Http(String),
}

/// How is a subject?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Healthy,
    /// Not yet, or not any more: why.
    Not(String),
    /// It will not get better by itself: why.
    Broken(String),
}

/// The end of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// All is as it should be, and stayed so.
    Yes,
    /// Something is not.
    No,
}

/// A verification that goes on.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    contract: Contract,
    pace: Pace,
    began: Timestamp,
    /// Since when all is healthy.
    healthy_since: Option<Timestamp>,
    subjects: BTreeMap<Subject, Option<Health>>,
    /// Task definitions that the stacks have.
    task_definitions: BTreeSet<String>,
    alarms: BTreeSet<String>,
    /// Target groups of services that have several: blue and green, of which one is empty.
    alternates: BTreeSet<String>,
    /// When the next round begins.
    next: Option<Timestamp>,
    /// Who has to answer in this round.
    open: BTreeSet<Subject>,
    /// Whether a round is answered and not judged.
    is_answered: bool,
    /// How many rounds in a row something was not well that had been.
    doubts: u32,
}

impl Verification {
    pub(crate) fn new(
        contract: Contract,
        stacks: Vec<StackId>,
        pace: Pace,
        now: Timestamp,
    ) -> Verification {
        let http = contract
            .http
            .iter()
            .map(|check| Subject::Http(check.url.clone()));
        let subjects = stacks.into_iter().map(Subject::Stack).chain(http);
        Verification {
            subjects: subjects.map(|subject| (subject, None)).collect(),
            contract,
            pace,
            began: now,
            healthy_since: None,
            task_definitions: BTreeSet::new(),
            alarms: BTreeSet::new(),
            alternates: BTreeSet::new(),
            next: None,
            open: BTreeSet::new(),
            is_answered: false,
            doubts: 0,
        }
    }

    /// What is to be asked now. Stacks are asked first, until it is known what they have; the others in rounds.
    pub(crate) fn calls(&mut self, now: Timestamp) -> Vec<(Subject, Call)> {
        if self.is_answered || !self.open.is_empty() || self.next.is_some_and(|next| now < next) {
            return Vec::new();
        }
        self.next = None;
        let is_stack = |subject: &&Subject| matches!(subject, Subject::Stack(_));
        let unread = self.subjects.iter().filter(|(_, health)| health.is_none());
        let mut due: Vec<Subject> = unread
            .map(|(subject, _)| subject)
            .filter(is_stack)
            .cloned()
            .collect();
        if due.is_empty() {
            due = self
                .subjects
                .keys()
                .filter(|subject| !is_stack(subject))
                .cloned()
                .collect();
        }
        self.is_answered = due.is_empty();
        self.open.extend(due.iter().cloned());
        due.into_iter()
            .map(|subject| (subject.clone(), self.call(subject)))
            .collect()
    }

    fn call(&self, subject: Subject) -> Call {
        match subject {
            Subject::Stack(stack) => Call::ListStackResources { stack },
            Subject::Service(cluster, service) => Call::DescribeServices {
                cluster,
                services: vec![service],
            },
            Subject::TargetGroup(target_group) => Call::DescribeTargetHealth { target_group },
            Subject::Alarms => Call::DescribeAlarms {
                names: self.alarms.iter().take(100).cloned().collect(),
            },
            Subject::Database(identifier) => Call::DescribeDbInstance { identifier },
            Subject::Http(url) => Call::Http { url },
        }
    }

    /// Takes an answer in; gives the subject's health where it is another one than before.
    pub(crate) fn answered(
        &mut self,
        subject: &Subject,
        reply: Result<Reply, Failure>,
    ) -> Option<Health> {
        self.open.remove(subject);
        self.is_answered = self.open.is_empty();
        let known = self.subjects.get(subject).cloned().flatten();
        let health = match (reply, subject) {
            (Ok(reply), _) => self.health(subject, reply),
            // That AWS cannot be asked says nothing of what was asked about.
            (
                Err(_),
                Subject::Service(..)
                | Subject::TargetGroup(_)
                | Subject::Alarms
                | Subject::Database(_),
            ) if known.is_some() => {
                return None;
            }
            (Err(failure), _) => Health::Not(format!("{}: {}", failure.what, failure.why)),
        };
        // What a stack has is asked until it is known.
        if let (Subject::Stack(_), Health::Not(_)) = (subject, &health) {
            return Some(health);
        }
        self.subjects.insert(subject.clone(), Some(health.clone()));
        (known.as_ref() != Some(&health) && !matches!(subject, Subject::Stack(_))).then_some(health)
    }

    /// What the answers of a round come to, once all of them are there; none where another round is needed.
    pub(crate) fn verdict(&mut self, now: Timestamp) -> Option<Verified> {
        if !std::mem::take(&mut self.is_answered) {
            return None;
        }
        // What a stack has may be more to ask about: then the round goes on.
        if self.subjects.values().any(Option::is_none) {
            let stacks_wait = self
                .subjects
                .iter()
                .any(|(subject, health)| matches!(subject, Subject::Stack(_)) && health.is_none());
            return match stacks_wait && self.is_out_of_patience(now) {
                true => Some(Verified::No),
                false => {
                    self.next = stacks_wait.then(|| self.later(now));
                    None
                }
            };
        }
        let healths = self.subjects.values().flatten();
        if healths
            .clone()
            .any(|health| matches!(health, Health::Broken(_)))
        {
            return Some(Verified::No);
        }
        let all_healthy = healths.clone().all(|health| *health == Health::Healthy);
        match (all_healthy, self.healthy_since) {
            (true, since) => {
                self.doubts = 0;
                let since = since.unwrap_or(now);
                self.healthy_since = Some(since);
                if now >= later(since, i64::from(self.contract.bake_minutes) * MINUTE) {
                    return Some(Verified::Yes);
                }
            }
            // It was well, and is not any more.
            (false, Some(_)) if self.doubts >= DOUBTS => return Some(Verified::No),
            (false, Some(_)) => self.doubts += 1,
            (false, None) if self.is_out_of_patience(now) => return Some(Verified::No),
            (false, None) => {}
        }
        self.next = Some(self.later(now));
        None
    }

    fn is_out_of_patience(&self, now: Timestamp) -> bool {
        now > later(
            self.began,
            i64::from(self.contract.patience_minutes) * MINUTE,
        )
    }

    /// When it comes to a verdict where everything stays as it is. None where it asks again before that.
    pub(crate) fn decides(&self) -> Option<Timestamp> {
        self.next?;
        match self.healthy_since {
            Some(_) if self.doubts > 0 => None,
            Some(since) => Some(later(since, i64::from(self.contract.bake_minutes) * MINUTE)),
            None => Some(later(
                self.began,
                i64::from(self.contract.patience_minutes) * MINUTE + 1,
            )),
        }
    }

    fn later(&self, now: Timestamp) -> Timestamp {
        later(now, self.pace.pause(now.millis() - self.began.millis()))
    }

    /// Whether there is something to judge.
    pub(crate) fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// When there is something to ask again.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// How everything is, in order; of stacks only those that nobody could ask.
    pub(crate) fn report(&self) -> Vec<(Subject, Health)> {
        let subjects = self.subjects.iter();
        let report = subjects.filter_map(|(subject, health)| {
            let health = match (subject, health) {
                (Subject::Stack(_), Some(_)) => return None,
                (Subject::Stack(_), None) => {
                    Health::Not("what it has could not be listed".to_owned())
                }
                (_, health) => health.clone()?,
            };
            Some((subject.clone(), health))
        });
        report.collect()
    }

    fn health(&mut self, subject: &Subject, reply: Reply) -> Health {
        match (subject, reply) {
            (Subject::Stack(_), Reply::Resources(resources)) => {
                resources.iter().for_each(|resource| self.read(resource));
                Health::Healthy
            }
            (Subject::Service(..), Reply::Services(services)) => match services.first() {
                Some(service) => {
                    if service.target_groups.len() > 1 {
                        self.alternates
                            .extend(service.target_groups.iter().cloned());
                    }
                    if self.contract.targets && service.desired > 0 {
                        for group in &service.target_groups {
                            self.subjects
                                .entry(Subject::TargetGroup(group.clone()))
                                .or_default();
                        }
                    }
                    service_health(service, &self.task_definitions)
                }
                None => Health::Broken("the service is not there".to_owned()),
            },
            (Subject::TargetGroup(group), Reply::Targets(targets)) => {
                target_health(&targets, self.alternates.contains(group))
            }
            (Subject::Alarms, Reply::Alarms(alarms)) => {
                let on: Vec<&str> = alarms
                    .iter()
                    .filter(|alarm| alarm.state == "ALARM")
                    .map(|alarm| alarm.name.as_str())
                    .collect();
                match on.is_empty() {
                    true => Health::Healthy,
                    false => Health::Not(format!("in ALARM: {}", on.join(", "))),
                }
            }
            (Subject::Database(_), Reply::Database(database)) => database_health(database.as_ref()),
            (Subject::Http(url), Reply::Http { status, body }) => {
                let expected = self.contract.http.iter().find(|check| check.url == *url);
                expected.map_or(Health::Healthy, |check| http_health(check, status, &body))
            }
            _ => Health::Not("the answer does not fit the question".to_owned()),
        }
    }

    /// Takes in a resource that has to be looked at.
    fn read(&mut self, resource: &Resource) {
        let Some(id) = resource.physical_id.as_ref().map(|id| id.as_str()) else {
            return;
        };
        let subject = match resource.resource_type.as_str() {
            "AWS::ECS::Service" if self.contract.services => {
                let Some((cluster, service)) = service_place(id) else {
                    return;
                };
                Subject::Service(cluster.to_owned(), service.to_owned())
            }
            "AWS::ECS::TaskDefinition" => {
                self.task_definitions.insert(id.to_owned());
                return;
            }
            "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm"
                if self.contract.alarms =>
            {
                self.alarms.insert(alarm_name(id).to_owned());
                Subject::Alarms
            }
            "AWS::RDS::DBInstance" if self.contract.database => Subject::Database(id.to_owned()),
            _ => return,
        };
        self.subjects.entry(subject).or_default();
    }
}

/// Cluster and name of an ECS service, in its ARN: `arn:aws:ecs:eu-west-1:111122223333:service/cluster/name`. None in an
/// ARN of the old form, which does not name the cluster.
pub fn service_place(arn: &str) -> Option<(&str, &str)> {
    let (rest, service) = arn.rsplit_once('/')?;
    let (_, cluster) = rest.rsplit_once('/')?;
    Some((cluster, service))
}

/// The name of an alarm, by its name or ARN.
pub fn alarm_name(id: &str) -> &str {
    id.rsplit_once(":alarm:").map_or(id, |(_, name)| name)
}

/// A service that its circuit breaker brought back is stable too: what it runs has to be what was deployed.
pub(crate) fn service_health(service: &Service, deployed: &BTreeSet<String>) -> Health {
    let newest = service
        .deployments
        .iter()
        .find(|deployment| deployment.status == "PRIMARY");
    let reason = |reason: &Option<String>| {
        reason
            .as_ref()
            .map(|reason| format!(": {reason}"))
            .unwrap_or_default()
    };
    if service.status != "ACTIVE" {
        return Health::Broken(format!("the service is {}", service.status));
    }
    if let Some(newest) = newest.filter(|newest| newest.rollout.as_deref() == Some("FAILED")) {
        return Health::Broken(format!(
            "deployment {} failed{}",
            newest.id,
            reason(&newest.reason)
        ));
    }
    if !deployed.is_empty() && !deployed.contains(&service.task_definition) {
        return Health::Broken(format!(
            "it runs {}, which is not what was deployed",
            service.task_definition
        ));
    }
    let done =
        newest.is_none_or(|newest| matches!(newest.rollout.as_deref(), None | Some("COMPLETED")));
    if service.running == service.desired && service.deployments.len() <= 1 && done {
        return Health::Healthy;
    }
    Health::Not(format!(
        "{} of {} tasks run, {} deployments",
        service.running,
        service.desired,
        service.deployments.len()
    ))
}

pub(crate) fn target_health(targets: &[Target], may_be_empty: bool) -> Health {
    let counted = targets
        .iter()
        .filter(|target| !matches!(target.state.as_str(), "draining" | "unused"));
    let ill = counted.clone().find(|target| target.state != "healthy");
    match ill {
        Some(target) => Health::Not(format!(
            "target {} is {}{}",
            target.id,
            target.state,
            target
                .reason
                .as_ref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default()
        )),
        None if counted.count() == 0 && !may_be_empty => Health::Not("it has no target".to_owned()),
        None => Health::Healthy,
    }
}

pub(crate) fn http_health(check: &HttpCheck, status: u16, body: &str) -> Health {
    if status != check.status {
        let expected = check.status;
        return Health::Not(format!("it answers {status}, and {expected} is expected"));
    }
    match &check.contains {
        Some(text) if !body.contains(text) => {
            Health::Not(format!("its answer does not contain `{text}`"))
        }
        _ => Health::Healthy,
    }
}

/// Source: RDS user guide, "Viewing Amazon RDS DB instance status": in which of them the database answers.
pub(crate) fn database_health(database: Option<&Database>) -> Health {
    let Some(database) = database else {
        return Health::Broken("the database is not there".to_owned());
    };
    match database.status.as_str() {
        "available"
        | "backing-up"
        | "configuring-enhanced-monitoring"
        | "configuring-iam-database-auth"
        | "configuring-log-exports"
        | "storage-config-upgrade"
        | "storage-initialization"
        | "storage-optimization" => Health::Healthy,
        status @ ("failed"
        | "deleting"
        | "inaccessible-encryption-credentials"
        | "incompatible-network"
        | "incompatible-option-group"
        | "incompatible-parameters"
        | "incompatible-restore"
        | "restore-error") => Health::Broken(format!("the database is `{status}`")),
        status => Health::Not(format!("the database is `{status}`")),
    }
}
