//! The Query protocol's XML: another rendering of whatever has a JSON one.
//!
//! What lives here: a serializer. A struct is an element for every field, a list is `<member>` for every item, a map is
//! `<entry>` with `<key>` and `<value>`, and everything else is text. What does not: the envelope of a reply, and
//! reading, which the SDK does.
//!
//! Written here rather than taken from a library: those that there are write attributes, namespaces and lists without
//! `<member>`, and would have to be told otherwise in more lines than these.
//!
//! Source: Smithy, "AWS query protocol"; recorded replies.

use std::fmt;

use serde::ser::{self, Impossible, Serialize, Serializer};

/// Renders a value as one element.
///
/// ```
/// use stratiform_service::{LogicalId, xml};
///
/// let ids = vec![LogicalId::new("Vpc")?];
/// assert_eq!(xml::render("Ids", &ids)?, "<Ids><member>Vpc</member></Ids>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The value has a part for which the protocol has no form: bytes, or a map whose keys are no texts.
pub fn render(name: &str, value: &(impl Serialize + ?Sized)) -> Result<String, NoForm> {
    let mut out = String::new();
    element(&mut out, name, value)?;
    Ok(out)
}

/// A value for which the protocol has no form.
#[derive(Debug, thiserror::Error)]
#[error("no form in XML: {0}")]
pub struct NoForm(String);

impl ser::Error for NoForm {
    fn custom<T: fmt::Display>(message: T) -> Self {
        NoForm(message.to_string())
    }
}

fn element(out: &mut String, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), NoForm> {
    out.extend(["<", name, ">"]);
    let start = out.len();
    value.serialize(Content { out: &mut *out })?;
    if out.len() == start {
        out.pop();
        *out += "/>";
    } else {
        out.extend(["</", name, ">"]);
    }
    Ok(())
}

/// Adds a text as the content of an element. What XML 1.0 cannot say becomes U+FFFD.
pub fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        let (plain, from) = rest.split_at(at);
        let mut characters = from.chars();
        *out += plain;
        match characters.next() {
            Some('&') => *out += "&amp;",
            Some('<') => *out += "&lt;",
            Some('>') => *out += "&gt;",
            Some('"') => *out += "&quot;",
            // Readers make a line feed of it otherwise.
            Some('\r') => *out += "&#xD;",
            // XML 1.0 cannot say the others in any way.
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
        rest = characters.as_str();
    }
    *out += rest;
}

/// Is a character written another way than it is?
fn is_special(character: char) -> bool {
    match character {
        '\t' | '\n' => false,
        '&' | '<' | '>' | '"' | '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

/// The inside of an element.
struct Content<'o> {
    out: &'o mut String,
}

impl Content<'_> {
    fn text(self, text: &str) -> Result<(), NoForm> {
        escape(self.out, text);
        Ok(())
    }
}

/// Numbers and truth values are their text.
macro_rules! as_text {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, value: $type) -> Result<(), NoForm> {
            self.text(&value.to_string())
        })+
    };
}

impl Serializer for Content<'_> {
    type Ok = ();
    type Error = NoForm;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), NoForm>;
    type SerializeTupleVariant = Impossible<(), NoForm>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), NoForm>;

    as_text!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char);

    fn serialize_str(self, text: &str) -> Result<(), NoForm> {
        self.text(text)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), NoForm> {
        Err(NoForm("bytes".to_owned()))
    }

    fn serialize_none(self) -> Result<(), NoForm> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NoForm> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NoForm> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NoForm> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), NoForm> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NoForm> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NoForm> {
        element(self.out, variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, NoForm> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, NoForm> {
        Ok(self)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, NoForm> {
        Err(NoForm(format!("`{name}` has parts without names")))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoForm> {
        Err(NoForm(format!("`{name}` has parts without names")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, NoForm> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, NoForm> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoForm> {
        Err(NoForm(format!("`{name}` is one of several structures")))
    }
}

impl ser::SerializeSeq for Content<'_> {
    type Ok = ();
    type Error = NoForm;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        element(self.out, "member", value)
    }

    fn end(self) -> Result<(), NoForm> {
        Ok(())
    }
}

impl ser::SerializeTuple for Content<'_> {
    type Ok = ();
    type Error = NoForm;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        element(self.out, "member", value)
    }

    fn end(self) -> Result<(), NoForm> {
        Ok(())
    }
}

impl ser::SerializeMap for Content<'_> {
    type Ok = ();
    type Error = NoForm;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoForm> {
        *self.out += "<entry>";
        element(self.out, "key", key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        element(self.out, "value", value)?;
        *self.out += "</entry>";
        Ok(())
    }

    fn end(self) -> Result<(), NoForm> {
        Ok(())
    }
}

impl ser::SerializeStruct for Content<'_> {
    type Ok = ();
    type Error = NoForm;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoForm> {
        element(self.out, name, value)
    }

    fn end(self) -> Result<(), NoForm> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::render;

    #[test]
    fn text_is_escaped() {
        let text = "a & <b> \"c\"\r\n\u{1}é";
        let expected = "<T>a &amp; &lt;b&gt; &quot;c&quot;&#xD;\n\u{fffd}é</T>";
        assert_eq!(render("T", text).unwrap(), expected);
    }

    #[test]
    fn lists_maps_and_nothing() {
        let map = BTreeMap::from([("Bucket", Some("b")), ("None", None)]);
        let expected = "<M><entry><key>Bucket</key><value>b</value></entry>\
                        <entry><key>None</key><value/></entry></M>";
        assert_eq!(render("M", &map).unwrap(), expected);
        assert_eq!(
            render("L", &(true, 2)).unwrap(),
            "<L><member>true</member><member>2</member></L>"
        );
        assert_eq!(render("L", &[""; 0]).unwrap(), "<L/>");
    }
}
