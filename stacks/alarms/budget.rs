//! What a month may cost, and when somebody is told.

use stratiform_stack::{App, Stack};

use super::Alarms;
use crate::environment::Environment;
use crate::resources::budgets;
use crate::resources::budgets::budget;

/// Adds the budget: for what carries the tags of this environment, which may share its account with others.
///
/// AWS counts by a tag only once somebody has activated it as a cost allocation tag, once in the account that
/// pays.
pub(super) fn add(stack: &Stack, app: &App, env: &Environment, alarms: &Alarms) {
    let settings = app.settings();
    let tags = [
        ("app", &settings.app),
        ("environment", &settings.environment),
    ];
    let of_this_environment = tags.map(|(key, value)| {
        // A team may have given the tag a value of its own, or written it in capitals.
        let mut given = settings.tags.iter();
        let given = given.find(|(given, _)| given.eq_ignore_ascii_case(key));
        let (key, value) = given.map_or((key, value), |(key, value)| (key.as_str(), value));
        budget::Expression {
            tags: budget::TagValues {
                key: key.into(),
                values: [value].into(),
                match_options: ["EQUALS"].into(),
            }
            .into(),
            ..Default::default()
        }
    });
    let month = budget::BudgetData {
        budget_limit: budget::Spend::new(env.budget.monthly_usd, "USD").into(),
        filter_expression: budget::Expression {
            and: of_this_environment.into(),
            ..Default::default()
        }
        .into(),
        metrics: ["UnblendedCost"].into(),
        ..budget::BudgetData::new("COST", "MONTHLY")
    };
    let limits = [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)];
    let notifications = limits.map(|(spent, percent)| {
        budget::NotificationWithSubscribers::new(
            budget::Notification {
                threshold_type: "PERCENTAGE".into(),
                ..budget::Notification::new("GREATER_THAN", spent, percent)
            },
            [budget::Subscriber::new(alarms.topic.reference(), "SNS")],
        )
    });
    stack
        .add(
            "Budget",
            budgets::Budget {
                notifications_with_subscribers: notifications.into(),
                ..budgets::Budget::new(month)
            },
        )
        // AWS tries whether it may publish.
        .depends_on(&alarms.policy);
}
