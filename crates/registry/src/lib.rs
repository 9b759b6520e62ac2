//! OCI Distribution over a content-addressed blob store.

#![forbid(unsafe_code)]
