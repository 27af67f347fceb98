//! Tests of the record-type table: the table itself, properties of every type, vectors, second opinions.

mod properties;
mod table;

use super::*;
use crate::zone::name::Name;

pub fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}
