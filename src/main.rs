//! zonewright: a terminal editor for DNS zones. Arguments, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    zonewright::run::main()
}
