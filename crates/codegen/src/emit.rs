//! The model as Rust source.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::model::{
    Attribute, Field, Model, Presence, PropertyType, Resource, Reused, RustType, Service,
};

/// Writes a line. Writing to a `String` cannot fail.
macro_rules! line {
    ($source:expr) => { $source.push('\n') };
    ($source:expr, $($argument:tt)*) => {{
        let _ = writeln!($source, $($argument)*);
    }};
}

mod give;
mod kinds;

pub(crate) use kinds::emit_kinds;

/// The model as the text of one module.
pub(crate) fn emit(model: &Model) -> String {
    let mut source = String::new();
    line!(
        source,
        "// Generated from the catalog by stratiform-codegen: edit the list of resource types instead."
    );
    for (service, Service { resources, reused }) in &model.services {
        let reused_types = reused.iter().map(|reused| reused.resource_type);
        let resource_types = resources.iter().map(|resource| resource.resource_type);
        let names: BTreeSet<&str> = resource_types.chain(reused_types).collect();
        let names: Vec<&str> = names.into_iter().collect();
        line!(source, "\n/// {}.", names.join(", "));
        line!(source, "{LINTS}");
        line!(source, "#[rustfmt::skip]");
        line!(source, "pub mod {service} {{");
        line!(source, "{IMPORTS}");
        for Reused {
            from, name, module, ..
        } in reused
        {
            line!(source, "#[doc(inline)]");
            line!(source, "pub use {from}::{service}::{{{name}, {module}}};");
        }
        for resource in resources {
            emit_resource(&mut source, resource);
            give::emit(&mut source, &model.kinds, resource);
        }
        line!(source, "}}");
    }
    source
}

/// What the lints of the crate that includes the code may think of it.
const LINTS: &str = "#[allow(clippy::all, clippy::allow_attributes, dead_code, missing_docs, unreachable_pub, \
    unused_imports, reason = \"generated\")]";

/// What generated code refers to, under names that no resource type can take.
const IMPORTS: &str = "use ::stratiform_stack::{generated as cfn, kinds};";

fn emit_resource(source: &mut String, resource: &Resource) {
    let Resource {
        resource_type,
        name,
        module,
        ..
    } = resource;
    let prefix = format!("{module}::");
    line!(source, "\n/// `{resource_type}`.");
    emit_struct(source, name, &resource.fields, &prefix);
    line!(source, "impl cfn::Resource for {name} {{");
    line!(
        source,
        "    type Reference = {};",
        type_name(&resource.reference, &prefix)
    );
    let attributes = if resource.attributes.is_empty() {
        "cfn::NoAttributes"
    } else {
        &format!("{name}Attributes")
    };
    line!(source, "    type Attributes = {attributes};");
    line!(
        source,
        "    fn resource_type(&self) -> &str {{ {resource_type:?} }}"
    );
    line!(
        source,
        "    fn into_properties(self) -> cfn::Draft {{ cfn::PropertyType::into_draft(self) }}"
    );
    line!(source, "}}");
    emit_attributes(source, resource, &prefix);
    line!(source, "/// The property types of `{resource_type}`.");
    line!(source, "pub mod {module} {{");
    line!(source, "{IMPORTS}");
    let mut modules: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for property_type in &resource.types {
        match property_type {
            PropertyType::Struct { name, fields } => {
                line!(source, "\n/// `{name}` of `{resource_type}`.");
                emit_struct(source, name, fields, "");
            }
            PropertyType::Enum {
                module: None,
                name,
                variants,
            } => emit_enum(source, name, variants),
            PropertyType::Enum {
                module: Some(module),
                name,
                variants,
            } => modules.entry(module).or_default().push((name, variants)),
        }
    }
    for (module, enums) in modules {
        line!(
            source,
            "\n/// What properties of the struct of this name may be."
        );
        line!(source, "pub mod {module} {{");
        line!(source, "use ::stratiform_stack::generated as cfn;");
        for (name, variants) in enums {
            emit_enum(source, name, variants);
        }
        line!(source, "}}");
    }
    line!(source, "}}");
}

fn emit_struct(source: &mut String, name: &str, fields: &[Field], prefix: &str) {
    line!(source, "#[derive(Clone, Debug)]");
    line!(source, "pub struct {name} {{");
    for field in fields {
        let optionality = optionality(field);
        let facts = field
            .facts
            .iter()
            .map(|fact| format!(" {fact}"))
            .collect::<String>();
        line!(source, "    /// `{}`.{}", field.property, printable(&facts));
        line!(
            source,
            "    pub {}: {optionality}<{}>,",
            field.name,
            type_name(&field.rust_type, prefix)
        );
    }
    line!(source, "}}");
    line!(source, "impl cfn::PropertyType for {name} {{");
    line!(source, "    fn into_draft(self) -> cfn::Draft {{");
    line!(source, "        cfn::Draft::object(vec![");
    for field in fields {
        let (open, close) = match field.presence {
            Presence::Required => ("Some(", ")"),
            Presence::Optional => ("", ""),
        };
        line!(
            source,
            "            ({:?}, {open}self.{}.into_draft(){close}),",
            field.property,
            field.name
        );
    }
    line!(source, "        ])");
    line!(source, "    }}");
    line!(source, "}}");
    line!(source, "impl cfn::Accepts<Self> for {name} {{}}");
    emit_fields(source, name, fields);
    emit_overlay(source, name, fields);
}

