//! Repositories and images, as the ECR API shows them.

#![forbid(unsafe_code)]
