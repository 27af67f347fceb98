//! The table: one entry per record type. Adding a type is adding an entry in the file of its standing.
//!
//! Order is the order of menus. Texts are for administrators: short, and true for every server.

mod everyday;
mod managed;
mod obsolete;
mod private;
mod special;

use super::super::rtype::RecordType;
use super::{Field, Standing, TypeInfo};

pub(super) use private::TYPES as PRIVATE;

const PARTS: [&[TypeInfo]; 4] = [everyday::TYPES, special::TYPES, managed::TYPES, obsolete::TYPES];
const COUNT: usize = PARTS[0].len() + PARTS[1].len() + PARTS[2].len() + PARTS[3].len();

/// Every known type: everyday ones first, then special, managed and obsolete ones. Joined by the compiler.
pub(super) const TABLE: &[TypeInfo] = &{
    let mut all = [everyday::TYPES[0]; COUNT];
    let (mut at, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            all[at] = PARTS[part][index];
            at += 1;
            index += 1;
        }
        part += 1;
    }
    all
};

const fn entry(
    number: u16,
    mnemonic: &'static str,
    standing: Standing,
    rfc: &'static str,
    purpose: &'static str,
    fields: &'static [Field],
) -> TypeInfo {
    TypeInfo { rtype: RecordType(number), mnemonic, purpose, rfc, standing, fields }
}
