//! A template's value as JSON in its own order, whatever features another crate switches on in `serde_json`.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, Serializer};
use stratiform_template::{Map, Number, Value};

/// A value that is JSON and nothing more: writing one with `null` or a function in it fails.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ordered(pub Value);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Borrowed(&self.0).serialize(serializer)
    }
}

struct Borrowed<'a>(&'a Value);

impl Serialize for Borrowed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => Err(ser::Error::custom("it has a `null` in it")),
            Value::Bool(boolean) => serializer.serialize_bool(*boolean),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => serializer.serialize_i64(whole),
                (None, Some(number)) if number.is_finite() => serializer.serialize_f64(number),
                _ => Err(ser::Error::custom(format!(
                    "the number {number} is too large"
                ))),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items.iter().map(Borrowed)),
            Value::Map(entries) => serializer.collect_map(
                entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), Borrowed(value))),
            ),
            Value::Function(function, _) => {
                Err(ser::Error::custom(format!("it has `{function}` in it")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Json).map(Ordered)
    }
}

struct Json;

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without `null`")
    }

    fn visit_bool<E: de::Error>(self, boolean: bool) -> Result<Value, E> {
        Ok(boolean.into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        written(number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        written(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Ordered(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Ordered(value))) = entries.next_entry::<String, _>()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}

fn written<E: de::Error>(number: impl fmt::Display) -> Result<Value, E> {
    let text = number.to_string();
    let number = Number::parse(&text).ok_or_else(|| E::custom("no JSON number"))?;
    Ok(number.into())
}

#[cfg(test)]
mod tests {
    use stratiform_template::Function;

    use super::*;

    #[test]
    fn order_survives_writing_and_reading() {
        let text = r#"{"Zebra":[1,-2,0.5,true,"ü\n"],"Ant":{"b":{},"a":[]}}"#;
        let value: Ordered = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let reference = Value::function(Function::Ref, "Bucket");
        let large = Value::Number(Number::parse("1e999").unwrap());
        for value in [Value::Null, reference, large] {
            let nested = Ordered(Value::from([("Statement", Value::List(vec![value]))]));
            assert!(serde_json::to_string(&nested).is_err(), "{nested:?}");
        }
    }
}
