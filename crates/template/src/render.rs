//! [`Template`] and [`Value`] → text.
//!
//! Deterministic: equal input, equal bytes. YAML is what people review, JSON is what is sent. Both are written
//! from one view of the template, so that order and names are decided once.

mod json;
mod scalar;
mod view;
mod yaml;

use view::View;

use crate::template::Template;
use crate::value::Value;

impl Template {
    /// Renders YAML as people review it: short forms, literal blocks, a blank line between sections and resources.
    ///
    /// Sections and attributes stand in their conventional order, members in their own. Ends with a line break.
    pub fn to_yaml(&self) -> String {
        yaml::render(&View::of_template(self), yaml::Spacing::Template)
    }

    /// Renders JSON without any blank: what counts against CloudFormation's limits.
    pub fn to_json(&self) -> String {
        json::render(&View::of_template(self), json::Layout::Compact)
    }

    /// Renders JSON with an indentation of two spaces. Ends with a line break.
    pub fn to_json_pretty(&self) -> String {
        json::render(&View::of_template(self), json::Layout::Pretty)
    }
}

impl Value {
    /// Renders the value as a YAML document. Ends with a line break.
    pub fn to_yaml(&self) -> String {
        yaml::render(&View::Value(self), yaml::Spacing::Dense)
    }

    /// Renders the value as JSON without any blank, functions in their long form.
    pub fn to_json(&self) -> String {
        json::render(&View::Value(self), json::Layout::Compact)
    }

    /// Renders the value as JSON with an indentation of two spaces. Ends with a line break.
    pub fn to_json_pretty(&self) -> String {
        json::render(&View::Value(self), json::Layout::Pretty)
    }
}
