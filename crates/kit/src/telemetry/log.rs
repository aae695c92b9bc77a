//! Log lines: one event, one line, one schema for both services (OPS-21), secrets masked (SEC-54).

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::LogFormat;
use super::redact::{MASK, is_secret_name, redacted_text};
use crate::clock::{Clock as _, SystemClock};
use crate::trace;

/// Where log lines go.
#[derive(Debug, Clone)]
pub enum LogWriter {
    /// Standard output.
    Stdout,
    /// Memory, for tests.
    Buffer(SharedBuffer),
}

/// Log lines kept in memory.
#[derive(Debug, Clone, Default)]
pub struct SharedBuffer(Arc<Mutex<Vec<u8>>>);

impl SharedBuffer {
    /// Everything written so far.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)).into_owned()
    }

    /// Everything written so far, each line parsed.
    #[must_use]
    pub fn json_lines(&self) -> Vec<Value> {
        self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

impl LogWriter {
    /// A log that cannot be written must not stop the service, so failures are dropped.
    fn write_line(&self, line: &str) {
        match self {
            Self::Stdout => {
                let _ = std::io::stdout().lock().write_all(line.as_bytes());
            }
            Self::Buffer(buffer) => {
                let mut bytes = buffer.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                bytes.extend_from_slice(line.as_bytes());
            }
        }
    }
}

/// Writes events as lines.
pub struct LogLayer {
    service: String,
    format: LogFormat,
    writer: LogWriter,
}

/// The fields of a span, kept with it.
#[derive(Default)]
struct SpanFields(Map<String, Value>);

impl LogLayer {
    /// Lines of `service` in `format` to `writer`.
    #[must_use]
    pub fn new(service: String, format: LogFormat, writer: LogWriter) -> Self {
        Self { service, format, writer }
    }
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = SpanFields::default();
        attributes.record(&mut Masking(&mut fields.0));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<SpanFields>()
        {
            values.record(&mut Masking(&mut fields.0));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        event.record(&mut Masking(&mut fields));
        let message = fields.remove("message");
        let mut surroundings = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(known) = span.extensions().get::<SpanFields>() {
                surroundings.extend(known.0.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        let line = Line { layer: self, event, message, fields, surroundings };
        self.writer.write_line(&match self.format {
            LogFormat::Json => line.json(),
            LogFormat::Text => line.text(),
        });
    }
}

struct Line<'a> {
    layer: &'a LogLayer,
    event: &'a Event<'a>,
    message: Option<Value>,
    fields: Map<String, Value>,
    surroundings: Map<String, Value>,
}

/// Span fields that have a place of their own in the line.
const PROMOTED: &[(&str, &str)] = &[("client.request.id", "requestId"), ("user.id", "userId"), ("service", "service")];

impl Line<'_> {
    fn json(mut self) -> String {
        let metadata = self.event.metadata();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), SystemClock.now().to_string().into());
        line.insert("level".to_owned(), metadata.level().as_str().into());
        line.insert("service".to_owned(), self.layer.service.clone().into());
        line.insert("target".to_owned(), metadata.target().into());
        if let Some(here) = trace::of_thread() {
            line.insert("traceId".to_owned(), here.trace_id().into());
            line.insert("spanId".to_owned(), here.span_id().into());
        }
        for (name, place) in PROMOTED {
            if let Some(value) = self.surroundings.remove(*name) {
                line.insert((*place).to_owned(), value);
            }
        }
        line.insert("message".to_owned(), self.message.unwrap_or(Value::Null));
        // Names of exporters' own fields mean nothing to a reader.
        self.surroundings.retain(|name, _| !name.starts_with("otel."));
        self.surroundings.extend(self.fields);
        if !self.surroundings.is_empty() {
            line.insert("fields".to_owned(), Value::Object(self.surroundings));
        }
        format!("{}\n", Value::Object(line))
    }

    fn text(self) -> String {
        let metadata = self.event.metadata();
        let message = self.message.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut line = format!("{:.3} {:5} {} {message}", SystemClock.now(), metadata.level(), metadata.target());
        for (name, value) in &self.fields {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            // Writing into a String cannot fail.
            let _ = write!(line, " {name}={shown}");
        }
        if let Some(here) = trace::of_thread() {
            let _ = write!(line, " trace={}", here.trace_id());
        }
        line.push('\n');
        line
    }
}

/// Collects fields, masking secrets by name and by look.
struct Masking<'a>(&'a mut Map<String, Value>);

impl Masking<'_> {
    fn insert(&mut self, field: &Field, value: Value) {
        let value = if is_secret_name(field.name()) { Value::String(MASK.to_owned()) } else { value };
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Masking<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, redacted_text(value).into_owned().into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.insert(field, redacted_text(&value.to_string()).into_owned().into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, redacted_text(&format!("{value:?}")).into_owned().into());
    }
}
