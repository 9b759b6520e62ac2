//! The service and the registry together, over a store in memory.

#![cfg(test)]

mod house;
mod images;
mod pushes;
mod repositories;
mod tokens;
