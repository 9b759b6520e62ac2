//! Every limit of the gateway, by name.

use std::time::Duration;

/// Open connections on the port; further clients wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 8192;
/// Open connections of one peer: of an IPv4 address, or of an IPv6 network of [`PEER_PREFIX_V6`].
/// A quarter, so that it takes several to fill the port.
pub const PEER_CONNECTIONS_MAX: usize = CONNECTIONS_MAX / 4;
/// Leading bits of an IPv6 address that are one peer's: a host has all of the rest to choose from.
pub const PEER_PREFIX_V6: u32 = 64;
/// Connections past their peer's limit that are told so at one time; others are cut without a word.
pub const PEER_REFUSALS_MAX: usize = 64;
/// How long such a peer is given to take the refusal.
pub const PEER_REFUSAL_MAX_SECONDS: u64 = 1;
/// Headers of one request.
pub const HEADERS_MAX: usize = 100;
/// A request's head. Session tokens and presigned queries of several KiB fit.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
/// From a connection's first byte, or the end of the request before, to the end of a head.
pub const HEAD_READ_MAX_SECONDS: u64 = 30;
/// From the end of a head to the end of its body.
pub const BODY_READ_MAX_SECONDS: u64 = 30;
/// How long a client may take nothing of what is sent to it before its connection is cut.
pub const WRITE_STALL_MAX_SECONDS: u64 = 60;
/// A body, where its service is not listed in [`body_bytes_max`].
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// A body for CloudWatch Logs. AWS takes 1,048,576 bytes of events in one `PutLogEvents`, counted
/// as UTF-8; in JSON a byte can take six.
pub const LOGS_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The same for ECR, whose layer parts have up to 20 MiB (ECR API reference, `LayerPartBlob`), a
/// third more in base64.
pub const ECR_BODY_BYTES_MAX: usize = 28 * 1024 * 1024;
/// Bodies in memory at one time, all requests together.
pub const BUFFERED_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Of the memory that a server may have, the part that bodies may take: one in so many. What becomes of a
/// body, decoded and answered, takes some times as much.
pub const BUFFERED_MEMORY_PART: u64 = 12;
/// Bytes of a refused request that are read and thrown away, so that its sender gets to read the
/// refusal; after that the connection is cut.
pub const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long bytes are thrown away.
pub const DISCARD_MAX_SECONDS: u64 = 5;
/// API calls under way, from decoding to encoding.
pub const WORK_IN_FLIGHT_MAX: usize = 1024;
/// How long one API call may take.
pub const WORK_MAX_SECONDS: u64 = 60;
/// Events of one stream that wait for its client, beside what its service keeps.
pub const EVENTS_WAITING_MAX: usize = 1;
/// How long a client may take no event before its stream ends.
pub const EVENT_STALL_MAX_SECONDS: u64 = 60;
/// Requests a second of one principal. High: AWS's own rates differ for each action, and belong
/// to the services that have them.
pub const PRINCIPAL_REQUESTS_PER_SECOND: u32 = 20_000;
/// Requests of one principal at once after a pause.
pub const PRINCIPAL_BURST_REQUESTS: u32 = 40_000;
/// Principals whose rate is remembered; the ones that have been still for longest go first.
pub const PRINCIPALS_REMEMBERED_MAX: usize = 10_000;
/// How long connections may go on after the gateway was told to end.
pub const SHUTDOWN_MAX_SECONDS: u64 = 10;
/// Open connections on the admin address.
pub const ADMIN_CONNECTIONS_MAX: usize = 64;

/// The limits that a test or an operator may set lower; [`Default`] gives the constants.
#[derive(Clone, Debug)]
pub struct Limits {
    /// See [`CONNECTIONS_MAX`].
    pub connections: usize,
    /// See [`PEER_CONNECTIONS_MAX`].
    pub peer_connections: usize,
    /// See [`HEAD_READ_MAX_SECONDS`].
    pub head_read: Duration,
    /// See [`BODY_READ_MAX_SECONDS`].
    pub body_read: Duration,
    /// See [`WRITE_STALL_MAX_SECONDS`].
    pub write_stall: Duration,
    /// See [`BUFFERED_BYTES_MAX`].
    pub buffered_bytes: usize,
    /// See [`WORK_IN_FLIGHT_MAX`].
    pub work_in_flight: usize,
    /// See [`WORK_MAX_SECONDS`].
    pub work: Duration,
    /// See [`PRINCIPAL_REQUESTS_PER_SECOND`].
    pub principal_requests_per_second: u32,
    /// See [`PRINCIPAL_BURST_REQUESTS`].
    pub principal_burst_requests: u32,
}

impl Limits {
    /// The constants, but for what a server with so many bytes of memory cannot have. Two of the longest
    /// bodies are always taken at once, so that one alone shuts nobody out.
    #[must_use]
    pub fn within(memory_bytes: u64) -> Self {
        let part = usize::try_from(memory_bytes / BUFFERED_MEMORY_PART).unwrap_or(usize::MAX);
        Self {
            buffered_bytes: part.clamp(2 * ECR_BODY_BYTES_MAX, BUFFERED_BYTES_MAX),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS_MAX,
            peer_connections: PEER_CONNECTIONS_MAX,
            head_read: Duration::from_secs(HEAD_READ_MAX_SECONDS),
            body_read: Duration::from_secs(BODY_READ_MAX_SECONDS),
            write_stall: Duration::from_secs(WRITE_STALL_MAX_SECONDS),
            buffered_bytes: BUFFERED_BYTES_MAX,
            work_in_flight: WORK_IN_FLIGHT_MAX,
            work: Duration::from_secs(WORK_MAX_SECONDS),
            principal_requests_per_second: PRINCIPAL_REQUESTS_PER_SECOND,
            principal_burst_requests: PRINCIPAL_BURST_REQUESTS,
        }
    }
}

/// The longest body that the service of this signing name takes, in bytes.
#[must_use]
pub fn body_bytes_max(signing_name: &str) -> usize {
    match signing_name {
        "logs" => LOGS_BODY_BYTES_MAX,
        "ecr" => ECR_BODY_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_a_part_of_the_memory_and_two_of_the_longest_are_taken() {
        let buffered = |memory| Limits::within(memory).buffered_bytes;
        assert_eq!(buffered(64 << 30), BUFFERED_BYTES_MAX);
        assert_eq!(buffered(1200 << 20), 100 << 20);
        assert_eq!(buffered(64 << 20), 2 * ECR_BODY_BYTES_MAX);
        assert_eq!(buffered(0), 2 * ECR_BODY_BYTES_MAX);
    }
}
