//! The registry over a real socket: raw requests, and skopeo.

//EDGES
mod house;

mod skopeo;
