//! Loading, with a small environment that uses everything the check knows.

mod named;
mod unknown_type;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_finding::Finding;

use crate::{
    Environment, EnvironmentName, Format, Loaded, Origin, Path, Settings, Source, Text, Variation,
    Violation, load, load_all, schema, unsupported,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Small {
    settings: Settings,
    /// How large. Second sentence.
    size: u8,
    #[serde(default)]
    ratio: Option<f64>,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    shape: Shape,
    #[serde(default)]
    words: BTreeSet<String>,
    #[serde(default)]
    #[schemars(regex(pattern = r"^[a-c]+$"))]
    letters: Option<String>,
    #[serde(default)]
    free: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Calm,
    Wild,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Shape {
    Dot {},
    Circle { radius: u8 },
}

impl Default for Shape {
    fn default() -> Self {
        Shape::Dot {}
    }
}

impl Environment for Small {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn check(&self) -> Vec<Violation> {
        match self.size {
            13 => vec![Violation::new("size", "13 it is", "bad luck", "write 12")],
            // Nothing in the file says this, so there is no line for it.
            14 => vec![Violation::new(
                "mode",
                "calm and 14",
                "",
                "write `mode: wild`",
            )],
            _ => Vec::new(),
        }
    }
}

const BASE: &str = "settings: {app: shop, region: eu-central-1}\nsize: 1\n";

fn layers(texts: &[&str]) -> Vec<Source> {
    let layer = |(position, text): (usize, &&str)| Source::new(format!("{position}.yaml"), *text);
    texts.iter().enumerate().map(layer).collect()
}

fn dev() -> EnvironmentName {
    EnvironmentName::new("dev").expect("a name")
}

#[track_caller]
fn loaded(texts: &[&str]) -> Loaded<Small> {
    load(&dev(), &layers(texts)).expect("an environment")
}

#[track_caller]
fn check(over: &str, expected: &[&str]) {
    let problems = load::<Small>(&dev(), &layers(&[BASE, over])).expect_err("a mistake");
    let seen: Vec<String> = problems
        .iter()
        .map(|finding| {
            let (file, line, _) = finding.places[0].at.position();
            format!("{file}:{line}: {}: {}", finding.code, finding.what)
        })
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn what_is_right_is_read() {
    let over = "size: 2\nratio: 0.5\nmode: wild\nshape: {kind: circle, radius: 3}\nwords: [b, a]\nletters: abc\nfree: {x: yes}";
    let environment = loaded(&[BASE, over]).environment;
    assert_eq!(environment.size, 2);
    assert_eq!(environment.ratio, Some(0.5));
    assert_eq!(environment.mode, Mode::Wild);
    assert_eq!(environment.shape, Shape::Circle { radius: 3 });
    assert_eq!(environment.letters.as_deref(), Some("abc"));
    assert_eq!(environment.free, BTreeMap::from([("x".to_owned(), true)]));
    assert_eq!(environment.settings.name, dev());
}

#[test]
fn a_layer_may_be_empty_and_later_layers_win() {
    assert_eq!(
        loaded(&[BASE, "", "# only a comment\n"]).environment.size,
        1
    );
    assert_eq!(loaded(&[BASE, "size: 2", "size: 3"]).environment.size, 3);
}

#[test]
fn images_are_read_whatever_else_the_layers_say() {
    let read = |texts: &[&str]| crate::images(&layers(texts));
    let shared = "settings: {images: {api: {source: a}, web: {source: w}}}\nno: {such: key}";
    let own = "settings: {images: {api: {dockerfile: d}, web: null}}";
    let images = read(&[shared, own]).expect("images");
    let shown: Vec<String> = images
        .iter()
        .map(|(service, image)| format!("{service} {} {}", image.source, image.dockerfile()))
        .collect();
    assert_eq!(shown, ["api a d"]);
    assert_eq!(read(&["settings: {app: a}"]), Some(crate::Images::new()));
    for unreadable in [
        "",
        "settings: {images: {api: x}}",
        "settings: {images: {api: {source: /}}}",
        "{",
    ] {
        assert_eq!(read(&[unreadable]), None, "{unreadable}");
    }
}

#[test]
fn what_is_wrong_is_found_in_its_layer_and_line() {
    check(
        "size: 256",
        &["1.yaml:1: out-of-range: `size` cannot be 256"],
    );
    check(
        "size: 1.5",
        &["1.yaml:1: wrong-type: `size` is the number 1.5, and a whole number is needed"],
    );
    check(
        "size: ~",
        &["1.yaml:1: missing-key: `size` is missing in `dev`"],
    );
    check(
        "ratio: much",
        &["1.yaml:1: wrong-type: `ratio` is the text \"much\", and a number is needed"],
    );
    check(
        "mode: Wild",
        &["1.yaml:1: not-allowed: `mode` cannot be `Wild`"],
    );
    check(
        "mode: 1",
        &["1.yaml:1: wrong-type: `mode` is the number 1, and text is needed"],
    );
    check(
        "words: [a, a]",
        &["1.yaml:1: repeated: `a` is twice in `words`"],
    );
    check(
        "words: [a, ~]",
        &["1.yaml:1: wrong-type: `words[1]` is empty, and text is needed"],
    );
    check(
        "letters: abcd",
        &["1.yaml:1: malformed: `letters` cannot be `abcd`"],
    );
    check(
        "free: {x: 1}",
        &["1.yaml:1: wrong-type: `free.x` is the number 1, and `true` or `false` is needed"],
    );
    check(
        "shape: {radius: 1}",
        &["1.yaml:1: missing-key: `shape.kind` is missing in `dev`"],
    );
    check(
        "shape: {kind: dot, radius: 1}",
        &["1.yaml:1: unknown-key: `radius` does not go with `kind: dot` in `shape`"],
    );
    check(
        "shape: {kind: circle, radus: 1}",
        &["1.yaml:1: unknown-key: unknown key `radus` in `shape`"],
    );
    check(
        "shape: {kind: {}}",
        &["1.yaml:1: wrong-type: `shape.kind` is a map, and text is needed"],
    );
    check(
        "shape: {knd: dot}",
        &["1.yaml:1: unknown-key: unknown key `knd` in `shape`"],
    );
    check(
        "settings: {name: dev}",
        &["1.yaml:1: unknown-key: unknown key `name` in `settings`"],
    );
    check(
        "size: 99999999999999999999",
        &[
            "1.yaml:1: wrong-type: `size` is the number 99999999999999999999, and a whole number is needed",
        ],
    );
}

#[test]
fn relations_point_at_what_is_written_or_around_it() {
    check("# comment\nsize: 13", &["1.yaml:2: conflict: 13 it is"]);
    check("size: 14", &["1.yaml:1: conflict: calm and 14"]);
}

#[test]
fn a_problem_of_a_shared_layer_is_told_once() {
    let of = |name: &str| {
        let name = EnvironmentName::new(name).expect("a name");
        (
            name,
            layers(&["settings: {app: shop, region: eu-central-1}\nsize: x"]),
        )
    };
    let problems = load_all::<Small>(&[of("dev"), of("prod")]).expect_err("a mistake");
    assert_eq!(problems.len(), 1);
}

#[test]
fn origins_name_the_layer_and_line_or_say_built_in() {
    let loaded = loaded(&[BASE, "\nsize: 2\nwords: [a]"]);
    let origin = |path: &str| {
        let value = loaded.values().find(|value| value.path == Path::from(path));
        value.expect("a value").origin
    };
    let line = |layer: usize, line| Origin::File {
        name: format!("{layer}.yaml"),
        line,
    };
    assert_eq!(origin("settings.app"), line(0, 1));
    assert_eq!(origin("size"), line(1, 2));
    assert_eq!(origin("words"), line(1, 3));
    assert_eq!(origin("mode"), Origin::BuiltIn);
    assert_eq!(origin("shape.kind"), Origin::BuiltIn);
    assert!(
        loaded
            .values()
            .all(|value| value.path != Path::from("settings.name"))
    );
}

#[test]
fn another_value_is_one_that_type_and_checks_take() {
    let loaded = loaded(&[BASE, "shape: {kind: circle, radius: 2}\n"]);
    let with = |path: &str, value: Option<serde_json::Value>| {
        loaded.varied(&[&Variation {
            path: Path::from(path),
            value,
        }])
    };
    let other = with("shape.radius", Some(3.into())).unwrap();
    assert_eq!(other.shape, Shape::Circle { radius: 3 });
    assert_eq!(other.size, loaded.environment.size);
    let without = with("shape", None).unwrap();
    assert_ne!(without.shape, loaded.environment.shape);
    // Not the type's, not what the checks take, not there, and needed.
    assert!(with("size", Some(300.into())).is_none());
    assert!(with("size", Some(13.into())).is_none());
    assert!(with("shape.width", Some(3.into())).is_none());
    assert!(with("settings.app", None).is_none());
}

const FULL: &str = "ratio: 0.5\nmode: wild\nshape: {kind: circle, radius: 3}\nwords: [b, a]\nletters: abc\nfree: {x: yes}\n";

#[test]
fn what_could_be_different_is_everything_that_is_there_with_its_line() {
    let loaded = loaded(&[BASE, FULL]);
    let could_be = |path: &str| -> Vec<String> {
        let variables = loaded.variables().into_iter();
        let mut of = variables.filter(|variable| variable.path == Path::from(path));
        let variations = of.next().expect("a variable").variations.into_iter();
        let said = variations.map(|variation| match variation.value {
            Some(value) => format!("{}: {value}", variation.path),
            None => format!("no {}", variation.path),
        });
        said.collect()
    };
    assert_eq!(could_be("size")[..3], ["size: 2", "size: 0", "size: 255"]);
    assert_eq!(could_be("mode"), ["mode: \"calm\"", "no mode"]);
    assert_eq!(could_be("free.x"), ["free.x: false", "no free.x"]);
    assert_eq!(could_be("letters")[..1], ["letters: \"acc\""]);
    let kind = ["shape: {\"kind\":\"dot\"}", "no shape.kind"];
    assert_eq!(could_be("shape.kind"), kind);
    assert_eq!(could_be("shape"), ["no shape"]);
    let words = could_be("words");
    assert_eq!(words[..2], ["words: [\"a\"]", "words: [\"b\"]"]);
    assert_eq!(words.last().map(String::as_str), Some("no words"));
}

#[test]
fn what_is_tried_could_be_written() {
    let loaded = loaded(&[BASE, FULL]);
    let mut tried = 0;
    for variation in loaded.variables().iter().flat_map(|it| &it.variations) {
        let Some(other) = loaded.varied(&[variation]) else {
            continue;
        };
        let mut written = serde_json::to_value(&other).expect("JSON");
        written["settings"]
            .as_object_mut()
            .expect("a map")
            .remove("name");
        let again = load::<Small>(&dev(), &layers(&[&written.to_string()]));
        assert!(again.is_ok(), "{variation:?}: {again:?}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn what_was_another_way_before_is_known_by_what_it_was() {
    let after = "size: 2\nmode: wild\nshape: {kind: circle, radius: 3}\nwords: [b]\nfree: {x: yes, y: yes}\n";
    let loaded = loaded(&[BASE, after]);
    let before = "size: 2\nshape: {kind: dot}\nwords: [a]\nletters: abc\nfree: {y: yes}\n";
    let since = loaded.since(&layers(&[BASE, before]));
    let said = since.iter().map(|variable| {
        let was = variable.variations[0].value.as_ref();
        let was = was.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        format!("{} was {was}", variable.path)
    });
    let expected = [
        "free.x was nothing",
        "mode was nothing",
        "shape.kind was \"dot\"",
        "shape.radius was nothing",
        "words was [\"a\"]",
    ];
    assert_eq!(
        said.collect::<BTreeSet<_>>(),
        expected.map(str::to_owned).into()
    );
    let of = |path: &str| since.iter().find(|it| it.path == Path::from(path)).unwrap();
    let line = |line| Origin::File {
        name: "1.yaml".to_owned(),
        line,
    };
    assert_eq!(of("mode").origin, line(2));
    // A tag alone does not fit; the map around it does.
    let [alone, around] = of("shape.kind").variations.as_slice() else {
        panic!("two ways");
    };
    assert!(loaded.varied(&[alone]).is_none());
    assert_eq!(loaded.varied(&[around]).unwrap().shape, Shape::Dot {});
    assert!(loaded.since(&layers(&[BASE, after])).is_empty());
    assert!(loaded.since(&layers(&["["])).is_empty());
}

#[test]
fn a_layer_needs_no_key_and_may_remove_what_is_optional() {
    let schema: serde_json::Value = serde_json::from_str(&schema::<Small>()).expect("JSON");
    assert_eq!(schema.get("required"), None);
    let of = |pointer: &str| schema.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(of("/properties/size/type"), "integer");
    assert_eq!(
        of("/properties/words/type"),
        serde_json::json!(["array", "null"])
    );
    let regions = of("/properties/settings/properties/region/enum");
    assert!(
        regions
            .as_array()
            .is_some_and(|regions| regions.contains(&"eu-central-1".into()))
    );
    assert_eq!(
        of("/properties/settings/properties/name"),
        serde_json::Value::Null
    );
    let policies = "/properties/settings/properties/policies";
    let names = of(&format!("{policies}/propertyNames/enum"));
    let has = |name: &str| {
        let mut names = names.as_array().into_iter().flatten();
        names.any(|known| known == name)
    };
    assert!(has("storage-encrypted") && has("all") && !has("duplicate-key"));
    // Levels are those of any other name.
    let level = of(&format!("{policies}/additionalProperties/anyOf/0/const"));
    assert_eq!(level, "off");
    assert_eq!(
        of(&format!("{policies}/patternProperties")),
        serde_json::Value::Null
    );
}

#[test]
fn what_cannot_be_checked_is_refused() {
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    struct Open {
        #[schemars(extend("multipleOf" = 3))]
        threes: u8,
        either: Either,
        address: std::net::Ipv4Addr,
    }
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(untagged)]
    enum Either {
        Number(u8),
        Text(String),
    }
    impl Environment for Open {
        fn settings(&self) -> &Settings {
            unreachable!("it is never read")
        }
    }
    assert_eq!(unsupported::<Small>(), Vec::<String>::new());
    insta::assert_snapshot!(unsupported::<Open>().join("\n"), @r"
    the environment: a struct without `#[serde(deny_unknown_fields)]`
    address: the format `ipv4`, which is not in `formats()`
    either: an untagged enum, or a type that can be anything
    threes: the keyword `multipleOf`
    the environment: no field `settings`
    ");
    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Shadowing {
        settings: Settings,
    }
    impl Environment for Shadowing {
        fn settings(&self) -> &Settings {
            &self.settings
        }
        fn formats() -> Vec<Format> {
            // The library's own is no other one.
            let topic = crate::Topic::FORMAT;
            vec![
                topic,
                Format {
                    name: "region",
                    ..topic
                },
            ]
        }
    }
    insta::assert_snapshot!(unsupported::<Shadowing>().join("\n"), @"the format region (a topic): another one is called so; rename the app's");
    let problems =
        load::<Open>(&dev(), &layers(&["threes: 3"])).expect_err("a type that is refused");
    assert_eq!(problems[0].code.as_str(), "unsupported-type");
}

/// Editors refuse nothing that we allow, so far as samples tell.
#[test]
fn patterns_for_editors_allow_what_the_checks_allow() {
    let samples: [(Format, &[&str]); 20] = [
        (crate::BesidesName::FORMAT, &["migrate", "load-test"]),
        (crate::VariableName::FORMAT, &["DEPLOY_WEBHOOK", "_X2"]),
        (crate::FolderName::FORMAT, &["tests", "tests/load"]),
        (
            crate::Topic::FORMAT,
            &[
                "arn:aws:sns:eu-west-1:111122223333:shop.fifo",
                "alarms/Topic",
            ],
        ),
        (crate::AppName::FORMAT, &["storefront", "a", "web-api2"]),
        (crate::EnvironmentName::FORMAT, &["dev", "prod-eu"]),
        (crate::AccountId::FORMAT, &["012345678901"]),
        (crate::EmailAddress::FORMAT, &["on-call@example.com"]),
        (
            crate::TagKey::FORMAT,
            &["cost-center", "a:b/c", "with space"],
        ),
        (crate::CheckId::FORMAT, &["CKV_AWS_157", "CKV2_AWS_5"]),
        (
            crate::Covered::FORMAT,
            &["*", "database/*", "database/Instance"],
        ),
        (crate::Date::FORMAT, &["2028-02-29"]),
        (crate::Cidr::FORMAT, &["0.0.0.0/0", "10.0.0.0/16"]),
        (crate::GitHubRepository::FORMAT, &["octo-org/Octo.repo_1"]),
        (
            crate::GitRef::FORMAT,
            &["refs/heads/main", "refs/tags/v*", "refs/heads/a/b@c"],
        ),
        (crate::GitHubEnvironment::FORMAT, &["prod", "eu/prod_1.a"]),
        (
            crate::PolicyArn::FORMAT,
            &[
                "arn:aws:iam::111122223333:policy/team/boundary",
                "arn:aws-cn:iam::aws:policy/PowerUserAccess",
            ],
        ),
        (crate::ServiceWithImage::FORMAT, &["api", "web-api2"]),
        (crate::ParameterOfStack::FORMAT, &["CertificateArn", "A1"]),
        (
            crate::SourcePath::FORMAT,
            &[".", "..", "../a b/c", "services/api"],
        ),
    ];
    for (format, texts) in samples {
        let pattern = regex_lite::Regex::new(format.pattern).expect("a pattern");
        for text in texts {
            assert_eq!((format.check)(text), Ok(()), "{text}");
            assert!(
                pattern.is_match(text),
                "{} does not allow {text}",
                format.name
            );
        }
    }
    for region in (crate::Region::FORMAT.choices)() {
        let pattern = regex_lite::Regex::new(crate::Region::FORMAT.pattern).expect("a pattern");
        assert!(pattern.is_match(&region), "{region}");
    }
}

#[test]
fn what_would_mean_something_else_in_a_policy_is_refused() {
    let refused: [(Format, &[&str]); 4] = [
        (
            crate::GitHubRepository::FORMAT,
            &[
                "",
                "octo-repo",
                "octo-org/",
                "/a",
                "a/b/c",
                "*/a",
                "a/*",
                "a/${b}",
            ],
        ),
        (
            crate::GitRef::FORMAT,
            &[
                "",
                "main",
                "*",
                "refs/heads/",
                "refs/pull/1/merge",
                "refs/heads/a?",
                "refs/tags/${a}",
            ],
        ),
        (
            crate::GitHubEnvironment::FORMAT,
            &["", "prod*", "a:b", "a b"],
        ),
        (
            crate::PolicyArn::FORMAT,
            &[
                "boundary",
                "arn:aws:iam::1:policy/a",
                "arn:aws:iam::111122223333:role/a",
            ],
        ),
    ];
    for (format, texts) in refused {
        for text in texts {
            assert!((format.check)(text).is_err(), "{}: {text}", format.name);
        }
    }
    let help = (crate::GitRef::FORMAT.check)("main").map_err(|refused| refused.help);
    assert_eq!(help, Err("write one such as `refs/heads/main`".to_owned()));
}

#[test]
fn who_may_deploy_is_written_with_its_repository() {
    let whole = "settings: {app: shop, region: eu-central-1, bootstrap: {repository: octo-org/shop}}\nsize: 1\n";
    let environment = load::<Small>(&dev(), &layers(&[whole])).expect("no problem");
    let bootstrap = environment.environment.settings.bootstrap.expect("one");
    let refs: Vec<&str> = bootstrap.refs.iter().map(Text::as_str).collect();
    assert_eq!(refs, ["refs/heads/main"]);
    assert_eq!(bootstrap.ids, None);
    let without = "settings: {app: shop, region: eu-central-1, bootstrap: {refs: []}}\nsize: 1\n";
    let problems = load::<Small>(&dev(), &layers(&[without])).expect_err("two mistakes");
    let codes: Vec<&str> = problems.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(codes.len(), 2, "{problems:?}");
}

fn first(texts: &[&str]) -> Finding {
    let problems = load::<Small>(&dev(), &layers(texts)).expect_err("a mistake");
    problems.into_iter().next().expect("a problem")
}

#[test]
fn what_is_missing_names_the_file_and_what_would_do() {
    let help = |texts: &[&str]| first(texts).help;
    let settings = "settings: {app: shop, region: eu-central-1}\n";
    assert_eq!(
        help(&[settings, "mode: wild"]),
        "add `size: 1`, in `1.yaml`, or in a file that all environments share"
    );
    assert_eq!(help(&[settings]), "add `size: 1`, in `0.yaml`");
    assert_eq!(
        help(&["size: 1"]),
        "add `settings: {app: <an app name>, region: <an AWS region>}`, in `0.yaml`"
    );
    assert_eq!(
        help(&[BASE, "shape: {kind: circle}"]),
        "add `radius: 1` under `shape`, in `1.yaml`, or in a file that all environments share"
    );
}

#[test]
fn functions_have_no_place_here() {
    check(
        "size: !Ref Size\nmode: {Fn::Sub: x}\n",
        &[
            "1.yaml:1: wrong-type: `Ref` is a function of CloudFormation",
            "1.yaml:2: wrong-type: `Fn::Sub` is a function of CloudFormation",
        ],
    );
    let unknown = first(&[BASE, "size: !Reff Size\n"]);
    assert_eq!(
        unknown.why,
        "functions have no place in the file of an environment"
    );
}

#[test]
fn nothing_is_said_in_the_words_of_templates() {
    for text in [
        "a: 1\n---\nb: 2\n",
        "? [a]\n: b\n",
        "a: !Sub b\n",
        "a: !Reff b\n",
    ] {
        let Finding { why, help, .. } = first(&[BASE, text]);
        assert!(
            !why.contains("template") && !help.contains("template"),
            "{why}; {help}"
        );
    }
    let many = format!(
        "a: &a [{}]\nb: [{}]\n",
        "1, ".repeat(2000),
        "*a, ".repeat(1000)
    );
    assert_eq!(first(&[BASE, &many]).help, "write out fewer aliases");
}

#[test]
fn large_files_are_read_in_a_straight_line() {
    // Searched from the start for each key, these would be a hundred million steps.
    let lines = |value: &str| -> String {
        let line = |index: usize| format!("  k{index}: {value}\n");
        (0..10_000).map(line).collect()
    };
    let (values, nulls) = (
        format!("free:\n{}", lines("true")),
        format!("free:\n{}", lines("null")),
    );
    let loaded = loaded(&[BASE, &values, &values, &nulls]);
    assert!(loaded.environment.free.is_empty());
    let count = |texts: &[&str]| self::loaded(texts).values().count();
    // An empty map is a value, too.
    assert_eq!(count(&[BASE, &values]), count(&[BASE]) - 1 + 10_000);
}
