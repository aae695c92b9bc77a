//! W3C trace context: read from a request, carried through outbox, bus and jobs, written into outgoing calls (OPS-09).
//!
//! Works with and without OpenTelemetry: with it, spans are recorded and exported; without it, ids are still made and
//! carried, so that logs of one request can always be found by one trace id.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use http::{HeaderMap, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header, message attribute and column name of the context.
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// One position in a trace: the trace, the span, and whether it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// Reads `00-<32 hex>-<16 hex>-<2 hex>`; anything else, and all-zero ids, is no context.
    #[must_use]
    pub fn parse(traceparent: &str) -> Option<Self> {
        let mut parts = traceparent.trim().split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let lower_hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        let well_formed = lower_hex(version, 2) && lower_hex(trace, 32) && lower_hex(span, 16) && lower_hex(flags, 2);
        // Version 00 has exactly four parts; ff is forbidden; later versions may append parts.
        if !well_formed || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace_id, span_id, sampled })
    }

    /// Reads the context from HTTP headers.
    #[must_use]
    pub fn from_http(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(TRACEPARENT)?.to_str().ok()?)
    }

    /// Reads the context from the headers of a message or job.
    #[must_use]
    pub fn from_headers(headers: &BTreeMap<String, String>) -> Option<Self> {
        Self::parse(headers.get(TRACEPARENT)?)
    }

    /// The start of a new trace.
    #[must_use]
    pub fn start() -> Self {
        let random = crate::ids::random_bytes::<16>();
        Self { trace_id: u128::from_be_bytes(random) | 1, span_id: 1, sampled: false }.child()
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        let random = crate::ids::random_bytes::<8>();
        Self { span_id: u64::from_be_bytes(random) | 1, ..self }
    }

    /// 32 hex digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// 16 hex digits.
    #[must_use]
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span_id)
    }

    fn from_opentelemetry(context: &SpanContext) -> Option<Self> {
        context.is_valid().then(|| Self {
            trace_id: u128::from_be_bytes(context.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(context.span_id().to_bytes()),
            sampled: context.is_sampled(),
        })
    }

    fn to_opentelemetry(self) -> SpanContext {
        SpanContext::new(
            TraceId::from_bytes(self.trace_id.to_be_bytes()),
            SpanId::from_bytes(self.span_id.to_be_bytes()),
            if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() },
            true,
            TraceState::default(),
        )
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

/// Where the running task stands; `None` outside of any request, message or job.
#[must_use]
pub fn current() -> Option<TraceContext> {
    let recorded = Span::current().context();
    TraceContext::from_opentelemetry(recorded.span().span_context()).or_else(|| CURRENT.try_with(|here| *here).ok())
}

/// Headers that let a message or job continue this trace; empty outside of any.
#[must_use]
pub fn headers() -> BTreeMap<String, String> {
    current().map(|here| (TRACEPARENT.to_owned(), here.to_string())).into_iter().collect()
}

/// Writes the context into the headers of an outgoing call.
pub fn inject(headers: &mut HeaderMap) {
    if let Some(value) = current().and_then(|here| HeaderValue::try_from(here.to_string()).ok()) {
        headers.insert(TRACEPARENT, value);
    }
}

/// Makes `span` a child of `parent`, or the start of a trace without one, and tells where that is.
#[must_use]
pub fn enter(parent: Option<TraceContext>, span: &Span) -> TraceContext {
    let above = opentelemetry::Context::new();
    let above = match parent {
        Some(parent) => above.with_remote_span_context(parent.to_opentelemetry()),
        None => above,
    };
    // Refused only when no OpenTelemetry layer listens, and then the ids made below are used.
    let _ = span.set_parent(above);
    TraceContext::from_opentelemetry(span.context().span().span_context())
        .unwrap_or_else(|| parent.map_or_else(TraceContext::start, TraceContext::child))
}

/// Runs `work` inside `span` as a continuation of `parent`: the way to resume a message's trace.
pub async fn continue_from<F: Future>(parent: Option<TraceContext>, span: Span, work: F) -> F::Output {
    let here = enter(parent, &span);
    scope(here, work.instrument(span)).await
}

/// Runs `work` inside `span` as a new trace that links to `origin`: the way of scheduled jobs (OPS-10).
pub async fn link_to<F: Future>(origin: Option<TraceContext>, span: Span, work: F) -> F::Output {
    if let Some(origin) = origin {
        span.add_link(origin.to_opentelemetry());
        tracing::debug!(parent: &span, linked_trace = origin.trace_id(), "linked to the trace that asked for this");
    }
    let here = enter(None, &span);
    scope(here, work.instrument(span)).await
}

/// Lets [`current`] find `here` while `work` runs.
pub(crate) async fn scope<F: Future>(here: TraceContext, work: F) -> F::Output {
    CURRENT.scope(here, work).await
}

/// The same as [`current`] for the log layer, which may not ask the span it is being called for.
pub(crate) fn of_thread() -> Option<TraceContext> {
    let active = opentelemetry::Context::current();
    TraceContext::from_opentelemetry(active.span().span_context()).or_else(|| CURRENT.try_with(|here| *here).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_context_reads_back_as_written() {
        let context = TraceContext::parse(EXAMPLE).expect("the example of the standard");
        assert_eq!(context.to_string(), EXAMPLE);
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let child = context.child();
        assert_eq!(child.trace_id(), context.trace_id());
        assert_ne!(child.span_id(), context.span_id());
    }

    #[test]
    fn broken_contexts_are_none() {
        for text in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text}");
        }
    }

    /// OPS-09: what is carried in a message's headers is continued by whoever handles it.
    #[tokio::test]
    async fn messages_continue_the_trace() {
        let parent = TraceContext::parse(EXAMPLE);
        let carried = continue_from(parent, tracing::info_span!("request"), async { headers() }).await;
        let resumed = continue_from(TraceContext::from_headers(&carried), tracing::info_span!("message"), async {
            current().expect("inside of a trace")
        });
        assert_eq!(resumed.await.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    /// OPS-10: a job starts a trace of its own.
    #[tokio::test]
    async fn jobs_start_a_new_trace() {
        let origin = TraceContext::parse(EXAMPLE);
        let own = link_to(origin, tracing::info_span!("job"), async { current().expect("inside of a trace") }).await;
        assert_ne!(own.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(current(), None);
    }
}
