//! The man page: the program, then a section for each verb. What is said in it stands where the command line is defined.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

/// Writes it, in roff.
///
/// # Errors
/// Those of the writer.
pub fn page(mut program: Command, out: &mut dyn Write) -> io::Result<()> {
    program.build();
    let page = Man::new(program.clone());
    let mut parts = Vec::new();
    page.render_title(&mut parts)?;
    page.render_name_section(&mut parts)?;
    page.render_synopsis_section(&mut parts)?;
    page.render_description_section(&mut parts)?;
    page.render_options_section(&mut parts)?;
    verbs(&program, &mut parts)?;
    let mut end = Vec::new();
    page.render_extra_section(&mut end)?;
    parts.extend(with_headings(&end, |_| Some(".SH \"EXIT STATUS\"".into())));
    out.write_all(&parts)
}

/// A section for each verb of a command, and for each of theirs.
fn verbs(command: &Command, out: &mut Vec<u8>) -> io::Result<()> {
    let shown = |verb: &&Command| !verb.is_hide_set() && verb.get_name() != "help";
    for verb in command.get_subcommands().filter(shown) {
        let name = verb.get_bin_name().unwrap_or(verb.get_name());
        writeln!(out, ".SH \"{}\"", name.to_uppercase())?;
        let (page, mut part) = (Man::new(verb.clone()), Vec::new());
        page.render_synopsis_section(&mut part)?;
        page.render_description_section(&mut part)?;
        page.render_options_section(&mut part)?;
        out.extend(with_headings(&part, |heading| match heading {
            "SYNOPSIS" => None,
            "DESCRIPTION" => Some(".PP".into()),
            other => Some(format!(".SS {other}")),
        }));
        verbs(verb, out)?;
    }
    Ok(())
}

/// Roff with other headings, or none.
fn with_headings(roff: &[u8], heading: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let text = String::from_utf8_lossy(roff);
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        let other = line.strip_prefix(".SH ").map(&heading);
        match other {
            Some(None) => continue,
            Some(Some(other)) => lines.push_str(&other),
            None => lines.push_str(line),
        }
        lines.push('\n');
    }
    lines.into_bytes()
}
