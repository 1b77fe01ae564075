//! The web application firewall in front of the load balancer.

use stratiform_stack::{Handle, arn, json, sub};

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
    let rules = (0u8..).zip(rules).map(|(priority, rule)| web_acl::Rule {
        priority: priority.into(),
        ..rule
    });
    let acl = context.stack.add(
        "WebAcl",
        wafv2::WebAcl {
            description: format!("In front of the load balancer of {name}").into(),
            rules: rules.collect(),
            ..wafv2::WebAcl::new(
                web_acl::DefaultAction {
                    allow: web_acl::AllowAction::default().into(),
                    ..Default::default()
                },
                web_acl::Scope::Regional,
                visible(&name, "web-acl"),
            )
        },
    );
    context.stack.add(
        "WebAclAssociation",
        wafv2::WebAclAssociation::new(load_balancer.reference(), acl.arn()),
    );
    log(context, &acl);
}

/// Metrics, and a sample of the requests in the console.
fn visible(name: &str, rule: &str) -> web_acl::VisibilityConfig {
    web_acl::VisibilityConfig::new(true, format!("{name}-{rule}"), true)
}

fn rate_limit(name: &str) -> web_acl::Rule {
    let statement = web_acl::Statement {
        rate_based_statement: web_acl::RateBasedStatement {
            evaluation_window_sec: 300.into(),
            ..web_acl::RateBasedStatement::new(
                web_acl::RateBasedStatementAggregateKeyType::Ip,
                REQUESTS_PER_ADDRESS,
            )
        }
        .into(),
        ..Default::default()
    };
    web_acl::Rule {
        action: web_acl::RuleAction {
            block: web_acl::BlockAction::default().into(),
            ..Default::default()
        }
        .into(),
        ..web_acl::Rule::new("rate-limit", 0, statement, visible(name, "rate-limit"))
    }
}

fn managed(name: &str, rule: &str, group: &str) -> web_acl::Rule {
    let statement = web_acl::Statement {
        managed_rule_group_statement: web_acl::ManagedRuleGroupStatement {
            rule_action_overrides: exceptions(group).into(),
            ..web_acl::ManagedRuleGroupStatement::new(group, "AWS")
        }
        .into(),
        ..Default::default()
    };
    web_acl::Rule {
        override_action: web_acl::OverrideAction {
            none: json!({}).into(),
            ..Default::default()
        }
        .into(),
        ..web_acl::Rule::new(rule, 0, statement, visible(name, rule))
    }
}

/// Bodies above 8 KiB are counted and not refused: nothing before prod would have said that a form with a
/// picture, or a large order, does not pass.
fn exceptions(group: &str) -> Option<[web_acl::RuleActionOverride; 1]> {
    let count = web_acl::RuleAction {
        count: web_acl::CountAction::default().into(),
        ..Default::default()
    };
    let large_body = web_acl::RuleActionOverride::new(count, "SizeRestrictions_BODY");
    (group == COMMON).then_some([large_body])
}

/// Requests that a rule had something to say about, without what identifies their sender.
fn log(context: &Context<'_>, acl: &Handle<wafv2::WebAcl>) {
    let group = parts::log_group(
        context.stack,
        context.env,
        "WebAclLogGroup",
        context.names.web_acl_logs(),
        &context.network.logs_key,
    );
    // The attribute of a log group ends in `:*`, which WAF refuses.
    let destination = arn("logs", sub!("log-group:{}", group.reference()));
    let condition = |action| logging_configuration::Condition {
        action_condition: logging_configuration::ConditionActionCondition::new(action).into(),
        ..Default::default()
    };
    let keep = logging_configuration::Filter::new(
        logging_configuration::FilterBehavior::Keep,
        [
            condition(logging_configuration::ConditionActionConditionAction::Block),
            condition(logging_configuration::ConditionActionConditionAction::Count),
        ],
        logging_configuration::FilterRequirement::MeetsAny,
    );
    let redacted = ["authorization", "cookie"].map(|header| logging_configuration::FieldToMatch {
        single_header: logging_configuration::FieldToMatchSingleHeader::new(header).into(),
        ..Default::default()
    });
    context.stack.add(
        "WebAclLogging",
        wafv2::LoggingConfiguration {
            logging_filter: logging_configuration::LoggingFilter::new(
                logging_configuration::LoggingFilterDefaultBehavior::Drop,
                [keep],
            )
            .into(),
            redacted_fields: redacted.into(),
            ..wafv2::LoggingConfiguration::new([destination], acl.arn())
        },
    );
}
