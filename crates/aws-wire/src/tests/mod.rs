//! Tests through the public functions, over a schema made by hand with every kind of shape.

mod document;
mod errors;
mod form;
mod hostile;
mod pages;
mod round_trip;
mod shapes;
mod support;
mod validation;
mod xml;
