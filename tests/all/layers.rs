//! Holds the architecture: who may use whom, and what every source file looks like.
//!
//! The arrows are read from the paths in `src/` that start at the crate (`crate::…`, `zonewright::…`, and
//! enough `super::`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The modules without I/O, clock and sockets that `app` stands on.
const PURE: [&str; 13] = [
    "zone",
    "wire",
    "zonefile",
    "facts",
    "config",
    "key",
    "edit",
    "check",
    "bulk",
    "push",
    "health",
    "doctor",
    "registering",
];

/// Every module, and the modules that it may use.
fn rules() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let with = |others: &[&'static str]| PURE.iter().chain(others).copied().collect();
    let all = ["app", "ui", "dns", "secondary", "store", "server", "term", "cli", "run"];
    BTreeMap::from([
        ("zone", [].into()),
        ("key", [].into()),
        ("edit", ["key"].into()),
        ("wire", ["zone"].into()),
        ("zonefile", ["zone"].into()),
        ("facts", ["zone"].into()),
        ("config", ["zone"].into()),
        ("check", ["zone", "zonefile", "facts"].into()),
        ("bulk", ["zone", "zonefile"].into()),
        ("push", ["zone", "wire", "facts"].into()),
        ("health", ["zone", "facts"].into()),
        ("doctor", ["zone", "facts", "health"].into()),
        ("registering", ["zone", "facts", "push", "doctor"].into()),
        ("app", with(&[])),
        ("ui", with(&["app"])),
        ("dns", with(&[])),
        ("secondary", with(&["dns", "store"])),
        ("store", with(&[])),
        ("server", with(&["dns"])),
        ("term", ["key"].into()),
        ("cli", [].into()),
        ("run", with(&all)),
        // The map of the crate uses nothing; the program runs.
        ("lib", [].into()),
        ("main", ["run", "cli"].into()),
    ])
}

/// The longest file that is still read in one go.
const MAX_LINES: usize = 600;

#[test]
fn arrows_run_one_way() {
    let rules = rules();
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(allowed) = rules.get(file.module.as_str()) else {
            wrong.push(format!(
                "{}: module {} is not in the list of rules()",
                file.path.display(),
                file.module
            ));
            continue;
        };
        // Tests may look at a module from outside: those of the screens draw them.
        if file.is_test() {
            continue;
        }
        for used in used_modules(&file.code, file.depth, &rules) {
            if used != file.module && !allowed.contains(used.as_str()) {
                wrong.push(format!("{}: {} must not use {used}", file.path.display(), file.module));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_explained_and_do_not_panic() {
    let mut wrong = Vec::new();
    for file in sources() {
        if file.is_test() {
            continue;
        }
        let path = file.path.display();
        let first = file.text.lines().find(|line| !line.starts_with("#!["));
        if !first.is_some_and(|line| line.starts_with("//! ")) {
            wrong.push(format!("{path} does not begin with its module documentation (//!)"));
        }
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{path} has {lines} lines; split it ({MAX_LINES} are allowed)"));
        }
        for panic in [".unwrap()", ".expect(\"", "panic!(", "todo!(", "unimplemented!(", "unreachable!("] {
            if file.code_without_tests().contains(panic) {
                wrong.push(format!("{path} uses {panic} outside its tests"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths_are_found() {
    let used = |code: &str| used_modules(code, 2, &rules()).into_iter().collect::<Vec<_>>();
    assert_eq!(used("use crate::{app::{App, Msg}, facts, zone::{self, Name}};"), ["app", "facts", "zone"]);
    assert_eq!(used("use crate::app; fn f(a: crate :: ui::Theme) {}"), ["app", "ui"]);
    assert_eq!(used("use super::super::dns::x; use super::zone::y;"), ["dns"]);
    assert_eq!(used("use crate::\n{ wire , nothing };"), ["nothing", "wire"]);
    assert!(!rules().contains_key("nothing"));
    let code =
        code_of("// crate::app\nlet a = 1; /// [`crate::ui`]\n//! crate::dns\nlet url = \"https://a\"; b");
    assert!(used(&code).is_empty() && code.ends_with("; b\n"), "{code}");
}

struct Source {
    path: PathBuf,
    /// The top-level module that the file belongs to.
    module: String,
    /// How many modules down from the crate the file is.
    depth: usize,
    text: String,
    /// Without comments.
    code: String,
}

impl Source {
    /// Tests and their helpers stand in files of their own or at the end of a file.
    fn is_test(&self) -> bool {
        let of_tests = |part: &std::ffi::OsStr| part.to_str().is_some_and(|part| part.ends_with("tests"));
        self.path.iter().any(|part| of_tests(part) || part == "testing")
    }

    fn code_without_tests(&self) -> &str {
        let end = ["#[cfg(test)]\nmod tests {", "#[cfg(test)]\npub mod tests {"]
            .iter()
            .filter_map(|start| self.code.find(start))
            .min();
        &self.code[..end.unwrap_or(self.code.len())]
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).unwrap().with_extension("");
                let mut parts: Vec<String> =
                    relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                let module = parts[0].clone();
                parts.retain(|part| part != "mod");
                let text = std::fs::read_to_string(&path).unwrap();
                let code = code_of(&text);
                sources.push(Source { path: relative, module, depth: parts.len(), text, code });
            }
        }
    }
    assert!(sources.len() > 20, "the sources are in {}", root.display());
    sources
}

/// The text without line comments. A `//` inside a string literal is no comment.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let comment = line
            .match_indices("//")
            .map(|(at, _)| at)
            .find(|at| line[..*at].matches('"').count() % 2 == 0 || line.trim_start().starts_with("//"));
        code.push_str(&line[..comment.unwrap_or(line.len())]);
        code.push('\n');
    }
    code
}

/// The top-level modules that the code names, known or not.
fn used_modules(
    code: &str,
    depth: usize,
    rules: &BTreeMap<&'static str, BTreeSet<&'static str>>,
) -> BTreeSet<String> {
    let tokens = tokens(code);
    let mut used = BTreeSet::new();
    for at in 0..tokens.len() {
        let starts_path = at == 0 || tokens[at - 1] != "::";
        let after = match tokens[at] {
            "crate" | "zonewright" if starts_path => at + 1,
            "super" if starts_path => {
                let supers = (at..tokens.len()).step_by(2).take_while(|at| tokens[*at] == "super").count();
                let after = at + supers * 2 - 1;
                // Inside an inline module the same path stays lower: only count what leads to a module.
                let leads_out = supers >= depth
                    && tokens.get(after + 1).is_some_and(|name| supers > depth || rules.contains_key(name));
                if !leads_out {
                    continue;
                }
                after
            }
            _ => continue,
        };
        if tokens.get(after) == Some(&"::") {
            used.extend(first_names(&tokens[after + 1..]));
        }
    }
    used
}

/// The first name of a path, or of each path of a group.
fn first_names(tokens: &[&str]) -> Vec<String> {
    if tokens.first() != Some(&"{") {
        return tokens.first().map(|name| name.to_string()).into_iter().collect();
    }
    let mut names = Vec::new();
    let mut level = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" => level += 1,
            "}" => level -= 1,
            _ => {}
        }
        if level == 0 {
            break;
        }
        let opens = level == 1 && (*token == "{" || *token == ",");
        match tokens.get(at + 1) {
            Some(name) if opens && *name != "}" => names.push(name.to_string()),
            _ => {}
        }
    }
    names
}

/// Words, `::`, and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let length = if is_word(first) {
            rest.find(|character| !is_word(character)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.trim().is_empty() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}
