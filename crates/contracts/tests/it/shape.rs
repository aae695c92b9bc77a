//! The notation of `tests/data`: reading it, reading the same out of a JSON Schema, checking a value against it, and
//! making values that fit it.
//!
//! `uuid`, `date`, `time`, `ts`, `int`, `num`, `bool`, `str`, `object`; `A|B` for an enum; `int 1..7` for a range; `~`
//! behind a type for "or null"; `[x]` for a list; nested objects have `required`, `optional` and perhaps `nullable`;
//! `added` holds optional fields that the contract does not know and the rule book adds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One type of the notation.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Scalar { kind: Kind, nullable: bool },
    List(Box<Shape>),
    Object(Object),
}

/// An object with named fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    pub required: BTreeMap<String, Shape>,
    pub optional: BTreeMap<String, Shape>,
    pub nullable: bool,
}

/// What a scalar may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Uuid,
    Date,
    Time,
    Timestamp,
    Text,
    Bool,
    Int { least: Option<f64>, greatest: Option<f64> },
    Num { least: Option<f64>, greatest: Option<f64> },
    OneOf(BTreeSet<String>),
    AnyObject,
}

/// The names of types; every other word is a word of an enum.
const TYPES: [&str; 9] = ["uuid", "date", "time", "ts", "int", "num", "bool", "str", "object"];

impl Shape {
    /// Reads the notation.
    pub fn read(notation: &Value) -> Self {
        match notation {
            Value::String(text) => Self::read_scalar(text),
            Value::Array(items) => Self::List(Box::new(Self::read(&items[0]))),
            Value::Object(_) => Self::Object(Object::read(notation)),
            other => panic!("no notation: {other}"),
        }
    }

    fn read_scalar(text: &str) -> Self {
        let (text, nullable) = match text.strip_suffix('~') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (word, range) = text.split_once(' ').unwrap_or((text, ""));
        let (least, greatest) = range.split_once("..").unwrap_or(("", ""));
        let bound = |text: &str| text.parse::<f64>().ok();
        let (least, greatest) = (bound(least), bound(greatest));
        let kind = match word {
            "uuid" => Kind::Uuid,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "ts" => Kind::Timestamp,
            "str" => Kind::Text,
            "bool" => Kind::Bool,
            "object" => Kind::AnyObject,
            "int" => Kind::Int { least, greatest },
            "num" => Kind::Num { least, greatest },
            words => Kind::OneOf(words.split('|').map(str::to_owned).collect()),
        };
        Self::Scalar { kind, nullable }
    }

    /// The same out of a JSON Schema.
    pub fn of_schema(schema: &Value) -> Self {
        let types: Vec<&str> = match &schema["type"] {
            Value::String(single) => vec![single],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            other => panic!("a schema without plain type ({other}): {schema}"),
        };
        let nullable = types.contains(&"null");
        let [plain] = types.iter().filter(|name| **name != "null").collect::<Vec<_>>()[..] else {
            panic!("a schema with several types: {schema}");
        };
        let scalar = |kind| Self::Scalar { kind, nullable };
        match *plain {
            "object" if schema.get("properties").is_none() => scalar(Kind::AnyObject),
            "object" => Self::Object(Object::of_schema(schema, nullable)),
            "array" => Self::List(Box::new(Self::of_schema(&schema["items"]))),
            "boolean" => scalar(Kind::Bool),
            "integer" => {
                let (least, greatest) = bounds(schema);
                scalar(Kind::Int { least, greatest })
            }
            "number" => {
                let (least, greatest) = bounds(schema);
                scalar(Kind::Num { least, greatest })
            }
            "string" => scalar(text_kind(schema)),
            other => panic!("a schema of type {other}"),
        }
    }

    /// Why a value does not fit, if it does not.
    pub fn refuse(&self, value: &Value) -> Option<String> {
        let fits = match (self, value) {
            (Self::Scalar { nullable, .. } | Self::Object(Object { nullable, .. }), Value::Null) => *nullable,
            (Self::Scalar { kind, .. }, value) => kind.fits(value),
            (Self::List(item), Value::Array(values)) => {
                return values.iter().find_map(|value| item.refuse(value));
            }
            (Self::Object(object), Value::Object(fields)) => return object.refuse(fields),
            _ => false,
        };
        if fits { None } else { Some(format!("{value} is no {self:?}")) }
    }