/// What `props!` asks: which properties are required, and the struct before anything is set.
fn emit_fields(source: &mut String, name: &str, fields: &[Field]) {
    let required = fields
        .iter()
        .filter(|field| field.presence == Presence::Required)
        .map(|field| {
            let field = field.name.trim_start_matches("r#");
            let message = format!("`{name}` needs `{field}`, which is required");
            format!("({field:?}, {message:?})")
        });
    let required: Vec<String> = required.collect();
    line!(source, "impl cfn::Fields for {name} {{");
    line!(
        source,
        "    const REQUIRED: &'static [(&'static str, &'static str)] = &[{}];",
        required.join(", ")
    );
    line!(source, "    fn unset() -> Self {{");
    line!(source, "        Self {{");
    for field in fields {
        let optionality = optionality(field);
        line!(
            source,
            "            {}: {optionality}::unset(),",
            field.name
        );
    }
    line!(source, "        }}");
    line!(source, "    }}");
    line!(source, "}}");
}

/// What parts ask: what is set over what they would have set.
fn emit_overlay(source: &mut String, name: &str, fields: &[Field]) {
    line!(source, "impl cfn::Overlay for {name} {{");
    line!(source, "    fn over(self, _rest: Self) -> Self {{");
    line!(source, "        Self {{");
    for Field { name, .. } in fields {
        line!(
            source,
            "            {name}: self.{name}.over(_rest.{name}),"
        );
    }
    line!(source, "        }}");
    line!(source, "    }}");
    line!(source, "}}");
}

fn optionality(field: &Field) -> &'static str {
    match field.presence {
        Presence::Required => "cfn::Prop",
        Presence::Optional => "cfn::Opt",
    }
}

/// Text for a comment: in one line, nothing invisible.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

fn emit_enum(source: &mut String, name: &str, variants: &[(String, &str)]) {
    let values = variants
        .iter()
        .map(|(_, value)| format!("`{}`", printable(value)));
    line!(source, "\n/// One of {}.", some(values));
    line!(source, "#[derive(Clone, Copy, Debug, PartialEq, Eq)]");
    // The compiler shows this line where somebody writes a variant that there is not.
    let names = variants.iter().map(|(variant, _)| variant.clone());
    line!(source, "pub enum {name} {{ // {}", some(names));
    for (variant, value) in variants {
        line!(source, "    /// `{}`.", printable(value));
        line!(source, "    {variant},");
    }
    line!(source, "}}");
    line!(source, "impl {name} {{");
    line!(source, "    /// CloudFormation's word.");
    line!(source, "    pub fn as_str(self) -> &'static str {{");
    line!(source, "        match self {{");
    for (variant, value) in variants {
        line!(source, "            Self::{variant} => {value:?},");
    }
    line!(source, "        }}");
    line!(source, "    }}");
    line!(source, "}}");
    line!(source, "impl cfn::PropertyType for {name} {{");
    line!(
        source,
        "    fn into_draft(self) -> cfn::Draft {{ cfn::Draft::from(self.as_str()) }}"
    );
    line!(source, "}}");
    line!(source, "impl cfn::Accepts<Self> for {name} {{}}");
    line!(source, "impl cfn::Accepts<String> for {name} {{}}");
}

/// As many of some words as people read.
fn some(words: impl ExactSizeIterator<Item = String>) -> String {
    const READ: usize = 24;
    let more = words.len().saturating_sub(READ);
    let mut shown: Vec<String> = words.take(READ).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

fn emit_attributes(source: &mut String, resource: &Resource, prefix: &str) {
    if resource.attributes.is_empty() {
        return;
    }
    let Resource {
        resource_type,
        name,
        ..
    } = resource;
    line!(source, "/// The attributes of `{resource_type}`.");
    line!(source, "#[derive(Clone, Copy, Debug)]");
    line!(source, "pub struct {name}Attributes(cfn::Target);");
    line!(source, "impl cfn::Attributes for {name}Attributes {{");
    line!(
        source,
        "    fn of(target: cfn::Target) -> Self {{ Self(target) }}"
    );
    line!(source, "    fn target(&self) -> cfn::Target {{ self.0 }}");
    line!(source, "}}");
    line!(source, "impl {name}Attributes {{");
    for Attribute {
        attribute,
        name,
        rust_type,
    } in &resource.attributes
    {
        let rust_type = type_name(rust_type, prefix);
        line!(source, "    /// `{attribute}`.");
        line!(
            source,
            "    pub fn {name}(&self) -> cfn::Expr<{rust_type}> {{ cfn::attribute(self.0, {attribute:?}) }}"
        );
    }
    line!(source, "}}");
}

fn type_name(rust_type: &RustType, prefix: &str) -> String {
    match rust_type {
        RustType::Text => "String".to_owned(),
        RustType::UnknownKind => "cfn::Id<cfn::UnknownKind>".to_owned(),
        RustType::Arn => "cfn::Id<cfn::Arn>".to_owned(),
        RustType::Id(kind) => format!("cfn::Id<kinds::{kind}>"),
        RustType::Digits => "cfn::Digits".to_owned(),
        RustType::Integer => "i64".to_owned(),
        RustType::Number => "f64".to_owned(),
        RustType::Boolean => "bool".to_owned(),
        RustType::Json => "cfn::Json".to_owned(),
        RustType::Tag => "cfn::Tag".to_owned(),
        RustType::List(items) => format!("cfn::List<{}>", type_name(items, prefix)),
        RustType::Map(values) => format!("cfn::Map<{}>", type_name(values, prefix)),
        RustType::Named(name) => format!("{prefix}{name}"),
    }
}
