//! Findings of crates that do not give them yet.

use std::str::FromStr;

use stratiform_environment as environment;
use stratiform_finding::{Code, Finding, Place, Source, Span};
use stratiform_template as template;

fn code(text: &str) -> Code {
    Code::from_str(text).unwrap_or(Code::Page)
}

pub(crate) fn of_environment(
    problem: environment::Problem,
    sources: &[&environment::Source],
) -> Finding {
    let place = |file: String, span: Span, label: String| {
        let text = sources.iter().find(|source| source.name == file);
        let text = text.map(|source| source.text.clone()).unwrap_or_default();
        Place::text(&Source::new(file, text), span, label)
    };
    let finding = Finding::new(code(problem.code.as_str()), problem.what, problem.help)
        .because(problem.why)
        .at(place(problem.file, problem.span, String::new()));
    problem.also.into_iter().fold(finding, |finding, also| {
        finding.at(place(also.file, also.span, also.note))
    })
}

pub(crate) fn of_stack(problem: stratiform_stack::Problem) -> Finding {
    let finding = Finding::new(code(problem.code.as_str()), problem.what, problem.help);
    problem
        .places
        .into_iter()
        .fold(finding, |finding, (location, label)| {
            finding.at(Place::rust(location, label))
        })
}

pub(crate) fn of_template(error: template::TemplateError) -> Vec<Finding> {
    match error {
        template::TemplateError::Unreadable(error) => {
            let finding = Finding::new(error.code, error.what, error.help)
                .because(error.why)
                .at(Place::given(error.span, ""));
            vec![match error.related {
                Some(first) => finding.at(Place::given(*first, "it is here first")),
                None => finding,
            }]
        }
        template::TemplateError::Malformed(problems) => problems
            .into_iter()
            .map(|problem| {
                Finding::new(problem.code, problem.message, problem.help)
                    .at(Place::given(problem.span, ""))
            })
            .collect(),
    }
}

pub(crate) fn of_aws(error: &stratiform_aws::Error) -> Finding {
    Finding::new(code(error.code()), error.to_string(), error.help()).because(error.why())
}