    /// A valid value; `name` chooses among times so that starts lie before ends.
    pub fn sample(&self, name: &str, with_optional: bool) -> Value {
        match self {
            Self::Scalar { kind, .. } => kind.sample(name),
            Self::List(item) => json!([item.sample(name, with_optional)]),
            Self::Object(object) => object.sample(with_optional),
        }
    }

    /// Any valid value.
    pub fn any(&self) -> BoxedStrategy<Value> {
        match self {
            Self::Scalar { kind, nullable: false } => kind.any(),
            Self::Scalar { kind, nullable: true } => prop_oneof![1 => Just(Value::Null), 3 => kind.any()].boxed(),
            Self::List(item) => prop::collection::vec(item.any(), 0..4).prop_map(Value::from).boxed(),
            Self::Object(object) => object.any(),
        }
    }
}

impl Object {
    /// Reads the notation.
    pub fn read(notation: &Value) -> Self {
        let part = |name: &str| -> BTreeMap<String, Shape> {
            notation[name]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(field, shape)| (field.clone(), Shape::read(shape)))
                .collect()
        };
        let mut optional = part("optional");
        // What the rule book adds to the contract.
        optional.append(&mut part("added"));
        Self { required: part("required"), optional, nullable: notation["nullable"] == Value::Bool(true) }
    }

    fn of_schema(schema: &Value, nullable: bool) -> Self {
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema["properties"].as_object().expect("an object with properties");
        for name in &required {
            assert!(properties.contains_key(*name), "`{name}` is required but not described");
        }
        let mut object = Self { nullable, ..Self::default() };
        for (name, property) in properties {
            let part = if required.contains(name.as_str()) { &mut object.required } else { &mut object.optional };
            part.insert(name.clone(), Shape::of_schema(property));
        }
        object
    }

    /// Why the fields do not fit, if they do not. Unknown fields do not fit either.
    pub fn refuse(&self, fields: &Map<String, Value>) -> Option<String> {
        if let Some(missing) = self.required.keys().find(|name| !fields.contains_key(*name)) {
            return Some(format!("`{missing}` is missing"));
        }
        fields.iter().find_map(|(name, value)| match self.required.get(name).or_else(|| self.optional.get(name)) {
            Some(shape) => shape.refuse(value).map(|why| format!("{name}: {why}")),
            None => Some(format!("`{name}` is not in the contract")),
        })
    }

    /// A valid object, with all or none of the optional fields.
    pub fn sample(&self, with_optional: bool) -> Value {
        let optional = self.optional.iter().filter(|_| with_optional);
        self.required
            .iter()
            .chain(optional)
            .map(|(name, shape)| (name.clone(), shape.sample(name, with_optional)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Any valid object, with any choice of the optional fields.
    pub fn any(&self) -> BoxedStrategy<Value> {
        let required: Vec<_> =
            self.required.iter().map(|(name, shape)| (Just(name.clone()), shape.any().prop_map(Some))).collect();
        let optional: Vec<_> =
            self.optional.iter().map(|(name, shape)| (Just(name.clone()), prop::option::of(shape.any()))).collect();
        (required, optional)
            .prop_map(|(required, optional)| {
                required
                    .into_iter()
                    .chain(optional)
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect::<Map<_, _>>()
                    .into()
            })
            .boxed()
    }
}

/// The ends of a range. The ends that an unsigned type has by itself say nothing about the contract.
fn bounds(schema: &Value) -> (Option<f64>, Option<f64>) {
    let (least, greatest) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    match schema["format"].as_str() {
        Some("uint16") if least == Some(0.0) && greatest == Some(65535.0) => (None, None),
        Some("uint32") if least == Some(0.0) => (None, greatest),
        _ => (least, greatest),
    }
}

fn text_kind(schema: &Value) -> Kind {
    if let Some(constant) = schema["const"].as_str() {
        return Kind::OneOf(BTreeSet::from([constant.to_owned()]));
    }
    if let Some(words) = schema["enum"].as_array() {
        return Kind::OneOf(words.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("uuid"), None) => Kind::Uuid,
        (Some("date"), None) => Kind::Date,
        (Some("date-time"), None) => Kind::Timestamp,
        (None, Some(r"^\d{2}:\d{2}$")) => Kind::Time,
        (None, None) => Kind::Text,
        other => panic!("a text of another kind: {other:?}"),
    }
}

impl Kind {
    fn fits(&self, value: &Value) -> bool {
        let text = value.as_str();
        let within = |number: f64, least: &Option<f64>, greatest: &Option<f64>| {
            least.is_none_or(|least| number >= least) && greatest.is_none_or(|greatest| number <= greatest)
        };
        match self {
            Self::Uuid => text.is_some_and(|text| text.len() == 36 && text.parse::<uuid::Uuid>().is_ok()),
            Self::Date => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
            Self::Time => {
                text.is_some_and(|text| text.len() == 5 && jiff::civil::Time::strptime("%H:%M", text).is_ok())
            }
            Self::Timestamp => text.is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()),
            Self::Text => text.is_some(),
            Self::Bool => value.is_boolean(),
            Self::Int { least, greatest } => {
                value.as_i64().is_some_and(|number| within(number as f64, least, greatest))
            }
            Self::Num { least, greatest } => value.as_f64().is_some_and(|number| within(number, least, greatest)),
            Self::OneOf(words) => text.is_some_and(|text| words.contains(text)),
            Self::AnyObject => value.is_object(),
        }
    }

    fn sample(&self, name: &str) -> Value {
        match self {
            Self::Uuid => json!("0198c3de-7a10-7000-8000-0000000000aa"),
            Self::Date => json!("2026-12-24"),
            Self::Time if name.to_lowercase().contains("start") => json!("18:00"),
            Self::Time => json!("19:30"),
            Self::Timestamp => json!("2026-12-24T16:05:00Z"),
            Self::Text => json!("text"),
            Self::Bool => json!(true),
            Self::Int { least, .. } => json!(least.unwrap_or(4.0) as i64),
            Self::Num { least, .. } => json!(least.unwrap_or(4.5)),
            Self::OneOf(words) => json!(words.first().expect("an enum has words")),
            Self::AnyObject => json!({}),
        }
    }

    fn any(&self) -> BoxedStrategy<Value> {
        let whole = |least: &Option<f64>, greatest: &Option<f64>, factor: f64| {
            let least = least.map_or(0, |least| (least * factor) as i64);
            let greatest = greatest.map_or(1_000_000, |greatest| (greatest * factor) as i64);
            least..=greatest
        };
        match self {
            Self::Uuid => any::<[u8; 16]>().prop_map(|bytes| json!(uuid::Uuid::from_bytes(bytes).to_string())).boxed(),
            Self::Date => (2020..2040_i16, 1..=12_i8, 1..=28_i8)
                .prop_map(|(year, month, day)| json!(jiff::civil::date(year, month, day).to_string()))
                .boxed(),
            Self::Time => (0..24, 0..60).prop_map(|(hour, minute)| json!(format!("{hour:02}:{minute:02}"))).boxed(),
            Self::Timestamp => (0..4_000_000_000_000_i64)
                .prop_map(|millis| json!(jiff::Timestamp::from_millisecond(millis).expect("in range").to_string()))
                .boxed(),
            Self::Text => "\\PC{0,40}".prop_map(Value::from).boxed(),
            Self::Bool => any::<bool>().prop_map(Value::from).boxed(),
            Self::Int { least, greatest } => whole(least, greatest, 1.0).prop_map(Value::from).boxed(),
            // Two decimals, which is all that multipliers allow (PRICE-04).
            Self::Num { least, greatest } => {
                whole(least, greatest, 100.0).prop_map(|hundredths| json!(hundredths as f64 / 100.0)).boxed()
            }
            Self::OneOf(words) => {
                prop::sample::select(words.iter().cloned().collect::<Vec<_>>()).prop_map(Value::from).boxed()
            }
            Self::AnyObject => Just(json!({})).boxed(),
        }
    }
}

#[test]
fn the_notation_reads_as_it_is_meant() {
    assert!(TYPES.iter().all(|name| !matches!(Shape::read(&json!(name)), Shape::Scalar { kind: Kind::OneOf(_), .. })));
    let object = Object::read(&json!({ "required": { "a": "int 1..7~" }, "optional": { "b": ["X|Y"] } }));
    let refusal = |value: Value| object.refuse(value.as_object().expect("an object"));
    assert_eq!(refusal(json!({ "a": 7, "b": ["Y"] })), None);
    assert_eq!(refusal(json!({ "a": null })), None);
    for wrong in [
        json!({}),
        json!({ "a": 8 }),
        json!({ "a": 1, "b": ["Z"] }),
        json!({ "a": 1, "c": 1 }),
        json!({ "a": 1, "b": null }),
    ] {
        assert!(refusal(wrong.clone()).is_some(), "{wrong}");
    }
}
