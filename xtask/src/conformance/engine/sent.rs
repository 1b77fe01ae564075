//! Templates as they were sent: their JSON with its keys in order, which a [`serde_json::Value`] does not keep.

use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// The templates of a recording, as text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    pub(super) before_template: Option<Text>,
    pub(super) after_template: Option<Text>,
    pub(super) other_stacks: Vec<Other>,
}

/// Another stack of the account.
#[derive(Debug, Deserialize)]
pub(super) struct Other {
    pub(super) template: Text,
}

/// JSON, written again as it was read.
#[derive(Debug)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(Writer)
    }
}

struct Writer;

impl<'de> Visitor<'de> for Writer {
    type Value = Text;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text, E> {
        Ok(Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text, E> {
        Ok(Text(serde_json::Value::from(value).to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Text, E> {
        Ok(Text(quoted(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text, A::Error> {
        let mut text = String::from("[");
        while let Some(Text(item)) = items.next_element()? {
            separate(&mut text, '[');
            text += &item;
        }
        Ok(Text(text + "]"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Text, A::Error> {
        let mut text = String::from("{");
        while let Some((key, Text(value))) = entries.next_entry::<String, Text>()? {
            separate(&mut text, '{');
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{}:{value}", quoted(&key));
        }
        Ok(Text(text + "}"))
    }
}

fn separate(text: &mut String, open: char) {
    if text.len() > open.len_utf8() {
        text.push(',');
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn comes_out_as_it_went_in() {
        for text in [
            r#"{"b":1,"a":[true,null,-2,1.5,"x\"y"],"":{}}"#,
            "[]",
            "[[],[1]]",
        ] {
            let read: Text = serde_json::from_str(text).unwrap();
            assert_eq!(read.0, text);
        }
    }
}
