//! The text forms of keys, taken apart. Whether names, algorithms and secrets are any good is [`super::keys`]'
//! business.

use zeroize::Zeroizing;

/// A key as written.
pub struct RawKey {
    pub name: String,
    pub algorithm: Option<String>,
    pub secret: Option<Zeroizing<String>>,
}

impl RawKey {
    fn named(name: impl Into<String>) -> RawKey {
        RawKey { name: name.into(), algorithm: None, secret: None }
    }
}

fn secret(text: &str) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(text.to_owned()))
}

/// All keys of a text, in whichever form. `file_name` names the key of a `K*.private` file.
pub fn raw_keys(text: &str, file_name: Option<&str>) -> Vec<RawKey> {
    if text.lines().any(|line| line.starts_with("Private-key-format:")) {
        return vec![private_file(text, file_name.unwrap_or_default())];
    }
    if let Some(key) = triple(text).or_else(|| key_record(text)) {
        return vec![key];
    }
    let keys = knot_list(text);
    if keys.is_empty() { bind_statements(text) } else { keys }
}

/// `algorithm:name:secret`, on the only line that is no comment.
fn triple(text: &str) -> Option<RawKey> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let mut parts = line.splitn(3, ':');
    let (algorithm, name, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str| !part.is_empty() && !part.contains([' ', '\t', '{', '"']);
    (plain(algorithm) && plain(name)).then(|| RawKey {
        name: name.into(),
        algorithm: Some(algorithm.into()),
        secret: secret(rest),
    })
}

/// BIND's `Kname.+163+12345.private`. The name of the key is in the name of the file only.
fn private_file(text: &str, file_name: &str) -> RawKey {
    let name = file_name.strip_prefix('K').and_then(|rest| rest.split_once(".+")).map(|(name, _)| name);
    let value = |field: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(field));
        line.and_then(|rest| rest.trim_start().strip_prefix(':')).map(str::trim)
    };
    RawKey {
        name: name.unwrap_or_default().into(),
        // "163 (HMAC_SHA256)"
        algorithm: value("Algorithm").and_then(|value| value.split_whitespace().next()).map(str::to_owned),
        secret: value("Key").and_then(secret),
    }
}

/// BIND's `Kname.+163+12345.key`: `name. IN KEY 512 3 163 secret`.
fn key_record(text: &str) -> Option<RawKey> {
    let line = text.lines().find(|line| !line.starts_with(';') && !line.trim().is_empty())?;
    let mut words = line.split_whitespace();
    let name = words.next()?;
    words.find(|word| word.eq_ignore_ascii_case("KEY"))?;
    let (_flags, _protocol, algorithm) = (words.next()?, words.next()?, words.next()?);
    algorithm.bytes().all(|octet| octet.is_ascii_digit()).then(|| RawKey {
        name: name.into(),
        algorithm: Some(algorithm.into()),
        secret: secret(&Zeroizing::new(words.collect::<String>())),
    })
}

/// The `key` list of Knot's configuration, which `keymgr -t` writes: `- id:`, `algorithm:`, `secret:`.
fn knot_list(text: &str) -> Vec<RawKey> {
    let mut keys: Vec<RawKey> = Vec::new();
    let mut in_list = false;
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        let item = line.trim_start().trim_start_matches("- ").trim_start();
        if item.is_empty() || item.starts_with('#') {
            continue;
        }
        let Some((field, value)) = item.split_once(':') else { continue };
        if !line.starts_with([' ', '\t', '-']) {
            in_list = field == "key" && value.is_empty();
            continue;
        }
        let value = value.trim().trim_matches(['"', '\'']);
        match (in_list, field.trim(), keys.last_mut()) {
            (true, "id", _) => keys.push(RawKey::named(value)),
            (true, "algorithm", Some(key)) => key.algorithm = Some(value.into()),
            (true, "secret", Some(key)) => key.secret = secret(value),
            _ => {}
        }
    }
    keys
}

/// `key "name" { algorithm ...; secret "..."; };`, wherever it stands in a BIND configuration.
fn bind_statements(text: &str) -> Vec<RawKey> {
    let mut keys = Vec::new();
    let mut words = ConfWords { rest: text };
    let mut before: [Option<&str>; 2] = [None, None];
    while let Some(word) = words.next() {
        if let (Some("key"), Some(name), "{") = (before[0], before[1], word) {
            keys.push(bind_key(name, &mut words));
            before = [None, None];
        } else {
            before = [before[1], Some(word)];
        }
    }
    keys
}

fn bind_key(name: &str, words: &mut ConfWords<'_>) -> RawKey {
    let mut key = RawKey::named(unquoted(name));
    let mut last = "";
    for word in words.by_ref().take_while(|word| *word != "}") {
        match last {
            "algorithm" if word != ";" => key.algorithm = Some(unquoted(word).into()),
            "secret" if word != ";" => key.secret = secret(unquoted(word)),
            _ => {}
        }
        last = word;
    }
    key
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix('"').map_or(word, |rest| rest.strip_suffix('"').unwrap_or(rest))
}

/// The words of a BIND configuration: strings with their quotes, `{`, `}`, `;`, and everything else between
/// blanks and comments.
struct ConfWords<'a> {
    rest: &'a str,
}

impl<'a> Iterator for ConfWords<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.rest = self.rest.trim_start();
            let comment_end = if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.rest.find('\n')
            } else if self.rest.starts_with("/*") {
                self.rest.find("*/").map(|at| at + 2)
            } else {
                break;
            };
            self.rest = comment_end.and_then(|at| self.rest.get(at..)).unwrap_or_default();
        }
        let first = self.rest.chars().next()?;
        let end = match first {
            '{' | '}' | ';' => Some(1),
            '"' => self.rest.char_indices().skip(1).find(|(_, c)| *c == '"').map(|(at, _)| at + 1),
            _ => self.rest.find(|c: char| c.is_whitespace() || "{};\"".contains(c)),
        };
        let (word, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        Some(word)
    }
}
