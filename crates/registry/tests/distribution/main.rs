//! The registry over a real socket: raw requests, and skopeo.

#![cfg(test)]

mod access;
mod blobs;
mod collecting;
mod hostile;
mod house;
mod manifests;
mod skopeo;
mod tags;
mod uploads;
