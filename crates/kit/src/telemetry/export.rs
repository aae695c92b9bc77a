//! Sending spans to a collector by OTLP over HTTP (OPS-08).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry_otlp::{SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};
use tokio::runtime::Handle;

use super::TelemetryConfig;
use crate::http::install_crypto_provider;

/// A collector that does not answer in this time is given up for the batch.
const EXPORT_TIME: Duration = Duration::from_secs(5);

/// The provider of spans; none when there is nowhere to send them, which makes spans nearly free.
pub(super) fn provider(config: &TelemetryConfig) -> anyhow::Result<Option<SdkTracerProvider>> {
    let endpoint = config.otlp_endpoint.trim_end_matches('/');
    if endpoint.is_empty() {
        return Ok(None);
    }
    install_crypto_provider();
    let runtime = Handle::try_current().context("spans are sent from the Tokio runtime, and there is none")?;
    let exporter = OtlpExporter::builder()
        .with_http()
        .with_http_client(reqwest::Client::builder().timeout(EXPORT_TIME).build()?)
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .with_timeout(EXPORT_TIME)
        .build()
        .with_context(|| format!("telemetry.otlp_endpoint {endpoint:?}"))?;
    let ratio = config.sampling_ratio.clamp(0.0, 1.0);
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(OnRuntime { runtime, exporter: Arc::new(exporter) })
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
        .with_resource(Resource::builder().with_service_name(config.service_name.clone()).build())
        .build();
    Ok(Some(provider))
}

/// The batch processor works on a thread of its own, the HTTP client only on the runtime: this carries batches across.
#[derive(Debug)]
struct OnRuntime {
    runtime: Handle,
    exporter: Arc<OtlpExporter>,
}

impl SpanExporter for OnRuntime {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exporter = self.exporter.clone();
        self.runtime
            .spawn(async move { exporter.export(batch).await })
            .await
            .map_err(|error| OTelSdkError::InternalFailure(error.to_string()))?
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(exporter) = Arc::get_mut(&mut self.exporter) {
            exporter.set_resource(resource);
        }
    }
}
