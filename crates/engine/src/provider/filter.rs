//! What forms do with a value before it is put in; the words are explained in `data/resources.tsv`.

/// How is a text changed?
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    Last,
    Dashes,
    As(String),
    Function,
    LoadBalancer,
    Path,
    Part(usize),
    Service,
    Host,
    Or(String),
}

impl Filter {
    pub(super) fn read(text: &str) -> Option<Filter> {
        Some(match text.split_once(' ') {
            Some(("as", kind)) => Filter::As(kind.to_owned()),
            Some(("part", number)) => Filter::Part(number.parse().ok()?),
            Some(("or", otherwise)) => Filter::Or(otherwise.to_owned()),
            Some(_) => return None,
            None => match text {
                "last" => Filter::Last,
                "dashes" => Filter::Dashes,
                "function" => Filter::Function,
                "lb" => Filter::LoadBalancer,
                "path" => Filter::Path,
                "service" => Filter::Service,
                "host" => Filter::Host,
                _ => return None,
            },
        })
    }

    pub(super) fn apply(&self, text: String) -> String {
        match self {
            Filter::Last => after_last(&text, '/').to_owned(),
            Filter::Dashes => text.replace('.', "-"),
            Filter::As(kind) => as_kind(&text, kind),
            Filter::Function => function(&text).to_owned(),
            Filter::LoadBalancer => match text.as_str() {
                "network" => "net".to_owned(),
                "gateway" => "gwy".to_owned(),
                _ => "app".to_owned(),
            },
            Filter::Path => text.strip_prefix('/').unwrap_or(&text).to_owned(),
            Filter::Part(number) => {
                let part = text.split('|').nth(number.saturating_sub(1));
                part.unwrap_or_default().to_owned()
            }
            Filter::Service => {
                let mut parts = text.splitn(4, '.');
                parts.nth(3).unwrap_or(&text).to_owned()
            }
            Filter::Host => text.strip_prefix("https://").unwrap_or(&text).to_owned(),
            Filter::Or(otherwise) if text.is_empty() => otherwise.clone(),
            Filter::Or(_) => text,
        }
    }
}

fn after_last(text: &str, mark: char) -> &str {
    text.rsplit(mark).next().unwrap_or_default()
}

/// `arn:aws:elasticloadbalancing:R:A:loadbalancer/app/x/1` as that of a listener; any other text with the kind in front.
fn as_kind(arn: &str, kind: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5);
    let parts = resource.and_then(|resource| {
        let (_, path) = resource.split_once('/')?;
        let owner = arn.strip_suffix(resource)?;
        Some((owner, path))
    });
    match parts {
        Some((owner, path)) => format!("{owner}{kind}/{path}"),
        None => format!("{kind}/{arn}"),
    }
}

/// The name in `name`, `account:function:name`, `arn:…:function:name` and `arn:…:function:name:alias`.
fn function(text: &str) -> &str {
    let name = match text.split_once("function:") {
        Some((_, name)) => name,
        None => text,
    };
    name.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn filters_change_texts() {
        let check = |filter: &str, before: &str, after: &str| {
            let filter = Filter::read(filter).unwrap();
            assert_eq!(filter.apply(before.to_owned()), after, "{filter:?}");
        };
        check("last", "arn:aws:ecs:eu-west-1:1:cluster/main", "main");
        check("last", "main", "main");
        check("dashes", "44.1.2.3", "44-1-2-3");
        check(
            "as listener",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/x/1f",
            "arn:aws:elasticloadbalancing:r:1:listener/app/x/1f",
        );
        check("as listener", "x", "listener/x");
        check("function", "arn:aws:lambda:r:1:function:f:live", "f");
        check("function", "f", "f");
        check("lb", "network", "net");
        check("lb", "", "app");
        check("path", "/a/b", "a/b");
        check("service", "com.amazonaws.eu-west-1.ecr.api", "ecr.api");
        check("host", "https://example.com/id", "example.com/id");
        check("host", "example.com", "example.com");
        check("part 3", "service/c/s|ecs:service:DesiredCount|ecs", "ecs");
        check("part 3", "service/c/s", "");
        check("or /", "", "/");
        check("or /", "/x/", "/x/");
        assert_eq!(Filter::read("upper"), None);
    }
}
