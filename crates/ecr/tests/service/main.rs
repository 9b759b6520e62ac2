//! The service and the registry together, over a store in memory.

#![cfg(test)]

mod addresses;
mod counting;
mod house;
mod images;
mod lists;
mod pushes;
mod repositories;
mod tokens;
