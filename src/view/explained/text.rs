//! For people: labels at the left, and a table where there is much.

use indexmap::IndexMap;
use stratiform_changes::Replacement;
use stratiform_finding::words::{beginning, counted, few, grouped};

use super::value::flow;
use super::{
    Attribute, Change, Effect, Explained, How, Imported, Listed, OfResource, OfValue, Referring,
    Source, Subject, rust,
};

/// The longest value that is shown whole: of one, and in a table.
const LONGEST: usize = 400;
const CELL: usize = 40;

/// So many lines of one kind are shown, and so many consequences: the worst come first.
const LINES: usize = 12;
const CONSEQUENCES: usize = 8;

/// Columns of a label.
const LABEL: usize = 13;

/// Each environment by itself; those of which the same is to say, together.
pub(crate) fn text(explained: &[Explained]) -> String {
    let mut parts: IndexMap<String, Vec<&Explained>> = IndexMap::new();
    for explained in explained {
        parts
            .entry(anywhere(explained))
            .or_default()
            .push(explained);
    }
    let parts = parts.into_iter().map(|(part, all)| match all.as_slice() {
        [only] => format!("{}  {}", only.environment, one(only)),
        _ => {
            let names: Vec<&str> = all.iter().map(|it| it.environment.as_str()).collect();
            format!("{}  {part}", names.join(", "))
        }
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// What there is to say of any environment: names of stacks have its name in them.
fn anywhere(explained: &Explained) -> String {
    let own = explained.name.strip_suffix(explained.stack.as_str());
    let own = own.unwrap_or_default();
    let name = format!("{}-", explained.environment);
    match own.strip_suffix(name.as_str()) {
        Some(app) => one(explained).replace(own, &format!("{app}<environment>-")),
        None => one(explained),
    }
}

/// What there is to say, without the environment.
fn one(explained: &Explained) -> String {
    let Explained { stack, .. } = explained;
    match &explained.subject {
        Subject::Stack(resources) => {
            let name = &explained.name;
            let count = counted(resources.len(), "resource");
            format!("{stack}  {name}, {count}\n\n{}", listed(resources))
        }
        Subject::Resource(resource) => {
            let title = format!("{stack}/{}", resource.of.logical_id);
            let kind = &resource.of.resource_type;
            format!("{title}  {kind}\n\n{}", of_resource(resource, explained))
        }
        Subject::Value(value) => {
            let title = format!("{stack}/{}.{}", value.of.logical_id, value.path);
            let kind = &value.of.resource_type;
            format!("{title}  {kind}\n\n{}", of_value(value, explained))
        }
    }
}

fn listed(resources: &[Listed]) -> String {
    let rows = resources.iter().map(|resource| {
        let declared = resource.declared.map(rust).unwrap_or_default();
        let there: Vec<String> = resource.there.iter().map(Source::place).collect();
        [
            resource.logical_id.clone(),
            resource.resource_type.clone(),
            declared,
            there.join(", "),
        ]
    });
    table(rows.collect())
}

fn of_resource(resource: &OfResource, explained: &Explained) -> String {
    let mut text = origin(&resource.of, &[]);
    text += &there(&resource.of);
    text += &imports(&resource.imported);
    text += &referring(&explained.stack, &resource.referring);
    if !resource.also_replaced_by.is_empty() {
        let names = few(&resource.also_replaced_by);
        text += &labelled(
            "a new one",
            &[format!(
                "is made, too, if one of these is ever written: {names}"
            )],
        );
    }
    text += "\n";
    let cells = |attribute: &Attribute| {
        let from: Vec<String> = attribute.from.iter().map(Source::place).collect();
        [
            attribute.name.clone(),
            beginning(&flow(&attribute.value), CELL),
            attribute
                .effect
                .map(Effect::words)
                .unwrap_or_default()
                .to_owned(),
            few(&from),
        ]
    };
    let head = ["", "value", "changing it", "from"].map(str::to_owned);
    let rows = resource.settings.iter().chain(&resource.properties);
    text += &table([head].into_iter().chain(rows.map(cells)).collect());
    text
}

fn of_value(value: &OfValue, explained: &Explained) -> String {
    let shown = match &value.value {
        Some(value) => beginning(&flow(value), LONGEST),
        None => "not written: what CloudFormation takes then holds".to_owned(),
    };
    let mut text = labelled("value", &[shown]);
    text += &origin(&value.of, &value.from);
    if value.from.is_empty() && !explained.not_known.is_empty() {
        let names: Vec<String> = explained
            .not_known
            .iter()
            .map(|source| format!("`{}`", source.path))
            .collect();
        let what = format!(
            "whether it comes from {}, too: no other value there fits the rest",
            few(&names)
        );
        text += &labelled("not known", &[what]);
    }
    text += &there(&value.of);
    let changing = match &value.change {
        Some(change) => changing(change),
        None if value.path == "Condition" => vec!["makes the resource, or deletes it".to_owned()],
        None => vec!["changes nothing of the resource: CloudFormation goes by it later".to_owned()],
    };
    text += &labelled("changing it", &changing);
    text += &imports(&value.imported);
    text += &referring(&explained.stack, &value.referring);
    text
}

/// The lines of YAML and of Rust that make something.
fn origin(of: &Listed, from: &[Source]) -> String {
    let declared = of.declared.map(rust);
    let declared = declared.as_deref().unwrap_or("stratiform itself");
    let lines = from
        .iter()
        .map(|source| format!("{} → {declared}  {}", source.place(), source.path));
    let mut lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        lines.push(declared.to_owned());
    }
    labelled("from", &cut(lines, LINES))
}

/// Why the resource is there at all.
fn there(of: &Listed) -> String {
    if of.there.is_empty() {
        return String::new();
    }
    let lines = of.there.iter();
    let lines = lines.map(|source| format!("because of {}  {}", source.place(), source.path));
    labelled("it is there", &cut(lines.collect(), LINES))
}

fn changing(change: &Change) -> Vec<String> {
    let mut lines = vec![match change.effect {
        Effect::InPlace => "updates it in place, without interruption".to_owned(),
        Effect::Unknown => "updates it in place; nobody says whether that interrupts".to_owned(),
        Effect::Refused => "would replace it, which AWS refuses".to_owned(),
        effect => effect.words().to_owned(),
    }];
    let consequences = change.consequences.iter();
    let consequences = consequences.map(|it| format!("{}: {}", it.severity, it.what));
    lines.extend(cut(consequences.collect(), CONSEQUENCES));
    let kinds = [
        (Replacement::Will, "replaced"),
        (Replacement::May, "maybe replaced"),
        (Replacement::WillNot, "updated"),
    ];
    lines.extend(kinds.into_iter().filter_map(|(replacement, word)| {
        let touched = change.touched.iter();
        let touched = touched.filter(|touched| touched.replacement == replacement);
        let names = touched.map(|it| format!("{}/{}", it.stack, it.logical_id));
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| format!("{word} with it: {}", few(&names)))
    }));
    lines
}

/// Its own stack's resources by how they refer to it; outputs, and behind each those of other stacks that take it.
fn referring(own: &str, referring: &[Referring]) -> String {
    let mut inside: IndexMap<String, Vec<String>> = IndexMap::new();
    let mut outside: Vec<String> = Vec::new();
    let mut takers: IndexMap<&str, Vec<String>> = IndexMap::new();
    for it in referring {
        let ways: Vec<String> = it.ways.iter().map(how).collect();
        match it.ways.as_slice() {
            [How::Import(_)] => takers.entry(&it.stack).or_default().push(it.name.clone()),
            [How::Output(_)] => {
                outside.extend(taken(&mut takers));
                let line = format!("by {}  {}", it.name, ways.join(", "));
                outside.push(line.trim_end().to_owned());
            }
            _ => {
                let names = inside.entry(ways.join(", ")).or_default();
                names.push(it.name.clone());
            }
        }
    }
    outside.extend(taken(&mut takers));
    let inside = inside
        .iter()
        .map(|(ways, names)| format!("by {}  {ways}", few(names)));
    let mut lines: Vec<String> = inside.chain(outside).collect();
    if lines.is_empty() {
        lines.push(format!("by nothing in {own} and elsewhere"));
    }
    labelled("referred to", &cut(lines, LINES))
}

/// Who takes the output in the line before: `  → alarms: LoadAlarm, Dashboard`.
fn taken(takers: &mut IndexMap<&str, Vec<String>>) -> Option<String> {
    let all = takers.drain(..);
    let all: Vec<String> = all
        .map(|(stack, names)| format!("{stack}: {}", few(&names)))
        .collect();
    (!all.is_empty()).then(|| format!("   → {}", all.join("; ")))
}

fn how(how: &How) -> String {
    match how {
        How::Ref => "Ref".to_owned(),
        How::Attribute(name) => format!("GetAtt {name}"),
        How::DependsOn => "DependsOn".to_owned(),
        How::Output(Some(export)) => format!("exported as {export}"),
        How::Output(None) => String::new(),
        How::Import(output) => format!("takes {output}"),
    }
}

/// What is taken from other stacks, and of which resource that is.
fn imports(imported: &[Imported]) -> String {
    let lines = imported.iter().map(|imported| {
        let Imported {
            stack,
            output,
            logical_id,
            attribute,
        } = imported;
        match (logical_id, attribute) {
            (Some(id), Some(attribute)) => format!("{stack}/{id}.{attribute}"),
            (Some(id), None) => format!("{stack}/{id}  Ref"),
            (None, _) => format!("{stack}  output {output}"),
        }
    });
    labelled("imports", &cut(lines.collect(), LINES))
}

/// The first lines, and how many more there are.
fn cut(mut lines: Vec<String>, most: usize) -> Vec<String> {
    let more = lines.len().saturating_sub(most);
    if more > 1 {
        lines.truncate(most);
        lines.push(format!("and {} more", grouped(more)));
    }
    lines
}

fn labelled(label: &str, lines: &[String]) -> String {
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let lines = lines.iter().zip(labels);
    lines
        .map(|(line, label)| format!("{label:LABEL$}{line}\n"))
        .collect()
}

/// Rows under each other.
fn table(rows: Vec<[String; 4]>) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (one, two, three) = (width(0), width(1), width(2));
    let lines = rows.iter().map(|[first, second, third, last]| {
        let line = format!("{first:one$}  {second:two$}  {third:three$}  {last}");
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}
