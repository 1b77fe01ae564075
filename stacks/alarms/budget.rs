//! What a month may cost, and when somebody is told.

use stratiform_stack::{App, Define, Stack, props};

use super::Alarms;
use crate::environment::Environment;
use crate::resources::budgets;
use crate::resources::budgets::budget;
use crate::resources::budgets::budget::budget_data::BudgetType;
use crate::resources::budgets::budget::notification::NotificationType::{Actual, Forecasted};
use crate::resources::budgets::budget::notification::{ComparisonOperator, ThresholdType};
use crate::resources::budgets::budget::subscriber::SubscriptionType;

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
        props!(budget::Expression {
            tags: budget::TagValues {
                key,
                values: [value],
                match_options: ["EQUALS"],
            },
        })
    });
    let month = props!(budget::BudgetData {
        budget_type: BudgetType::Cost,
        time_unit: "MONTHLY",
        budget_limit: budget::Spend {
            amount: env.budget.monthly_usd,
            unit: "USD",
        },
        filter_expression: budget::Expression {
            and: of_this_environment,
        },
        metrics: ["UnblendedCost"],
    });
    let limits = [(Actual, 80), (Actual, 100), (Forecasted, 100)];
    let notifications = limits.map(|(spent, percent)| {
        props!(budget::NotificationWithSubscribers {
            notification: budget::Notification {
                comparison_operator: ComparisonOperator::GreaterThan,
                notification_type: spent,
                threshold: percent,
                threshold_type: ThresholdType::Percentage,
            },
            subscribers: [budget::Subscriber {
                address: alarms.topic.reference(),
                subscription_type: SubscriptionType::Sns,
            }]
        })
    });
    stack.add(
        "Budget",
        props!(budgets::Budget {
            budget: month,
            notifications_with_subscribers: notifications,
        })
        // AWS tries whether it may publish.
        .depends_on(alarms.policy),
    );
}
