//! The web application firewall in front of the load balancer.

use stratiform_stack::{Handle, arn, json, props, sub};

use crate::parts;
use crate::resources::elasticloadbalancingv2::LoadBalancer;
use crate::resources::wafv2::{self, logging_configuration, web_acl};
use crate::services::Context;

/// Requests in five minutes from one address, before it is refused: seven a second. An office behind one
/// address stays below that, a scraper does not.
const REQUESTS_PER_ADDRESS: u32 = 2000;

/// Rule groups that Amazon maintains, in the order in which they are asked: the cheap ones first.
const MANAGED: [(&str, &str); 3] = [
    ("ip-reputation", "AWSManagedRulesAmazonIpReputationList"),
    ("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    ("common", COMMON),
];

/// The rules for what is wrong with requests to any application.
const COMMON: &str = "AWSManagedRulesCommonRuleSet";

/// Puts a web ACL in front of the load balancer.
pub(super) fn protect(context: &Context<'_>, load_balancer: &Handle<LoadBalancer>) {
    let name = context.names.prefix();
    let rules = [rate_limit(&name)]
        .into_iter()
        .chain(MANAGED.map(|(rule, group)| managed(&name, rule, group)));
    let rules = (0u8..)
        .zip(rules)
        .map(|(priority, rule)| props!(web_acl::Rule { priority, ..rule }));
    let acl = context.stack.add(
        "WebAcl",
        props!(wafv2::WebAcl {
            default_action: web_acl::DefaultAction {
                allow: web_acl::AllowAction {},
            },
            scope: web_acl::Scope::Regional,
            visibility_config: visible(&name, "web-acl"),
            description: format!("In front of the load balancer of {name}"),
            rules: rules.collect::<Vec<_>>(),
        }),
    );
    context.stack.add(
        "WebAclAssociation",
        props!(wafv2::WebAclAssociation {
            resource_arn: load_balancer,
            web_acl_arn: &acl,
        }),
    );
    log(context, &acl);
}

/// Metrics, and a sample of the requests in the console.
fn visible(name: &str, rule: &str) -> web_acl::VisibilityConfig {
    props!(web_acl::VisibilityConfig {
        cloud_watch_metrics_enabled: true,
        metric_name: format!("{name}-{rule}"),
        sampled_requests_enabled: true,
    })
}

fn rate_limit(name: &str) -> web_acl::Rule {
    let statement = props!(web_acl::Statement {
        rate_based_statement: web_acl::RateBasedStatement {
            aggregate_key_type: web_acl::rate_based_statement::AggregateKeyType::Ip,
            limit: REQUESTS_PER_ADDRESS,
            evaluation_window_sec: 300,
        },
    });
    props!(web_acl::Rule {
        name: "rate-limit",
        priority: 0,
        statement,
        visibility_config: visible(name, "rate-limit"),
        action: web_acl::RuleAction {
            block: web_acl::BlockAction {},
        },
    })
}

fn managed(name: &str, rule: &str, group: &str) -> web_acl::Rule {
    let statement = props!(web_acl::Statement {
        managed_rule_group_statement: web_acl::ManagedRuleGroupStatement {
            name: group,
            vendor_name: "AWS",
            rule_action_overrides: exceptions(group),
        },
    });
    props!(web_acl::Rule {
        name: rule,
        priority: 0,
        statement,
        visibility_config: visible(name, rule),
        override_action: web_acl::OverrideAction { none: json!({}) },
    })
}

/// Bodies above 8 KiB are counted and not refused: nothing before prod would have said that a form with a
/// picture, or a large order, does not pass.
fn exceptions(group: &str) -> Option<[web_acl::RuleActionOverride; 1]> {
    let count = props!(web_acl::RuleAction {
        count: web_acl::CountAction {},
    });
    let large_body = props!(web_acl::RuleActionOverride {
        action_to_use: count,
        name: "SizeRestrictions_BODY",
    });
    (group == COMMON).then_some([large_body])
}

/// Requests that a rule had something to say about, without what identifies their sender.
fn log(context: &Context<'_>, acl: &Handle<wafv2::WebAcl>) {
    let group = props!(parts::LogGroup {
        name: context.names.web_acl_logs(),
        logs: &context.uses.network.logs,
    });
    let group = group.add_to(context.stack, "WebAclLogGroup");
    // The attribute of a log group ends in `:*`, which WAF refuses.
    let destination = arn("logs", sub!("log-group:{}", group.reference()));
    let condition = |action| {
        props!(logging_configuration::Condition {
            action_condition: logging_configuration::ConditionActionCondition { action },
        })
    };
    let keep = props!(logging_configuration::Filter {
        behavior: logging_configuration::filter::Behavior::Keep,
        conditions: [
            condition(logging_configuration::condition_action_condition::Action::Block),
            condition(logging_configuration::condition_action_condition::Action::Count),
        ],
        requirement: logging_configuration::filter::Requirement::MeetsAny,
    });
    let redacted = ["authorization", "cookie"].map(|header| {
        props!(logging_configuration::FieldToMatch {
            single_header: logging_configuration::FieldToMatchSingleHeader { name: header },
        })
    });
    context.stack.add(
        "WebAclLogging",
        props!(wafv2::LoggingConfiguration {
            log_destination_configs: [destination],
            resource_arn: acl,
            logging_filter: logging_configuration::LoggingFilter {
                default_behavior: logging_configuration::logging_filter::DefaultBehavior::Drop,
                filters: [keep],
            },
            redacted_fields: redacted,
        }),
    );
}
