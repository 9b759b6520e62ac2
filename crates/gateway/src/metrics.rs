//! What is measured of every request.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BOUNDS_SECONDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

/// All labels are names from models and tables, so their number is bounded whatever clients send.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    service: &'static str,
    operation: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LatencyLabels {
    service: &'static str,
    operation: &'static str,
}

/// The gateway's metrics.
#[derive(Clone, Debug)]
pub struct Metrics {
    requests: Family<RequestLabels, Counter>,
    latency: Family<LatencyLabels, Histogram>,
    in_flight: Gauge,
    connections: Counter<u64, AtomicU64>,
}

impl Metrics {
    /// Makes the metrics and adds them to a registry, which [`crate::admin::serve`] shows.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(LATENCY_BOUNDS_SECONDS)),
            in_flight: Gauge::default(),
            connections: Counter::default(),
        };
        registry.register(
            "longshore_requests",
            "Requests answered, by service, operation and error code (OK where there is none)",
            metrics.requests.clone(),
        );
        registry.register(
            "longshore_request_duration_seconds",
            "Time from a request's head to its answer",
            metrics.latency.clone(),
        );
        registry.register(
            "longshore_requests_in_flight",
            "Requests under way",
            metrics.in_flight.clone(),
        );
        registry.register(
            "longshore_connections",
            "Connections accepted",
            metrics.connections.clone(),
        );
        metrics
    }

    pub(crate) fn answered(
        &self,
        service: &'static str,
        operation: &'static str,
        code: &'static str,
        took: Duration,
    ) {
        self.requests
            .get_or_create(&RequestLabels {
                service,
                operation,
                code,
            })
            .inc();
        self.latency
            .get_or_create(&LatencyLabels { service, operation })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn connected(&self) {
        self.connections.inc();
    }

    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }
}

/// Counts a request as under way until dropped.
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
